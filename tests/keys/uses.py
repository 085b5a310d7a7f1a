"""The stacks, and the uses of each component, in which keys are changed; together they give every key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pulumi_kubernetes_mcp.keys import COMPONENTS
from tests.components.case import Case
from tests.components.cases import CASES

OTHER_SOURCES: dict[str, Any] = {
    "RESOURCE": {"resource": "limits.memory"},
    "ZONE": {"config_map": {"name": "zones", "key": "zone", "optional": True}},
    "LICENSE": {"secret": {"name": "licenses", "key": "license", "optional": True}},
}
CONTAINERS: dict[str, Any] = {
    "sidecars": [{"name": "proxy", "image": "registry.example/proxy:1.0.0", "env_from": [{"secret": "more"}],
                  "env_value_from": OTHER_SOURCES}],
    "init_containers": [{"name": "migrate", "image": "registry.example/migrate:1.0.0",
                         "env_from": [{"config_map": "more"}], "env_value_from": OTHER_SOURCES}],
    "readiness_sidecar": {"image": "registry.example/probe:1.0.0"},
}  # fmt: skip
FURTHER: dict[str, dict[str, dict[str, Any]]] = {
    "McpAutoscaling": {"one pod": {"min_replicas": 1, "production": False, "namespace": "tests", "target": "one",
                                   "max_replicas": 4},
                       "a hash": {"namespace": "tests", "target": "one", "max_replicas": 40, "hashed_affinity": True,
                                  "eras": ["legacy-stateful"], "prometheus_address": "http://prometheus:9090"}},
    "McpIngress": {
        "streams": {"namespace": "tests", "host": "mcp.example.com", "service_name": "one", "keepalive_seconds": 0,
                    "implementation": "envoy-gateway", "eras": ["legacy-stateful"], "max_replicas": 1,
                    "affinity": "none"},
        "a canary": {"namespace": "tests", "host": "mcp.example.com", "service_name": "one",
                     "implementation": "envoy-gateway", "match_headers": {"X-Release": "next"},
                     "canary_service": "two", "canary_percent": 10},
    },
    "McpChaos": {
        name: {"namespace": "tests", "server_name": "one", "url": "https://one.example.com/mcp",
               "image": "registry.example/chaos:1.0.0", "environment": "staging", **given}
        for name, given in {
            "a network": {"experiment": "drop-network"},
            "another port": {"experiment": "kill-zone", "url": "https://one.example.com:8443/mcp"},
            "tainted": {"experiment": "kill-pod",
                        "tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}]},
        }.items()
    },
    "McpLoadTest": {
        name: {"namespace": "tests", "server_name": "one", "url": "https://one.example.com/mcp", "sessions": 100,
               "environment": "staging", "tools": [{"name": "search", "share_percent": 100.0}], **given}
        for name, given in {
            "scale-in": {"scenario": "scale-in", "drain_seconds": 1800.0},
            "a launch": {"scenario": "soak", "first_launch": True},
            "streams": {"scenario": "peak", "era_percent": {"sse": 100.0}},
            "tainted": {"scenario": "peak",
                        "runner_tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}]},
        }.items()
    },
    "McpMonitoring": {"no load test": {"namespace": "tests", "server_name": "one", "rules": "prometheus-rule",
                                       "exporters": ["probe"]}},
    "McpNamespace": {"resolvers": {"namespace": "tests", "resolvers": [
        {"namespace": "dns", "pod_labels": {"app": "dns"}, "cidrs": ["10.0.0.0/8"]}]}},
    "McpPgBouncer": {"resolvers": {"namespace": "tests", "database_host": "d.io", "secret_name": "s", "pool_size": 5,
                                   "max_client_conn": 50, "allow_to": [
        {"port": 53, "namespace": "dns", "pod_labels": {"app": "dns"}}, {"port": 53, "cidrs": ["10.0.0.0/8"]},
        {"port": 6432, "workload": "other", "component": "pooler"}]},
                     "authority": {"namespace": "tests", "database_host": "d.io", "secret_name": "s", "pool_size": 5,
                                   "max_client_conn": 50, "database_ca": {"config_map": "authorities"}},
                     "tainted": {"namespace": "tests", "database_host": "d.io", "secret_name": "one",
                                 "pool_size": 20, "max_client_conn": 400,
                                 "tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}]}},
    "McpProbe": {"tainted": {"namespace": "tests", "image": "registry.example/probe:1.0.0", "watcher": "east",
                             "endpoints": [{"name": "a", "url": "https://a.example.com/mcp"}],
                             "tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}]}},
    "McpService": {"identity": {"image": "registry.example/one:1.0.0", "namespace": "tests", "platform": "aks",
                                "service_account_annotations": {
                                    "azure.workload.identity/client-id": "7d8cdf74-0000-0000-0000-000000000000"},
                                "allow_to": [{"port": 443, "internet": True}]},
                   "containers": {"image": "registry.example/one:1.0.0", "namespace": "tests", **CONTAINERS,
                                  "database_ca": {"config_map": "authorities"},
                                  "volumes": [{"path": "/var/run/one", "projected": [
                                      {"config_map": {"name": "one", "items": {"one": "one"}}}]}]},
                   "authority of the image": {"image": "registry.example/one:1.0.0", "namespace": "tests",
                                              "database_ca": {"file": "/etc/ssl/own.crt"}},
                   "one pod": {"image": "registry.example/one:1.0.0", "namespace": "tests", "min_replicas": 1,
                               "production": False, "autoscaled": False},
                   "a claim per pod": {"image": "registry.example/one:1.0.0", "namespace": "tests",
                                       "volumes": [{"path": "/data", "claim": {"size": "1Gi", "per_pod": True}}]}},
}  # fmt: skip
"""Uses in which a key is read that the others leave unread."""
OF_ALL_COLOURS = ("query", "follow", "colours", "prometheus_address", "authentication")
"""Keys of the autoscaler that know no colours, or are of no use without those."""
NAMESPACE_OURS = ("patches", "quota", "namespace_objects", "resolvers", "mesh")
"""Keys of a region that a namespace of others does not take, or that hide the platform's own resolvers."""
ACCEPTING = ("McpAutoscaling", "McpIngress", "McpMonitoring", "McpService")
"""Components whose uses here are told of something that one can accept."""
NOTHING: Mapping[str, str] = {
    **{
        f"{component}.accept": "no use of it here is told of one of the codes that are tried"
        for component in COMPONENTS
        if component not in ACCEPTING
    },
    "accept[].reason": "it is for the next reader of the stack",
    "McpService.database_ca.file": "it is in the image, and the variable that names it is in `env`",
}
"""Keys of a stack, and arguments of components, that rightly move nothing, and why."""


@cache
def stacks() -> dict[str, dict[str, Any]]:
    """Name of each stack to what it says, as arguments of McpRegion; the richest first."""
    given = {case.variant: dict(case.args) for case in CASES if case.component == "McpRegion"}
    found = dict(sorted(given.items(), key=lambda item: -len(repr(item[1]))))
    free = {key: value for key, value in given["full"]["region"].items() if key != "quota"}
    found["full without a quota"] = {**given["full"], "region": free}
    # A call of the tools lasts longer than its queries.
    quick = {**given["full"]["database"], "query_milliseconds": 50}
    found["tools with a database"] = {**given["measured"], "database": quick, "secrets": given["full"]["secrets"]}
    shares = {key: value for key, value in given["measured"]["workload"].items() if key != "era_percent"}
    found["eras without shares"] = {**given["measured"], "workload": shares}
    full = given["full"]
    direct = {key: value for key, value in full["database"].items() if key != "pooler_patches"}
    found["everything in the cluster"] = {
        **full,
        "server": {
            **full["server"],
            "ingress": [{"port": 8000, "namespace": "agents", "pod_labels": {"app": "a"}}, {"cidrs": ["10.0.0.0/8"]}],
            "egress": [
                {"port": 443, "cidrs": ["10.0.0.0/8"]},
                {"port": 1, "namespace": "ai", "pod_labels": {"app": "a"}},
            ],
        },
        "database": {**direct, "pooler": "none", "max_connections": 4000, "namespace": "databases"},
        "state_store": {"namespace": "stores"},
    }
    of_others = {key: value for key, value in full["region"].items() if key not in NAMESPACE_OURS}
    existing = {**full, "region": {**of_others, "namespace": "team", "create_namespace": False}}
    found["a namespace of others"] = existing
    resolvers = [{"namespace": "dns", "pod_labels": {"app": "dns"}, "cidrs": ["10.0.0.0/8"]}]
    found["resolvers of its own"] = {**existing, "region": {**existing["region"], "resolvers": resolvers}}
    of_others = {key: value for key, value in given["measured"]["region"].items() if key not in NAMESPACE_OURS}
    tried = {**given["measured"], "region": {**of_others, "namespace": "team", "create_namespace": False}}
    found["tests in a namespace of others"] = tried
    found["tests with resolvers of their own"] = {**tried, "region": {**tried["region"], "resolvers": resolvers}}
    # The readiness sidecar asks on localhost, for which no certificate is.
    found["containers"] = {
        **full,
        "server": {**full["server"], **CONTAINERS, "serves_tls": False},
        "edge": {key: value for key, value in full["edge"].items() if key != "backend_tls"},
    }
    database = {"host": "db.example.com", "max_connections": 4000, "cidrs": ["10.20.0.0/16"]}
    secrets = {"source": "existing", "name": "database"}
    authority = {**database, "ca": {"config_map": "authorities"}}
    found["an authority of its own"] = {**given["measured"], "database": authority, "secrets": secrets}
    pooled = {**database, "pooler": "pgbouncer", "pooler_exporter": True}
    found["a pooler"] = {**given["measured"], "database": pooled, "secrets": secrets}
    found["an authority behind a pooler"] = {
        **given["measured"], "database": {**authority, "pooler": "pgbouncer"}, "secrets": secrets,
    }  # fmt: skip
    found["an authority of the image"] = {
        **given["measured"], "database": {**database, "ca": {"file": "/etc/ssl/own.crt"}}, "secrets": secrets,
    }  # fmt: skip
    found["one URL"] = {**given["measured"], "database": {**database, "url_key": "url"}, "secrets": secrets}
    taint = {"key": "load", "value": "now", "effect": "NoExecute", "toleration_seconds": 5}
    tolerant = {**given["measured"]["load_test"], "runner_tolerations": [taint]}
    found["runners on nodes of their own"] = {**given["measured"], "load_test": tolerant}
    pages = {"origins": ["https://app.example.com"], "headers": ["Mcp-Param-Region"], "exposed": ["X-Request-Id"]}
    edge = {
        "host": "mcp.example.com",
        "implementation": "envoy-gateway",
        "cors": {**pages, "max_age_seconds": 600},
        "external_authorization": {
            "service": "keeper",
            "namespace": "access",
            "port": 9000,
            "protocol": "http",
            "path": "/check",
            "headers": ["X-Tenant"],
            "passed": ["X-User"],
            "timeout_seconds": 2,
        },
        "client_address": {"trusted_hops": 2, "proxy_protocol": True},
        "gateway": {"name": "mcp", "namespace": "edge", "class_name": "envoy"},
        "cluster_issuer": "letsencrypt",
        "max_headers": "16Ki",
        "max_body": "2Mi",
        "rate_limits": [{"requests": 9000, "unit": "minute", "by": "route", "counted": "proxy"}],
    }
    found["web pages"] = {**given["measured"], "edge": edge}
    listener = {
        "host": "mcp.example.com",
        "implementation": "envoy-gateway",
        "gateway": {"listener_set": True},
        "cluster_issuer": "letsencrypt",
    }
    found["a listener of its own"] = {**given["measured"], "edge": listener}
    claims = {"volumes": [{"path": "/data", "claim": {"size": "1Gi", "per_pod": True}}]}
    found["a claim per pod"] = {**given["measured"], "server": {**given["measured"]["server"], **claims}}
    # What is followed must be counted by pods, which a query of one's own is not known to do.
    scaling = {key: value for key, value in given["measured"]["scaling"].items() if key not in OF_ALL_COLOURS}
    colours = {
        "strategy": "BlueGreen",
        "blue_green": {"green_image": "registry.example/green:2.0.0", "preview_header": "X-Release"},
    }
    found["two colours"] = {
        **given["measured"],
        "scaling": scaling,
        "server": {**given["measured"]["server"], "rollout": colours},
    }
    kept = {"strategy": "BlueGreen", "blue_green": {**colours["blue_green"], "keep_sessions": True}}
    found["two colours that keep sessions"] = {
        **given["measured"],
        "scaling": {**scaling, "prometheus_address": "http://prometheus:9090"},
        "workload": {key: value for key, value in given["measured"]["workload"].items() if key != "era_percent"},
        "server": {**given["measured"]["server"], "eras": ["legacy-stateful"], "rollout": kept},
        "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway", "affinity": "envelope"},
    }
    tainted = {
        "tolerations": [
            {"key": "spot", "operator": "Exists", "effect": "NoSchedule"},
            {"key": "gone", "value": "now", "effect": "NoExecute", "toleration_seconds": 60},
        ]
    }
    found["an experiment on tainted nodes"] = {
        **given["measured"],
        "server": {**given["measured"]["server"], **tainted},
    }
    return found


def of(component: str) -> list[Case]:
    """The uses of a component, the richest first."""
    found = sorted((case for case in CASES if case.component == component), key=lambda case: -len(case.args))
    further = (replace(found[0], variant=name, args=args) for name, args in FURTHER.get(component, {}).items())
    return [*found, *further]
