"""The rules of sharing told a second time, in plain dictionaries: who holds what, who is invited, what follows.

Imports nothing of the server. A verdict is the tuple of status codes with which a step may be answered; more than one
where the rules leave it open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MEMBER, CONTRIBUTOR, MANAGER, OWNER = 1, 2, 3, 4
# Kinds of open offers: a group invites a person, a person asks a group, a project invites a person, or a group.
INVITATION, REQUEST, TO_PROJECT, GROUP_TO_PROJECT = "invitation", "request", "to project", "group to project"
OFFERS = (INVITATION, REQUEST, TO_PROJECT, GROUP_TO_PROJECT)

Verdict = tuple[int, ...]
OK: Verdict = (200,)
MADE: Verdict = (201,)
BAD: Verdict = (400,)
FORBIDDEN: Verdict = (403,)
MISSING: Verdict = (404,)


@dataclass
class Shared:
    """A project or a personal attribute: levels of people and of groups, and whether all the world reads it."""

    kind: str
    users: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    public: bool = False


@dataclass
class Row:
    """A record that takes its rights from some projects, or from the personal attribute that it belongs to."""

    kind: str
    inside: list[str]


@dataclass
class Offer:
    """An open invitation or request; ``guest`` would join ``host`` at a level."""

    kind: str
    guest: str
    host: str
    level: int
    sender: str


def needed(*levels: int | None) -> int:
    """What it takes to give or take these levels: managers move members, owners move everybody."""
    return OWNER if max((one for one in levels if one), default=MEMBER) >= MANAGER else MANAGER


@dataclass
class World:
    """All there is."""

    people: list[str]
    active: set[str] = field(default_factory=set)
    groups: dict[str, dict[str, int]] = field(default_factory=dict)
    shared: dict[str, Shared] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)

    # -- what follows ----------------------------------------------------------------------------------------------

    def of_kind(self, kind: str) -> list[str]:
        """Keys of the projects, or of another kind of what is shared."""
        return [key for key, one in self.shared.items() if one.kind == kind]

    def place(self, who: str, group: str) -> int:
        """Level of a person in a group, 0 for none."""
        return self.groups[group].get(who, 0)

    def role(self, who: str, key: str) -> int:
        """Level of a person on a project or personal attribute, by themselves or through a group."""
        one = self.shared[key]
        through = (level for group, level in one.groups.items() if who in self.groups[group])
        return max(one.users.get(who, 0), *through, 0)

    def sees(self, who: str, key: str) -> bool:
        """Whether a person sees a project, an attribute or a row in the private portal."""
        if key in self.shared:
            return self.role(who, key) >= MEMBER
        return any(self.role(who, one) >= MEMBER for one in self.rows[key].inside)

    def is_public(self, key: str) -> bool:
        """Whether all the world sees it in the public portal."""
        if key in self.shared:
            return self.shared[key].public
        return any(self.shared[one].public for one in self.rows[key].inside)

    def known_to_the_public(self, who: str) -> bool:
        """People are shown to the world when they contribute to something public."""
        return any(one.public and self.role(who, key) >= CONTRIBUTOR for key, one in self.shared.items())

    def editing(self, who: str, key: str) -> Verdict:
        """Changing a text of it: contributors of rows and attributes, owners of projects."""
        if not self.sees(who, key):
            return MISSING
        if key in self.shared:
            least = OWNER if self.shared[key].kind == "project" else CONTRIBUTOR
            return OK if self.role(who, key) >= least else FORBIDDEN
        return OK if any(self.role(who, one) >= CONTRIBUTOR for one in self.rows[key].inside) else FORBIDDEN

    # -- open offers -----------------------------------------------------------------------------------------------

    def between(self, kind: str, guest: str, host: str) -> str | None:
        """The open offer of a kind between two."""
        found = (key for key, one in self.offers.items() if (one.kind, one.guest, one.host) == (kind, guest, host))
        return next(found, None)

    def host_level(self, who: str, offer: Offer) -> int:
        """Level of a person on the side that would be joined."""
        group = offer.kind in (INVITATION, REQUEST)
        return self.place(who, offer.host) if group else self.role(who, offer.host)

    def is_host(self, who: str, offer: Offer) -> bool:
        """Whether a person speaks for the group or project."""
        return self.host_level(who, offer) >= MANAGER

    def is_guest(self, who: str, offer: Offer) -> bool:
        """Whether a person is who would join, or speaks for the group that would."""
        return self.place(who, offer.guest) >= MANAGER if offer.kind == GROUP_TO_PROJECT else who == offer.guest

    def offers_seen(self, who: str, kind: str) -> dict[str, Offer]:
        """Open offers of a kind that a person sees: those of either side."""
        found = ((key, one) for key, one in self.offers.items() if one.kind == kind)
        return {key: one for key, one in found if self.is_guest(who, one) or self.is_host(who, one)}

    def answering(self, who: str, key: str, action: str) -> Verdict:
        """Accepting, rejecting or cancelling an offer; one that is gone is seen by nobody."""
        offer = self.offers.get(key)
        if offer is None or not (self.is_guest(who, offer) or self.is_host(who, offer)):
            return MISSING
        by_guest = (action == "cancel") == (offer.kind == REQUEST)
        if not (self.is_guest(who, offer) if by_guest else self.is_host(who, offer)):
            return FORBIDDEN
        return BAD if action == "accept" and not self.still_good(offer) else OK

    def still_good(self, offer: Offer) -> bool:
        """Whether who sent an invitation may still send it."""
        held = self.host_level(offer.sender, offer) if offer.sender in self.active else 0
        return offer.kind == REQUEST or held >= needed(offer.level)

    def answer(self, key: str, action: str) -> None:
        """The offer is gone; accepted, its guest holds at least what it offered."""
        offer = self.offers.pop(key)
        if action == "accept":
            levels = self.levels(offer.kind, offer.host)
            levels[offer.guest] = max(levels.get(offer.guest, 0), offer.level)

    def levels(self, kind: str, host: str) -> dict[str, int]:
        """Guest -> level that was given directly, for the guests of a kind of offer."""
        if kind in (INVITATION, REQUEST):
            return self.groups[host]
        return self.shared[host].users if kind == TO_PROJECT else self.shared[host].groups

    # -- inviting and asking ---------------------------------------------------------------------------------------

    def inviting(self, who: str, kind: str, guest: str, host: str, level: int) -> Verdict:
        """Sending an invitation to a group or project."""
        offer = Offer(kind, guest, host, level, who)
        if kind != INVITATION and not self.sees(who, host):
            return MISSING
        if self.host_level(who, offer) < needed(level):
            return FORBIDDEN
        held = self.levels(kind, host).get(guest, 0)
        enough = held if kind == INVITATION else held >= level
        pending = self.between(kind, guest, host) or (kind == INVITATION and self.between(REQUEST, guest, host))
        return BAD if enough or pending else MADE

    def joining(self, who: str, group: str) -> Verdict:
        """Asking to join a group."""
        open_ones = [self.between(kind, who, group) for kind in (REQUEST, INVITATION)]
        return BAD if self.place(who, group) or any(open_ones) else OK

    def leaving(self, who: str, group: str) -> Verdict:
        """Ending one's membership."""
        return OK if self.place(who, group) and has_owner(without(self.groups[group], who)) else BAD

    # -- changing levels directly ----------------------------------------------------------------------------------

    def placing(self, who: str, group: str, whom: str, after: int | None) -> Verdict:
        """Naming a person in the members of a group: changes a member, invites anybody else."""
        mine, before = self.place(who, group), self.groups[group].get(whom)
        key = self.between(INVITATION, whom, group)
        invited = self.offers[key].level if key else None
        if after == (before or invited):
            return OK if mine >= MANAGER else (200, 403)
        if before is None and after is None and (mine >= MANAGER or who == whom):
            return OK if mine >= needed(invited) else (200, 403)  # which level withdraws is not said
        if not before and after and self.between(REQUEST, whom, group):
            return BAD if mine >= needed(invited, after) else (400, 403)  # who asked is answered, not invited
        if who == whom and before and after and mine > after:
            return (200, 400, 403)  # whether managers step down by themselves is not said
        leaves = who == whom and after is None
        if not leaves and mine < needed(before or invited, after):
            return FORBIDDEN
        return OK if has_owner(self.groups[group] | {whom: after or 0}) or not before else BAD

    def place_now(self, who: str, group: str, whom: str, after: int | None, new_key: str) -> None:
        """What follows from naming a person in the members of a group."""
        members, key = self.groups[group], self.between(INVITATION, whom, group)
        if whom in members:
            set_level(members, whom, after)
        elif after is None:
            self.offers.pop(key or "", None)
        elif key is None or self.offers[key].level != after:
            self.offers.pop(key or "", None)
            self.offers[new_key] = Offer(INVITATION, whom, group, after, who)

    def granting(self, who: str, key: str, holder: str, after: int | None, *, to_group: bool) -> Verdict:
        """Naming a person or a group in the users or groups of a project or personal attribute."""
        if not self.sees(who, key):
            return MISSING
        levels = self.shared[key].groups if to_group else self.shared[key].users
        before = levels.get(holder)
        if before == after:
            return OK
        leaves = not to_group and who == holder and after is None
        if not leaves and self.role(who, key) < needed(before, after):
            return FORBIDDEN
        return OK if self.stays_owned(key, holder, after, to_group=to_group) else BAD

    def stays_owned(self, key: str, holder: str, after: int | None, *, to_group: bool) -> bool:
        """Whether somebody owns it once a holder has another level."""
        one = self.shared[key]
        users, groups = (
            (one.users, one.groups | {holder: after}) if to_group else (one.users | {holder: after}, one.groups)
        )
        return has_owner(users) or has_owner({group: level for group, level in groups.items() if self.groups[group]})

    def publishing(self, who: str, key: str, *, public: bool) -> Verdict:
        """Owners say whether all the world reads it."""
        if not self.sees(who, key):
            return MISSING
        return OK if self.shared[key].public == public or self.role(who, key) >= OWNER else FORBIDDEN

    # -- deleting --------------------------------------------------------------------------------------------------

    def deleting_project(self, who: str, key: str) -> Verdict:
        """Owners delete."""
        if not self.sees(who, key):
            return MISSING
        return (204,) if self.role(who, key) >= OWNER else FORBIDDEN

    def delete_project(self, key: str) -> None:
        """Rows that are in no other project go with it, and so do its open invitations."""
        del self.shared[key]
        for row in self.rows.values():
            row.inside = [one for one in row.inside if one != key]
        self.rows = {one: row for one, row in self.rows.items() if row.inside}
        self._drop_offers(key)

    def deleting_group(self, who: str, group: str) -> Verdict:
        """Owners delete, unless something would be left without an owner."""
        if self.place(who, group) < OWNER:
            return FORBIDDEN
        owned = [key for key, one in self.shared.items() if one.groups.get(group) == OWNER]
        return (204,) if all(self.stays_owned(key, group, None, to_group=True) for key in owned) else BAD

    def delete_group(self, group: str) -> None:
        """What it was given is given to nobody any more."""
        del self.groups[group]
        for one in self.shared.values():
            one.groups.pop(group, None)
        self._drop_offers(group)

    def _drop_offers(self, gone: str) -> None:
        self.offers = {key: one for key, one in self.offers.items() if gone not in (one.guest, one.host)}

    # -- choosing ----------------------------------------------------------------------------------------------------

    def actors(self) -> list[str]:
        """People who can send requests, in order."""
        return [who for who in self.people if who in self.active]


def has_owner(levels: dict[str, int] | dict[str, int | None]) -> bool:
    """Whether an owner is among them."""
    return OWNER in levels.values()


def without(levels: dict[str, int], gone: str) -> dict[str, int]:
    """The same without one."""
    return {who: level for who, level in levels.items() if who != gone}


def set_level(levels: dict[str, int], holder: str, level: int | None) -> None:
    """Give a level, or take it away."""
    if level is None:
        levels.pop(holder, None)
    else:
        levels[holder] = level
