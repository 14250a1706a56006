"""Catalogue entries of the demo lab: those it uses, and the consumables and literature it adds."""

from __future__ import annotations

from typing import Any

from brainstem.core.model.registry import specs

from .build import Builder, quantity

Ids = dict[str, Any]


def add_catalogue(admin: Builder, *, publisher: Builder) -> Ids:
    """Short name -> id of every entry; ``publisher`` adds the papers and proposes what is missing."""
    ids: Ids = {}
    _animals(admin, ids)
    _behavior(admin, ids)
    _regions(admin, ids)
    _resources(admin, ids)
    _literature(admin, publisher, ids)
    _proposals(publisher, ids)
    return ids


def _entry(admin: Builder, label: str, name: str, **more: object) -> Any:
    """Id of the catalogue entry of that name; created if it was removed."""
    found = specs()[label].model._default_manager.filter(name=name).first()
    return admin.add(label, name=name, **more) if found is None else str(found.pk)


def _animals(admin: Builder, ids: Ids) -> None:
    ids["mouse"] = _entry(admin, "taxonomies.Species", "Mus musculus")
    ids["rat"] = _entry(admin, "taxonomies.Species", "Rattus norvegicus")
    for name, strain, species in (
        ("C57BL/6J", "C57BL/6J", "mouse"),
        ("PV-Cre", "B6.129P2-Pvalb<tm1(cre)Arbr>/J", "mouse"),
        ("Long-Evans", "Long-Evans", "rat"),
    ):
        ids[name] = _entry(admin, "taxonomies.Strain", strain, species=ids[species])
    ids["authority"] = _entry(
        admin,
        "taxonomies.RegulatoryAuthority",
        "Animal Experiments Inspectorate",
        country="DK",
        authority_type="national",
    )


def _behavior(admin: Builder, ids: Ids) -> None:
    for key, name, category in (
        ("Open field", "Open Field Arena", "F"),
        ("Linear track", "Linear Track", "F"),
        ("Surgical suite", "Surgical Suite", "A"),
    ):
        ids[f"type:{key}"] = _entry(admin, "taxonomies.SetupType", name, category=category)
    ids["category"] = _entry(admin, "taxonomies.BehavioralCategory", "Spatial memory")
    for name in ("Open field exploration", "Linear track running"):
        ids[f"paradigm:{name}"] = _entry(admin, "taxonomies.BehavioralParadigm", name)


def _regions(admin: Builder, ids: Ids) -> None:
    found = specs()["taxonomies.BrainRegion"].model._default_manager.filter(atlas="AIA", acronym="CA1").first()
    ids["CA1"] = (
        admin.add("taxonomies.BrainRegion", name="Field CA1", acronym="CA1", atlas="AIA", region_id=382)
        if found is None
        else str(found.pk)
    )


def _resources(admin: Builder, ids: Ids) -> None:
    for name in ("Jackson Laboratory", "NeuroNexus", "Addgene", "Intan Technologies", "Thorlabs"):
        ids[name] = _entry(admin, "resources.Supplier", name)
    ids["probe"] = admin.add(
        "resources.Consumable",
        name="Buzsaki64",
        supplier=ids["NeuroNexus"],
        type="SiliconProbeDesign",
        details={"product_id": "A8x8-Buz64", "nChannels": 64, "nShanks": 8, "shanksSpacing": 200, "siteArea": 160},
        description="Eight shanks with eight sites each.",
    )
    ids["virus"] = admin.add(
        "resources.Consumable",
        name="AAV5-EF1a-DIO-hChR2(H134R)-EYFP",
        supplier=ids["Addgene"],
        type="VirusConstruct",
        details={"product_id": "20298", "virus_type": "AAV", "promoter": "EF1a", "gene": "hChR2(H134R)"},
    )
    ids["fiber"] = admin.add(
        "resources.Consumable",
        name="CFML12 fiber optic cannula",
        supplier=ids["Thorlabs"],
        type="OpticFiberDesign",
        details={"productId": "CFML12L05", "coreDiameter": quantity(200, "µm"), "aperture": 0.39},
    )
    ids["amplifier"] = _entry(
        admin, "resources.HardwareDevice", "RHD2000 recording system", supplier=ids["Intan Technologies"]
    )
    ids["laser"] = admin.add(
        "resources.HardwareDevice", name="473 nm diode laser", supplier=ids["Thorlabs"], type="Laser"
    )


def _literature(admin: Builder, publisher: Builder, ids: Ids) -> None:
    ids["journal"] = admin.add(
        "dissemination.Journal", name="Journal of Example Neuroscience", website="https://journal.example.org"
    )
    ids["paper"] = publisher.add(
        "dissemination.Publication",
        title="Theta sequences of place cells on a linear track",
        authors="Andersen A, Diaz D",
        journal=ids["journal"],
        abstract="Place cells of CA1 fire in sequences that compress behavior into single theta cycles.",
        publication_date="2025-09-01",
        doi="10.5555/demo.2025.1",
    )


def _proposals(author: Builder, ids: Ids) -> None:
    """One pending proposal of each kind."""
    note = {"comments": "Needed for the next cohort."}
    author.propose("taxonomies.Species", name="Suncus etruscus", popular_name="Etruscan shrew", **note)
    author.propose("taxonomies.Strain", name="Wistar Kyoto", species=ids["rat"], breeding="Inbred", **note)
    author.propose("taxonomies.SetupType", name="Plus maze", category="F")
    author.propose("taxonomies.BehavioralCategory", name="Play", description="Rough and tumble, chasing.")
    author.propose("taxonomies.BehavioralParadigm", name="Figure-eight maze alternation", category=ids["category"])
    author.propose_change("taxonomies.RegulatoryAuthority", ids["authority"], abbreviation="AEXI")
    author.propose("resources.Supplier", name="Example Probes", website="https://probes.example.org")
    author.propose_change(
        "resources.Consumable", ids["virus"], description="Cre-dependent channelrhodopsin.", comments="From the label."
    )
    author.propose("resources.HardwareDevice", name="OptiTrack Prime 13", supplier=ids["Thorlabs"], type="Camera")
    author.propose("dissemination.Journal", name="Annals of Example Physiology")
