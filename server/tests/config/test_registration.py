"""Who may register and whom people see, as the environment says it."""

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from brainstem.config import diagnosis, environment

NAMES = ("BRAINSTEM_REGISTRATION", "BRAINSTEM_INVITATION_ONLY", "BRAINSTEM_PEOPLE")


@pytest.fixture
def said(monkeypatch):
    """Reads both settings from an environment that says only this."""

    def read(*, debug=False, **values):
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(f"BRAINSTEM_{name}", value)
        registration = environment.registration(environ.Env(), debug=debug)
        return registration, environment.people(environ.Env(), registration=registration)

    return read


@pytest.mark.parametrize(
    ("debug", "values", "expected"),
    [
        (False, {}, ("invitation", "everyone")),
        (True, {}, ("open", "shared")),
        (False, {"REGISTRATION": "open"}, ("open", "shared")),
        (True, {"REGISTRATION": "Invitation "}, ("invitation", "everyone")),
        (False, {"REGISTRATION": "open", "PEOPLE": "everyone"}, ("open", "everyone")),
        (False, {"PEOPLE": "shared"}, ("invitation", "shared")),
        (True, {"INVITATION_ONLY": "on"}, ("invitation", "everyone")),
        (False, {"INVITATION_ONLY": "off"}, ("open", "shared")),
        (False, {"INVITATION_ONLY": "off", "REGISTRATION": "invitation"}, ("invitation", "everyone")),
    ],
)
def test_a_server_is_closed_unless_it_is_opened(said, debug, values, expected):
    assert said(debug=debug, **values) == expected


@pytest.mark.parametrize(("name", "value"), [("REGISTRATION", "yes"), ("PEOPLE", "nobody")])
def test_another_value_is_refused_with_those_that_there_are(said, name, value):
    with pytest.raises(ImproperlyConfigured, match=rf"BRAINSTEM_{name} is '{value}'; valid values: \w+, \w+\."):
        said(**{name: value})


def test_the_doctor_names_the_successor(said, settings):
    said()
    assert list(diagnosis.about_registration()) == []
    settings.BRAINSTEM_REGISTRATION = said(INVITATION_ONLY="on")[0]
    [found] = diagnosis.about_registration()
    assert "Replace it with BRAINSTEM_REGISTRATION=invitation." in str(found)
