"""The Pod Security Standards, field by field: a pod that keeps "restricted", and one change for each control."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pulumi_kubernetes_mcp.kubernetes.objects import container_security, pod_security
from pulumi_kubernetes_mcp.kubernetes.pod_security import breaches, refused_by

GOOD: dict[str, Any] = {
    "securityContext": pod_security(10001),
    "containers": [{"name": "server", "securityContext": container_security(10001)}],
}
CONTROLS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("hostNetwork", {"hostNetwork": True}, {}, "baseline"),
    ("hostPID", {"hostPID": True}, {}, "baseline"),
    ("hostIPC", {"hostIPC": True}, {}, "baseline"),
    ("volumes[0].hostPath", {"volumes": [{"name": "a", "hostPath": {"path": "/"}}]}, {}, "baseline"),
    ("volumes[0].nfs", {"volumes": [{"name": "a", "nfs": {"server": "a", "path": "/"}}]}, {}, "restricted"),
    ("containers[0].ports[0].hostPort", {}, {"ports": [{"containerPort": 1, "hostPort": 1}]}, "baseline"),
    ("containers[0].startupProbe.tcpSocket.host", {}, {"startupProbe": {"tcpSocket": {"host": "a"}}}, "baseline"),
    (
        "securityContext.sysctls[0]",
        {"securityContext": {**pod_security(1), "sysctls": [{"name": "kernel.msgmax", "value": "1"}]}},
        {},
        "baseline",
    ),
]
SECURITY: list[tuple[str, dict[str, Any], str]] = [
    ("privileged", {"privileged": True}, "baseline"),
    ("procMount", {"procMount": "Unmasked"}, "baseline"),
    ("capabilities.add", {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}}, "baseline"),
    ("capabilities.add", {"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}, "restricted"),
    ("capabilities.drop", {"capabilities": {"drop": ["NET_RAW"]}}, "restricted"),
    ("allowPrivilegeEscalation", {"allowPrivilegeEscalation": None}, "restricted"),
    ("seLinuxOptions.type", {"seLinuxOptions": {"type": "spc_t"}}, "baseline"),
    ("seLinuxOptions", {"seLinuxOptions": {"user": "root"}}, "baseline"),
    ("windowsOptions.hostProcess", {"windowsOptions": {"hostProcess": True}}, "baseline"),
    ("appArmorProfile.type", {"appArmorProfile": {"type": "Unconfined"}}, "baseline"),
    ("seccompProfile.type", {"seccompProfile": {"type": "Unconfined"}}, "baseline"),
    ("runAsUser", {"runAsUser": 0}, "restricted"),
    ("runAsNonRoot", {"runAsNonRoot": False}, "restricted"),
]


def test_what_we_make_keeps_restricted() -> None:
    assert list(breaches(GOOD)) == []


@pytest.mark.parametrize(("path", "pod", "container", "level"), CONTROLS)
def test_a_control_of_the_pod(path: str, pod: dict[str, Any], container: dict[str, Any], level: str) -> None:
    changed = copy.deepcopy({**GOOD, **pod})
    changed["containers"][0] |= container
    assert [(one.path, one.level) for one in breaches(changed)] == [(path, level)]


@pytest.mark.parametrize(("path", "security", "level"), SECURITY)
def test_a_control_of_a_container(path: str, security: dict[str, Any], level: str) -> None:
    changed = copy.deepcopy(GOOD)
    changed["containers"][0]["securityContext"] |= security
    assert [(one.path, one.level) for one in breaches(changed)] == [(f"containers[0].securityContext.{path}", level)]


def test_the_pod_speaks_for_containers_that_say_nothing() -> None:
    bare = {"name": "b", "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
    assert list(breaches({**GOOD, "containers": [bare]})) == []
    alone = {key: value for key, value in GOOD.items() if key != "securityContext"}
    found = [one.path.rpartition("securityContext.")[2] for one in breaches({**alone, "initContainers": [bare]})]
    assert found == ["seccompProfile.type", "runAsNonRoot"]


def test_a_level_refuses_what_it_and_the_weaker_ones_refuse() -> None:
    host, root = (
        next(iter(breaches({**GOOD, **change}))) for change in ({"hostPID": True}, {"volumes": [{"nfs": {}}]})
    )
    assert [refused_by(level, host) for level in ("privileged", "baseline", "restricted")] == [False, True, True]
    assert [refused_by(level, root) for level in ("privileged", "baseline", "restricted")] == [False, False, True]
