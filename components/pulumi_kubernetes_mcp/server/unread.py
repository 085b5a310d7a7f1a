"""Which arguments of a server have no effect as the others are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..rules.model import Finding
from ..rules.scaling import UNREAD
from ..rules.unread import SERVER, Unread, unread_findings
from ..settings.fields import given
from ..settings.problems import join
from .keys import ServiceKeys
from .spec import FORCE, ServerSpec

OF_GET = ("probes.scheme", "probes.host")


def service_unread(server: ServerSpec, keys: ServiceKeys) -> list[Finding]:
    """What nothing reads, where no rule of its own speaks of it."""
    said: dict[str, Any] = given(keys)
    said |= {f"probes.{key}": value for key, value in given(keys.probes).items()}
    for name, theirs in (("pod_labels", server.pod_labels), ("pod_annotations", server.pod_annotations)):
        said |= {
            join(name, key): value for key, value in getattr(keys, name).items() if theirs.get(key, value) != value
        }
    found = unread_findings(SERVER, _of_probes(keys), said)
    found += unread_findings(SERVER, _replaced(server), said)
    if server.replicas <= 1:
        row = Unread(
            keys=("min_available",),
            why="the minimum is one pod, which has no disruption budget",
            instead="raise ⟦min_replicas⟧",
        )
        found += unread_findings(UNREAD, [row], said)
    return found


def asks_by_get(keys: ServiceKeys) -> bool:
    """Whether a probe asks a route of the server."""
    probes = keys.probes
    # A server whose readiness a command asks is asked so from the beginning.
    by_get = keys.health_path is not None and probes.readiness.command is None
    return by_get or (keys.liveness_path is not None and probes.liveness.command is None)


def _of_probes(keys: ServiceKeys) -> Iterator[Unread]:
    probes = keys.probes
    if not asks_by_get(keys):
        yield Unread(
            keys=OF_GET, why="no probe asks by GET", instead="give ⟦health_path⟧ or ⟦liveness_path⟧, without a command"
        )
    if probes.liveness.command is not None:
        yield Unread(
            keys=("liveness_path",), why="a command asks in its place", instead="remove the command of that probe"
        )


def _replaced(server: ServerSpec) -> Iterator[Unread]:
    for name, theirs in _derived(server):
        for key, value in theirs.items():
            yield Unread(
                keys=(join(name, key),),
                why=f"it is derived, and is '{value}'",
                instead="change the mesh, the workload identity or the autoscaler that it follows from",
            )


def _derived(server: ServerSpec) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """What is derived of the pods' metadata, by the argument that it stands above."""
    return (
        ("pod_labels", server.pod_labels),
        ("pod_annotations", server.pod_annotations),
        ("annotations", {} if server.autoscaled else FORCE),
    )
