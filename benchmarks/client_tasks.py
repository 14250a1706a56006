"""What one process of a client does for ``client.py``; run by the Python of the client's own environment.

Prints seconds, the most memory that it took beyond what the imports do, and how many records there were.
"""

import json
import resource
import sys
import time

INCLUDES = ["dataacquisition", "behaviors", "manipulations", "epochs"]


def most_mb():
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def connected(url, token):
    """The client, whichever it is."""
    from brainstem_api_tools import BrainstemClient  # noqa: PLC0415 - its import is a task of its own

    try:
        return BrainstemClient(token=token, url=url)
    except TypeError:  # 2.0.0 knows its own server only
        BrainstemClient.BASE_URL = url
        return BrainstemClient(token=token)


def load(client):
    """Everything as the dict of 2.0.0."""
    return len(client.load("session", include=INCLUDES, load_all=True)["sessions"])


def iterate(client):
    """One record after the other, none kept."""
    return sum(1 for _ in client.sessions.list(include=INCLUDES))


def arrow(client):
    """A table of Arrow."""
    return client.sessions.list(include=INCLUDES).to_arrow().num_rows


def pandas(client):
    """A frame of pandas."""
    return len(client.sessions.list(include=INCLUDES).to_pandas())


def create(client, project, rows):
    """One by one."""
    for at in range(int(rows)):
        answer = client.save("session", data={"name": f"alone {at}", "projects": [project], "tags": ["a", "b"]})
        assert answer.status_code == 201, answer.text
    return int(rows)


def bulk(client, project, rows):
    """Many in a request."""
    wanted = ({"name": f"together {at}", "projects": [project], "tags": ["a", "b"]} for at in range(int(rows)))
    return len(client.bulk_create("session", wanted))


def importing(what):
    """The seconds of an import."""
    started = time.perf_counter()
    import brainstem_api_tools  # noqa: PLC0415 - this is what is measured

    if what == "import_client":
        brainstem_api_tools.BrainstemClient  # noqa: B018 - ours imports it when it is first used
    return time.perf_counter() - started


def main(what, *arguments):
    """One task."""
    if what.startswith("import"):
        print(json.dumps({"seconds": importing(what)}))
        return
    url, token, *more = arguments
    client = connected(url, token)
    if what in {"arrow", "pandas"}:
        __import__({"arrow": "pyarrow"}.get(what, what))
    before, started = most_mb(), time.perf_counter()
    records = globals()[what](client, *more)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak_mb": most_mb() - before, "records": records}))


if __name__ == "__main__":
    main(*sys.argv[1:])
