"""A release through two colours, from the first key to the next release: what each step changes, and what none may."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_kubernetes_mcp import program, wiring
from pulumi_kubernetes_mcp.autoscaling.spec.queries import pods_of
from pulumi_kubernetes_mcp.colours import colours_of
from pulumi_kubernetes_mcp.edge.checks import ingress_findings
from pulumi_kubernetes_mcp.offline.diff import object_changes
from pulumi_kubernetes_mcp.offline.manifests import identity
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.stack_changes import Side, changes, rendered_findings
from pulumi_kubernetes_mcp.testing import record
from tests.rules.test_checks import BASE, inspected, told

IMAGE = "registry.example.com/mcp:"
FIRST, NEXT = f"{IMAGE}1.2.3", f"{IMAGE}1.3.0"
Objects = dict[tuple[str, str], dict[str, Any]]
WORKLOAD = (
    "Deployment",
    "Service",
    "ServiceAccount",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "NetworkPolicy",
)


def values(rollout: Mapping[str, Any] | None = None, **groups: Mapping[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(BASE)
    found["database"] = {"host": "db.example.com", "maxConnections": 420}
    for group, keys in groups.items():
        found[group] = {**found.get(group, {}), **keys}
    if rollout is not None:
        found["server"]["rollout"] = rollout
    return {f"mcp:{group}": keys for group, keys in found.items()}


def objects(rollout: Mapping[str, Any] | None = None, **groups: Mapping[str, Any]) -> Objects:
    run = record(lambda: program.run(), config=values(rollout, **groups))
    return {(one["kind"], one["metadata"]["name"]): one for one in run.manifests()}


def colours(**keys: Any) -> dict[str, Any]:
    return {"strategy": "BlueGreen", "blueGreen": keys}


def changed(old: Objects, new: Objects) -> set[tuple[str, str]]:
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


def of_workload(found: Objects, name: str) -> Objects:
    """The objects of one colour: those of its name, and its openings."""
    return {
        key: one for key, one in found.items() if key[0] in WORKLOAD and re.fullmatch(f"{name}(-(from|to)-.*)?", key[1])
    }


def image(found: Objects, name: str) -> str:
    spec = found["Deployment", name]["spec"]["template"]["spec"]
    return str(spec["containers"][0]["image"]).removeprefix(IMAGE)


def reached(found: Objects, path: str = "/mcp", headers: Mapping[str, str] | None = None) -> dict[str, int]:
    """The Services that a request at the public host may meet, with their weights, by the precedence of the Gateway
    API: an exact path before a prefix, the longer prefix, then more headers before fewer."""
    best: tuple[tuple[int, int, int], list[dict[str, Any]]] | None = None
    for (kind, _), route in found.items():
        if kind != "HTTPRoute" or "mcp.example.com" not in route["spec"]["hostnames"]:
            continue
        for rule in route["spec"]["rules"]:
            for match in rule["matches"]:
                wanted = {one["name"].lower(): one["value"] for one in match.get("headers", [])}
                given = {name.lower(): value for name, value in (headers or {}).items()}
                exact = match["path"]["type"] == "Exact" and match["path"]["value"] == path
                prefix = match["path"]["type"] == "PathPrefix" and path.startswith(match["path"]["value"])
                if not (exact or prefix) or wanted.items() - given.items():
                    continue
                rank = (1 if exact else 0, len(match["path"]["value"]), len(wanted))
                assert best is None or best[0] != rank, "two rules of one rank: the older route would win"
                if best is None or rank > best[0]:
                    best = (rank, rule["backendRefs"])
    assert best is not None
    return {one["name"]: one["weight"] for one in best[1]}


def test_a_whole_release() -> None:
    first = objects(colours())
    begun = objects(colours(greenImage=f"{IMAGE}1.3.0"))
    # One key: green appears beside blue, of which nothing changes, and no client meets it.
    assert {key for key in changed(first, begun) if key in first} == set()
    assert set(of_workload(begun, "mcp-server-green")) == {
        (kind, name.replace("mcp-server", "mcp-server-green")) for kind, name in of_workload(first, "mcp-server")
    }
    assert (image(begun, "mcp-server"), image(begun, "mcp-server-green")) == ("1.2.3", "1.3.0")
    assert reached(begun) == {"mcp-server": 1}
    assert reached(begun, headers={"x-mcp-colour": "green"}) == {"mcp-server-green": 1}
    # Another attempt at green changes its Deployment alone.
    mended = objects(colours(greenImage=f"{IMAGE}1.3.1"))
    assert changed(begun, mended) == {("Deployment", "mcp-server-green")}
    # The switch changes routes and what stands beside them.
    switched = objects(colours(greenImage=f"{IMAGE}1.3.1", active="green"))
    assert {kind for kind, _ in changed(mended, switched)} == {"HTTPRoute"}
    assert reached(switched) == {"mcp-server-green": 1}
    assert reached(switched, headers={"X-Mcp-Colour": "blue"}) == {"mcp-server": 1}
    # The way back is the state before.
    assert changed(mended, objects(colours(greenImage=f"{IMAGE}1.3.1", active="blue"))) == set()
    # Retired: blue goes with its route, and nothing of green moves.
    retired = objects(colours(greenImage=f"{IMAGE}1.3.1", active="green", retired=f"{IMAGE}1.2.3"))
    gone = changed(switched, retired)
    assert gone == {*of_workload(switched, "mcp-server"), *(key for key in switched if key[1] == "mcp-server-preview")}
    assert not gone & set(retired)
    # The next release sets one key, and blue is back with it.
    following = objects(
        colours(greenImage=f"{IMAGE}1.3.1", active="green", retired=f"{IMAGE}1.2.3"), server={"image": f"{IMAGE}1.4.0"}
    )
    assert not changed(retired, following) & set(retired)
    assert image(following, "mcp-server") == "1.4.0"
    assert reached(following) == {"mcp-server-green": 1}
    assert reached(following, headers={"x-mcp-colour": "blue"}) == {"mcp-server": 1}


def test_what_runs_already_is_blue() -> None:
    rolled, adopted = objects(), objects(colours())
    # Nothing is replaced and no pod restarts: only the room for a second colour grows.
    assert changed(rolled, adopted) == {("ResourceQuota", "capacity")}
    urns = [
        {one.urn for one in record(lambda: program.run(), config=values(rollout)).resources}
        for rollout in (None, colours())
    ]
    assert urns[0] == urns[1]


@pytest.mark.grid
@pytest.mark.parametrize("active", ["blue", "green"])
def test_a_request_meets_one_colour_whatever_it_carries(active: str) -> None:
    found = objects(colours(greenImage=f"{IMAGE}1.3.0", active=active), server={"authorization": True})
    paths = {
        match["path"]["value"]
        for (kind, _), route in found.items()
        if kind == "HTTPRoute"
        for match in route["spec"]["rules"][0]["matches"]
    }
    assert len(paths) >= 3
    name = {"blue": "mcp-server", "green": "mcp-server-green"}
    for path in paths:
        assert reached(found, path) == {name[active]: 1}
        for colour in name:
            assert reached(found, path, {"X-Mcp-Colour": colour}) == {name[colour]: 1}


@pytest.mark.grid
def test_a_share_is_a_weight() -> None:
    found = objects(colours(greenImage=f"{IMAGE}1.3.0", canaryPercent=10, sameTools=True))
    assert reached(found) == {"mcp-server": 90, "mcp-server-green": 10}
    assert reached(found, headers={"x-mcp-colour": "green"}) == {"mcp-server-green": 1}
    back = objects(colours(greenImage=f"{IMAGE}1.3.0", active="green", canaryPercent=30, sameTools=True))
    assert reached(back) == {"mcp-server-green": 70, "mcp-server": 30}
    # Without an idle colour there is nobody to share with.
    assert reached(objects(colours(canaryPercent=10, sameTools=True))) == {"mcp-server": 1}


@pytest.mark.grid
def test_an_ingress_is_switched_by_the_service_that_it_names() -> None:
    edge = {"kind": "ingress", "implementation": "nginx", "clusterIssuer": "letsencrypt"}

    def ways(**keys: Any) -> dict[str, tuple[str, str, str]]:
        found = objects(colours(greenImage=f"{IMAGE}1.3.0", previewHost="next.example.com", **keys), edge=edge)
        hosts = found["Deployment", "mcp-server"]["spec"]["template"]["spec"]["containers"][0]["env"]
        assert {"name": "MCP_ALLOWED_HOSTS", "value": "mcp.example.com,next.example.com"} in hosts
        return {
            name: (
                one["spec"]["rules"][0]["host"],
                one["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"],
                one["spec"]["tls"][0]["secretName"],
            )
            for (kind, name), one in found.items()
            if kind == "Ingress"
        }

    assert ways() == {
        "mcp-server": ("mcp.example.com", "mcp-server", "mcp-server-tls"),
        "mcp-server-preview": ("next.example.com", "mcp-server-green", "mcp-server-preview-tls"),
    }
    assert ways(active="green") == {
        "mcp-server": ("mcp.example.com", "mcp-server-green", "mcp-server-tls"),
        "mcp-server-preview": ("next.example.com", "mcp-server", "mcp-server-preview-tls"),
    }


@pytest.mark.grid
@pytest.mark.parametrize("rules", ["prometheus-rule", "config-map"])
def test_a_colour_that_nothing_watches_has_no_empty_rules_and_dashboards(rules: str) -> None:
    def watching(**keys: Any) -> set[tuple[str, str]]:
        given = {"rules": rules, "dashboards": True, "exporters": ["probe"], "monitor": "none", **keys}
        made = objects(colours(greenImage=f"{IMAGE}1.3.0"), monitoring=given, probe={"image": f"{IMAGE}1.0.0"})
        return {
            key
            for key, one in made.items()
            if one["metadata"].get("labels", {}).get("app.kubernetes.io/component") == "monitoring"
        }

    kind, ending = ("PrometheusRule", "") if rules == "prometheus-rule" else ("ConfigMap", "-rules")
    active = {(kind, f"mcp-server{ending}"), ("ConfigMap", "mcp-server-dashboards")}
    idle = {(kind, f"mcp-server-green{ending}"), ("ConfigMap", "mcp-server-green-dashboards")}
    assert watching() == active
    assert watching(exporters=["probe", "kube-state-metrics"]) == active | idle
    # What is changed of the one colour's objects is no fault of the other, which has none.
    assert watching(patches=[{"kind": kind, "patch": {"metadata": {"labels": {"team": "orders"}}}}]) == active


def test_both_colours_are_counted_at_all_times() -> None:
    one, both = inspected(rehearse=False), inspected(rehearse=False, server={"rollout": colours()})
    pods = one.first.max_replicas
    surge = int(one.plan.replicas.surge_pods.value)
    # A rollout of one colour while the other serves, and old pods that still end.
    assert one.shared.need_draining.pods == 2 * pods + surge
    assert both.shared.need_draining.pods == 3 * pods + surge
    database = {"host": "db.example.com", "maxConnections": 103}
    fixed = {"maxReplicas": 6, "minReplicas": 2}
    # 6 pods of 5 connections: 30 of half of 100; both colours 60.
    alone = told(rehearse=False, database={**database, "poolSize": 5}, scaling=fixed)
    assert "MCP401" not in [code for code, _ in alone]
    twice = inspected(
        rehearse=False, database={**database, "poolSize": 5}, scaling=fixed, server={"rollout": colours()}
    )
    (finding,) = [one for one in twice.findings if one.code == "MCP401"]
    assert "5 connections per pod × 6 pods × 2 colours = 60" in finding.problem
    prices = {"corePerHour": 0.03, "gibPerHour": 0.004}
    cost = inspected(rehearse=False, prices=prices, server={"rollout": colours()}).plan.cost
    assert cost is not None
    assert cost.second_colour is not None
    assert float(cost.second_colour.value) == pytest.approx(both.first.replicas * float(cost.pod.value), abs=0.02)
    without = inspected(rehearse=False, prices=prices).plan.cost
    assert without is not None
    assert without.second_colour is None


@pytest.mark.grid
def test_a_pooler_is_open_to_both_before_green_starts() -> None:
    groups = {"database": {"pooler": "pgbouncer"}, "secrets": {"source": "existing"}}
    found = objects(colours(), **groups)
    policy = found["NetworkPolicy", "mcp-server-pooler"]
    peers = [
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in policy["spec"]["ingress"]
        for peer in rule["from"]
    ]
    assert {"mcp-server", "mcp-server-green"} <= set(peers)
    assert not any(
        key[1] == "mcp-server-pooler" for key in changed(found, objects(colours(greenImage=f"{IMAGE}1.3.0"), **groups))
    )


@pytest.mark.grid
def test_each_colour_scales_by_its_own_pods() -> None:
    blue, green = (re.compile(pods_of(name, "Deployment")) for name in ("mcp-server", "mcp-server-green"))
    assert blue.fullmatch("mcp-server-7d9f8b6c5-x2x4z")
    assert green.fullmatch("mcp-server-green-7d9f8b6c5-x2x4z")
    assert not blue.fullmatch("mcp-server-green-7d9f8b6c5-x2x4z")
    assert not green.fullmatch("mcp-server-7d9f8b6c5-x2x4z")
    found = objects(colours(greenImage=f"{IMAGE}1.3.0"))
    for name in ("mcp-server", "mcp-server-green"):
        assert found["HorizontalPodAutoscaler", name]["spec"]["scaleTargetRef"]["name"] == name
        selector = found["PodDisruptionBudget", name]["spec"]["selector"]["matchLabels"]
        labels = found["Deployment", name]["spec"]["template"]["metadata"]["labels"]
        other = {"mcp-server": "mcp-server-green", "mcp-server-green": "mcp-server"}[name]
        others = found["Deployment", other]["spec"]["template"]["metadata"]["labels"]
        assert selector.items() <= labels.items()
        assert not selector.items() <= others.items()


def codes(rollout: Mapping[str, Any], **groups: Mapping[str, Any]) -> list[tuple[str, str]]:
    server = {**groups.pop("server", {}), "rollout": rollout}
    found = told(rehearse=False, server=server, **groups)
    return [one for one in found if one[0].startswith(("MCP65", "MCP16", "MCP2"))]


NEXT = f"{IMAGE}1.3.0"
GROUP = "mcp:server.rollout.blueGreen"
STRATEGY = "mcp:server.rollout.strategy"
STATEFUL = {"server": {"eras": ["legacy-stateful"]}, "scaling": {"autoscaler": "none", "replicas": 2}}
INGRESS = {"edge": {"kind": "ingress", "implementation": "nginx"}}


@pytest.mark.parametrize(
    ("rollout", "groups", "expected"),
    [
        (colours(greenImage=NEXT), {}, []),
        (colours(active="green"), {}, [("MCP650", f"{GROUP}.active")]),
        (colours(retired=f"{IMAGE}1.2.3"), {}, [("MCP650", f"{GROUP}.retired")]),
        (colours(retired=f"{IMAGE}1.2.2"), {}, []),
        (colours(greenImage=NEXT, greenEras=["legacy-stateless"]), {}, [("MCP652", f"{GROUP}.greenEras")]),
        (colours(greenImage=NEXT, greenEras=["modern"]), {}, []),
        (colours(greenImage=NEXT, canaryPercent=5), {}, [("MCP654", f"{GROUP}.canaryPercent")]),
        (colours(greenImage=NEXT, canaryPercent=5, sameTools=True), {}, []),
        (
            colours(greenImage=NEXT, canaryPercent=5, sameTools=True),
            STATEFUL,
            [("MCP654", f"{GROUP}.canaryPercent"), ("MCP657", STRATEGY)],
        ),
        (
            colours(greenImage=NEXT, canaryPercent=5, sameTools=True, previewHost="next.example.com"),
            INGRESS,
            [("MCP655", f"{GROUP}.canaryPercent")],
        ),
        (colours(), INGRESS, [("MCP656", STRATEGY)]),
        (colours(sameTools=True), {}, [("MCP160", f"{GROUP}.sameTools")]),
        (colours(), {"scaling": {"colours": 2}}, [("MCP250", "mcp:scaling.colours")]),
        ({"blueGreen": {"greenImage": NEXT}}, {}, [("MCP160", f"{GROUP}.greenImage")]),
        (colours(), {"server": {"workloadIdentity": "none"}}, []),
        (
            colours(),
            {"server": {"serviceAccountAnnotations": {"example.com/role": "a"}}},
            [("MCP658", "mcp:server.serviceAccountAnnotations")],
        ),
        (
            colours(),
            {"scaling": {"prometheusAddress": "http://p:9090", "follow": "in-flight", "dialect": "envoy"}},
            [("MCP659", "mcp:scaling.follow")],
        ),
        (colours(), {"scaling": {"prometheusAddress": "http://p:9090", "follow": "in-flight"}}, []),
    ],
)
def test_what_is_refused(
    rollout: dict[str, Any], groups: dict[str, dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    found = [
        one
        for one in codes(rollout, **copy.deepcopy(groups))
        if not (one[0].startswith("MCP2") and one not in expected)
    ]
    assert found == expected


@pytest.mark.parametrize("host", [{}, {"previewHost": "next.example.com"}], ids=["header", "host"])
@pytest.mark.parametrize(
    "rollout",
    [lambda **keys: colours(greenImage=NEXT, **keys), lambda **keys: {"argoRollouts": keys}],
    ids=["own", "argo"],
)
def test_whether_a_certificate_is_read_is_a_matter_of_the_route_that_has_the_listener(
    rollout: Any, host: dict[str, str]
) -> None:
    def unread(**edge: Any) -> list[str]:
        given = {"implementation": "istio", "tlsSecret": "orders", **edge}
        plan = inspected(rehearse=False, server={"rollout": rollout(**host)}, edge=given)
        # The component of the second route says nothing else than the plan.
        second = ingress_findings(wiring.preview_args(plan.first, "shop", "next"))
        assert {one.code for one in second} <= {one.code for one in plan.findings}
        return [one.path for one in plan.findings if one.code == "MCP320"]

    assert unread(gateway={"className": "istio"}) == []
    assert unread() == ["mcp:edge.tlsSecret"]


def test_a_server_called_like_a_colour_of_another_is_refused() -> None:
    from pulumi_kubernetes_mcp.region_plan import load, plan_region

    given = values(colours())
    server = {"image": f"{IMAGE}1.0.0"}
    given["mcp:servers"] = {
        "mcp-server": {"edge": {"host": "a.example.com"}},
        "mcp-server-green": {
            "server": {**server, "rollout": {"strategy": "RollingUpdate"}},
            "edge": {"host": "b.example.com"},
        },
    }
    found = plan_region(load(given, where="here"), rehearse=False).findings
    assert [one.path for one in found if one.code == "MCP807"] == ["mcp:servers.mcp-server-green"]


def test_a_rolled_server_is_one_colour_of_its_own_name() -> None:
    (only,) = colours_of(inspected(rehearse=False).settings)
    assert (only.server_name, only.active) == ("mcp-server", True)


@pytest.mark.parametrize("active", ["blue", "green"])
def test_sessions_go_on_in_the_colour_that_was_left(active: str) -> None:
    keys: dict[str, dict[str, Any]] = {
        "server": {"eras": ["legacy-stateful"]},
        "edge": {"implementation": "envoy-gateway", "affinity": "envelope"},
        "scaling": {"prometheusAddress": "http://p:9090"},
    }
    kept = colours(greenImage=NEXT, active=active, keepSessions=True)
    found = objects(kept, **keys)
    names = ["mcp-server", "mcp-server-green"]
    first, left = names if active == "blue" else names[::-1]
    (rule,) = found["HTTPRoute", "mcp-server"]["spec"]["rules"]
    assert [(one["name"], one["weight"]) for one in rule["backendRefs"]] == [(first, 1_000_000), (left, 1)]
    (patch,) = found["EnvoyPatchPolicy", "mcp-prod-us-east-mcp-server-leaving"]["spec"]["jsonPatches"]
    assert patch["name"] == "httproute/mcp-prod-us-east/mcp-server/rule/0"
    assert patch["operation"]["jsonPath"] == "$.endpoints[1].lb_endpoints[*]"
    assert patch["operation"]["value"] == "DRAINING"
    gone = objects(
        colours(greenImage=NEXT, active=active, keepSessions=True, retired={"blue": NEXT}.get(active, FIRST)), **keys
    )
    assert [one["name"] for one in gone["HTTPRoute", "mcp-server"]["spec"]["rules"][0]["backendRefs"]] == [first]
    assert not [key for key in gone if key[1].endswith("-leaving")]
    place = "mcp:server.rollout.blueGreen.keepSessions"

    def of(eras: list[str], affinity: str) -> set[tuple[str, str]]:
        edge = {"implementation": "envoy-gateway", "affinity": affinity}
        given = values(kept, **{**keys, "server": {"eras": eras}, "edge": edge})
        found = plan_region(load(given, where="here"), rehearse=False).findings
        return {(one.code, one.path) for one in found if one.path == place or one.code in ("MCP375", "MCP657")}

    assert of(["legacy-stateful"], "envelope") == set()
    assert of(["legacy-stateful"], "source-ip") == {("MCP375", place)}
    assert of(["modern"], "none") == {("MCP160", place)}


def way(title: str, rollout: Mapping[str, Any] | None) -> Side:
    region = plan_region(load(values(rollout), where="here"), rehearse=False)
    return Side(title=title, region=region, findings=tuple(region.findings), objects={})


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"greenImage": NEXT}, {"greenImage": NEXT, "active": "green"}, ""),
        ({"greenImage": NEXT}, {"greenImage": NEXT, "active": "green", "retired": FIRST}, "blueGreen.active"),
        ({"greenImage": NEXT, "active": "green"}, {"greenImage": NEXT}, ""),
        ({"greenImage": NEXT, "active": "green"}, {}, "blueGreen.active"),
        (
            {"greenImage": NEXT, "active": "green"},
            {"greenImage": NEXT, "active": "green", "retired": FIRST},
            "",
        ),
        ({"greenImage": NEXT, "active": "green"}, None, "strategy"),
        ({"greenImage": NEXT}, None, ""),
        (None, {"greenImage": NEXT, "active": "green", "retired": FIRST}, ""),
    ],
    ids=["switched", "and retired", "back", "and left out", "retired", "left", "left from blue", "taken up"],
)
def test_a_colour_that_goes_in_the_update_that_leads_its_clients_elsewhere(
    before: dict[str, Any] | None, now: dict[str, Any] | None, told: str
) -> None:
    old, new = (way(title, one if one is None else colours(**one)) for title, one in (("main", before), ("here", now)))
    found = [one for one in changes(old, new).new_findings if one.code == "MCP664"]
    assert [one.path for one in found] == ([f"mcp:server.rollout.{told}"] if told else [])


@pytest.mark.grid
@pytest.mark.parametrize(
    "edge",
    [
        {"implementation": "envoy-gateway"},
        {"implementation": "envoy-gateway", "affinity": "envelope"},
        {"kind": "ingress", "implementation": "nginx"},
        {"kind": "ingress", "implementation": "haproxy", "affinity": "cookie"},
        {"implementation": "traefik", "affinity": "cookie"},
        {"kind": "route", "implementation": "openshift"},
    ],
    ids=lambda edge: "-".join(edge.values()),
)
def test_the_same_by_what_was_rendered_last(edge: dict[str, Any]) -> None:
    """Behind a route, an Ingress, a Service of the Ingress' own, an object of Traefik's, and a Route."""
    keys = {
        "server": {"eras": ["legacy-stateful"]},
        "edge": {"clientNamespace": "proxies", **edge},
        "scaling": {"prometheusAddress": "http://p:9090"},
    }
    kept = {"keepSessions": True} if edge.get("affinity") == "envelope" else {}
    told = []
    for said in (
        {"active": "green"},  # the switch
        {"active": "green", "retired": FIRST},  # and retired in the same update
        {"retired": NEXT},  # no switch: the idle colour goes
    ):
        rollouts = [colours(greenImage=NEXT, previewHost="next.example.com", **kept, **one) for one in ({}, said)]
        was, now = ({identity(one): one for one in objects(rollout, **keys).values()} for rollout in rollouts)
        region = plan_region(load(values(rollouts[1], **keys), where="here"), rehearse=False)
        told.append([one.code for one in rendered_findings(region, object_changes(was, now))])
    assert told == [[], ["MCP664"], []]
