"""Who looks, and through which portal: together they decide what is seen and what may be changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .actor import ANONYMOUS, Actor


@dataclass(frozen=True)
class Viewer:
    """An actor in a portal."""

    actor: Actor
    portal: str

    @property
    def only_asking(self) -> Viewer:
        """The same without the limit of a token that only reads: what it may not do, it may still ask about."""
        return replace(self, actor=replace(self.actor, read_only=False))


PUBLIC = Viewer(ANONYMOUS, "public")
