"""Runs in the environment of a released client: reads calls, one JSON a line, makes them, writes what came back.

Imports nothing of ours. The client is used as it is; only where its address is written into it that is set from
outside, as those do who run a server of their own.
"""

import getpass
import inspect
import io
import json
import os
import sys
from contextlib import redirect_stdout

import requests

import brainstem_api_tools as tools

HARD_CODED = "https://www.brainstem.org/"
OLD_NAMES = {"load": "load_model", "save": "save_model", "delete": "delete_model"}


def sign_in(url, token=None, username=None, password=None):
    """A client for the server at this address."""
    if "url" in inspect.signature(tools.BrainstemClient.__init__).parameters:
        return tools.BrainstemClient(token=token, url=url)
    if token is None:
        return sign_in_by_password(url, username, password)
    client = tools.BrainstemClient(token=token)
    client._address = url + "/api/"
    return client


def sign_in_by_password(url, username, password):
    """0.x asks at the terminal and sends what is typed while the client is being made, to the address written in it."""
    post = requests.post
    requests.post = lambda address, **rest: post(address.replace(HARD_CODED, url + "/"), **rest)
    module = sys.modules[tools.BrainstemClient.__module__]
    module.input, module.getpass = lambda prompt: username, lambda prompt: password
    try:
        client = tools.BrainstemClient()
    finally:
        requests.post, module.getpass = post, getpass.getpass
        del module.input
    client._address = url + "/api/"
    return client


def call(client, name, arguments):
    """One method of the client; 0.x has other names for the same three, and ours has both."""
    method = getattr(client, OLD_NAMES.get(name, name) if os.environ["OLD_CALLS"] else name)
    answer = method(**arguments)
    if isinstance(answer, dict):  # load_all=True
        return {"status": 200, "body": answer}
    text = answer.text
    is_json = "json" in answer.headers.get("Content-Type", "")
    return {"status": answer.status_code, "body": json.loads(text) if is_json and text else text}


def main():
    client = None
    for line in sys.stdin:
        request = json.loads(line)
        with redirect_stdout(io.StringIO()):
            try:
                if request["call"] == "sign_in":
                    client = sign_in(**request["arguments"])
                    answer = {"status": 200, "body": {"token": client._token}}
                else:
                    answer = call(client, request["call"], request["arguments"])
            except Exception as error:  # noqa: BLE001 - the test decides what it means
                answer = {"error": type(error).__name__, "message": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
