"""Rules about probes: whether they ask what a kubelet can ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from ..model import Finding, Rule, Severity

PROBE_ON_MCP_PATH = Rule(
    code="MCP104",
    slug="probe-on-mcp-path",
    severity=Severity.ERROR,
    title="a probe on the MCP path",
    meaning="""
        `healthPath` or `livenessPath` is the MCP path, or a path of `ssePaths` of a server that speaks HTTP+SSE; or a
        patch lets a probe of the pod ask there. Without a route of its own a probe may test the port, which is what
        happens when the key is left out.
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


READINESS_TWICE = Rule(
    code="MCP627",
    slug="readiness-asked-twice",
    severity=Severity.WARNING,
    title="a readiness sidecar beside a health route",
    meaning="`readinessSidecar` is given, and so is `healthPath` or a command of `probes.readiness`.",
    why="""
        The pod is ready when both say so, and the sidecar takes its requests of CPU and memory in every pod. A route of
        the server knows that it drains, which an exchange shows only when it fails.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          readinessSidecar: {image: registry.example.com/acme/mcp-probe:1.0.0}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          readinessSidecar: {image: registry.example.com/acme/mcp-probe:1.0.0}
        """,
    note="Accept it where the route only says that the process answers.",
)


READINESS_SESSIONS = Rule(
    code="MCP628",
    slug="readiness-opens-sessions",
    severity=Severity.WARNING,
    title="a readiness sidecar opens sessions",
    meaning="`readinessSidecar` is given, and every era of the server has sessions.",
    why="""
        Each round opens a session and ends it. It costs the server a handshake, counts where sessions are counted, and
        at the session cap it is refused: the pod leaves the endpoints, and with it the sessions that it still serves.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          readinessSidecar: {image: registry.example.com/acme/mcp-probe:1.0.0}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          readinessSidecar: {image: registry.example.com/acme/mcp-probe:1.0.0}
        """,
    note="Accept it with an interval that the server can bear, and with a cap that is never reached.",
)


READINESS_CANNOT = Rule(
    code="MCP629",
    slug="readiness-sidecar-cannot-ask",
    severity=Severity.ERROR,
    title="a readiness sidecar that can never say yes",
    meaning="""
        The timeout of `readinessSidecar` is longer than its interval, its port is one of the server's, a container
        beside the server has its name, 'readiness', or its port, the server ends TLS itself, or it speaks HTTP+SSE
        alone.
        """,
    why="""
        Rounds that overlap are left out; a port that another container of the pod listens on cannot be had; no
        certificate is for localhost; and HTTP+SSE is not at the server's path. The pods would never get a request.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          readinessSidecar:
            image: registry.example.com/acme/mcp-probe:1.0.0
            intervalSeconds: 5
            timeoutSeconds: 8
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          readinessSidecar:
            image: registry.example.com/acme/mcp-probe:1.0.0
            intervalSeconds: 10
            timeoutSeconds: 8
        """,
)


OTHER_SCHEME = Rule(
    code="MCP182",
    slug="probe-scheme-differs",
    severity=Severity.WARNING,
    title="a probe that does not speak what the port speaks",
    meaning="""
        `servesTls` says that the pods speak TLS at `port`, and `probes.scheme`, a patch of a probe or, for metrics at
        that port, `mcp:monitoring.scheme` says plain HTTP; or the other way round.
        """,
    why="""
        A port that speaks TLS answers plain HTTP with 400 or closes the connection, and one that speaks plain HTTP
        cannot answer a TLS handshake. The pods never become ready, or are never scraped.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
          probes: {scheme: HTTPS}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          healthPath: /healthz
        """,
    note="""
        Accept it where the port speaks both. The scheme follows `servesTls` where it is left out. Routes for probes at
        a port of their own, beside one that speaks TLS, are a patch of the probe with that port.
        """,
)


SHORT_START = Rule(
    code="MCP188",
    slug="start-ended-early",
    severity=Severity.WARNING,
    title="a start-up probe that gives up before the start may end",
    meaning="""
        `probes.startup.failureThreshold`, or a patch of the start-up probe, allows fewer seconds than `startupSeconds`:
        the failures in a row times the seconds between two questions, 2 where `periodSeconds` is left out.
        """,
    why="""
        The kubelet ends the container at the last of these failures, whatever `startupSeconds` says. A server that
        takes longer is started again and again, and never becomes ready.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          startupSeconds: 180
          probes:
            startup: {periodSeconds: 5, failureThreshold: 3}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          startupSeconds: 180
          probes:
            startup: {periodSeconds: 5}
        """,
    note="Left out, the threshold is as many failures as fit into `startupSeconds`: 36 here.",
)


def startup_findings(*, period: int, failures: int, delay: int, startup_seconds: int, path: str) -> list[Finding]:
    """MCP188 for a start-up probe that ends a start which may last longer. Whole seconds.

    :param delay: before the first question.
    """
    allowed = delay + period * failures
    if allowed >= startup_seconds:
        return []
    waits = f"{delay} s and " if delay else ""
    return [
        SHORT_START.at(
            path,
            f"A start is ended after {allowed} s ({waits}{failures} failures, one each {period} s), and "
            f"⟦startup_seconds⟧ allows {startup_seconds} s.",
            f"Leave the threshold out, which is then derived; or set ⟦startup_seconds⟧ to {max(2, allowed)}.",
        )
    ]


def scheme_findings(scheme: str | None, *, serves_tls: bool, path: str, asks: str, tls_key: str) -> list[Finding]:
    """MCP182 for a scheme that something asks the server's port with, and the port does not speak.

    :param scheme: ``None`` where it is derived.
    :param asks: who asks, in words: 'The kubelet'.
    """
    if scheme is None or (scheme.upper() == "HTTPS") == serves_tls:
        return []
    spoken = "TLS" if serves_tls else "plain HTTP"
    said = f"{tls_key} is {str(serves_tls).lower()}"
    if serves_tls:
        remedy = "Leave the scheme out, or say HTTPS."
    else:
        remedy = f"Set {tls_key} to true if the server ends TLS itself; leave the scheme out otherwise."
    return [OTHER_SCHEME.at(path, f"{asks} asks by {scheme.upper()} a port that speaks {spoken} ({said}).", remedy)]


def sidecar_findings(
    *,
    twice: bool,
    sessions_per_hour: int,
    interval_seconds: int,
    timeout_seconds: int,
    taken: Mapping[int, str],
    port: int,
    name_taken: bool,
    serves_tls: bool,
    streams_alone: bool,
    path: str,
) -> list[Finding]:
    """MCP627, MCP628 and MCP629: whether a sidecar is the one to ask, what its rounds cost, and whether it can.

    :param streams_alone: the server speaks nothing but HTTP+SSE.

    :param taken: ports of the pod that something else listens on, with what that is.
    """
    found = []
    if twice:
        found.append(
            READINESS_TWICE.at(
                path,
                "The readiness probe of the server's own container asks already.",
                "Leave the sidecar out, or the health route and the command.",
            )
        )
    if sessions_per_hour:
        found.append(
            READINESS_SESSIONS.at(
                f"{path}.interval_seconds",
                f"Each pod opens and ends {sessions_per_hour:,} sessions an hour to be asked, and at its session cap "
                "it counts as not ready.",
                "Give the server a health route in its place, or ask less often, and keep the cap out of reach.",
            )
        )
    if timeout_seconds > interval_seconds:
        found.append(
            READINESS_CANNOT.at(
                f"{path}.timeout_seconds",
                f"A round may take {timeout_seconds} s, and the next one is due after {interval_seconds} s.",
                "Give a timeout of at most the interval.",
            )
        )
    if port in taken:
        found.append(
            READINESS_CANNOT.at(
                f"{path}.port", f"{port} is the port of {taken[port]} in the same pod.", "Give another port."
            )
        )
    if name_taken:
        found.append(
            READINESS_CANNOT.at(
                path, "Another container of the pod is called 'readiness', as the sidecar is.", "Give it another name."
            )
        )
    if serves_tls:
        found.append(
            READINESS_CANNOT.at(
                path,
                "The server ends TLS itself, with a certificate that is not for localhost.",
                "Give the server a health route, which the kubelet asks without looking at the certificate.",
            )
        )
    if streams_alone:
        found.append(
            READINESS_CANNOT.at(
                path,
                "The server speaks HTTP+SSE alone, which is not at ⟦path⟧.",
                "Give the server a health route, or another era.",
            )
        )
    return found


def probe_findings(
    *,
    health_path: str | None,
    liveness_path: str | None,
    mcp_path: str,
    path: Callable[[str], str],
    by_command: Collection[str] = (),
    by_sidecar: bool = False,
) -> list[Finding]:
    """MCP104, MCP105 and MCP106: whether the probes ask what a kubelet can ask.

    :param by_command: those of ``readiness`` and ``liveness`` that a command asks in place of a route.
    :param by_sidecar: whether a sidecar asks in place of a route.
    ``path`` spells the place of ``health_path`` and ``liveness_path`` in the file or program.
    """
    found = [
        finding
        for key, route in (("health_path", health_path), ("liveness_path", liveness_path))
        for finding in endpoint_findings(route, [mcp_path], path=path(key))
    ]
    if health_path is None and not by_sidecar and "readiness" not in by_command:
        found.append(
            NO_HEALTH_PATH.at(
                path("health_path"),
                "There is no health route; readiness only means that the port is open.",
                "Give the server a GET route that answers 200 when it can serve and 503 while it drains, "
                "and name it here.",
            )
        )
    elif not (health_path is None or liveness_path is None or by_command) and (
        _asked(liveness_path) == _asked(health_path) and _route(health_path) != _route(mcp_path)
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


def endpoint_findings(route: str | None, endpoints: Iterable[str], *, path: str) -> list[Finding]:
    """MCP104 for the ``route`` of a probe that is one of the ``endpoints`` that speak MCP."""
    if route is None or _route(route) not in map(_route, endpoints):
        return []
    return [
        PROBE_ON_MCP_PATH.at(
            path,
            f"'{route}' is the MCP endpoint; a kubelet can only GET, and gets 400, 405, 406 or an endless stream.",
            "Give a plain GET route of the server, such as '/healthz', or leave it out: the port is then tested.",
        )
    ]


def _asked(path: str) -> tuple[str, str]:
    """A path and its query, by which one route may tell readiness and liveness apart."""
    return _route(path), path.partition("?")[2]


def _route(path: str) -> str:
    """A path without query and trailing slash, for comparison."""
    return path.partition("?")[0].rstrip("/") or "/"


RULES = (
    PROBE_ON_MCP_PATH,
    NO_HEALTH_PATH,
    SAME_PROBE_ROUTE,
    OTHER_SCHEME,
    SHORT_START,
    READINESS_TWICE,
    READINESS_SESSIONS,
    READINESS_CANNOT,
)
