"""One loader for each common model, with named filters. Written by client/tools/generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Loaders:
    """``load_<model>``: ``load`` with named filters and what is usually included.

    Each gives a response, or with ``load_all=True`` one dict with the records of all pages.
    """

    load: Callable[..., Any]

    def _load_by(self, model: str, filters: dict[str, Any] | None, named: dict[str, Any], **rest: Any) -> Any:
        given = {path: value for path, value in named.items() if value is not None}
        return self.load(model, filters={**(filters or {}), **given} or None, **rest)

    def load_project(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        sessions: str | None = None,
        subjects: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load projects, by default with their sessions, subjects, collections and cohorts.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        sessions : str
            Id of one of the sessions.
        subjects : str
            Id of one of the subjects.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "project",
            filters,
            {"name.icontains": name, "sessions.id": sessions, "subjects.id": subjects, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=["sessions", "subjects", "collections", "cohorts"] if include is None else include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_subject(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        projects: str | None = None,
        strain: str | None = None,
        sex: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load subjects, by default with their procedures and subjectlogs.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        projects : str
            Id of one of the projects.
        strain : str
            Id of the strain.
        sex : str
            The sex, as it stands in the record.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "subject",
            filters,
            {"name.icontains": name, "projects.id": projects, "strain.id": strain, "sex": sex, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=["procedures", "subjectlogs"] if include is None else include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_session(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        projects: str | None = None,
        datastorage: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load sessions, by default with their dataacquisition, behaviors, manipulations and epochs.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        projects : str
            Id of one of the projects.
        datastorage : str
            Id of the datastorage.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "session",
            filters,
            {"name.icontains": name, "projects.id": projects, "datastorage.id": datastorage, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=["dataacquisition", "behaviors", "manipulations", "epochs"] if include is None else include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_collection(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load collections, by default with their sessions.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "collection",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=["sessions"] if include is None else include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_cohort(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load cohorts, by default with their subjects.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "cohort",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=["subjects"] if include is None else include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_behavior(
        self,
        portal: Any = "private",
        id: str | None = None,
        session: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load behaviors.

        Parameters
        ----------
        session : str
            Id of the session.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "behavior",
            filters,
            {"session.id": session, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_dataacquisition(
        self,
        portal: Any = "private",
        id: str | None = None,
        session: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load data acquisitions.

        Parameters
        ----------
        session : str
            Id of the session.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "dataacquisition",
            filters,
            {"session.id": session, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_manipulation(
        self,
        portal: Any = "private",
        id: str | None = None,
        session: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load manipulations.

        Parameters
        ----------
        session : str
            Id of the session.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "manipulation",
            filters,
            {"session.id": session, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_procedure(
        self,
        portal: Any = "private",
        id: str | None = None,
        subject: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load procedures.

        Parameters
        ----------
        subject : str
            Id of the subject.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "procedure",
            filters,
            {"subject.id": subject, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_procedurelog(
        self,
        portal: Any = "private",
        id: str | None = None,
        procedure: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load procedure logs.

        Parameters
        ----------
        procedure : str
            Id of the procedure.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "procedurelog",
            filters,
            {"procedure.id": procedure, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_subjectlog(
        self,
        portal: Any = "private",
        id: str | None = None,
        subject: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load subject logs.

        Parameters
        ----------
        subject : str
            Id of the subject.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "subjectlog",
            filters,
            {"subject.id": subject, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_equipment(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        setup: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load equipment.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        setup : str
            Id of the setup.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "equipment",
            filters,
            {"name.icontains": name, "setup.id": setup, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_consumablestock(
        self,
        portal: Any = "private",
        id: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load consumable stocks.

        Parameters
        ----------
        tags : str
            One of the tags.
        """
        return self._load_by(
            "consumablestock",
            filters,
            {"tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_behavioralassay(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load behavioralassays.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "behavioralassay",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_datastorage(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load datastorages.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "datastorage",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_setup(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load setups.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "setup",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_hardwaredevice(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load hardwaredevices.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "hardwaredevice",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_brainregion(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load brain regions.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "brainregion",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_species(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load species.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "species",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_strain(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        species: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load strains.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        species : str
            Id of the species.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "strain",
            filters,
            {"name.icontains": name, "species.id": species, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_publication(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load publications.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "publication",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )

    def load_laboratory(
        self,
        portal: Any = "private",
        id: str | None = None,
        name: str | None = None,
        tags: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load laboratories.

        Parameters
        ----------
        name : str
            Part of the name, in capital or small letters.
        tags : str
            One of the tags.
        """
        return self._load_by(
            "laboratory",
            filters,
            {"name.icontains": name, "tags": tags},
            portal=portal,
            id=id,
            sort=sort,
            include=include,
            limit=limit,
            offset=offset,
            load_all=load_all,
        )
