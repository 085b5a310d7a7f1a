"""Every field of a pod and of a container, from the schema of the API: a patch reaches it, or a rule says why not.

The walk takes the fields from the locked schema itself, so a field of a newer minor is tried once the lock has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_kubernetes_mcp.inputs.checked import checked
from pulumi_kubernetes_mcp.kubernetes import api
from pulumi_kubernetes_mcp.kubernetes.patches import at
from pulumi_kubernetes_mcp.rules.model import Severity
from pulumi_kubernetes_mcp.server.args import patched_objects, server_spec
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from tests.rendered import kubernetes_schemas
from tools import kubernetes_api

SCALARS: Mapping[str, Any] = {
    "text": "a", "integer": 1, "number": 1, "boolean": True, "quantity": "1", "integer-or-text": 1, "object": {},
    "any": {},
}  # fmt: skip
VALUES: Mapping[str, Any] = {
    "restartPolicy": "Always",
    "image": "ghcr.io/acme/proxy:1.0.0",
    "envFrom": [{"configMapRef": {"name": "a"}}],
    "resources": {"requests": {"cpu": "10m"}},
    "securityContext": {"readOnlyRootFilesystem": False},
    "imagePullPolicy": "Never",
    "lifecycle": {"postStart": {"exec": {"command": ["/warm"]}}},
    "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}],
    "restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}],
    "terminationMessagePolicy": "FallbackToLogsOnError",
    "volumeMounts": [{"name": "scratch-tmp", "mountPath": "/b"}],
    **{key: {"timeoutSeconds": 7} for key in ("livenessProbe", "readinessProbe", "startupProbe")},
}
"""Fields for which any value of the right type would be one that is refused for another reason."""
REFUSED_OF_A_POD = {
    "activeDeadlineSeconds": "MCP171",
    "containers": "MCP174",
    "ephemeralContainers": "MCP171",
    "hostIPC": "MCP174",
    "hostNetwork": "MCP174",
    "hostPID": "MCP174",
    "initContainers": "MCP174",
    "overhead": "MCP171",
    "priority": "MCP171",
    "serviceAccount": "MCP171",
    "terminationGracePeriodSeconds": "MCP175",
}
"""Fields of which a bare value is refused: by what the API or the namespace says, or for a key of ours. A container is
refused as long as it does not say that it keeps the level "restricted"."""
REFUSED_OF_A_CONTAINER = {
    "image": "MCP175",
    "ports": "MCP175",
    "resources": "MCP175",
}
POD, CONTAINER = "core.v1.PodSpec", "core.v1.Container"


def fields(type_: str) -> list[str]:
    """The fields of a type as the locked schema itself lists them."""
    return sorted(kubernetes_api.definitions()[f"io.k8s.api.{type_}"]["properties"])


def value(kind: str, field: str = "") -> Any:
    """A value of a type of the API: what is required, or else one field."""
    if field in VALUES:
        return VALUES[field]
    if kind.startswith("["):
        return [value(kind[1:-1])]
    if kind.startswith("{"):
        return {"a": value(kind[1:-1])}
    if not kind.startswith("@"):
        return SCALARS[kind]
    known = api.fields_of(kind[1:])
    wanted = [name for name, one in known.items() if one.required] or list(known)[:1]
    return {name: value(known[name].kind, name) for name in wanted}


def patched(patch: dict[str, Any]) -> tuple[Any, list[Any]]:
    """The Deployment of a stack's server after a patch of its pods, and what is found."""
    args = {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "tools", "health_path": "/healthz"}
    keys = checked(ServiceKeys, "web", {**args, "patches": [{"kind": "Pod", "patch": {"spec": patch}}]})
    objects, found = patched_objects(server_spec("web", keys), keys, "restricted")
    return objects["deployment"].body, found


def contains(whole: Any, part: Any) -> bool:
    """Whether a value is in another one: maps within maps, items of lists in any place."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and contains(whole[key], one) for key, one in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(contains(item, one) for item in whole) for one in part)
    return bool(whole == part)


def check(field: str, patch: dict[str, Any], where: str, given: Any, refused: str | None) -> None:
    """A field is refused by the rule that the table says, or stands in the object, which the API takes."""
    body, found = patched(patch)
    errors = {one.code for one in found if one.severity is Severity.ERROR}
    if refused is not None:
        assert refused in errors, field
        return
    assert not errors, found
    assert contains(at(body, where), given), field
    manifest = {"apiVersion": "apps/v1", "kind": "Deployment", **body}
    assert kubernetes_schemas.problems(manifest, kubernetes_api.MINOR) == []


_TERM = {"matchExpressions": [{"key": "a", "operator": "Exists"}]}
OF_A_WHOLE_POD: dict[str, Any] = {
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [_TERM]}}},
    "dnsConfig": {"nameservers": ["10.0.0.10"]},
    "dnsPolicy": "Default",
    "hostAliases": [{"ip": "10.0.0.7", "hostnames": ["db"]}],
    "os": {"name": "linux"},
    "preemptionPolicy": "Never",
    "resourceClaims": [{"name": "a", "resourceClaimName": "b"}],
    "resources": {"requests": {"cpu": "9"}},
    "securityContext": {"runAsUser": 7},
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "ScheduleAnyway"}],
    "volumes": [{"name": "a", "emptyDir": {}}],
}
"""Values of fields that another value would make wrong: what the API knows there, and a pod that requests no less than
its containers."""


@pytest.mark.parametrize("field", fields(POD))
def test_a_field_of_a_pod_is_reached_by_a_patch_or_refused_by_a_rule(field: str) -> None:
    given = OF_A_WHOLE_POD.get(field) or value(api.fields_of(POD)[field].kind, field)
    check(field, {field: given}, f"spec.template.spec.{field}", given, REFUSED_OF_A_POD.get(field))


@pytest.mark.parametrize("field", [name for name in fields(CONTAINER) if name != "name"])
def test_a_field_of_the_container_is_reached_by_a_patch_or_refused_by_a_rule(field: str) -> None:
    given = value(api.fields_of(CONTAINER)[field].kind, field)
    patch = {"containers": [{"name": "server", field: given}]}
    where = f"spec.template.spec.containers[server].{field}"
    check(field, patch, where, given, REFUSED_OF_A_CONTAINER.get(field))


@pytest.mark.grid
def test_the_tables_name_fields_of_the_api() -> None:
    assert set(REFUSED_OF_A_POD) <= set(fields(POD))
    assert set(REFUSED_OF_A_CONTAINER) <= set(fields(CONTAINER))


@pytest.mark.parametrize("policy", ["Never", "OnFailure"])
def test_pods_of_a_deployment_restart(policy: str) -> None:
    _, found = patched({"restartPolicy": policy})
    assert [one.code for one in found] == ["MCP171"]
