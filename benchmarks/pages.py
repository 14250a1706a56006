"""What a page costs: time at the server, and bytes that a browser fetches to show it for the first time.

``python benchmarks/pages.py [--sessions 20000] [--times 200] [--database sqlite]``. Requests go through the whole
application in this process, as a browser sends them; the peer is the JSON of the same address. Aims: less than 50 ms at
the server and 100 kB on the wire; for lists of 50 rows 40 ms and 15 kB, for records 50 ms and 20 kB, each with all its
files 60 kB; for forms 60 ms and 25 kB, with their files 70 kB.
One session of the lab gets a history of twelve changes.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import re
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks import databases  # noqa: E402

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
SESSIONS = "/api/private/stem/session/"
INCLUDES = "include[]=dataacquisition.*&include[]=behaviors.*&include[]=manipulations.*&include[]=epochs.*"
LIST = "/private/stem/session/"
MODULES = "/private/modules/"
# name -> (address, whether somebody is signed in, what is accepted)
PAGES = {
    "landing page": ("/", False, BROWSER),
    "sign-in page": ("/account/login/", False, BROWSER),
    "list, 50 sessions": (LIST, True, BROWSER),
    "list, filtered by words and tag": (f"{LIST}?search=a&tags=technique+01", True, BROWSER),
    "list, 50 data acquisitions": ("/private/modules/dataacquisition/", True, BROWSER),
    "list, 50 subjects": ("/private/stem/subject/", True, BROWSER),
    "record, a session": ("{record}", True, BROWSER),
    "record, its epochs": ("{record}epochs/", True, BROWSER),
    "form, add a session": (f"{LIST}add/", True, BROWSER),
    "form, change a session": ("{record}change/", True, BROWSER),
    "form, duplicate a session": ("{record}duplicate/", True, BROWSER),
    "form, add a cohort: few fields": ("/private/stem/cohort/add/", True, BROWSER),
    "form, add an acquisition: no type yet": (f"{MODULES}dataacquisition/add/", True, BROWSER),
    "form, the same: 30 fields of its type": (f"{MODULES}dataacquisition/add/?type=ExtracellularEphys", True, BROWSER),
    "form, add a procedure: coordinates": (f"{MODULES}procedure/add/?type=ProbeImplantation", True, BROWSER),
    "suggested tags": (f"{LIST}tags/?q=tech", True, BROWSER),
    "selection, delete 50 sessions": (f"{LIST}selected/delete/", True, BROWSER),
    "selection, tags of 50 sessions": (f"{LIST}selected/tags/", True, BROWSER),
    "history of a session, 12 changes": ("{record}history/", True, BROWSER),
    "history, one event": ("{event}", True, BROWSER),
    "history of the list of sessions": (f"{LIST}history/", True, BROWSER),
    "history of the list, one field": (f"{LIST}history/?field=description", True, BROWSER),
    "history of a person": ("/private/history/", True, BROWSER),
    "deleted sessions": (f"{LIST}deleted/", True, BROWSER),
    "start of the private portal": ("/private/", True, BROWSER),
    "API tool, 20 sessions": (SESSIONS, True, BROWSER),
    "the same as JSON": (SESSIONS, True, "application/json"),
    "API tool, 20 sessions, 4 includes": (f"{SESSIONS}?{INCLUDES}", True, BROWSER),
    "the same as JSON, 4 includes": (f"{SESSIONS}?{INCLUDES}", True, "application/json"),
    "API tool, 100 sessions": (f"{SESSIONS}?limit=100", True, BROWSER),
    "API tool, index": ("/api/", True, BROWSER),
}
WARM_UP = 8
FORMS: dict[str, list[tuple[str, str]]] = {}  # name -> what is sent
CHANGES = 12
TOKEN = "x" * 32  # against forged requests: what a form sends has to be what the cookie says
_ASSETS = re.compile(r'(?:<(?:link|script|img)[^>]+(?:href|src)|<use href)="(/static/[^"#]+)')
_IN_SHEETS = re.compile(r'url\("([^"]+)"\)')
_FOR_SOME = re.compile(r"@font-face\s*\{[^}]*unicode-range[^}]*\}")  # fetched by pages with such letters
_MODULES = re.compile(r'^(?:import|export)[^"]*from "(\./[^"]+)"', re.MULTILINE)


@dataclass
class Answer:
    """What came back: the body as it is on the wire, and its headers."""

    status: int
    headers: dict[str, str]
    body: bytes


class Browser:
    """Sends requests into the application as a browser does."""

    def __init__(self, application: Any, cookie: str) -> None:
        self.application, self.cookie = application, cookie

    def get(
        self,
        address: str,
        *,
        signed_in: bool = False,
        accept: str = "*/*",
        encoding: str = "gzip",
        form: list[tuple[str, str]] | None = None,
    ) -> Answer:
        """One answer; to a form that is sent, if there is one."""
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000", "HTTP_ACCEPT": accept, "HTTP_ACCEPT_ENCODING": encoding,
            "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(b""), "wsgi.errors": io.StringIO(), "wsgi.multithread": True,
            "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        if form is not None:
            sent = urlencode(form).encode()
            environ |= {
                "REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(sent), "CONTENT_LENGTH": str(len(sent)),
                "CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_ORIGIN": "http://localhost:8000",
            }  # fmt: skip
        if signed_in:
            environ["HTTP_COOKIE"] = self.cookie
        found: list[Any] = []
        answer = self.application(environ, lambda status, headers: found.extend((status, headers)))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return Answer(int(found[0].split()[0]), {name.lower(): value for name, value in found[1]}, body)


def with_record(browser: Browser) -> dict[str, tuple[str, bool, str]]:
    """The pages, with the address of the newest session of a project in which the reader is a contributor."""
    from benchmarks.lab import identifier  # noqa: PLC0415 - after Django is set up

    mine = f"{LIST}?projects={identifier('project', 4)}"
    text = browser.get(mine, signed_in=True, accept=BROWSER, encoding="identity").body.decode()
    found = re.findall(rf'href="({LIST}([0-9a-f-]{{36}})/)"', text)
    if not found:
        raise SystemExit("The reader may change no session.")
    record = found[0][0]
    sent = [("csrfmiddlewaretoken", TOKEN), *(("id", one) for _, one in dict.fromkeys(found))]
    FORMS.update({name: sent for name in PAGES if name.startswith("selection, ")})
    event = changed(browser, record)
    return {name: (address.replace("{record}", record).replace("{event}", event), *rest)
            for name, (address, *rest) in PAGES.items()}  # type: ignore[misc]  # fmt: skip


def changed(browser: Browser, record: str) -> str:
    """Change a record several times through its form; the address of the last event."""
    history = f"{record}history/"
    told = browser.get(history, signed_in=True, accept=BROWSER, encoding="identity").body.decode()
    for number in range(CHANGES - told.count("/revert/")):
        form = [("csrfmiddlewaretoken", TOKEN), ("description", f"Changed {number}"), ("_do", "save")]
        answer = browser.get(f"{record}change/", signed_in=True, accept=BROWSER, form=form)
        if answer.status != 303:
            raise SystemExit(f"The change of {record} was answered with {answer.status}.")
    told = browser.get(history, signed_in=True, accept=BROWSER, encoding="identity").body.decode()
    found = re.search(r'href="(/private/history/[0-9a-f-]{36}/)', told)
    if found is None:
        raise SystemExit("The history tells no event.")
    return found[1]


def statements_of(browser: Browser, name: str) -> int:
    """How many statements a page takes, without savepoints."""
    address, signed_in, accept = PAGES[name]
    from benchmarks import timing  # noqa: PLC0415

    with timing.counted() as sent:
        browser.get(address, signed_in=signed_in, accept=accept, form=FORMS.get(name))
    return len([one for one in sent if "SAVEPOINT" not in one])


def time_of(browser: Browser, name: str, times: int) -> tuple[float, float, float]:
    """In ms: median and 99th percentile by the clock; the median by the processor, which others slow less."""
    address, signed_in, accept = PAGES[name]
    taken, worked = [], []
    for _ in range(times + WARM_UP):
        started, began = time.perf_counter(), time.thread_time()
        answer = browser.get(address, signed_in=signed_in, accept=accept, form=FORMS.get(name))
        taken.append((time.perf_counter() - started) * 1000)
        worked.append((time.thread_time() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{name}: {answer.status}")
    ordered = sorted(taken[WARM_UP:])
    return statistics.median(ordered), ordered[len(ordered) * 99 // 100], statistics.median(worked[WARM_UP:])


def transferred(browser: Browser, name: str) -> tuple[int, int, int]:
    """Bytes of the page and of everything that it loads at first, and how many files these are."""
    address, signed_in, accept = PAGES[name]
    page = browser.get(address, signed_in=signed_in, accept=accept, form=FORMS.get(name))
    if accept != BROWSER:
        return len(page.body), 0, 0
    again = browser.get(address, signed_in=signed_in, accept=accept, encoding="identity", form=FORMS.get(name))
    plain = again.body.decode()
    wanted, sizes = list(dict.fromkeys(_ASSETS.findall(plain))), {}
    while wanted:
        asset = wanted.pop()
        if asset in sizes:
            continue
        sizes[asset] = len(browser.get(asset).body)
        if asset.partition("?")[0].endswith(".js"):
            script = browser.get(asset, encoding="identity").body.decode()
            wanted += [urljoin(asset.partition("?")[0], module) for module in _MODULES.findall(script)]
        if asset.partition("?")[0].endswith(".css"):
            sheet = browser.get(asset, encoding="identity").body.decode()
            wanted += [urljoin(asset.partition("?")[0], file) for file in _IN_SHEETS.findall(_FOR_SOME.sub("", sheet))]
    return len(page.body), sum(sizes.values()), len(sizes)


def cookie_of_reader() -> str:
    """A session of the lab's reader."""
    from django.conf import settings  # noqa: PLC0415 - after Django is set up
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from benchmarks import lab  # noqa: PLC0415

    client = Client()
    client.force_login(get_user_model().objects.get(email=lab.READER))
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def tell(browser: Browser, times: int, only: str) -> None:
    """A line for each page."""
    PAGES.update(with_record(browser))
    gc.collect()
    gc.freeze()
    heads = (
        ("median ms", 10),
        ("p99 ms", 9),
        ("CPU ms", 9),
        ("SQL", 5),
        ("page kB", 9),
        ("files kB", 10),
        ("files", 7),
    )
    print(" " * 40 + "".join(f"{head:>{width}}" for head, width in heads) + f"{'all kB':>8}")
    for name in PAGES:
        if only not in name:
            continue
        middle, late, worked = time_of(browser, name, times)
        own, others, files = transferred(browser, name)
        print(f"{name:<40}{middle:>10.1f}{late:>9.1f}{worked:>9.1f}{statements_of(browser, name):>5}{own / 1000:>9.1f}"
              f"{others / 1000:>10.1f}{files:>7}{(own + others) / 1000:>8.1f}", flush=True)  # fmt: skip


def main() -> None:
    """Every page, timed and weighed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--only", default="", help="pages with this in their name")
    asked = parser.parse_args()
    os.environ["DATABASE_URL"] = databases.ensure(asked.database, asked.sessions)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "BENCH_URLCONF": "brainstem.config.urls"}
    import django  # noqa: PLC0415 - with the settings from above

    django.setup()
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    browser = Browser(get_wsgi_application(), cookie_of_reader())
    tell(browser, asked.times, asked.only)


if __name__ == "__main__":
    main()
