"""Rules about what a pod writes: how much, to what, and whether it outlives the pod."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import normpath

from ...kubernetes.quantities import format_memory
from ..model import Finding, Rule, Severity

DISK_TOO_SMALL = Rule(
    code="MCP127",
    slug="writable-paths-above-limit",
    severity=Severity.WARNING,
    title="the writable paths are larger than the ephemeral storage",
    meaning="""
        The sizes of all `writablePaths` on disk are together above `resources.limits.ephemeralStorage`. Left out, the
        limit follows from the sizes.
        """,
    why="""
        An emptyDir counts against the ephemeral storage of the pod, as do its logs. The kubelet evicts a pod that is
        above its limit, however much room one directory still has: all sessions of the pod end.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, {path: /home/node/.cache, size: 1Gi}]
          resources:
            limits: {cpu: '2', memory: 512Mi, ephemeralStorage: 512Mi}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, {path: /home/node/.cache, size: 1Gi}]
        """,
)


MEMORY_TOO_SMALL = Rule(
    code="MCP128",
    slug="memory-paths-above-limit",
    severity=Severity.WARNING,
    title="paths in memory leave no room for the process",
    meaning="""
        The sizes of the `writablePaths` with the medium 'Memory' and what the plan reckons for the process are together
        above `resources.limits.memory`. Left out, the limit follows from both.
        """,
    why="""
        What is written to such a path counts as memory of the container. A full one takes it from the process, which
        the kernel then kills.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, {path: /dev/shm, size: 1Gi}]
          resources:
            limits: {cpu: '2', memory: 512Mi}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, {path: /dev/shm, size: 1Gi}]
        """,
)


DIES_WITH_POD = Rule(
    code="MCP129",
    slug="data-dies-with-pod",
    severity=Severity.WARNING,
    title="the database dies with the pod",
    meaning="""
        The database is `sqlite`, `duckdb` or `single-writer`, and no volume with a claim is mounted that the server may
        write to.
        """,
    why="""
        Everything else that a server writes to is an emptyDir: a rollout, an eviction or the loss of a node takes the
        file with the pod, and the next one begins with nothing.
        """,
    fails="""
        mcp:region:
          name: us-east
          environment: development
        mcp:workload:
          dailyUsers: 50
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, /data]
        mcp:database:
          kind: sqlite
        """,
    passes="""
        mcp:region:
          name: us-east
          environment: development
        mcp:workload:
          dailyUsers: 50
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          volumes:
            - {path: /data, claim: {size: 10Gi}}
        mcp:database:
          kind: sqlite
        """,
    note="Accept the warning where the file is a cache that the server makes anew.",
)


ONE_NODE = Rule(
    code="MCP143",
    slug="claim-of-one-node",
    severity=Severity.ERROR,
    title="a disk of one node for pods on several",
    meaning="""
        A claim that is made has the access mode 'ReadWriteOnce' or 'ReadWriteOncePod', and more than one pod may want
        it: the least number is above one, an autoscaler owns the number, or a rollout starts new pods before old ones
        end.
        """,
    why="""
        Such a disk is attached to one node. A pod on another one waits for it for ever, and the rollout with it.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          volumes:
            - {path: /data, claim: {size: 10Gi}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          volumes:
            - {path: /data, claim: {size: 10Gi, accessMode: ReadWriteMany, storageClassName: shared-files}}
        """,
)


MOUNTED_TWICE = Rule(
    code="MCP144",
    slug="mounted-twice",
    severity=Severity.ERROR,
    title="two things at one path",
    meaning="A path stands twice among `writablePaths` and the paths of `volumes`.",
    why="A container has one volume at a path; the API server refuses the Deployment.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, /data]
          volumes:
            - {path: /data, claim: {name: orders}}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp]
          volumes:
            - {path: /data, claim: {name: orders}}
        """,
)


@dataclass(frozen=True)
class MadeClaim:
    """A claim that is made, and where it was asked for."""

    path: str
    access_mode: str


HOME_READ_ONLY = Rule(
    code="MCP185",
    slug="home-not-writable",
    severity=Severity.WARNING,
    title="a place that programs write to is read-only",
    meaning="""
        A variable that says where programs write for themselves (`HOME`, `TMPDIR`, `XDG_CACHE_HOME`, `XDG_STATE_HOME`,
        `UV_CACHE_DIR`, `NPM_CONFIG_CACHE`) names a directory in no path of `writablePaths` and in no volume that may be
        written, while the root of the container is read-only. Patches count as they are merged. Or a sidecar or an init
        container names one that none of its `mounts` makes writable; or what it runs is fetched when it starts
        (MCP126), and it has none.
        """,
    why="""
        npm, uv, browsers and many libraries write there with the first call, or at the start, and fail: the file system
        of the image is read-only, and the directory may belong to another user.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env: {HOME: /root}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, /home/node]
          env: {HOME: /home/node}
        """,
    note="""
        Without it `HOME` is the first of `writablePaths`. Accept the warning where the program only reads there.
        """,
)
WRITTEN_TO = (
    "HOME",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
    "UV_CACHE_DIR",
    "NPM_CONFIG_CACHE",
    "npm_config_cache",
)


def home_findings(env: Mapping[str, str], *, mounts: Iterable[tuple[str, bool]], path: str) -> list[Finding]:
    """MCP185 for variables that say where programs write, in a container whose root is read-only.

    :param mounts: directories that something is mounted at, and whether it may be written.
    """
    listed = list(mounts)
    return [
        HOME_READ_ONLY.at(
            f"{path}.{name}",
            f"{name} is '{env[name]}', where nothing may be written: the root of the container is read-only.",
            "Add the directory to ⟦writable_paths⟧, or name one that is there.",
        )
        for name in WRITTEN_TO
        if env.get(name, "").startswith("/") and "$(" not in env[name] and not _may_be_written(env[name], listed)
    ]


def beside_home_findings(
    env: Mapping[str, str], *, mounts: Iterable[tuple[str, bool]], fetches: bool, path: str
) -> list[Finding]:
    """MCP185 for a container beside the server, whose root is read-only.

    :param mounts: directories that it shares with the server, and whether it may write there.
    :param fetches: whether its program is fetched when it starts, which writes to HOME.
    """
    listed = list(mounts)
    remedy = "Mount one of ⟦writable_paths⟧ there, with writable: true, or name one that is mounted so."
    found = [replace(one, remedy=remedy) for one in home_findings(env, mounts=listed, path=f"{path}.env")]
    if fetches and not found and not any(writable for _, writable in listed):
        problem = "What it runs is fetched into HOME, and nothing in the container may be written."
        remedy = "Mount one of ⟦writable_paths⟧ with writable: true: HOME is then that directory."
        found.append(HOME_READ_ONLY.at(f"{path}.mounts", problem, remedy))
    return found


def _may_be_written(directory: str, mounts: Sequence[tuple[str, bool]]) -> bool:
    """Whether the innermost mount around a directory may be written."""
    inside = f"{normpath(directory)}/"
    around = [(len(place), writable) for one, writable in mounts if inside.startswith(place := f"{normpath(one)}/")]
    return max(around, default=(0, False))[1]


def size_findings(
    *,
    disk: Sequence[int],
    memory: Sequence[int],
    disk_limit: int | None,
    memory_limit: int | None,
    process: int,
    path: str,
) -> list[Finding]:
    """MCP127 and MCP128 for sizes of paths and limits in bytes; ``None`` is no limit.

    :param process: what the process itself needs of the memory, in bytes; 0 where nobody knows.
    """
    found = []
    if disk_limit is not None and sum(disk) > disk_limit:
        found.append(
            DISK_TOO_SMALL.at(
                path,
                f"The paths on disk have {format_memory(sum(disk))} together, and the limit of ephemeral storage is "
                f"{format_memory(disk_limit)}.",
                "Leave the limit out, it then follows from the sizes; raise it; or lower the sizes.",
            )
        )
    if memory and memory_limit is not None and sum(memory) + process > memory_limit:
        needs = f" and the process needs {format_memory(process)}" if process else ""
        found.append(
            MEMORY_TOO_SMALL.at(
                path,
                f"The paths in memory have {format_memory(sum(memory))} together{needs}, and the memory limit is "
                f"{format_memory(memory_limit)}.",
                "Leave the limit out, it then follows from both; raise it; or lower the sizes.",
            )
        )
    return found


def claim_findings(claims: Iterable[MadeClaim], *, replicas: int, autoscaled: bool, surge: bool) -> list[Finding]:
    """MCP143 for each claim of one node that pods on several may want."""
    reasons = []
    if autoscaled:
        reasons.append("an autoscaler owns the number of pods")
    elif replicas > 1:
        reasons.append(f"{replicas} pods run")
    if surge:
        reasons.append("a rollout starts new pods before old ones end")
    if not reasons:
        return []
    return [
        ONE_NODE.at(
            claim.path,
            f"The claim is {claim.access_mode}, and {' and '.join(reasons)}.",
            "Run one pod and set ⟦rollout.strategy⟧ to 'Recreate'; or use the access mode 'ReadWriteMany' with a "
            "StorageClass that has it.",
        )
        for claim in claims
        if claim.access_mode in ("ReadWriteOnce", "ReadWriteOncePod")
    ]


def path_findings(places: Iterable[tuple[str, str]]) -> list[Finding]:
    """MCP144 for each directory that stands twice; ``places`` are pairs of a directory and where it was given."""
    listed = list(places)
    times = Counter(directory.rstrip("/") for directory, _ in listed)
    seen: set[str] = set()
    found = []
    for directory, path in listed:
        key = directory.rstrip("/")
        if times[key] > 1 and key in seen:
            found.append(MOUNTED_TWICE.at(path, f"'{directory}' is mounted twice.", "Keep one of the two."))
        seen.add(key)
    return found


def writer_findings(*, single_writer: bool, durable: bool, path: str) -> list[Finding]:
    """MCP129 for a file of one process that no claim keeps."""
    if not single_writer or durable:
        return []
    return [
        DIES_WITH_POD.at(
            path,
            "The file of the database is on no disk of its own, and is gone with the pod.",
            "Mount a claim at its directory, such as volumes: [{path: /data, claim: {size: 10Gi}}]; accept this "
            "warning if the server can make the file anew.",
        )
    ]


RULES = (DISK_TOO_SMALL, MEMORY_TOO_SMALL, DIES_WITH_POD, ONE_NODE, MOUNTED_TWICE, HOME_READ_ONLY)
