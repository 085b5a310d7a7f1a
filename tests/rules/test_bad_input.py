"""Bad input as it is written in a stack file: each is said once, at its place, and nothing else is said beside it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings.problems import SettingsError
from pulumi_kubernetes_mcp.settings.servers import load_stack

Values = dict[str, Any]
Said = list[tuple[str, str]]

BASE: Values = {
    "mcp:region": {"name": "us-east", "environment": "staging"},
    "mcp:server": {
        "image": "registry.example.com/acme/orders:1.4.2",
        "name": "orders",
        "healthPath": "/healthz",
        "livenessPath": "/livez",
    },
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    "mcp:monitoring": {"monitor": "pod-monitor"},
}
KEDA: Values = {"scaling": {"prometheusAddress": "http://prometheus.monitoring:9090"}}
"""What sessions are counted by."""
NGINX: Values = {"kind": "ingress", "implementation": "nginx"}
HAPROXY: Values = {"kind": "ingress", "implementation": "haproxy"}
OPENSHIFT: Values = {"kind": "ingress", "implementation": "openshift"}
TRAEFIK: Values = {"kind": "ingress", "implementation": "traefik", "clientNamespace": "traefik"}
ALB: Values = {"kind": "ingress", "implementation": "alb", "clientCidrs": ["10.0.0.0/16"]}
IDLE: Values = {"idleConnectionSeconds": 100}
NEVER_SENT = (
    *("tool/call", "Tools/Call", "call_tool", "tools/search", "search", "resource/template/list", "initialize", "ping"),
    *("resources/subscribe", "sampling/createMessage"),
)
"""Other spellings, the name of a tool, methods of legacy eras, one of servers."""
REWRITING: Values = {
    "matches": [{"path": {"type": "Exact", "value": "/mcp"}}],
    "filters": [{"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplaceFullPath", "replaceFullPath": "/"}}}],
    "backendRefs": [{"name": "orders", "port": 80}],
}
RECORD = "external-dns.alpha.kubernetes.io/"
HEALTHY: Values = {"healthCheckId": "4c2c1a9e-0000-4000-8000-5f7f0a3d1e11"}
POLICY = "gateway.envoyproxy.io/v1alpha1"
GREEN: Values = {"strategy": "BlueGreen", "blueGreen": {"greenImage": "registry.example.com/acme/orders:1.5.0"}}


def note(name: str, prefix: str = RECORD) -> str:
    return f'mcp:edge.annotations["{prefix}{name}"]'


def probing(path: str, kind: str = "readinessProbe", **further: Any) -> Values:
    """A patch of a probe of the server's container."""
    container = {"name": "server", kind: {"httpGet": {"path": path, "port": "http", **further}}}
    return {"kind": "Deployment", "patch": {"spec": {"template": {"spec": {"containers": [container]}}}}}


def stopped_by(signal: str) -> Values:
    """A patch of what the kubelet tells the server to end by."""
    container = {"name": "server", "lifecycle": {"stopSignal": signal}}
    pod = {"os": {"name": "linux"}, "containers": [container]}
    return {"kind": "Deployment", "patch": {"spec": {"template": {"spec": pod}}}}


def repeating(target: str) -> Values:
    """A policy that repeats calls, as a further object."""
    target_ref = {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": target}
    spec = {"targetRefs": [target_ref], "retry": {"retryOn": {"triggers": ["5xx"]}}}
    return {"apiVersion": POLICY, "kind": "BackendTrafficPolicy", "metadata": {"name": "again"}, "spec": spec}


def retrying(after: str) -> Values:
    """A patch of kgateway's policy."""
    return {"kind": "TrafficPolicy", "patch": {"spec": {"retry": {"retryOn": [after], "attempts": 2}}}}


def limited(limit: str) -> Values:
    """What ends a stream, whatever is sent in it."""
    return {"spec": {"timeout": {"http": {"maxStreamDuration": limit}}}}


def ending(target: str, limit: str) -> Values:
    """A policy that ends requests, as a further object."""
    spec = {"targetRefs": repeating(target)["spec"]["targetRefs"], "timeout": {"http": {"requestTimeout": limit}}}
    return {"apiVersion": POLICY, "kind": "BackendTrafficPolicy", "metadata": {"name": "short"}, "spec": spec}


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Values:
    values = deepcopy(dict(base))
    for key, value in over.items():
        values[key] = merged(values[key], value) if isinstance(value, dict) and key in values else value
    return values


def said(over: Mapping[str, Any]) -> Said:
    """Code and place of everything that is said of a stack; what cannot be read has no code."""
    values = merged(BASE, {f"mcp:{group}": keys for group, keys in over.items()})
    try:
        plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    except SettingsError as refused:
        return [("", one.path) for one in refused.problems]
    return sorted((one.code, one.path) for one in plan.findings)


CASES: list[tuple[str, Values, Said]] = [
    ("nothing is wrong", {}, []),
    # No host and no path.
    *(
        (f"host {host!r}", {"edge": {"host": host}}, [("", "mcp:edge.host")])
        for host in ("https://a.b", "a.b/mcp", "a.b:443", "10.0.0.4", "a_b.c", "A.b", "a", "*.a.b", "a.b.", "")
    ),
    ("a wildcard among the hosts", {"edge": {"hosts": ["*.example.com"]}}, [("", "mcp:edge.hosts[0]")]),
    *(
        (f"path {path!r}", {"server": {"path": path}}, [("", "mcp:server.path")])
        for path in ("mcp", "/m cp", "/mcp?a=1", "https://a.b/mcp", "//mcp", "/../mcp", "/mcp/*", "")
    ),
    # Records.
    (
        "two policies by keys",
        {"edge": {"dns": {"routing": "weighted", "weight": 1, "failover": "primary", **HEALTHY}}},
        [("MCP333", "mcp:edge.dns.routing")],
    ),
    (
        "two policies by hand",
        {"edge": {"annotations": {f"{RECORD}aws-weight": "1", f"{RECORD}aws-region": "us-east-1"}}},
        [("MCP333", note("aws-region"))],
    ),
    (
        "one by a key and one by hand",
        {
            "edge": {
                "dns": {"routing": "weighted", "weight": 1, **HEALTHY},
                "annotations": {f"{RECORD}aws-region": "us-east-1"},
            }
        },
        [("MCP333", note("aws-region"))],
    ),
    (
        "no set identifier",
        {"edge": {"annotations": {"external-dns.kubernetes.io/aws-failover": "PRIMARY"}}},
        [("MCP332", note("aws-failover", "external-dns.kubernetes.io/"))],
    ),
    (
        "with one it is a record",
        {"edge": {"annotations": {f"{RECORD}aws-weight": "1", f"{RECORD}set-identifier": "us-east"}}},
        [],
    ),
    (
        "the same weight by hand",
        {"edge": {"dns": {"routing": "weighted", "weight": 1, **HEALTHY}, "annotations": {f"{RECORD}aws-weight": "9"}}},
        [],
    ),
    # What a record leads to.
    *(
        (f"targets {' '.join(targets)}", {"edge": {"dns": {"form": "endpoint", "targets": targets}}}, expected)
        for targets, expected in (
            (["192.0.2.1", "2001:db8::1", "192.0.2.2"], []),
            (["lb.example.net"], []),
            (["192.0.2.1", "lb.example.net"], [("MCP363", "mcp:edge.dns.targets")]),
            (["a.example.net", "b.example.net"], [("MCP363", "mcp:edge.dns.targets")]),
            (["192.0.2.256"], [("MCP363", "mcp:edge.dns.targets")]),
            (["mcp.example.com"], [("MCP363", "mcp:edge.dns.targets")]),
        )
    ),
    (
        "a record of a server that has no route",
        {
            "edge": {
                "kind": "none",
                "implementation": None,
                "clientNamespace": "agents",
                "dns": {"routing": "weighted", "weight": 1, **HEALTHY},
                "maxBody": "4Mi",
                "cors": {"origins": ["https://app.example.com"], "credentials": True},
            }
        },
        [("MCP324", f"mcp:edge.{key}") for key in ("cors.credentials", "dns", "maxBody")],
    ),
    # Timeouts.
    ("a request timeout", {"edge": {"requestTimeoutSeconds": 60}}, [("MCP307", "mcp:edge.requestTimeoutSeconds")]),
    ("an idle timeout", {"edge": {"idleTimeoutSeconds": 30}}, [("MCP308", "mcp:edge.idleTimeoutSeconds")]),
    (
        "silence of TypeScript v2",
        {"server": {"runtime": "typescript-v2", "maxToolSeconds": 300}, "edge": {"idleTimeoutSeconds": 60}},
        [("MCP308", "mcp:edge.idleTimeoutSeconds")],
    ),
    (
        "silence that nobody ruled out",
        {"server": {"maxToolSeconds": 300}, "edge": {"idleTimeoutSeconds": 60}},
        [("MCP369", "mcp:edge.idleTimeoutSeconds")],
    ),
    # Affinity.
    (
        "an edge that has no envelope",
        {**KEDA, "server": {"eras": ["legacy-stateful"], **IDLE}, "edge": {**NGINX, "affinity": "envelope"}},
        [("MCP312", "mcp:edge.implementation")],
    ),
    (
        "an edge that knows no sessions",
        {**KEDA, "server": {"eras": ["legacy-stateful"], **IDLE}, "edge": {**NGINX, "affinity": "gateway"}},
        [("MCP312", "mcp:edge.implementation")],
    ),
    (
        "one that knows them only with more than is there",
        {**KEDA, "server": {"eras": ["legacy-stateful"]}, "edge": {"affinity": "gateway"}},
        [("MCP371", "mcp:edge.affinity")],
    ),
    (
        "one that may know them",
        {
            **KEDA,
            "server": {"eras": ["legacy-stateful"]},
            "edge": {"affinity": "gateway", "implementation": "other", "clientNamespace": "edge"},
        },
        [],
    ),
    (
        "a cookie",
        {**KEDA, "server": {"eras": ["legacy-stateful"]}, "edge": {"affinity": "cookie"}},
        [("MCP304", "mcp:edge.affinity")],
    ),
    (
        "two eras of one host",
        {"server": {"rollout": merged(GREEN, {"blueGreen": {"greenEras": ["legacy-stateful"]}})}},
        [("MCP652", "mcp:server.rollout.blueGreen.greenEras")],
    ),
    # Retries.
    (
        "a retry by an annotation",
        {
            "server": IDLE,
            "edge": {
                **NGINX,
                "annotations": {"nginx.ingress.kubernetes.io/proxy-next-upstream": "error non_idempotent"},
            },
        },
        [("MCP349", note("proxy-next-upstream", "nginx.ingress.kubernetes.io/"))],
    ),
    (
        "a retry by a patch",
        {
            "edge": {
                "patches": [
                    {"kind": "BackendTrafficPolicy", "patch": {"spec": {"retry": {"retryOn": {"triggers": ["5xx"]}}}}}
                ]
            }
        },
        [("MCP349", "mcp:edge.patches[0].patch")],
    ),
    ("a retry by a further object", {"extraObjects": [repeating("orders")]}, [("MCP349", "mcp:extraObjects[0].spec")]),
    ("a retry of another route", {"extraObjects": [repeating("other")]}, []),
    # Limits by a method: how it is spelt, and who sends it.
    *(
        (f"a limit of {method}", {"edge": {"rateLimits": [{"requests": 600, "methods": ["tools/call", method]}]}}, told)
        for told, methods in (
            ([("MCP366", "mcp:edge.rateLimits[0].methods[1]")], NEVER_SENT),
            ([("MCP367", "mcp:edge.rateLimits[0].methods[1]")], ("com.example/search", "ui/message")),
            ([], ("tools/list", "tasks/get", "subscriptions/listen")),
        )
        for method in methods
    ),
    (
        "a limit by a method where none is in a header",
        {
            "server": {"eras": ["legacy-stateless"]},
            "edge": {"rateLimits": [{"requests": 9, "methods": ["tools/list"]}]},
        },
        [("MCP366", "mcp:edge.rateLimits[0].methods")],
    ),
    # Paths that are changed on the way.
    *(
        (
            f"{name}: {value}",
            {"server": IDLE, "edge": {**edge, "annotations": {name: value}}},
            [("MCP368", note(name, ""))],
        )
        for edge, name, value in (
            (NGINX, "nginx.ingress.kubernetes.io/rewrite-target", "/"),
            (NGINX, "nginx.ingress.kubernetes.io/permanent-redirect", "https://mcp.example.org"),
            (HAPROXY, "haproxy.org/path-rewrite", r"/mcp/(.*) /\1"),
            (HAPROXY, "haproxy.org/request-redirect", "mcp.example.org"),
            (OPENSHIFT, "haproxy.router.openshift.io/rewrite-target", "/"),
            (TRAEFIK, "traefik.ingress.kubernetes.io/router.middlewares", "web-strip-mcp@kubernetescrd"),
            (ALB, "alb.ingress.kubernetes.io/transforms.orders", '[{"type": "url-rewrite"}]'),
        )
    ),
    *(
        (f"{name}: {value}", {"server": IDLE, "edge": {**edge, "annotations": {name: value}}}, [])
        for edge, name, value in (
            (NGINX, "nginx.ingress.kubernetes.io/rewrite-target", "/mcp"),
            (NGINX, "nginx.ingress.kubernetes.io/app-root", "/docs"),
            (HAPROXY, "haproxy.org/path-rewrite", "/mcp"),
            (TRAEFIK, "traefik.ingress.kubernetes.io/router.middlewares", "web-headers@kubernetescrd"),
            ({}, "nginx.ingress.kubernetes.io/rewrite-target", "/"),
        )
    ),
    (
        "a path that is kept, and metadata that are not",
        {
            "server": {**IDLE, "authorization": True, "egress": [{"port": 443, "internet": True}]},
            "edge": {**NGINX, "annotations": {"nginx.ingress.kubernetes.io/rewrite-target": "/mcp"}},
        },
        [("MCP368", note("rewrite-target", "nginx.ingress.kubernetes.io/"))],
    ),
    (
        "a path that a filter changes",
        {"edge": {"patches": [{"kind": "HTTPRoute", "patch": {"spec": {"rules": [REWRITING]}}}]}},
        [("MCP172", "mcp:edge.patches[0].patch")] * 2 + [("MCP368", "mcp:edge.patches[0].patch")],
    ),
    (
        "a retry of kgateway by a patch",
        {"edge": {"implementation": "kgateway", "patches": [retrying("5xx")]}},
        [("MCP349", "mcp:edge.patches[0].patch")],
    ),
    (
        "one of what failed to connect",
        {"edge": {"implementation": "kgateway", "patches": [retrying("connect-failure")]}},
        [],
    ),
    # Limits of a request that no key says.
    *(
        (
            f"{limit} by a patch",
            {"edge": {"patches": [{"kind": "BackendTrafficPolicy", "patch": limited(limit)}]}},
            told,
        )
        for limit, told in (("1m14s", [("MCP307", "mcp:edge.patches[0].patch")]), ("75s", []), ("0s", []))
    ),
    *(
        (f"{limit} by a further object", {"extraObjects": [ending("orders", limit)]}, told)
        for limit, told in (("500ms", [("MCP307", "mcp:extraObjects[0].spec")]), ("2h", []), ("soon", []))
    ),
    ("a limit of another route", {"extraObjects": [ending("other", "10s")]}, []),
    # The drain.
    ("a grace period", {"server": {"gracePeriodSeconds": 30}}, [("MCP102", "mcp:server.gracePeriodSeconds")]),
    ("a long drain", {"server": {"gracePeriodSeconds": 601}}, [("MCP110", "mcp:server.gracePeriodSeconds")]),
    ("not too long", {"server": {"gracePeriodSeconds": 600}}, []),
    (
        "nobody has seen it",
        {"server": {"gracefulTimeoutSeconds": 60}},
        [("MCP351", "mcp:server.gracefulTimeoutSeconds")],
    ),
    ("uvicorn is told", {"server": {"runtime": "fastmcp", "gracefulTimeoutSeconds": 60}}, []),
    (
        "by its own command line alone",
        {"server": {"runtime": "fastmcp", "gracefulTimeoutSeconds": 60, "command": ["fastmcp", "run", "server.py"]}},
        [("MCP351", "mcp:server.gracefulTimeoutSeconds")],
    ),
    (
        "which this is",
        {
            "server": {
                "runtime": "fastmcp",
                "gracefulTimeoutSeconds": 60,
                "command": ["python", "-m", "uvicorn", "a:app"],
            }
        },
        [],
    ),
    (
        "another signal by a patch",
        {"server": {"patches": [stopped_by("SIGUSR1")]}},
        [("MCP351", "mcp:server.patches[0].patch")],
    ),
    ("the same one", {"server": {"patches": [stopped_by("SIGTERM")]}}, []),
    # Probes.
    *(
        (f"{key} {path}", {"server": {key: path}}, [("MCP104", f"mcp:server.{key}")])
        for key in ("healthPath", "livenessPath")
        for path in ("/mcp", "/mcp/")
    ),
    ("below it", {"server": {"healthPath": "/mcp/health"}}, []),
    (
        "a stream",
        {**KEDA, "server": {"eras": ["modern", "sse"], "healthPath": "/sse"}},
        [("MCP104", "mcp:server.healthPath"), ("MCP302", "mcp:server.eras"), ("MCP306", "mcp:edge.affinity")],
    ),
    ("no stream", {"server": {"healthPath": "/sse"}}, []),
    (
        "a probe by a patch",
        {"server": {"patches": [probing("/mcp/")]}},
        [("MCP104", "mcp:server.patches[0].patch")],
    ),
    ("another one", {"server": {"patches": [probing("/ready")]}}, []),
    (
        "plain HTTP where TLS is spoken",
        {
            "server": {"servesTls": True, "probes": {"scheme": "HTTP"}},
            "edge": {"backendTls": {"hostname": "orders.example.com"}},
        },
        [("MCP182", "mcp:server.probes.scheme")],
    ),
    ("TLS where it is not", {"server": {"probes": {"scheme": "HTTPS"}}}, [("MCP182", "mcp:server.probes.scheme")]),
    (
        "no route to ask",
        {"server": {"probes": {"scheme": "HTTPS"}, "healthPath": None, "livenessPath": None}},
        [
            ("MCP105", "mcp:server.healthPath"),
            ("MCP160", "mcp:server.probes.scheme"),
        ],
    ),
    ("what follows", {"server": {"probes": {"scheme": "HTTP"}}}, []),
    (
        "a patch of the scheme",
        {"server": {"patches": [probing("/ready", scheme="HTTPS")]}},
        [("MCP182", "mcp:server.patches[0].patch")],
    ),
    ("at a port of its own", {"server": {"patches": [probing("/ready", scheme="HTTPS", port=9443)]}}, []),
    (
        "a monitor by TLS",
        {"monitoring": {"monitor": "pod-monitor", "scheme": "https"}},
        [("MCP182", "mcp:monitoring.scheme")],
    ),
    ("by TLS at a port of its own", {"monitoring": {"monitor": "pod-monitor", "scheme": "https", "port": 9464}}, []),
    # Two colours.
    (
        "more connections than the database has",
        {
            "server": {"rollout": merged(GREEN, {"blueGreen": {"previewHost": "next.example.com"}})},
            "scaling": {"minReplicas": 2, "maxReplicas": 4},
            "secrets": {"source": "existing", "name": "orders"},
            "database": {"host": "db.example.com", "maxConnections": 60, "cidrs": ["10.0.0.0/8"]},
        },
        [("MCP401", "mcp:database")],
    ),
    (
        "one colour fits",
        {
            "scaling": {"minReplicas": 2, "maxReplicas": 4},
            "secrets": {"source": "existing", "name": "orders"},
            "database": {"host": "db.example.com", "maxConnections": 60, "cidrs": ["10.0.0.0/8"]},
        },
        [],
    ),
]


@pytest.mark.parametrize(("over", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_said_of_it(over: Values, expected: Said) -> None:
    assert said(over) == expected


def test_of_several_servers_it_is_said_at_the_one_that_has_it() -> None:
    first: Values = {"server": {"path": "/a/mcp"}}
    second: Values = {
        "server": {"path": "/b/mcp", "healthPath": "/b/mcp", "gracePeriodSeconds": 20},
        "edge": {"requestTimeoutSeconds": 60, "annotations": {f"{RECORD}aws-weight": "1"}},
    }
    found = said({"server": {"name": None}, "servers": {"a": first, "b": second}})
    here = "mcp:servers.b"
    assert found == [
        ("MCP102", f"{here}.server.gracePeriodSeconds"),
        ("MCP104", f"{here}.server.healthPath"),
        ("MCP307", f"{here}.edge.requestTimeoutSeconds"),
        ("MCP332", f'{here}.edge.annotations["{RECORD}aws-weight"]'),
    ]


@pytest.mark.parametrize(
    ("first", "second", "host", "told"),
    [
        (["modern"], ["legacy-stateless"], None, True),
        (["modern", "legacy-stateless"], ["legacy-stateless"], None, True),
        (["modern", "legacy-stateless"], ["modern"], None, False),
        (["legacy-stateless"], ["legacy-stateless"], None, False),
        (["modern"], ["legacy-stateless"], "b.example.com", False),
    ],
)
def test_one_host_is_of_one_era(first: list[str], second: list[str], host: str | None, told: bool) -> None:
    edge = {"edge": {"host": host}} if host else {}
    servers: Values = {
        "a": {"server": {"path": "/a/mcp", "eras": first}},
        "b": {"server": {"path": "/b/mcp", "eras": second}, **edge},
    }
    found = said({"server": {"name": None}, "servers": servers})
    assert found == ([("MCP810", "mcp:servers.b.server.eras")] if told else [])
