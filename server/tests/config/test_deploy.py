"""The files in ``deploy/``: image, containers and proxies. Whatever program for them is on the machine has its say too."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, get_commands, load_command_class

from brainstem import __version__
from brainstem.config.safety import Deployment, unsafe

from ..served import environment_of, free_port, new_database, running
from .deployed import DEPLOY, IMAGE, ROOT, Strict, commands, compose, dockerfile, documents, exec_form, manifests

SERVICES = compose()["services"]
HARDENED = (
    "read_only",
    "cap_drop",
    "security_opt",
    "restart",
    "healthcheck",
    "mem_limit",
    "cpus",
    "pids_limit",
    "tmpfs",
)
OURS = list(commands())


# -- our own commands -------------------------------------------------------------------------------------------------


def parsed(words):
    """The options of a command, as the command itself reads them."""
    name = words[0].replace("-", "_")
    command = load_command_class(get_commands()[name], name)
    return vars(command.create_parser(IMAGE, name).parse_args(words[1:]))


@pytest.mark.parametrize("words", [pytest.param(words, id=f"{place}: {' '.join(words)}") for place, words in OURS])
def test_every_command_is_one_of_ours_with_options_that_it_has(words):
    assert parsed(words)


def test_the_commands_were_found():
    told = {place.split()[0] for place, _ in OURS}
    assert {"Dockerfile", "compose.yaml", "brainstem-server.service", "brainstem-migrate", "deploying.md"} <= told
    assert {"serve", "tasks", "migrate", "doctor", "catalogue", "createsuperuser", "init", "backup", "restore"} == {
        words[0] for _, words in OURS
    }


@pytest.mark.control
@pytest.mark.parametrize("words", [["serve", "--hosts", "0.0.0.0"], ["serve", "8000"], ["backups"]])
def test_another_command_would_be_noticed(words):
    with pytest.raises((CommandError, KeyError)):
        parsed(words)


# -- YAML -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.yaml")), ids=lambda path: path.name)
def test_yaml_is_read(path):
    assert all(isinstance(document, dict) for document in documents(path))


@pytest.mark.control
def test_a_key_that_is_given_twice_would_be_noticed():
    with pytest.raises(yaml.YAMLError, match="twice"):
        yaml.load("a: 1\nb: 2\na: 3", Loader=Strict)


def test_images_of_ours_have_the_version_of_the_server():
    text = "".join(path.read_text() for path in DEPLOY.rglob("*") if path.is_file())
    assert set(re.findall(rf"{IMAGE}:([\w.]+)", text)) == {__version__}


# -- the image --------------------------------------------------------------------------------------------------------


def told(name):
    return [rest for found, rest in dockerfile() if found == name]


def test_the_base_image_names_no_registry_and_takes_a_digest():
    bases = [rest.split()[0] for rest in told("FROM")]
    assert bases == ["python:3.11-slim-bookworm${PYTHON_DIGEST:+@${PYTHON_DIGEST}}"] * 2
    assert told("ARG") == ['PYTHON_DIGEST=""']
    assert dockerfile()[0][0] == "ARG"  # before the first FROM, where all of them see it


def test_the_image_runs_as_a_user_without_privileges():
    last = [rest for name, rest in dockerfile() if name in {"FROM", "USER"}][-1]
    assert last == "10001:10001"


def test_the_image_starts_the_server_without_a_shell():
    assert [exec_form(rest) for rest in told("ENTRYPOINT")] == [["brainstem-server"]]
    assert [exec_form(rest) for rest in told("CMD")] == [["serve", "--host", "0.0.0.0"]]


def test_what_is_installed_is_pinned_by_hash_or_built_here():
    for line in re.findall(r"pip (?:install|wheel) [^&]+", " && ".join(told("RUN"))):
        assert "--require-hashes" in line or "--no-deps" in line, line


def ignored(path):
    """Whether .dockerignore leaves a path out: the last line that matches it, or a folder of it, decides."""
    found = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = [path, *map(str, Path(path).parents)]
        if line and line[0] != "#" and any(fnmatch.fnmatch(part, pattern) for part in [*parts, Path(path).name]):
            found = not line.startswith("!")
    return found


def test_all_that_is_copied_exists_and_reaches_the_build():
    sources = [source for rest in told("COPY") if "--from=" not in rest for source in rest.split()[:-1]]
    assert sources == ["requirements/build.txt", "server", "requirements/server.txt", "requirements/s3.txt"]
    for source in [*sources[:1], *sources[2:], "server/pyproject.toml", "server/README.md"]:
        assert (ROOT / source).is_file()
        assert not ignored(source)
    assert not ignored("server/brainstem/config/cli.py")


@pytest.mark.parametrize("path", [".git", "deploy/.env", "var/secret_key", "server/tests/served.py", "shared"])
def test_nothing_else_reaches_the_build(path):
    assert ignored(path)


def health_of_the_image():
    return exec_form(told("HEALTHCHECK")[0].partition("CMD ")[2])


def test_containers_are_asked_as_the_image_says():
    assert SERVICES["server"]["healthcheck"]["test"] == ["CMD", *health_of_the_image()]


def healthy(port, folder):
    """Whether the health check of the image thinks so; proxies of the environment are not asked."""
    program, *words = health_of_the_image()
    assert program == "python"
    words = [word.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for word in words]
    environment = os.environ | {"http_proxy": "http://127.0.0.1:1"}
    return subprocess.run([sys.executable, *words], env=environment, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_the_health_check_tells_a_server_from_none_whatever_its_hosts_are(tmp_path):
    port = free_port()
    with new_database(tmp_path, migrated=False) as database:
        environment = environment_of("https://lab.example.org", database, tmp_path) | {
            "DEBUG": "off",
            "ALLOWED_HOSTS": "lab.example.org",
            "SECRET_KEY": "".join(map(chr, range(33, 97))),
            "BRAINSTEM_BEHIND_PROXY": "on",
        }
        with running(environment, "--no-tasks", port=port, folder=tmp_path):
            assert healthy(port, tmp_path)
    assert not healthy(port, tmp_path)


# -- containers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_hardened(name):
    service = SERVICES[name]
    assert [key for key in HARDENED if key not in service] == []
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service.get("cap_add", [])) <= ({"NET_BIND_SERVICE"} if name == "caddy" else set())
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & set(service)
    assert re.search(r":[\w.-]+$", service["image"])


def test_only_caddy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]
    assert compose()["networks"]["inside"]["internal"] is True
    assert all(SERVICES[name]["networks"] == ["inside"] for name in ("db", "migrate", "backup"))
    assert SERVICES["caddy"]["networks"] == ["edge"]


def test_what_runs_on_is_started_again_and_what_ends_is_not():
    once = {name for name, service in SERVICES.items() if service["restart"] == "no"}
    assert once == {"migrate", "backup"}
    assert {SERVICES[name]["restart"] for name in SERVICES if name not in once} == {"unless-stopped"}
    assert SERVICES["backup"]["profiles"] == ["backup"]


def test_server_and_worker_wait_for_the_migration():
    for name in ("server", "worker"):
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_containers_refer_to_what_there_is():
    described = compose()
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(described["networks"])
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in described["volumes"] or source == "./backup" or (DEPLOY / source).is_file(), volume


def test_secrets_come_from_a_file_that_is_not_in_the_repository():
    variables = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    example = dict(re.findall(r"^(\w+)=(.*)", (DEPLOY / "compose.env.example").read_text(), re.MULTILINE))
    assert variables == {"BRAINSTEM_URL", "BRAINSTEM_DB_PASSWORD", "POSTGRES_PASSWORD"}
    assert variables <= set(example)
    done = subprocess.run(["git", "check-ignore", "deploy/.env"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0 or not (ROOT / ".git").exists(), done.stderr
    assert SERVICES["server"]["environment"]["POSTGRES_PASSWORD"] == ""


def test_every_variable_is_documented():
    text = "".join((DEPLOY / name).read_text() for name in ("compose.yaml", "compose.env.example", "Caddyfile"))
    names = set(re.findall(r"\b(?:BRAINSTEM|POSTGRES|PG)_?[A-Z_]*[A-Z]\b", text)) - {"POSTGRES_INITDB_ARGS"}
    names |= {name for one in manifests() if one["kind"] in {"ConfigMap", "Secret"} for name in one.get("data", {})}
    names |= {name for one in manifests() if one["kind"] == "Secret" for name in one["stringData"]}
    assert len(names) > 10
    documented = (ROOT / "docs" / "settings.md").read_text()
    assert [name for name in sorted(names) if f"`{name}`" not in documented] == []


def test_the_server_refuses_to_start_with_the_values_of_the_examples():
    example = dict(re.findall(r"^(\w+)=(.*)", (DEPLOY / "compose.env.example").read_text(), re.MULTILINE))
    secret = next(one["stringData"] for one in manifests() if one["kind"] == "Secret")
    for values in (example, example | secret):
        hosts, url = values["ALLOWED_HOSTS"].split(","), values["BRAINSTEM_URL"]
        found = unsafe(Deployment(secret_key=values["SECRET_KEY"], allowed_hosts=hosts, url=url))
        assert [finding.name for finding in found] == ["SECRET_KEY"]


# -- proxies ----------------------------------------------------------------------------------------------------------


def test_proxies_do_what_the_server_relies_on():
    nginx, caddy = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / "Caddyfile").read_text()
    for line in (
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_request_buffering on;", "client_max_body_size 36m;", "keepalive_timeout 60s;",
    ):  # fmt: skip
        assert line in nginx
    for line in ("max_size 36MB", "request_buffers 36MB", "keepalive 60s"):
        assert line in caddy


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_its_configuration(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lab.example.org"]
    subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text()
    site = site.replace("/etc/ssl/lab.example.org.pem", str(certificate)).replace(
        "/etc/ssl/lab.example.org.key", str(key)
    )
    (tmp_path / "site.conf").write_text(site)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {folders} include {tmp_path}/site.conf; }}"
    )
    command = ["nginx", "-t", "-e", "stderr", "-p", f"{tmp_path}/", "-c", tmp_path / "nginx.conf"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def version_of_caddy():
    """Such as (2, 7); the file needs that version."""
    if shutil.which("caddy") is None:
        return (0, 0)
    said = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=False).stdout
    return tuple(map(int, re.findall(r"\d+", said)[:2]))


@pytest.mark.skipif(version_of_caddy() < (2, 7), reason="Caddy 2.7 is not installed")
@pytest.mark.parametrize(("upstream", "dialed"), [(None, "127.0.0.1:8000"), ("server:8000", "server:8000")])
def test_caddy_takes_its_configuration(upstream, dialed, tmp_path):
    environment = os.environ | {"BRAINSTEM_URL": "https://lab.example.org", "HOME": str(tmp_path)}
    environment |= {"BRAINSTEM_UPSTREAM": upstream} if upstream else {}
    command = ["caddy", "adapt", "--validate", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f'"dial":"{dialed}"' in json.dumps(json.loads(done.stdout), separators=(",", ":"))
