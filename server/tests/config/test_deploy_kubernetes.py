"""The Kubernetes example in ``deploy/``: what its objects must have, and that they fit together."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
import yaml

from brainstem.config.files_url import storages

from ..served import SERVER, environment_of, new_database
from .deployed import DEPLOY, Strict, containers, documents, manifests

FOLDER = DEPLOY / "kubernetes"
ALL = manifests()
VERSIONS = {
    "Namespace": "v1", "ConfigMap": "v1", "Secret": "v1", "Service": "v1",
    "Deployment": "apps/v1", "Job": "batch/v1", "HorizontalPodAutoscaler": "autoscaling/v2",
    "PodDisruptionBudget": "policy/v1", "Ingress": "networking.k8s.io/v1", "NetworkPolicy": "networking.k8s.io/v1",
    "Cluster": "postgresql.cnpg.io/v1", "Pooler": "postgresql.cnpg.io/v1",
}  # fmt: skip
REQUIRED = {
    "Deployment": ["selector", "template"], "Job": ["template"], "Service": ["selector", "ports"],
    "HorizontalPodAutoscaler": ["scaleTargetRef", "minReplicas", "maxReplicas", "metrics"],
    "PodDisruptionBudget": ["minAvailable", "selector"], "Ingress": ["ingressClassName", "rules", "tls"],
    "NetworkPolicy": ["podSelector", "policyTypes", "ingress"],
    "Cluster": ["instances", "storage", "bootstrap"], "Pooler": ["cluster", "instances", "type", "pgbouncer"],
}  # fmt: skip
WORKLOADS = [one for one in ALL if one["kind"] in {"Deployment", "Job"}]
CONTAINERS = [
    pytest.param(container, id=f"{one['metadata']['name']} {container['name']}")
    for one in WORKLOADS
    for container in containers(one["spec"]["template"]["spec"])
]


def named(kind):
    return {one["metadata"]["name"]: one for one in ALL if one["kind"] == kind}


def pods():
    """The template of each workload, by name."""
    return {one["metadata"]["name"]: one["spec"]["template"] for one in WORKLOADS}


def chosen(selector):
    """Names of the workloads whose pods a selector chooses."""
    return [name for name, pod in pods().items() if selector.items() <= pod["metadata"]["labels"].items()]


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_every_object_has_what_its_kind_requires(one):
    assert one["apiVersion"] == VERSIONS[one["kind"]]
    assert one["metadata"]["name"].startswith("brainstem")
    assert [field for field in REQUIRED.get(one["kind"], []) if field not in one["spec"]] == []


def test_all_that_an_installation_needs_is_there():
    assert {one["kind"] for one in ALL} == set(VERSIONS)
    assert set(pods()) == {"brainstem-server", "brainstem-worker", "brainstem-migrate"}


def test_the_kustomization_lists_every_file_but_the_secret():
    [found] = documents(FOLDER / "kustomization.yaml")
    there = {path.name for path in FOLDER.iterdir()} - {"kustomization.yaml", "secret.example.yaml", "secret.yaml"}
    assert set(found["resources"]) == there
    assert found["namespace"] in named("Namespace")


# -- pods -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("container", CONTAINERS)
def test_no_container_has_privileges(container):
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_image_has_a_tag_and_no_command_but_its_own(container):
    name, _, tag = container["image"].partition(":")
    assert name == "brainstem-server"
    assert tag not in {"", "latest"}
    assert "command" not in container


@pytest.mark.parametrize("name", pods())
def test_pods_are_restricted(name):
    pod = pods()[name]["spec"]
    context = pod["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] == context["runAsGroup"] == context["fsGroup"] == 10001
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert all("emptyDir" in volume for volume in pod["volumes"])  # nothing that a pod writes is kept


@pytest.mark.parametrize("name", pods())
def test_pods_refer_to_what_there_is(name):
    pod = pods()[name]["spec"]
    generated = {f"{cluster}-app" for cluster in named("Cluster")}  # by the operator
    for container in containers(pod):
        assert {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]} == {
            "tmp": "/tmp",
            "data": "/data",
        }
        for source in container["envFrom"]:
            [(kind, reference)] = source.items()
            assert reference["name"] in named({"configMapRef": "ConfigMap", "secretRef": "Secret"}[kind])
        before = set()
        for variable in container["env"]:
            if "value" in variable:  # may use those before it
                assert {word.partition(")")[0] for word in variable["value"].split("$(")[1:]} == before
            else:
                assert variable["valueFrom"]["secretKeyRef"]["name"] in generated
            before.add(variable["name"])


def test_uploads_are_in_a_bucket_that_every_pod_reaches():
    settings, [secret] = named("ConfigMap")["brainstem"]["data"], named("Secret").values()
    assert storages(settings["BRAINSTEM_FILES_URL"])["default"]["OPTIONS"]["bucket_name"] == "lab-files"
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} <= set(secret["stringData"])
    for container in (one for pod in pods().values() for one in containers(pod["spec"])):
        assert {"configMapRef": {"name": "brainstem"}} in container["envFrom"]
        assert {"secretRef": {"name": "brainstem"}} in container["envFrom"]


def test_the_server_is_probed_at_its_health():
    [server] = pods()["brainstem-server"]["spec"]["containers"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert server[probe]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert server["ports"] == [{"name": "http", "containerPort": 8000}]


# -- what chooses what ------------------------------------------------------------------------------------------------


def test_labels_match_selectors():
    for name, one in named("Deployment").items():
        assert chosen(one["spec"]["selector"]["matchLabels"]) == [name]
    [service] = named("Service").values()
    [budget] = named("PodDisruptionBudget").values()
    [policy] = named("NetworkPolicy").values()
    for selector in (
        service["spec"]["selector"], budget["spec"]["selector"]["matchLabels"], policy["spec"]["podSelector"]["matchLabels"],
    ):  # fmt: skip
        assert chosen(selector) == ["brainstem-server"]
    [scaler] = named("HorizontalPodAutoscaler").values()
    target = scaler["spec"]["scaleTargetRef"]
    assert (target["apiVersion"], target["kind"], target["name"]) == ("apps/v1", "Deployment", "brainstem-server")
    assert "replicas" not in named("Deployment")["brainstem-server"]["spec"]  # the scaler's business
    assert scaler["spec"]["minReplicas"] > budget["spec"]["minAvailable"]


def test_the_ingress_leads_to_a_port_of_the_server():
    [ingress], [service] = named("Ingress").values(), named("Service").values()
    [rule] = ingress["spec"]["rules"]
    [path] = rule["http"]["paths"]
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": "http"}}
    assert [port["name"] for port in service["spec"]["ports"]] == ["http"]
    settings = named("ConfigMap")["brainstem"]["data"]
    assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]] == [settings["ALLOWED_HOSTS"]]
    assert settings["BRAINSTEM_URL"] == f"https://{rule['host']}"


def test_the_database_is_a_primary_and_two_replicas_behind_a_pooler():
    [(name, cluster)], [(address, pooler)] = named("Cluster").items(), named("Pooler").items()
    assert cluster["spec"]["instances"] == 3
    assert pooler["spec"]["cluster"]["name"] == name
    assert pooler["spec"]["pgbouncer"]["poolMode"] == "transaction"
    # Otherwise the second statement that a worker prepares fails: it gets a connection on which its name is taken.
    assert int(pooler["spec"]["pgbouncer"]["parameters"]["max_prepared_statements"]) > 0
    for workload, container in (("brainstem-server", "server"), ("brainstem-worker", "worker")):
        [found] = [one for one in pods()[workload]["spec"]["containers"] if one["name"] == container]
        [url] = [one["value"] for one in found["env"] if one["name"] == "DATABASE_URL"]
        assert url.endswith(f"@{address}:5432/{cluster['spec']['bootstrap']['initdb']['database']}")


# -- migrations -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("migrated", [True, False])
def test_pods_wait_until_the_tables_are_those_of_their_version(migrated, tmp_path):
    for name in ("brainstem-server", "brainstem-worker"):
        [waiting] = pods()[name]["spec"]["initContainers"]
        assert waiting["args"] == ["migrate", "--check"]
    with new_database(tmp_path, migrated=migrated) as database:
        environment = environment_of("http://localhost:8000", database, tmp_path)
        command = [sys.executable, "-m", "brainstem.config", *waiting["args"]]
        done = subprocess.run(command, cwd=SERVER, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == (0 if migrated else 1), done.stderr
    assert "Traceback" not in done.stderr


# -- kubectl ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kubectl_builds_the_example():
    done = subprocess.run(["kubectl", "kustomize", FOLDER], capture_output=True, text=True, check=False)
    if "unknown command" in done.stderr:  # there are small programs of that name
        pytest.skip("This kubectl does not build.")
    assert done.returncode == 0, done.stderr
    built = list(yaml.load_all(done.stdout, Loader=Strict))
    assert sorted(one["kind"] for one in built) == sorted(one["kind"] for one in ALL if one["kind"] != "Secret")
    assert {one["metadata"].get("namespace", "brainstem") for one in built} == {"brainstem"}
