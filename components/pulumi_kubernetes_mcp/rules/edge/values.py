"""Whether annotations of an edge have values that their controllers read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..model import Finding, Rule, Severity

REFUSED_VALUE = Rule(
    code="MCP365",
    slug="annotation-value-refused",
    severity=Severity.ERROR,
    title="an annotation with a value that its controller does not read",
    meaning="""
        A value in `mcp:edge.annotations` has another form, or lies in another range, than the controller that the
        annotation is for documents.
        """,
    why="""
        The API server takes every text. The AWS Load Balancer Controller then stops at the whole Ingress, and makes no
        load balancer or changes none; ingress-nginx refuses it or goes on with its default, and so does OpenShift's
        router: streams end after the seconds that nobody wrote.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: alb
          clientCidrs: [10.0.0.0/16]
          annotations: {alb.ingress.kubernetes.io/scheme: public}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: alb
          clientCidrs: [10.0.0.0/16]
          annotations: {alb.ingress.kubernetes.io/scheme: internet-facing}
        """,
    note="""
        Sources: AWS Load Balancer Controller, Ingress annotations; Elastic Load Balancing, attributes of load balancers
        and target groups; ingress-nginx, annotations; OpenShift, route-specific annotations; HAProxy Kubernetes Ingress
        Controller, annotations.
        """,
)
_ALB, _NGINX, _HAPROXY, _OPENSHIFT = (
    "alb.ingress.kubernetes.io/",
    "nginx.ingress.kubernetes.io/",
    "haproxy.org/",
    "haproxy.router.openshift.io/",
)
_Bounds = tuple[tuple[int, int], ...]
"""Ranges, one of which holds a value."""
_SECONDS = (r"[0-9]{1,9}", "whole seconds without a unit, such as '3600'")
_SWITCH = (r"(?i:true|false|t|f)|[01]", "'true' or 'false'")
_DURATION = (r"[1-9][0-9]{0,8}(us|ms|s|m|h|d)?", "a time with its unit, such as '3600s'")
FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        f"{_ALB}scheme": (r"internal|internet-facing", "'internal' or 'internet-facing'"),
        f"{_ALB}target-type": (r"ip|instance", "'ip' or 'instance'"),
        f"{_ALB}ip-address-type": (
            r"ipv4|dualstack|dualstack-without-public-ipv4",
            "'ipv4', 'dualstack' or 'dualstack-without-public-ipv4'",
        ),
        f"{_ALB}backend-protocol": (r"HTTPS?", "'HTTP' or 'HTTPS'"),
        f"{_ALB}backend-protocol-version": (r"HTTP1|HTTP2|GRPC", "'HTTP1', 'HTTP2' or 'GRPC'"),
        f"{_ALB}healthcheck-protocol": (r"HTTPS?", "'HTTP' or 'HTTPS'"),
        f"{_ALB}healthcheck-path": (r"/\S{0,1023}", "a path, such as '/healthz'"),
        f"{_NGINX}proxy-read-timeout": _SECONDS,
        f"{_NGINX}proxy-send-timeout": _SECONDS,
        f"{_NGINX}proxy-connect-timeout": _SECONDS,
        f"{_NGINX}proxy-body-size": (r"(?i:[0-9]{1,12}[kmgb]?)", "a size, such as '4m'"),
        f"{_NGINX}proxy-buffering": (r"on|off", "'on' or 'off'"),
        f"{_NGINX}proxy-request-buffering": (r"on|off", "'on' or 'off'"),
        f"{_NGINX}proxy-http-version": (r"1\.[01]", "'1.1'"),
        f"{_NGINX}ssl-redirect": _SWITCH,
        f"{_NGINX}force-ssl-redirect": _SWITCH,
        f"{_NGINX}backend-protocol": (
            r"(?i:HTTP|HTTPS|GRPC|GRPCS|FCGI|AUTO_HTTP)",
            "'HTTP', 'HTTPS', 'GRPC', 'GRPCS' or 'AUTO_HTTP'",
        ),
        f"{_NGINX}affinity": (r"cookie", "'cookie'"),
        f"{_NGINX}affinity-mode": (r"balanced|persistent", "'balanced' or 'persistent'"),
        f"{_HAPROXY}timeout-server": _DURATION,
        f"{_HAPROXY}timeout-client": _DURATION,
        f"{_HAPROXY}timeout-connect": _DURATION,
        f"{_OPENSHIFT}timeout": _DURATION,
        f"{_OPENSHIFT}timeout-tunnel": _DURATION,
        f"{_OPENSHIFT}disable_cookies": (r"(?i:true|false)", "'true' or 'false'"),
        f"{_OPENSHIFT}balance": (
            r"random|source|roundrobin|leastconn",
            "'random', 'source', 'roundrobin' or 'leastconn'",
        ),
    }
)
"""Annotation to the form of its value, and that in words."""
NUMBERS: Mapping[str, _Bounds] = MappingProxyType(
    {
        f"{_ALB}healthcheck-interval-seconds": ((5, 300),),
        f"{_ALB}healthcheck-timeout-seconds": ((2, 120),),
        f"{_ALB}healthy-threshold-count": ((2, 10),),
        f"{_ALB}unhealthy-threshold-count": ((2, 10),),
    }
)
"""Annotation to the ranges of its value."""
ATTRIBUTES: Mapping[str, _Bounds] = MappingProxyType(
    {
        "deregistration_delay.timeout_seconds": ((0, 3600),),
        "slow_start.duration_seconds": ((0, 0), (30, 900)),
        "stickiness.lb_cookie.duration_seconds": ((1, 604_800),),
        "idle_timeout.timeout_seconds": ((1, 4000),),
        "client_keep_alive.seconds": ((60, 604_800),),
    }
)
"""Attribute of a load balancer or a target group of AWS to the ranges of its value."""


def value_findings(given: Mapping[str, str], *, place: Callable[[str], str]) -> list[Finding]:
    """MCP365 for each annotation whose value its controller does not read.

    :param place: the path of an annotation.
    """
    return [
        REFUSED_VALUE.at(
            place(name), f"{name} is {_shown(value)}, which is not {what}.", f"Give {how}, or leave it out."
        )
        for name, value in given.items()
        for what, how in _wrong(name, value)
    ]


def read_as(name: str, value: str) -> str:
    """A value as its controller reads it: ingress-nginx trims each line of a text, and no number or switch."""
    if not name.startswith(_NGINX) or FORMS.get(name) in (None, _SECONDS, _SWITCH):
        return value
    return "\n".join(line.strip() for line in value.split("\n"))


def _wrong(name: str, value: str) -> list[tuple[str, str]]:
    """What a value is not, and what to give; nothing for an annotation that is not known here.

    ingress-nginx takes an empty value for one that is not given.
    """
    value = read_as(name, value)
    if not value and name.startswith(_NGINX):
        return []
    if name == f"{_ALB}listen-ports" and not _are_listeners(value):
        what = "a list in JSON of maps from HTTP or HTTPS to a port from 1 to 65535"
        return [(what, """such a list, as '[{"HTTPS":443}]' is""")]
    if (form := FORMS.get(name)) is not None and not re.fullmatch(form[0], value):
        return [("one of those that its controller reads", form[1])]
    if (bounds := NUMBERS.get(name)) is not None:
        return _outside(value, bounds)
    if name in (f"{_ALB}load-balancer-attributes", f"{_ALB}target-group-attributes"):
        found = []
        for pair in filter(None, (one.strip() for one in value.split(","))):
            key, sign, text = (part.strip() for part in pair.partition("="))
            if not sign or not key:
                found.append(("a list of pairs", "pairs with commas between, such as 'stickiness.enabled=true'"))
            elif (bounds := ATTRIBUTES.get(key)) is not None:
                found += [(f"{what} in {key}", f"{how} for {key}") for what, how in _outside(text, bounds)]
        return found
    return []


def _are_listeners(text: str) -> bool:
    """Whether a text says ports to listen at, as the controller decodes it."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        return False
    ports = [pair for one in given for pair in one.items()]
    return bool(ports) and all(
        key in ("HTTP", "HTTPS") and type(port) is int and 1 <= port <= 65_535 for key, port in ports
    )


def _outside(value: str, bounds: _Bounds) -> list[tuple[str, str]]:
    if re.fullmatch(r"[0-9]{1,9}", value) and any(low <= int(value) <= high for low, high in bounds):
        return []
    said = " or ".join(str(low) if low == high else f"a whole number from {low} to {high}" for low, high in bounds)
    return [(said, said)]


def _shown(value: str) -> str:
    """A value as a line of a message has it: with its blanks, and with both of its ends."""
    line = "".join(one if one.isprintable() else repr(one)[1:-1] for one in value)
    return f"'{line}'" if len(line) <= 60 else f"'{line[:40]}...{line[-17:]}'"


RULES = (REFUSED_VALUE,)
