"""Rules about what calls wait for, and about CPU that nobody can use."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Finding, Rule, Severity
from .words import choice, number, up

LONG_WAIT = Rule(
    code="MCP508",
    slug="calls-wait-too-long",
    severity=Severity.WARNING,
    title="calls wait longer than the objective",
    meaning="""
        In a pod that holds all its sessions the 95th percentile of the wait, for a call slot, the CPU and a database
        connection together, is above `mcp:workload.waitP95Milliseconds`. The finding names what calls wait for longest,
        the utilisation at which the objective breaks, and changes that keep it; each was planned. Where the load of a
        queue is assumed and not given, nothing is said.
        """,
    why="""
        A queue grows slowly up to a point and steeply beyond it. Where the 95th percentile is above the objective, the
        pod is beyond that point, and a little more load makes everybody wait.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          callSlots: 4
          tools:
            - {name: report, sharePercent: 100, durationMilliseconds: 5000}
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          callSlots: 32
          tools:
            - {name: report, sharePercent: 100, durationMilliseconds: 5000}
        """,
)


ENDLESS = Rule(
    code="MCP509",
    slug="endless-queue",
    severity=Severity.ERROR,
    title="a queue that grows without end",
    meaning="""
        Calls arrive at a call slot, the CPU or the pool of connections faster than it serves them, even with the fewest
        sessions that a pod can have.
        """,
    why="""
        More work arrives than can be done. Nothing waits for a time then: each call waits longer than the one before,
        until clients give up.
        """,
    fails="""
        mcp:database:
          host: db.example.com
          maxConnections: 4000
          queryMilliseconds: 5000
          poolSize: 1
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 4000
          queryMilliseconds: 5000
          poolSize: 20
        """,
)


UNUSED_CPU = Rule(
    code="MCP522",
    slug="unusable-cpu-limit",
    severity=Severity.WARNING,
    title="a CPU limit that the server cannot use",
    meaning="""
        The CPU limit is above the cores that the server's own code can use at the same time: one for the SDKs of Python
        and TypeScript, or `mcp:workload.workers`. The autoscaler's target counts the usable part.
        """,
    why="""
        A process with one event loop runs its own code on one core. CPU above that is paid for and idle, and an
        autoscaler that counted it would never act: the pod is full long before.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
          resources:
            requests: {cpu: 500m, memory: 256Mi}
            limits: {cpu: '2', memory: 512Mi}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          runtime: python-v2
          resources:
            requests: {cpu: 500m, memory: 256Mi}
            limits: {cpu: '1', memory: 512Mi}
        """,
)


WAITED_FOR = {"slots": "a call slot", "cpu": "the CPU", "pool": "a database connection"}
"""What the stations of a plan are, in words."""


def wait_findings(
    *,
    station: str,
    utilisation: float,
    critical: float,
    p95: float | None,
    total: float | None,
    objective: float,
    remedies: Sequence[str],
    path: str,
) -> list[Finding]:
    """MCP509 if the queue at ``station`` grows without end, MCP508 if calls wait longer than ``objective``.

    :param utilisation: of the station, in percent; ``critical`` is that at which the wait reaches the objective.
    :param p95: 95th percentile of the wait there, in milliseconds; ``total`` that over all stations that are known.
    :param remedies: texts with numbers, each planned.
    """
    busy = f"{number(round(utilisation, 1))} % busy"
    what = WAITED_FOR[station]
    if p95 is None:
        return [
            ENDLESS.at(
                path,
                f"Calls that wait for {what} are served more slowly than they arrive: it is {busy}.",
                choice(remedies, "Plan fewer sessions per pod, or make the calls shorter."),
            )
        ]
    if total is None or total <= objective:
        return []
    where = "" if up(total) == up(p95) else f", {number(up(p95))} ms of it"
    return [
        LONG_WAIT.at(
            path,
            f"One call in twenty waits {number(up(total))} ms or longer{where} for {what}, which is {busy}; above "
            f"{number(round(critical, 1))} % it breaks the objective of {number(objective)} ms.",
            choice(
                remedies,
                f"Make the calls shorter, or set mcp:workload.waitP95Milliseconds to {number(up(total))} if that wait "
                "is acceptable.",
            ),
        )
    ]


def usable_findings(
    *, limit_millicores: int, usable_cores: float, workers: int | None, path: str, one_process: bool = False
) -> list[Finding]:
    """MCP522 if the CPU limit is above what the server's own code can use at the same time.

    :param one_process: whether more processes than one are no way out: sessions live in one, or memory holds no more.
    """
    usable = up(usable_cores * 1000)
    if limit_millicores <= usable:
        return []
    why = "one event loop" if workers is None else f"{number(workers)} {'worker' if workers == 1 else 'workers'}"
    least = number(up(limit_millicores / 1000))
    more = f"or, if the image runs {least} processes, set mcp:workload.workers to {least}; "
    if one_process:
        more = ""
    return [
        UNUSED_CPU.at(
            path,
            f"The limit is {limit_millicores}m, and with {why} the server uses {usable}m at most; pods are added by "
            "that part.",
            f"Lower it to {usable}m; {more}or accept this where libraries use more cores.",
        )
    ]


RULES = (
    LONG_WAIT,
    ENDLESS,
    UNUSED_CPU,
)
