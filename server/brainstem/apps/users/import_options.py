"""How tables are to be imported, as requests say it, and as it is kept with an import: by names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import orjson

from brainstem.core.errors import Invalid
from brainstem.core.imports.cells import DAY_FIRST, MONTH_FIRST, Manner
from brainstem.core.imports.json_values import Json
from brainstem.core.imports.steps import Asked
from brainstem.core.imports.telling import model_name
from brainstem.core.model.registry import Spec, routes
from brainstem.core.tables.sheets import Sheet
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest

from . import imports
from .time_zones import UTC, is_zone

OPTIONS = ("model", "models", "columns", "timezone", "dates", "empty")


@dataclass(frozen=True)
class Options:
    """How tables are read, as requests say it: by names that can be kept."""

    options: Mapping[str, Json]
    models: Mapping[int, Spec]
    columns: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, options: Mapping[str, Json], sheets: Sequence[Sheet], user_id: int) -> Options:
        """From the options of a request, and what the person has chosen before for these columns."""
        refuse_unknown_keys(options, OPTIONS)
        models = _models(options, sheets)
        before = {number: imports.matching_of(user_id, spec.label) for number, spec in models.items()}
        columns = {
            sheets[number].name: {head: text for head, text in chosen.items() if head in sheets[number].heads}
            for number, chosen in before.items()
        }
        given = _columns(options, sheets)
        merged = {name: {**columns.get(name, {}), **given.get(name, {})} for name in {*columns, *given}}
        found = cls(dict(options) | {"columns": merged}, models, merged)
        found.asked  # noqa: B018 - refused now, whatever is wrong with it
        return found

    @classmethod
    def kept(cls, text: str, sheets: Sequence[Sheet]) -> Options:
        """As it was kept with an import."""
        options = orjson.loads(text)
        return cls(options, _models(options, sheets), _columns(options, sheets))

    def changed(self, given: Mapping[str, Json], sheets: Sequence[Sheet]) -> Options:
        """The same with other options; columns that are not named stay as they were matched."""
        new = _columns(given, sheets)
        merged = {name: {**self.columns.get(name, {}), **new.get(name, {})} for name in {*self.columns, *new}}
        options = dict(self.options) | dict(given) | {"columns": merged}
        if "model" in given or "models" in given:
            options = {name: value for name, value in options.items() if name not in ("model", "models")}
            options |= {name: given[name] for name in ("model", "models") if name in given}
        found = replace(self, options=options, models=_models(options, sheets), columns=merged)
        found.asked  # noqa: B018
        return found

    @property
    def asked(self) -> Asked:
        """The same for the planner.

        Raises
        ------
        Invalid
            If an option has a value that it cannot have.
        """
        zone = self.options.get("timezone", UTC)
        dates, empty = self.options.get("dates", ""), self.options.get("empty", "keep")
        if not isinstance(zone, str) or not is_zone(zone):
            raise Invalid.at("timezone", f"There is no time zone {shown(zone)}. Use one such as Europe/Copenhagen.")
        if dates not in ("", DAY_FIRST, MONTH_FIRST):
            raise Invalid.at("dates", f"Say what comes first in dates: {DAY_FIRST!r} or {MONTH_FIRST!r}.")
        if empty not in ("keep", "clear"):
            raise Invalid.at("empty", "Say what empty cells do to what is there: 'keep' or 'clear'.")
        zone_info: dt.tzinfo = ZoneInfo(zone)
        return Asked(Manner(zone_info, dates), self.columns, clears=empty == "clear")

    def keep_matchings(self, sheets: Sequence[Sheet], user_id: int) -> None:
        """Remember for the next table what was chosen for the columns of this one."""
        for number, spec in self.models.items():
            imports.keep_matching(user_id, spec.label, self.columns.get(sheets[number].name, {}))


def _models(options: Mapping[str, Json], sheets: Sequence[Sheet]) -> dict[int, Spec]:
    """Number of a sheet -> model of its rows: as it was said of the sheet or of all, or else as the sheet is called."""
    given = options.get("models", {})
    if not isinstance(given, dict):
        raise Invalid.at("models", 'Expected an object: {"name of a sheet": "stem/subject"}.')
    names = [sheet.name for sheet in sheets]
    if unknown := [name for name in given if name not in names]:
        raise Invalid.at("models", f"There is no sheet {shown(unknown[0])}.{nearest(unknown[0], names)}")
    found: dict[int, Spec] = {}
    for number, sheet in enumerate(sheets):
        said = given.get(sheet.name, options.get("model"))
        if said == "":
            continue  # left out
        spec = _spec(said, f"models.{sheet.name}" if sheet.name in given else "model") if said else _called(sheet.name)
        if spec is None:
            example = 'Say it as "model": "stem/subject", or by sheet as "models".'
            raise Invalid.at("models", f"What are the rows of the sheet {shown(sheet.name)}? {example}")
        found[number] = spec
    if not found:
        raise Invalid.at("models", "All sheets are left out.")
    return found


def _spec(said: Json, at: str) -> Spec:
    """The model that a text such as ``stem/subject`` or ``subject`` names, if records are added through the API."""
    known = _known()
    found = known.get(said.strip("/").lower()) if isinstance(said, str) else None
    if found is None:
        names = [name for name in known if "/" in name]
        raise Invalid.at(at, f"There is no model {shown(said)}.{nearest(str(said), names)}")
    return found


def _called(name: str) -> Spec | None:
    return _known().get(name.strip().lower().replace(" ", "_"))


def _known() -> dict[str, Spec]:
    """Every name of every model that can be written: path, name in the URL, singular and plural."""
    found: dict[str, Spec] = {}
    for (app, segment), spec in routes().items():
        if "add" in spec.resource.verbs and "private" in spec.resource.portals:
            for name in (f"{app}/{segment}", model_name(spec), segment, spec.resource.singular, spec.resource.plural):
                found.setdefault(name, spec)
    return found


def _columns(options: Mapping[str, Json], sheets: Sequence[Sheet]) -> dict[str, dict[str, str]]:
    """Name of a sheet -> head -> field; a table alone may leave its own name out."""
    given: Json = options.get("columns", {})
    if isinstance(given, dict) and len(sheets) == 1 and not any(isinstance(one, dict) for one in given.values()):
        given = {sheets[0].name: given}
    right = isinstance(given, dict) and all(
        isinstance(one, dict) and all(isinstance(text, str) for text in one.values()) for one in given.values()
    )
    if not right:
        raise Invalid.at("columns", 'Expected an object: {"head of a column": "field"}; an empty field leaves it out.')
    heads = {sheet.name: sheet.heads for sheet in sheets}
    for name, chosen in given.items():
        if name not in heads:
            raise Invalid.at("columns", f"There is no sheet {shown(name)}.{nearest(name, heads)}")
        if unknown := [head for head in chosen if head not in heads[name]]:
            close = nearest(unknown[0], [one for one in heads[name] if one])
            raise Invalid.at("columns", f"There is no column {shown(unknown[0])}.{close}")
    return {name: dict(chosen) for name, chosen in given.items()}


def refuse_unknown_keys(given: Mapping[str, Json], known: Sequence[str]) -> None:
    """Refuse keys that nobody reads.

    Raises
    ------
    Invalid
        With the nearest known ones.
    """
    if wrong := [name for name in given if name not in known]:
        raise Invalid({name[:200]: [f"Unknown key {shown(name)}.{nearest(name, known)}"] for name in wrong[:20]})


__all__ = ["OPTIONS", "Options", "refuse_unknown_keys"]
