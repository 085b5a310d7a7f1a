"""One stack twice, as it was and as it is: what each side is, and what changes between them. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from .colours import GREEN_ENDING
from .evaluate import has_plan, inspect_stack, logged_findings, raised_findings, run_quietly
from .inputs.outputs import FindingsError
from .offline.diff import (
    UNKNOWN_RESOURCES,
    Action,
    ObjectChange,
    Resources,
    by_identity,
    object_changes,
    rendered_objects,
    resources,
)
from .offline.lifecycle import RESTARTING, Identity
from .offline.manifests import manifests
from .offline.model import Deployment
from .offline.project import rendered_directory
from .region_plan import RegionPlan
from .rules import blue_green
from .rules.model import Finding, errors, located
from .settings import StackFile

_WORKLOADS = frozenset(kind for _, kind in RESTARTING)
_WAYS = frozenset({"HTTPRoute", "Ingress", "Route", "Service", "TraefikService", "AgentgatewayBackend"})
"""Kinds that lead clients to the pods of a colour: by its Service's name, or by the selector of their own."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """A stack at one time: as far as it can be read, planned and run."""

    title: str
    """What reports call it: a stack, a file, a revision."""
    stack: StackFile | None = None
    """``None`` where there is no such stack, or its file cannot be read."""
    region: RegionPlan | None = None
    """``None`` for a program without settings, and where the settings cannot be read."""
    deployment: Deployment | None = None
    """``None`` where the program was not run, or failed."""
    objects: Mapping[Identity, Mapping[str, Any]] | None = field(default=None, repr=False)
    """The Kubernetes objects; ``None`` where they are not known."""
    findings: tuple[Finding, ...] | None = ()
    """``None`` where the settings cannot be read, so that no rule was applied."""
    problem: str = ""
    """Why it is not complete, in words; empty where it is."""
    rendered_otherwise: int = 0
    """Objects that were committed in another form than they are rendered in now."""

    @property
    def cannot_work(self) -> bool:
        """Whether something stops it: an error of the stack, or of its program."""
        return bool(self.problem)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is different from the old side to the new one."""

    old: Side
    new: Side
    new_findings: tuple[Finding, ...]
    gone_findings: tuple[Finding, ...]
    objects: tuple[ObjectChange, ...] | None
    """``None`` where those of one side are not known."""

    @property
    def refused(self) -> bool:
        """Whether the new side cannot work, or cannot come after the old one."""
        return self.new.cannot_work or bool(errors(self.new_findings))


def absent(title: str) -> Side:
    """The side on which there is no such stack: it has no objects."""
    return Side(title=title, objects={})


def side(stack: StackFile, title: str, *, committed: bool = False) -> Side:
    """Plan and run a stack, as far as it can be.

    :param committed: whether the rendered manifests beside the stack file are what runs, where there are any: they
        are what the version of this package made that was installed then.
    """
    region: RegionPlan | None = None
    rendered = rendered_objects(rendered_directory(stack)) if committed else {}
    found: tuple[Finding, ...] = ()
    if has_plan(stack):
        try:
            region = inspect_stack(stack)
        except pulumi.RunError as refused:
            return Side(title=title, stack=stack, objects=rendered or None, findings=None, problem=str(refused))
        found = region.findings
        if failed := errors(found):
            problem = f"{len(failed)} error{'s' if len(failed) > 1 else ''}: {', '.join(one.code for one in failed)}"
            return Side(
                title=title,
                stack=stack,
                region=region,
                objects=rendered or None,
                findings=found,
                problem=problem,
            )
    try:
        deployment = run_quietly(stack, region)
    except pulumi.RunError as refused:
        raised = raised_findings(refused) if isinstance(refused, FindingsError) else ()
        return Side(
            title=title,
            stack=stack,
            region=region,
            objects=rendered or None,
            findings=(*found, *raised),
            problem=str(refused),
        )
    made = by_identity(manifests(deployment))
    return Side(
        title=title,
        stack=stack,
        region=region,
        deployment=deployment,
        objects=rendered or made,
        findings=found if region is not None else logged_findings(deployment.messages),
        rendered_otherwise=len(object_changes(rendered, made)) if rendered else 0,
    )


def changes(old: Side, new: Side) -> Changes:
    """What is different from the old side to the new one."""
    return Changes(
        old=old,
        new=new,
        new_findings=(*_without(new, old), *_release_findings(old, new)),
        gone_findings=_without(old, new),
        objects=None
        if old.objects is None or new.objects is None
        else object_changes(old.objects, new.objects, _resources(old, new)),
    )


def _release_findings(old: Side, new: Side) -> tuple[Finding, ...]:
    """What is wrong with the way from one side to the other: a release by Argo Rollouts that crosses eras, and a colour
    that goes in the update that leads its clients elsewhere.

    With two colours a stack says of each what it speaks; a Rollout has one image, and who speaks otherwise is the one
    before.
    """
    if old.region is None or new.region is None:
        return ()
    if old.stack is not None and new.stack is not None and old.stack.name != new.stack.name:
        return ()  # Two stacks beside each other: no release leads from one to the other.
    before = {server.name: server for server in old.region.servers}
    found: list[Finding] = []
    for server in new.region.servers:
        if (was := before.get(server.name)) is None:
            continue
        if server.by_argo:
            found += blue_green.era_findings(
                declared=server.settings.server.eras,
                other=was.settings.server.eras,
                of=f"What {old.title} runs",
                path=new.region.stack.place(server.name, "mcp:server.eras"),
            )
        if was.blue_green:
            key = "blueGreen.active" if server.blue_green else "strategy"
            found += blue_green.switch_findings(
                before=was.colours[0].server_name,
                now=server.colours[0].server_name,
                runs=[one.server_name for one in server.colours],
                path=new.region.stack.place(server.name, f"mcp:server.rollout.{key}"),
            )
    return tuple(found)


def rendered_findings(region: RegionPlan, objects: Sequence[ObjectChange]) -> tuple[Finding, ...]:
    """MCP664 where only the objects of before are known, as they were rendered: something that leads clients named a
    workload of the server which goes now.

    :param objects: what changes in them.
    """
    gone = {one.name for one in objects if one.kind in _WORKLOADS and one.action is Action.REMOVED}
    ways = [one for one in objects if one.kind in _WAYS and one.action is not Action.REMOVED]
    found: list[Finding] = []
    for server in region.servers:
        now, key = server.colours[0].server_name, "blueGreen.active" if server.blue_green else "strategy"
        left = {name for one in ways for name in _left_by(one, now)}
        for before in sorted({server.name, f"{server.name}{GREEN_ENDING}"} & gone & left):
            found += blue_green.switch_findings(
                before=before,
                now=now,
                runs=[one.server_name for one in server.colours],
                path=region.stack.place(server.name, f"mcp:server.rollout.{key}"),
            )
    return tuple(located(found, region.stack.merged.origin_of))


def _left_by(one: ObjectChange, now: str) -> Iterator[str]:
    """What an object named and names no more, without what had less weight than where clients are led to now."""
    end = f"backendRefs[{now}].weight"
    had = [change.old for change in one.fields if change.path.endswith(end) and isinstance(change.old, int)]
    for change in one.fields:
        weight = change.old.get("weight") if isinstance(change.old, Mapping) else None
        if not had or not isinstance(weight, int) or weight > max(had):
            yield from _named_by(change.old)


def _named_by(value: object) -> Iterator[str]:
    """What a field names: itself, or the name of what it holds."""
    name = value.get("name") if isinstance(value, Mapping) else value
    if isinstance(name, str):
        yield name


def _without(one: Side, other: Side) -> tuple[Finding, ...]:
    """The findings of one side that the other does not have; none where those of either are not known."""
    if one.findings is None or other.findings is None:
        return ()
    there = {(finding.code, finding.path) for finding in other.findings}
    return tuple(finding for finding in one.findings if (finding.code, finding.path) not in there)


def _resources(old: Side, new: Side) -> Resources:
    if old.deployment is None or new.deployment is None:
        return UNKNOWN_RESOURCES
    return resources(old.deployment, new.deployment)
