"""Whether the claims that a stack mounts and does not make are there, and whether its pods can mount them together."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Line, Question, Snapshot, State
from .needs import Needs

KEY = "mcp:server.volumes"
OF_ONE_POD, OF_ONE_NODE = "ReadWriteOncePod", "ReadWriteOnce"


def claim(name: str, namespace: str) -> Question:
    """Asks for a claim."""
    return ("get", "persistentvolumeclaim", name, "--namespace", namespace)


def mounted(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    """A line for each of these claims."""
    for name, alone in needs.mounted:
        answer, what = snapshot.of(claim(name, needs.namespace)), f"PersistentVolumeClaim {needs.namespace}/{name}"
        if answer.refused or answer.value is None:
            state = State.UNSURE if answer.refused else State.MISSING
            yield Line(state, what, answer.refused or "is not there, and pods that mount it do not start", KEY)
            continue
        modes = [str(one) for one in (answer.value.get("spec") or {}).get("accessModes") or ()]
        if alone or not modes or not set(modes) <= {OF_ONE_POD, OF_ONE_NODE}:
            yield Line(State.OK, what, ", ".join(modes) or "is there", KEY)
        elif OF_ONE_NODE in modes:
            detail = f"{OF_ONE_NODE}: several pods mount it, and those on another node than the first do not start"
            yield Line(State.MISSING, what, detail, KEY)
        else:
            yield Line(State.MISSING, what, f"{OF_ONE_POD}: several pods mount it, and the second does not start", KEY)
