"""The real kubectl as the only client: what a test learns here, a user can repeat at a prompt."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.cluster.processes import quiet_environment

Object = Mapping[str, Any]
T = TypeVar("T")
FIELD_MANAGER = "pulumi-kubernetes-test"
COMMAND_LIMIT_S = 120.0
KIND_ORDER = (
    "Namespace",
    "CustomResourceDefinition",
    "PriorityClass",
    "StorageClass",
    "ResourceQuota",
    "LimitRange",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "NetworkPolicy",
    "ConfigMap",
    "Secret",
    "ClusterSecretStore",
    "SecretStore",
    "ExternalSecret",
    "PersistentVolumeClaim",
    "Service",
    "PodDisruptionBudget",
    "Deployment",
    "StatefulSet",
)


class KubectlError(RuntimeError):
    """kubectl said no; `stderr` is what it said."""

    def __init__(self, arguments: Iterable[str], code: int, stdout: str, stderr: str) -> None:
        super().__init__(f"kubectl {' '.join(arguments)}: exit code {code}\n{stderr.strip()}")
        self.code = code
        self.stdout = stdout
        self.stderr = stderr


@dataclass(frozen=True)
class Output:
    """What a command printed; `warnings` are the API server's own."""

    stdout: str
    stderr: str

    @property
    def warnings(self) -> list[str]:
        """The lines of `Warning:` headers, without their label."""
        lines = self.stderr.splitlines()
        return [line.removeprefix("Warning: ") for line in lines if line.startswith("Warning: ")]


def in_order(objects: Iterable[Object]) -> list[Object]:
    """Objects so that whatever another one needs comes first; everything unlisted comes last."""
    rank = {kind: position for position, kind in enumerate(KIND_ORDER)}
    return sorted(objects, key=lambda one: rank.get(one["kind"], len(KIND_ORDER)))


def as_stream(objects: Iterable[Object]) -> str:
    """Objects as a stream of documents.

    Not as one List: that kind has no schema on the server, and kubectl then falls back to validating on its own
    side, which is older and laxer than the server's strict decoding.
    """
    return "\n---\n".join(json.dumps(one) for one in objects)


def watched(stream: Iterable[str]) -> Iterator[Object]:
    """The events of a watch that says one a line; the last one may be cut in two where the watch was ended."""
    for line in stream:
        if line.endswith("\n"):
            yield json.loads(line)


def condition(one: Object, kind: str) -> bool:
    """Whether an object's status says that a condition holds."""
    found = one.get("status", {}).get("conditions") or []
    return any(entry["type"] == kind and entry["status"] == "True" for entry in found)


class Kubectl:
    """kubectl bound to one kubeconfig."""

    def __init__(self, program: Path, kubeconfig: Path, home: Path) -> None:
        self._program = program
        self._home = home
        self.kubeconfig = kubeconfig

    def argv(self, *arguments: str) -> list[str]:
        """The full command line."""
        return [str(self._program), f"--kubeconfig={self.kubeconfig}", *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that goes on beside the test; whoever starts it ends it."""
        return subprocess.Popen(
            self.argv(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=quiet_environment(self._home),
        )

    def run(self, *arguments: str, text: str | None = None, limit_s: float = COMMAND_LIMIT_S) -> Output:
        """A command to its end; anything but success raises `KubectlError`."""
        done = subprocess.run(
            self.argv(*arguments),
            input=text or "",
            capture_output=True,
            text=True,
            env=quiet_environment(self._home),
            timeout=limit_s,
        )
        if done.returncode:
            raise KubectlError(arguments, done.returncode, done.stdout, done.stderr)
        return Output(done.stdout, done.stderr)

    def apply(
        self,
        objects: Iterable[Object],
        *,
        server_side: bool = True,
        field_manager: str = FIELD_MANAGER,
        dry_run: bool = False,
    ) -> Output:
        """Apply objects in a workable order, an unknown or doubled field being an error."""
        flags = ["--validate=strict", "-f", "-"]
        if server_side:
            flags += ["--server-side", f"--field-manager={field_manager}"]
        if dry_run:
            flags.append("--dry-run=server")
        return self.run("apply", *flags, text=as_stream(in_order(objects)))

    def delete(self, objects: Iterable[Object], *, limit_s: float = COMMAND_LIMIT_S) -> None:
        """Delete objects, last applied first, and wait until they are gone."""
        backwards = list(reversed(in_order(objects)))
        flags = ["--ignore-not-found", "--wait", f"--timeout={limit_s:.0f}s", "-f", "-"]
        self.run("delete", *flags, text=as_stream(backwards), limit_s=limit_s + 10)

    def get(self, *arguments: str) -> Any:
        """An object, or the items of a list."""
        answer = json.loads(self.run("get", *arguments, "-o", "json").stdout)
        return answer["items"] if answer.get("kind", "").endswith("List") else answer

    def rollout_complete(self, kind_and_name: str, namespace: str, *, limit_s: float = 60.0) -> None:
        """Wait until a workload has all its replicas updated and available."""
        flags = ["-n", namespace, f"--timeout={limit_s:.0f}s"]
        self.run("rollout", "status", kind_and_name, *flags, limit_s=limit_s + 10)


def wait_until(what: str, probe: Callable[[], T], *, limit_s: float = 60.0, every_s: float = 0.25) -> T:
    """The first truthy answer of a probe; a bounded wait that says what it waited for."""
    ends = time.monotonic() + limit_s
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {limit_s:.0f} s: {what}; last answer {answer!r}")
        time.sleep(every_s)
