"""A new password ends every token of its owner.

Whoever changes a password does it because somebody else may know it, and that somebody may have made tokens.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import post_save, pre_save

from .token_models import Token
from .tokens import revoke

_MARK = "_password_is_new"


def connect() -> None:
    """Watch the user model; called once, when the app is ready."""
    user_model = get_user_model()
    pre_save.connect(note_new_password, sender=user_model, dispatch_uid="users.note_new_password")
    post_save.connect(end_tokens, sender=user_model, dispatch_uid="users.end_tokens")


def note_new_password(sender: Any, instance: Any, *, update_fields: Any = None, raw: bool = False, **_: Any) -> None:
    """Remember whether this save stores another password than the one that is kept."""
    setattr(instance, _MARK, False)
    if raw or instance._state.adding or (update_fields is not None and "password" not in update_fields):
        return
    if _is_rehash(instance, update_fields):
        return
    kept = sender._base_manager.filter(pk=instance.pk).values_list("password", flat=True).first()
    setattr(instance, _MARK, kept is not None and kept != instance.password)


def end_tokens(*, instance: Any, **_: Any) -> None:
    """Revoke all tokens of a person whose password was replaced."""
    if instance.__dict__.pop(_MARK, False):
        revoke(Token.objects.filter(user_id=instance.pk))


def _is_rehash(instance: Any, update_fields: Any) -> bool:
    # Django stores the same password anew when hashing becomes stronger. It is told from a new password by the raw
    # text: set_password() leaves it in ``_password``, the upgrade in ``check_password()`` takes it away again.
    return set(update_fields or ()) == {"password"} and instance.__dict__.get("_password", "") is None
