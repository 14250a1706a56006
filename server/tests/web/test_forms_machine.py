"""Random edits: two people with several tabs change one record by its form, leave drafts and settle conflicts.

Whatever they type are words that appear once. No word that was saved may vanish, unless somebody to whom it was shown
replaced it; and none that was refused may be missing from the form or the draft that comes back.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from ..lab import path_of
from ..people import Person
from .paper import Control, Desk, Paper

pytestmark = [pytest.mark.django_db, pytest.mark.databases, pytest.mark.slow]
STEPS, MOST_TABS = 120, 6
WORD = re.compile(r"w\d+x|\b7\d{5}\b")
LEAST = 2  # of everything that may happen, or the machine tests nothing
TEXT = "description/"  # written paragraph by paragraph, of which each is asked about by itself
PARAGRAPH = re.compile(r"<p>(.*?)</p>")
NOT_KEPT = ("csrfmiddlewaretoken", "_do", "_draft")


def _subject(lab: Any) -> dict[str, Any]:
    return lab.add("subject", genotype="w0x", tags=["w1x"])


def _acquisition(lab: Any) -> dict[str, Any]:
    return lab.add("dataacquisition", notes="w0x", details={"fileName": "w1x", "nChannels": 700000})


def _log(lab: Any) -> dict[str, Any]:
    made = lab.add("subjectlog", type="Weighing", description="w0x")
    for day in (1, 2):
        entry = {"date_time": f"2026-02-0{day}T10:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
        lab.owner.post(f"modules/subjectlog/{made['id']}/add_entry", entry | {"notes": f"w{day}x"})
    return made


def _session(lab: Any) -> dict[str, Any]:
    return lab.add("session", description="<p>w0x</p><p>w1x</p><p>w2x</p><p>w3x</p>")


# The record, and the controls that are written into; what both changed of a "unit" is asked about as a whole.
RECORDS: dict[str, tuple[Callable[[Any], dict[str, Any]], tuple[str, ...]]] = {
    "subject": (_subject, ("genotype", "genetic_line", "description", "tags")),
    "dataacquisition": (_acquisition, ("notes", "description", "details.fileName", "details.nChannels")),
    "subjectlog": (_log, ("description", "entries.0.notes", "entries.1.notes")),
    "session": (_session, (TEXT,)),
}


def control_of(name: str) -> str:
    """The control that something was typed into; words of a text are noted one by one."""
    return name.partition("/")[0]


def unit_of(name: str) -> str:
    """What a control is compared and asked about with."""
    return ".".join(name.split(".")[:2]) if name.startswith("entries") else control_of(name)


def words(*texts: object) -> set[str]:
    return {word for text in texts for word in WORD.findall(str(text))}


@dataclass
class Tab:
    """A form in a tab: what is in it, what its person typed and did not give up, and what it has shown them."""

    desk: Desk
    name: str
    paper: Paper
    typed: dict[str, str] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)  # tags that were taken out
    settled: set[str] = field(
        default_factory=set
    )  # words that the record had when the form was drawn: others may go on

    drawn: dict[str, list[str]] = field(default_factory=dict)  # what was in the controls when the form was shown

    def draw(self) -> None:
        """Note what the form shows."""
        self.drawn = {name: self.paper.values(name) for name in self.paper.names}

    def wrote_on(self, unit: str) -> bool:
        """Whether its person has gone on writing since the form was shown."""
        return any(
            self.drawn.get(name) != self.paper.values(name)
            for name in self.paper.names
            if name == unit or name.startswith(f"{unit}.")
        )

    @property
    def paragraphs(self) -> list[str]:
        """The text that is written paragraph by paragraph."""
        return PARAGRAPH.findall(self.paper.values(control_of(TEXT))[0])

    @property
    def parts(self) -> list[list[Any]]:
        """The questions about paragraphs: before, theirs, mine, and whether there is more of theirs."""
        return [json.loads(one.value) for one in self.paper.controls if one.name.startswith("_part.")]

    def has(self, part: list[Any]) -> bool:
        """Whether the paragraphs of a question are as they were when it was asked."""
        held, there = PARAGRAPH.findall(part[2] or part[1]), self.paragraphs
        return any(there[at : at + len(held)] == held for at in range(len(there)))

    @property
    def asks_about_all(self) -> bool:
        """Whether the text is asked about as a whole."""
        return f"_take.{control_of(TEXT)}" in self.paper.names

    @property
    def holds(self) -> set[str]:
        """The words that must not be lost."""
        return words(*self.typed.values()) - self.dropped - self.settled


@dataclass
class Draft:
    """What a tab left behind."""

    typed: dict[str, str]
    given_up: dict[str, str]
    seen: set[str]
    dropped: set[str]
    settled: set[str]


class Machine:
    """Two people at one record."""

    def __init__(self, seed: int, kind: str, lab: Any, people: list[Person]) -> None:
        self.pick, self.numbers = random.Random(seed), 10
        add, self.controls = RECORDS[kind]
        self.path, self.owner = f"{path_of(kind)}/{add(lab)['id']}", lab.owner
        self.place = f"form.private.{self.path.replace('/', '.')}.change"
        self.desks, self.tabs = [Desk(one) for one in people], list[Tab]()
        self.drafts: dict[tuple[int, str], Draft] = {}
        self.told: list[str] = []  # what was done, for whoever reads a failure
        self.saved = self.refused = self.asked = self.continued = 0

    def run(self) -> None:
        """Some steps, then everybody finishes what they have."""
        kinds = [
            *[self.open] * 3, *[self.edit] * 7, self.keep, self.leave, *[self.go_on] * 2, *[self.choose] * 2,
            *[self.save] * 3, self.redraw,
        ]  # fmt: skip
        for _ in range(STEPS * (2 if TEXT in self.controls else 1)):
            self.pick.choice(kinds)()
        for _ in range(4 * MOST_TABS):
            self.choose()
            self.save()

    # -- steps ----------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        if len(self.tabs) < MOST_TABS:
            self.tabs.append(self.shown(self.pick.choice(self.desks)))

    def edit(self) -> None:
        tab, name = self.tab(), self.pick.choice(self.controls)
        if tab is None or control_of(name) not in tab.paper.names:
            return
        if name == TEXT:
            self.paragraph(tab)
            return
        text = self.word(name)
        if name == "tags":
            there = [one.strip() for one in tab.paper.values("tags")[0].split(",") if one.strip()]
            if there and self.pick.random() < 0.3:
                tab.dropped.add(gone := self.pick.choice(there))
                text = ", ".join(one for one in there if one != gone)
            else:
                text = ", ".join([*there, text])
            tab.typed[name] = f"{tab.typed.get(name, '')} {words(text) - words(*there)}"
        else:
            tab.typed[name] = text
        for other in [one for one in tab.given_up if unit_of(one) == unit_of(name) and one != name]:
            tab.typed[other] = tab.given_up[other]  # whoever goes on writing keeps their own side
        for other in [one for one in tab.given_up if unit_of(one) == unit_of(name)]:
            del tab.given_up[other]
        tab.paper.write(name, text)
        self.tell(tab, f"writes {text} into {name}")

    def paragraph(self, tab: Tab) -> None:
        """Change, add or remove one paragraph of the text."""
        there = tab.paragraphs
        # Mostly in the first two, so that they meet.
        at, what = self.pick.choice([0, 0, 1, 1, self.pick.randrange(len(there) + 1)]), self.pick.random()
        gone = there[at : at + 1] if what < 0.7 else []
        come = [] if gone and what < 0.15 else [word := self.word("text")]
        text = "".join(f"<p>{one}</p>" for one in [*there[:at], *come, *there[at + len(gone) :]])
        for one in gone:
            tab.dropped.add(one)
            for noted in (tab.typed, tab.given_up):
                noted.pop(f"{TEXT}{one}", None)
        if come:
            tab.typed[f"{TEXT}{word}"] = word
        tab.paper.write(control_of(TEXT), text)
        # Whoever goes on writing keeps their own side: of the text if that was asked about, else of this paragraph.
        closed = [part for part in tab.parts if not tab.has(part)]
        kept = words(*(mine for _, _, mine, _ in closed), *([text] if tab.asks_about_all else []))
        for name in [name for name, one in tab.given_up.items() if one in kept]:
            tab.typed[name] = tab.given_up.pop(name)
        self.tell(tab, f"writes {come} for {gone} into the text")

    def keep(self) -> None:
        if (tab := self.tab()) is not None:
            self.kept(tab)

    def leave(self) -> None:
        tab = self.tab()
        if tab is None:
            return
        if tab.typed:
            self.kept(tab)
        self.tabs.remove(tab)
        self.tell(tab, "leaves")

    def go_on(self) -> None:
        if not self.drafts or len(self.tabs) >= MOST_TABS:
            return
        (at, name), left = self.pick.choice(sorted(self.drafts.items(), key=lambda one: one[0]))
        tab = self.shown(self.desks[at], _draft=name)
        tab.typed, tab.given_up = dict(left.typed), dict(left.given_up)
        tab.seen |= left.seen
        # What the record had then, others may have removed since without a question.
        tab.dropped, tab.settled = set(left.dropped), self.record() | left.settled
        self.tabs.append(tab)
        self.continued += 1
        self.tell(tab, f"goes on with {name}")
        self.nothing_is_missing(tab)

    def choose(self) -> None:
        tab = self.tab()
        if tab is None:
            return
        for name in sorted(one for one in tab.paper.names if one.startswith("_take.")):
            side, unit = self.pick.choice(["mine", "theirs"]), name.removeprefix("_take.")
            tab.paper.write(name, side)
            if part := tab.paper.values(f"_part.{unit}"):
                self.choose_part(tab, side, json.loads(part[0]))
                continue
            if tab.wrote_on(unit):
                tab.paper.write(name, "mine")  # what was written since they were asked counts
                continue
            (come, go) = (tab.typed, tab.given_up) if side == "mine" else (tab.given_up, tab.typed)
            for one in [one for one in go if unit_of(one) == unit]:
                come[one] = go.pop(one)
            self.tell(tab, f"takes {side} of {unit}")

    def choose_part(self, tab: Tab, side: str, part: list[Any]) -> None:
        """Take a side of some paragraphs, unless they were written again since they were asked about."""
        _, theirs, mine, _ = part
        if not tab.has(part):
            return
        (come, go) = (tab.typed, tab.given_up) if side == "mine" else (tab.given_up, tab.typed)
        for word in sorted(words(mine) - words(theirs)):
            if f"{TEXT}{word}" in go:
                come[f"{TEXT}{word}"] = go.pop(f"{TEXT}{word}")
        self.tell(tab, f"takes {side} of {part[:3]}")

    def redraw(self) -> None:
        if (tab := self.tab()) is not None:
            self.came_back(tab, self.sent(tab, "redraw"))
            self.tell(tab, "redraws")
            self.nothing_is_missing(tab)

    def save(self) -> None:
        tab = self.tab()
        if tab is None:
            return
        before = self.record()
        response = self.sent(tab, "save")
        after = self.record()
        self.tell(tab, f"saves: {response.status_code}, {sorted(after)}")
        if response.status_code == 303:
            self.saved += 1
            assert before - after <= tab.seen, f"replaced unseen: {before - after - tab.seen}"
            assert tab.holds <= after, f"saved, and not there: {tab.holds - after}"
            against = words(*tab.given_up.values()) & (after - before)
            assert not against, f"saved, although the other side was taken: {against}"
            self.tabs.remove(tab)
            for name in self.marks(tab):
                self.drafts.pop((self.desks.index(tab.desk), name), None)
            self.drafts_are_there(tab.desk)
            return
        assert response.status_code == 422, response.status_code
        assert before == after
        self.refused += 1
        self.came_back(tab, response)
        asked = any(name.startswith("_take.") for name in tab.paper.names)
        self.asked += asked
        assert asked or tab.paper.errors, "refused without a reason"
        self.nothing_is_missing(tab)

    # -- what they do it with -----------------------------------------------------------------------------------------------

    def tab(self) -> Tab | None:
        return self.pick.choice(self.tabs) if self.tabs else None

    def word(self, name: str) -> str:
        self.numbers += 1
        good = f"7{self.numbers:05}" if name.endswith("nChannels") and self.pick.random() < 0.7 else f"w{self.numbers}x"
        return f"<p>{good}</p>" if name == "description" else good

    def shown(self, desk: Desk, **query: str) -> Tab:
        response = desk.client.get(f"/private/{self.path}/change/", query)
        assert response.status_code == 200, response.status_code
        html = response.content.decode()
        self.numbers += 1
        tab = Tab(desk, f"tab{self.numbers}", Paper(html), seen=words(html))
        tab.draw()
        if TEXT in self.controls:
            tab.settled = self.record()
        self.tell(tab, "opens")
        return tab

    def sent(self, tab: Tab, do: str) -> Any:
        return tab.desk.client.post(f"/private/{self.path}/change/", tab.paper.data(do))

    def came_back(self, tab: Tab, response: Any) -> None:
        html = response.content.decode()
        tab.paper, tab.seen = Paper(html), tab.seen | words(html)
        tab.draw()
        if response.status_code == 422:
            tab.settled |= self.record()

    def kept(self, tab: Tab) -> None:
        """As the script keeps drafts: under a name of its own, then without those that the form continued."""
        pairs = [(name, text) for name, text in tab.paper.pairs() if name not in NOT_KEPT]
        who, at = tab.desk.person, self.desks.index(tab.desk)
        answer = who.put(f"drafts/{self.place}.{tab.name}", {"title": "x", "pairs": pairs, "files": {}})
        assert answer.status in (200, 201), answer.text
        self.drafts[at, tab.name] = Draft(
            dict(tab.typed), dict(tab.given_up), set(tab.seen), set(tab.dropped), set(tab.settled)
        )
        for mark in tab.paper.values("_draft"):
            name, _, version = mark.partition(" ")
            if version and name != tab.name:
                status = who.delete(f"drafts/{self.place}.{name}", HTTP_IF_MATCH=f'"{version}"').status
                assert status in (204, 404, 412), status
                if status == 204:
                    del self.drafts[at, name]
        tab.paper.controls = [one for one in tab.paper.controls if one.name != "_draft"]
        tab.paper.controls.append(Control("_draft", "hidden", tab.name))
        self.tell(tab, "is kept")
        self.drafts_are_there(tab.desk)

    def marks(self, tab: Tab) -> list[str]:
        """The drafts that end when a tab is saved: its own, and those that nobody wrote again since it continued them."""
        there = {one["key"].rpartition(".")[2] for one in tab.desk.person.get("drafts").body["drafts"]}
        named = [mark.partition(" ") for mark in tab.paper.values("_draft")]
        for name, _, version in named:
            assert version or name not in there, f"{name} outlives what was saved"
        return [name for name, _, _ in named if name not in there]

    def record(self) -> set[str]:
        """The words in the record."""
        found = self.owner.get(self.path).record
        return words(*(found.get(control_of(name).split(".")[0]) for name in self.controls))

    # -- what must hold ---------------------------------------------------------------------------------------------------

    def nothing_is_missing(self, tab: Tab) -> None:
        """What was typed is in its control."""
        for name, text in tab.typed.items():
            missing = (words(text) & tab.holds) - words(*tab.paper.values(control_of(name)))
            assert not missing, f"{missing} of {name} is not in the form"

    def drafts_are_there(self, desk: Desk) -> None:
        at = self.desks.index(desk)
        found = {one["key"].rpartition(".")[2] for one in desk.person.get("drafts", "limit=100").body["drafts"]}
        assert found == {name for whose, name in self.drafts if whose == at}

    def tell(self, tab: Tab, what: str) -> None:
        self.told.append(f"{tab.desk.person.user.first_name} {tab.name} {what}")


SEEDS = [
    *((list(RECORDS)[seed % 3], seed) for seed in range(9)),
    *(("session", seed) for seed in range(5)),
    *(("subjectlog", seed) for seed in (3, 6, 7)),
]


@pytest.mark.parametrize(("kind", "seed"), SEEDS)
def test_no_word_that_was_saved_or_refused_is_lost(lab, alice, dana, kind, seed):
    machine = Machine(seed, kind, lab, [alice, dana])
    try:
        machine.run()
    except AssertionError as error:
        raise AssertionError("\n".join([*machine.told, str(error)])) from error
    happened = (machine.saved, machine.refused, machine.asked, machine.continued)
    assert min(happened) >= LEAST, happened
