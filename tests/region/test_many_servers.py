"""A region of many servers: what each has of its own, what they share, and what a change of one touches."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp.evaluate import inspect_stack
from pulumi_kubernetes_mcp.offline.diff import compare, resources
from pulumi_kubernetes_mcp.offline.manifests import manifests, write_manifests
from pulumi_kubernetes_mcp.offline.model import Deployment
from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import RegionPlan, load, plan_region
from pulumi_kubernetes_mcp.rules.model import errors
from pulumi_kubernetes_mcp.settings import read_stack_file
from pulumi_kubernetes_mcp.settings.layers import Layer, merge
from pulumi_kubernetes_mcp.settings.problems import SettingsError
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record

Values = dict[str, Any]

SHARED: Values = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {
        "name": "orders",
        "image": "registry.example.com/acme/orders:1.4.2",
        "runtime": "node",
        "healthPath": "/healthz",
        "livenessPath": "/livez",
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "mcp:scaling": {"maxReplicas": 10},
    "mcp:database": {"host": "db.example.com", "maxConnections": 420, "pooler": "pgbouncer"},
    "mcp:secrets": {
        "source": "external",
        "store": {"name": "platform"},
        "remote": {"username": {"key": "orders"}, "password": {"key": "orders"}},
    },
}


def several(**servers: Any) -> Values:
    """A stack with these servers over the shared groups."""
    return {**copy.deepcopy(SHARED), "mcp:servers": servers}


def own(path: str, **groups: Any) -> Values:
    """A server with a path of its own."""
    return {**groups, "server": {"path": path, **groups.get("server", {})}}


def plan(values: Values) -> RegionPlan:
    """The plan without the rehearsal."""
    return plan_region(load(values, where="here"), rehearse=False)


def run(values: Values) -> Deployment:
    """What the program registers."""
    planned = plan(values)
    assert not errors(planned.findings), planned.findings
    return record(lambda: McpRegion.planned("mcp", planned), project="mcp", stack="many")


def names(deployment: Deployment, kind: str) -> set[str]:
    """Names of the objects of a kind."""
    return {str(one.body["metadata"]["name"]) for one in manifests(deployment) if one.kind == kind}


TWO = several(orders=own("/orders/mcp"), billing=own("/billing/mcp", scaling={"maxReplicas": 4}))


def test_each_server_has_its_own_groups_over_the_stacks() -> None:
    stack = load_stack(TWO, where="here")
    assert list(stack.servers) == ["billing", "orders"]
    billing, orders = stack.servers["billing"], stack.servers["orders"]
    assert (billing.server.name, billing.server.path, billing.scaling.max_replicas) == ("billing", "/billing/mcp", 4)
    assert (orders.server.name, orders.server.path, orders.scaling.max_replicas) == ("orders", "/orders/mcp", 10)
    assert billing.server.image == orders.server.image == SHARED["mcp:server"]["image"]


def test_a_merge_goes_key_by_key_takes_lists_whole_and_removes_by_null() -> None:
    under = {"a": {"x": 1, "y": [1, 2]}, "b": 2}
    over = {"a": {"y": [3]}, "b": None}
    assert merge([Layer(name="stack", values=under), Layer(name="server", values=over)]).values == {
        "a": {"x": 1, "y": [3]}
    }
    assert under == {"a": {"x": 1, "y": [1, 2]}, "b": 2}


@pytest.mark.grid
def test_namespace_secret_and_pooler_are_shared_the_rest_is_each_ones_own() -> None:
    deployment = run(TWO)
    assert names(deployment, "Namespace") == {"mcp-prod-us-east"}
    assert names(deployment, "ExternalSecret") == {"orders-secrets"}
    assert names(deployment, "Deployment") == {"orders", "billing", "orders-pooler"}
    assert names(deployment, "HTTPRoute") == names(deployment, "HorizontalPodAutoscaler") == {"orders", "billing"}
    pooler = next(one for one in manifests(deployment) if one.kind == "NetworkPolicy" and one.name == "orders-pooler")
    allowed = [
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in pooler.body["spec"]["ingress"]
        for peer in rule["from"]
    ]
    assert allowed == ["billing", "orders"]


def test_the_quota_is_the_sum_and_the_pooler_takes_the_clients_of_all() -> None:
    both, one = plan(TWO), plan(several(orders=own("/orders/mcp")))
    billing = plan(several(billing=own("/billing/mcp", scaling={"maxReplicas": 4})))
    pooler_pods = 2 * 2
    assert both.shared.need.pods == one.shared.need.pods + billing.shared.need.pods - pooler_pods
    assert both.max_replicas == 14
    clients = [int(each.shared.poolers[0].figures.client_connections.value) for each in (both, one, billing)]
    # 5 connections per pod; 10 and 4 pods, with a surge of a quarter: 5 × (10 + 3) and 5 × (4 + 1).
    assert clients == [65 + 25, 65, 25]
    # The database has one budget however many servers connect: half of 420.
    assert {int(each.shared.databases[0].budget) for each in (both, one, billing)} == {210}


def budget(connections: int, **more: Any) -> list[str]:
    values = several(a=own("/a"), b=own("/b"))
    values["mcp:database"] = {"host": "db.example.com", "maxConnections": connections, **more}
    return [finding.code for finding in plan(values).findings if finding.code.startswith(("MCP4", "MCP8"))]


def test_the_budget_of_a_database_counts_all_its_servers() -> None:
    # 5 × 10 of each are 100 together.
    assert budget(200) == []
    assert budget(199) == ["MCP801"]
    assert budget(198, sharePercent=60) == []
    # 5 × (10 + 3) of each are 130 while both are rolled out; 3 are reserved.
    assert budget(133, sharePercent=100) == []
    assert budget(132, sharePercent=100) == ["MCP802"]


def test_two_databases_have_a_budget_each() -> None:
    values = several(a=own("/a"), b=own("/b", database={"host": "other.example.com"}))
    values["mcp:database"] = {"host": "db.example.com", "maxConnections": 110}
    planned = plan(values)
    assert [one.at_maximum for one in planned.shared.databases] == [50, 50]
    assert not [finding for finding in planned.findings if finding.code == "MCP801"]


def test_the_message_names_each_server_and_every_remedy_closes_the_budget() -> None:
    values = several(a=own("/a"), b=own("/b", scaling={"maxReplicas": 20}))
    values["mcp:database"] = {"host": "db.example.com", "maxConnections": 200}
    (finding,) = [one for one in plan(values).findings if one.code == "MCP801"]
    assert finding.path == "mcp:database.maxConnections"
    assert finding.problem == (
        "b 100, a 50: together 150 connections, above the budget of 100 (50 % of max_connections 200)."
    )
    for change in ({"pooler": "pgbouncer"}, {"maxConnections": 300}):
        values["mcp:database"] = {"host": "db.example.com", "maxConnections": 200, **change}
        assert not [one for one in plan(values).findings if one.code == "MCP801"], change
    assert "max_connections of at least 300" in finding.remedy
    assert "66 % of what they are" in finding.remedy


def test_a_finding_of_one_server_is_where_that_server_is_changed() -> None:
    values = several(orders=own("/orders/mcp"), billing=own("/billing/mcp", scaling={"maxReplicas": 1}))
    found = {(finding.code, finding.path) for finding in plan(values).findings}
    assert ("MCP201", "mcp:servers.billing.scaling.minReplicas") in found or (
        "MCP210",
        "mcp:servers.billing.scaling.maxReplicas",
    ) in found


def test_what_all_servers_have_alike_is_said_once_at_the_stacks_own_key() -> None:
    values = several(orders=own("/orders/mcp"), billing=own("/billing/mcp"))
    values["mcp:server"] = {key: value for key, value in SHARED["mcp:server"].items() if not key.endswith("Path")}
    assert [finding.path for finding in plan(values).findings if finding.code == "MCP105"] == ["mcp:server.healthPath"]


def test_an_acceptance_of_the_stack_is_used_if_one_server_needs_it() -> None:
    values = several(orders=own("/orders/mcp"), billing=own("/billing/mcp", server={"path": "/b", "healthPath": None}))
    values["mcp:accept"] = [{"code": "MCP105", "reason": "billing has no route of its own"}]
    assert [finding.code for finding in plan(values).findings] == []
    del values["mcp:servers"]["billing"]
    assert [finding.code for finding in plan(values).findings] == ["MCP901"]


@pytest.mark.parametrize(
    ("servers", "path", "words"),
    [
        ({}, "mcp:servers", "names no server"),
        ([], "mcp:servers", "not a map"),
        ({"Orders": {}}, "mcp:servers.Orders", "not a DNS label"),
        ({"a": []}, "mcp:servers.a", "not a map"),
        ({"a": {"region": {}}}, "mcp:servers.a.region", "about the whole region"),
        ({"a": {"scalling": {}}}, "mcp:servers.a.scalling", "no such group"),
        ({"a": {"server": {"name": "b"}}}, "mcp:servers.a.server.name", "'b'"),
        ({"a": {"server": {"prot": 1}}}, "mcp:servers.a.server.prot", "no such key"),
        ({"a": {"scaling": {"maxReplicas": -1}}}, "mcp:servers.a.scaling.maxReplicas", "-1"),
    ],
    ids=str,
)
def test_a_wrong_map_is_refused_at_its_place(servers: Any, path: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_stack({**SHARED, "mcp:servers": servers}, where="here")
    assert [(problem.path, words in problem.problem) for problem in refused.value.problems] == [(path, True)]


def test_a_mistake_in_a_shared_group_is_said_once_where_it_stands() -> None:
    values = several(a=own("/a"), b=own("/b"))
    values["mcp:workload"] = {"dailyUsers": -1}
    with pytest.raises(SettingsError) as refused:
        load_stack(values, where="here")
    assert [problem.path for problem in refused.value.problems] == ["mcp:workload.dailyUsers"]


def difference(before: Values, after: Values, tmp_path: Any) -> set[tuple[str, str, str]]:
    """Kind of change, kind and name of each object that differs."""
    write_manifests(manifests(run(before)), tmp_path)
    found = compare(manifests(run(after)), tmp_path)
    return {(str(one.action), one.kind, one.name) for one in found.objects}


COUNTED = {("changed", "ResourceQuota", "capacity"), ("changed", "NetworkPolicy", "orders-pooler")}
"""What counts all servers, and who may come to the pooler."""


def test_adding_renaming_and_removing_a_server_touches_its_own_objects_and_what_counts_all(tmp_path: Any) -> None:
    alone, renamed = several(orders=own("/orders/mcp")), copy.deepcopy(TWO)
    renamed["mcp:servers"]["invoices"] = renamed["mcp:servers"].pop("billing")
    found = {}
    for name, before, after in (("add", alone, TWO), ("remove", TWO, alone), ("rename", TWO, renamed)):
        folder = tmp_path / name
        folder.mkdir()
        found[name] = difference(before, after, folder)

    def others(name: str) -> set[tuple[str, str, str]]:
        return {one for one in found[name] if not one[2].startswith(("billing", "invoices"))}

    assert others("add") == others("remove") == COUNTED
    assert others("rename") == {("changed", "NetworkPolicy", "orders-pooler")}
    own_kinds = {kind for change, kind, _ in found["add"] if change == "added"}
    assert own_kinds >= {"Deployment", "Service", "HTTPRoute", "HorizontalPodAutoscaler", "PodDisruptionBudget"}


def test_going_from_one_to_many_replaces_nothing(tmp_path: Any) -> None:
    one = copy.deepcopy(SHARED)
    one["mcp:server"]["path"] = "/orders/mcp"
    alone, several_ = run(one), run(several(orders=own("/orders/mcp")))
    assert {resource.urn for resource in alone.resources} == {resource.urn for resource in several_.resources}
    assert difference(one, several(orders=own("/orders/mcp")), tmp_path) == set()
    # With a second server every resource of the first is still there under its name.
    assert {resource.urn for resource in alone.resources} <= {resource.urn for resource in run(TWO).resources}


WATCHED: Values = {
    "mcp:monitoring": {"monitor": "pod-monitor", "rules": "prometheus-rule"},
    "mcp:database": {**SHARED["mcp:database"], "poolerExporter": True},
}


NEXT = "registry.example.com/acme/orders:1.5.0"


def rolled(**blue_green: Any) -> Values:
    """One server, alone or in two colours."""
    found = copy.deepcopy(SHARED)
    if blue_green:
        found["mcp:server"]["rollout"] = {"strategy": "BlueGreen", "blueGreen": blue_green}
    return found


HANDED: dict[str, tuple[Values, Values]] = {
    "a server that comes before": (several(orders=own("/orders/mcp")), TWO),
    "a colour is switched": (rolled(active="blue", greenImage=NEXT), rolled(active="green", greenImage=NEXT)),
    "the first colours": (rolled(), rolled(active="blue", greenImage=NEXT)),
}


@pytest.mark.grid
@pytest.mark.parametrize("case", HANDED)
@pytest.mark.parametrize("monitor", ["pod-monitor", "service-monitor"])
def test_no_object_is_handed_from_one_resource_to_another(case: str, monitor: str) -> None:
    """The engine makes the new before the old goes: of one name, the second cannot be made, or goes with the first."""
    shared = {**WATCHED, "mcp:monitoring": {**WATCHED["mcp:monitoring"], "monitor": monitor}}
    old, new = (run({**values, **copy.deepcopy(shared)}) for values in HANDED[case])
    watching = [names(made, "PodMonitor") | names(made, "ServiceMonitor") for made in (old, new)]
    assert all(any(name.endswith("-pooler") for name in one) for one in watching)
    assert resources(old, new).taken_over == frozenset()
    assert resources(new, old).taken_over == frozenset()


@pytest.mark.grid
def test_what_the_first_release_called_after_the_region_alone_keeps_its_state() -> None:
    for values in (SHARED, TWO):
        deployment = run(copy.deepcopy(values))
        service = next(one for one in deployment.resources if one.name == "mcp-orders-service")
        assert "mcp-service" in str(service.options.aliases)
        others = [one for one in deployment.resources if one.name == "mcp-billing-service"]
        assert all("mcp-service" not in str(one.options.aliases) for one in others)


@pytest.mark.grid
def test_the_example_of_the_page_is_what_the_page_says() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "many-servers.md").read_text(encoding="utf-8")
    example = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0])["config"]
    planned = plan(example)
    assert planned.findings == ()
    assert [secret.servers for secret in planned.shared.secrets] == [("billing", "orders")]
    assert [pooler.name for pooler in planned.shared.poolers] == ["orders-pooler"]
    without = {key: value for key, value in example.items() if key != "mcp:servers"}
    without["mcp:server"] = {**example["mcp:server"], **example["mcp:servers"]["orders"]["server"]}
    alone = {resource.urn for resource in run(without).resources}
    assert alone <= {resource.urn for resource in run(example).resources}


# Certificates

INGRESS: Values = {"host": "mcp.example.com", "kind": "ingress", "implementation": "nginx", "clusterIssuer": "le"}


OWN_GATEWAY: Values = {"kind": "gateway", "implementation": "envoy-gateway", "gateway": {"className": "envoy"}}
LISTENERS: Values = {"kind": "gateway", "implementation": "envoy-gateway", "gateway": {"listenerSet": True}}


@pytest.mark.parametrize(
    ("shared", "first", "second", "expected"),
    [
        ({}, {}, {}, [("mcp:servers.b.edge.clusterIssuer", "'a', 'b' each ask for a certificate of mcp.example.com.")]),
        ({"clusterIssuer": None, "tlsSecret": "t"}, {"clusterIssuer": "le"}, {}, []),
        ({}, {}, {"host": "b.example.com"}, []),
        ({"tlsSecret": "t"}, {}, {"host": "b.example.com"}, [
            ("mcp:servers.b.edge.tlsSecret", "'a', 'b' each ask for a certificate in the Secret t."),
        ]),
        ({"tlsSecret": "t"}, {}, {}, [
            ("mcp:servers.b.edge.clusterIssuer", "'a', 'b' each ask for a certificate of mcp.example.com."),
        ]),
        ({"kind": "gateway", "implementation": "envoy-gateway"}, {}, {}, []),
        (LISTENERS | {"tlsSecret": "t"}, {}, {"host": "b.example.com"}, [
            ("mcp:servers.b.edge.tlsSecret", "'a', 'b' each ask for a certificate in the Secret t."),
        ]),
        (LISTENERS, {}, {"host": "b.example.com"}, []),
        # The Secret of a Gateway stands beside it, and that of an Ingress beside the server.
        ({"tlsSecret": "t"}, {}, {"host": "b.example.com", **OWN_GATEWAY}, []),
    ],
)  # fmt: skip
def test_several_that_ask_for_one_certificate(
    shared: Values, first: Values, second: Values, expected: list[tuple[str, str]]
) -> None:
    edge = {key: value for key, value in {**INGRESS, **shared}.items() if value is not None}
    values = several(a=own("/a/mcp", edge=first), b=own("/b/mcp", edge=second)) | {"mcp:edge": edge}
    found = [(one.path, one.problem) for one in plan(values).findings if one.code == "MCP313"]
    assert found == expected


def test_a_listener_of_one_host_is_made_by_one_server() -> None:
    values = several(a=own("/a/mcp"), b=own("/b/mcp")) | {"mcp:edge": {"host": "mcp.example.com", **LISTENERS}}
    (refused,) = [one for one in plan(values).findings if one.code == "MCP360"]
    # No key attaches a route to what another server adds.
    assert refused.remedy == "Give each a host of its own, or let all of them attach to a listener of the Gateway."
    values = several(a=own("/a/mcp"), b=own("/b/mcp")) | {"mcp:edge": {"host": "mcp.example.com", **OWN_GATEWAY}}
    (refused,) = [one for one in plan(values).findings if one.code == "MCP360"]
    assert refused.remedy.endswith("the others name the Gateway that it makes.")


@pytest.mark.parametrize(
    ("maker", "guest", "expected"),
    [
        ({"clusterIssuer": "le"}, {}, []),
        # A listener without a host takes what its certificate fits.
        ({"tlsSecret": "t"}, {"host": "b.example.com"}, []),
        ({"clusterIssuer": "le"}, {"host": "b.example.com"}, ["mcp:servers.b.edge.host"]),
        ({"clusterIssuer": "le"}, {"hosts": ["b.example.com"]}, ["mcp:servers.b.edge.hosts[0]"]),
        ({"clusterIssuer": "le"}, {"host": "b.example.com", "gateway": {"name": "public"}}, []),
        ({}, {"gateway": {"name": "own", "section": "tls"}}, ["mcp:servers.b.edge.gateway.section"]),
        ({}, {"gateway": {"name": "own", "section": None}}, []),
    ],
)
def test_a_server_at_the_gateway_of_another_one_meets_its_listener(
    maker: Values, guest: Values, expected: list[str]
) -> None:
    first = own("/a/mcp", edge={"gateway": {"name": "own", "className": "envoy"}, **maker})
    second = own("/b/mcp", edge={"gateway": {"name": "own"}, **guest})
    edge = {"host": "mcp.example.com", "implementation": "envoy-gateway"}
    found = plan(several(a=first, b=second) | {"mcp:edge": edge}).findings
    assert [one.path for one in found if one.code == "MCP360"] == expected


# Where a value was given


def test_a_finding_of_a_server_names_the_line_of_the_value_that_it_is_about(tmp_path: Path) -> None:
    """Which may be one that all servers have, and not the nearest key of the server itself."""
    text = """\
config:
  mcp:region: {name: us-east}
  mcp:server: {image: "registry.example.com/acme/orders:1.4.2", healthPath: /healthz}
  mcp:workload: {dailyUsers: 500}
  mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}
  mcp:scaling:
    minReplicas: 5
    maxReplicas: 4
  mcp:servers:
    a:
      server: {path: /a/mcp}
      scaling:
        maxReplicas: 40
    b:
      server: {path: /b/mcp}
      scaling: {fallbackFailures: 3}
"""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(text)
    stack = read_stack_file(tmp_path, file=path)
    (found,) = errors(inspect_stack(stack).findings)
    assert (found.code, found.path, found.line) == ("MCP201", "mcp:servers.b.scaling.maxReplicas", 8)
