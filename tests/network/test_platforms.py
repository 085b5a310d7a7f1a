"""What the kind of cluster changes: resolvers, workload identity, pulling; and a namespace that belongs to others."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp import McpService
from pulumi_kubernetes_mcp.kubernetes.pod_security import breaches
from pulumi_kubernetes_mcp.namespace.component import McpNamespace
from pulumi_kubernetes_mcp.namespace.spec import allow_dns
from pulumi_kubernetes_mcp.offline.manifests import manifests
from pulumi_kubernetes_mcp.planned_stacks import PlannedStack
from pulumi_kubernetes_mcp.platforms import IDENTITIES, PLATFORMS, Resolver
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.rules.model import errors
from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.stack_agreement import agreement
from pulumi_kubernetes_mcp.testing import record

from .stacks import Values, found, objects, openings, planned, stack

GKE = {"iam.gke.io/gcp-service-account": "bq-reader@acme-prod.iam.gserviceaccount.com"}
AZURE = {"azure.workload.identity/client-id": "7d8cdf74-0000-0000-0000-000000000000"}
AWS = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/reader"}
OUTSIDE = [{"port": 443, "cidrs": ["0.0.0.0/0"]}]
GKE_ANNOTATION = "iam.gke.io/gcp-service-account"


def annotated(annotations: dict[str, str]) -> dict[str, Any]:
    return {"serviceAccountAnnotations": annotations, "egress": OUTSIDE}


def both(port: int) -> list[dict[str, Any]]:
    return [{"protocol": "UDP", "port": port}, {"protocol": "TCP", "port": port}]


def pods(namespace: str, **more: Any) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}, **more}


def block(cidr: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr}}


def test_every_entry_has_its_source() -> None:
    assert [name for name, one in PLATFORMS.items() if len(one.source) < 10] == []
    assert [name for name, one in IDENTITIES.items() if len(one.source) < 10] == []
    assert {name for one in PLATFORMS.values() for name in one.identities} == set(IDENTITIES)


LOADED = ("kind", "k3s")
"""Platforms whose nodes images are loaded into, which 'Always' would look for in a registry."""


@pytest.mark.grid
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("given", [None, "Never"])
def test_every_container_pulls_as_the_platform_needs_unless_it_is_said(platform: str, given: str | None) -> None:
    proxy = {"name": "proxy", "image": "registry.example/proxy:2.14.0"}
    server = {
        "sidecars": [{**proxy, "imagePullPolicy": "IfNotPresent"}],
        "initContainers": [{**proxy, "name": "migrate"}],
        **({} if given is None else {"imagePullPolicy": given}),
    }
    database = {"host": "db.example.com", "maxConnections": 400, "pooler": "pgbouncer"}
    made = objects(region={"platform": platform}, server=server, database=database, secrets={"source": "existing"})
    policies = {
        one["name"]: one["imagePullPolicy"]
        for (kind, _), body in made.items()
        if kind == "Deployment"
        for one in (
            *body["spec"]["template"]["spec"]["containers"],
            *body["spec"]["template"]["spec"]["initContainers"],
        )
    }
    usual = given or ("IfNotPresent" if platform in LOADED else "Always")
    assert policies == {
        "server": usual, "migrate": usual, "pgbouncer": usual, "user-list": usual, "proxy": "IfNotPresent",
    }  # fmt: skip


@pytest.mark.grid
@pytest.mark.parametrize(
    ("platform", "peers", "port"),
    [
        ("generic", [pods("kube-system"), block("169.254.20.10/32")], 53),
        ("gke", [pods("kube-system"), block("169.254.20.10/32"), block("169.254.169.254/32")], 53),
        ("gke-autopilot", [pods("kube-system"), block("169.254.20.10/32"), block("169.254.169.254/32")], 53),
        (
            "aks",
            [
                pods("kube-system"),
                block("169.254.20.10/32"),
                block("169.254.10.10/32"),
                block("169.254.10.11/32"),
            ],
            53,
        ),
        (
            "openshift",
            [
                pods(
                    "openshift-dns",
                    podSelector={"matchLabels": {"dns.operator.openshift.io/daemonset-dns": "default"}},
                )
            ],
            5353,
        ),
        ("kind", [pods("kube-system")], 53),
    ],
)
def test_the_resolvers_of_a_platform(platform: str, peers: list[Any], port: int) -> None:
    policy = objects(region={"platform": platform})[("NetworkPolicy", "allow-dns")]["spec"]
    assert policy["egress"] == [{"to": peers, "ports": both(port)}]
    assert policy["podSelector"] == {}


def test_resolvers_of_ones_own_replace_those_of_the_platform() -> None:
    given = [{"namespace": "dns", "podLabels": {"app": "unbound"}, "port": 5300}, {"cidrs": ["10.0.0.2/32"]}]
    policy = objects(region={"platform": "gke", "resolvers": given})[("NetworkPolicy", "allow-dns")]["spec"]
    assert policy["egress"] == [
        {"to": [pods("dns", podSelector={"matchLabels": {"app": "unbound"}})], "ports": both(5300)},
        {"to": [block("10.0.0.2/32")], "ports": both(53)},
    ]
    assert allow_dns([])["egress"] == [], "a rule without peers would open the port to everybody"
    assert Resolver().port == 53


@pytest.mark.grid
def test_case_identity_gke() -> None:
    """The opening comes with the annotation, on whatever platform the stack says it is for."""
    for region in ({}, {"platform": "gke"}, {"platform": "gke-autopilot"}):
        groups: Values = {"region": region, "server": {"serviceAccountAnnotations": GKE, "egress": OUTSIDE}}
        outgoing = openings("egress", **groups)
        assert ([block("169.254.169.254/32")], [{"protocol": "TCP", "port": 80}]) in outgoing
        node = [block("169.254.169.252/32"), block("169.254.169.254/32")]
        assert (node, [{"protocol": "TCP", "port": 988}]) in outgoing
        assert not [one for one in planned(**groups).findings if one.code in ("MCP152", "MCP153", "MCP154")]


@pytest.mark.grid
def test_case_identity_aks() -> None:
    """The label comes with the annotation."""
    made = objects(region={"platform": "aks"}, server={"serviceAccountAnnotations": AZURE, "egress": OUTSIDE})
    template = made[("Deployment", "orders")]["spec"]["template"]["metadata"]
    assert template["labels"]["azure.workload.identity/use"] == "true"
    assert "azure.workload.identity/use" not in made[("Deployment", "orders")]["spec"]["selector"]["matchLabels"]


@pytest.mark.grid
def test_an_identity_without_an_annotation_is_said() -> None:
    server = {"workloadIdentity": "eks-pod-identity"}
    agent = [block("169.254.170.23/32"), block("fd00:ec2::23/128")]
    assert openings("egress", server=server) == [(agent, [{"protocol": "TCP", "port": 80}])]
    assert openings("egress", server={"workloadIdentity": "none", "serviceAccountAnnotations": GKE}) == []


@pytest.mark.parametrize(
    ("code", "region", "server", "told"),
    [
        ("MCP153", {}, {"serviceAccountAnnotations": AWS}, True),
        ("MCP153", {}, {"serviceAccountAnnotations": AZURE, "egress": [{"port": 443, "namespace": "a"}]}, True),
        ("MCP153", {}, {"serviceAccountAnnotations": AWS, "egress": OUTSIDE}, False),
        ("MCP153", {}, {"serviceAccountAnnotations": AWS, "egress": [{"port": 443, "internet": True}]}, False),
        ("MCP153", {}, {"serviceAccountAnnotations": GKE}, False),
        ("MCP154", {"platform": "gke"}, {"serviceAccountAnnotations": AZURE, "egress": OUTSIDE}, True),
        ("MCP154", {"platform": "k3s"}, {"workloadIdentity": "eks-pod-identity"}, True),
        ("MCP154", {"platform": "eks"}, {"workloadIdentity": "eks-pod-identity"}, False),
        ("MCP162", {}, {"serviceAccountAnnotations": {**GKE, **AZURE}, "egress": OUTSIDE}, True),
        ("MCP162", {}, {"serviceAccountAnnotations": {**GKE, "team": "a"}}, False),
        ("MCP162", {}, {"serviceAccountAnnotations": {**GKE, **AZURE}, "workloadIdentity": "gke"}, False),
        ("MCP155", {}, {"workloadIdentity": "irsa", "egress": OUTSIDE}, True),
        ("MCP155", {}, annotated({"eks.amazonaws.com/role-arn": "arn:aws-cn:iam::111122223333:role/a/b"}), False),
        ("MCP155", {}, annotated({"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/reader"}), True),
        ("MCP155", {}, annotated({GKE_ANNOTATION: "1-compute@developer.gserviceaccount.com"}), False),
        ("MCP155", {}, annotated({GKE_ANNOTATION: "reader@acme.example.com"}), True),
        ("MCP155", {}, annotated({"azure.workload.identity/client-id": "reader"}), True),
        ("MCP155", {}, {"workloadIdentity": "azure", "egress": OUTSIDE}, True),
        ("MCP155", {}, {"workloadIdentity": "azure", "egress": OUTSIDE, "env": {"AZURE_CLIENT_ID": "1"}}, False),
    ],
)
def test_what_stands_between_a_pod_and_its_credentials(code: str, region: Values, server: Values, told: bool) -> None:
    assert bool(found(code, region=region, server=server)) is told


EXISTING = {"namespace": "team", "createNamespace": False}


@pytest.mark.grid
def test_nothing_is_put_into_a_namespace_of_others_unless_it_is_asked_for() -> None:
    kinds = {kind for kind, _ in objects(region=EXISTING)}
    assert not kinds & {"Namespace", "LimitRange", "ResourceQuota", "Role", "RoleBinding"}
    assert {name for kind, name in objects(region=EXISTING) if kind == "NetworkPolicy"}.isdisjoint(
        {"default-deny", "allow-dns"}
    )
    asked = {kind for kind, _ in objects(region={**EXISTING, "namespaceObjects": ["quota"], "operators": ["oncall"]})}
    assert {"ResourceQuota", "Role", "RoleBinding"} <= asked
    assert not asked & {"Namespace", "LimitRange"}
    assert "ResourceQuota" not in {kind for kind, _ in objects(region={"namespaceObjects": ["policies", "limits"]})}


@pytest.mark.grid
def test_servers_and_poolers_open_their_resolvers_where_the_namespace_does_not() -> None:
    """Their own policies close their pods, so no name would be found."""
    database = {"host": "db.example.com", "maxConnections": 420, "pooler": "pgbouncer"}
    made = objects(
        region={**EXISTING, "platform": "openshift"}, database=database, secrets={"source": "existing", "name": "db"}
    )
    open_to = {
        (labels["app.kubernetes.io/component"], port["port"], port["protocol"])
        for (kind, _), body in made.items()
        if kind == "NetworkPolicy"
        for labels in [body["spec"]["podSelector"]["matchLabels"]]
        for rule in body["spec"].get("egress", [])
        for port in rule["ports"]
    }
    resolvers = {(component, 5353, protocol) for component in ("server", "pooler") for protocol in ("UDP", "TCP")}
    assert resolvers <= open_to
    assert all(body["metadata"]["namespace"] == "team" for body in made.values())


@pytest.mark.grid
def test_a_namespace_that_exists_is_named_and_may_be_anybodys() -> None:
    (finding,) = found("MCP156", region={"createNamespace": False})
    assert finding.path == "mcp:region.createNamespace"
    assert found("MCP119", region={"namespace": "default"})
    assert not found("MCP119", region={"namespace": "default", "createNamespace": False})
    assert found("MCP119", region={"namespace": "kube-system", "createNamespace": False})


def test_the_component_leaves_a_namespace_of_others_alone() -> None:
    made = manifests(record(lambda: McpNamespace("team", {"create_namespace": False, "operators": ["oncall"]})))
    assert sorted(one.kind for one in made) == ["Role", "RoleBinding"]
    assert {one.body["metadata"]["namespace"] for one in made} == {"team"}


def together(*regions: Values, names: tuple[str, str] = ("orders", "orders"), context: str | None = "one") -> list[str]:
    stacks = []
    for place, region in enumerate(regions):
        host = f"{place}.example.com"
        plan = plan_region(
            load(stack(region=region, server={"name": names[place]}, edge={"host": host}), where="x"), rehearse=False
        )
        assert not errors(plan.findings)
        stacks.append(PlannedStack(name=f"stack-{place}", plan=plan, context=context))
    return sorted({one.finding.code for one in agreement(stacks)})


@pytest.mark.parametrize(
    ("first", "second", "names", "context", "codes"),
    [
        ({"namespace": "team"}, {"namespace": "team"}, ("a", "b"), "one", ["MCP813"]),
        (EXISTING, EXISTING, ("a", "b"), "one", []),
        (EXISTING, EXISTING, ("a", "a"), "one", ["MCP817"]),
        (EXISTING, EXISTING, ("a", "a"), None, ["MCP818"]),
        ({"namespace": "team"}, EXISTING, ("a", "b"), "one", ["MCP819"]),
        ({"namespace": "team", "namespaceObjects": ["policies"]}, EXISTING, ("a", "b"), "one", []),
        (
            {**EXISTING, "namespaceObjects": ["limits"]},
            {**EXISTING, "namespaceObjects": ["limits"]},
            ("a", "b"),
            "one",
            ["MCP817"],
        ),
    ],
)
def test_two_stacks_in_one_namespace_are_refused_or_meant(
    first: Values, second: Values, names: tuple[str, str], context: str | None, codes: list[str]
) -> None:
    assert together(first, second, names=names, context=context) == codes


@pytest.mark.grid
def test_openshift_chooses_the_users_unless_the_stack_says_one() -> None:
    def context(**groups: Any) -> dict[str, Any]:
        spec = objects(**groups)[("Deployment", "orders")]["spec"]["template"]["spec"]
        return {**spec["containers"][0]["securityContext"], **spec["securityContext"]}

    chosen = context(region={"platform": "openshift"})
    assert not {"runAsUser", "runAsGroup", "fsGroup"} & set(chosen)
    assert chosen["runAsNonRoot"] is True
    assert context(region={"platform": "openshift"}, server={"userId": 1234})["runAsUser"] == 1234
    assert context(region={"platform": "gke"})["runAsUser"] == 10001


def machine_findings(**groups: Values) -> dict[str, str]:
    """Code of each finding about the machines to its path."""
    codes = ("MCP163", "MCP164", "MCP165")
    return {one.code: one.path for one in planned(**groups).findings if one.code in codes}


SMALL = {"requests": {"cpu": "400m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}}
CLASS = {"cloud.google.com/compute-class": "Scale-Out"}
SPOT = "kubernetes.azure.com/scalesetpriority"


@pytest.mark.parametrize(
    ("platform", "server", "told"),
    [
        ("gke-autopilot", {"resources": SMALL}, {"MCP163": "mcp:server.resources.requests"}),
        ("gke-autopilot", {"resources": {**SMALL, "requests": {"cpu": "400m", "memory": "410Mi"}}}, {}),
        ("gke-autopilot", {"resources": SMALL, "nodeSelector": CLASS}, {}),
        ("gke-autopilot", {}, {}),
        ("gke", {"resources": SMALL}, {}),
        ("gke", {"nodeSelector": {"cloud.google.com/gke-spot": "true"}},
         {"MCP164": 'mcp:server.nodeSelector["cloud.google.com/gke-spot"]'}),
        ("aks", {"tolerations": [{"key": SPOT, "value": "spot"}]}, {"MCP164": "mcp:server.tolerations"}),
        ("aks", {"tolerations": [{"key": SPOT, "operator": "Exists"}]}, {"MCP164": "mcp:server.tolerations"}),
        ("aks", {"tolerations": [{"key": SPOT, "value": "regular"}]}, {}),
        ("eks", {"nodeSelector": {"eks.amazonaws.com/capacityType": "SPOT"}}, {}),
        ("eks", {"nodeSelector": {"karpenter.sh/capacity-type": "spot"}, "maxToolSeconds": 120},
         {"MCP164": 'mcp:server.nodeSelector["karpenter.sh/capacity-type"]'}),
        ("kind", {"imagePullPolicy": "Always"}, {"MCP165": "mcp:server.imagePullPolicy"}),
        ("k3s", {"sidecars": [{"name": "a", "image": "x:1.0.0", "imagePullPolicy": "Always"}]},
         {"MCP165": "mcp:server.sidecars[0].imagePullPolicy"}),
        ("gke", {"imagePullPolicy": "Always"}, {}),
    ],
)  # fmt: skip
def test_what_the_machines_of_a_platform_make_of_the_pods(
    platform: str, server: dict[str, Any], told: dict[str, str]
) -> None:
    assert machine_findings(region={"platform": platform}, server=server) == told


@pytest.mark.parametrize(
    ("asked", "admitted"),
    [
        ((30, 64 * 2**20), (50, 64 * 2**20)),
        ((10, 10 * 2**20), (50, 52 * 2**20)),
        ((400, 192 * 2**20), (400, 429_496_730)),
        ((100, 2 * 2**30), (308, 2 * 2**30)),
        ((500, 2 * 2**30), (500, 2 * 2**30)),
    ],
)
def test_autopilot_raises_what_is_too_little(asked: tuple[int, int], admitted: tuple[int, int]) -> None:
    """By hand: 1 GiB to a core is 429 496 729.6 bytes for 400m; 2 GiB at 6.5 to a core are 307.7m."""
    least = PLATFORMS["gke-autopilot"].least
    assert least is not None
    assert least.raised(asked) == admitted
    assert least.raised(admitted) == admitted


def test_autopilot_has_nothing_left_to_raise_of_a_planned_pod() -> None:
    """And the quota holds what it is admitted with: a smaller one would refuse the last pods of the maximum."""
    made = objects(region={"platform": "gke-autopilot"})
    (spec,) = (body["spec"]["template"]["spec"] for (kind, _), body in made.items() if kind == "Deployment")
    sides = spec["containers"][0]["resources"]
    cpu, memory = int(sides["requests"]["cpu"].removesuffix("m")), int(sides["requests"]["memory"].removesuffix("Mi"))
    assert cpu * 1.024 <= memory <= cpu * 1.024 + 1
    assert int(sides["limits"]["memory"].removesuffix("Mi")) >= memory
    hard = made["ResourceQuota", "capacity"]["spec"]["hard"]
    assert hard["requests.memory"] == f"{int(hard['pods']) * memory}Mi"


def test_the_proxies_that_a_platform_brings_along_need_no_namespace() -> None:
    edge = {"kind": "ingress", "implementation": "traefik"}
    (policy,) = (
        body["spec"]
        for (kind, name), body in objects(region={"platform": "k3s"}, edge=edge).items()
        if kind == "NetworkPolicy" and name.endswith("from-kube-system")
    )
    assert policy["ingress"][0]["from"] == [pods("kube-system")]
    for others in ({"platform": "kind"}, {"platform": "k3s"}):
        own = {} if others["platform"] == "kind" else {"ingressClass": "traefik-internal"}
        assert "MCP315" in {one.code for one in planned(region=others, edge={**edge, **own}).findings}


OF_A_TEAM = {"createNamespace": False, "namespace": "team-a"}
ALL = {
    "database": {"host": "34.1.2.3", "maxConnections": 400, "pooler": "pgbouncer"},
    "secrets": {"source": "existing", "name": "team"},
    "probe": {"image": "registry.example.com/team/probe:1.0.0"},
    "edge": {"implementation": "cilium"},
}


@pytest.mark.parametrize("policies", [True, False])
def test_a_platform_with_policies_of_its_own_gets_none_of_ours(policies: bool) -> None:
    region = {**OF_A_TEAM, **({} if policies else {"podPolicies": False})}
    kinds = {kind for kind, _ in objects(region=region, **ALL)}
    assert {"NetworkPolicy", "CiliumNetworkPolicy"} & kinds == (
        {"NetworkPolicy", "CiliumNetworkPolicy"} if policies else set()
    )
    told = planned(region={**region, "nodeCidrs": ["10.0.0.0/24"]}, server={"egress": OUTSIDE}, **ALL).findings
    assert ("MCP418" in {one.code for one in told}) is policies
    unread = {one.path for one in told if one.code == "MCP160"}
    assert unread == (set() if policies else {"mcp:region.nodeCidrs", "mcp:server.egress"})


def test_a_namespace_is_not_closed_where_nothing_opens_the_pods() -> None:
    """And a component alone makes none either."""
    with pytest.raises(SettingsError, match="so that nobody could connect"):
        planned(region={"podPolicies": False})
    assert planned(region={"podPolicies": False, "namespaceObjects": ["limits", "quota"]}).first
    service = {"image": "registry.example.com/team/server:1.0.0", "namespace": "team-a", "pod_policies": False}
    made = record(lambda: McpService("web", service)).manifests()
    assert "NetworkPolicy" not in {one["kind"] for one in made}


@pytest.mark.parametrize(
    ("region", "server", "told"),
    [
        ({}, {"podAnnotations": {"linkerd.io/inject": "enabled"}}, 'podAnnotations["linkerd.io/inject"]'),
        ({}, {"podAnnotations": {"linkerd.io/inject": "disabled"}}, None),
        (
            {},
            {
                "podAnnotations": {"linkerd.io/inject": "enabled"},
                "egress": [{"port": 8086, "namespace": "linkerd"}],
            },
            None,
        ),
        ({}, {"podLabels": {"sidecar.istio.io/inject": "true"}}, 'podLabels["sidecar.istio.io/inject"]'),
        ({}, {"podLabels": {"istio.io/dataplane-mode": "ambient"}}, 'podLabels["istio.io/dataplane-mode"]'),
        ({"mesh": "istio-ambient"}, {}, None),
    ],
)
def test_a_mesh_that_is_asked_for_by_a_label_is_told(
    region: dict[str, Any], server: dict[str, Any], told: str | None
) -> None:
    found = [one.path for one in planned(region=region, server=server).findings if one.code == "MCP166"]
    assert found == ([] if told is None else [f"mcp:server.{told}"])


@pytest.mark.parametrize(
    ("server", "least"),
    [
        ({"port": 80}, "80"),
        ({"sidecars": [{"name": "a", "image": "x:1.0.0", "port": 443}]}, "443"),
        ({"port": 1024}, None),
    ],
)
def test_a_port_below_1024_needs_no_root(server: dict[str, Any], least: str | None) -> None:
    (pod,) = (
        body["spec"]["template"]["spec"] for (kind, _), body in objects(server=server).items() if kind == "Deployment"
    )
    given = [] if least is None else [{"name": "net.ipv4.ip_unprivileged_port_start", "value": least}]
    assert pod["securityContext"].get("sysctls", []) == given
    assert list(breaches(pod)) == []
