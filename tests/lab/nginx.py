"""A plain nginx that is told what the annotations of our Ingress mean, before processes in the place of pods.

Not ingress-nginx, whose balancer is a Lua program inside of nginx: each annotation is written as the directive that
its documentation names, over the defaults of its ConfigMap, and one that is not in the table ends the test. TLS is left
out, as with the lab's Envoy.
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

PREFIX = "nginx.ingress.kubernetes.io/"
DEFAULTS: Mapping[str, str] = {
    "proxy-buffering": "off",
    "proxy-request-buffering": "on",
    "proxy-read-timeout": "60",
    "proxy-send-timeout": "60",
    "proxy-body-size": "1m",
    "proxy-http-version": "1.1",
}
"""Of ingress-nginx's ConfigMap (kubernetes/ingress-nginx, docs/user-guide/nginx-configuration/configmap.md)."""
SECONDS = ("proxy-read-timeout", "proxy-send-timeout")
DIRECTIVES: Mapping[str, Callable[[str], str]] = {
    "proxy-buffering": lambda value: f"proxy_buffering {value};",
    "proxy-request-buffering": lambda value: f"proxy_request_buffering {value};",
    "proxy-read-timeout": lambda value: f"proxy_read_timeout {value};",
    "proxy-send-timeout": lambda value: f"proxy_send_timeout {value};",
    "proxy-body-size": lambda value: f"client_max_body_size {value};",
    "proxy-http-version": lambda value: f"proxy_http_version {value};",
}
UPSTREAM: Mapping[str, Callable[[str], str]] = {"upstream-hash-by": lambda value: f"hash {value} consistent;"}
"""Annotations of the pods: ingress-nginx has a ring of 160 points for each, as nginx's ``consistent`` has."""
OF_TLS = ("ssl-redirect",)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One server behind an nginx of its own."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Of McpIngress."""
    annotated: bool = True
    """Whether our annotations stand on the Ingress; without them ingress-nginx has its defaults."""

    def annotations(self) -> dict[str, str]:
        """What McpIngress writes, without the prefix."""
        keys = IngressKeys(
            namespace="shop",
            host=f"{self.name}.example.com",
            service_name=self.name,
            kind="ingress",
            implementation="nginx",
            ingress_class="nginx",
            **{"eras": ["modern", "legacy-stateful"], "max_replicas": 3, **self.arguments},
        )
        (ingress,) = [one for one in edge_objects(edge_spec(self.name, keys), keys).values() if one.kind == "Ingress"]
        found = ingress.body["metadata"]["annotations"]
        return {key.removeprefix(PREFIX): str(value) for key, value in found.items() if key.startswith(PREFIX)}


def configuration(rule: Rule, port: int, pods: Sequence[int], folder: Path, ratio: float) -> str:
    """The file that nginx is started with.

    :param ratio: how many times as fast its clocks run.
    """
    told = {**DEFAULTS, **(rule.annotations() if rule.annotated else {})}
    unknown = set(told) - set(DIRECTIVES) - set(UPSTREAM) - set(OF_TLS)
    assert not unknown, f"nginx is not told what {sorted(unknown)} mean"
    timed = {key: f"{float(value) / ratio * 1000:.0f}ms" if key in SECONDS else value for key, value in told.items()}
    location = "\n      ".join(DIRECTIVES[key](value) for key, value in timed.items() if key in DIRECTIVES)
    balanced = "\n    ".join(UPSTREAM[key](value) for key, value in timed.items() if key in UPSTREAM)
    servers = "\n    ".join(f"server {LOOPBACK}:{pod} max_fails=0;" for pod in pods)
    return f"""daemon off;
master_process off;
pid {folder}/{rule.name}.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/{rule.name}-body;
  proxy_temp_path {folder}/{rule.name}-proxy;
  fastcgi_temp_path {folder}/{rule.name}-fastcgi;
  uwsgi_temp_path {folder}/{rule.name}-uwsgi;
  scgi_temp_path {folder}/{rule.name}-scgi;
  upstream pods {{
    {balanced}
    {servers}
    keepalive 320;
  }}
  server {{
    listen {LOOPBACK}:{port};
    location / {{
      proxy_pass http://pods;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_connect_timeout 5s;
      proxy_next_upstream error timeout;
      proxy_next_upstream_tries 3;
      {location}
    }}
  }}
}}
"""


@contextmanager
def nginx(rule: Rule, pods: Sequence[int], folder: Path, ratio: float = 1) -> Iterator[str]:
    """Where a running nginx answers."""
    port = free_port()
    file = folder / f"{rule.name}.conf"
    file.write_text(configuration(rule, port, pods, folder, ratio), encoding="utf-8")
    command = [program("nginx", "nginx"), "-p", str(folder), "-e", "stderr", "-c", str(file)]
    with running(f"nginx-{rule.name}", command, folder=folder) as process:
        process.wait_for_port(port)
        yield f"http://{LOOPBACK}:{port}"
