"""A loader for each common model, with named filters. Written by client/tools/generate.py; do not edit."""

from typing import Any

from .names import Name

class Loaders:
    """``load_<model>``: ``load`` with named filters and the usual relations included.

    Each gives a response, or with ``load_all=True`` one dict with load the records of all pages.
    """

    def load_project(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        sessions : str
            Id of one of the sessions.
        subjects : str
            Id of one of the subjects.
        tags : str
            One of the tags.
        """
    def load_subject(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        projects : str
            Id of one of the projects.
        strain : str
            Id of the strain.
        sex : str
            The sex, exactly as in the record.
        tags : str
            One of the tags.
        """
    def load_session(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        projects : str
            Id of one of the projects.
        datastorage : str
            Id of the datastorage.
        tags : str
            One of the tags.
        """
    def load_collection(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_cohort(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_behavior(
        self,
        portal: Name = "private",
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
    def load_dataacquisition(
        self,
        portal: Name = "private",
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
    def load_manipulation(
        self,
        portal: Name = "private",
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
    def load_procedure(
        self,
        portal: Name = "private",
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
    def load_procedurelog(
        self,
        portal: Name = "private",
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
    def load_subjectlog(
        self,
        portal: Name = "private",
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
    def load_equipment(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        setup : str
            Id of the setup.
        tags : str
            One of the tags.
        """
    def load_consumablestock(
        self,
        portal: Name = "private",
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
    def load_behavioralassay(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_datastorage(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_setup(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_hardwaredevice(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_brainregion(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_species(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_strain(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        species : str
            Id of the species.
        tags : str
            One of the tags.
        """
    def load_publication(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
    def load_laboratory(
        self,
        portal: Name = "private",
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
            Part of the name, upper or lower case.
        tags : str
            One of the tags.
        """
