"""What ``mcp-stack preview`` shows: the plan in short, findings, resources, and what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..evaluate import logged_findings, target_in
from ..offline.manifests import manifests
from ..offline.tree import tree
from ..offline.values import masked
from ..rehearsal import spike_line
from ..stack_changes import rendered_findings
from ..target import Target, current_context, target_of_program, target_text
from .console import clean, show
from .findings import count_text, findings_data, findings_view
from .patches import patch_lines, patch_rows
from .plan import ENVIRONMENT_NOTE, plan_data, planned, preview_document
from .region import region_data, region_document
from .resources import count_text as changes_text
from .resources import difference_data, difference_view, tree_view
from .scaling import scaling_data, scaling_line
from .terminal import view
from .verified import verified_line, verified_rows

if TYPE_CHECKING:
    from ..offline.diff import Difference
    from ..offline.model import Deployment, Message
    from ..region_plan import RegionPlan
    from ..rules.model import Finding
    from ..settings import StackFile

ENGINE = "offline: Pulumi's own test monitor. No CLI, backend or cluster is asked, so what runs already is not known."


def print_preview(stack: StackFile, region: RegionPlan | None, deployment: Deployment, difference: Difference) -> None:
    """The preview of a stack for the eye.

    :param region: ``None`` for a program without settings, which has no plan.
    """
    show(f"Engine    {ENGINE}")
    target = target_of_program(target_in(stack), deployment)
    show(f"Target    {clean(target_text(target, current_context()))}")
    if region is not None:
        _print_plan(stack, region)
    findings = _findings(region, deployment, difference)
    show(f"Findings  {count_text(findings)}")
    if findings:
        show(findings_view(findings))
    for message in _new_messages(region, deployment):
        show(f"{message.severity}: {clean(message.text)}")
    if stack.environment:
        show(ENVIRONMENT_NOTE)
    show()
    show(tree_view(f"{stack.project}/{stack.name}", tree(deployment)))
    show()
    for key, value in masked(deployment.outputs).items():
        show(f"{clean(str(key))} = {clean(str(value))}")
    count = len(manifests(deployment))
    show(f"\nManifests {count} objects, {changes_text(difference)} ({clean(str(difference.directory))})")
    if difference.rendered:
        show(difference_view(difference))
    else:
        show("'mcp-stack render' writes them; the next preview then shows what changes.")


def print_summary(stack: StackFile, region: RegionPlan | None) -> None:
    """The plan of a stack in short and its findings, for whoever looks at its resources elsewhere."""
    if region is None:
        show("Plan      none: the program has no settings of this library, and says itself what is wrong.")
        return
    _print_plan(stack, region)
    show(f"Target    {clean(target_text(target_in(stack), current_context()))}")
    show(f"Findings  {count_text(region.findings)}")
    if region.findings:
        show(findings_view(region.findings))
    if stack.environment:
        show(ENVIRONMENT_NOTE)


def _print_plan(stack: StackFile, region: RegionPlan) -> None:
    show()
    if region.many:
        show(view(region_document(stack.name, region)))
        show()
    else:
        show(view(preview_document(planned(stack, region))))
        show(f"\nScaling   {clean(scaling_line(region.first))}")
        show(f"Rehearsal {clean(spike_line(region.first))}: see 'mcp-stack simulate'.")
    for server in region.servers:
        show(f"Verified  {clean(verified_line(server))}")
    for line in patch_lines(region):
        show(clean(line))


def preview_data(
    stack: StackFile, region: RegionPlan | None, deployment: Deployment, difference: Difference
) -> dict[str, Any]:
    """The preview of a stack as plain data that JSON can hold; plan and autoscaler are null without settings."""
    return {
        "engine": "offline",
        "project": stack.project,
        "stack": stack.name,
        "environmentEvaluated": not stack.environment,
        "target": _target_data(target_of_program(target_in(stack), deployment)),
        **_planned_data(region),
        "patches": [] if region is None else patch_rows(region),
        "verified": None if region is None else verified_rows(region),
        "findings": findings_data(_findings(region, deployment, difference)),
        "messages": [vars(message) for message in _new_messages(region, deployment)],
        "resources": [node.to_dict() for node in tree(deployment)],
        "outputs": masked(deployment.outputs),
        "manifests": [dict(manifest.body) for manifest in manifests(deployment)],
        "difference": difference_data(difference),
    }


def _target_data(target: Target) -> dict[str, Any]:
    return {"source": target.source, "name": target.name, "text": target_text(target, current_context())}


def _planned_data(region: RegionPlan | None) -> dict[str, Any]:
    if region is None:
        return {"plan": None, "autoscaler": None}
    if region.many:
        return region_data(region)
    return {"plan": plan_data(region.plan), "autoscaler": scaling_data(region.first)}


def _findings(region: RegionPlan | None, deployment: Deployment, difference: Difference) -> tuple[Finding, ...]:
    """The findings of the settings and of the way from what was rendered, or those that the components of a program
    logged."""
    if region is None:
        return logged_findings(deployment.messages)
    return (*region.findings, *rendered_findings(region, difference.objects))


def _new_messages(region: RegionPlan | None, deployment: Deployment) -> list[Message]:
    """What the program logged, without the findings, which are shown already."""
    shown = None if region is None else {(finding.code, finding.path) for finding in region.findings}
    return [
        message
        for message in deployment.messages
        if not any(shown is None or (one.code, one.path) in shown for one in logged_findings((message,)))
    ]
