"""Rules about the load: what is said of sessions, and whether a cluster holds what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .model import Finding, Rule, Severity
from .tools import adds_up, sum_words
from .words import listed, number, pods, up

CLUSTER = Rule(
    code="MCP505",
    slug="more-pods-than-a-cluster-holds",
    severity=Severity.ERROR,
    title="more pods than a cluster holds",
    meaning="""
        The pods that the planned sessions need, or those of a rollout at the maximum, are more than a cluster of
        Kubernetes holds. What is said of the load is most often wrong: users of a year and not of a day, sessions of
        all users and not of one. Findings that count the same pods are left out.
        """,
    why="""
        Kubernetes is built for clusters of at most 150,000 pods on 5,000 nodes of 110 pods each. A number beyond is a
        mistake in the load, most often a unit or a zero too many.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 1000000000
        """,
    passes="""
        mcp:workload:
          dailyUsers: 100000
        """,
    note="A billion users with three sessions of 20 minutes keep 125 million sessions open at the peak.",
)


LARGE = Rule(
    code="MCP506",
    slug="very-large-deployment",
    severity=Severity.WARNING,
    title="more than a thousand pods of one server",
    meaning="The maximum is above 1,000 pods of one Deployment. That can be right; it has to be looked at.",
    why="""
        Endpoints objects end at 1,000 addresses, so a proxy or gateway that reads them sees no pod beyond; each rollout
        and each change of a pod is told to every node.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 200000
        """,
    passes="""
        mcp:workload:
          dailyUsers: 200000
          sessionsPerPod: 250
          concurrentCalls: 20
        """,
)


MACHINE = Rule(
    code="MCP507",
    slug="pod-larger-than-a-machine",
    severity=Severity.ERROR,
    title="a pod larger than any machine",
    meaning="""
        One pod requests more CPU or memory than the largest machine has: the server with its sidecars and its files in
        memory, or an init container. Most often a unit is wrong: bytes for KiB, seconds for milliseconds.
        """,
    why="""
        A pod runs on one node. The largest machines that clouds rent have 1,920 virtual CPUs and 32 TiB of memory; a
        pod that requests more waits for ever.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          sessionsPerPod: 1000
          sessionMib: 65536
        """,
    passes="""
        mcp:workload:
          dailyUsers: 500
          sessionsPerPod: 100
          sessionMib: 64
        """,
)


ERA_SHARES = Rule(
    code="MCP519",
    slug="era-shares-not-100",
    severity=Severity.ERROR,
    title="the shares of the eras do not add up",
    meaning="""
        The shares in `mcp:workload.eraPercent` add up to less than 99.5 or more than 100.5. An era that is served and
        left out has none of the sessions.
        """,
    why="""
        Each session is of one era. Memory, CPU and descriptors of a session are the mean over the eras, so a sum that
        is not 100 plans for other sessions than there are.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless]
        mcp:workload:
          dailyUsers: 500
          eraPercent: {modern: 70, legacy-stateless: 20}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless]
        mcp:workload:
          dailyUsers: 500
          eraPercent: {modern: 70, legacy-stateless: 30}
        """,
)


UNSERVED_ERA = Rule(
    code="MCP520",
    slug="unserved-era",
    severity=Severity.ERROR,
    title="sessions of an era that is not served",
    meaning="`mcp:workload.eraPercent` gives a share to an era that is not in `mcp:server.eras`.",
    why="""
        A server answers only the eras in mcp:server.eras. Sessions of another one cannot exist, and their share is
        missing elsewhere.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          eraPercent: {modern: 70, legacy-stateless: 30}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [modern, legacy-stateless]
        mcp:workload:
          dailyUsers: 500
          eraPercent: {modern: 70, legacy-stateless: 30}
        """,
)


IGNORED = Rule(
    code="MCP521",
    slug="ignored-load",
    severity=Severity.WARNING,
    title="a load that does not count",
    meaning="""
        A key of `mcp:workload` is given, and another one counts instead: `peakSessions` before `sessionsByHour`, that
        before `dailyUsers`. Sessions per user and the peak factor go with the users; the pause between calls needs
        tools, the 95th percentile of a session needs the hours; what none of (`heavyCalls`, `queries` of 0) takes says
        nothing.
        """,
    why="""
        Of several statements about the load one is planned for. The others look as if they did something, and whoever
        changes them is surprised that nothing moves.
        """,
    fails="""
        mcp:workload:
          dailyUsers: 500
          peakSessions: 70
        """,
    passes="""
        mcp:workload:
          peakSessions: 70
        """,
)


CLUSTER_PODS = 150_000
"""Kubernetes, Considerations for large clusters."""


LARGE_DEPLOYMENT = 1000
"""Addresses of an Endpoints object; further ones are left out and the object says that it is over capacity."""


MACHINE_CORES = 1920


MACHINE_MIB = 32 * 2**20
"""The largest instance type of a public cloud that is known here (u7inh-32tb)."""


def size_findings(
    *, load: str, per_pod: str, steady: int, maximum: int, at_once: int, load_path: str, maximum_path: str | None
) -> list[Finding]:
    """MCP505 if no cluster holds the pods, MCP506 if one Deployment has more than a thousand.

    :param load: what is planned for, in words; ``per_pod`` what one pod holds of it.
    :param steady: pods for the planned sessions.
    :param maximum: the greatest number of pods of one colour.
    :param at_once: pods at the maximum during a rollout, of all colours.
    :param maximum_path: the key that gives the maximum, ``None`` where it follows from the load.
    """
    if steady > CLUSTER_PODS or (at_once > CLUSTER_PODS and maximum_path is None):
        most = f", and {number(at_once)} at the maximum" if maximum_path is None else ""
        return [
            CLUSTER.at(
                load_path,
                f"{load} need {pods(steady)} of {per_pod}{most}; a cluster holds {number(CLUSTER_PODS)}.",
                "Check the units and the zeros: users of one working day, sessions of one user and day, minutes; or "
                "plan more sessions per pod, or several regions.",
            )
        ]
    if at_once > CLUSTER_PODS and maximum_path is not None:
        return [
            CLUSTER.at(
                maximum_path,
                f"The maximum of {number(maximum)} makes {pods(at_once)} during a rollout; a cluster holds "
                f"{number(CLUSTER_PODS)}.",
                f"Lower it to at most {number(maximum * CLUSTER_PODS // at_once)}.",
            )
        ]
    if maximum > LARGE_DEPLOYMENT:
        return [
            LARGE.at(
                maximum_path or load_path,
                f"The maximum is {pods(maximum)} of one Deployment; Endpoints end at {number(LARGE_DEPLOYMENT)}.",
                "Check the load; plan more sessions per pod, or several regions; or accept this where everything "
                "reads EndpointSlices and the nodes are counted.",
            )
        ]
    return []


def machine_findings(
    *, cpu_millicores: int, memory_mib: float, cpu_path: str, memory_path: str, beside: Collection[str] = ()
) -> list[Finding]:
    """MCP507 if what one pod requests is more than any machine has.

    :param beside: paths that are about what stands beside the server's container, not about the load.
    """
    found = []
    smaller = "Check its units: CPU in cores or millicores (m), memory in Mi or Gi; or request less there."
    if cpu_millicores > MACHINE_CORES * 1000:
        found.append(
            MACHINE.at(
                cpu_path,
                f"One pod requests {number(up(cpu_millicores / 1000))} cores; no machine has more than "
                f"{number(MACHINE_CORES)}.",
                smaller
                if cpu_path in beside
                else "Check the units of the CPU per call, milliseconds; or plan fewer sessions per pod.",
            )
        )
    if memory_mib > MACHINE_MIB:
        found.append(
            MACHINE.at(
                memory_path,
                f"One pod requests {number(up(memory_mib / 1024))} GiB; no machine has more than "
                f"{number(MACHINE_MIB / 1024)}.",
                smaller
                if memory_path in beside
                else "Check the units: sessions in MiB, responses in KiB; or plan fewer sessions per pod.",
            )
        )
    return found


def era_findings(shares: Mapping[str, float], *, served: Collection[str], path: str) -> list[Finding]:
    """MCP519 unless the shares, in percent, add up to 100; MCP520 for each of an era that is not served."""
    found = []
    if shares and not adds_up(list(shares.items())):
        found.append(ERA_SHARES.at(path, *sum_words(list(shares.items()), "eras", "era")))
    for era, share in shares.items():
        if share and era not in served:
            found.append(
                UNSERVED_ERA.at(
                    f"{path}.{era}",
                    f"{number(share)} % of the sessions are of '{era}', and the server serves {listed(list(served))}.",
                    f"Add '{era}' to mcp:server.eras, or give its share to an era that is served.",
                )
            )
    return found


def ignored_findings(key: str, *, because: str, remedy: str, path: str) -> list[Finding]:
    """MCP521: ``key`` says nothing to the plan, ``because`` of another one."""
    return [IGNORED.at(path, f"{key} does not count: {because}.", remedy)]


ASSUMED_PEAK = Rule(
    code="MCP525",
    slug="fixed-pods-below-assumed-load",
    severity=Severity.WARNING,
    title="fewer fixed pods than the assumed calls need",
    meaning="""
        The number of pods is fixed (`autoscaler: none`), and by what is assumed of the calls, or of an unknown runtime,
        the peak needs more. Nothing that was given or measured says so.
        """,
    why="""
        Where no tools are given, 40 % of the sessions are taken to be in a call and 20 % in a heavy one, as in the
        sizing guide's example. A server of light calls bears many more sessions; one of heavy calls bears fewer, and
        its calls wait.
        """,
    fails="""
        mcp:region: {name: us-east, environment: development}
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", runtime: python-v2}
        mcp:workload: {peakSessions: 45}
        mcp:scaling: {autoscaler: none, replicas: 1}
        """,
    passes="""
        mcp:region: {name: us-east, environment: development}
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", runtime: python-v2}
        mcp:workload:
          peakSessions: 45
          tools:
            - {name: search, sharePercent: 100, durationMilliseconds: 300, cpuMilliseconds: 20}
        mcp:scaling: {autoscaler: none, replicas: 1}
        """,
    note="A one-core pod of Python bears 23 sessions by the guide's calls: (1000 - 50) / (20 % × 200 ms) = 23.75.",
)


def assumed_findings(*, pods_given: int, needed: int, peak: int, held: int, binding: str, path: str) -> list[Finding]:
    """MCP525: by assumed numbers one pod holds ``held`` sessions, bound by ``binding``; the peak needs more pods."""
    if pods_given >= needed:
        return []
    return [
        ASSUMED_PEAK.at(
            path,
            f"{pods(pods_given)} for {number(peak)} sessions at the peak: by what is assumed one pod holds "
            f"{number(held)} (bound by {binding}), which would take {number(needed)}.",
            "Give mcp:workload.tools, or a profile of 'mcp-stack measure' in mcp:server.profile, so that the plan is "
            "of this server; or raise the number of pods; or accept this where it is known to be enough.",
        )
    ]


OVERSIZED_TARGET = Rule(
    code="MCP527",
    slug="target-far-above-what-a-pod-holds",
    severity=Severity.WARNING,
    title="pods sized for sessions that they never hold",
    meaning="""
        `mcp:workload.sessionsPerPod` is more than four times what the CPU, the call slots or the pool of one pod serve.
        The plan reckons with the lower number, but memory, descriptors and the pool are sized for the target.
        """,
    why="""
        Each pod requests memory and opens connections for sessions that go to other pods. The number of pods does not
        fall by a target that no pod can reach.
        """,
    fails="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", runtime: python-v2}
        mcp:workload: {peakSessions: 1000, sessionsPerPod: 500}
        """,
    passes="""
        mcp:server: {image: "ghcr.io/acme/mcp-server:1.4.2", runtime: python-v2}
        mcp:workload: {peakSessions: 1000, sessionsPerPod: 50}
        """,
)


OVERSIZED_TIMES = 4
"""Times as many sessions as a pod holds from which its other sizes are far off."""


def oversized_findings(*, target: int, held: int, binding: str, path: str) -> list[Finding]:
    """MCP527 if the target of sessions is far above what a pod holds."""
    if target <= OVERSIZED_TIMES * held:
        return []
    return [
        OVERSIZED_TARGET.at(
            path,
            f"{number(target)} sessions per pod are asked for, and one holds {number(held)} (bound by {binding}): the "
            "plan reckons with that, and sizes memory and connections for all.",
            f"Set it to {number(held)}; or give the pod more of what binds it.",
        )
    ]


RULES = (
    CLUSTER,
    LARGE,
    MACHINE,
    ERA_SHARES,
    UNSERVED_ERA,
    IGNORED,
    ASSUMED_PEAK,
    OVERSIZED_TARGET,
)
