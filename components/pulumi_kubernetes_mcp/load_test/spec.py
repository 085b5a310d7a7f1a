"""The objects of a load test: the script, the TestRun of the k6 operator, and what its pods may connect to."""

from __future__ import annotations

from urllib.parse import urlsplit

import pulumi

from ..kubernetes import network, placement
from ..kubernetes import objects as common
from ..kubernetes import quantities as units
from ..kubernetes.keys import Egress, IngressFrom
from ..kubernetes.objects import Spec
from .keys import LoadTestComponentKeys
from .model import RUNNER_MILLICORES, SMALL_MILLICORES, LoadTest, Tool, Traffic, runner_mib, runners
from .scenarios import scenario

API_VERSION, KIND = "k6.io/v1alpha1", "TestRun"
COMPONENT = "load-test"
FILE = "loadtest.js"
USER_ID = 12345
"""User of the images of k6 and of the operator's starter."""
API_PORT = 6565
"""Port of k6's own API: the operator asks there whether a runner is ready, and the starter begins the test there."""
SMALL_MIB = 128
LONGEST_SERVER = 30
"""Letters of a server's name in that of a TestRun: the operator adds to it what ends up in a label of 63."""
TOKEN_VARIABLE = "MCP_TOKEN"
HTTPS_PORT, HTTP_PORT = 443, 80
EVERYWHERE = ["0.0.0.0/0", "::/0"]


def load_test(keys: LoadTestComponentKeys, url: str) -> LoadTest:
    """What the arguments say, as a load test."""
    parts = urlsplit(url)
    return LoadTest(
        stack=keys.stack or "",
        region=keys.region or keys.server_name,
        server=keys.server_name,
        traffic=Traffic(
            url=url,
            sse_url=f"{parts.scheme}://{parts.netloc}{keys.sse_path}" if "sse" in keys.era_percent else None,
            eras={era: share for era, share in keys.era_percent.items() if share > 0},
            tools=tuple(
                Tool(
                    name=tool.name,
                    weight=tool.share_percent,
                    arguments=_choices(keys.arguments.get(tool.name)),
                    milliseconds=tool.duration_milliseconds,
                    limit_milliseconds=tool.limit_milliseconds,
                )
                for tool in keys.tools
            ),
            think_seconds=keys.think_seconds,
            session_seconds=keys.session_seconds,
            timeout_seconds=keys.timeout_seconds,
        ),
        scenario=scenario(
            keys.scenario,
            first_launch=keys.first_launch,
            hold_minutes=keys.hold_minutes,
            drain_seconds=keys.drain_seconds,
        ),
        sessions=keys.sessions,
        pods=keys.pods,
        sessions_per_pod=keys.sessions_per_pod,
        failed_percent=keys.failed_percent,
        p95_milliseconds=keys.p95_milliseconds,
    )


def _choices(given: object) -> list[dict[str, object]]:
    if given is None:
        return [{}]
    return [dict(one) for one in given] if isinstance(given, list) else [dict(given)]  # type: ignore[call-overload]


def run_name(keys: LoadTestComponentKeys, text: str, image: str) -> str:
    """The name of the TestRun: another script is another run, which the operator would not make of a changed object."""
    return f"{keys.server_name[:LONGEST_SERVER].rstrip('-')}-{keys.scenario}-{digest(keys, text, image)}"


def digest(keys: LoadTestComponentKeys, text: str, image: str) -> str:
    """What stands for everything about a run."""
    return common.content_digest(
        {"script": text, "image": image, "pods": str(keys.parallelism), "paused": str(keys.paused)}
    )


def runner_pods(keys: LoadTestComponentKeys, users: int) -> int:
    """Runners of a test: as asked for, or as many as bear the users."""
    return keys.parallelism or runners(users)


def test_run(keys: LoadTestComponentKeys, test: LoadTest, config_name: pulumi.Input[str]) -> Spec:
    """The spec of the TestRun."""
    pods = runner_pods(keys, test.users)
    return {
        "parallelism": pods,
        "script": {"configMap": {"name": config_name, "file": FILE}},
        "arguments": "--no-usage-report",
        # The operator reads these two as text.
        "paused": "true" if keys.paused else "false",
        "quiet": "true",
        "separate": False,
        "runner": _runner(keys, runner_mib(test.users, pods)),
        "initializer": _runner(keys, runner_mib(test.users, pods), cpu=SMALL_MILLICORES),
        "starter": _pod(keys, cpu=SMALL_MILLICORES, memory=SMALL_MIB),
    }


def _runner(keys: LoadTestComponentKeys, memory: int, cpu: int = RUNNER_MILLICORES) -> Spec:
    token: list[Spec] = []
    if keys.token_secret is not None:
        reference = {"secretKeyRef": {"name": keys.token_secret, "key": keys.token_key}}
        token = [{"name": TOKEN_VARIABLE, "valueFrom": reference}]
    pod = _pod(keys, cpu=cpu, memory=memory)
    return {**pod, "image": keys.runner_image, **({"env": token} if token else {})}


def _pod(keys: LoadTestComponentKeys, *, cpu: int, memory: int) -> Spec:
    sizes = {"memory": units.format_memory(memory * units.MIB), "ephemeral-storage": "64Mi"}
    return common.without_empty(
        {
            "automountServiceAccountToken": "false",
            "securityContext": common.pod_security(USER_ID),
            "containerSecurityContext": common.container_security(USER_ID),
            "resources": {
                "requests": {"cpu": units.format_cpu(cpu), **sizes},
                "limits": {"cpu": units.format_cpu(2 * cpu), **sizes},
            },
            "nodeSelector": dict(keys.runner_node_selector),
            "tolerations": [placement.toleration(one) for one in keys.runner_tolerations],
        }
    )


def match(name: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
    """The labels that the operator puts on all pods of a TestRun."""
    return {"app": "k6", "k6_cr": name}


def port_of(url: str) -> int:
    """The port of an address."""
    parts = urlsplit(url)
    return parts.port or (HTTPS_PORT if parts.scheme == "https" else HTTP_PORT)


def policy(keys: LoadTestComponentKeys, name: pulumi.Input[str], port: pulumi.Input[int]) -> Spec:
    """The spec of the NetworkPolicy of all pods of a run: the operator and the starter reach the runners, and these the
    server.

    :param port: of the address that is tested.
    """
    own = match(name)
    origins = [
        IngressFrom.model_construct(port=API_PORT, namespace=keys.operator_namespace),
        IngressFrom.model_construct(port=API_PORT, pod_labels=own),
    ]
    ways = [Egress.model_construct(port=API_PORT, pod_labels=own), *keys.allow_to]
    if keys.server_port is not None:
        ways.append(Egress.model_construct(port=keys.server_port, workload=keys.server_name, component="server"))
    else:
        ways.append(Egress.model_construct(port=port, cidrs=EVERYWHERE))
    return network.network_policy(own, origins, ways)
