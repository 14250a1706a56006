"""The second peer, a ceiling: SQL written by hand, the driver alone, no framework; the database builds the JSON.

Each answer is the same JSON as the server's, and costs the statement that looks up the token and one more. Tuned by
hand: lists are planned with their values, details run as prepared statements with a generic plan.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from . import databases
from .questions import INCLUDES, Question

TOKEN = (
    "SELECT t.id, t.digest, t.expires_at, t.last_used_at, t.user_id, u.is_superuser FROM users_token t"
    " JOIN users_user u ON u.id = t.user_id WHERE t.key_id = {p} AND t.kind <> 'refresh' AND t.revoked_at IS NULL"
    " AND u.is_active"
)
SEEN = (
    "EXISTS (SELECT 1 FROM core_audienceproject ap JOIN core_role r ON r.object_id = ap.project_id"
    " AND r.user_id = {user} WHERE ap.audience_id = {row}.audience_id)"
)
HELD = "EXISTS (SELECT 1 FROM core_role r WHERE r.user_id = {user} AND r.object_id = {id})"
COUNT = (
    "(SELECT COALESCE(sum(c.n),0) FROM core_audiencecount c WHERE c.model = 'stem.Session' AND "
    + SEEN.replace("{row}", "c")
    + ")"
)
COUNT_PART = "(SELECT count(*) FROM stem_session q WHERE {part} AND " + SEEN.replace("{row}", "q") + ")"
PAGE = "SELECT s.* FROM stem_session s WHERE {where} ORDER BY s.id LIMIT {limit} OFFSET {offset}"


class Words:
    """What the SQL of the two databases calls differently."""

    object = "json_build_object"
    value = "{}"
    uuid = "{}"
    boolean = "{}"
    user = "%(user)s"
    place = "%({})s"

    def array(self, element: str, source: str, order: str) -> str:
        return f"(SELECT COALESCE(json_agg({element} ORDER BY {order}),'[]') FROM {source})"

    def moment(self, column: str) -> str:
        return f"replace(to_char({column} AT TIME ZONE 'UTC','YYYY-MM-DD\"T\"HH24:MI:SS.US'),'.000000','')||'Z'"

    def span(self, column: str) -> str:
        return f"to_char(make_interval(secs => {column}/1000000.0),'HH24:MI:SS')"

    def folded(self, column: str) -> str:
        return f'strpos(lower({column} COLLATE "und-x-icu"), %(part)s::text) > 0'


class SQLiteWords(Words):
    """SQLite's."""

    object = "json_object"
    value = "json({})"
    user = ":user"
    place = ":{}"

    def array(self, element: str, source: str, order: str) -> str:
        return f"(SELECT json_group_array({element}) FROM (SELECT * FROM {source} ORDER BY {order}))"

    def moment(self, column: str) -> str:
        return f"replace({column},' ','T')||'Z'"

    def span(self, column: str) -> str:
        return f"time({column}/1000000,'unixepoch')"

    def folded(self, column: str) -> str:
        return f"instr(lower({column}), :part) > 0"


class Text:
    """The statements of one database."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def _seen(self, row: str) -> str:
        return SEEN.format(user=self.words.user, row=row)

    def _held(self, column: str) -> str:
        return HELD.format(user=self.words.user, id=column)

    def _object(self, **pairs: str) -> str:
        return f"{self.words.object}(" + ",".join(f"'{key}',{value}" for key, value in pairs.items()) + ")"

    def _tail(self, row: str) -> dict[str, str]:
        moment = self.words.moment
        return {
            "created_at": moment(f"{row}.created_at"),
            "updated_at": moment(f"{row}.updated_at"),
            "created_by": f"{row}.created_by_id",
        }

    def _linked(self, table: str, near: str, far: str, row: str, *, target: str, seen: str) -> str:
        """Ids at the other end of a link table that the reader sees."""
        source = f"{table} l JOIN {target} t ON t.id = l.{far} WHERE l.{near} = {row}.id AND {seen}"
        if isinstance(self.words, SQLiteWords):
            return f"(SELECT json_group_array(id) FROM (SELECT t.id FROM {source} ORDER BY t.id))"
        return self.words.array("t.id", source, "t.id")

    def _equipment(self, table: str, near: str, row: str) -> str:
        seen = (
            f"({self._held('t.setup_id')} OR EXISTS (SELECT 1 FROM personal_attributes_setup u"
            " WHERE u.id = t.setup_id AND u.is_public))"
        )
        return self._linked(table, near, "equipment_id", row, target="modules_equipment", seen=seen)

    def _procedures(self, table: str, near: str, row: str) -> str:
        return self._linked(table, near, "procedure_id", row, target="modules_procedure", seen=self._seen("t"))

    def _attribute(self, table: str, column: str) -> str:
        return f"(SELECT u.id FROM {table} u WHERE u.id = {column} AND (u.is_public OR {self._held('u.id')}))"

    def _module(self, row: str) -> dict[str, str]:
        return {"id": f"{row}.id", "session": f"{row}.session_id", "notes": f"{row}.notes", "order": f'{row}."order"'}

    def _typed(self, row: str) -> dict[str, str]:
        details = self.words.value.format(f"{row}.details")
        return {"type": f"{row}.type", "details": details, "type_schema_version": f"{row}.type_schema_version"}

    def _acquisition(self) -> str:
        link = ("modules_dataacquisition_{}", "dataacquisition_id", "m")
        return self._object(
            **self._module("m"),
            **self._typed("m"),
            **self._tail("m"),
            procedures=self._procedures(link[0].format("procedures"), *link[1:]),
            equipment=self._equipment(link[0].format("equipment"), *link[1:]),
            image="CASE WHEN m.image = '' THEN NULL ELSE '/api/private/modules/dataacquisition/'||m.id||'/image/' END",
        )

    def _manipulation(self) -> str:
        link = ("modules_manipulation_{}", "manipulation_id", "m")
        return self._object(
            **self._module("m"),
            **self._typed("m"),
            **self._tail("m"),
            procedures=self._procedures(link[0].format("procedures"), *link[1:]),
            equipment=self._equipment(link[0].format("equipment"), *link[1:]),
        )

    def _behavior(self) -> str:
        return self._object(
            **self._module("m"),
            **self._tail("m"),
            subjects=self._linked(
                "modules_behavior_subjects",
                "behavior_id",
                "subject_id",
                "m",
                target="stem_subject",
                seen=self._seen("t"),
            ),
            setup=self._attribute("personal_attributes_setup", "m.setup_id"),
            behavioralassay=self._attribute("personal_attributes_behavioralassay", "m.behavioralassay_id"),
        )

    def _epoch(self) -> str:
        parts = {
            name: self._linked(
                f"stem_epoch_{name}", "epoch_id", f"{name}_id", "m", target=f"modules_{name}", seen=self._seen("t")
            )
            for name in ("behavior", "dataacquisition", "manipulation")
        }
        pairs = {"id": "m.id", "session": "m.session_id", "name": "m.name"}
        spans = {name: self.words.span(f'm."{name}"') for name in ("start", "end")}
        return self._object(**pairs, **spans, **parts, **self._tail("m"))

    def _parts(self, name: str, *, included: bool) -> str:
        tables = {
            "dataacquisition": ("modules_dataacquisition", 'm."order",m.id', self._acquisition),
            "behaviors": ("modules_behavior", 'm."order",m.id', self._behavior),
            "manipulations": ("modules_manipulation", 'm."order",m.id', self._manipulation),
            "epochs": ("stem_epoch", "m.id", self._epoch),
        }
        table, order, record = tables[name]
        if not isinstance(self.words, SQLiteWords):
            return self.words.array(record() if included else "m.id", f"{table} m WHERE m.session_id = s.id", order)
        element = record() if included else "m.id"
        inner = f"SELECT {element} AS e FROM {table} m WHERE m.session_id = s.id ORDER BY {order}"
        return f"(SELECT json_group_array({'json(e)' if included else 'e'}) FROM ({inner}))"

    def record(self, *, included: bool) -> str:
        """The JSON of the session ``s``."""
        words, links = (
            self.words,
            ("projects", "manipulations", "dataacquisition", "behaviors", "epochs", "datastorage"),
        )
        projects = f"stem_session_projects l WHERE l.session_id = s.id AND {self._held('l.project_id')}"
        tags = "stem_session_tags l JOIN core_tag t ON t.id = l.tag_id WHERE l.session_id = s.id"
        storages = (
            "stem_sessiondatastorage d JOIN personal_attributes_datastorage u ON u.id = d.datastorage_id"
            f" WHERE d.session_id = s.id AND (u.is_public OR {self._held('u.id')})"
        )
        collation = "" if isinstance(words, SQLiteWords) else ' COLLATE "C"'
        return self._object(
            id="s.id",
            name="s.name",
            description="s.description",
            projects=words.array(self._of("project_id", "l"), projects, self._of("project_id", "l")),
            date_time=words.moment("s.date_time"),
            datastorage=words.array(self._of("datastorage_id", "d"), storages, 'd."order",d.datastorage_id'),
            extra_fields=words.value.format("s.extra_fields"),
            download_links=words.value.format("s.download_links"),
            name_used_in_storage="s.name_used_in_storage",
            tags=words.array(self._of("name", "t"), tags, f"t.name{collation}"),
            links=self._object(**{name: f"'{name}/'" for name in links}),
            **{name: self._parts(name, included=included) for name in INCLUDES},
            **self._tail("s"),
        )

    def _of(self, column: str, row: str) -> str:
        return column if isinstance(self.words, SQLiteWords) else f"{row}.{column}"

    def list(self, *, included: bool, part: bool) -> str:
        """One row: the exact count, and the records of the page as one text."""
        place = self.words.place
        match = self.words.folded("{row}.name")
        count = COUNT_PART.replace("{part}", match.replace("{row}", "q")) if part else COUNT
        where = self._seen("s") + (" AND " + match.replace("{row}", "s") if part else "")
        page = PAGE.format(where=where, limit=place.format("limit"), offset=place.format("offset"))
        count = count.replace("{user}", self.words.user)
        record = self.record(included=included)
        if isinstance(self.words, SQLiteWords):
            inner = f"SELECT {record} AS e FROM ({page}) s"
            return f"SELECT {count}, '['||group_concat(e,',')||']' FROM ({inner})"
        inner = f"SELECT {record} AS e FROM ({page}) s"
        return f"SELECT {count}, (SELECT '['||string_agg(s.e::text,',')||']' FROM ({inner}) s)"

    def detail(self) -> str:
        """One row: the record."""
        cast = "" if isinstance(self.words, SQLiteWords) else "::text"
        where = f"s.id = {self.words.place.format('id')} AND {self._seen('s')}"
        return f"SELECT ({self.record(included=False)}){cast} FROM stem_session s WHERE {where}"


Run = Callable[..., Any]


def _postgresql(url: str) -> tuple[Text, str, Run]:
    connection = databases.connection_of(url)
    cursor = connection.cursor()

    def run(statement: str, values: dict[str, Any], *, prepare: bool = False) -> Any:
        cursor.execute(statement, values, prepare=prepare)
        return cursor.fetchone()

    return Text(Words()), TOKEN.format(p="%(key)s"), run


def _sqlite(url: str) -> tuple[Text, str, Run]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=256)
    connection.execute("PRAGMA cache_size = -8192")
    connection.execute("PRAGMA temp_store = MEMORY")

    def run(statement: str, values: dict[str, Any], *, prepare: bool = False) -> Any:  # noqa: ARG001
        return connection.execute(statement, values).fetchone()

    return Text(SQLiteWords()), TOKEN.format(p=":key"), run


class Bare:
    """Answers questions over a bare connection, for one person."""

    def __init__(self, url: str, *, key: str, user: int) -> None:
        self.text, self.token, self.run = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)
        self.key, self.user = key, user
        self.detail = self.text.detail()
        self.lists = {
            (included, part): self.text.list(included=included, part=part)
            for included in (False, True)
            for part in (False, True)
        }

    def answer(self, question: Question) -> bytes:
        """The body of the answer."""
        self.run(self.token, {"key": self.key}, prepare=True)
        if question.record:
            (record,) = self.run(self.detail, {"user": self.user, "id": question.record}, prepare=True)
            return f'{{"session":{record}}}'.encode()
        values = {"user": self.user, "limit": question.limit, "offset": question.offset, "part": question.part.lower()}
        count, records = self.run(self.lists[question.included, bool(question.part)], values)
        return _page(question, int(count), records or "[]")


def _page(question: Question, count: int, records: str) -> bytes:
    limit, offset = question.limit, question.offset
    meta = {
        "page": offset // limit + 1,
        "per_page": limit,
        "total_results": count,
        "total_pages": max(1, -(-count // limit)),
    }
    following = _link(question, offset + limit) if offset + limit < count else None
    before = _link(question, max(0, offset - limit)) if offset > 0 else None
    tail = {"count": count, "next": following, "previous": before, "meta": meta}
    return f'{{"sessions":{records},{json.dumps(tail)[1:]}'.encode()


def _link(question: Question, offset: int) -> str:
    moved = Question(question.name, question.limit, offset, question.included, question.part)
    if offset == 0:
        return f"http://localhost:8000/api/private/stem/session/?{moved.query_string}&{urlencode({'offset': 0})}"
    return f"http://localhost:8000/api/private/stem/session/?{moved.query_string}"
