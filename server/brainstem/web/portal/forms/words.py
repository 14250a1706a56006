"""Wire names in people's words: ``birth_date`` is "Birth date", ``frameRate`` is "Frame rate"."""

from __future__ import annotations

import re

from brainstem.core.model.registry import Spec

# Names whose words do not follow from their spelling.
WORDS = {
    "authenticated_groups": "Groups that may edit",
    "behavioralassay": "Behavioral assay",
    "behavioralassays": "Behavioral assays",
    "consumablestock": "Consumable stock",
    "coordinates_system": "Coordinate system",
    "data_organization": "Folder levels",
    "data_protocols": "Ways to access the data",
    "dataacquisition": "Data acquisitions",
    "datastorage": "Data storage",
    "date_time": "Date and time",
    "end_date_time": "End",
    "hardware_device_supplier": "Supplier of the device",
    "consumable_supplier": "Supplier of the consumable",
    "hardwaredevice": "Hardware device",
    "is_active": "Active",
    "is_public": "Public",
    "name_used_in_storage": "Name in storage",
    "orcid_id": "ORCID",
    "performed_by": "Done by",
    "start_date_time": "Start",
    "user_roles": "Contributions",
}
CAPITALS = {"doi": "DOI", "id": "ID", "orcid": "ORCID", "pdf": "PDF", "rrid": "RRID", "url": "URL"}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")


# Where the help of the API speaks of ids and codes.
HELP = {
    "authenticated_groups": "Groups whose members may edit the record.",
    "coordinates_system": "",
    "type": "",
}


def what(spec: Spec) -> str:
    """A model's name in words: "data storage"."""
    return str(spec.model._meta.verbose_name)


def label_of(name: str) -> str:
    """The label of a field."""
    if name in WORDS:
        return WORDS[name]
    words = [CAPITALS.get(word.lower(), word if word.isupper() else word.lower()) for word in _HUMP.split(name) if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
