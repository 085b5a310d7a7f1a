"""Published deployments as stacks: each renders, Kubernetes takes it, and it says what the original says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp.kubernetes.patches import at
from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.offline.project import run_stack
from pulumi_kubernetes_mcp.settings import read_stack_file, stack_names
from tests.rendered import custom_resources, kubernetes_schemas

HERE = Path(__file__).parents[2] / "examples" / "published"
STACKS = stack_names(HERE)
SERVER = "spec.template.spec.containers[server]"
POD = "spec.template.spec"
FACTS: dict[str, dict[str, Any]] = {
    "atlassian": {
        f"{SERVER}.image": "mcp/atlassian:0.11.9",
        f"{SERVER}.args": ["--transport", "sse", "--port", "8080", "--read-only"],
        f"{SERVER}.securityContext.readOnlyRootFilesystem": False,
        f"{POD}.securityContext.runAsUser": 1001,
    },
    "context": {
        f"{POD}.containers[ollama].ports": [{"name": "ollama", "containerPort": 11434, "protocol": "TCP"}],
        f"{POD}.volumes[files-data].persistentVolumeClaim.claimName": "mcp-context-server-data",
        "spec.strategy": {"type": "Recreate"},
    },
    "cowboysysop": {
        f"{SERVER}.securityContext.runAsUser": 65534,
        f"{POD}.automountServiceAccountToken": True,
        f"{SERVER}.imagePullPolicy": "IfNotPresent",
        "spec.revisionHistoryLimit": 10,
    },
    "flux159": {f"{POD}.automountServiceAccountToken": True, f"{SERVER}.resources.limits.memory": "512Mi"},
    "github": {
        f"{SERVER}.envFrom": [{"configMapRef": {"name": "github-mcp-config"}}],
        "spec.template.metadata.labels": {
            "app.kubernetes.io/name": "github-mcp-server",
            "app.kubernetes.io/component": "server",
            "app.kubernetes.io/managed-by": "pulumi",
            "app.kubernetes.io/part-of": "k8smcps",
            "app.kubernetes.io/version": "0.20.1",
        },
    },
    "grafana": {
        f"{SERVER}.args": ["-t", "streamable-http", "--address", "0.0.0.0:8000", "--metrics"],
        "spec.strategy.rollingUpdate.maxUnavailable": "25%",
    },
    "kubernetes": {
        f"{POD}.volumes[files-etc-kubernetes-mcp-server].configMap.name": "kubernetes-mcp-server-config",
        f"{POD}.automountServiceAccountToken": True,
        f"{SERVER}.readinessProbe.httpGet.path": "/healthz",
        f"{SERVER}.resources.limits.cpu": "100m",
        f"{SERVER}.resources.limits.memory": "128Mi",
    },
    "nextcloud": {
        f"{POD}.volumes[files-app-oauth].persistentVolumeClaim.claimName": "nextcloud-mcp-oauth",
        f"{SERVER}.readinessProbe.httpGet.path": "/health/ready",
        f"{SERVER}.livenessProbe.httpGet.path": "/health/live",
        "spec.strategy": {"type": "Recreate"},
    },
    "openshift": {
        f"{POD}.volumes[files-run-secrets-tls].secret.secretName": "partner-labs-mcp-tls",
        f"{SERVER}.readinessProbe.exec.command": ["curl", "-skf", "https://localhost:8443/health"],
        f"{POD}.securityContext.runAsUser": None,
        f"{SERVER}.envFrom": [{"configMapRef": {"name": "partner-labs-mcp"}}],
    },
    "playwright": {
        f"{POD}.volumes[scratch-dev-shm].emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"},
        f"{POD}.volumes[scratch-tmp].emptyDir.sizeLimit": "2Gi",
        f"{SERVER}.args": ["--port=8931"],
    },
    "prometheus": {
        f"{SERVER}.env[PROMETHEUS_TOKEN].valueFrom.secretKeyRef.optional": True,
        f"{SERVER}.env[PROMETHEUS_MCP_BIND_HOST].value": "::",
        f"{SERVER}.readinessProbe.httpGet.path": "/health",
        f"{SERVER}.livenessProbe.httpGet.path": "/health",
    },
    "workspace": {
        f"{POD}.imagePullSecrets": [{"name": "acr-pull"}],
        f"{POD}.nodeSelector": {"kubernetes.azure.com/scalesetpriority": "spot"},
        f"{POD}.volumes[files-mnt-secrets].csi.driver": "secrets-store.csi.k8s.io",
    },
}
"""What the original says of its Deployment, by the path of the field."""
PORT = ("Service", {"spec.ports"})
KEYLESS: dict[str, list[tuple[str, set[str]]]] = {
    "atlassian": [PORT],
    "context": [("Pod", {"spec.containers", "spec.volumes"})],
    "cowboysysop": [("Deployment", {"spec.revisionHistoryLimit"}), PORT],
    "flux159": [PORT],
    "github": [("Pod", {"metadata.labels"})],
    "grafana": [("Pod", {"spec.automountServiceAccountToken"}), PORT],
    "kubernetes": [PORT],
    "openshift": [("Service", {"metadata.annotations", "spec.ports"})],
    "playwright": [PORT],
    "prometheus": [PORT],
}
"""What is patched, since no key says it: another port of the Service, a container with a port and a disk of its own,
old revisions, a label of the kind that we write ourselves, a token without rights, an annotation of the Service."""


@cache
def objects(name: str) -> tuple[dict[str, Any], ...]:
    """What a stack renders; a stack with an error renders nothing."""
    return tuple(dict(one.body) for one in manifests(run_stack(read_stack_file(HERE, stack=name), HERE)))


def test_there_are_twelve_and_each_says_what_is_left_out() -> None:
    assert sorted(FACTS) == list(STACKS)
    assert len(STACKS) >= 12
    page = (HERE / "README.md").read_text(encoding="utf-8")
    for name in STACKS:
        text = (HERE / "stacks" / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")
        assert "Not carried over:" in text.partition("config:")[0], name
        assert f"| `{name}` |" in page


@pytest.mark.parametrize("name", STACKS)
def test_a_patch_says_what_no_key_says(name: str) -> None:
    server = yaml.safe_load((HERE / "stacks" / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))["config"][
        "mcp:server"
    ]
    patched = [
        (one["kind"], {f"{part}.{field}" for part, fields in one["patch"].items() for field in fields})
        for one in server.get("patches", [])
    ]
    assert patched == KEYLESS.get(name, [])


@pytest.mark.grid
@pytest.mark.parametrize("name", STACKS)
def test_a_published_deployment(name: str) -> None:
    made = objects(name)
    (deployment,) = [body for body in made if body["kind"] == "Deployment"]
    assert {path: at(deployment, path) for path in FACTS[name]} == FACTS[name]
    for body in made:
        if body["kind"] in custom_resources.FILES:
            assert custom_resources.problems(body) == []
            continue
        try:
            assert kubernetes_schemas.problems(body, kubernetes_schemas.MINORS[-1]) == [], body["kind"]
        except kubernetes_schemas.UnknownKindError:
            # Of a custom resource that we do not make there is the form alone.
            assert set(body) == {"apiVersion", "kind", "metadata", "spec"}
