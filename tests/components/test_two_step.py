"""Before and after: what a change replaces. A replaced object is gone for a moment, or needs a new name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp import McpAutoscaling, McpRegion, McpSecrets
from pulumi_kubernetes_mcp.offline.diff import Action, compare
from pulumi_kubernetes_mcp.offline.manifests import manifests, write_manifests
from pulumi_kubernetes_mcp.testing import Deployment, Recording, record
from tests.contract.canonical import without_digest
from tests.table import first

REGION: dict[str, Any] = {
    "region": {"name": "us-east", "operators": ["oncall"]},
    "server": {"image": "registry.example/mcp:1.2.0", "health_path": "/healthz"},
    "workload": {"daily_users": 500.0},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "database": {"host": "db.example.com", "max_connections": 420, "query_milliseconds": 500.0, "pooler": "pgbouncer"},
    "scaling": {"max_replicas": 30},
    "secrets": {
        "source": "external",
        "store": {"name": "platform"},
        "remote": {key: {"key": "orders", "property": key} for key in ("username", "password", "token")},
        "env": {"API_TOKEN": "token"},
        "version": "1",
    },
}

NAMED_BY_CONTENT = {"ConfigMap"}
IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "Deployment": ("spec.selector",),
    "Service": ("spec.clusterIP",),
    "RoleBinding": ("roleRef",),
    "ConfigMap": ("data", "immutable"),
    "Secret": ("data", "immutable", "type"),
}
"""What the API server or the provider cannot change in place, besides name, namespace and kind."""


def at(body: Any, path: str) -> Any:
    """A value by its path; ``None`` where there is none."""
    for key in path.split("."):
        body = body.get(key) if isinstance(body, Mapping) else None
    return body


def replaced(before: Deployment, after: Deployment) -> set[str]:
    """Kinds of the resources that the engine must replace."""
    found = set()
    for old in before.resources:
        new = after.by_urn.get(old.urn)
        if new is None or not old.kubernetes:
            continue
        fixed = ("metadata.name", "metadata.namespace", "apiVersion", "kind", *IMMUTABLE.get(old.kind, ()))
        if any(at(old.inputs, path) != at(new.inputs, path) for path in fixed):
            found.add(old.kind)
        else:
            assert (old.physical_name, old.namespace) == (new.physical_name, new.namespace)
    return found


def updated(before: Deployment, after: Deployment) -> set[str]:
    """Kinds of the resources that differ."""
    return {
        one.kind for one in before.resources if one.urn in after.by_urn and one.inputs != after.by_urn[one.urn].inputs
    }


def changed(**groups: Mapping[str, Any]) -> dict[str, Any]:
    """The region with some keys changed."""
    return {**REGION, **{name: {**REGION[name], **keys} for name, keys in groups.items()}}


def region(args: dict[str, Any]) -> Recording:
    """The run of a region."""
    return record(lambda: McpRegion("mcp", args))


@cache
def before() -> Recording:
    """The run before any change."""
    return region(REGION)


@pytest.mark.parametrize(
    ("change", "replaces", "touches"),
    first(
        4,
        [
            ({"server": {"image": "registry.example/mcp:1.3.0"}}, set(), {"Deployment"}),
            ({"server": {"image": "registry.example/mcp@sha256:" + "a" * 64}}, set(), {"Deployment"}),
            ({"secrets": {"version": "2"}}, set(), {"Deployment"}),
            ({"database": {"pooler_pool_size": 30}}, {"ConfigMap"}, {"ConfigMap"}),
            ({"database": {"host": "other.example.com"}}, {"ConfigMap"}, {"ConfigMap"}),
            ({"database": {"pooler_image": "registry.example/pgbouncer:1.25.2"}}, set(), {"Deployment"}),
            ({"server": {"env": {"LOG_LEVEL": "debug"}}}, set(), {"Deployment"}),
            ({"server": {"max_tool_seconds": 120}}, set(), {"Deployment"}),
            # More pods are more clients of the pooler, whose settings say how many it accepts.
            ({"scaling": {"max_replicas": 28}}, {"ConfigMap"}, {"HorizontalPodAutoscaler", "ResourceQuota"}),
            ({"scaling": {"min_replicas": 5}}, set(), {"HorizontalPodAutoscaler", "PodDisruptionBudget"}),
            ({"edge": {"host": "new.example.com"}}, set(), {"HTTPRoute"}),
            ({"region": {"operators": ["oncall", "platform"]}}, set(), {"RoleBinding"}),
        ],
    ),
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),
)
def test_a_change_replaces_nothing_but_what_is_immutable(
    change: dict[str, Any], replaces: set[str], touches: set[str]
) -> None:
    after = region(changed(**change))
    places = [{without_digest(one.urn) for one in run.resources} for run in (before(), after)]
    assert places[0] == places[1]
    assert replaced(before(), after) == replaces - NAMED_BY_CONTENT
    # What is named by its content is another resource: after an update that failed, both are there.
    kept = {one.urn for one in before().resources} & {one.urn for one in after.resources}
    assert {one.kind for one in before().resources if one.urn not in kept} == replaces & NAMED_BY_CONTENT
    assert updated(before(), after) >= touches - NAMED_BY_CONTENT


@pytest.mark.grid
@pytest.mark.parametrize(
    ("change", "deployment"),
    first(
        1,
        [
            ({"server": {"image": "registry.example/mcp:1.3.0"}}, "mcp-mcp-server-service-deployment"),
            ({"server": {"image": "registry.example/mcp@sha256:" + "a" * 64}}, "mcp-mcp-server-service-deployment"),
            ({"database": {"pooler_image": "registry.example/pgbouncer:1.25.2"}}, "mcp-pooler-deployment"),
        ],
    ),
    ids=["server tag", "server digest", "pooler"],
)
def test_another_image_updates_one_deployment_alone(change: dict[str, Any], deployment: str) -> None:
    after = region(changed(**change))
    differing = [one.name for one in before().resources if one.inputs != after.by_urn[one.urn].inputs]
    assert differing == [deployment]


@pytest.mark.grid
def test_a_changed_pooler_setting_rolls_the_pooler() -> None:
    """The Deployment refers to the ConfigMap by its name, so a new one is a new pod template."""
    after = region(changed(database={"pooler_pool_size": 30}))
    mounted = []
    for run in (before(), after):
        (config,) = run.of_type("ConfigMap")
        pooler = run.resource("Deployment", "mcp-pooler-deployment")
        assert config.urn in pooler.options.dependencies
        (volume,) = [one for one in pooler.inputs["spec"]["template"]["spec"]["volumes"] if "configMap" in one]
        assert volume["configMap"]["name"] == config.physical_name
        mounted.append(volume["configMap"]["name"])
    assert mounted[0] != mounted[1]


@pytest.mark.grid
def test_the_rendered_files_say_what_a_changed_maximum_replaces_and_restarts(tmp_path: Path) -> None:
    write_manifests(manifests(before()), tmp_path / "rendered")
    after = region(changed(scaling={"max_replicas": 28}))
    found = {f"{one.kind} {one.name}": one for one in compare(manifests(after), tmp_path / "rendered").objects}
    (settings,) = after.of_type("ConfigMap")
    assert {key: str(one.action) for key, one in found.items()} == {
        "ResourceQuota capacity": "changed",
        f"ConfigMap {settings.physical_name}": "replaced",
        "Deployment mcp-server-pooler": "changed",
        "HorizontalPodAutoscaler mcp-server": "changed",
        "BackendTrafficPolicy mcp-server": "changed",
    }
    assert found[f"ConfigMap {settings.physical_name}"].was == before().of_type("ConfigMap")[0].physical_name
    pooler = found["Deployment mcp-server-pooler"]
    assert (pooler.restarts, pooler.restarts_with) == (True, (f"ConfigMap {settings.physical_name}",))


@pytest.mark.grid
@pytest.mark.parametrize(
    ("change", "starts"),
    first(
        1,
        [
            ({"server": {"name": "other"}}, {"other": 3, "other-pooler": None}),
            ({"region": {"name": "us-west"}}, {"mcp-server": 3, "mcp-server-pooler": None}),
            ({"server": {"image": "registry.example/mcp:1.3.0"}}, {"mcp-server": None}),
        ],
    ),
    ids=["another server name", "another region", "another image"],
)
def test_a_new_deployment_in_the_place_of_a_running_one_says_how_many_pods_it_starts_with(
    change: dict[str, Any], starts: dict[str, int | None], tmp_path: Path
) -> None:
    scaling = {**REGION["scaling"], "min_replicas": 3}
    write_manifests(manifests(region({**REGION, "scaling": scaling})), tmp_path / "rendered")
    after = region({**changed(**change), "scaling": scaling})
    found = compare(manifests(after), tmp_path / "rendered").objects
    assert {
        one.name: one.starts_at for one in found if one.kind == "Deployment" and str(one.action) != "removed"
    } == starts


@pytest.mark.grid
@pytest.mark.parametrize(
    "change",
    first(
        2,
        [
            {"server": {"image": "registry.example/mcp:1.3.0"}},
            {"secrets": {"version": "2"}},
            {"database": {"pooler_pool_size": 30}},
            {"database": {"host": "other.example.com"}},
            {"database": {"name": "other"}},
            {"scaling": {"max_replicas": 28}},
            {"edge": {"host": "new.example.com"}},
        ],
    ),
    ids=str,
)
def test_rendered_files_can_be_applied_over_the_old_ones(change: dict[str, Any], tmp_path: Path) -> None:
    """``kubectl apply`` changes in place: what it cannot change has another name."""
    write_manifests(manifests(before()), tmp_path / "rendered")
    found = compare(manifests(region(changed(**change))), tmp_path / "rendered").objects
    assert found
    assert all(one.was for one in found if one.action is Action.REPLACED)


def test_a_changed_value_makes_a_new_secret_that_its_readers_follow() -> None:
    def build(token: str) -> Deployment:
        return record(lambda: McpSecrets("s", {"namespace": "o", "source": "config", "values": {"token": token}}))

    assert replaced(build("one"), build("one")) == set()
    assert replaced(build("one"), build("two")) == {"Secret"}
    named = [
        record(
            lambda token=token: McpSecrets(  # type: ignore[misc]
                "s", {"namespace": "o", "source": "config", "secret_name": "orders", "values": {"token": token}}
            )
        )
        for token in ("one", "two")
    ]
    assert named[0].resource("Secret").inputs["immutable"] is False


def waits_for(run: Deployment, urn: str) -> set[str]:
    """Everything that the engine makes before a resource, and deletes after it."""
    found: set[str] = set()
    waiting = [urn]
    while waiting:
        for one in run.by_urn[waiting.pop()].options.dependencies:
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


@pytest.mark.grid
@pytest.mark.parametrize(
    ("old", "new"),
    first(
        1,
        [
            ({"kind": "gateway", "implementation": "envoy-gateway"}, {"kind": "ingress", "implementation": "nginx"}),
            (
                {"kind": "ingress", "implementation": "nginx"},
                {"kind": "gateway", "implementation": "other", "client_namespace": "edge"},
            ),
            ({"client_namespace": "edge-a"}, {"client_namespace": "edge-b", "client_cidrs": ["10.9.0.0/16"]}),
        ],
    ),
    ids=["gateway to ingress", "ingress to gateway", "another namespace"],
)
def test_another_edge_is_open_before_its_route_and_closes_after_the_old_one(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """The engine makes everything new before it deletes anything old, each in order of what it waits for."""
    edge = {"host": "mcp.example.com"}
    before_it, after_it = (region({**REGION, "edge": {**edge, **keys}}) for keys in (old, new))

    def edges(run: Recording) -> tuple[str, str]:
        (route,) = [one for one in run.resources if one.kind in ("HTTPRoute", "Ingress")]
        (opening,) = [one for one in run.of_type("NetworkPolicy") if "-from-" in one.name]
        return route.urn, opening.urn

    (old_route, old_opening), (new_route, new_opening) = edges(before_it), edges(after_it)
    assert new_opening not in before_it.by_urn
    assert old_opening not in after_it.by_urn
    assert new_opening in waits_for(after_it, new_route)
    assert old_opening in waits_for(before_it, old_route)
    # No other opening of the pods changes, so nothing else closes.
    for one in before_it.of_type("NetworkPolicy"):
        if one.urn in after_it.by_urn:
            assert one.inputs == after_it.by_urn[one.urn].inputs, one.name


@pytest.mark.grid
def test_the_opening_of_the_edge_is_its_own() -> None:
    run = region({**REGION, "edge": {"host": "mcp.example.com", "kind": "ingress", "client_cidrs": ["10.9.0.0/16"]}})
    opening = run.manifest("NetworkPolicy", "mcp-server-from-ingress-nginx")["spec"]
    assert opening == {
        "podSelector": {
            "matchLabels": {"app.kubernetes.io/name": "mcp-server", "app.kubernetes.io/component": "server"}
        },
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}],
                "ports": [{"protocol": "TCP", "port": "http"}],
            },
            {"from": [{"ipBlock": {"cidr": "10.9.0.0/16"}}], "ports": [{"protocol": "TCP", "port": "http"}]},
        ],
    }
    rest = run.manifest("NetworkPolicy", "mcp-server")["spec"]
    assert "ingress-nginx" not in str(rest)
    assert "10.9.0.0/16" not in str(rest)
    # What the first release had in one policy is open in its own before it goes from there.
    own, all_ = (
        run.resource("NetworkPolicy", f"mcp-mcp-server-service-{end}") for end in ("from-ingress-nginx", "network")
    )
    assert own.urn in all_.options.dependencies


@pytest.mark.grid
def test_a_secret_outlives_the_external_secret_that_filled_it() -> None:
    """From 'external' to 'existing' of one name: the ExternalSecret goes, and the pods go on reading the Secret."""
    external = {key: value for key, value in REGION["secrets"].items() if key not in ("store", "remote")}
    after = region({**REGION, "secrets": {**external, "source": "existing"}})
    target = before().manifest("ExternalSecret")["spec"]["target"]
    # With 'Owner' the operator makes the Secret a dependent, and the garbage collector takes both.
    assert target == {"name": "mcp-server-secrets", "creationPolicy": "Orphan", "deletionPolicy": "Retain"}
    assert not after.of_type("ExternalSecret")
    (container,) = after.manifest("Deployment", "mcp-server")["spec"]["template"]["spec"]["containers"]
    read = {one["valueFrom"]["secretKeyRef"]["name"] for one in container["env"] if "valueFrom" in one}
    assert read == {target["name"]}
    assert updated(before(), after) <= {"Deployment"}


@pytest.mark.grid
def test_another_era_takes_one_autoscaler_away_and_adds_the_other() -> None:
    sessions = changed(
        server={"eras": ["modern", "legacy-stateful"]}, scaling={"prometheus_address": "http://prometheus:9090"}
    )
    after = region(sessions)
    assert replaced(before(), after) == set()
    gone = {one.kind for one in before().resources if one.urn not in after.by_urn}
    new = {one.kind for one in after.resources if one.urn not in before().by_urn}
    assert (gone, new) == ({"HorizontalPodAutoscaler"}, {"ScaledObject"})


def servers(run: Deployment) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The spec of the server's Deployment, and what the engine ignores of it."""
    one = run.resource("Deployment", "mcp-mcp-server-service-deployment")
    return one.inputs["spec"], one.options.ignore_changes


def applied(before: dict[str, Any], after: dict[str, Any], ignored: tuple[str, ...]) -> dict[str, Any]:
    """What an update writes: the engine puts the old inputs where changes are ignored."""
    assert ignored == ("spec.replicas",)
    return {**after, "replicas": before["replicas"]}


@pytest.mark.grid
def test_adopting_a_running_deployment_in_two_steps_loses_no_pod() -> None:
    running = 10
    first, second = (region(changed(scaling={"min_replicas": count})) for count in (running, 3))
    created, _ = servers(first)
    assert created["replicas"] == running
    assert first.manifest("HorizontalPodAutoscaler")["spec"]["minReplicas"] == running
    wanted, ignored = servers(second)
    assert applied(created, wanted, ignored) == created
    assert replaced(first, second) <= {"ConfigMap"}
    assert second.manifest("HorizontalPodAutoscaler")["spec"]["minReplicas"] == 3


@pytest.mark.grid
def test_adopting_it_in_one_step_would() -> None:
    """So that the test above cannot pass on a count that is never written."""
    created, _ = servers(region(changed(scaling={"min_replicas": 3})))
    assert created["replicas"] == 3


SCALER: dict[str, Any] = {
    "namespace": "shop",
    "target": "orders",
    "max_replicas": 12,
    "eras": ["legacy-stateful"],
    "prometheus_address": "https://prometheus:9090",
    "hpa_name": "orders-old",
}


def scaler(**change: Any) -> Recording:
    """The run of an autoscaler."""
    args: Any = {**SCALER, **change}
    return record(lambda: McpAutoscaling("orders", args))


def test_keda_takes_an_autoscaler_over_and_keeps_it() -> None:
    """The annotation may go afterwards; with the name KEDA's autoscaler stays the same object."""
    taking, taken = scaler(take_over=True), scaler()
    assert replaced(taking, taken) == set()
    annotations = taking.manifest("ScaledObject")["metadata"]["annotations"]
    assert annotations["scaledobject.keda.sh/transfer-hpa-ownership"] == "true"
    assert taking.manifest("ScaledObject")["spec"] == taken.manifest("ScaledObject")["spec"]
    assert taken.manifest("ScaledObject")["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["name"] == "orders-old"


@pytest.mark.parametrize(
    "change",
    first(
        2,
        [
            {"schedules": [{"name": "a", "replicas": 9, "time_zone": "UTC", "start": "0 8 * * *", "end": "0 9 * * *"}]},
            {"scale_up": {"pods": 8}},
            {"follow": "streams"},
            {"query": "sum(x)"},
            {"authentication": {"modes": ["bearer"], "secret_name": "prometheus"}},
        ],
    ),
    ids=str,
)
def test_what_an_autoscaler_follows_changes_in_place(change: dict[str, Any]) -> None:
    before, after = scaler(), scaler(**change)
    assert replaced(before, after) == set()
    assert updated(before, after) == {"ScaledObject"}
    # KEDA drops a 'false' when it labels the object, which a refresh would show; 'true' would lose the count.
    assert "restoreToOriginalReplicaCount" not in after.manifest("ScaledObject")["spec"]["advanced"]


@pytest.mark.grid
def test_the_selectors_are_those_of_the_objects() -> None:
    """What ``replaced`` compares is what the rendered objects hold, so that it cannot pass by looking elsewhere."""
    selectors = {
        manifest.name: manifest.body["spec"]["selector"]["matchLabels"]
        for manifest in manifests(before())
        if manifest.kind == "Deployment"
    }
    assert selectors == {
        "mcp-server": {"app.kubernetes.io/name": "mcp-server", "app.kubernetes.io/component": "server"},
        "mcp-server-pooler": {"app.kubernetes.io/name": "mcp-server-pooler", "app.kubernetes.io/component": "pooler"},
    }
    renamed = region(changed(server={"name": "other"}))
    # Components are called after their server, so the engine makes new objects first and takes the old ones last.
    gone = {old.kind for old in before().resources if old.kubernetes and old.urn not in renamed.by_urn}
    assert replaced(before(), renamed) | gone == {
        "BackendTrafficPolicy", "ConfigMap", "Deployment", "ExternalSecret", "HTTPRoute", "HorizontalPodAutoscaler",
        "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount",
    }  # fmt: skip
