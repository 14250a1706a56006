"""Five people, two groups and what they share, in any order of steps: who sees and may do what is as the rules say.

The rules are told a second time in :mod:`.sharing_model`; after every step each person's lists, records and open
invitations are held against it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from brainstem.core.access import audit, roles, scope
from brainstem.core.model.registry import routes
from brainstem.core.query import run
from brainstem.core.sharing import membership
from brainstem.core.sql.fragment import TRUE

from ..lab import Lab
from ..people import Answer, Person, join_group, person, unique
from .sharing_model import (
    CONTRIBUTOR,
    GROUP_TO_PROJECT,
    INVITATION,
    MANAGER,
    MEMBER,
    OFFERS,
    OWNER,
    REQUEST,
    TO_PROJECT,
    Offer,
    Row,
    Shared,
    Verdict,
    World,
    set_level,
)

PEOPLE = ["ada", "ben", "cleo", "dan", "eve"]
PATHS = {
    "project": "stem/project", "session": "stem/session", "subject": "stem/subject",
    "setup": "personal_attributes/setup", "license": "personal_attributes/license", "equipment": "modules/equipment",
    INVITATION: "users/groupmembershipinvitation", REQUEST: "users/groupmembershiprequest",
    TO_PROJECT: "stem/projectmembershipinvitation", GROUP_TO_PROJECT: "stem/projectgroupmembershipinvitation",
}  # fmt: skip
KINDS = tuple(kind for kind in PATHS if kind not in OFFERS)
# On the wire: guest, host, and the flags of the levels from the highest down.
KEYS: dict[str, tuple[str, str, dict[int, str]]] = {
    INVITATION: ("user_account_invitation", "authgroup", {OWNER: "new_owner", MANAGER: "new_manager"}),
    REQUEST: ("user_account_request", "authgroup", {}),
    TO_PROJECT: ("invitee", "project", {OWNER: "own_project", MANAGER: "manage_project", CONTRIBUTOR: "can_change"}),
}
KEYS[GROUP_TO_PROJECT] = KEYS[TO_PROJECT]
MOST_WALKS = 9  # of ten examples each
LEVEL_FLAGS = {OWNER: "is_owner", MANAGER: "is_manager", CONTRIBUTOR: "can_change"}

GROUP_LEVELS = st.sampled_from([MEMBER, MEMBER, MANAGER, OWNER])
LEVELS = st.sampled_from([MEMBER, CONTRIBUTOR, MANAGER, OWNER])
OR_NONE = st.sampled_from([None, MEMBER, CONTRIBUTOR, MANAGER, OWNER])
METHODS = st.sampled_from(["get", "post"])
# Who and what: drawn evenly. Draws of Hypothesis's own come in runs of the same, and then little happens.
DICE = st.randoms(use_true_random=True)


def flags(level: int | None, names: dict[int, str] = LEVEL_FLAGS) -> dict[str, bool]:
    """A level as it is sent."""
    if level is None:
        return {"remove": True}
    return {names[level]: True} if level in names else {}


def level_of(record: dict[str, Any], names: dict[int, str] = LEVEL_FLAGS) -> int:
    """A level as it is shown."""
    return next((level for level, name in names.items() if record[name]), MEMBER)


class Sharing(RuleBasedStateMachine):
    """Everybody tries everything; who succeeds is drawn more often than chance would."""

    lab: ClassVar[Lab]
    done: ClassVar[Counter[tuple[str, int]]]

    # -- the start -------------------------------------------------------------------------------------------------

    @initialize()
    def start(self) -> None:
        self.before = transaction.savepoint()
        self.people = {name: person(name) for name in PEOPLE}
        self.nobody = Person(portal="public")
        self.world = World(list(PEOPLE), active=set(PEOPLE))
        self.ids: dict[str, Any] = {}
        self.gone: list[tuple[str, str]] = []  # offers that were answered, or went with what they were for
        self.steps, self.last_name = 0, ""
        for owner, members in (("ada", ["ben"]), ("cleo", ["dan"])):
            users = [self.people[name].user for name in (owner, *members)]
            self._keep_group(join_group(unique("Group"), *users).pk, {owner: OWNER} | dict.fromkeys(members, MEMBER))
        for owner in ("ada", "ben", "cleo"):
            self._add_project(owner)
        self._share_a_session()
        self._add_attributes()

    def teardown(self) -> None:
        if hasattr(self, "before"):
            transaction.savepoint_rollback(self.before)

    def _key(self, kind: str, record_id: Any) -> str:
        key = f"{kind} {record_id}"
        self.ids[key] = record_id
        return key

    def _keep_group(self, group_id: int, levels: dict[str, int]) -> str:
        key = self._key("group", group_id)
        self.world.groups[key] = levels
        return key

    def _add_project(self, owner: str) -> None:
        made = self.people[owner].make("stem/project", name=unique("Project"))
        key = self._key("project", made["id"])
        self.world.shared[key] = Shared("project", {owner: OWNER})
        strain = self.lab["strain"]
        for kind, more in (("session", {}), ("subject", {"strain": strain, "sex": "F"})):
            self._add_row(owner, kind, [key], projects=[made["id"]], **more)

    def _add_row(self, owner: str, kind: str, inside: list[str], **fields: Any) -> None:
        made = self.people[owner].make(PATHS[kind], name=unique("Row"), **fields)
        self.world.rows[self._key(kind, made["id"])] = Row(kind, inside)

    def _share_a_session(self) -> None:
        """In Ben's project and in Cleo's, of which he is a contributor."""
        _, bens, cleos = self.world.of_kind("project")
        ids = [self.ids[bens], self.ids[cleos]]
        answer = self.people["cleo"].patch(
            f"stem/project/{ids[1]}", {"users": {self._email("ben"): flags(CONTRIBUTOR)}}
        )
        assert answer.status == 200
        self.world.shared[cleos].users["ben"] = CONTRIBUTOR
        self._add_row("ben", "session", [bens, cleos], projects=ids)

    def _add_attributes(self) -> None:
        setup = self.people["dan"].make(PATHS["setup"], name=unique("Setup"), setup_type=self.lab["setuptype"])
        key = self._key("setup", setup["id"])
        self.world.shared[key] = Shared("setup", {"dan": OWNER})
        place = {"type": "Camera", "coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}
        self._add_row("dan", "equipment", [key], setup=setup["id"], **place)
        kind = "animal_research_authorization"
        licence = self.people["eve"].make(PATHS["license"], name=unique("Licence"), type=kind, status="draft")
        self.world.shared[self._key("license", licence["id"])] = Shared("license", {"eve": OWNER})

    # -- helpers of the steps ----------------------------------------------------------------------------------------

    def _email(self, name: str) -> str:
        return self.people[name].email

    def _address(self, kind: str, key: str) -> str:
        return f"{PATHS.get(kind, 'users/group')}/{self.ids[key]}"

    def _actor(self, rng: random.Random, verdict: Callable[[str], Verdict]) -> str:
        """Somebody; more often one whom the step is open to."""
        able = [who for who in self.world.actors() if verdict(who)[0] < 300]
        return rng.choice(able if able and rng.random() < 0.6 else self.world.actors())

    def _one(self, rng: random.Random, found: Iterable[str]) -> str:
        return rng.choice(list(found))

    def _settle(self, step: str, answer: Answer, verdict: Verdict) -> bool:
        """Whether the step was done; that it was answered as it should be."""
        self.done[step, answer.status] += 1
        assert answer.status in verdict, (step, answer.status, verdict, answer.body)
        return answer.status < 300

    def _offer_id(self, kind: str, guest: str, host: str, answer: Answer) -> Any:
        """Id of the offer between two as its host's side, who just made it, lists it."""
        guest_key, host_key, _ = KEYS[kind]
        me = next(who for who in self.world.actors() if self.world.is_host(who, Offer(kind, guest, host, MEMBER, "")))
        listed = self.people[me].get(PATHS[kind], "limit=100").records
        wanted = (self._wire_guest(kind, guest), self.ids[host])
        return next((one["id"] for one in listed if (one[guest_key], one[host_key]) == wanted), None)

    def _wire_guest(self, kind: str, guest: str) -> Any:
        return self.ids[guest] if kind == GROUP_TO_PROJECT else self.people[guest].user.pk

    # -- steps: groups -------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.world.groups) < 2)
    @rule(rng=DICE, again=st.booleans())
    def found_a_group(self, rng: random.Random, again: bool) -> None:
        """Also one with the name of a group that was deleted."""
        who = self._one(rng, self.world.actors())
        made = self.people[who].make("users/group", name=(again and self.last_name) or unique("Group"))
        self.last_name = ""
        self._keep_group(made["id"], {who: OWNER})

    @precondition(lambda self: self.world.groups)
    @rule(rng=DICE, after=OR_NONE)
    def name_in_group(self, rng: random.Random, after: int | None) -> None:
        group = self._one(rng, self.world.groups)
        self._name(rng, group, self._one(rng, self._nameable(group)), MEMBER if after == CONTRIBUTOR else after)

    def _name(self, rng: random.Random, group: str, whom: str, after: int | None) -> None:
        who = self._actor(rng, lambda one: self.world.placing(one, group, whom, after))
        verdict = self.world.placing(who, group, whom, after)
        body = {"users": {self._email(whom): flags(after)}}
        if self._settle("name in group", self.people[who].patch(self._address("group", group), body), verdict):
            self._note_naming(who, group, whom, after)

    def _note_naming(self, who: str, group: str, whom: str, after: int | None) -> None:
        old = self.world.between(INVITATION, whom, group)
        new = old
        if whom not in self.world.groups[group] and after is not None:
            found = self._offer_id(INVITATION, whom, group, Answer(0, None, None, ""))
            assert found is not None, "no invitation was made"
            new = self._key(INVITATION, found)
        self.world.place_now(who, group, whom, after, new or "")
        if old and old not in self.world.offers:
            self.gone.append((INVITATION, old))

    def _nameable(self, group: str) -> list[str]:
        """Members, and whoever has an account that works: whether others can be invited is not said."""
        return [one for one in PEOPLE if one in self.world.active or one in self.world.groups[group]]

    @precondition(lambda self: self.world.groups)
    @rule(rng=DICE, level=GROUP_LEVELS, by_id=st.booleans())
    def invite_to_group(self, rng: random.Random, level: int, by_id: bool) -> None:
        group = self._one(rng, self.world.groups)
        self._invite(rng, INVITATION, self._one(rng, self.world.actors()), group, level, by_id=by_id)

    @precondition(lambda self: self.world.groups)
    @rule(rng=DICE, method=METHODS)
    def ask_to_join(self, rng: random.Random, method: str) -> None:
        group = self._one(rng, self.world.groups)
        who = self._actor(rng, lambda one: self.world.joining(one, group))
        answer = self.people[who].request(method, self._address("group", group) + "/join/")
        if self._settle("join", answer, self.world.joining(who, group)):
            self.world.offers[self._key(REQUEST, answer.id)] = Offer(REQUEST, who, group, MEMBER, who)

    @precondition(lambda self: self.world.groups)
    @rule(rng=DICE, method=METHODS)
    def leave(self, rng: random.Random, method: str) -> None:
        group = self._one(rng, self.world.groups)
        who = self._actor(rng, lambda one: self.world.leaving(one, group))
        verdict = self.world.leaving(who, group)
        answer = self.people[who].request(method, self._address("group", group) + "/leave/")
        if self._settle("leave", answer, verdict):
            del self.world.groups[group][who]

    @precondition(lambda self: self.world.groups and self.steps % 3 == 0)
    @rule(rng=DICE)
    def delete_a_group(self, rng: random.Random) -> None:
        group = self._one(rng, self.world.groups)
        who = self._actor(rng, lambda one: self.world.deleting_group(one, group))
        name = self.people[who].get(self._address("group", group)).record["name"]
        answer = self.people[who].delete(self._address("group", group))
        if self._settle("delete group", answer, self.world.deleting_group(who, group)):
            self._forget_offers_of(group)
            self.world.delete_group(group)
            self.last_name = name

    def _forget_offers_of(self, key: str) -> None:
        self.gone += [(one.kind, id_) for id_, one in self.world.offers.items() if key in (one.guest, one.host)]

    # -- steps: projects and personal attributes -------------------------------------------------------------------------

    @precondition(lambda self: len(self.world.of_kind("project")) < 3)
    @rule(rng=DICE)
    def add_a_project(self, rng: random.Random) -> None:
        self._add_project(self._one(rng, self.world.actors()))

    @precondition(lambda self: self.world.of_kind("project"))
    @rule(rng=DICE, level=LEVELS, by_id=st.booleans())
    def invite_to_project(self, rng: random.Random, level: int, by_id: bool) -> None:
        project = self._one(rng, self.world.of_kind("project"))
        self._invite(rng, TO_PROJECT, self._one(rng, self.world.actors()), project, level, by_id=by_id)

    @precondition(lambda self: self.world.of_kind("project") and self.world.groups)
    @rule(rng=DICE, level=LEVELS)
    def invite_group_to_project(self, rng: random.Random, level: int) -> None:
        project = self._one(rng, self.world.of_kind("project"))
        self._invite(rng, GROUP_TO_PROJECT, self._one(rng, self.world.groups), project, level, by_id=True)

    def _invite(self, rng: random.Random, kind: str, guest: str, host: str, level: int, *, by_id: bool) -> None:
        who = self._actor(rng, lambda one: self.world.inviting(one, kind, guest, host, level))
        name = "group" if kind == GROUP_TO_PROJECT else "user" if by_id else "email"
        body = {name: self._wire_guest(kind, guest) if by_id else self._email(guest)} | flags(level, KEYS[kind][2])
        address = self._address("group" if kind == INVITATION else "project", host)
        answer = self.people[who].post(f"{address}/invite/", body)
        if self._settle(f"invite: {kind}", answer, self.world.inviting(who, kind, guest, host, level)):
            self.world.offers[self._key(kind, answer.id)] = Offer(kind, guest, host, level, who)

    @rule(rng=DICE, after=OR_NONE)
    def grant_a_person(self, rng: random.Random, after: int | None) -> None:
        self._grant(rng, self._one(rng, self.world.shared), self._one(rng, PEOPLE), after, to_group=False)

    @precondition(lambda self: self.world.groups)
    @rule(rng=DICE, after=OR_NONE)
    def grant_a_group(self, rng: random.Random, after: int | None) -> None:
        self._grant(rng, self._one(rng, self.world.shared), self._one(rng, self.world.groups), after, to_group=True)

    def _grant(self, rng: random.Random, key: str, holder: str, after: int | None, *, to_group: bool) -> None:
        who = self._actor(rng, lambda one: self.world.granting(one, key, holder, after, to_group=to_group))
        verdict = self.world.granting(who, key, holder, after, to_group=to_group)
        name = self._group_name(holder) if to_group else self._email(holder)
        one = self.world.shared[key]
        body = {"groups" if to_group else "users": {name: flags(after)}}
        answer = self.people[who].patch(self._address(one.kind, key), body)
        if self._settle("grant a group" if to_group else "grant a person", answer, verdict):
            set_level(one.groups if to_group else one.users, holder, after)

    def _group_name(self, group: str) -> str:
        who = self.world.actors()[0]
        return str(self.people[who].get(self._address("group", group)).record["name"])

    @rule(rng=DICE, public=st.booleans())
    def publish(self, rng: random.Random, public: bool) -> None:
        key = self._one(rng, self.world.shared)
        who = self._actor(rng, lambda one: self.world.publishing(one, key, public=public))
        one = self.world.shared[key]
        answer = self.people[who].patch(self._address(one.kind, key), {"is_public": public})
        if self._settle("publish", answer, self.world.publishing(who, key, public=public)):
            one.public = public

    @precondition(lambda self: self.world.of_kind("project") and self.steps % 3 == 0)
    @rule(rng=DICE)
    def delete_a_project(self, rng: random.Random) -> None:
        key = self._one(rng, self.world.of_kind("project"))
        who = self._actor(rng, lambda one: self.world.deleting_project(one, key))
        answer = self.people[who].delete(self._address("project", key))
        if self._settle("delete project", answer, self.world.deleting_project(who, key)):
            self._forget_offers_of(key)
            self.world.delete_project(key)

    # -- steps: answers ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.world.offers)
    @rule(rng=DICE, action=st.sampled_from(["accept", "accept", "accept", "reject", "cancel"]), method=METHODS)
    def answer(self, rng: random.Random, action: str, method: str) -> None:
        key = self._one(rng, self.world.offers)
        seers = [who for who in self.world.actors() if self.world.answering(who, key, action) != (404,)]
        self._answer(
            self._one(rng, seers if seers and rng.random() < 0.8 else self.world.actors()), key, action, method
        )

    @precondition(lambda self: self.world.offers)
    @rule(rng=DICE, method=METHODS)
    def accept(self, rng: random.Random, method: str) -> None:
        """The step that leads on, often."""
        key = self._one(rng, self.world.offers)
        able = [who for who in self.world.actors() if self.world.answering(who, key, "accept") == (200,)]
        if able:
            self._answer(self._one(rng, able), key, "accept", method)

    @precondition(lambda self: self.world.of_kind("project"))
    @rule(rng=DICE, level=LEVELS, method=METHODS)
    def invite_and_answer(self, rng: random.Random, level: int, method: str) -> None:
        """As people do who know what they may, whatever comes between the two."""
        self._invite_somebody(rng, level)
        if not self.world.offers:
            return
        key = list(self.world.offers)[-1]
        if rng.random() < 0.4 and self.world.offers[key].kind != REQUEST:
            self._lose(rng, key, closes=rng.random() < 0.5)
        for who in rng.sample(self.world.actors(), len(self.world.actors())):
            action = rng.choice(["accept", "accept", "accept", "reject"])
            if key in self.world.offers and self.world.answering(who, key, action) != (404,):
                self._answer(who, key, action, method)

    def _invite_somebody(self, rng: random.Random, level: int) -> None:
        hosts = [*self.world.groups, *self.world.of_kind("project")]
        for host in rng.sample(hosts, len(hosts)):
            kind = INVITATION if host in self.world.groups else rng.choice([TO_PROJECT, GROUP_TO_PROJECT])
            least = MEMBER if kind == INVITATION and level == CONTRIBUTOR else level
            guest = self._one(rng, (kind == GROUP_TO_PROJECT and list(self.world.groups)) or self.world.actors())
            kind = TO_PROJECT if kind == GROUP_TO_PROJECT and guest in PEOPLE else kind
            if any(self.world.inviting(who, kind, guest, host, least) == (201,) for who in self.world.actors()):
                self._invite(rng, kind, guest, host, least, by_id=kind == GROUP_TO_PROJECT)
                return

    @precondition(lambda self: any(one.kind != REQUEST for one in self.world.offers.values()))
    @rule(rng=DICE, closes=st.booleans())
    def a_sender_loses_their_right(self, rng: random.Random, closes: bool) -> None:
        """Their account is closed, or they lose their role."""
        key = self._one(rng, [key for key, one in self.world.offers.items() if one.kind != REQUEST])
        self._lose(rng, key, closes=closes)

    def _lose(self, rng: random.Random, key: str, *, closes: bool) -> None:
        offer = self.world.offers[key]
        if closes:
            self._switch(offer.sender)
        elif offer.kind == INVITATION:
            self._name(rng, offer.host, offer.sender, MEMBER)
        else:
            self._grant(rng, offer.host, offer.sender, MEMBER, to_group=False)

    @precondition(lambda self: any(not self.world.still_good(one) for one in self.world.offers.values()))
    @rule(rng=DICE, method=METHODS)
    def accept_what_nobody_stands_for(self, rng: random.Random, method: str) -> None:
        """An invitation whose sender may no longer send it."""
        key = self._one(rng, [key for key, one in self.world.offers.items() if not self.world.still_good(one)])
        guests = [who for who in self.world.actors() if self.world.is_guest(who, self.world.offers[key])]
        if guests:
            self._answer(self._one(rng, guests), key, "accept", method)

    def _answer(self, who: str, key: str, action: str, method: str) -> None:
        offer, verdict = self.world.offers[key], self.world.answering(who, key, action)
        answer = self.people[who].request(method, f"{self._address(offer.kind, key)}/{action}/")
        if self._settle(f"{action}: {offer.kind}", answer, verdict):
            assert answer.id == self.ids[key]
            self.world.answer(key, action)
            self.gone.append((offer.kind, key))

    @precondition(lambda self: self.gone)
    @rule(rng=DICE, action=st.sampled_from(["accept", "reject", "cancel"]), method=METHODS)
    def answer_again(self, rng: random.Random, action: str, method: str) -> None:
        kind, key = self._one(rng, self.gone)
        who = self._one(rng, self.world.actors())
        answer = self.people[who].request(method, f"{self._address(kind, key)}/{action}/")
        self._settle("answer again", answer, (404,))

    # -- steps: time and accounts ----------------------------------------------------------------------------------------

    @precondition(lambda self: self.world.offers and self.steps % 2 == 0)
    @rule(rng=DICE, seconds=st.sampled_from([1, 86_400]))
    def a_month_passes_for_an_offer(self, rng: random.Random, seconds: int) -> None:
        key = self._one(rng, self.world.offers)
        kind = self.world.offers.pop(key).kind
        ended = timezone.now() - dt.timedelta(seconds=seconds)
        assert _model_of(kind).objects.filter(pk=self.ids[key]).update(expires_at=ended) == 1
        self.gone.append((kind, key))

    @precondition(lambda self: self.steps % 4 == 0)
    @rule(rng=DICE)
    def an_account_ends_or_comes_back(self, rng: random.Random) -> None:
        self._switch(self._one(rng, PEOPLE))

    def _switch(self, who: str) -> None:
        self.world.active ^= {who}
        if len(self.world.active) < 3:
            self.world.active ^= {who}
        user = self.people[who].user
        type(user).objects.filter(pk=user.pk).update(is_active=who in self.world.active)

    # -- what always holds -------------------------------------------------------------------------------------------------

    @invariant()
    def everything_is_as_the_rules_say(self) -> None:
        """All lists of all five people and of nobody; single records, flags and the audit by turns."""
        self.steps += 1
        sample = random.Random(self.steps)  # the steps alone say what is looked at: a failure can be repeated
        for who in PEOPLE:
            self._sees_what_they_should(who)
        self._public_sees_what_it_should()
        for who in sample.sample(PEOPLE, 2):
            self._opens_and_edits_what_they_should(who, sample)
        self._levels_are_shown_as_they_are(sample)
        if self.steps % 3 == 0:
            assert audit.findings() == []

    def _sees_what_they_should(self, who: str) -> None:
        me = self.people[who]
        if who not in self.world.active:
            assert me.get("stem/project").status == 401
            return
        for kind in KINDS:
            wanted = [self.ids[key] for key in self._of_kind(kind) if self.world.sees(who, key)]
            self._lists(me, PATHS[kind], wanted)
        for kind in OFFERS:
            offers = self.world.offers_seen(who, kind)
            records = self._lists(me, PATHS[kind], [self.ids[key] for key in offers])
            assert {self._told(kind, one) for one in records} == {self._meant(one) for one in offers.values()}

    def _public_sees_what_it_should(self) -> None:
        for kind in KINDS:
            wanted = [self.ids[key] for key in self._of_kind(kind) if self.world.is_public(key)]
            self._lists(self.nobody, PATHS[kind], wanted)
        shown = set(self.nobody.get("users/user", "limit=100").ids)
        mine = {self.people[who].user.pk: who for who in PEOPLE}
        assert shown & mine.keys() == {pk for pk, who in mine.items() if self.world.known_to_the_public(who)}

    def _lists(self, who: Person, path: str, wanted: list[Any]) -> list[dict[str, Any]]:
        answer = who.get(path, "limit=100")
        assert (answer.status, sorted(answer.ids), answer.body["count"]) == (200, sorted(wanted), len(wanted)), path
        return answer.records

    def _of_kind(self, kind: str) -> list[str]:
        rows = [key for key, row in self.world.rows.items() if row.kind == kind]
        return rows + self.world.of_kind(kind)

    def _told(self, kind: str, record: dict[str, Any]) -> tuple[Any, ...]:
        guest, host, names = KEYS[kind]
        return record[guest], record[host], level_of(record, names)

    def _meant(self, offer: Offer) -> tuple[Any, ...]:
        return self._wire_guest(offer.kind, offer.guest), self.ids[offer.host], offer.level

    def _opens_and_edits_what_they_should(self, who: str, sample: random.Random) -> None:
        if who not in self.world.active:
            return
        things = [(one.kind, key) for key, one in (*self.world.shared.items(), *self.world.rows.items())]
        for kind, key in sample.sample(things, min(2, len(things))):
            address = self._address(kind, key)
            assert self.people[who].get(address).status == (200 if self.world.sees(who, key) else 404), (who, kind)
            assert self.nobody.get(address).status == (200 if self.world.is_public(key) else 404), kind
            text = {"description": f"Step {self.steps} of {who}"}
            assert self.people[who].patch(address, text).status in self.world.editing(who, key), (who, kind)
        for key, offer in list(self.world.offers.items())[-2:]:
            seen = key in self.world.offers_seen(who, offer.kind)
            assert self.people[who].get(self._address(offer.kind, key)).status == (200 if seen else 404), (who, offer)
        for kind, key in self.gone[-1:]:
            assert self.people[who].get(self._address(kind, key)).status == 404

    def _levels_are_shown_as_they_are(self, sample: random.Random) -> None:
        """The maps of people and groups on what is shared, and on groups."""
        key = sample.choice(list(self.world.shared))
        one = self.world.shared[key]
        for who in [who for who in self.world.actors() if self.world.sees(who, key)][:1]:
            record = self.people[who].get(self._address(one.kind, key)).record
            assert self._levels(record["users"]) == {self._email(name): level for name, level in one.users.items()}
            assert sorted(self._levels(record["groups"]).values()) == sorted(one.groups.values())
        for group in sample.sample(list(self.world.groups), min(1, len(self.world.groups))):
            who = sample.choice(self.world.actors())
            me = self.people[who]
            shown = me.get(self._address("group", group)).record["users"]
            names = {OWNER: "is_owner", MANAGER: "is_manager"}
            levels = {email: level_of(flag, names) for email, flag in shown.items()}
            members = self.world.groups[group] if self.world.place(who, group) else {}
            assert levels == {self._email(name): level for name, level in members.items()}

    def _levels(self, shown: dict[str, Any]) -> dict[str, int]:
        return {name: level_of(one) for name, one in shown.items()}


def _model_of(kind: str) -> Any:
    app, _, segment = PATHS[kind].partition("/")
    return routes()[app, segment].model


def walk(lab: Lab, *, other: int = 0) -> Counter[tuple[str, int]]:
    """Run the machine; how often each step was answered with what. ``other`` numbers walks along other steps."""
    lab["strain"], lab["setuptype"]
    done: Counter[tuple[str, int]] = Counter()
    machine = type("Sharing", (Sharing,), {"lab": lab, "done": done})
    run_state_machine_as_test(
        seed(other)(machine) if other else machine,
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, database=None, derandomize=not other,
            # A failure prints its steps; to make them fewer takes minutes.
            phases=[Phase.generate], report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    return done


@pytest.fixture
def shelf(alice, admin):
    """The catalogue that subjects and setups need."""
    return Lab(alice, admin)


@pytest.mark.slow
def test_in_any_order_of_steps_people_see_and_may_do_what_the_rules_say(shelf):
    done = walk(shelf)
    # Which steps a walk takes follows from much that has nothing to do with sharing; others see what one did not come by.
    other = 0
    while _unseen(done) and (other := other + 1) < MOST_WALKS:
        done += walk(shelf, other=other)
    assert not _unseen(done)
    assert sum(done.values()) > 100


def _unseen(done: Counter[tuple[str, int]]) -> set[tuple[str, int]]:
    """What walks must have come by, or they would prove little, and did not."""
    came_by = {(step.partition(":")[0], status) for step, status in done} | set(done)
    return {
        ("accept", 400), ("accept", 403), *((f"accept: {kind}", 200) for kind in OFFERS),
        ("invite", 201), ("invite", 403), ("invite", 404), ("name in group", 200), ("name in group", 403),
        ("join", 200), ("join", 400), ("leave", 200), ("leave", 400), ("grant a person", 200), ("grant a group", 200),
        ("publish", 200), ("delete project", 204),
    } - came_by  # fmt: skip


# -- the machine itself ------------------------------------------------------------------------------------------------


@pytest.fixture
def anew():
    """Forgets the statements that were compiled: they hold the conditions of who sees what."""

    yield run.forget_compiled
    run.forget_compiled()


MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "an invitation is accepted whoever sent it": (membership, "_level_now", lambda *_: OWNER),
    "an ended invitation is still shown": (scope, "_still_open", lambda *_: TRUE),
    "leaving a group leaves the roles that came through it": (roles, "flatten_group", lambda _: None),
}


@pytest.mark.slow
@pytest.mark.control
@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_machine_finds_a_mistake(shelf, monkeypatch, anew, mistake):
    """Otherwise it would prove nothing."""
    monkeypatch.setattr(*MISTAKES[mistake])
    anew()
    with pytest.raises(AssertionError):
        _many_walks(shelf)


def _many_walks(lab: Lab) -> None:
    for other in range(MOST_WALKS):
        walk(lab, other=other)
