"""Rules about the processes of one pod: how many there are, and what lives in one of them alone."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Finding, Rule, Severity
from .words import listed, number

DIFFERENT = Rule(
    code="MCP528",
    slug="processes-differ-from-workers",
    severity=Severity.ERROR,
    title="the server starts another number of processes than is planned for",
    meaning="""
        `command`, `args` or a variable of `env` says how many processes the server starts (`--workers`, `-w` of
        Gunicorn, `UVICORN_WORKERS`, `GUNICORN_CMD_ARGS`, `WEB_CONCURRENCY`, `NODE_CLUSTER...`), and
        `mcp:workload.workers` says another number. Left out, `workers` is what the command says.
        """,
    why="""
        Each process holds the program in memory and opens its own pool of connections. Planned for the smaller number,
        pods are killed for their memory, and the database refuses connections at the maximum.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
          command: [uvicorn, 'server:app', --workers, '4']
        mcp:workload: {dailyUsers: 500, workers: 2}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
          command: [uvicorn, 'server:app', --workers, '4']
        mcp:workload: {dailyUsers: 500, workers: 4}
        """,
)


SESSIONS = Rule(
    code="MCP529",
    slug="sessions-in-several-processes",
    severity=Severity.ERROR,
    title="more than one process while a session lives in one",
    meaning="""
        The server serves an era with sessions (`legacy-stateful` or `sse`), and one pod runs several processes, by
        `mcp:workload.workers` or by what it is started with.
        """,
    why="""
        A session is in the memory of the process that made it. Affinity leads to the pod, and the kernel hands each
        connection to any of its processes: of n processes (n - 1) of n calls meet one that does not know the session,
        and get 404.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          runtime: python-v1
          command: [uvicorn, 'server:app', --workers, '4']
        mcp:scaling: {prometheusAddress: 'http://prometheus-operated.monitoring:9090'}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateful]
          runtime: python-v1
          command: [uvicorn, 'server:app', --workers, '1']
        mcp:scaling: {prometheusAddress: 'http://prometheus-operated.monitoring:9090'}
        """,
)


BY_CORES = Rule(
    code="MCP530",
    slug="processes-by-cores-of-the-node",
    severity=Severity.WARNING,
    title="the server starts a process for each core of its node",
    meaning="""
        `command`, `args` or a variable of `env` makes the server count cores: `nproc`, `auto`, PM2's `-i max`. The plan
        counts `mcp:workload.workers`, or one process.
        """,
    why="""
        A container sees the cores of its node, not its limit. On a node of 64 cores 64 processes share the memory of
        one pod and open 64 pools; on another node it is another number, so that no budget of connections holds.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
          command: [sh, -c, 'exec gunicorn -w $(nproc) server:app']
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern]
          command: [sh, -c, 'exec gunicorn -w 4 server:app']
        """,
)


def by_cores_findings(*, words: str, counted: int, path: str) -> list[Finding]:
    """MCP530: ``words`` start a process for each core of the node, and the plan has ``counted``."""
    return [
        BY_CORES.at(
            path,
            f"'{words}' starts a process for each core of the node, and memory and connections are planned for "
            f"{_processes(counted)}.",
            "Start a fixed number of processes; the plan then counts them.",
        )
    ]


def different_findings(*, started: int, words: str, workers: int, path: str) -> list[Finding]:
    """MCP528 if the server starts another number of processes than ``workers``.

    :param words: what says the number that is ``started``.
    """
    if started == workers:
        return []
    return [
        DIFFERENT.at(
            path,
            f"'{words}' starts {_processes(started)}, and mcp:workload.workers is {number(workers)}.",
            f"Leave mcp:workload.workers out, or start {_processes(workers)}.",
        )
    ]


def session_findings(*, number_of: int, eras: Sequence[str], words: str | None, path: str) -> list[Finding]:
    """MCP529 if ``number_of`` processes serve ``eras`` with sessions.

    :param words: what starts them, where it is not mcp:workload.workers.
    """
    if number_of <= 1 or not eras:
        return []
    lost = f"{number(number_of - 1)} of {number(number_of)} calls meet a process that does not know their session"
    said = f"{number(number_of)} workers" if words is None else f"'{words}'"
    where = "leave mcp:workload.workers out" if words is None else "start one process"
    return [
        SESSIONS.at(
            path,
            f"{said[0].upper()}{said[1:]} beside sessions ({listed(list(eras))}): {lost}.",
            f"Run one process in each pod ({where}), and more pods; or serve eras without sessions alone.",
        )
    ]


def several_findings(*, eras: Sequence[str], words: str, path: str) -> list[Finding]:
    """MCP529 if a process for each core of the node serves ``eras`` with sessions; ``words`` say that there is."""
    if not eras:
        return []
    return [
        SESSIONS.at(
            path,
            f"'{words}' starts a process for each core of the node, beside sessions ({listed(list(eras))}): most calls "
            "meet one that does not know their session.",
            "Start one process in each pod, and more pods; or serve eras without sessions alone.",
        )
    ]


def _processes(count: int) -> str:
    return "one process" if count == 1 else f"{number(count)} processes"


RULES = (DIFFERENT, SESSIONS, BY_CORES)
