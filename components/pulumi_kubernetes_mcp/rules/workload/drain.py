"""Rules about the end of a pod: whether the slowest call survives it."""

from __future__ import annotations

import re

from ...eras import ENDPOINT_PROPAGATION_SECONDS, TERMINATION_MARGIN_SECONDS
from ..model import Finding, Rule, Severity

GRACE_LIMIT_SECONDS = 600
"""``--max-graceful-termination-sec`` of the cluster autoscaler, by default."""


GRACE_TOO_SHORT = Rule(
    code="MCP102",
    slug="grace-period-too-short",
    severity=Severity.ERROR,
    title="the grace period ends before the drain",
    meaning="""
        `terminationGracePeriodSeconds` runs from the deletion of the pod to SIGKILL. It contains the pre-stop sleep,
        the graceful timeout of the server, and a margin of 5 s. Left out, all three are derived from `eras` and
        `maxToolSeconds`.
        """,
    why="The grace period starts before the pre-stop hook, and contains it. What is not done when it ends is killed.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          maxToolSeconds: 60
          gracePeriodSeconds: 60
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          maxToolSeconds: 60
          gracePeriodSeconds: 90
        """,
    note="""
        A modern server with tools of 60 s needs 10 s of pre-stop sleep, 60 s of graceful timeout and the margin: 75 s.
        """,
)


GRACE_TOO_LONG = Rule(
    code="MCP110",
    slug="grace-period-too-long",
    severity=Severity.WARNING,
    title="a grace period above ten minutes",
    meaning="""
        The grace period, given or derived, is above 600 s. Pods may well take that long to end; it is the node that
        does not wait.
        """,
    why="""
        The cluster autoscaler waits 600 s for a pod by default, then removes its node: what is left of the drain is
        cut.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          maxToolSeconds: 900
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          maxToolSeconds: 300
        """,
    note="""
        Tools that run for more than minutes are better made tasks, which survive their pod. Otherwise raise
        `--max-graceful-termination-sec` of the cluster autoscaler and accept the warning.
        """,
)


LEGACY_CALLS_CUT = Rule(
    code="MCP112",
    slug="pre-stop-shorter-than-tool",
    severity=Severity.ERROR,
    title="the pre-stop sleep is shorter than the slowest tool",
    meaning="""
        A legacy era is served, and the pre-stop sleep is shorter than `maxToolSeconds`. Left out, it is derived: 10 s
        until the last proxy stops sending, and the slowest tool besides.
        """,
    why="""
        Answers of legacy eras are streams, and servers cut them within 0.5 s of SIGTERM. Only the sleep before SIGTERM
        lets them end.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateless]
          maxToolSeconds: 60
          preStopSeconds: 15
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateless]
          maxToolSeconds: 60
          preStopSeconds: 70
        """,
)


MODERN_CALLS_CUT = Rule(
    code="MCP113",
    slug="graceful-timeout-shorter-than-tool",
    severity=Severity.ERROR,
    title="the graceful timeout is shorter than the slowest tool",
    meaning="""
        The modern era is served, and the graceful timeout is shorter than `maxToolSeconds`. FastMCP 4 sets 2 s by
        default.
        """,
    why="After SIGTERM a modern server finishes its calls until this timeout; clients of longer calls get HTTP 500.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          maxToolSeconds: 60
          gracefulTimeoutSeconds: 10
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          maxToolSeconds: 60
          gracefulTimeoutSeconds: 60
        """,
)


SHORT_PROPAGATION = Rule(
    code="MCP115",
    slug="pre-stop-shorter-than-propagation",
    severity=Severity.WARNING,
    title="the pre-stop sleep is shorter than the propagation of endpoints",
    meaning="""
        `preStopSeconds` is below 10 s; with a legacy era, below `maxToolSeconds` and 10 s more. A legacy era with a
        sleep below `maxToolSeconds` itself is [MCP112](MCP112.md) instead.
        """,
    why="""
        Proxies go on sending to a pod for some seconds after its deletion. Without a sleep that outlasts them, calls of
        a rollout fail: 8 of 439 measured with none, none with a sleep.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          preStopSeconds: 9
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          preStopSeconds: 10
        """,
)


def drain_findings(
    *,
    pre_stop: int,
    graceful: int,
    grace: int,
    max_tool_seconds: int,
    legacy: bool,
    modern: bool,
    propagation: int = ENDPOINT_PROPAGATION_SECONDS,
    pre_stop_path: str,
    graceful_path: str,
    grace_path: str,
) -> list[Finding]:
    """MCP102, MCP110, MCP112, MCP113 and MCP115: whether the slowest call survives the end of its pod.

    All times are whole seconds. ``pre_stop`` is the sleep before SIGTERM, ``graceful`` what the server may
    take after it, ``grace`` the time from the deletion to SIGKILL, which contains both.
    """
    found = []
    needed = pre_stop + graceful + TERMINATION_MARGIN_SECONDS
    if grace < needed:
        found.append(
            GRACE_TOO_SHORT.at(
                grace_path,
                f"The grace period of {grace} s is shorter than pre-stop {pre_stop} s + graceful timeout "
                f"{graceful} s + margin {TERMINATION_MARGIN_SECONDS} s = {needed} s.",
                f"Set it to at least {needed} s, or leave it out: it is then derived.",
            )
        )
    least = propagation + (max_tool_seconds if legacy else 0)
    if pre_stop < least and not (legacy and pre_stop < max_tool_seconds):
        found.append(
            SHORT_PROPAGATION.at(
                pre_stop_path,
                f"The pre-stop sleep of {pre_stop} s is shorter than {least} s: proxies send to the pod for up to "
                f"{propagation} s after its deletion.",
                f"Set it to at least {least} s, or leave it out: it is then derived.",
            )
        )
    if legacy and pre_stop < max_tool_seconds:
        found.append(
            LEGACY_CALLS_CUT.at(
                pre_stop_path,
                f"The pre-stop sleep of {pre_stop} s is shorter than the slowest tool, {max_tool_seconds} s; "
                "SIGTERM then cuts calls of legacy clients.",
                f"Set it to at least {max_tool_seconds} s, or leave it out: it is then derived.",
            )
        )
    if modern and graceful < max_tool_seconds:
        found.append(
            MODERN_CALLS_CUT.at(
                graceful_path,
                f"The graceful timeout of {graceful} s is shorter than the slowest tool, "
                f"{max_tool_seconds} s; calls of modern clients that run longer fail with HTTP 500.",
                f"Set it to at least {max_tool_seconds} s, or leave it out: it is then derived.",
            )
        )
    if grace > GRACE_LIMIT_SECONDS:
        found.append(
            GRACE_TOO_LONG.at(
                grace_path,
                f"The grace period of {grace} s is longer than the {GRACE_LIMIT_SECONDS} s that the "
                "cluster autoscaler waits by default before it removes a node.",
                f"{_shorter(pre_stop, graceful, max_tool_seconds, legacy=legacy, modern=modern)}, or raise "
                f"--max-graceful-termination-sec to {grace} and accept this warning.",
            )
        )
    return found


def _shorter(pre_stop: int, graceful: int, max_tool_seconds: int, *, legacy: bool, modern: bool) -> str:
    """What makes a grace period short: the largest of what it is made of, where that alone is too long."""
    needed = pre_stop + graceful + TERMINATION_MARGIN_SECONDS
    of_tools = max_tool_seconds * (legacy + modern) + ENDPOINT_PROPAGATION_SECONDS + TERMINATION_MARGIN_SECONDS
    if needed <= GRACE_LIMIT_SECONDS:
        return f"Set it to {needed} s, which is enough"
    if of_tools > GRACE_LIMIT_SECONDS:
        return "Make the slowest tool shorter or a task"
    if pre_stop >= graceful:
        return f"Make the pre-stop sleep of {pre_stop} s shorter, or what it follows: the time that proxies need"
    return f"Make the graceful timeout of {graceful} s shorter"


OLDEST_KUBERNETES = (1, 34)
"""The first minor version in which preStop.sleep is stable."""


_KUBERNETES = re.compile(r"v?(\d+)\.(\d+)(?:[.+-].*)?")


OLD_KUBERNETES = Rule(
    code="MCP120",
    slug="kubernetes-too-old",
    severity=Severity.WARNING,
    title="a Kubernetes without a stable pre-stop sleep",
    meaning="`mcp:region.kubernetesVersion` is below 1.34, and a pod sleeps before SIGTERM.",
    why="""
        The drain begins with preStop.sleep, which is stable from Kubernetes 1.34 on. From 1.30 on it is there unless
        somebody has switched it off, and the API server then refuses the pods, whose hook has nothing in it.
        """,
    fails="""
        mcp:region:
          name: us-east
          kubernetesVersion: '1.33'
        """,
    passes="""
        mcp:region:
          name: us-east
          kubernetesVersion: '1.36'
        """,
)


WORKING_KUBERNETES = (1, 30)
"""The first minor version in which preStop.sleep is on by default (KEP-3960)."""
SIDECAR_KUBERNETES = (1, 29)
"""The first minor version in which init containers are restarted by default (KEP-753)."""
REFUSING_KUBERNETES = Rule(
    code="MCP136",
    slug="kubernetes-refuses-pods",
    severity=Severity.ERROR,
    title="a Kubernetes that refuses the pods",
    meaning="""
        `mcp:region.kubernetesVersion` is below 1.30, and a pod sleeps before SIGTERM: the server's unless its pre-stop
        sleep is 0 s, the probe's always. Or it is below 1.29, and there are sidecars. Or a patch has a field that this
        version does not know, or `extraObjects` one or a kind.
        """,
    why="""
        The API server drops preStop.sleep, which it does not know or has switched off, and then refuses the Deployment:
        its hook "must specify a handler type". Sidecars, which are init containers that are restarted, never start
        below 1.29. A field that it does not know it refuses in a server-side apply, and drops otherwise.
        """,
    fails="""
        mcp:region:
          name: us-east
          kubernetesVersion: '1.29'
        """,
    passes="""
        mcp:region:
          name: us-east
          kubernetesVersion: '1.36'
        """,
)


def _words(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def version_findings(version: str | None, *, sleeps: bool = True, sidecars: bool = False, path: str) -> list[Finding]:
    """MCP136 or MCP120 if the cluster is older than what the pods need. ``None`` is a version that is not known.

    :param sleeps: whether a pod has a pre-stop hook, which sleeps.
    :param sidecars: whether a pod has init containers that are restarted.
    """
    known = _KUBERNETES.fullmatch(version or "")
    if known is None:
        return []
    found = (int(known[1]), int(known[2]))
    if sleeps and found < WORKING_KUBERNETES:
        oldest = _words(WORKING_KUBERNETES)
        problem = f"Kubernetes {version} is older than {oldest}, and refuses pods whose pre-stop hook sleeps."
        return [REFUSING_KUBERNETES.at(path, problem, f"Upgrade the cluster to {oldest} or newer.")]
    if sidecars and found < SIDECAR_KUBERNETES:
        problem = (
            f"Kubernetes {version} is older than {_words(SIDECAR_KUBERNETES)}, and waits for sidecars to end before it "
            "starts the server."
        )
        return [REFUSING_KUBERNETES.at(path, problem, f"Upgrade the cluster to {_words(SIDECAR_KUBERNETES)} or newer.")]
    if not sleeps or found >= OLDEST_KUBERNETES:
        return []
    oldest = _words(OLDEST_KUBERNETES)
    return [
        OLD_KUBERNETES.at(
            path,
            f"Kubernetes {version} is older than {oldest}, the first whose preStop.sleep is stable.",
            f"Upgrade the cluster to {oldest} or newer; accept this if the sleep was seen to work there.",
        )
    ]


RULES = (
    GRACE_TOO_SHORT,
    GRACE_TOO_LONG,
    LEGACY_CALLS_CUT,
    MODERN_CALLS_CUT,
    SHORT_PROPAGATION,
    OLD_KUBERNETES,
    REFUSING_KUBERNETES,
)
