"""What is used of allauth beyond its public interface: that an upgrade changed none of it, and that it is in one place.

Where a test here fails after an upgrade, it names what allauth changed and what it is used for; look there first.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from allauth.account.adapter import DefaultAccountAdapter

import brainstem
from brainstem.apps.users import allauth_internals
from brainstem.apps.users.allauth_internals import BORROWED, Borrowed
from brainstem.web.two_factor.steps import ChallengeStage, TwoFactorSteps

ROOT = Path(brainstem.__file__).parent
SEAM = Path(allauth_internals.__file__)
# Modules of allauth that are neither documented nor called internal.
UNDOCUMENTED = ("allauth.core.ratelimit", "allauth.mfa.stages", "allauth.mfa.utils")


def signature_of(called) -> str:
    """Parameters without their annotations, which callers do not see."""
    signature = inspect.signature(called)
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


@pytest.mark.parametrize("name", BORROWED)
def test_what_is_borrowed_is_there_and_called_as_before(name):
    borrowed = BORROWED[name]
    found = getattr(allauth_internals, name)
    assert (signature_of(found) if callable(found) else "") == borrowed.signature, borrowed.use
    for member, expected in borrowed.members.items():
        assert signature_of(getattr(found, member)) == expected, (member, borrowed.use)


@pytest.mark.parametrize("name", BORROWED)
def test_what_is_borrowed_says_what_it_is_for(name):
    use = BORROWED[name].use
    assert use.endswith(".")
    assert len(use.split()) >= 3


def test_a_name_that_allauth_has_no_more_is_told_with_its_use(monkeypatch):
    monkeypatch.setitem(BORROWED, "gone", Borrowed("allauth.mfa.stages", "()", "Opens the door."))
    with pytest.raises(AttributeError, match=r"no allauth\.mfa\.stages\.gone\. Opens the door\."):
        _ = allauth_internals.gone
    with pytest.raises(AttributeError, match="has no attribute 'never_borrowed'"):
        _ = allauth_internals.never_borrowed


def test_the_stage_of_a_sign_in_is_where_our_challenge_looks_for_it():
    assert "request._login_stage = " in inspect.getsource(allauth_internals.login_stage_required)
    assert {"state", "login", "request"} <= set(ChallengeStage.__init__.__code__.co_names)


def test_our_challenge_takes_the_place_of_a_stage_that_allauth_has():
    class Ours(TwoFactorSteps, DefaultAccountAdapter):
        pass

    theirs, ours = DefaultAccountAdapter().get_login_stages(), Ours().get_login_stages()
    changed = [(before, after) for before, after in zip(theirs, ours, strict=True) if before != after]
    assert changed == [("allauth.mfa.stages.AuthenticateStage", "brainstem.web.two_factor.steps.ChallengeStage")]


def imported(path: Path) -> list[tuple[str, str]]:
    """Module and name of everything that a file imports; the name is empty for a whole module."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(one.name, "") for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(node.module, one.name) for one in node.names]
    return found


def is_private(module: str, name: str) -> bool:
    parts = [*module.split("."), *([name] if name else [])]
    private = any(part == "internal" or part.startswith("_") for part in parts)
    return parts[0] == "allauth" and (private or ".".join(parts).startswith(UNDOCUMENTED))


@pytest.mark.parametrize(
    ("module", "name", "private"),
    [
        ("allauth.mfa.totp.internal.auth", "TOTP", True),
        ("allauth.mfa.webauthn", "internal", True),
        ("allauth.account.models", "_kept", True),
        ("allauth.core", "ratelimit", True),
        ("allauth.core", "context", False),
        ("django.db.models", "_x", False),
    ],
)
def test_a_private_name_is_told_from_others(module, name, private):
    assert is_private(module, name) == private


def test_nothing_else_imports_what_is_private_to_allauth():
    files = [path for path in ROOT.rglob("*.py") if path != SEAM]
    assert len(files) > 300
    found = [(path.relative_to(ROOT).as_posix(), one) for path in files for one in imported(path) if is_private(*one)]
    assert found == []


def test_nothing_is_borrowed_that_nobody_uses():
    text = "".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py") if path != SEAM)
    assert [name for name in BORROWED if name not in text] == []
