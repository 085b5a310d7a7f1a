"""A real HAProxy with the configuration that its ingress controller makes of our Ingress and Service, before processes
in the place of pods.

The controller itself (haproxytech/kubernetes-ingress) is a Go module that no proxy of modules serves, so what it writes
is written here, from its documentation and its source, and an annotation that is not in the tables ends the test:

- documentation/annotations.md: every annotation, its default, where it is read (default, ConfigMap, Ingress, Service);
- pkg/haproxy/env/defaults.go: the defaults section; pkg/annotations/common/main.go: the defaults of annotations;
- pkg/route/route.go and the rules of its frontends: which path leads where, by three maps;
- pkg/annotations/service/cookie.go and pkg/service/service.go: ``cookie NAME insert indirect nocache dynamic`` with one
  key, read at the Service alone; pkg/service/endpoints.go: 42 slots of servers, those without a pod disabled;
- pkg/haproxy/rules/reqTrack.go, reqRatelimit.go, reqRequestRedirect.go: rates, and the way to HTTPS.

TLS is left out, as with the lab's Envoy: the frontend of HTTPS is a port of loopback without a certificate. The maps
have the address of loopback in the place of the host, so that a client needs no name of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_kubernetes_mcp.edge.args import edge_spec
from pulumi_kubernetes_mcp.edge.keys import IngressKeys
from pulumi_kubernetes_mcp.edge.objects import edge_objects

from .processes import LOOPBACK, free_port, program, running

PREFIX = "haproxy.org/"
DEFAULTS: Mapping[str, str] = {
    "load-balance": "roundrobin",
    "rate-limit-period": "1s",
    "rate-limit-status-code": "403",
    "ssl-redirect-port": "8443",
    "timeout-server": "50s",
}
TIMEOUTS: Mapping[str, float] = {"http-request": 5, "connect": 5, "queue": 5, "client": 50, "http-keep-alive": 60}
"""Seconds in the defaults section, which no Ingress changes."""
UNSCALED = {"http-request"}
"""What no test waits for: a client that is given no core for a quarter of a second is not to be told 408."""
SLOTS = 42
COOKIE_KEY = "ohph7OoGhong"
BACKEND: Mapping[str, Callable[[str], str]] = {
    "load-balance": lambda value: f"balance {value}",
    "cookie-persistence": lambda name: (
        f"cookie {name} dynamic indirect nocache insert\n  dynamic-cookie-key {COOKIE_KEY}"
    ),
    "backend-config-snippet": lambda lines: lines.strip("\n").replace("\n", "\n  "),
}
FRONTEND = ("ssl-redirect", "ssl-redirect-port", "rate-limit-requests", "rate-limit-period", "rate-limit-status-code")
SERVICE_ALONE = ("cookie-persistence",)
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One server behind a HAProxy of its own."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Of McpIngress."""
    without: Sequence[str] = ()
    """Our annotations that are taken away, so that the controller has its defaults; ``*`` for all of them."""

    def objects(self) -> dict[str, Mapping[str, Any]]:
        """What McpIngress registers, by kind."""
        keys = IngressKeys(
            namespace="shop",
            host=f"{self.name}.example.com",
            service_name=self.name,
            kind="ingress",
            implementation="haproxy",
            ingress_class="haproxy",
            **{"eras": ["modern", "legacy-stateful"], "max_replicas": 3, **self.arguments},
        )
        return {one.kind: one.body for one in edge_objects(edge_spec(self.name, keys), keys).values()}

    def annotations(self) -> dict[str, str]:
        """What holds for the backend: of the Ingress, over it what the Service says, each where it is read."""
        made = self.objects()
        told = {key: value for key, value in _of(made["Ingress"]).items() if key not in SERVICE_ALONE}
        told |= _of(made.get("Service", {}))
        return {key: value for key, value in told.items() if not {key, "*"} & set(self.without)}

    def maps(self, backend: str) -> tuple[str, str]:
        """The maps of exact paths and of prefixes."""
        exact, prefix = [], []
        for rule in self.objects()["Ingress"]["spec"]["rules"]:
            for one in rule["http"]["paths"]:
                place = f"{LOOPBACK}{one['path']}"
                if one["pathType"] == "Exact":
                    exact.append(place)
                else:
                    bare = place.removesuffix("/")
                    exact.append(bare)
                    prefix.append(f"{bare}/")
        lines = ["".join(f"{place} {backend}\n" for place in places) for places in (exact, prefix)]
        return lines[0], lines[1]


def _of(body: Mapping[str, Any]) -> dict[str, str]:
    found = body.get("metadata", {}).get("annotations", {})
    return {key.removeprefix(PREFIX): str(value) for key, value in found.items() if key.startswith(PREFIX)}


def milliseconds(text: str) -> int:
    """A duration of an annotation; without a unit it is in milliseconds."""
    for unit, factor in _UNITS.items():
        if text.endswith(unit) and text.removesuffix(unit).isdigit():
            return int(text.removesuffix(unit)) * factor
    return int(text)


def configuration(rule: Rule, ports: tuple[int, int], pods: Sequence[int], folder: Path, ratio: float) -> str:
    """The file that HAProxy is started with.

    :param ports: of the frontends of HTTP and of HTTPS.
    :param ratio: how many times as fast its clocks run.
    """
    told = {**DEFAULTS, **rule.annotations()}
    unknown = set(told) - set(BACKEND) - set(FRONTEND) - {"timeout-server"}
    assert not unknown, f"HAProxy is not told what {sorted(unknown)} mean"
    plain, secure = ports
    name = f"shop_svc_{rule.name}_http"
    for kind, content in zip(("exact", "prefix"), rule.maps(name), strict=True):
        (folder / f"{rule.name}-{kind}.map").write_text(content, encoding="utf-8")
    (folder / f"{rule.name}-host.map").write_text(f"{LOOPBACK} {LOOPBACK}\n", encoding="utf-8")
    routed = f"""\
http-request set-var(txn.base) base
  http-request set-var(txn.path) path
  http-request set-var(txn.host) req.hdr(Host),field(1,:),lower
  http-request set-var(txn.host_match) var(txn.host),map({folder}/{rule.name}-host.map)
  http-request set-var(txn.path_match) var(txn.host_match),concat(,txn.path,),map({folder}/{rule.name}-exact.map)
  http-request set-var(txn.path_match) \
var(txn.host_match),concat(,txn.path,),map_beg({folder}/{rule.name}-prefix.map) if !{{ var(txn.path_match) -m found }}
  {_rates(told)}"""
    paced = {key: value / (1 if key in UNSCALED else ratio) for key, value in TIMEOUTS.items()}
    timeouts = "\n  ".join(f"timeout {key} {value * 1000:.0f}ms" for key, value in paced.items())
    backend = "\n  ".join(made(told[key]) for key, made in BACKEND.items() if key in told)
    slots = [f"{LOOPBACK}:{pod} enabled" for pod in pods] + [f"{LOOPBACK}:1 disabled"] * (SLOTS - len(pods))
    servers = "\n  ".join(f"server SRV_{number} {one}" for number, one in enumerate(slots, start=1))
    return f"""\
global
  maxconn 1000
defaults
  mode http
  option dontlognull
  option http-keep-alive
  timeout tunnel 1h
  {timeouts}
frontend http
  bind {LOOPBACK}:{plain}
  {routed}
  {_redirect(told)}
  use_backend %[var(txn.path_match),field(1,.)]
  default_backend nobody
frontend https
  bind {LOOPBACK}:{secure}
  {routed}
  use_backend %[var(txn.path_match),field(1,.)]
  default_backend nobody
backend nobody
  http-request return status 404
backend {name}
  {backend}
  timeout server {milliseconds(told["timeout-server"]) / ratio:.0f}ms
  option forwardfor
  default-server check
  {servers}
{_table(told)}"""


def _rates(told: Mapping[str, str]) -> str:
    if "rate-limit-requests" not in told:
        return ""
    table = f"RateLimit-{milliseconds(told['rate-limit-period'])}"
    return f"""\
http-request track-sc0 src table {table}
  http-request deny deny_status {told["rate-limit-status-code"]} \
if {{ sc0_http_req_rate({table}) gt {told["rate-limit-requests"]} }}"""


def _table(told: Mapping[str, str]) -> str:
    if "rate-limit-requests" not in told:
        return ""
    period = milliseconds(told["rate-limit-period"])
    return f"backend RateLimit-{period}\n  stick-table type ip size 100k store http_req_rate({period})\n"


def _redirect(told: Mapping[str, str]) -> str:
    if told.get("ssl-redirect") != "true":
        return ""
    port = told["ssl-redirect-port"]
    if port == "443":
        return "http-request redirect scheme https code 302"
    return f"http-request redirect location https://%[hdr(host),field(1,:)]:{port}%[capture.req.uri] code 302"


@dataclass(frozen=True)
class Haproxy:
    """Where a running HAProxy answers."""

    plain: str
    """Without TLS."""
    base: str
    """Where TLS would be."""


@contextmanager
def haproxy(rule: Rule, pods: Sequence[int], folder: Path, ratio: float = 1) -> Iterator[Haproxy]:
    """One that runs."""
    plain, secure = free_port(), free_port()
    file = folder / f"{rule.name}.cfg"
    file.write_text(configuration(rule, (plain, secure), pods, folder, ratio), encoding="utf-8")
    command = [program("haproxy", "haproxy"), "-db", "-f", str(file)]
    with running(f"haproxy-{rule.name}", command, folder=folder) as process:
        process.wait_for_port(secure)
        yield Haproxy(f"http://{LOOPBACK}:{plain}", f"http://{LOOPBACK}:{secure}")
