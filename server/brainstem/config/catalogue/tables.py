"""The tables of the catalogue next to this module, as rows of text. Pure: no database."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).with_name("data")
Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """One file for one model.

    Parameters
    ----------
    label : str
        Model, such as ``taxonomies.Species``.
    file : str
        Name of the file in ``data``.
    keys : tuple of str
        Columns that identify a row.
    fixed : dict
        Values that all rows share and that the file does not repeat.
    many : bool
        Whether there are thousands of rows, to be written in bulk.
    """

    label: str
    file: str
    keys: tuple[str, ...] = ("name",)
    fixed: Row = field(default_factory=dict)
    many: bool = False

    def rows(self) -> list[Row]:
        """The rows in the order of the file, without empty cells."""
        with (DATA / self.file).open(encoding="utf-8", newline="") as lines:
            told = csv.DictReader(line for line in lines if not line.startswith("#"))
            return [self.fixed | {name: cell for name, cell in row.items() if cell} for row in told]


# Referenced tables come first.
TABLES = (
    Table("taxonomies.Species", "species.csv"),
    Table("taxonomies.Strain", "strains.csv"),
    Table("taxonomies.SetupType", "setup_types.csv"),
    Table("taxonomies.BehavioralCategory", "behavioral_categories.csv"),
    Table("taxonomies.BehavioralParadigm", "behavioral_paradigms.csv"),
    Table("taxonomies.RegulatoryAuthority", "regulatory_authorities.csv"),
    Table("resources.Supplier", "suppliers.csv"),
    Table("resources.HardwareDevice", "hardware_devices.csv"),
    Table("dissemination.Journal", "journals.csv"),
    Table("taxonomies.BrainRegion", "regions_aia.csv", ("atlas", "acronym"), {"atlas": "AIA"}, many=True),
    Table("taxonomies.BrainRegion", "regions_s2004.csv", ("atlas", "acronym"), {"atlas": "S2004"}, many=True),
)


def unspecified_strains(species: Iterable[str]) -> list[Row]:
    """For each species, a strain for subjects of which only the species is known."""
    return [
        {
            "name": f"{name}, unspecified strain",
            "species": name,
            "breeding": "Unknown",
            "description": "For subjects whose strain was not recorded.",
        }
        for name in species
    ]
