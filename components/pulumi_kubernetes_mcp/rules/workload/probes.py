"""Rules about probes: whether they ask what a kubelet can ask."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ..model import Finding, Rule, Severity

PROBE_ON_MCP_PATH = Rule(
    code="MCP104",
    slug="probe-on-mcp-path",
    severity=Severity.ERROR,
    title="a probe on the MCP path",
    meaning="""
        `healthPath` or `livenessPath` is the MCP path. Without a route of its own a probe may test the port, which is
        what happens when the key is left out.
        """,
    why="""
        The kubelet can only GET. An MCP endpoint answers that with 400, 405 or 406, or with a stream that never ends;
        the pod never becomes ready, or is restarted for ever.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /mcp
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /readyz
          livenessPath: /livez
        """,
)


NO_HEALTH_PATH = Rule(
    code="MCP105",
    slug="no-health-route",
    severity=Severity.WARNING,
    title="no health route",
    meaning="`healthPath` is not given. The readiness probe then only opens the port.",
    why="""
        The SDKs ship none. Without it the probes only test that the port is open, so a server that hangs or drains
        still receives traffic.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /readyz
        """,
    note="The check that the server speaks MCP belongs outside of the pod: a kubelet cannot POST.",
)


SAME_PROBE_ROUTE = Rule(
    code="MCP106",
    slug="same-probe-route",
    severity=Severity.WARNING,
    title="liveness and readiness use the same route",
    meaning="`livenessPath` and `healthPath` are the same route.",
    why="""
        The readiness route says 503 while the server drains. Used for liveness, that restarts the container in the
        middle of the drain.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          livenessPath: /healthz
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          livenessPath: /livez
        """,
)


def probe_findings(
    *,
    health_path: str | None,
    liveness_path: str | None,
    mcp_path: str,
    path: Callable[[str], str],
    by_command: Collection[str] = (),
) -> list[Finding]:
    """MCP104, MCP105 and MCP106: whether the probes ask what a kubelet can ask.

    :param by_command: those of ``readiness`` and ``liveness`` that a command asks in place of a route.
    ``path`` spells the place of ``health_path`` and ``liveness_path`` in the file or program.
    """
    found = []
    for key, route in (("health_path", health_path), ("liveness_path", liveness_path)):
        if route is not None and _route(route) == _route(mcp_path):
            found.append(
                PROBE_ON_MCP_PATH.at(
                    path(key),
                    f"'{route}' is the MCP endpoint; a kubelet can only GET, and gets 400, 405, 406 or an "
                    "endless stream.",
                    "Give a plain GET route of the server, such as '/healthz', or leave it out: the port "
                    "is then tested.",
                )
            )
    if health_path is None and "readiness" not in by_command:
        found.append(
            NO_HEALTH_PATH.at(
                path("health_path"),
                "There is no health route; readiness only means that the port is open.",
                "Give the server a GET route that answers 200 when it can serve and 503 while it drains, "
                "and name it here.",
            )
        )
    elif not (health_path is None or liveness_path is None or by_command) and (
        _route(liveness_path) == _route(health_path) != _route(mcp_path)
    ):
        found.append(
            SAME_PROBE_ROUTE.at(
                path("liveness_path"),
                f"'{liveness_path}' is the readiness route too; its 503 while draining restarts the container.",
                "Give a route that answers 200 as long as the process answers at all, or leave it out: "
                "the port is then tested.",
            )
        )
    return found


def _route(path: str) -> str:
    """A path without query and trailing slash, for comparison."""
    return path.partition("?")[0].rstrip("/") or "/"


RULES = (
    PROBE_ON_MCP_PATH,
    NO_HEALTH_PATH,
    SAME_PROBE_ROUTE,
)
