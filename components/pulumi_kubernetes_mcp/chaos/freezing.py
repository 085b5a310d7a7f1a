"""What stops the processes of a pod from its node.

From inside the pod it cannot be done: the kernel ignores SIGSTOP and SIGKILL that come from a container's own PID
namespace for its first process (pid_namespaces(7)), which the server is, and an ephemeral container of ``kubectl debug
--target`` is in that namespace too. An image without a shell has no ``kill`` to execute besides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .model import Pod

IMAGE = "docker.io/library/busybox:1.37.0"
"""A shell, grep, kill and sleep are all that it needs."""
SCRIPT = """\
pids=
for place in /proc/[0-9]*; do
  if grep -q "$1" "$place/cgroup" 2>/dev/null; then pids="$pids ${place#/proc/}"; fi
done
[ -n "$pids" ] || exit 3
trap 'kill -CONT $pids; exit 0' TERM INT EXIT
kill -STOP $pids
sleep "$2" &
wait $!
"""
"""All processes in the cgroup of a pod stand still, and go on when the time is over or this pod is deleted."""
MARGIN_SECONDS = 60
"""For the start of the pod, before the kubelet ends it in any case."""


def name(run: str, number: int) -> str:
    """Of the pod that does it."""
    return f"mcp-chaos-{run}-{number}"


def manifest(pod: Pod, run: str, number: int, *, seconds: float, image: str) -> Mapping[str, Any]:
    """A pod on the same node that sees the node's processes and may send them signals: root and CAP_KILL, no more."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name(run, number), "labels": {"app.kubernetes.io/name": "mcp-chaos"}},
        "spec": {
            "nodeName": pod.node,
            "hostPID": True,
            "restartPolicy": "Never",
            "activeDeadlineSeconds": round(seconds) + MARGIN_SECONDS,
            "terminationGracePeriodSeconds": 5,
            "automountServiceAccountToken": False,
            "tolerations": [{"operator": "Exists"}],
            "containers": [
                {
                    "name": "freeze",
                    "image": image,
                    # Drivers of cgroups write the id with '-' or with '_'.
                    "command": ["sh", "-c", SCRIPT, "mcp-chaos", pod.uid.replace("-", "[-_]"), f"{seconds:g}"],
                    "resources": {
                        "requests": {"cpu": "10m", "memory": "16Mi"},
                        "limits": {"cpu": "100m", "memory": "32Mi"},
                    },
                    "securityContext": {
                        "runAsUser": 0,
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"], "add": ["KILL"]},
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                }
            ],
        },
    }


def text(pod: Pod, run: str, number: int, *, seconds: float, image: str) -> str:
    """The same for kubectl."""
    return json.dumps(manifest(pod, run, number, seconds=seconds, image=image))
