"""Test a program that uses these components: run it without a cluster, look at what it registered.

    from pulumi_kubernetes_mcp.testing import record

    def test_the_server_drains_slowly():
        run = record(lambda: McpService("web", {"image": "registry.example/mcp:1.2.0", "namespace": "mcp"}))
        pod = run.resource("Deployment", "web-deployment").inputs["spec"]["template"]["spec"]
        assert pod["terminationGracePeriodSeconds"] == 75

``record`` awaits everything before it returns, so an assertion about its result cannot be lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from .offline.engine import run_program
from .offline.manifests import manifests
from .offline.model import Deployment, Message, Options, Resource
from .offline.values import UNKNOWN, Reference, Secret, Unknown, masked, revealed

__all__ = [
    "UNKNOWN",
    "Deployment",
    "Message",
    "Options",
    "Recording",
    "Reference",
    "Resource",
    "Secret",
    "Unknown",
    "masked",
    "record",
    "revealed",
]


class Recording(Deployment):
    """A finished run, with the Kubernetes objects that it declares."""

    def manifests(self) -> tuple[dict[str, Any], ...]:
        """The objects as they would be rendered: in order of application, secrets replaced by ``[secret]``."""
        return tuple(dict(manifest.body) for manifest in manifests(self))

    def manifest(self, kind: str, name: str | None = None) -> dict[str, Any]:
        """The one object of a kind with that ``metadata.name``; without a name, the only one of the kind."""
        found = [m for m in manifests(self) if m.kind == kind and name in (None, m.name)]
        if len(found) != 1:
            there = ", ".join(f"{m.kind} {m.name}" for m in manifests(self)) or "none"
            raise LookupError(f"{len(found)} objects are {kind} {name or ''}".rstrip() + f". There are: {there}.")
        return dict(found[0].body)


def record(
    build: Callable[[], object] | Path,
    *,
    preview: bool = False,
    config: Mapping[str, object] | None = None,
    secret_keys: Iterable[str] = (),
    project: str = "test",
    stack: str = "test",
    directory: Path | None = None,
    stack_outputs: Mapping[str, Mapping[str, Any]] | None = None,
) -> Recording:
    """Run ``build`` as the body of a Pulumi program and return what it registered.

    :param build: a function that makes resources, or the path of a ``__main__.py``. Its result is ignored.
    :param preview: whether no output of any resource is known, as before a first deployment. A component must be
        constructed then too, with the same children.
    :param config: full key, such as ``mcp:server``, to text or to plain data.
    :param secret_keys: keys of ``config`` that are secret.
    :param directory: the project's directory, in which a function then works. Default: that of the file; a function
        works where it is.
    :param stack_outputs: what ``pulumi.StackReference(name)`` of the program reads: name of the stack to its outputs. A
        :class:`Secret` anywhere in one makes the whole of it secret.
    :raises Exception: whatever ``build`` or an ``apply`` in it raises.
    """
    program = build if isinstance(build, Path) else lambda: (build(), None)[1]
    run = run_program(
        program,
        project=project,
        stack=stack,
        config={key: _config_text(value) for key, value in (config or {}).items()},
        secret_keys=secret_keys,
        preview=preview,
        directory=directory,
        stack_outputs=stack_outputs,
    )
    return Recording(
        project=run.project,
        stack=run.stack,
        resources=run.resources,
        outputs=run.outputs,
        messages=run.messages,
    )


def _config_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
