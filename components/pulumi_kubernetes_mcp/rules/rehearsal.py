"""Rules about what the simulator says of a stack: a sudden load, and a working day."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Finding, Rule, Severity
from .words import choice, number

ABSORBED_SECONDS = 120
"""An autoscaler must have added pods within one to two minutes."""


DROPPED_PERCENT = 2
"""Part of a day's sessions that scale-in may cut off. At one in 50, a person with three sessions on each of 22 working
days loses more than one a month, and no official client takes a lost session up again."""


SLOW_SPIKE = Rule(
    code="MCP601",
    slug="spike-absorbed-too-slowly",
    severity=Severity.WARNING,
    title="a doubled load is absorbed too slowly",
    meaning="""
        The preview plays twice the planned peak with the stack's own autoscaler: the load doubles within half a minute
        and stays for half an hour. One call in twenty waits longer than the objective, or people find no pod with room
        for their session, and that is not over after 120 s. New pods take a time to start; and where sessions stay with
        their pod, the new ones do not relieve the others at all, unless a hash finds the pods, which moves sessions and
        so ends them. Only more pods help that are there before, by a lower `targetPerPod` (more pods while there are
        more sessions) or a higher `minReplicas` (at night too). `mcp-stack simulate spike` shows the course. It says
        nothing of queues whose load was merely assumed: of the CPU where neither tools nor heavy calls are given.
        """,
    why="""
        Links are shared and batches are started: twice the planned peak within half a minute is an ordinary event. What
        new pods do not take within two minutes waits, and people give up.
        """,
    fails="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", eras: [legacy-stateful]}
        mcp:edge: {host: mcp.example.com, affinity: gateway}
        mcp:workload: {dailyUsers: 20000, heavyCalls: 5}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", eras: [legacy-stateful]}
        mcp:edge: {host: mcp.example.com, affinity: gateway}
        mcp:workload: {dailyUsers: 20000, heavyCalls: 5}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
          minReplicas: 90
        """,
)


BAD_DAY = Rule(
    code="MCP602",
    slug="day-misses-objective",
    severity=Severity.WARNING,
    title="an ordinary day misses the objective or cuts sessions off",
    meaning="""
        The preview plays a day with the planned peak (`sessionsByHour` is its shape where it is given, else an office
        day) and the stack's own autoscaler. The objective is missed in a minute or more; or more than 2 % of the day's
        sessions are lost: cut off by scale-in with their pods, or sent to a pod that does not know them, where the edge
        finds pods by a hash and their number changes. 2 % is one in 50: a person with three sessions on each of 22
        working days loses more than one a month. `mcp-stack simulate day` shows the course. Missed minutes count only
        by the queues whose load was given.
        """,
    why="""
        A plan is right for the peak; whether the autoscaler gets there in time, and what it takes away in the evening,
        shows only in the course of a day.
        """,
    fails="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", eras: [legacy-stateful]}
        mcp:edge: {host: mcp.example.com, kind: ingress, affinity: source-ip}
        mcp:workload: {dailyUsers: 500, sessionMinutes: 240}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
          scaleDownWindowSeconds: 0
        """,
    passes="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", eras: [legacy-stateful]}
        mcp:edge: {host: mcp.example.com, kind: ingress, affinity: source-ip}
        mcp:workload: {dailyUsers: 500, sessionMinutes: 240}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
          minReplicas: 20
        """,
)


UNSEEN = Rule(
    code="MCP603",
    slug="patched-autoscaler-not-played",
    severity=Severity.WARNING,
    title="what a patch makes of the autoscaler is not rehearsed",
    meaning="""
        The preview plays the autoscaler as its manifest stands after `scaling.patches`: bounds, behaviour and triggers.
        A patch gives it something that the simulation does not know, such as a trigger of another kind, a query that
        does not say what it counts, or a formula over several metrics. The finding lists it.
        """,
    why="""
        What the preview and `mcp-stack simulate` say of a spike and of a day is then said of another autoscaler than
        the cluster gets, or of none.
        """,
    fails="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2"}
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}
        mcp:scaling:
          autoscaler: keda
          patches:
            - kind: ScaledObject
              patch: {spec: {triggers: [{type: kafka, metadata: {topic: calls, lagThreshold: "50"}}]}}
        """,
    passes="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2"}
        mcp:edge: {host: mcp.example.com, implementation: envoy-gateway}
        mcp:scaling:
          autoscaler: keda
          patches:
            - kind: ScaledObject
              patch: {spec: {triggers: [{type: cpu, metricType: Utilization, metadata: {value: "60"}}]}}
        """,
)


def unseen_findings(*, notes: Sequence[str], path: str) -> list[Finding]:
    """MCP603 if a patched autoscaler has anything that the simulation does not see, in words."""
    if not notes:
        return []
    remedy = "Accept it, and try the autoscaler in a cluster; or scale by CPU, memory, hours or a query that is known."
    return [UNSEEN.at(path, f"The rehearsal does not see what this patch gives: {'; '.join(notes)}.", remedy)]


def spike_findings(
    *,
    factor: float,
    absorbed: float | None,
    missed_seconds: float,
    longest_wait: float,
    longest_queue: float,
    refused: float,
    sticky: bool,
    remedies: Sequence[str],
    path: str,
) -> list[Finding]:
    """MCP601 if ``factor`` times the peak misses the objective for more than two minutes.

    :param absorbed: seconds until the objective was met again, ``None`` if it never was.
    :param missed_seconds: all of them from the beginning of the spike to two hours after it.
    :param longest_wait: greatest 95th percentile, in seconds; ``longest_queue`` in calls.
    :param refused: clients that found no pod with room for their session.
    :param sticky: whether sessions stay with their pod, so that new pods do not relieve the others.
    :param remedies: texts with numbers, each simulated.
    """
    if absorbed is not None and absorbed <= ABSORBED_SECONDS:
        return []
    seconds = missed_seconds if absorbed is None else absorbed
    waits = (
        f"one call in twenty waits {number(round(longest_wait, 1))} s, and up to {number(round(longest_queue))} calls "
        "wait"
    )
    full = f", and {number(round(refused))} people find no pod with room for their session" if refused >= 1 else ""
    stuck = " Sessions stay with their pod, so that new pods take new ones only." if sticky else ""
    return [
        SLOW_SPIKE.at(
            path,
            f"{number(factor)} times the planned peak misses the objective for {_time(seconds)}: {waits}{full}.{stuck}",
            choice(
                remedies,
                "See 'mcp-stack simulate spike', and plan for a higher peak (mcp:workload.peakFactor), or accept it.",
            ),
        )
    ]


def day_findings(
    *,
    lost_minutes: float,
    dropped: float,
    sessions: float,
    moved: float = 0.0,
    window_seconds: int | None,
    remedies: Sequence[str],
    path: str,
) -> list[Finding]:
    """MCP602 if a working day misses the objective, or loses more than 2 % of its sessions.

    :param dropped: sessions that were lost as pods went; ``moved``: that a hash sent elsewhere as pods came.
    :param window_seconds: stabilisation window of scale-in; ``None`` without an autoscaler.
    """
    problems = []
    if lost_minutes >= 1:
        problems.append(f"the objective is missed in {number(lost_minutes)} minutes")
    if sessions and dropped + moved > sessions * DROPPED_PERCENT / 100:
        problems.append(_lost(dropped, moved, sessions, window_seconds))
    if not problems:
        return []
    return [
        BAD_DAY.at(
            path,
            f"On an ordinary day {' and '.join(problems)}.",
            choice(remedies, "See 'mcp-stack simulate day', and plan for a higher peak, or accept it with a reason."),
        )
    ]


def _lost(dropped: float, moved: float, sessions: float, window_seconds: int | None) -> str:
    """Sessions that were lost, by what moved the pods."""
    percent = number(round(100 * (dropped + moved) / sessions, 1))
    window = "" if window_seconds is None else f", after a window of {window_seconds} s"
    of = f"of {number(round(sessions))} sessions ({percent} %)"
    if round(moved) < 1:
        return f"scale-in cuts off {number(round(dropped))} {of}{window}"
    grown = f"{number(round(moved))} as pods come, since a hash finds the pod"
    shrunk = f", and {number(round(dropped))} as pods go{window}" if round(dropped) else ""
    return f"{number(round(dropped + moved))} {of} are lost: {grown}{shrunk}"


def _time(seconds: float) -> str:
    return f"{number(seconds)} s" if seconds < 600 else f"{number(round(seconds / 60))} minutes"


RULES = (
    SLOW_SPIKE,
    BAD_DAY,
    UNSEEN,
)
