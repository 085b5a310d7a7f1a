"""Rules about the container: image, drain, resources, probes, names and ports."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from ..eras import ENDPOINT_PROPAGATION_SECONDS, TERMINATION_MARGIN_SECONDS
from ..kubernetes.quantities import QuantityError, format_cpu, format_memory, parse_cpu, parse_memory
from .environment import env_findings
from .model import Finding, Rule, Severity

__all__ = [
    "drain_findings",
    "env_findings",
    "image_findings",
    "name_findings",
    "port_findings",
    "probe_findings",
    "resource_findings",
]

IMAGE = Rule(
    code="MCP101",
    severity=Severity.ERROR,
    title="an image without a fixed version",
    why="'latest' and a missing tag name another image tomorrow: pods of one rollout then differ, and a "
    "rollback brings back nothing.",
)
GRACE_TOO_SHORT = Rule(
    code="MCP102",
    severity=Severity.ERROR,
    title="the grace period ends before the drain",
    why="The grace period starts before the pre-stop hook, and contains it. What is not done when it ends is killed.",
)
REQUEST_ABOVE_LIMIT = Rule(
    code="MCP103",
    severity=Severity.ERROR,
    title="a request above its limit",
    why="The API server refuses every pod of such a Deployment; the Deployment itself is accepted, so "
    "that only the missing pods show it.",
)
PROBE_ON_MCP_PATH = Rule(
    code="MCP104",
    severity=Severity.ERROR,
    title="a probe on the MCP path",
    why="The kubelet can only GET. An MCP endpoint answers that with 400, 405 or 406, or with a stream "
    "that never ends; the pod never becomes ready, or is restarted for ever.",
)
NO_HEALTH_PATH = Rule(
    code="MCP105",
    severity=Severity.WARNING,
    title="no health route",
    why="The SDKs ship none. Without it the probes only test that the port is open, so a server that "
    "hangs or drains still receives traffic.",
)
SAME_PROBE_ROUTE = Rule(
    code="MCP106",
    severity=Severity.WARNING,
    title="liveness and readiness use the same route",
    why="The readiness route says 503 while the server drains. Used for liveness, that restarts the "
    "container in the middle of the drain.",
)
NOT_A_LABEL = Rule(
    code="MCP108",
    severity=Severity.ERROR,
    title="a name that is not a DNS label",
    why="Names of Services and namespaces become host names and label values; the API server refuses others.",
)
BAD_PORT = Rule(
    code="MCP109",
    severity=Severity.ERROR,
    title="a port that does not exist",
    why="Ports are 16-bit numbers; the API server refuses others.",
)
GRACE_TOO_LONG = Rule(
    code="MCP110",
    severity=Severity.WARNING,
    title="a grace period above ten minutes",
    why="The cluster autoscaler waits 600 s for a pod by default, then removes its node: what is left of "
    "the drain is cut.",
)
BAD_QUANTITY = Rule(
    code="MCP111",
    severity=Severity.ERROR,
    title="a quantity that cannot be read",
    why="Kubernetes knows its own units only, and takes a bare number of memory as bytes.",
)
LEGACY_CALLS_CUT = Rule(
    code="MCP112",
    severity=Severity.ERROR,
    title="the pre-stop sleep is shorter than the slowest tool",
    why="Answers of legacy eras are streams, and servers cut them within 0.5 s of SIGTERM. Only the sleep "
    "before SIGTERM lets them end.",
)
MODERN_CALLS_CUT = Rule(
    code="MCP113",
    severity=Severity.ERROR,
    title="the graceful timeout is shorter than the slowest tool",
    why="After SIGTERM a modern server finishes its calls until this timeout; clients of longer calls get HTTP 500.",
)

GRACE_LIMIT_SECONDS = 600
"""``--max-graceful-termination-sec`` of the cluster autoscaler, by default."""

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_MOVING_TAG = "latest"
_KUBERNETES = re.compile(r"v?(\d+)\.(\d+)(?:[.+-].*)?")
OLDEST_KUBERNETES = (1, 34)
"""The first minor version in which preStop.sleep is stable."""


NO_MEMORY = Rule(
    code="MCP114",
    severity=Severity.ERROR,
    title="a memory request or limit is missing",
    why="What a container leaves out is filled in behind its back: a request from the limit, a limit from the "
    "namespace's LimitRange. The pod is then refused by the quota, or for a request above its limit.",
)
FOREIGN_NAMESPACE = Rule(
    code="MCP119",
    severity=Severity.ERROR,
    title="a namespace that belongs to others",
    why="The stack creates its namespace, closes it and puts a quota on it. In a namespace of the cluster, the edge or "
    "the monitoring this stops what runs there, and a destroy deletes it.",
)
OLD_KUBERNETES = Rule(
    code="MCP120",
    severity=Severity.WARNING,
    title="a Kubernetes without a stable pre-stop sleep",
    why="The drain begins with preStop.sleep, which is stable from Kubernetes 1.34 on. Where the field is not known it "
    "is dropped without a word: SIGTERM comes while proxies still send to the pod, and calls are cut.",
)
NO_EGRESS = Rule(
    code="MCP118",
    severity=Severity.WARNING,
    title="authorization without a way to the identity provider",
    why="A resource server fetches the keys of its identity provider, or asks it about each token. The namespace is "
    "closed: without an opening every request with a token fails.",
)
SHORT_PROPAGATION = Rule(
    code="MCP115",
    severity=Severity.WARNING,
    title="the pre-stop sleep is shorter than the propagation of endpoints",
    why="Proxies go on sending to a pod for some seconds after its deletion. Without a sleep that outlasts them, calls "
    "of a rollout fail: 8 of 439 measured with none, none with a sleep.",
)


def image_findings(image: str, *, path: str) -> list[Finding]:
    """MCP101 unless ``image`` has a digest, or a tag other than ``latest``.

    A colon before the last slash belongs to the port of the registry. A digest outweighs any tag.
    """
    repository, at, digest = image.strip().partition("@")
    if at:
        if _DIGEST.fullmatch(digest) and repository:
            return []
        return [
            IMAGE.at(
                path,
                f"'{image}' has a digest that cannot be read.",
                "A digest is 'sha256:' and 64 hexadecimal digits; copy it from the registry, or use a fixed tag.",
            )
        ]
    head, slash, last = repository.rpartition("/")
    name, colon, tag = last.partition(":")
    if name and _TAG.fullmatch(tag) and tag != _MOVING_TAG:
        return []
    return [IMAGE.at(path, _image_problem(image, name, tag, bool(colon)), _image_remedy(f"{head}{slash}{name}", name))]


def _image_problem(image: str, name: str, tag: str, colon: bool) -> str:
    if not name:
        return f"'{image}' names no image."
    if not tag:
        return f"'{image}' has {'an empty' if colon else 'no'} tag, which means 'latest'."
    if tag == _MOVING_TAG:
        return f"'{image}' has the tag 'latest', which names another image tomorrow."
    return f"'{image}' has a tag that cannot be read."


def _image_remedy(repository: str, name: str) -> str:
    if not name:
        return "Give an image with a fixed tag or a digest, such as 'ghcr.io/acme/mcp-server:1.4.2'."
    return f"Give a fixed tag, such as '{repository}:1.4.2', or a digest, such as '{repository}@sha256:...'."


def drain_findings(
    *,
    pre_stop: int,
    graceful: int,
    grace: int,
    max_tool_seconds: int,
    legacy: bool,
    modern: bool,
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
    least = ENDPOINT_PROPAGATION_SECONDS + (max_tool_seconds if legacy else 0)
    if pre_stop < least and not (legacy and pre_stop < max_tool_seconds):
        found.append(
            SHORT_PROPAGATION.at(
                pre_stop_path,
                f"The pre-stop sleep of {pre_stop} s is shorter than {least} s: proxies send to the pod for up to "
                f"{ENDPOINT_PROPAGATION_SECONDS} s after its deletion.",
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
                "Make the slowest tool shorter or a task, or raise --max-graceful-termination-sec to "
                f"{grace} and accept this warning.",
            )
        )
    return found


def resource_findings(
    *,
    requests: Mapping[str, str],
    limits: Mapping[str, str],
    path: str,
) -> list[Finding]:
    """MCP111 for a quantity that cannot be read, MCP103 for a request above its limit.

    Looks at ``cpu``, ``memory`` and ``ephemeral-storage``; other resources pass.
    """
    found = []
    for key in ("cpu", "memory", "ephemeral-storage"):
        request, wrong_request = _quantity(key, requests.get(key), f"{path}.requests.{key}")
        limit, wrong_limit = _quantity(key, limits.get(key), f"{path}.limits.{key}")
        found += wrong_request + wrong_limit
        if request is not None and limit is not None and request > limit:
            show = format_cpu if key == "cpu" else format_memory
            found.append(
                REQUEST_ABOVE_LIMIT.at(
                    f"{path}.requests.{key}",
                    f"The {key} request of {show(request)} is above the limit of {show(limit)}; no pod "
                    "would be created.",
                    f"Lower the request to at most {show(limit)}, or raise the limit to at least {show(request)}.",
                )
            )
    return found


def memory_declared_findings(*, requests: Mapping[str, str], limits: Mapping[str, str], path: str) -> list[Finding]:
    """MCP114 for each side of the resources that says nothing about memory."""
    return [
        NO_MEMORY.at(
            f"{path}.{side}",
            f"The {side} name no memory, so that something else decides it when the pod is created.",
            f"Add memory to the {side}, such as '256Mi', or leave the {side} out: they are then planned.",
        )
        for side, quantities in (("requests", requests), ("limits", limits))
        if "memory" not in quantities
    ]


def namespace_findings(namespace: str, *, others: Collection[str], path: str) -> list[Finding]:
    """MCP119 for a namespace of Kubernetes itself, or one of ``others``, which the stack names as theirs."""
    if namespace != "default" and not namespace.startswith("kube-") and namespace not in others:
        return []
    return [
        FOREIGN_NAMESPACE.at(
            path,
            f"The namespace '{namespace}' is not for this stack alone.",
            "Leave it out, it is then derived; or give one that nothing else uses.",
        )
    ]


def egress_findings(*, authorization: bool, destinations: int, path: str) -> list[Finding]:
    """MCP118 if tokens are checked and the server may connect to nothing that could vouch for them."""
    if not authorization or destinations:
        return []
    return [
        NO_EGRESS.at(
            path,
            "The server checks tokens, and may connect to nothing but DNS and the database.",
            "Add the identity provider, such as {port: 443, cidrs: [0.0.0.0/0]}; accept this warning if the keys are "
            "in the image.",
        )
    ]


def _quantity(key: str, text: str | None, path: str) -> tuple[int | None, list[Finding]]:
    """The quantity as a number, or the finding that says why it is none."""
    if text is None:
        return None, []
    try:
        return (parse_cpu(text) if key == "cpu" else parse_memory(text)), []
    except QuantityError as error:
        example = "500m" if key == "cpu" else "256Mi"
        return None, [BAD_QUANTITY.at(path, f"'{text}' cannot be read: {error}.", f"Write it like '{example}'.")]


def probe_findings(
    *, health_path: str | None, liveness_path: str | None, mcp_path: str, path: Callable[[str], str]
) -> list[Finding]:
    """MCP104, MCP105 and MCP106: whether the probes ask what a kubelet can ask.

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
    if health_path is None:
        found.append(
            NO_HEALTH_PATH.at(
                path("health_path"),
                "There is no health route; readiness only means that the port is open.",
                "Give the server a GET route that answers 200 when it can serve and 503 while it drains, "
                "and name it here.",
            )
        )
    elif liveness_path is not None and _route(liveness_path) == _route(health_path) != _route(mcp_path):
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


def name_findings(name: str, *, path: str) -> list[Finding]:
    """MCP108 unless ``name`` is a DNS label (RFC 1123): a name of a server, a namespace or a region."""
    if _LABEL.fullmatch(name):
        return []
    candidate = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-")
    suggestion = f" '{candidate}' would do." if candidate else ""
    size = f" ({len(name)} characters)" if len(name) > 63 else ""
    return [
        NOT_A_LABEL.at(
            path,
            f"'{name}'{size} is not a DNS label.",
            "Use at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit."
            + suggestion,
        )
    ]


def port_findings(port: int, *, path: str) -> list[Finding]:
    """MCP109 unless ``port`` is in 1..65535."""
    if 1 <= port <= 65535:
        return []
    return [
        BAD_PORT.at(
            path,
            f"There is no port {port}.",
            "Give a number from 1 to 65535; servers without root use 1024 up.",
        )
    ]


def version_findings(version: str | None, *, path: str) -> list[Finding]:
    """MCP120 if the cluster is older than what the drain needs. ``None`` is a version that is not known."""
    known = _KUBERNETES.fullmatch(version or "")
    if known is None or (int(known[1]), int(known[2])) >= OLDEST_KUBERNETES:
        return []
    oldest = ".".join(map(str, OLDEST_KUBERNETES))
    return [
        OLD_KUBERNETES.at(
            path,
            f"Kubernetes {version} is older than {oldest}, the first whose preStop.sleep is stable.",
            f"Upgrade the cluster to {oldest} or newer; accept this if the sleep was seen to work there.",
        )
    ]
