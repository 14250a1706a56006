# %% [markdown]
# # A lab's records, from Python
#
# What an analyst does: sign in, find sessions, read them with their related records, write some records, and find the
# data on disk. It runs against any BrainSTEM server on which you can add projects; `make serve` starts one with a demo
# lab on http://localhost:8000. Everything it adds is deleted at the end.
#
# ## Sign in
#
# The client asks for email and password once and saves the token, or takes `BRAINSTEM_TOKEN` from the environment.
# From a terminal, `brainstem login --url http://localhost:8000` does the same.

# %%
import os
import uuid
from datetime import datetime, timezone
from importlib.util import find_spec

from brainstem_api_tools import BrainstemClient, BulkError, NotFound, ValidationError

client = BrainstemClient(url=os.environ.get("BRAINSTEM_URL", "http://localhost:8000"))
print(client)

# %% [markdown]
# ## Find sessions
#
# Filters are `field=value` or `field__operator=value`, and follow relations with `__`. Nothing is loaded before it is
# needed, and all pages are read.

# %%
sessions = client.sessions.list(date_time__gte="2025-01-01", sort="-date_time")
print(sessions.count(), "sessions since 2025")
for session in client.sessions.list(sort="-date_time", limit=3):
    print(session.name, session.date_time, session.tags)

# %% [markdown]
# `include` replaces ids by whole records.

# %%
for session in client.sessions.list(include=["projects", "dataacquisition"], limit=3):
    techniques = sorted({one.type for one in session.dataacquisition})
    print(session.name, "|", ", ".join(one.name for one in session.projects), "|", ", ".join(techniques))

# %% [markdown]
# ## Write
#
# A project of our own, and a session in it. New records are returned as the server stored them.

# %%
mark = uuid.uuid4().hex[:8]
project = client.projects.create(name=f"Tutorial {mark}", description="<p>May be deleted.</p>")
session = client.sessions.create(
    name=f"{mark} day 1", projects=[project], date_time=datetime(2026, 1, 5, 9, tzinfo=timezone.utc), tags=["tutorial"]
)
print(session.id, session.created_at)

# %%
session = client.sessions.update(session.id, description="Linear track, 42 laps.")
assert client.sessions.get(session.id).description == "Linear track, 42 laps."

# %% [markdown]
# ## Many at once
#
# `bulk_create` sends up to 500 rows per request; each request is all or nothing.

# %%
rows = [{"name": f"{mark} day {day}", "projects": [project.id]} for day in range(2, 6)]
ids = client.bulk_create("session", rows)
print(len(ids), "sessions added")

# %% [markdown]
# `upsert` matches rows by name, changes the records that exist and adds the rest. Run it as often as you like.

# %%
wanted = [{"name": f"{mark} day {day}", "projects": [project.id], "tags": ["checked"]} for day in range(4, 8)]
written = client.upsert("session", wanted, key="name")
print(len(written.updated), "changed,", len(written.created), "added")
assert client.sessions.list(projects=project, tags="checked").count() == 4

# %% [markdown]
# ## When something is wrong
#
# A name that does not exist is refused before anything is sent, with a hint at the right one.

# %%
try:
    client.sessions.list(nmae="day 1")
except ValidationError as error:
    print(error)

# %%
try:
    client.sessions.get("00000000-0000-7000-8000-000000000000")
except NotFound as error:
    print(error.status, error.advice)

# %% [markdown]
# Errors in many rows are reported by row number; here the second row has no project.

# %%
try:
    client.bulk_create("session", [{"name": f"{mark} a", "projects": [project.id]}, {"name": f"{mark} b"}])
except BulkError as error:
    print(error.rows)

# %% [markdown]
# ## Where the data are
#
# If a session names its data storage, its folder follows from the rules of that storage.

# %%
storage = client.datastorages.create(
    name=f"Storage {mark}",
    data_organization=["Projects", "Sessions"],
    data_protocols=[{"protocol": "local", "path": "/data/lab", "is_public": False}],
)
client.sessions.update(session.id, datastorage=[storage])
print(client.data_path(session.id))

# %% [markdown]
# ## As a table
#
# With the extra `pandas` (`pip install './client[pandas]'`), lists become data frames.

# %%
found = client.sessions.list(projects=project, sort="name")
if find_spec("pandas") and hasattr(found, "to_pandas"):
    print(found.to_pandas()[["name", "date_time", "tags"]])
else:
    print([one.name for one in found])

# %% [markdown]
# ## Scripts for the released client
#
# `load`, `save` and `delete` return responses, as they always did.

# %%
answer = client.load("session", filters={"projects.id": project.id}, sort=["name"], limit=2)
print(answer.status_code, [one["name"] for one in answer.json()["sessions"]])
everything = client.load("session", filters={"projects.id": project.id}, load_all=True)
assert len(everything["sessions"]) == 7

# %% [markdown]
# ## Tidy up

# %%
for session in client.sessions.list(projects=project).all():
    client.sessions.delete(session.id)
client.datastorages.delete(storage.id)
client.projects.delete(project.id)
assert client.projects.list(name__icontains=mark).count() == 0
client.close()
