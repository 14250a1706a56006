"""The vocabularies of the demo lab: species, strains, brain regions, devices, consumables, literature."""

from __future__ import annotations

from typing import Any

from .build import Builder, quantity

Ids = dict[str, Any]


def add_catalogue(admin: Builder, *, publisher: Builder) -> Ids:
    """Short name -> id of every entry; ``publisher`` adds the papers, and proposes what is still missing."""
    ids: Ids = {}
    _animals(admin, ids)
    _behavior(admin, ids)
    _regions(admin, ids)
    _resources(admin, ids)
    _literature(admin, publisher, ids)
    _proposals(publisher, ids)
    return ids


def _animals(admin: Builder, ids: Ids) -> None:
    ids["mouse"] = admin.add(
        "taxonomies.Species",
        name="Mus musculus",
        popular_name="House mouse",
        description="Laboratory mouse.",
        rrid="RRID:NCBITaxon_10090",
        external_identifiers=[{"source": "NCBI", "identifier": "10090"}],
    )
    ids["rat"] = admin.add(
        "taxonomies.Species",
        name="Rattus norvegicus",
        popular_name="Brown rat",
        external_identifiers=[{"source": "NCBI", "identifier": "10116"}],
    )
    ids["C57BL/6J"] = admin.add(
        "taxonomies.Strain",
        name="C57BL/6J",
        species=ids["mouse"],
        popular_name="Black 6",
        breeding="Inbred",
        rrid="RRID:IMSR_JAX:000664",
        appearance="Black, non-agouti.",
        external_identifiers=[{"source": "JAX", "identifier": "000664"}],
    )
    ids["PV-Cre"] = admin.add(
        "taxonomies.Strain",
        name="B6.129P2-Pvalb<tm1(cre)Arbr>/J",
        species=ids["mouse"],
        popular_name="PV-Cre",
        breeding="Inbred",
        rrid="RRID:IMSR_JAX:017320",
        description="Cre recombinase in parvalbumin-expressing interneurons.",
    )
    ids["Long-Evans"] = admin.add(
        "taxonomies.Strain",
        name="Long-Evans",
        species=ids["rat"],
        breeding="Outbred",
        appearance="White with a black or brown hood.",
    )
    ids["authority"] = admin.add(
        "taxonomies.RegulatoryAuthority",
        name="Animal Experiments Inspectorate",
        abbreviation="AEI",
        country="DK",
        authority_type="national",
        website="https://authority.example.org",
    )


def _behavior(admin: Builder, ids: Ids) -> None:
    for name, category in (("Open field", "F"), ("Linear track", "F"), ("Surgical suite", "A")):
        ids[f"type:{name}"] = admin.add("taxonomies.SetupType", name=name, category=category)
    memory = admin.add("taxonomies.BehavioralCategory", name="Learning and memory")
    ids["category"] = admin.add("taxonomies.BehavioralCategory", name="Spatial memory", parent=memory)
    for name in ("Open field exploration", "Linear track running"):
        ids[f"paradigm:{name}"] = admin.add(
            "taxonomies.BehavioralParadigm",
            name=name,
            category=ids["category"],
            species=[ids["mouse"], ids["rat"]],
            description="The subject runs freely; position and neural activity are recorded together.",
        )


def _regions(admin: Builder, ids: Ids) -> None:
    regions = (
        ("Hippocampal formation", "HPF", 1089, None, 454),
        ("Field CA1", "CA1", 382, "HPF", 458),
        ("Dentate gyrus", "DG", 726, "HPF", 474),
        ("Medial septal nucleus", "MS", 564, None, 584),
    )
    for name, acronym, number, parent, order in regions:
        ids[acronym] = admin.add(
            "taxonomies.BrainRegion",
            name=name,
            acronym=acronym,
            atlas="AIA",
            region_id=number,
            graph_order=order,
            **({"parent_acronym": parent} if parent else {}),
        )


def _resources(admin: Builder, ids: Ids) -> None:
    for name in ("Jackson Laboratory", "NeuroNexus", "Addgene", "Intan Technologies", "Thorlabs"):
        ids[name] = admin.add("resources.Supplier", name=name)
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
    ids["amplifier"] = admin.add(
        "resources.HardwareDevice",
        name="RHD2000 recording system",
        supplier=ids["Intan Technologies"],
        type="DataAcquisitionSystem",
        description="Up to 1024 channels at 30 kHz.",
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
    """One of each kind that waits for an administrator."""
    note = {"comments": "Needed for the next cohort."}
    author.propose("taxonomies.Species", name="Meriones unguiculatus", popular_name="Mongolian gerbil", **note)
    author.propose("taxonomies.Strain", name="Sprague Dawley", species=ids["rat"], breeding="Outbred", **note)
    author.propose("taxonomies.SetupType", name="Plus maze", category="F")
    author.propose("taxonomies.BehavioralCategory", name="Anxiety", description="Approach and avoidance.")
    author.propose("taxonomies.BehavioralParadigm", name="Figure-eight maze", category=ids["category"])
    author.propose_change("taxonomies.RegulatoryAuthority", ids["authority"], abbreviation="AEXI")
    author.propose("resources.Supplier", name="Cambridge NeuroTech", website="https://probes.example.org")
    author.propose_change(
        "resources.Consumable", ids["virus"], description="Cre-dependent channelrhodopsin.", comments="From the label."
    )
    author.propose("resources.HardwareDevice", name="OptiTrack Prime 13", supplier=ids["Thorlabs"], type="Camera")
    author.propose("dissemination.Journal", name="Annals of Example Physiology")
