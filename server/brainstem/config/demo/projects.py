"""The two projects of the demo lab, with their subjects, surgeries, logs and sessions."""

from __future__ import annotations

from brainstem.apps.stem.models.subject import Subject

from .build import Builder
from .catalogue import Ids
from .sessions import add_session
from .surgeries import add_care, add_surgeries


def add_private_project(lab: Builder, catalogue: Ids, own: Ids) -> str:
    """Id of the project on memory consolidation: a breeding pair, its offspring, and two recorded mice."""
    project: str = lab.add(
        "stem.Project",
        name="Interneurons in memory consolidation",
        description="<p>Do <b>parvalbumin interneurons</b> of CA1 pace replay during sleep?</p>",
        publications=[catalogue["paper"]],
        extra_fields={"grant": "EX-2024-118"},
        tags=["hippocampus", "optogenetics", "sleep"],
    )
    subjects = [
        _subject(lab, catalogue, own, name, project, sex=sex, strain="PV-Cre", tags=["PV-Cre"])
        for name, sex in (("PV01", "F"), ("PV02", "M"))
    ]
    breeding = lab.add(
        "stem.Breeding",
        name="PV pair 1",
        project=project,
        mother=subjects[0],
        father=subjects[1],
        start_date="2025-02-01",
        birth_date="2025-02-22",
        weaning_date="2025-03-15",
        litter_size=7,
        expected_genotype="PV-Cre/+",
    )
    for name, sex in (("PV03", "M"), ("PV04", "F")):
        subjects.append(
            _subject(
                lab, catalogue, own, name, project, sex=sex, strain="PV-Cre", breeding=breeding, birth_date="2025-02-22"
            )
        )
    _record(lab, catalogue, own, project, subjects[2:], days=("2025-06-02", "2025-06-03"), stimulated=True)
    lab.add("stem.Cohort", name="Implanted mice", project=project, subjects=subjects[2:], tags=["implanted"])
    return project


def add_public_project(lab: Builder, catalogue: Ids, own: Ids) -> str:
    """Id of the project whose data are open: two rats on a linear track."""
    project: str = lab.add(
        "stem.Project",
        name="Open recordings of hippocampal place cells",
        description="<p>Silicon probe recordings from CA1 of rats running on a linear track, for reuse.</p>",
        is_public=True,
        publications=[catalogue["paper"]],
        download_links=[{"Repository": "DANDI", "URL": "https://dandiarchive.org/"}],
        tags=["hippocampus", "place cells"],
    )
    subjects = [
        _subject(lab, catalogue, own, name, project, sex=sex, strain="Long-Evans", birth_date="2025-01-10")
        for name, sex in (("Roux", "M"), ("Rosa", "F"))
    ]
    _record(lab, catalogue, own, project, subjects, days=("2025-05-12", "2025-05-13"), stimulated=False)
    lab.add("stem.Cohort", name="Track runners", project=project, subjects=subjects)
    lab.add("stem.Breeding", name="Rat pair 1", project=project, mother=subjects[1], father=subjects[0], litter_size=9)
    return project


def _subject(lab: Builder, catalogue: Ids, own: Ids, name: str, project: str, *, strain: str, **more: object) -> str:
    more.setdefault("birth_date", "2024-11-04")
    bought = {} if "breeding" in more else {"supplier": catalogue["Jackson Laboratory"]}
    found: str = lab.add(
        "stem.Subject",
        name=name,
        projects=[project],
        strain=catalogue[strain],
        licenses=[own["license"]],
        name_used_in_storage=name.lower(),
        **bought,
        **more,
    )
    return found


def _record(
    lab: Builder,
    catalogue: Ids,
    own: Ids,
    project: str,
    subjects: list[str],
    *,
    days: tuple[str, ...],
    stimulated: bool,
) -> None:
    """Surgeries and logs of every subject, a session a day each, and a collection of all sessions."""
    sessions = []
    for subject in subjects:
        surgeries = add_surgeries(lab, catalogue, own, subject, optogenetics=stimulated)
        add_care(lab, subject, surgeries["probe"], days=days)
        for day in days:
            name = f"{_name(subject)}_{day.replace('-', '')}"
            sessions.append(
                add_session(lab, own, project, subject, surgeries, name=name, day=day, stimulated=stimulated)
            )
    lab.add("stem.Collection", name="All recordings", project=project, sessions=sessions, tags=["complete"])


def _name(subject: str) -> str:
    return Subject.objects.get(pk=subject).name
