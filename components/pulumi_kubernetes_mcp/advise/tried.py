"""A change of a stack, tried: what the file becomes, and what plan, findings and rehearsal say of it."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from .. import rehearsal
from ..evaluate import inspect_stack
from ..region_plan import RegionPlan
from ..rules.model import Finding
from ..settings import StackFile, read_stack_file
from ..settings.servers import SERVERS
from .advice import Change
from .edit import edited
from .refused import AdviseError


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What comes of a change."""

    text: str
    """The stack file with it."""
    plan: str
    """What the plan says."""
    rehearsed: str
    """What the rehearsal says."""
    new_findings: tuple[Finding, ...] = ()
    problem: str = ""
    """Why it cannot be; empty where it can."""


def try_changes(stack: StackFile, region: RegionPlan, server: str, changes: Sequence[Change], text: str) -> Tried:
    """Plan and rehearse a stack with some changes of one server.

    :param text: the stack file as it is, or with the changes before these.
    """
    try:
        for key, value in changes:
            text = edited(text, place(region, server, key), value)
    except AdviseError as refused:
        return Tried(text=text, plan="", rehearsed="", problem=str(refused))
    try:
        changed = inspected(stack, text)
    except pulumi.RunError as refused:
        return Tried(text=text, plan="", rehearsed="", problem=str(refused))
    before, after = region.server(server), changed.server(server)
    known = {(one.code, one.path) for one in region.findings}
    new = tuple(one for one in changed.findings if (one.code, one.path) not in known)
    wrong = [one for one in new if one.severity == "error"]
    return Tried(
        text=text,
        plan=f"{before.replicas} to {before.max_replicas} pods become {after.replicas} to {after.max_replicas}",
        rehearsed=rehearsal.spike_line(after),
        new_findings=new,
        problem="; ".join(f"{one.code} {one.problem}" for one in wrong),
    )


def inspected(stack: StackFile, text: str) -> RegionPlan:
    """What is known of a stack with another text in its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / stack.path.name
        path.write_text(text, encoding="utf-8")
        return inspect_stack(read_stack_file(stack.directory, file=path))


def place(region: RegionPlan, server: str, key: str) -> list[str]:
    """Where a key of a server stands in the file: among the stack's own groups, or among those of the server."""
    group, *rest = key.split(".")
    if region.stack.many:
        return [f"mcp:{SERVERS.removeprefix('mcp:')}", server, group, *rest]
    return [f"mcp:{group}", *rest]


def difference(before: str, after: str, name: str) -> str:
    """The change of a file as a unified difference."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
