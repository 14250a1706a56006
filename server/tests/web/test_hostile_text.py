"""Whatever stands in a text of the lab, no page runs it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.contrib.auth import get_user_model

from brainstem.apps.users import events, tokens
from brainstem.config import demo
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Nobody

from .hostile import ALL, CORPUS, LINK, LIVE, SHORT, poison_everything

pytestmark = pytest.mark.slow


@pytest.fixture
def guarded(visit):
    """Somebody with a browser in which no text may run, nor stand ready to be clicked."""
    ran: list[object] = []

    def new(user=None):
        visitor = visit()
        visitor.context.expose_function("__ran", lambda number: ran.append((visitor.path, number)))
        visitor.page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        if user is not None:
            visitor.sign_in(user)
        return visitor

    yield new
    assert not ran


def _look(visitor, path: str) -> None:
    answer = visitor.go(path)
    assert answer.status < 500, (path, answer.status)
    assert answer.headers["content-type"].startswith("text/html"), path
    assert visitor.page.evaluate(LIVE) == [], path


def _models(portal: str) -> list[str]:
    return [
        f"/api/{portal}/{spec.app}/{spec.segment}/"
        for spec in specs().values()
        if portal in spec.resource.portals and not isinstance(spec.tree, Nobody)
    ]


def test_nothing_that_a_lab_keeps_runs_in_a_page(site, guarded):
    demo.load(fixed_passwords=True)
    alice = get_user_model().objects.get(email="alice@example.org")
    issued = tokens.create_personal(alice, name=ALL[:100])
    events.record(alice, events.Kind.SIGNED_IN, agent=ALL, about=SHORT)
    assert issued.raw
    assert poison_everything() > 100
    alice.refresh_from_db()
    insider, outsider = guarded(alice), guarded()
    for path in _models("private"):
        _look(insider, path)
        assert "__ran" in insider.text, f"{path} shows nothing of the texts"
        record = insider.page.evaluate(
            "async (url) => Object.values(await (await fetch(url + '?format=json')).json())[0][0]?.id", path
        )
        if record is not None:
            _look(insider, f"{path}{record}/")
            _look(insider, f"{path}{record}/".removeprefix("/api"))
        _look(insider, path.removeprefix("/api"))
    for path in ("/", "/public/", *(_models("public"))):
        _look(outsider, path)
        _look(outsider, path.removeprefix("/api"))
    for path in (
        "/",
        "/account/profile/",
        "/account/security/",
        "/account/sessions/",
        "/account/two_factor/",
        "/private/users/tokens/",
        "/private/",
    ):
        _look(insider, path)


# Alone as well as in a crowd, for one text may hide that another one got through.
@pytest.mark.parametrize("text", [ALL, *CORPUS[:1], *CORPUS[5:7], *CORPUS[-1:], LINK])
def test_nothing_that_comes_with_an_address_runs_in_a_page(guarded, alice, text):
    visitor = guarded(alice.user)
    visitor.expect("the server responded with a status of 4")
    sent = quote(text)
    for path in (
        f"/api/private/stem/session/?filter{{name}}={sent}&{sent}={sent}",
        f"/api/private/stem/session/?sort[]={sent}",
        f"/api/private/{quote(text, safe='')}/session/",
        f"/private/stem/session/?name={sent}&{sent}={sent}&search={sent}&_field={sent}",
        f"/private/stem/session/?sort={sent}&columns={sent}&view={sent}&page={sent}&name.icontains={sent}",
        f"/private/stem/session/{quote(text, safe='')}/",
        f"/nothing/{quote(text, safe='')}",
        f"/search/?q={sent}",
        f"/account/authorize/?session={sent}",
        f"/account/reauthenticate/?next={sent}",
        f"/api/private/stem/session/#{sent}",
        f"/search/?q=x#{sent}",
        f"/account/authorize/#{sent}",
        f"/account/two_factor/#{sent}",
    ):
        _look(visitor, path)
