"""The sidecar whose readiness is that of the server: what it asks, and its part of the pod. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..eras import SESSION_ERAS, Era
from ..kubernetes import containers
from ..kubernetes.objects import Spec, container_security

if TYPE_CHECKING:
    from .spec import ServerSpec

CONTAINER = "readiness"
PORT_NAME = "readiness"
FAILURES = 2
"""Bad answers in a row that take the pod out: one alone may be a round that a garbage collection made late."""
PAGE_SECONDS = 3
"""How long the kubelet waits for the page, as READINESS_PROBE has it: it says what the last round found."""


def asked_era(eras: Sequence[str]) -> Era | None:
    """The era whose exchange costs the server least: one without a session, if it speaks one; never `initialize` for a
    modern server. ``None`` for HTTP+SSE alone, which is not at the server's path."""
    order = (Era.MODERN, Era.LEGACY_STATELESS, Era.LEGACY_STATEFUL)
    return next((era for era in order if era in eras), None)


def sessions_per_hour(era: Era | None, interval_seconds: int) -> int:
    """Sessions that the rounds open, and end, on one pod."""
    return round(3600 / interval_seconds) if era in SESSION_ERAS else 0


def readiness_sidecars(server: ServerSpec) -> list[Spec]:
    """The container, restarted as long as the pod lives; none if it is not wanted.

    It has no start-up probe: what starts after it would wait for ever for a server that is not there yet.
    """
    wanted = server.pod.readiness_sidecar
    era = asked_era(server.eras)
    if wanted is None or era is None:
        return []
    return [
        {
            "name": CONTAINER,
            "image": wanted.image,
            "imagePullPolicy": server.pull_policy,
            "restartPolicy": "Always",
            # Over loopback by this name, which SDKs let in whose check of Host is armed.
            "command": [
                *("mcp-stack", "probe", f"http://localhost:{server.port}{server.path}", "--era", era.value, "--serve"),
                *("--listen", f"0.0.0.0:{wanted.port}", "--interval", str(wanted.interval_seconds)),
                *("--timeout", str(wanted.timeout_seconds)),
            ],
            "ports": [{"name": PORT_NAME, "containerPort": wanted.port, "protocol": "TCP"}],
            "resources": {
                "requests": containers.quantities(wanted.requests),
                "limits": containers.quantities(wanted.limits),
            },
            "securityContext": container_security(server.user_id),
            "readinessProbe": {
                "httpGet": {"path": "/ready", "port": PORT_NAME, "scheme": "HTTP"},
                "periodSeconds": wanted.interval_seconds,
                "timeoutSeconds": PAGE_SECONDS,
                "failureThreshold": FAILURES,
            },
        }
    ]
