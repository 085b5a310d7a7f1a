"""MCP325: annotations of one's own beside those that are derived, by what they take away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.test_checks import inspected, the

NGINX, HAPROXY = "nginx.ingress.kubernetes.io/", "haproxy.org/"
OPENSHIFT, ALB = "haproxy.router.openshift.io/", "alb.ingress.kubernetes.io/"
EDGES: dict[str, dict[str, Any]] = {
    NGINX: {"kind": "ingress", "implementation": "nginx"},
    HAPROXY: {"kind": "ingress", "implementation": "haproxy"},
    OPENSHIFT: {"kind": "route", "implementation": "openshift"},
    ALB: {"kind": "ingress", "implementation": "alb", "clientCidrs": ["10.0.0.0/16"]},
}
GROUP = "target-group-attributes"
BALANCE = "stickiness.enabled=true,stickiness.type=lb_cookie,stickiness.lb_cookie.duration_seconds=3600"
SESSIONS = {
    "server": {"eras": ["legacy-stateful"]},
    "scaling": {"prometheusAddress": "https://prometheus.monitoring:9090"},
}


def undone(prefix: str, key: str, value: str, **groups: Any) -> list[str]:
    edge = {**EDGES[prefix], **groups.pop("edge", {}), "annotations": {f"{prefix}{key}": value}}
    found = [one for one in inspected(rehearse=False, edge=edge, **groups).findings if one.code == "MCP325"]
    assert all(one.path == f'mcp:edge.annotations["{prefix}{key}"]' for one in found)
    return [one.problem for one in found]


@pytest.mark.parametrize(
    ("prefix", "key", "value"),
    [
        # Nobody knows what this server sends, so a stream may be silent for the slowest tool and 15 s: 75 s.
        (NGINX, "proxy-read-timeout", "10"),
        (NGINX, "proxy-send-timeout", "74"),
        (NGINX, "proxy-read-timeout", "30"),
        (NGINX, "proxy-read-timeout", ""),
        (NGINX, "proxy-buffering", "on"),
        (NGINX, "proxy-body-size", "1m"),
        (NGINX, "ssl-redirect", "false"),
        (HAPROXY, "timeout-server", "76"),
        (HAPROXY, "timeout-server", "50s"),
        (HAPROXY, "backend-config-snippet", "option redispatch 1\noption http-server-close"),
        (HAPROXY, "backend-config-snippet", "no option redispatch\noption http-no-delay"),
        (HAPROXY, "backend-config-snippet", ""),
        (OPENSHIFT, "timeout", "30s"),
        (ALB, "load-balancer-attributes", "idle_timeout.timeout_seconds=50"),
        (ALB, "target-type", "instance"),
    ],
)
def test_what_takes_something_away_is_told(prefix: str, key: str, value: str) -> None:
    assert len(undone(prefix, key, value)) == 1


@pytest.mark.parametrize(
    ("prefix", "key", "value"),
    [
        (NGINX, "proxy-read-timeout", "75"),
        (NGINX, "proxy-read-timeout", "7200"),
        (NGINX, "proxy-buffering", "off"),
        (NGINX, "proxy-buffering", " off "),
        (NGINX, "proxy-body-size", "0"),
        (NGINX, "proxy-body-size", "10m"),
        (NGINX, "enable-cors", "true"),
        (HAPROXY, "timeout-server", "75000"),
        (HAPROXY, "timeout-server", "2h"),
        (HAPROXY, "load-balance", "roundrobin"),
        (HAPROXY, "backend-config-snippet", "  option   http-no-delay\n\noption redispatch\nhttp-reuse always"),
        (HAPROXY, "ssl-redirect-port", "8443"),
        (OPENSHIFT, "timeout", "5m"),
        (ALB, "load-balancer-attributes", "access_logs.s3.enabled=true,idle_timeout.timeout_seconds=120"),
        (ALB, "load-balancer-attributes", "idle_timeout.timeout_seconds=4000"),
        (ALB, GROUP, "deregistration_delay.timeout_seconds=120"),
    ],
)
def test_what_takes_nothing_away_is_not(prefix: str, key: str, value: str) -> None:
    assert undone(prefix, key, value) == []


def test_a_snippet_is_told_what_it_lacks() -> None:
    (problem,) = undone(HAPROXY, "backend-config-snippet", "option http-no-delay\nhttp-reuse always")
    assert problem == (
        "haproxy.org/backend-config-snippet is 'option http-no-delay; http-reuse always', and 'option http-no-delay; "
        "option redispatch 1' is derived: a call to a pod that has just died is tried at that pod alone."
    )


def test_attributes_replace_all_of_a_load_balancer() -> None:
    logs, silent = "access_logs.s3.enabled=true", {"server": {"keepaliveSeconds": 0}}
    assert undone(ALB, "load-balancer-attributes", logs, server={"keepaliveSeconds": 15}) == []
    assert len(undone(ALB, "load-balancer-attributes", logs, **silent)) == 1
    kept = f"{logs},idle_timeout.timeout_seconds=120"
    assert undone(ALB, "load-balancer-attributes", kept, **silent) == []


def test_sessions_need_their_balance() -> None:
    assert undone(NGINX, "upstream-hash-by", "$request_uri", **SESSIONS) == [
        "nginx.ingress.kubernetes.io/upstream-hash-by is '$request_uri', and '$binary_remote_addr' is derived: clients "
        "leave the pods that hold their sessions."
    ]
    assert len(undone(HAPROXY, "load-balance", "roundrobin", **SESSIONS)) == 1
    cookie = {"edge": {"affinity": "cookie"}, **SESSIONS}
    assert len(undone(ALB, GROUP, "deregistration_delay.timeout_seconds=120", **cookie)) == 1
    assert undone(ALB, GROUP, f"deregistration_delay.timeout_seconds=120,{BALANCE}", **cookie) == []


def test_the_words() -> None:
    edge = {**EDGES[NGINX], "annotations": {f"{NGINX}proxy-read-timeout": "10"}}
    found = the("MCP325", rehearse=False, edge=edge)
    assert found.problem == (
        "nginx.ingress.kubernetes.io/proxy-read-timeout is '10', and '3600' is derived: a stream may be silent for "
        "75 s, and is cut before."
    )
    assert found.remedy == "Leave it out, or give '75' at least."
