"""Quotas of uploaded files: what would exceed one is refused as a whole, and what is kept of their sizes is right."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.storage import default_storage

from brainstem.config import diagnosis
from brainstem.core.access import file_audit, quotas
from brainstem.core.models import ProjectQuota, StoredFile

from ..core.test_uploads import PDF, picture, send, upload, wherever_files_are
from ..people import unique

MB = 1024 * 1024


def png(size: int) -> bytes:
    """A picture of so many bytes: what follows the end of a PNG is ignored."""
    content = picture()
    return content + b"\0" * (size - len(content))


def held(project: str) -> int:
    return quotas.used_by_projects([uuid.UUID(project)])[uuid.UUID(project)].bytes


def limit(project: str, files_mb: int) -> None:
    ProjectQuota.objects.update_or_create(project_id=project, defaults={"files_mb": files_mb})


def assert_refused(answer, *words: str) -> None:
    assert (answer.status, answer.headers.get("Brainstem-Error-Code")) == (409, "quota_exceeded"), answer.body
    assert all(word in answer.body["detail"] for word in words), answer.body


def stored() -> set[str]:
    """The files of data acquisitions that are in the storage."""
    return {row.name for row in StoredFile.objects.all() if default_storage.exists(row.name)}


@pytest.fixture
def acquisition(lab) -> str:
    return f"modules/dataacquisition/{lab['dataacquisition']}"


@pytest.fixture
def give(alice):
    """Give a record a picture of so many bytes."""

    def give(path: str, size: int):
        return send(alice, "patch", path, image=upload("trace.png", png(size)))

    return give


@pytest.fixture(autouse=True)
def in_memory(settings):
    """Temporary files that were moved into the storage complain when they are closed."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * MB


# -- uploads -----------------------------------------------------------------------------------------------------------


@wherever_files_are
def test_an_upload_beyond_the_quota_is_refused_and_leaves_no_file(lab, alice, acquisition, give):
    limit(lab["project"], 1)
    assert give(acquisition, MB).status == 200
    assert held(lab["project"]) == MB
    other = f"modules/dataacquisition/{lab.add('dataacquisition')['id']}"
    before = stored()
    refused = give(other, 300)
    assert_refused(refused, "may hold 1 MB of files", "would hold 1.0 MB", "administrator", "smaller")
    assert alice.get(other).record["image"] is None
    assert (held(lab["project"]), stored()) == (MB, before)
    limit(lab["project"], 2)
    assert give(other, 300).status == 200
    assert held(lab["project"]) == MB + 300
    assert file_audit.findings() == file_audit.missing() == []


def test_a_new_record_with_a_file_is_refused_too(lab, alice):
    limit(lab["project"], 1)
    fields = {"session": lab["session"], "type": "ExtracellularEphys", "details": '{"fileName": "a.dat"}'}

    def add(size: int):
        return send(alice, "post", "modules/dataacquisition", **fields, image=upload("trace.png", png(size)))

    assert_refused(add(MB + 1))
    assert add(MB).status == 201
    assert held(lab["project"]) == MB


def test_a_smaller_file_takes_the_place_of_a_larger_one_beyond_the_quota(lab, alice, acquisition, give):
    assert give(acquisition, 2 * MB).status == 200
    limit(lab["project"], 1)
    assert_refused(give(acquisition, 2 * MB + 1))
    assert give(acquisition, 2 * MB - 1).status == 200
    assert held(lab["project"]) == 2 * MB - 1
    assert alice.patch(acquisition, {"description": "A picture."}).status == 200
    assert alice.patch(acquisition, {"image": None}).status == 200
    assert held(lab["project"]) == 0
    assert_refused(give(acquisition, MB + 1))
    assert give(acquisition, MB).status == 200


def test_undoing_brings_back_the_larger_file_only_where_there_is_room(lab, alice, acquisition, give):
    assert give(acquisition, 2 * MB).status == 200
    smaller = give(acquisition, MB)
    event = smaller.headers["Brainstem-Event"]
    limit(lab["project"], 1)
    assert_refused(alice.post(f"history/{event}/undo/"))
    limit(lab["project"], 2)
    assert alice.post(f"history/{event}/undo/").status == 200
    assert held(lab["project"]) == 2 * MB
    assert file_audit.findings() == file_audit.missing() == []


def test_files_of_deleted_records_count_as_they_can_be_restored(lab, alice, acquisition, give):
    assert give(acquisition, MB).status == 200
    limit(lab["project"], 1)
    assert alice.delete(f"stem/session/{lab['session']}").status == 204
    assert held(lab["project"]) == MB
    assert file_audit.findings() == []
    assert alice.post(f"stem/session/deleted/{lab['session']}/restore/").status == 200
    assert held(lab["project"]) == MB
    assert file_audit.findings() == []


def test_files_join_a_project_with_their_record(lab, alice, acquisition, give):
    other = alice.make("stem/project", name=unique("Other"))["id"]
    assert give(acquisition, 2 * MB).status == 200
    limit(other, 1)
    session = f"stem/session/{lab['session']}"
    assert_refused(alice.patch(session, {"projects": [lab["project"], other]}))
    assert held(other) == 0
    limit(other, 2)
    assert alice.patch(session, {"projects": [lab["project"], other]}).status == 200
    assert (held(lab["project"]), held(other)) == (2 * MB, 2 * MB)
    assert alice.patch(session, {"projects": [other]}).status == 200
    assert (held(lab["project"]), held(other)) == (0, 2 * MB)
    assert file_audit.findings() == []


def test_the_server_counts_files_outside_of_projects_too(lab, alice, acquisition, give, settings):
    settings.BRAINSTEM_QUOTA_FILES_MB = 1
    setup = f"personal_attributes/setup/{lab['setup']}"
    license_of = f"personal_attributes/license/{lab['license']}"
    assert give(setup, MB - len(PDF)).status == 200
    assert_refused(give(acquisition, 300), "This server may hold 1 MB of files")
    assert send(alice, "patch", license_of, license_document=upload("copy.pdf", PDF)).status == 200
    assert quotas.used_on_server().bytes == MB
    assert give(setup, MB - 1000).status == 200
    assert give(acquisition, 300).status == 200
    assert file_audit.findings() == []


def test_records_and_files_have_quotas_apart(lab, alice, acquisition, give, settings):
    assert give(acquisition, 2 * MB).status == 200
    settings.BRAINSTEM_QUOTA_PROJECT_FILES_MB = 1
    epoch = {"session": lab["session"], "name": unique("Epoch")}
    assert alice.post("stem/epoch", epoch).status == 201
    settings.BRAINSTEM_QUOTA_PROJECT_RECORDS = 1
    assert give(acquisition, MB).status == 200
    used = alice.get(f"stem/project/{lab['project']}/usage").body["usage"]
    assert used["file_bytes"] == {"used": MB, "quota": MB}
    assert (used["records"]["quota"], used["records"]["used"] > 1) == (1, True)
    assert_refused(alice.post("stem/epoch", epoch | {"name": unique("Epoch")}), "may hold 1 records")


# -- doctor ------------------------------------------------------------------------------------------------------------


@wherever_files_are
def test_what_is_kept_of_files_is_compared_and_corrected(lab, alice, acquisition, give):
    assert give(acquisition, MB).status == 200
    gone = lab.add("dataacquisition")["id"]
    assert give(f"modules/dataacquisition/{gone}", 2 * MB).status == 200
    assert alice.delete(f"modules/dataacquisition/{gone}").status == 204
    StoredFile.objects.all().delete()  # As on a server that had files before.
    assert held(lab["project"]) == 0
    assert file_audit.findings() == ["2 uploaded files are counted wrongly or not at all."]
    assert file_audit.mend() == ["2 uploaded files are counted wrongly or not at all."]
    assert (held(lab["project"]), file_audit.findings()) == (3 * MB, [])
    kept = StoredFile.objects.get(bytes=MB)
    StoredFile.objects.filter(pk=kept.pk).update(bytes=7, audience=None)
    StoredFile.objects.create(name="elsewhere.png", bytes=5, model=kept.model, record_id=kept.record_id)
    told = ["1 uploaded file is counted wrongly or not at all.", "1 uploaded file is counted that no record has."]
    assert [one.problem for one in diagnosis.about_files()] == told
    assert file_audit.mend() == told
    assert (held(lab["project"]), file_audit.findings()) == (3 * MB, [])


@wherever_files_are
def test_a_file_that_is_missing_is_told(acquisition, give):
    assert give(acquisition, MB).status == 200
    assert list(diagnosis.about_files()) == []
    name = StoredFile.objects.get().name
    default_storage.delete(name)
    (found,) = diagnosis.about_files()
    assert (found.name, found.problem) == ("files", f"1 file is missing that records have, such as {name}.")
    assert file_audit.mend() == []
