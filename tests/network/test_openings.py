"""What the pods are opened to, and where to: by pods, by addresses, and what is refused of it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.inputs.checked import ArgumentsError
from pulumi_kubernetes_mcp.inputs.outputs import FindingsError
from pulumi_kubernetes_mcp.kubernetes import mesh
from pulumi_kubernetes_mcp.kubernetes.keys import Egress
from pulumi_kubernetes_mcp.rules.network import host_findings, metadata_findings
from pulumi_kubernetes_mcp.rules.openings import outward_findings
from pulumi_kubernetes_mcp.server.component import McpService
from pulumi_kubernetes_mcp.settings.problems import SettingsError
from pulumi_kubernetes_mcp.testing import record

from .stacks import found, objects, openings, planned


def tcp(port: Any) -> dict[str, Any]:
    return {"protocol": "TCP", "port": port}


def pods(namespace: str, **labels: str) -> dict[str, Any]:
    peer: dict[str, Any] = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return {**peer, "podSelector": {"matchLabels": labels}} if labels else peer


def test_destinations_are_pods_addresses_or_the_internet() -> None:
    egress = [
        {"port": 6333, "namespace": "ai", "podLabels": {"app": "qdrant"}},
        {"port": 4318, "namespace": "telemetry"},
        {"port": 9000, "podLabels": {"app": "cache"}},
        {"port": 443, "protocol": "UDP", "cidrs": ["10.0.0.0/8", "0.0.0.0/0"], "exceptCidrs": ["10.9.0.0/16"]},
        {"port": 443, "internet": True},
    ]
    found = openings("egress", server={"image": "example.com/a/b:1", "egress": egress})
    public = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
    assert len(found) == len(egress)
    assert ([pods("ai", app="qdrant")], [tcp(6333)]) in found
    assert ([pods("telemetry")], [tcp(4318)]) in found
    assert ([{"podSelector": {"matchLabels": {"app": "cache"}}}], [tcp(9000)]) in found
    parts = [
        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}},
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.9.0.0/16"]}},
    ]
    assert (parts, [{"protocol": "UDP", "port": 443}]) in found
    internet = [
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": public}},
        {"ipBlock": {"cidr": "::/0", "except": ["fc00::/7", "fe80::/10"]}},
    ]
    assert (internet, [tcp(443)]) in found


@pytest.mark.grid
def test_an_exception_stays_with_the_range_that_it_is_a_part_of() -> None:
    """The API server refuses one that lies in no range, or is all of it."""
    egress = [{"port": 1, "cidrs": ["10.0.0.0/8", "fd00::/8"], "exceptCidrs": ["10.1.0.0/16", "fd00:ec2::/32"]}]
    ((peers, _),) = openings("egress", server={"image": "example.com/a/b:1", "egress": egress})
    assert peers == [
        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
        {"ipBlock": {"cidr": "fd00::/8", "except": ["fd00:ec2::/32"]}},
    ]
    for part in ("11.0.0.0/8", "10.0.0.0/8"):
        with pytest.raises(SettingsError, match=r"egress\[0\]: '1[01].0.0.0/8' is no part of cidrs"):
            planned(server={"egress": [{"port": 1, "cidrs": ["10.0.0.0/8"], "exceptCidrs": [part]}]})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"port": 1}, "It has none of cidrs, namespace, podLabels, internet."),
        ({"port": 1, "cidrs": ["10.0.0.0/8"], "namespace": "a"}, "It has cidrs and namespace."),
        ({"port": 1, "internet": True, "podLabels": {"a": "b"}}, "It has podLabels and internet."),
        ({"port": 1, "podLabels": {"a/b/c": "b"}}, "It is 'a/b/c', which is not the key of"),
        ({"port": 1, "podLabels": {"a": "-"}}, "It is '-', which is not the value of a label."),
    ],
)
def test_a_destination_has_one_other_side(given: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        planned(server={"egress": [given]})
    assert words in str(refused.value)


def test_origins_besides_the_edge_and_the_monitoring() -> None:
    ingress = [{"namespace": "agents", "podLabels": {"app": "planner"}}, {"port": 9090, "cidrs": ["10.7.0.0/16"]}]
    found = openings("ingress", server={"image": "example.com/a/b:1", "ingress": ingress})
    assert ([pods("agents", app="planner")], [tcp("http")]) in found
    assert ([{"ipBlock": {"cidr": "10.7.0.0/16"}}], [tcp(9090)]) in found


def test_a_database_and_a_store_in_the_cluster_are_opened_by_their_pods() -> None:
    database = {"host": "crm-rw.databases.svc", "namespace": "databases", "podLabels": {"cnpg.io/cluster": "crm"}}
    store = {"namespace": "valkey", "port": 6380}
    direct = openings("egress", database=database, stateStore=store, secrets={"source": "existing"})
    labelled = {**pods("databases"), "podSelector": {"matchLabels": {"cnpg.io/cluster": "crm"}}}
    assert sorted(direct, key=str) == sorted([([labelled], [tcp(5432)]), ([pods("valkey")], [tcp(6380)])], key=str)
    pooled = openings(
        "egress", database={**database, "maxConnections": 420, "pooler": "pgbouncer"}, secrets={"source": "existing"}
    )
    assert ([labelled], [tcp(5432)]) in pooled
    assert not [peer for peers, _ in pooled for peer in peers if "ipBlock" in peer]


def test_addresses_that_are_given_besides_the_pods_are_opened_too() -> None:
    database = {"host": "db.example.com", "namespace": "databases", "cidrs": ["10.20.0.0/16"]}
    found = openings("egress", database=database, secrets={"source": "existing"})
    assert [peers for peers, _ in found] == [[pods("databases")], [{"ipBlock": {"cidr": "10.20.0.0/16"}}]]


def test_case_egress_in_cluster() -> None:
    """A Service of the cluster that only address blocks are opened to is told, pooled or not."""
    for pooler in ("none", "pgbouncer"):
        database = {"host": "crm-rw.databases.svc", "maxConnections": 400, "pooler": pooler}
        (finding,) = found("MCP151", database=database, secrets={"source": "existing"})
        assert finding.path == "mcp:database.host"
        assert finding.remedy == "Name its pods: namespace 'databases', and podLabels where it can be."
        assert not found("MCP151", database={**database, "namespace": "databases"}, secrets={"source": "existing"})


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("db.ns.svc", True),
        ("db.ns.svc.cluster.local", True),
        ("DB.NS.SVC.", True),
        ("db.svc.example.com", False),
        ("db.example.com", False),
        ("10.0.0.7", False),
        ("fd00::1", False),
        ("db", True),
        ("db.databases", True),
        ("orders-rw.team-data", True),
        ("orders.mcp", True),
        ("redis-0.redis-headless", True),
        ("redis-0.redis-headless.cache", True),
        ("mongo-0.mongo.team-data", True),
        ("orders-0.orders.mcp", True),
        ("pod.orders-rw.databases", True),
        ("redis-0.redis.cache.svc.cluster.local", True),
        ("redis-0.redis.cache.svc", True),
        ("redis-0.redis.cache.svc.acme.lan", True),
        ("api.eu.prod.svc.example.com", False),
        ("web-0.web.dev", False),
        ("b-1.orders.team-data", False),
        ("mongo-0.mongo.my-corp", False),
        ("redis-0.redis-headless.cache.", False),
        ("b-1.team-data", False),
        ("login.my-corp", False),
        ("db.internal", False),
        ("example.dev", False),
        ("db.databases.", False),
        ("localhost", False),
    ],
)
def test_which_hosts_are_services_of_the_cluster(host: str, told: bool) -> None:
    args = {"namespace_key": "namespace", "labels_key": "podLabels", "path": "x", "home": "mcp"}
    assert bool(host_findings(host, by_pods=False, **args)) is told  # type: ignore[arg-type]
    assert not host_findings(host, by_pods=True, **args)  # type: ignore[arg-type]
    elsewhere = host_findings(host, by_pods=True, opened="elsewhere", **args)  # type: ignore[arg-type]
    assert [one.code for one in elsewhere] == ["MCP159"] * told


QDRANT = "http://qdrant.vector.svc.cluster.local:6333"


@pytest.mark.parametrize(
    ("server", "codes"),
    [
        ({"env": {"QDRANT_URL": QDRANT}}, ["MCP159"]),
        ({"args": ["--qdrant", QDRANT]}, ["MCP159"]),
        ({"env": {"QDRANT_URL": QDRANT}, "egress": [{"port": 6333, "cidrs": ["10.0.0.0/8"]}]}, ["MCP151"]),
        ({"env": {"QDRANT_URL": QDRANT}, "egress": [{"port": 443, "internet": True}]}, ["MCP159"]),
        ({"env": {"QDRANT_URL": QDRANT}, "egress": [{"port": 6333, "namespace": "vector"}]}, []),
        ({"env": {"A": "http://b.mcp-prod-us-east.svc"}, "egress": [{"port": 80, "podLabels": {"app": "b"}}]}, []),
        ({"env": {"A": "http://b.mcp-prod-us-east.svc"}}, ["MCP159"]),
        ({"env": {"SERVER_ALLOWED_HOSTS": "a.b.svc"}}, []),
        ({"env": {"SELF": "http://orders.mcp-prod-us-east.svc", "NO_PROXY": "a.b.svc,.svc"}}, []),
        ({"env": {"CACHE": "redis://:pw@cache:6379/0,redis://b.cache-ns:1"}}, ["MCP159", "MCP159"]),
        ({"env": {"CACHE": "redis://cache:6379"}, "egress": [{"port": 6379, "podLabels": {"app": "cache"}}]}, []),
        ({"env": {"A": "http://legacy:80"}, "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["legacy"]}]}, []),
        ({"env": {"A": "http://localhost:80 https://jira.example.com https://10.0.0.1/x {a}://b"}}, []),
        ({"env": {"A": "s3://acme-data/x gs://bucket/x api://orders-mcp op://vault/item chrome-extension://abc"}}, []),
        ({"env": {"CORS_ORIGINS": "http://intranet", "OAUTH_AUDIENCE": "https://orders-api"}}, []),
        ({"args": ["--x", "--cors-origins", "http://intranet", "--allowed-hosts=http://a"]}, []),
        ({"env": {"CORS_PROXY_URL": "http://cors-proxy:8080"}}, ["MCP159"]),
        ({"env": {"A": "http://metadata/computeMetadata/v1 https://login.my-corp/x mongodb+srv://shard.my-data"}}, []),
        ({"env": {"DB": "jdbc:postgresql://orders-db/x", "E": "postgresql+asyncpg://orders-db"}}, ["MCP159"] * 2),
        ({"env": {"A": "redis://redis-0.redis-headless:6379", "B": "kafka://b-1.kafka-headless"}}, ["MCP159"] * 2),
        (
            {
                "env": {"A": "redis://redis-0.redis-headless:6379", "B": "kafka://b-1.kafka-headless"},
                "egress": [{"port": 6379, "podLabels": {"app": "redis"}}],
            },
            [],
        ),
        ({"args": ["--x", "redis-0.redis.cache.svc.cluster.local:6379,redis-1.redis.cache.svc:6379"]}, ["MCP159"]),
        (
            {
                "env": {"A": "mongodb://mongo-0.mongo-headless.data:27017,mongo-1.mongo-headless.data:27017/x"},
                "egress": [{"port": 27017, "namespace": "data"}],
            },
            [],
        ),
        ({"env": {"A": "redis://redis-0.redis-headless.cache:6379"}}, ["MCP159"]),
        ({"env": {"A": "https://api.eu.prod.svc.example.com"}}, []),
        ({"env": {"API": "https://kubernetes.default.svc", "X": "https://a.b.svcs/c.d.svc-x", "Y": "a.svc"}}, []),
    ],
)
def test_a_service_that_the_server_is_told_of_is_open_to_it(server: dict[str, Any], codes: list[str]) -> None:
    told = [finding for code in ("MCP151", "MCP159") for finding in found(code, server=server)]
    assert [finding.code for finding in told] == codes
    assert all(finding.path.startswith(("mcp:server.env.", "mcp:server.args[1]")) for finding in told)


@pytest.mark.grid
def test_resolvers_that_pods_are_told_to_ask_are_open_to_them() -> None:
    """Without an opening of their own nothing would answer; the pod itself needs none."""
    named = {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["10.99.0.10", "fd00::53", "127.0.0.1"]}}
    blocks = [{"ipBlock": {"cidr": "10.99.0.10/32"}}, {"ipBlock": {"cidr": "fd00::53/128"}}]
    made = [(sorted(peers, key=str), ports) for peers, ports in openings("egress", server=named)]
    assert made == [(blocks, [{"protocol": protocol, "port": 53}]) for protocol in ("UDP", "TCP")]
    assert [one.path for one in found("MCP149", server={"dnsPolicy": "Default"})] == ["mcp:server.dnsPolicy"]
    assert not found("MCP149", server=named)
    assert not found("MCP149", server={"dnsPolicy": "Default"}, region={"platform": "gke"})


def test_case_nodecidrs_world() -> None:
    """Each at its own key of the file, all at once."""
    world = ["0.0.0.0/0"]
    plan = planned(region={"nodeCidrs": world}, edge={"clientCidrs": world}, server={"ingress": [{"cidrs": world}]})
    told = [finding.path for finding in plan.findings if finding.code == "MCP413"]
    assert told == ["mcp:edge.clientCidrs", "mcp:region.nodeCidrs", "mcp:server.ingress[0].cidrs"]


WORLD = {"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}
OURS = {"app.kubernetes.io/name": "orders", "app.kubernetes.io/component": "server"}


@pytest.mark.parametrize(
    ("ingress", "says"),
    [
        ([WORLD], "0.0.0.0/0"),
        ([{"from": [{"ipBlock": {"cidr": "::/0", "except": ["fd00::/8"]}}]}], "::/0"),
        (
            [{"from": [{"ipBlock": {"cidr": "0.0.0.0/1"}}]}, {"from": [{"ipBlock": {"cidr": "128.0.0.0/1"}}]}],
            "0.0.0.0/0",
        ),
        ([{}], "everybody: a rule without 'from'"),
        ([{"from": [], "ports": [{"port": 8000}]}], "everybody"),
        ([{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}, {"from": [{"podSelector": {}}]}], None),
        ([], None),
    ],
)
def test_policies_of_patches_and_further_objects_leave_somebody_out(ingress: list[Any], says: str | None) -> None:
    """Each at its own place: the server's policy, one of the namespace, and one beside them."""
    patch = {"kind": "NetworkPolicy", "patch": {"spec": {"ingress": ingress}}}
    beside = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "beside"},
        "spec": {"podSelector": {}, "ingress": ingress},
    }
    plan = planned(
        region={"patches": [{**patch, "name": "default-deny"}]},
        server={"patches": [{**patch, "name": "orders"}]},
        extraObjects=[beside],
    )
    told = {finding.path: finding for finding in plan.findings if finding.code == "MCP413"}
    places = ("mcp:region.patches[0].patch", "mcp:server.patches[0].patch", "mcp:extraObjects[0]")
    assert sorted(told) == ([] if says is None else sorted(f"{place}.spec.ingress" for place in places))
    assert all(says in finding.problem for finding in told.values() if says is not None)


@pytest.mark.parametrize(
    ("spec", "opens"),
    [
        ({"podSelector": {"matchLabels": OURS}, "ingress": [WORLD]}, True),
        ({"podSelector": {"matchLabels": {"app": "other"}}, "ingress": [WORLD]}, False),
        (
            {
                "podSelector": {"matchExpressions": [{"key": "app.kubernetes.io/component", "operator": "Exists"}]},
                "ingress": [WORLD],
            },
            True,
        ),
        # What says nothing of those that come in opens nothing.
        ({"podSelector": {}, "policyTypes": ["Egress"], "ingress": [WORLD], "egress": [{}]}, False),
    ],
)
def test_a_further_policy_opens_the_pods_that_it_selects(spec: dict[str, Any], opens: bool) -> None:
    one = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a"}, "spec": spec}
    told = [finding.path for finding in planned(extraObjects=[one]).findings if finding.code == "MCP413"]
    assert told == (["mcp:extraObjects[0].spec.ingress"] if opens else [])


@pytest.mark.parametrize(
    ("ingress", "opens"),
    [
        ({"fromEntities": ["world"]}, True),
        ({"fromCIDRSet": [{"cidr": "0.0.0.0/0"}]}, True),
        ({"fromCIDR": ["10.0.0.0/8"]}, False),
        ({"fromEntities": ["ingress"]}, False),
        # Cilium lets nobody in by a rule that names nobody.
        ({}, False),
    ],
)
def test_a_policy_of_cilium_is_read_by_its_own_words(ingress: dict[str, Any], opens: bool) -> None:
    selector = {"matchLabels": {f"k8s:{key}": value for key, value in OURS.items()}}
    one = {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": {"name": "a"}}
    plan = planned(extraObjects=[{**one, "spec": {"endpointSelector": selector, "ingress": [ingress]}}])
    told = [finding.path for finding in plan.findings if finding.code == "MCP413"]
    assert told == (["mcp:extraObjects[0].spec.ingress"] if opens else [])


def test_a_program_is_refused_the_world_too() -> None:
    origin = {"port": 8000, "cidrs": ["0.0.0.0/0"]}
    args: Any = {"image": "example.com/a/b:1", "namespace": "n", "allow_from": [origin], "health_path": "/h"}
    with pytest.raises(FindingsError, match=r"MCP413.*\n?.*allow_from\[0\].cidrs|allow_from\[0\].cidrs"):
        record(lambda: McpService("web", args))


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        ((80, "TCP", ["0.0.0.0/0"], []), True),
        ((80, "TCP", ["169.254.0.0/16"], []), True),
        ((80, "TCP", ["0.0.0.0/0"], ["169.254.0.0/16"]), False),
        ((80, "TCP", ["169.254.169.254/32"], []), False),
        ((443, "TCP", ["0.0.0.0/0"], []), False),
        ((80, "TCP", ["10.0.0.0/8"], []), False),
    ],
)
def test_who_may_ask_the_metadata_address(opening: Any, told: bool) -> None:
    assert bool(metadata_findings([opening], path=lambda place: f"egress[{place}]")) is told


PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        ((["0.0.0.0/0"], []), "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"),
        ((["0.0.0.0/1", "128.0.0.0/1"], ["10.0.0.0/8"]), "172.16.0.0/12, 192.168.0.0/16"),
        ((["0.0.0.0/0"], PRIVATE), None),
        ((["0.0.0.0/0", "::/0"], PRIVATE), "fc00::/7"),
        ((["2000::/3"], []), None),
        # A network of one's own is meant as it is written.
        ((PRIVATE, []), None),
    ],
)
def test_a_way_to_everybody_that_leads_inside_is_told(opening: Any, told: str | None) -> None:
    found = outward_findings([opening], path=lambda place: f"egress[{place}].cidrs")
    assert [one.problem.split("so to ")[1] for one in found] == ([] if told is None else [f"{told} inside."])
    server = {"egress": [{"port": 443, "cidrs": opening[0], "exceptCidrs": opening[1]}]}
    expected = [] if told is None else ["mcp:server.egress[0].cidrs"]
    assert [one.path for one in planned(server=server).findings if one.code == "MCP189"] == expected


def test_what_a_mesh_asks_of_pods_and_policies() -> None:
    def asked(mode: str) -> tuple[list[Any], list[Any], dict[str, str], dict[str, str]]:
        ways = (mesh.origins(mode, 8000), mesh.destinations(mode))
        said = [[one.model_dump(exclude_unset=True) for one in way] for way in ways]
        return said[0], said[1], dict(mesh.pod_labels(mode)), dict(mesh.pod_annotations(mode))

    probes = ["169.254.7.127/32", "fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128"]
    assert asked("none") == ([], [], {}, {})
    ambient = {"istio.io/dataplane-mode": "ambient"}
    assert asked("istio-ambient") == ([{"port": 8000, "cidrs": probes}], [], ambient, {})
    labels, annotations = {"sidecar.istio.io/inject": "true"}, {"sidecar.istio.io/nativeSidecar": "true"}
    assert asked("istio-sidecar") == ([], [{"port": 15012, "namespace": "istio-system"}], labels, annotations)


@pytest.mark.grid
def test_ambient_mode_opens_its_tunnel_wherever_pods_meet() -> None:
    groups: Any = {
        "region": {"name": "us-east", "mesh": "istio-ambient"},
        "server": {
            "egress": [{"port": 6333, "namespace": "ai"}, {"port": 443, "internet": True}],
        },
    }
    outgoing, incoming = openings("egress", **groups), openings("ingress", **groups)
    assert ([pods("ai")], [tcp(6333), tcp(15008)]) in outgoing
    assert [ports for peers, ports in outgoing if "ipBlock" in peers[0]] == [[tcp(443)]]
    assert ([pods("envoy-gateway-system")], [tcp("http"), tcp(15008)]) in incoming
    probes = [
        {"ipBlock": {"cidr": "169.254.7.127/32"}},
        {"ipBlock": {"cidr": "fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128"}},
    ]
    assert (probes, [tcp("http")]) in incoming
    template = objects(**groups)[("Deployment", "orders")]["spec"]["template"]["metadata"]
    assert template["labels"]["istio.io/dataplane-mode"] == "ambient"


@pytest.mark.grid
def test_a_sidecar_reaches_its_control_plane_and_counts_in_the_quota() -> None:
    plain, meshed = objects(), objects(region={"name": "us-east", "mesh": "istio-sidecar"})
    template = meshed[("Deployment", "orders")]["spec"]["template"]["metadata"]
    assert template["labels"]["sidecar.istio.io/inject"] == "true"
    assert template["annotations"]["sidecar.istio.io/nativeSidecar"] == "true"
    istiod = openings("egress", region={"name": "us-east", "mesh": "istio-sidecar"})
    assert ([pods("istio-system")], [tcp(15012)]) in istiod
    pods_planned = int(plain[("ResourceQuota", "capacity")]["spec"]["hard"]["pods"])
    before, after = (one[("ResourceQuota", "capacity")]["spec"]["hard"]["requests.cpu"] for one in (plain, meshed))
    assert millicores(after) - millicores(before) == 100 * pods_planned


def test_the_agent_of_a_sidecar_answers_probes_from_the_nodes() -> None:
    region = {"name": "us-east", "mesh": "istio-sidecar", "nodeCidrs": ["10.128.0.0/20"]}
    assert ([{"ipBlock": {"cidr": "10.128.0.0/20"}}], [tcp(15020)]) in openings("ingress", region=region)


def test_an_opening_of_a_program_names_its_keys_as_python_does() -> None:
    with pytest.raises(ArgumentsError, match="pod_labels"):
        record(lambda: McpService("web", {"image": "a:1", "namespace": "n", "allow_to": [{"port": 1}]}))
    assert Egress(port=1, pod_labels={}).peers()[-1] == "workload"


def millicores(cpu: str) -> int:
    return int(cpu[:-1]) if cpu.endswith("m") else int(cpu) * 1000
