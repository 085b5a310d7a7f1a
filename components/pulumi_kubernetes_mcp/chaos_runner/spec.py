"""The CronJob of an experiment, what its pod may do in the namespace and where it may connect to, as plain
dictionaries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import ceil

import pulumi

from ..kubernetes import mesh, network
from ..kubernetes import objects as common
from ..kubernetes.keys import Egress
from ..kubernetes.objects import Spec
from ..kubernetes.placement import affinity, placement
from ..platforms import pull_policy
from .keys import ChaosComponentKeys

COMPONENT = "chaos"
ENDING = "-chaos"
LONGEST = 52
"""Characters of the name of a CronJob, which the controller adds to (k8s.io/kubernetes, pkg/apis/batch/validation)."""
FOLDER = "/work"
"""What undoes the experiment is written here, and kubectl's cache."""
USER_ID = 10001
TOKEN_VARIABLE = "MCP_TOKEN"
NEVER = "0 0 1 1 *"
"""Schedule of a CronJob that is suspended: the API wants one."""
API_PORTS = (443, 6443)
"""Of API servers: that of the Service and of clouds, and the one behind it that kubeadm and k3s have."""
GRACE_SECONDS = 180
"""After SIGTERM everything is undone: two commands of a minute each, and sessions are ended."""
MARGIN_SECONDS = 240
"""For pulling the image, looking for eras, commands that do and undo it, and the calls before it."""
KEPT_SECONDS = 7 * 86_400
"""How long a Job and its result in the log are kept: until somebody has read them, at the latest after a week."""
REQUESTS = {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "32Mi"}
LIMITS = {"cpu": "1", "memory": "256Mi", "ephemeral-storage": "64Mi"}
"""For a dozen clients, beside which kubectl runs."""
EVERYWHERE = ["0.0.0.0/0", "::/0"]
CORE, APPS, NETWORKING, CILIUM, CALICO = "", "apps", "networking.k8s.io", "cilium.io", "projectcalico.org"


def name_of(server: str) -> str:
    """Name of all objects."""
    return f"{server}{ENDING}"


def match(server: str) -> dict[str, pulumi.Input[str]]:
    """The labels that select the pod."""
    return common.selector(name_of(server), COMPONENT)


def rights(keys: ChaosComponentKeys) -> list[Spec]:
    """What the pod may do in its namespace: what the experiment does, and no more."""
    rules = [_rule(CORE, ["pods"], ["get", "list"])]
    if keys.experiment in ("kill-pod", "kill-zone"):
        rules.append(_rule(CORE, ["pods"], ["delete"]))
    elif keys.experiment == "drop-network":
        rules.append(_rule(CORE, ["pods"], ["patch"]))
        rules.append(_rule(NETWORKING, ["networkpolicies"], ["list", "create", "delete"]))
        rules.append(_rule(CILIUM, ["ciliumnetworkpolicies"], ["list", "create", "delete"]))
        rules.append(_rule(CALICO, ["networkpolicies"], ["list", "create", "delete"]))
    elif keys.workload is not None:
        kind, _, name = keys.workload.partition("/")
        rules.append(_rule(APPS, [f"{kind}s"], ["get"], [name]))
        rules.append(_rule(APPS, [f"{kind}s/scale"], ["get", "patch"], [name]))
    return rules


def _rule(group: str, resources: list[str], verbs: list[str], names: list[str] | None = None) -> Spec:
    return {
        "apiGroups": [group],
        "resources": resources,
        "verbs": verbs,
        **({"resourceNames": names} if names else {}),
    }


def command(keys: ChaosComponentKeys) -> list[pulumi.Input[str]]:
    """The command line. The namespace is named as one in production: whether it may be was asked before."""
    words: list[pulumi.Input[str]] = ["mcp-stack", "chaos", keys.experiment, keys.url]
    words += ["--namespace", keys.namespace, "--production", keys.namespace, "--server", keys.server_name]
    words += ["--hold", f"{keys.hold_seconds:g}", "--recover", f"{keys.recover_seconds:g}"]
    words += ["--journal", f"{FOLDER}/mcp-chaos-undo.sh", "--yes", "--json"]
    for option, value in (
        ("--workload", keys.workload),
        ("--tool", keys.tool),
        ("--arguments", json.dumps(keys.tool_arguments, sort_keys=True) if keys.tool_arguments else None),
        ("--calls-lost", keys.calls_lost),
        ("--sessions-lost", keys.sessions_lost),
    ):
        if value is not None:
            words += [option, str(value)]
    if keys.token_secret is not None:
        words += ["--header-env", f"Authorization={TOKEN_VARIABLE}"]
    return words


def cron_job(keys: ChaosComponentKeys, labels: Spec) -> Spec:
    """The spec of the CronJob: suspended, unless a schedule is given; a Job is made of it by hand in either case."""
    job = {
        # What was tried and failed is a result, and not tried again.
        "backoffLimit": 0,
        "activeDeadlineSeconds": ceil(keys.hold_seconds + keys.recover_seconds) + MARGIN_SECONDS,
        "ttlSecondsAfterFinished": KEPT_SECONDS,
        "template": {
            "metadata": common.template_metadata(
                {**mesh.pod_labels(keys.mesh), **labels}, None, mesh.pod_annotations(keys.mesh)
            ),
            "spec": pod(keys),
        },
    }
    return {
        "schedule": keys.schedule or NEVER,
        "timeZone": "Etc/UTC",
        "suspend": keys.schedule is None,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 300,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"metadata": {"labels": labels}, "spec": job},
    }


def pod(keys: ChaosComponentKeys) -> Spec:
    """The pod: kubectl has the token of the ServiceAccount; nothing but /work can be written to."""
    user = None if keys.cluster_user_id else USER_ID
    return common.without_empty(
        {
            "serviceAccountName": name_of(keys.server_name),
            "automountServiceAccountToken": True,
            "enableServiceLinks": False,
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "securityContext": common.pod_security(user),
            "affinity": affinity(keys, {}),
            **placement(keys),
            "containers": [
                {
                    "name": COMPONENT,
                    "image": keys.image,
                    "imagePullPolicy": pull_policy(keys.image_pull_policy, keys.platform),
                    "command": command(keys),
                    "env": _environment(keys),
                    "resources": {"requests": dict(REQUESTS), "limits": dict(LIMITS)},
                    "securityContext": common.container_security(user),
                    "volumeMounts": [{"name": "work", "mountPath": FOLDER}],
                }
            ],
            "volumes": [{"name": "work", "emptyDir": {"sizeLimit": "16Mi"}}],
        }
    )


def _environment(keys: ChaosComponentKeys) -> list[Mapping[str, Spec]]:
    found: list[Mapping[str, Spec]] = [{"name": "HOME", "value": FOLDER}]
    if keys.token_secret is not None:
        reference = {"secretKeyRef": {"name": keys.token_secret, "key": keys.token_key}}
        found.append({"name": TOKEN_VARIABLE, "valueFrom": reference})
    return found


def policy(keys: ChaosComponentKeys, port: int) -> Spec:
    """The spec of the NetworkPolicy: nobody connects to the pod, and it connects to the server and the API server.

    :param port: of the URL.
    """
    ways = [Egress.model_construct(port=one, cidrs=EVERYWHERE) for one in API_PORTS]
    if keys.server_port is not None:
        ways.append(Egress.model_construct(port=keys.server_port, workload=keys.server_name, component="server"))
    elif port not in API_PORTS:
        ways.append(Egress.model_construct(port=port, cidrs=EVERYWHERE))
    ways += [*keys.allow_to, *mesh.destinations(keys.mesh)]
    return network.network_policy(match(keys.server_name), [], ways, ambient=keys.mesh == mesh.AMBIENT)
