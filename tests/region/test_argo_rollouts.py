"""A server as a Rollout of Argo Rollouts: its objects, the way over from a Deployment, and what is refused."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp import program
from pulumi_kubernetes_mcp.monitoring.alerts.pods import NO_PODS
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.report.release import release_data
from pulumi_kubernetes_mcp.settings import read_stack_file
from pulumi_kubernetes_mcp.stack_changes import Side, changes
from pulumi_kubernetes_mcp.testing import record
from tests.region.test_blue_green import IMAGE, Objects, changed, objects, reached, values
from tests.rules.test_checks import inspected, told

NAME, HASH = "mcp-server", "rollouts-pod-template-hash"
WORKLOAD, SERVICE, PREVIEW = ("Rollout", NAME), ("Service", NAME), ("Service", f"{NAME}-preview")
ARGO = "mcp:server.rollout.argoRollouts"
EDGE_KINDS = ("HTTPRoute", "BackendTrafficPolicy", "SecurityPolicy", "EnvoyExtensionPolicy", "BackendTLSPolicy")


def argo(**keys: Any) -> dict[str, Any]:
    return {"argoRollouts": keys}


def strategy(found: Objects) -> dict[str, Any]:
    result: dict[str, Any] = found[WORKLOAD]["spec"]["strategy"]["blueGreen"]
    return result


@pytest.mark.grid
def test_what_moves_from_a_deployment() -> None:
    old, new = objects(), objects(argo())
    assert changed(old, new) == {
        ("Deployment", NAME),
        WORKLOAD,
        PREVIEW,
        # It counts the pods that go: a number that stays would be met by pods that nobody reaches.
        ("PodDisruptionBudget", NAME),
        ("HorizontalPodAutoscaler", NAME),
        # Room for a whole second revision.
        ("ResourceQuota", "capacity"),
        # The way to look at it through the edge.
        ("HTTPRoute", f"{NAME}-preview"),
        ("BackendTrafficPolicy", f"{NAME}-preview"),
    }
    deployment, rollout = old["Deployment", NAME]["spec"], new[WORKLOAD]["spec"]
    # The Service stays as it is, and its selector finds the pods of both while one takes over from the other.
    assert new[SERVICE]["spec"]["selector"].items() <= rollout["template"]["metadata"]["labels"].items()
    differ = {key for key in {*deployment, *rollout} if deployment.get(key) != rollout.get(key)}
    assert differ == {"strategy", "template"}
    pods = [copy.deepcopy(one["template"]) for one in (deployment, rollout)]
    revisions = [
        [key for one in pod["spec"].pop("topologySpreadConstraints") for key in one["matchLabelKeys"]] for pod in pods
    ]
    assert revisions == [["pod-template-hash"] * 2, [HASH] * 2]
    env = [{one["name"]: one for one in pod["spec"]["containers"][0].pop("env")} for pod in pods]
    # An analysis asks the new pods by the name of their Service.
    assert env[0].pop("MCP_ALLOWED_HOSTS")["value"] == "mcp.example.com"
    assert env[1].pop("MCP_ALLOWED_HOSTS")["value"] == "mcp.example.com,mcp-server-preview.mcp-prod-us-east.svc"
    assert (env[0], pods[0]) == (env[1], pods[1])
    assert new["PodDisruptionBudget", NAME]["spec"]["maxUnavailable"] == 1
    assert new["HorizontalPodAutoscaler", NAME]["spec"]["scaleTargetRef"] == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "name": NAME,
    }


EDGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "sessions": ({"affinity": "envelope"}, ["legacy-stateful"]),
    "access": (
        {
            "rateLimits": [{"requests": 100}],
            "maxBody": "2Mi",
            "cors": {"origins": ["https://app.example.com"]},
            "externalAuthorization": {"service": "authorizer", "namespace": "auth"},
            "clientCidrs": ["10.0.0.0/16"],
        },
        ["modern"],
    ),
    "others": ({"implementation": "istio"}, ["modern"]),
}


@pytest.mark.grid
@pytest.mark.parametrize("case", sorted(EDGES))
def test_the_newest_pods_are_reached_by_a_header_through_the_same_rules(case: str) -> None:
    edge, eras = EDGES[case]
    fixed = {"autoscaler": "none", "replicas": 2}
    found = objects(argo(), edge=edge, server={"eras": eras, "authorization": True}, scaling=fixed)
    assert reached(found) == {NAME: 1}
    assert reached(found, headers={"x-mcp-colour": "preview"}) == {f"{NAME}-preview": 1}
    assert reached(found, headers={"x-mcp-colour": "green"}) == {NAME: 1}
    # Each object of the public route has its twin, which says the same of the other route.
    own = {kind for kind, name in found if name.endswith("-preview")} - {"Service"}
    public = {kind for kind, name in found if name == NAME and kind in (*own, *EDGE_KINDS)}
    assert own == public
    assert len(own) >= (1 if case == "others" else 2)
    for kind in own - {"HTTPRoute"}:
        text = json.dumps(found[kind, NAME]["spec"])
        text = re.sub(rf'"{NAME}(?=["./])', f'"{NAME}-preview', text)
        twin = json.dumps(found[kind, f"{NAME}-preview"]["spec"])
        assert json.loads(text) == json.loads(twin)
    routes = [found["HTTPRoute", name]["spec"] for name in (NAME, f"{NAME}-preview")]
    assert [one["parentRefs"] for one in routes] == [routes[0]["parentRefs"]] * 2
    paths = [{match["path"]["value"] for rule in one["rules"] for match in rule["matches"]} for one in routes]
    assert paths[0] == paths[1]


@pytest.mark.grid
@pytest.mark.parametrize(
    "edge",
    [
        {"kind": "ingress", "implementation": "nginx"},
        {"gateway": {"listenerSet": True}},
    ],
)
def test_no_route_leads_to_the_newest_pods_where_none_could_tell_them_apart(edge: dict[str, Any]) -> None:
    found = objects(argo(), edge=edge, region={"kubernetesVersion": "1.35"})
    assert {kind for kind, name in found if name == f"{NAME}-preview"} == {"Service"}
    server = inspected(rehearse=False, server={"rollout": argo()}, edge=edge, region={"kubernetesVersion": "1.35"})
    assert release_data(server.first)["preview_header"] is None


@pytest.mark.grid
@pytest.mark.parametrize(
    ("kind", "edge"),
    [
        ("Ingress", {"kind": "ingress", "implementation": "nginx", "clusterIssuer": "letsencrypt"}),
        ("Ingress", {"kind": "ingress", "implementation": "traefik", "clientNamespace": "traefik"}),
        (
            "ListenerSet",
            {
                "implementation": "envoy-gateway",
                "gateway": {"listenerSet": True},
                "clientAddress": {"trustedHops": 1},
            },
        ),
        ("Route", {"kind": "route", "implementation": "openshift"}),
        ("HTTPRoute", {"implementation": "istio"}),
    ],
)
def test_the_newest_pods_have_a_host_of_their_own_behind_any_edge(kind: str, edge: dict[str, Any]) -> None:
    way = {"previewHost": "next.example.com"}
    found = objects(argo(**way), edge=edge, region={"kubernetesVersion": "1.35"})
    public, newest = json.dumps(found[kind, NAME]["spec"]), json.dumps(found[kind, f"{NAME}-preview"]["spec"])
    assert ("mcp.example.com" in public, "next.example.com" in public) == (True, False)
    assert ("mcp.example.com" in newest, "next.example.com" in newest) == (False, True)
    if kind != "ListenerSet":
        assert f"{NAME}-preview" in newest
    # A listener beside the Gateway is told whose address counts, each of the two by itself.
    told = [body["spec"]["targetRefs"][0]["name"] for (one, _), body in found.items() if one == "ClientTrafficPolicy"]
    assert sorted(told) == ([NAME, f"{NAME}-preview"] if kind == "ListenerSet" else [])
    env = {one["name"]: one for one in found[WORKLOAD]["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert "next.example.com" in env["MCP_ALLOWED_HOSTS"]["value"].split(",")
    server = inspected(rehearse=False, server={"rollout": argo(**way)}, edge=edge, region={"kubernetesVersion": "1.35"})
    assert release_data(server.first)["preview_host"] == "next.example.com"
    assert not [one for one in server.findings if "previewHost" in one.path]


def test_a_preview_host_that_nothing_serves_is_told_of() -> None:
    way = {"rollout": argo(previewHost="next.example.com")}
    own = {"gateway": {"className": "istio", "namespace": "edge"}, "implementation": "istio", "clusterIssuer": "le"}
    refused = inspected(rehearse=False, server=way, edge=own)
    assert [(one.code, one.path) for one in refused.findings if one.path.endswith("previewHost")] == [
        ("MCP360", f"{ARGO}.previewHost")
    ]
    same = {"rollout": argo(previewHost="mcp.example.com")}
    twice = inspected(rehearse=False, server=same)
    assert [(one.code, one.path) for one in twice.findings if one.path.endswith("previewHost")] == [
        ("MCP360", f"{ARGO}.previewHost")
    ]
    inside = inspected(rehearse=False, server=way, edge={"kind": "none", "clientNamespace": "agents", "host": None})
    assert [one.path for one in inside.findings if one.path.endswith("previewHost")] == [f"{ARGO}.previewHost"]


@pytest.mark.grid
def test_the_engine_leaves_what_the_controllers_write_and_waits_for_the_pods() -> None:
    run = record(lambda: program.run(), config=values(argo()))
    made = {(one.kind, one.physical_name): one for one in run.resources}
    assert made[SERVICE].options.ignore_changes == ("spec.selector",)
    assert made[PREVIEW].options.ignore_changes == ("spec.selector",)
    assert made[WORKLOAD].options.ignore_changes == ("spec.replicas",)
    assert made[WORKLOAD].inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Available"
    # Without its Services the controller takes no Rollout; without the Rollout an autoscaler has no target.
    needed = {urn.rpartition("::")[2] for urn in made[WORKLOAD].options.dependencies}
    assert {made[SERVICE].name, made[PREVIEW].name} <= needed
    plain = record(lambda: program.run(), config=values())
    services = [one for one in plain.resources if one.kind == "Service"]
    assert [one.options.ignore_changes for one in services] == [()]


@pytest.mark.grid
def test_who_switches_and_how_long_the_old_pods_run_on() -> None:
    # Propagation of Envoy Gateway 10 s, slowest call 60 s.
    assert strategy(objects(argo())) == {
        "activeService": NAME,
        "previewService": f"{NAME}-preview",
        "autoPromotionEnabled": False,
        "scaleDownDelaySeconds": 70,
        "scaleDownDelayRevisionLimit": 1,
    }
    assert strategy(objects(argo(), server={"maxToolSeconds": 300}))["scaleDownDelaySeconds"] == 310
    assert strategy(objects(argo(), server={"maxToolSeconds": 5}))["scaleDownDelaySeconds"] == 30
    assert strategy(objects(argo(scaleDownDelaySeconds=0)))["scaleDownDelaySeconds"] == 0
    gated = strategy(objects(argo(autoPromotion=True, analysisTemplates=["probe", "load"])))
    assert gated["autoPromotionEnabled"] is True
    assert gated["prePromotionAnalysis"] == {
        "templates": [{"templateName": "probe"}, {"templateName": "load"}],
        "args": [{"name": "preview-service", "value": f"{NAME}-preview"}],
    }


def test_both_revisions_are_counted_at_all_times() -> None:
    one, both = inspected(rehearse=False), inspected(rehearse=False, server={"rollout": argo()})
    pods = one.first.max_replicas
    # A whole revision beside another, and no surge: the old one drains where it was counted.
    assert int(both.plan.replicas.surge_pods.value) == 0
    assert both.shared.need_draining.pods == 2 * pods
    fixed = {"maxReplicas": 6, "minReplicas": 2}
    groups = {"database": {"host": "db.example.com", "maxConnections": 103, "poolSize": 5}, "scaling": fixed}
    assert "MCP401" not in [code for code, _ in told(rehearse=False, **groups)]
    twice = inspected(rehearse=False, server={"rollout": argo()}, **groups)
    (finding,) = [one for one in twice.findings if one.code == "MCP401"]
    assert "5 connections per pod × 6 pods × 2 colours = 60" in finding.problem


@pytest.mark.grid
def test_keda_and_the_monitoring_find_a_rollout() -> None:
    scaling = {"prometheusAddress": "http://prometheus.monitoring:9090", "follow": "in-flight"}
    found = objects(argo(), scaling=scaling)
    assert found["ScaledObject", NAME]["spec"]["scaleTargetRef"]["kind"] == "Rollout"
    server = inspected(rehearse=False, server={"rollout": argo()}).first
    from pulumi_kubernetes_mcp import wiring
    from pulumi_kubernetes_mcp.monitoring.args import watched

    expression = NO_PODS.expression(watched(wiring.monitoring_args(server, server.namespace), server.namespace))
    assert expression is not None
    assert 'kube_replicaset_status_ready_replicas{namespace="mcp-prod-us-east",replicaset=~"mcp-server-[a-z0-9]+"}' in (
        expression
    )
    assert "kube_deployment" not in expression


@pytest.mark.parametrize(
    ("rollout", "groups", "expected"),
    [
        (argo(), {}, []),
        (argo(autoPromotion=True, scaleDownDelaySeconds=600), {}, []),
        ({**argo(), "strategy": "BlueGreen"}, {}, [("MCP661", ARGO)]),
        ({**argo(), "strategy": "RollingUpdate"}, {}, [("MCP661", ARGO)]),
        ({**argo(), "strategy": "Recreate"}, {}, [("MCP130", "mcp:server.rollout.strategy"), ("MCP661", ARGO)]),
        ({**argo(), "blueGreen": {"greenImage": f"{IMAGE}1.3.0"}}, {}, [("MCP661", ARGO)]),
        ({**argo(), "maxSurge": "50%"}, {}, [("MCP661", ARGO)]),
        ({**argo(), "maxUnavailable": "1"}, {}, [("MCP661", ARGO)]),
        (
            argo(),
            {"server": {"volumes": [{"path": "/data", "claim": {"size": "1Gi", "perPod": True}}]}},
            [("MCP661", ARGO)],
        ),
        (
            argo(),
            {"server": {"volumes": [{"path": "/data", "claim": {"size": "1Gi"}}]}},
            [("MCP143", "mcp:server.volumes[0].claim")],
        ),
        (argo(), {"database": {"kind": "sqlite"}}, [("MCP402", "mcp:scaling.replicas")]),
        (
            argo(),
            {"edge": {"kind": "ingress", "implementation": "alb", "clientCidrs": ["10.0.0.0/16"]}},
            [("MCP662", ARGO)],
        ),
        (argo(), {"edge": {"kind": "ingress", "implementation": "nginx"}}, []),
        (argo(), {"scaling": {"minAvailable": 1}}, [("MCP663", "mcp:scaling.minAvailable")]),
        (argo(), {"scaling": {"colours": 2}}, [("MCP250", "mcp:scaling.colours")]),
        (
            argo(),
            {"server": {"eras": ["legacy-stateful"]}, "scaling": {"autoscaler": "none", "replicas": 2}},
            [("MCP657", ARGO)],
        ),
        ({}, {"scaling": {"minAvailable": 1}}, []),
    ],
)
def test_what_is_refused(
    rollout: dict[str, Any], groups: dict[str, dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    seen = ("MCP130", "MCP143", "MCP160", "MCP250", "MCP402", "MCP65", "MCP66")
    given = copy.deepcopy(groups)
    server = {**given.pop("server", {}), "rollout": rollout}
    found = told(rehearse=False, server=server, **given)
    assert sorted(one for one in found if one[0].startswith(seen)) == sorted(expected)


@pytest.mark.parametrize(
    ("kind", "patch", "expected"),
    [
        ("Pod", {"spec": {"dnsPolicy": "Never"}}, ["patch.spec.dnsPolicy"]),
        ("Pod", {"spec": {"dnsPolicy": "Default"}}, []),
        ("Pod", {"spec": {"hostPid": True}}, ["patch.spec.hostPid"]),
        ("Pod", {"spec": "x"}, ["patch.spec"]),
        ("Pod", {"spec": {"restartPolicy": "Never"}}, ["patch.spec.restartPolicy"]),
        ("Pod", {"spec": {"containers": [{"name": "proxy", "image": 1}]}}, ["patch.spec.containers[0].image"]),
        ("Rollout", {"spec": {"template": {"spec": {"dnsPolicy": "Never"}}}}, ["patch.spec.template.spec.dnsPolicy"]),
        (
            "Rollout",
            {"spec": {"template": {"spec": {"containers": ["server"]}}}},
            ["patch.spec.template.spec.containers[0]"],
        ),
        ("Rollout", {"spec": {"template": {"spec": "x"}}}, ["patch.spec.template.spec"]),
        ("Rollout", {"spec": {"template": ["x"]}}, ["patch.spec.template"]),
        ("Rollout", {"spec": "x"}, ["patch.spec"]),
        ("Rollout", {"spec": {"selector": "x"}}, ["patch.spec.selector"]),
        ("Rollout", {"spec": {"template": None}}, ["patch"]),
        ("Rollout", {"metadata": "x"}, ["patch.metadata"]),
        # The rest of it is Argo's.
        ("Rollout", {"spec": {"progressDeadlineAbort": True, "rollbackWindow": {"revisions": 3}}}, []),
        ("Deployment", {"spec": {"template": {"spec": "x"}}}, ["patch.spec.template.spec"]),
    ],
)
def test_a_patch_of_its_pods_is_held_against_those_of_a_deployment(
    kind: str, patch: dict[str, Any], expected: list[str]
) -> None:
    rollout = {} if kind == "Deployment" else argo()
    server = {"rollout": rollout, "patches": [{"kind": kind, "patch": patch}]}
    found = told(rehearse=False, server=server)
    assert [where for code, where in found if code == "MCP171"] == [f"mcp:server.patches[0].{one}" for one in expected]


def test_a_name_that_leaves_no_room_for_the_second_service() -> None:
    for name, expected in (("a" * 55, []), ("a" * 56, ["mcp:server.name"])):
        found = inspected(rehearse=False, server={"rollout": argo(), "name": name}).findings
        assert [one.path for one in found if one.code == "MCP108"] == expected
        assert "MCP108" not in [one[0] for one in told(rehearse=False, server={"name": name})]
    (finding,) = [one for one in found if one.code == "MCP108"]
    assert "is too long for a Rollout: the Service of its new pods has it with '-preview'." in finding.problem


def side(title: str, rollout: Mapping[str, Any] | None, *eras: str, stack: str | None = None) -> Side:
    region = plan_region(load(values(rollout, server={"eras": list(eras)}), where="here"), rehearse=False)
    file = None
    if stack is not None:
        Path(f"Pulumi.{stack}.yaml").write_text("config: {}")
        file = read_stack_file(Path(), file=Path(f"Pulumi.{stack}.yaml"))
    return Side(title=title, stack=file, region=region, objects={})


@pytest.mark.grid
def test_a_release_does_not_cross_an_era() -> None:
    old, new = side("main", argo(), "legacy-stateless"), side("here", argo(), "modern")
    found = changes(old, new)
    assert [(one.code, one.path) for one in found.new_findings if one.code == "MCP652"] == [
        ("MCP652", "mcp:server.eras")
    ]
    (finding,) = [one for one in found.new_findings if one.code == "MCP652"]
    assert "What main runs speaks legacy-stateless, and the host name serves modern." in finding.problem
    assert found.refused
    assert not changes(side("main", argo(), "modern"), new).refused
    # A rolling update has its own story: each pod is replaced, and both speak what they speak.
    assert not changes(side("main", None, "legacy-stateless"), side("here", None, "modern")).refused
    assert changes(side("main", None, "legacy-stateless"), new).refused


@pytest.mark.grid
def test_no_release_leads_from_one_stack_to_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Staging beside production is what a comparison of stacks is for; two revisions of one are a release."""
    monkeypatch.chdir(tmp_path)
    old = side("staging", argo(), "legacy-stateless", stack="staging")
    assert not changes(old, side("production", argo(), "modern", stack="production")).refused
    assert changes(old, side("here", argo(), "modern", stack="staging")).refused


def test_the_plan_says_who_promotes_and_what_a_release_takes() -> None:
    plain = release_data(inspected(rehearse=False, server={"rollout": argo()}).first)
    assert plain["strategy"] == "Argo Rollouts"
    texts = " ".join(plain["texts"])
    assert "somebody has promoted it: kubectl argo rollouts promote mcp-server -n mcp-prod-us-east" in texts
    assert "The old pods run on for 70 s after the switch" in texts
    assert "maxSurge" not in texts
    assert "Clients that send 'X-Mcp-Colour: preview' reach the newest pods through the edge" in texts
    assert (plain["preview_header"], plain["preview_value"]) == ("X-Mcp-Colour", "preview")
    ready = release_data(inspected(rehearse=False, server={"rollout": argo(autoPromotion=True)}).first)
    assert "without a look at them: there is no analysis" in " ".join(ready["texts"])
    gated = argo(autoPromotion=True, analysisTemplates=["probe"])
    seen = " ".join(release_data(inspected(rehearse=False, server={"rollout": gated}).first)["texts"])
    assert "once the analysis of probe has succeeded." in seen
