"""The workload of a server, by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.kubernetes import objects as common
from pulumi_kubernetes_mcp.kubernetes.volumes import named
from pulumi_kubernetes_mcp.server import spec as specs
from pulumi_kubernetes_mcp.settings.keys.server import PodKeys

SERVER = specs.ServerSpec(
    namespace="mcp-prod",
    eras=("modern",),
    path="/mcp",
    max_tool_seconds=60,
    autoscaled=True,
    production=True,
    name="orders",
    image="registry.example/mcp:1.2.0",
    pull_policy="Always",
    port=8000,
    metrics_port=8000,
    health_path=None,
    liveness_path=None,
    replicas=3,
    start_replicas=3,
    sessions=False,
    pre_stop_seconds=10,
    grace_period_seconds=75,
    min_ready_seconds=10,
    requests={"memory": "1024Mi", "cpu": "1000m"},
    limits={"cpu": "2.5"},
    env={},
    secret_name=None,
    secret_env=[],
    secret_version=None,
    database_ca=None,
    user_id=10001,
    command=None,
    args=None,
    min_available=2,
)
MATCH = {"app.kubernetes.io/name": "orders", "app.kubernetes.io/component": "server"}


def container(**changes: Any) -> Any:
    """The container of a changed server."""
    return specs.container(replace(SERVER, **changes))


def test_new_pods_come_before_old_ones_go() -> None:
    spec = specs.deployment(SERVER, {"x": "y"})
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}
    assert spec["selector"] == {"matchLabels": MATCH}
    assert spec["replicas"] == 3
    assert spec["template"]["metadata"] == {"labels": {"x": "y"}}


def test_a_secret_version_is_an_annotation_of_the_pods() -> None:
    spec = specs.deployment(replace(SERVER, secret_version="7"), {})
    assert spec["template"]["metadata"]["annotations"] == {"kubernetes-mcp/secret-version": "7"}


def test_the_pod_is_closed_and_drains() -> None:
    pod = specs.pod(SERVER)
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    assert pod["terminationGracePeriodSeconds"] == 75
    assert pod["serviceAccountName"] == "orders"
    assert pod["securityContext"] == common.pod_security(10001)
    assert container()["securityContext"] == common.container_security(10001)
    assert container()["lifecycle"] == {"preStop": {"sleep": {"seconds": 10}}}
    # Kubernetes before 1.33 refuses a sleep of 0 s.
    assert "lifecycle" not in container(pre_stop_seconds=0)


def test_quantities_are_written_as_they_are_stored() -> None:
    assert container()["resources"] == {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2500m"}}
    assert specs.resources({}, {"memory": "500M"}) == {"limits": {"memory": "500M"}}


def test_without_a_health_route_the_port_is_tested() -> None:
    assert container()["readinessProbe"] == {
        "tcpSocket": {"port": "http"}, "periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 3,
    }  # fmt: skip
    assert container()["startupProbe"] == {
        "tcpSocket": {"port": "http"}, "periodSeconds": 2, "failureThreshold": 30, "timeoutSeconds": 2,
    }  # fmt: skip


def test_a_health_route_is_asked_as_localhost() -> None:
    """The SDKs refuse a Host header that they do not know, and the kubelet sends the pod's address."""
    made = container(health_path="/healthz", liveness_path="/livez", port=3000)
    asked = {
        "path": "/healthz",
        "port": "http",
        "scheme": "HTTP",
        "httpHeaders": [{"name": "Host", "value": "localhost:3000"}],
    }
    assert made["readinessProbe"]["httpGet"] == asked
    assert made["startupProbe"]["httpGet"] == asked
    assert made["livenessProbe"]["httpGet"] == {**asked, "path": "/livez"}
    assert "tcpSocket" in container(health_path="/healthz")["livenessProbe"]


def test_metrics_at_a_port_of_their_own() -> None:
    assert [port["name"] for port in container()["ports"]] == ["http"]
    assert container(metrics_port=9100)["ports"] == [
        {"name": "http", "containerPort": 8000, "protocol": "TCP"},
        {"name": "metrics", "containerPort": 9100, "protocol": "TCP"},
    ]


def test_variables_by_reference_stand_before_those_that_may_refer_to_them() -> None:
    made = container(env={"B": "2", "A": "1"}, secret_name="s", secret_env=[("Z", "z"), ("T", "t")])
    assert made["env"] == [
        {"name": "T", "valueFrom": {"secretKeyRef": {"name": "s", "key": "t"}}},
        {"name": "Z", "valueFrom": {"secretKeyRef": {"name": "s", "key": "z"}}},
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
    ]


def test_command_and_arguments_only_where_given() -> None:
    assert not {"command", "args"} & set(container())
    made = container(command=["a"], args=["b"])
    assert (made["command"], made["args"]) == (["a"], ["b"])


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["/tmp"], ["scratch-tmp"]),
        (["/"], ["scratch-root"]),
        (["/var/lib/My_App.d"], ["scratch-var-lib-my-app-d"]),
        (["/a/b", "/a-b", "/a.b"], ["scratch-a-b", "scratch-a-b-2", "scratch-a-b-3"]),
    ],
)
def test_volumes_have_readable_names(paths: list[str], names: list[str]) -> None:
    assert list(named("scratch-", paths)) == names
    assert list(named("scratch-", paths).values()) == paths


@pytest.mark.grid
@given(st.lists(st.text(min_size=1, max_size=90).map(lambda text: f"/{text}"), unique=True, max_size=6))
def test_volumes_are_labels_and_never_meet(paths: list[str]) -> None:
    found = named("scratch-", paths)
    assert sorted(found.values()) == sorted(paths)
    assert all(re.fullmatch(r"(?=.{1,63}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?", name) for name in found)


def test_mounts_and_volumes_agree() -> None:
    pod = specs.pod(replace(SERVER, pod=PodKeys.model_validate({"writable_paths": ["/a/b", "/a-b"]}, by_name=True)))
    assert [volume["name"] for volume in pod["volumes"]] == ["scratch-a-b", "scratch-a-b-2"]
    assert pod["containers"][0]["volumeMounts"] == [
        {"name": "scratch-a-b", "mountPath": "/a/b"},
        {"name": "scratch-a-b-2", "mountPath": "/a-b"},
    ]
    assert not {"volumes"} & set(specs.pod(replace(SERVER, pod=PodKeys(writable_paths=[]))))


def test_the_service_names_the_port() -> None:
    assert specs.service(SERVER) == {
        "type": "ClusterIP",
        "selector": MATCH,
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}],
    }
    assert common.SKIP_AWAIT == {"pulumi.com/skipAwait": "true"}
