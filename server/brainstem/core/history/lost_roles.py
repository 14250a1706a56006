"""Recording whose roles change on records that stay, because people or groups are deleted or restored."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from ..access import roles
from ..access.viewer import Viewer
from ..model.registry import Spec, specs
from .recording import Line, note_all


@contextmanager
def roles_noted(*, objects: Collection[object], groups: Collection[object], viewer: Viewer) -> Iterator[None]:
    """Record what the block changes in the roles on these projects and attributes, and in these groups.

    The caller holds the lock on roles.
    """
    left: list[tuple[Spec, object]] = []
    for spec in specs().values() if objects or groups else ():
        wanted = groups if spec.tree.keeps_members else objects if spec.tree.is_root else ()
        if wanted:
            left += [(spec, pk) for pk in _there(spec, wanted)]
    before = [roles.state(spec, pk) for spec, pk in left]
    yield
    lines = (
        Line("change", (spec.label, pk), was, roles.state(spec, pk))
        for (spec, pk), was in zip(left, before, strict=True)
    )
    note_all(lines, viewer=viewer)


def _there(spec: Spec, ids: Collection[object]) -> list[object]:
    return list(spec.model._default_manager.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))


__all__ = ["roles_noted"]
