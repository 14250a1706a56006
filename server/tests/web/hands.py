"""Hands at a browser: the same steps by mouse, or by keyboard alone, told by the words that people read on the page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from .visitor import Visitor

# The server has drawn what depends on a choice, and the choices of records are comboboxes.
SETTLED = """() => !document.querySelector("form[aria-busy], select[data-pick]:not([hidden])")
  && !document.querySelector("fieldset[data-pick]:not([data-dressed])")"""
ANSWERED = """control => control.ariaExpanded === "true"
  && [...document.querySelectorAll("[popover]:popover-open .combo-note")].at(-1)?.textContent !== "Searching…\""""
MOST_TABS = 400


class Hands:
    """What a person does with a page; how, is left to the kind of hands."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.done = 0  # clicks, or keys

    # -- where one goes -------------------------------------------------------------------------------------------------

    def menu(self, name: str) -> None:
        """Open a list by the side bar."""
        self._go(self.page.locator(".sidebar").get_by_role("link", name=name, exact=True).first)

    def new(self, name: str) -> None:
        """Add to a list of the side bar, by the plus beside its name."""
        listed = self.page.get_by_role("link", name=name, exact=True)
        self._go(self.page.locator(".sidebar .side-item", has=listed).locator("> .side-add").first)

    def link(self, name: str) -> None:
        """Follow a link of the page."""
        exactly = re.compile(f"^{re.escape(name)}( [0-9,]+)?$")  # tabs and cards tell how many there are
        self._go(self.page.locator("main").get_by_role("link", name=exactly).first)

    def row(self, name: str) -> None:
        """Open the first record of a list that is called so."""
        self._go(self.page.locator("main tbody").get_by_role("link", name=name, exact=True).first)

    def add(self, what: str) -> None:
        """From a list or a tab to the form for a new record."""
        self._go(self.page.locator("main").get_by_role("link", name=re.compile(f"^Add {what}$", re.IGNORECASE)).first)

    def press(self, name: str) -> None:
        """Press a button that leads to another page."""
        self._go(self.page.locator("main").get_by_role("button", name=name, exact=True).last)

    def create(self) -> str:
        """Send the form; the address of the record's page."""
        self.press("Create")
        assert not re.search("/(add|duplicate)/", self.page.url), self._problems()
        return self.visitor.path.split("?")[0]

    def save(self) -> None:
        """Send the form of a record that there is."""
        self.press("Save")
        assert "/change/" not in self.page.url, self._problems()

    def _problems(self) -> str:
        said = self.page.locator("#problems")
        return f"{self.visitor.path}: {said.inner_text() if said.count() else self.page.inner_text('main')}"

    def sees(self, *texts: str) -> None:
        """The page says all this."""
        said = " ".join(self.page.inner_text("main").split())
        for text in texts:
            assert text in said, (text, said)

    def look(self, name: str) -> None:
        """Check the page for everybody who reads it, and leave a picture; by one kind of hands only."""

    # -- what one fills in ----------------------------------------------------------------------------------------------

    def write(self, label: str, text: str, *, row: int = 0) -> None:
        """Type into the control with this label; ``row`` of a table."""
        self._settle()
        self._write(self._named(label, "input, textarea").nth(row), text)
        self._settle()

    def choose(self, label: str, option: str, *, row: int = 0) -> None:
        """Choose what begins with ``option`` in a list of choices."""
        self._settle()
        group = self.page.get_by_role("group", name=re.compile(f"^{re.escape(label)}( required)?$"))
        if group.count() and group.get_by_role("radio").count():
            self._tick(group.get_by_label(option, exact=True))
        else:
            control = self._named(label, "select, [role=combobox]").nth(row)
            (self._pick if _is_combobox(control) else self._choose)(control, option)
        self._settle()

    def tick(self, label: str, *, within: str = "") -> None:
        """Tick a box, of the group of boxes with a name; where records are chosen, choose one more."""
        self._settle()
        several = self._named(within, "[role=combobox]") if within else None
        if several is not None and several.count():
            self._pick(several.first, label)
            self._settle()
            return
        place: Any = self.page.locator("main")
        if within:
            place = self.page.get_by_role("group", name=re.compile(f"^{re.escape(within)}( required)?$"))
        self._tick(place.get_by_role("checkbox", name=re.compile(f"^{re.escape(label)}")).first)
        self._settle()

    def another_row(self, table: str) -> None:
        """One more row in a table."""
        group = self.page.get_by_role("group", name=re.compile(f"^{re.escape(table)}( required)?$")).first
        self._push(group.get_by_role("button", name="Add rows"))
        self._settle()

    def offered(self, label: str) -> list[str]:
        """What a list of choices offers."""
        self._settle()
        control = self._named(label, "select, [role=combobox]").first
        if _is_combobox(control):
            return self._offered(control)
        found = control.locator("option").all_inner_texts()
        return [text for text in found if text.strip(" –") not in ("", "Choose", "any")]

    # -- how ----------------------------------------------------------------------------------------------------------------

    def _named(self, label: str, tags: str) -> Locator:
        name, main = re.compile(f"^{re.escape(label)}( required)?$"), self.page.locator("main")
        found = main.get_by_role("combobox", name=name)
        if "textarea" in tags:
            found = found.or_(main.get_by_role("textbox", name=name)).or_(main.get_by_role("spinbutton", name=name))
        return found.and_(self.page.locator(tags))

    def _settle(self) -> None:
        """Wait until the server has drawn what depends on a choice."""
        self.page.wait_for_function(SETTLED)

    def _go(self, target: Locator) -> None:
        self._reach(target)
        with self.page.expect_navigation():
            self._push(target)

    def _reach(self, target: Locator) -> None:
        """Go to a control, where that takes something."""

    def _push(self, target: Locator) -> None:
        raise NotImplementedError

    def _write(self, control: Locator, text: str) -> None:
        raise NotImplementedError

    def _choose(self, control: Locator, option: str) -> None:
        raise NotImplementedError

    def _tick(self, control: Locator) -> None:
        raise NotImplementedError

    def _pick(self, control: Locator, option: str) -> None:
        """Choose a record in a combobox: type its name, and take the first that is called so."""
        raise NotImplementedError

    def _offered(self, control: Locator) -> list[str]:
        """What a combobox offers before anything is typed."""
        raise NotImplementedError

    def _found(self, control: Locator) -> Locator:
        """The records in the list of a combobox, once the server has answered."""
        self.page.wait_for_function(ANSWERED, arg=control.element_handle())  # at each frame, as people see it
        return self.page.locator("[popover]:popover-open").locator("[role=option][data-id]")


class Mouse(Hands):
    """Clicks, and types where one must."""

    def look(self, name: str) -> None:
        self.visitor.look(name)

    def _push(self, target: Locator) -> None:
        target.click()
        self.done += 1

    def _write(self, control: Locator, text: str) -> None:
        control.click()
        control.fill(text)
        self.done += 1

    def _choose(self, control: Locator, option: str) -> None:
        control.select_option(index=_place(control, option))
        self.done += 2

    def _tick(self, control: Locator) -> None:
        control.check()
        self.done += 1

    def _pick(self, control: Locator, option: str) -> None:
        few = control.locator("xpath=ancestor::*[@data-combo]/following-sibling::*[contains(@class, 'combo-few')]")
        button = few.get_by_role("button", name=f"Choose {_title(option)}").first
        if button.count():
            self._push(button)
            return
        control.click()
        control.fill(option)
        self._found(control).filter(has_text=_title(option)).first.click()
        expect(control).to_have_attribute("aria-expanded", "false")
        self.done += 2

    def _offered(self, control: Locator) -> list[str]:
        control.click()
        self._found(control).or_(self.page.locator(".combo-note", has_text="Nothing found")).first.wait_for()
        found = self._found(control).all_inner_texts()
        self.page.keyboard.press("Escape")
        return [text.split("\n")[0] for text in found]


class Keys(Hands):
    """Never touches the mouse."""

    def _push(self, target: Locator) -> None:
        self._reach(target)
        self._key("Enter")

    def _write(self, control: Locator, text: str) -> None:
        self._reach(control)
        kind = control.get_attribute("type")
        if kind == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(month + day + year)
        elif kind == "datetime-local":
            date, _, time = text.partition("T")
            year, month, day = date.split("-")
            hour, minute = map(int, time.split(":")[:2])
            self.page.keyboard.type(month + day + year)
            self._key("ArrowRight")
            self.page.keyboard.type(f"{hour % 12 or 12:02}{minute:02}{'AP'[hour >= 12]}")
        else:
            self._key("ControlOrMeta+a")
            self.page.keyboard.type(text)
        self.done += len(text)

    def _choose(self, control: Locator, option: str) -> None:
        self._reach(control)
        self.page.keyboard.type(option.split(maxsplit=1)[0])
        self._settle()
        while (ahead := _place(control, option) - int(control.evaluate("one => one.selectedIndex"))) != 0:
            self._key("ArrowDown" if ahead > 0 else "ArrowUp")
            self._settle()

    def _tick(self, control: Locator) -> None:
        if control.get_attribute("type") == "radio":
            self._reach(control)
            while not control.is_checked():
                self._key("ArrowDown")
                self._settle()
        else:
            self._reach(control)
            self._key("Space")

    def _pick(self, control: Locator, option: str) -> None:
        self._reach(control)
        self._key("ControlOrMeta+a")
        self.page.keyboard.type(option)
        self.done += len(option)
        expect(self._found(control).first).to_contain_text(_title(option))
        self._key("Enter")
        expect(control).to_have_attribute("aria-expanded", "false")

    def _offered(self, control: Locator) -> list[str]:
        self._reach(control)
        self._key("Alt+ArrowDown")
        self._found(control).or_(self.page.locator(".combo-note", has_text="Nothing found")).first.wait_for()
        found = self._found(control).all_inner_texts()
        self._key("Escape")
        return [text.split("\n")[0] for text in found]

    def _reach(self, target: Locator) -> None:
        """Go to a control with Tab; past the side bar by the first link of the page."""
        target.wait_for()
        # Tab leads to one of a group of radio buttons, and arrows to the others.
        here = "one => [one, one.type === 'radio' && one.form[one.name]].some((it) => it === document.activeElement"
        here += " || (it instanceof RadioNodeList && [...it].includes(document.activeElement)))"
        inside = target.evaluate("one => !!one.closest('main')")
        if inside and not self.page.evaluate("!!document.activeElement.closest('main')"):
            self._skip()
        behind = target.evaluate(
            "one => !!(document.activeElement.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING)"
        )
        for _ in range(MOST_TABS):
            if target.evaluate(here):
                return
            self._key("Shift+Tab" if behind else "Tab")
        raise AssertionError(f"No number of tabs leads to {target}.")

    def _skip(self) -> None:
        self.page.evaluate("document.activeElement.blur()")
        self._key("Tab")
        assert self.page.evaluate("document.activeElement.textContent") == "Skip to the content"
        self._key("Enter")
        self.page.wait_for_function("() => document.activeElement.id === 'main'")

    def _key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.done += 1


def _is_combobox(control: Locator) -> bool:
    return control.get_attribute("role") == "combobox"


def _title(option: str) -> str:
    """The name of a record, without what stands behind it in a control."""
    return option.partition(" · ")[0]


def _place(control: Locator, option: str) -> int:
    """The place of the first choice that begins so."""
    offered = [text.strip() for text in control.locator("option").all_text_contents()]
    found = next((at for at, text in enumerate(offered) if text == option), None)
    if found is None:
        found = next((at for at, text in enumerate(offered) if text.startswith(option)), None)
    assert found is not None, (option, offered)
    return found
