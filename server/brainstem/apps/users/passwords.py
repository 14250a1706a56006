"""A new password revokes every token of its owner.

People change a password because someone else may know it, and that someone may have created tokens.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.db.models.signals import post_save, pre_save

from .token_models import Token
from .tokens import revoke

_MARK = "_password_is_new"


def connect() -> None:
    """Watch the user model; called once, when the app is ready."""
    user_model = get_user_model()
    pre_save.connect(note_new_password, sender=user_model, dispatch_uid="users.note_new_password")
    post_save.connect(end_tokens, sender=user_model, dispatch_uid="users.end_tokens")


def note_new_password(sender: Any, instance: Any, *, update_fields: Any = None, raw: bool = False, **_: object) -> None:
    """Remember whether this save changes the stored password."""
    setattr(instance, _MARK, False)
    if raw or instance._state.adding or (update_fields is not None and "password" not in update_fields):
        return
    if _is_rehash(instance, update_fields):
        return
    kept = sender._base_manager.filter(pk=instance.pk).values_list("password", flat=True).first()
    setattr(instance, _MARK, kept is not None and kept != instance.password)


def end_tokens(*, instance: Model, **_: object) -> None:
    """Revoke all tokens of a user whose password was changed."""
    if instance.__dict__.pop(_MARK, False):
        revoke(Token.objects.filter(user_id=instance.pk))


def _is_rehash(instance: Model, update_fields: Any) -> bool:
    # Django rehashes the same password when hashing becomes stronger. The raw text distinguishes that from a new one:
    # set_password() leaves it in ``_password``, while the upgrade in ``check_password()`` removes it.
    return set(update_fields or ()) == {"password"} and instance.__dict__.get("_password", "") is None
