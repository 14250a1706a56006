"""The systemd units in ``deploy/``: every key is one that systemd knows, and every service runs in a sandbox."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .deployed import DEPLOY, ROOT, unit

UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
SERVICES = [name for name in UNITS if name.endswith(".service")]
KEYS = {
    "Unit": {"Description", "After", "Requires", "Wants"},
    "Install": {"Also", "WantedBy"},
    "Socket": {"ListenStream", "Backlog", "NoDelay"},
    "Timer": {"OnCalendar", "Persistent", "RandomizedDelaySec"},
    "Service": {
        "AmbientCapabilities", "CPUQuota", "CapabilityBoundingSet", "EnvironmentFile", "ExecStart", "IOSchedulingClass",
        "LimitNOFILE", "LockPersonality", "MemoryHigh", "MemoryMax", "Nice", "NoNewPrivileges", "PrivateDevices",
        "PrivateTmp", "ProcSubset", "ProtectClock", "ProtectControlGroups", "ProtectHome", "ProtectHostname",
        "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectProc", "ProtectSystem",
        "ReadWritePaths", "RemoveIPC", "Restart", "RestartSec", "RestrictAddressFamilies", "RestrictNamespaces",
        "RestrictRealtime", "RestrictSUIDSGID", "SystemCallArchitectures", "SystemCallErrorNumber", "SystemCallFilter",
        "TasksMax", "TimeoutStartSec", "TimeoutStopSec", "Type", "UMask", "User",
    },
}  # fmt: skip
REPEATED = {"SystemCallFilter"}
HARDENED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "PrivateTmp": "yes", "ProtectHome": "yes", "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes", "ProtectKernelModules": "yes", "ProtectKernelLogs": "yes", "ProtectClock": "yes",
    "ProtectControlGroups": "yes", "ProtectHostname": "yes", "ProtectProc": "invisible", "ProcSubset": "pid",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "RestrictNamespaces": "yes", "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes", "LockPersonality": "yes", "SystemCallArchitectures": "native", "UMask": "0077",
}  # fmt: skip
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")


def service(name):
    return dict(unit(name)["Service"])


def test_all_units_are_there():
    assert UNITS == [
        "brainstem-backup.service", "brainstem-backup.timer", "brainstem-server.service", "brainstem-server.socket",
        "brainstem-tasks.service",
    ]  # fmt: skip


@pytest.mark.parametrize("name", UNITS)
def test_sections_and_keys_are_known_and_given_once(name):
    for section, entries in unit(name).items():
        keys = [key for key, _ in entries]
        assert set(keys) <= KEYS[section]
        assert {key for key in keys if keys.count(key) > 1} <= REPEATED


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name):
    found = service(name)
    assert {key: found.get(key) for key in HARDENED} == HARDENED
    assert {"MemoryMax", "TasksMax", "ReadWritePaths"} <= set(found)
    assert found["User"].startswith("brainstem")
    filters = [value for key, value in unit(name)["Service"] if key == "SystemCallFilter"]
    assert filters[0] == "@system-service"
    assert filters[1].startswith("~@privileged")


def test_the_server_has_no_capability_and_the_backup_the_one_to_read():
    assert {name: service(name)["CapabilityBoundingSet"] for name in SERVICES} == {
        "brainstem-server.service": "",
        "brainstem-tasks.service": "",
        "brainstem-backup.service": "CAP_DAC_READ_SEARCH",
    }


def test_the_server_cannot_write_to_its_backups():
    server, backup = service("brainstem-server.service"), service("brainstem-backup.service")
    assert server["User"] != backup["User"]
    assert server["ReadWritePaths"] == "/srv/brainstem/data"
    assert backup["ReadWritePaths"] == "/var/backups/brainstem"
    assert backup["ExecStart"].split()[1:3] == ["backup", backup["ReadWritePaths"]]


def test_the_socket_is_the_machines_own_and_comes_with_the_server():
    assert dict(unit("brainstem-server.socket")["Socket"])["ListenStream"] == "127.0.0.1:8000"
    assert dict(unit("brainstem-server.service")["Unit"])["Requires"] == "brainstem-server.socket"
    assert dict(unit("brainstem-server.service")["Install"])["Also"] == "brainstem-server.socket"


def test_folders_and_users_are_those_that_the_page_creates():
    page = (ROOT / "docs" / "deploying.md").read_text()
    for name in SERVICES:
        found = service(name)
        user = found["User"]
        assert f"/nologin {user}\n" in page
        assert f"install -d -o {user} -g {user} -m 0700 {found['ReadWritePaths']}\n" in page
        assert found["EnvironmentFile"] in page


def verified(folder):
    """What systemd says about units, with programs that exist on this machine."""
    program = folder / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for path in folder.glob("brainstem-*"):
        text = path.read_text()
        text = text.replace("ExecStart=/srv/brainstem/venv/bin/brainstem-server", f"ExecStart={program}")
        path.write_text(text)
    units = sorted(folder.glob("brainstem-*"))
    done = subprocess.run([ANALYZE, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    # Units of the machine itself may have their own troubles.
    return [line for line in (done.stdout + done.stderr).splitlines() if "brainstem" in line]


@needs_systemd
def test_systemd_has_nothing_to_say_about_them(tmp_path):
    shutil.copytree(DEPLOY / "systemd", tmp_path, dirs_exist_ok=True)
    assert verified(tmp_path) == []


@needs_systemd
@pytest.mark.control
def test_systemd_would_notice_a_key_that_it_does_not_know(tmp_path):
    text = (DEPLOY / "systemd" / "brainstem-tasks.service").read_text()
    (tmp_path / "brainstem-tasks.service").write_text(text.replace("PrivateTmp=", "PrivateTemp="))
    [said] = verified(tmp_path)
    assert "PrivateTemp" in said
