"""A portrait that is replaced is deleted, but not while a backup may need it."""

from __future__ import annotations

from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from brainstem.apps.users import pictures
from brainstem.core.model.ids import uuid7
from brainstem.core.model.stored_files import removals_held, removed


def replaced(user) -> str:
    """Name of the new portrait."""
    pictures.replace(user, ContentFile(b"a picture", name=f"{uuid7()}.jpg"))
    return str(user.picture.name)


def test_a_replaced_portrait_is_deleted_at_once(alice):
    first, second = replaced(alice.user), replaced(alice.user)
    assert not default_storage.exists(first)
    assert default_storage.exists(second)


def test_a_portrait_replaced_during_a_backup_is_deleted_afterwards(alice, settings, django_capture_on_commit_callbacks):
    first = replaced(alice.user)
    with removals_held(Path(settings.BRAINSTEM_DATA_DIR)), django_capture_on_commit_callbacks() as queued:
        replaced(alice.user)
        assert not removed(default_storage, first)
        assert default_storage.exists(first)
    [run] = queued
    run()
    assert not default_storage.exists(first)
