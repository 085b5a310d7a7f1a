"""What is known about a stack: from its settings, or, where a program of its own says everything, by running that."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pulumi

from .inputs.outputs import OF_A_STACK, FindingsError
from .program_places import COMPONENT, placed
from .region_plan import PLANNED, RegionPlan, load, plan_region
from .rules.catalogue import rule
from .rules.model import Finding, Severity
from .settings import StackFile
from .settings.own_program import PROGRAM, has_settings
from .settings.problems import Refused
from .target import Target, target_of

if TYPE_CHECKING:
    from .offline.model import Deployment, Message

_LOGGED = re.compile(
    r'(?P<code>MCP\d{3}) (?:(?P<file>[^\n]+?):(?P<line>\d+) )?(?P<path>(?:Mcp\w+ "[^"]*": )?\S+): (?P<text>.*)',
    re.DOTALL,
)


def has_plan(stack: StackFile) -> bool:
    """Whether settings describe the stack, so that there is a plan; otherwise its program says everything."""
    program = stack.directory.joinpath(PROGRAM).is_file()
    return has_settings(stack.values, program=program, project=stack.project)


def demand_plan(stack: StackFile) -> None:
    """Refuse a stack that settings do not describe.

    :raises pulumi.RunError: with what is there instead, and who reads that.
    """
    if not has_plan(stack):
        raise pulumi.RunError(
            f"{stack.where} has no settings of this package (mcp:region, mcp:server, mcp:workload, mcp:edge), from "
            f"which a plan is made: {PROGRAM} says everything. 'mcp-stack check' and 'mcp-stack preview' run it."
        )


def inspect_stack(stack: StackFile) -> RegionPlan:
    """Everything that is known about a stack before any resource is registered, each finding with its file and line.

    :raises pulumi.RunError: for a stack without settings, and for settings that cannot be used.
    """
    demand_plan(stack)
    settings = load(stack.values, where=stack.where, directory=stack.directory, sources=stack.sources)
    return plan_region(settings, target=target_in(stack))


def target_in(stack: StackFile) -> Target:
    """Which cluster the configuration of a stack says that it is for."""
    return target_of(stack.values, encrypted=stack.secret_keys, environment=stack.environment)


def run_quietly(stack: StackFile, region: RegionPlan | None = None) -> Deployment:
    """Run the program of a stack; what it prints is no part of a report and goes to standard error.

    :param region: what is known about the stack, so that the program does not plan it again.
    """
    from .offline.project import run_stack  # The engine, which a check of settings has no use for.

    with contextlib.redirect_stdout(sys.stderr):
        return run_stack(stack, stack.directory, {PLANNED: region})


def program_findings(stack: StackFile) -> tuple[Finding, ...]:
    """What the components of a program raise, at the lines that make them: the warnings of all, or the errors of the
    first that refuses and the warnings of those before it.

    :raises pulumi.RunError: for what no component refuses.
    """
    try:
        found = logged_findings(run_quietly(stack).messages)
    except Refused as refused:
        if not isinstance(refused, FindingsError) and _component(refused) is None:
            raise
        found = (*raised_findings(refused), *logged_findings(refused.messages))
    return placed(found, stack.directory)


def raised_findings(refused: Refused) -> tuple[Finding, ...]:
    """The errors that a component raised, each with the component in its path."""
    component = _component(refused)
    told: Iterable[Finding] = getattr(refused, "findings", ()) or getattr(refused, "problems", ())
    return tuple(
        one
        if component is None or one.path.startswith(OF_A_STACK)
        else replace(one, path=f"{component}: {one.path}", problem=one.problem.removesuffix(f" ({one.code})"))
        for one in told
    )


def _component(refused: Refused) -> str | None:
    """Class and name of the component that refused, if one did."""
    who = str(getattr(refused, "component", "") or getattr(refused, "where", ""))
    return who if COMPONENT.fullmatch(who) else None


def logged_findings(messages: Iterable[Message]) -> tuple[Finding, ...]:
    """The warnings that components logged, as findings: problem and remedy are one text there."""
    found = []
    for message in messages:
        if message.severity == "warning" and (parts := _LOGGED.fullmatch(message.text)) is not None:
            found.append(
                Finding(
                    path=parts["path"],
                    problem=parts["text"],
                    remedy="",
                    code=parts["code"],
                    slug=rule(parts["code"]).slug,
                    severity=Severity.WARNING,
                    file=parts["file"],
                    line=int(parts["line"]) if parts["line"] else None,
                )
            )
    return tuple(sorted(found))
