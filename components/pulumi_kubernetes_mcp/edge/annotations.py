"""The annotations of an Ingress or a Route, by implementation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pulumi

from ..kubernetes.objects import text
from .authorization import nginx_authorization
from .cors import nginx_cors
from .implementations import TARGET_GROUP, derived_deregistration
from .limits import body_size, haproxy_rates, nginx_rates
from .spec import EdgeSpec

STREAM_SECONDS = 3600
"""Read and send timeout of the nginx family, in seconds: longer than any silence of a stream."""
COOKIE_NAME = "mcp-session"
COOKIE_SECONDS = 3600
MOST_IDLE_SECONDS = 4000
"""The longest idle timeout of an Application Load Balancer."""
HAPROXY_SNIPPET = ("option http-no-delay", "option redispatch 1")
"""What HAProxy's backend is told that no annotation of its own says. It holds a small piece of an answer back for up to
200 ms without the first, which every event of a stream is (measured: 0.1 s in the middle). Without the second a connect
that failed is tried again at the same pod alone, so that a pod which has just died costs calls. Neither repeats what
has reached a server (HAProxy configuration manual, option http-no-delay, option redispatch)."""
HTTPS_PORT = 443
"""Where clients are led to from plain HTTP. The controller of HAProxy says 8443 where nothing is said, which is the
port of its pods and none of its Service (haproxytech/kubernetes-ingress documentation/annotations.md,
ssl-redirect-port)."""

Annotations = dict[str, pulumi.Input[str]]


def annotations_of(edge: EdgeSpec, slowest_seconds: int) -> Annotations:
    """What the implementation of an Ingress or a Route is told; the issuer of its certificate besides.

    :param slowest_seconds: how long the slowest call may take after the pod is to go.
    """
    made = _BY_IMPLEMENTATION.get(edge.row.name)
    issuer: Annotations = {} if edge.cluster_issuer is None else {"cert-manager.io/cluster-issuer": edge.cluster_issuer}
    return {**issuer, **(made(edge, slowest_seconds) if made is not None else {})}


def _nginx(edge: EdgeSpec, _slowest: int) -> Annotations:
    """The nginx family: ingress-nginx, its forks, Traefik's provider for them."""
    timeout = max(STREAM_SECONDS, edge.idle_timeout_seconds, edge.request_timeout_seconds)
    values: Annotations = {
        "proxy-buffering": "off",
        "proxy-request-buffering": "off",
        "proxy-read-timeout": str(timeout),
        "proxy-send-timeout": str(timeout),
        "proxy-body-size": body_size(edge.max_body),
        "proxy-http-version": "1.1",
        "ssl-redirect": "true",
    }
    if edge.affinity == "source-ip":
        values["upstream-hash-by"] = "$binary_remote_addr"
    elif edge.affinity == "cookie":
        values |= {
            "affinity": "cookie",
            "affinity-mode": "persistent",
            "session-cookie-name": COOKIE_NAME,
            "session-cookie-max-age": str(COOKIE_SECONDS),
            "session-cookie-samesite": "None",
            "session-cookie-secure": "true",
        }
    values |= nginx_rates(edge.rate_limits)
    if edge.asked is not None:
        values |= nginx_authorization(edge.asked)
    if edge.cors is not None:
        values |= nginx_cors(edge.cors)
    if edge.tls:
        values["backend-protocol"] = "HTTPS"
        values |= _nginx_verification(edge)
    return {f"nginx.ingress.kubernetes.io/{key}": value for key, value in values.items()}


def _nginx_verification(edge: EdgeSpec) -> Annotations:
    certificate = edge.certificate
    if certificate is None:
        return {}
    name = certificate.hostname
    named: Annotations = {} if name is None else {"proxy-ssl-name": name, "proxy-ssl-server-name": "on"}
    if certificate.ca_secret is None:
        return named
    return {**named, "proxy-ssl-secret": _in_namespace(edge, certificate.ca_secret), "proxy-ssl-verify": "on"}


def _in_namespace(edge: EdgeSpec, name: pulumi.Input[str]) -> pulumi.Input[str]:
    """An object of the route's namespace as annotations name it; a rule reads it where all of it is known."""
    return text(edge.namespace, "/", name)


def _haproxy(edge: EdgeSpec, _slowest: int) -> Annotations:
    timeout = max(STREAM_SECONDS, edge.idle_timeout_seconds, edge.request_timeout_seconds)
    values: Annotations = {
        "timeout-server": f"{timeout}s",
        "load-balance": "source" if edge.affinity == "source-ip" else "leastconn",
        "ssl-redirect": "true",
        "ssl-redirect-port": str(HTTPS_PORT),
        "backend-config-snippet": "\n".join(HAPROXY_SNIPPET),
    }
    values |= haproxy_rates(edge.rate_limits)
    if edge.tls:
        values["server-ssl"] = "true"
        if edge.certificate is not None and edge.certificate.ca_secret is not None:
            values["server-ca"] = _in_namespace(edge, edge.certificate.ca_secret)
    return {f"haproxy.org/{key}": value for key, value in values.items()}


def _traefik(_edge: EdgeSpec, _slowest: int) -> Annotations:
    """Traefik neither buffers nor ends a response; what concerns a Service is said there."""
    return {"traefik.ingress.kubernetes.io/router.tls": "true"}


def _alb(edge: EdgeSpec, slowest: int) -> Annotations:
    """The AWS Load Balancer Controller: pods as targets, checked as the readiness probe checks them."""
    target = [f"deregistration_delay.timeout_seconds={derived_deregistration(slowest)}"]
    if edge.affinity == "cookie":
        lasting = f"stickiness.lb_cookie.duration_seconds={COOKIE_SECONDS}"
        target += ["stickiness.enabled=true", "stickiness.type=lb_cookie", lasting]
    idle = min(MOST_IDLE_SECONDS, max(edge.idle_timeout_seconds, edge.request_timeout_seconds))
    protocol = "HTTPS" if edge.tls else "HTTP"
    values: Annotations = {
        "alb.ingress.kubernetes.io/target-type": "ip",
        "alb.ingress.kubernetes.io/backend-protocol": protocol,
        "alb.ingress.kubernetes.io/listen-ports": '[{"HTTPS":443}]',
        "alb.ingress.kubernetes.io/load-balancer-attributes": f"idle_timeout.timeout_seconds={idle}",
        TARGET_GROUP: ",".join(target),
    }
    if edge.health_path is not None:
        values["alb.ingress.kubernetes.io/healthcheck-path"] = edge.health_path
    return values


def _openshift(edge: EdgeSpec, _slowest: int) -> Annotations:
    timeout = max(STREAM_SECONDS, edge.idle_timeout_seconds, edge.request_timeout_seconds)
    values: Annotations = {
        "haproxy.router.openshift.io/timeout": f"{timeout}s",
        "haproxy.router.openshift.io/balance": "source" if edge.affinity == "source-ip" else "leastconn",
    }
    if edge.affinity == "cookie":
        values |= {"router.openshift.io/cookie_name": COOKIE_NAME, "router.openshift.io/cookie-same-site": "None"}
    else:
        # A router keeps every client by a cookie of its own otherwise.
        values["haproxy.router.openshift.io/disable_cookies"] = "true"
    return values


def openshift_ingress(edge: EdgeSpec) -> Annotations:
    """What the Routes that OpenShift makes of an Ingress are like; a Route says it in its spec."""
    values: Annotations = {"route.openshift.io/termination": "reencrypt" if edge.tls else "edge"}
    if edge.certificate is not None and edge.certificate.ca_secret is not None:
        values["route.openshift.io/destination-ca-certificate-secret"] = edge.certificate.ca_secret
    return values


_BY_IMPLEMENTATION: Mapping[str, Callable[[EdgeSpec, int], Annotations]] = MappingProxyType(
    {"nginx": _nginx, "haproxy": _haproxy, "traefik": _traefik, "alb": _alb, "openshift": _openshift}
)
