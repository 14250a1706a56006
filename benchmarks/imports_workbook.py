"""A workbook of four sheets whose rows name each other, as a lab has it that moves in; part of ``imports.py``."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

HEADS = {
    "Subjects": ("name", "sex", "projects", "strain", "birth_date", "tags"),
    "Sessions": ("name", "projects", "date_time"),
    "Procedures": ("subject", "type", "coordinates_system", "date_time"),
    "Behaviors": ("session", "subjects", "setup", "behavioralassay"),
}


def workbook(rows: int, *, project: str, strain: str, setup: str, assay: str) -> bytes:
    """The file; a quarter of the rows in each sheet."""
    import xlsxwriter  # noqa: PLC0415 - only once it is measured

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    for name, heads in HEADS.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, heads)
        values = _rows(name, rows // len(HEADS), project=project, strain=strain, setup=setup, assay=assay)
        for at, row in enumerate(values, start=1):
            sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def _rows(name: str, number: int, *, project: str, strain: str, setup: str, assay: str) -> Iterator[tuple[str, ...]]:
    for at in range(number):
        day = f"2026-02-{1 + at % 28:02} 12:00"
        yield {
            "Subjects": (f"W_{at:05}", "FM"[at % 2], project, strain, f"2026-01-{1 + at % 28:02}", "moved"),
            "Sessions": (f"Day {at:05}", project, day),
            "Procedures": (f"W_{at:05}", "Craniotomy", "External_XYZ_Absolute", day),
            "Behaviors": (f"Day {at:05}", f"W_{at:05}", setup, assay),
        }[name]


def planned(alice: Any, content: bytes) -> Any:
    """Plan the workbook, sent as a browser sends it."""
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415 - after Django is set up
    from django.test import Client  # noqa: PLC0415 - after Django is set up

    models = {"Subjects": "subject", "Sessions": "session", "Procedures": "procedure", "Behaviors": "behavior"}
    answer = Client().post(
        "/api/private/imports/?kind=table",
        {"file": SimpleUploadedFile("lab.xlsx", content), "options": json.dumps({"models": models})},
        headers={"Authorization": f"Bearer {alice.token}"},
    )
    if answer.status_code != 201:
        raise SystemExit(f"{answer.status_code} {answer.content[:500]!r}")
    return answer.json()["import"]
