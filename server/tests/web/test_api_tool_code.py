"""Generated code does what the page did: run by the shell and by Python; MATLAB's texts are read back by its rules."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from brainstem.apps.stem.models.session import Session

from ..people import unique

CLIENT = Path(__file__).resolve().parents[3] / "client"
HOSTILE = {
    "quotes": """it's "quoted" '''three''' \"""",
    "commands": "$(touch owned) `touch owned` ${HOME} $HOME !! ; touch owned & | > owned",
    "backslashes": "a\\b\\n\\'c\\",
    "braces and percents": "{a,b} [1-3] %s %(x)s %d {0} 100%",
    "parts of addresses": "a&b=c#d?e+f%20g/../h",
    "other scripts": "Wärme 温度 🐀 \u2028 \u202e",
    "markup": "</script><script>alert(1)</script>",
    "a file": "@/etc/passwd",
}
LINES = "first\nsecond\r\n\tthird ' \" $(touch owned)"
GENERATE = """async ([language, request]) => {
  const { LANGUAGES } = await import("/static/brainstem/api_tool/snippets.js");
  const { parse } = await import("/static/brainstem/api_tool/json.js");
  const body = request.body ? parse(request.body) : null;
  return LANGUAGES[language][1]({ ...request, base: location.origin, body });
}"""


@pytest.fixture
def coder(visitor, lab, tmp_path):
    """Writes code on a page of Alice's, and runs it."""
    visitor.sign_in(lab.owner.user)
    visitor.go("/api/")
    return Coder(visitor, lab, tmp_path)


class Coder:
    def __init__(self, visitor, lab, folder):
        self.visitor, self.lab, self.folder = visitor, lab, folder

    def write(self, language, method, url, body=None) -> str:
        parts = [one for one in url.partition("?")[0].split("/")[2:] if one]
        place = {"portal": parts[0], "model": "/".join(parts[1:3]), "record": "", "below": ""}
        place |= dict(zip(("record", "below"), parts[3:], strict=False))
        request = {"method": method, "url": url, "place": place, "body": body and json.dumps(body)}
        return self.visitor.page.evaluate(GENERATE, [language, request])

    def run(self, language, method, url, body=None):
        done = self.attempt(language, method, url, body)
        assert (done.returncode, done.stderr) == (0, ""), done
        if not done.stdout.strip():
            return None
        return json.loads(done.stdout) if language == "curl" else ast.literal_eval(done.stdout)

    def attempt(self, language, method, url, body=None) -> subprocess.CompletedProcess:
        code = self.write(language, method, url, body)
        command = ["bash", "-euc", code] if language == "curl" else [sys.executable, "-c", code]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(CLIENT),
                       "BRAINSTEM_TOKEN": self.lab.owner.token}  # fmt: skip
        done = subprocess.run(
            command, cwd=self.folder, env=environment, check=False, capture_output=True, text=True, timeout=30
        )
        assert not (self.folder / "owned").exists(), code
        return done


@pytest.mark.parametrize("language", ["curl", "python"])
def test_a_query_gives_what_the_page_shows(coder, lab, language):
    for name in ("One", "Two", "Three"):
        lab.add("session", name=unique(name), tags=["a", "b"])
    for path, query in {
        "stem/session/": "filter{name.startswith}=T&filter{-name.contains}=Twx&sort[]=-name&include[]=projects.*&limit=1&offset=1",
        "stem/session": "filter{tags}=a&filter{tags}=b&limit=2",
        "stem/session/ ": "search=two&exclude[]=tags",
        f"stem/project/{lab['project']}/": "include[]=sessions.*",
        f"stem/project/{lab['project']}/sessions/": "sort[]=name",
        f"stem/project/{lab['project']}/access/": "",
        "modules/dataacquisition/options/": "field=type",
    }.items():
        answer = lab.owner.get(path.strip(), query)
        assert answer.status == 200, (path, answer.body)
        url = f"/api/private/{path.strip()}" + (f"?{query}" if query else "")
        found = coder.run(language, "GET", url)
        if "next" in found:
            assert found.pop("next") or True
            answer.body.pop("next")
            found.pop("previous"), answer.body.pop("previous")
        assert found == answer.body, url


@pytest.mark.parametrize("language", ["curl", "python"])
def test_hostile_values_stay_values(coder, lab, language):
    made = {name: f"{unique('')} {text}"[:100] for name, text in HOSTILE.items()}
    for text in made.values():  # stored past the checks, which refuse some of them
        Session.objects.filter(pk=lab.add("session")["id"]).update(name=text)
    for kind, name in made.items():
        url = coder.visitor.page.evaluate(
            """async (name) => { const { write, read } = await import("/static/brainstem/api_tool/query.js");
            return "/api/private/stem/session/?" + write({ ...read(""), filters: [{ path: ["name"], operator: "eq", negated: false, value: name }] }); }""",
            name,
        )
        found = coder.run(language, "GET", url)
        assert [one["name"] for one in found["sessions"]] == [name], kind


@pytest.mark.parametrize("language", ["curl", "python"])
def test_writes_write_what_is_shown(coder, lab, charlie, language):
    extra = {"text": " ".join(HOSTILE.values()), "lines": LINES, "whole": 3, "part": 1.5, "none": "None"}
    name = unique("Written by code")
    sent = {"name": name, "projects": [lab["project"]], "extra_fields": extra}
    made = coder.run(language, "POST", "/api/private/stem/session/", sent)["session"]
    assert (made["name"], made["extra_fields"]) == (name, extra)
    path = f"/api/private/stem/session/{made['id']}/"
    changed = coder.run(language, "PATCH", path, {"description": LINES, "date_time": None})["session"]
    assert changed["description"] == lab.owner.get(f"stem/session/{made['id']}").record["description"]
    replaced = coder.run(language, "PUT", path, {"name": name, "projects": [lab["project"]]})["session"]
    assert replaced["description"] == ""
    invited = coder.run(
        language, "POST", f"/api/private/stem/project/{lab['project']}/invite/", {"email": charlie.email}
    )
    offers = charlie.get("stem/projectmembershipinvitation").records
    assert [one["id"] for one in offers] == [one["id"] for one in invited.values()]
    coder.run(language, "DELETE", path)
    assert lab.owner.get(f"stem/session/{made['id']}").status == 404


def test_python_tells_what_is_wrong_before_it_raises(coder):
    done = coder.attempt("python", "GET", "/api/private/stem/session/?search=x&filter{nmae}=y")
    assert "Did you mean 'name'?" in done.stdout
    assert "400 Client Error" in done.stderr


def test_the_public_portal_needs_no_token(coder, lab):
    lab.owner.patch(f"stem/project/{lab['project']}", {"is_public": True})
    for language in ("curl", "python"):
        assert "TOKEN" not in coder.write(language, "GET", "/api/public/stem/project/?search=x")
        found = coder.run(language, "GET", "/api/public/stem/project/")
        assert [one["id"] for one in found["projects"]] == [lab["project"]]


PIECE = re.compile(r"'((?:[^'\n\r]|'')*)'|char\(\[([\d ]+)\]\)")


def matlab_text(code: str) -> str:
    """What MATLAB reads from an expression for a text: pieces in quotes, and characters by their numbers."""
    found = []
    rest = code[1:-1] if code.startswith("[") else code
    while rest:
        match = PIECE.match(rest)
        assert match, f"MATLAB cannot read {rest!r}"
        quoted, numbers = match.groups()
        found.append(quoted.replace("''", "'") if quoted is not None else "".join(chr(int(n)) for n in numbers.split()))
        rest = rest[match.end() :].lstrip(" ")
    return "".join(found)


@pytest.mark.parametrize("text", [*HOSTILE.values(), LINES, "", "'", "\n", "x%y ... z"])
def test_matlab_reads_the_same_text(coder, text):
    code = coder.write("matlab", "POST", "/api/private/stem/session/", {"name": text})
    match = re.fullmatch(
        r"client = BrainstemClient\('url', '(.*)/', \.\.\.\n    'token', getenv\('BRAINSTEM_TOKEN'\)\);\n"
        r"data = struct\('name', (.*)\);\nout = client\.save\(data, 'session'\);",
        code,
    )
    assert match, code
    assert matlab_text(match[2]) == text


def test_matlab_says_all_kinds_of_requests(coder, lab):
    base, record = coder.visitor.site, "01a1ff82-b1bc-7aee-91b7-b7d3148c9a0d"
    start = f"client = BrainstemClient('url', '{base}/', ...\n    'token', getenv('BRAINSTEM_TOKEN'));\n"
    sessions = "/api/private/stem/session/"
    body = {"tags": ["a"], "date_time": None, "extra_fields": {"n": [1, 2.5], "b": True}}
    query = "?filter{name.icontains}=it's&sort[]=-name&include[]=behaviors.setup.*&limit=5"
    written = coder.write("matlab", "GET", sessions + query)
    assert written == start + (
        "out = client.load('session', ...\n    'filter', {'name.icontains', 'it''s'}, ...\n    'sort', {'-name'}, ...\n"
        "    'include', {'behaviors.setup'}, ...\n    'limit', 5);"
    )
    one = coder.write("matlab", "GET", f"{sessions}{record}/")
    assert one == start + f"out = client.load('session', 'id', '{record}');"
    assert coder.write("matlab", "DELETE", f"{sessions}{record}/") == start + f"client.delete('{record}', 'session');"
    assert coder.write("matlab", "PATCH", f"{sessions}{record}/", body) == start + (
        f"data = struct('id', '{record}', 'tags', {{{{'a'}}}}, 'date_time', NaN, "
        "'extra_fields', struct('n', {{1, 2.5}}, 'b', true));\n"
        "out = client.save(data, ...\n    'session', ...\n    'method', 'patch');"
    )
    plain = coder.write("matlab", "POST", f"/api/private/stem/project/{record}/invite/", {"not a name": "it's"})
    assert f"webwrite('{base}/api/private/stem/project/{record}/invite/', ..." in plain
    assert json.loads(matlab_text(plain.split("...\n    ")[-1].removesuffix(", options);"))) == {"not a name": "it's"}
    public = coder.write("matlab", "GET", "/api/public/stem/project/?search=x")
    assert (
        public
        == f"options = weboptions('RequestMethod', 'get', ...\n    'ContentType', 'json');\nout = webread('{base}/api/public/stem/project/?search=x', options);"
    )


def test_code_is_copied_and_follows_the_query(visitor, lab):
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.sign_in(lab.owner.user)
    visitor.go("/api/private/stem/session/?filter{name}=a'b")
    visitor.press("Code")
    shown = visitor.page.locator(".code-panel pre")
    for language in ("curl", "Python", "MATLAB"):
        visitor.press(language)
        visitor.page.locator(".api-panel:visible .code-copy").click()
        visitor.page.locator(".code-copy", has_text="Copied").wait_for()
        copied = visitor.page.evaluate("navigator.clipboard.readText()")
        assert copied == shown.text_content()
        visitor.page.locator(".code-copy", has_text="Copy").wait_for()
    visitor.page.fill("#address", "/api/private/stem/session/?filter{name}=other")
    assert "'other'" in shown.text_content()
