"""Values that may be Pulumi Outputs: told apart, and checked now or when they are known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

import pulumi

from ..rules.acceptance import is_accepted
from ..rules.model import Finding, Severity, errors
from ..settings.problems import Problem, Refused
from .heading import Heading, worded

T = TypeVar("T")
U = TypeVar("U")

OF_A_STACK = ("mcp:", "kubernetes:")
"""How the path of a key of a stack file begins; any other is that of an argument."""


class FindingsError(Refused):
    """Arguments or settings that cannot work. ``findings`` holds all of them; the message lists each."""

    def __init__(self, findings: list[Finding], heading: str) -> None:
        self.findings = findings
        self.component = component_of(heading)
        """Who refused: a component, such as ``McpService "web"``, or a stack."""
        lines = [f"{finding.code} {place_of(finding)}: {finding.problem} {finding.remedy}" for finding in findings]
        super().__init__("\n".join([heading, *(f"  {line}" for line in lines)]))


def place_of(finding: Finding) -> str:
    """Where a finding is, behind the file and the line of its value where they are known, which terminals open."""
    return finding.path if finding.line is None else f"{finding.file}:{finding.line} {finding.path}"


def is_output(value: object) -> bool:
    """Whether a value is only known when the engine says so."""
    return isinstance(value, pulumi.Output)


def plain(value: object) -> str | None:
    """The value if it is a string known now, otherwise ``None``: what a rule may look at."""
    return value if isinstance(value, str) else None


def validate_input(value: pulumi.Input[T], check: Callable[[T], list[Finding]], heading: Heading) -> pulumi.Input[T]:
    """The value, once ``check`` found no error in it.

    A plain value is checked at once; an Output is checked when it resolves, through the same function, and
    fails the deployment there. Secretness and dependencies of an Output are kept.
    """
    if not is_output(value):
        raise_errors(check(cast(T, value)), heading)
        return value
    return unless(cast("pulumi.Output[T]", value), check, heading)


def unless(output: pulumi.Output[T], check: Callable[[T], list[Finding]], heading: Heading) -> pulumi.Output[T]:
    """The Output, which fails where ``check`` finds an error in it, together with all that is wrong beside it."""
    place = heading.at_once.place()

    def checked(known: T) -> pulumi.Input[T]:
        found = check(known)
        return _refuse(output, found, heading, place) if errors(found) else known

    return output.apply(checked)


async def _refuse(output: pulumi.Output[Any], found: list[Finding], heading: Heading, place: int) -> Any:
    """Raise the error with the findings."""
    raise await _refused(await _as_told(output, found), heading, place)


async def _as_told(output: pulumi.Output[Any], found: list[Finding]) -> list[Finding]:
    """The findings about an Output, in which a secret is not told."""
    if not await output.is_secret():
        return found
    words = "Its value is a secret Output that breaks this rule."
    return [replace(one, problem=words, remedy=f"See 'mcp-stack explain {one.code}'.") for one in found]


async def _refused(found: list[Finding], heading: Heading, place: int) -> Exception:
    """The error with the findings, and with what is wrong beside them: of form, where some of that is."""
    told = errors(await heading.at_once.with_others(place, errors(worded(found, heading))))
    if any(isinstance(one, Problem) for one in told):
        return heading.at_once.refused(told)
    return FindingsError(told, heading)


def clear(
    value: pulumi.Input[T], check: Callable[[T], list[Finding]], secret: list[Finding], heading: Heading
) -> pulumi.Input[T]:
    """An Output that will stand in clear, once it is known that it is no secret and that ``check`` finds no error.

    Whether it is a secret is known when the resource that it comes from is there. ``secret`` is what is wrong then.
    A plain value is returned as it is: its caller has checked it already.
    """
    if not is_output(value):
        return value
    place = heading.at_once.place()
    output = heading.at_once.held(cast("pulumi.Output[T]", value), place, worded(secret, heading)[0].path)

    async def refuse_secret() -> None:
        if await output.is_secret():
            raise await _refused(secret, heading, place)

    # Not inside an apply, which does not run for a value that a preview does not know.
    both: pulumi.Output[list[T]] = pulumi.Output.all(output, refuse_secret())
    return unless(both.apply(lambda known: known[0]), check, heading)


def warned(
    value: pulumi.Input[T], check: Callable[[T], list[Finding]], heading: Heading, accepted: Mapping[str, str]
) -> pulumi.Input[T]:
    """The value, whose warnings are logged when it is known. Those of a plain value are among the others already."""
    if not is_output(value):
        return value

    output = cast("pulumi.Output[T]", value)

    async def told(known: T, found: list[Finding]) -> T:
        warn(await _as_told(output, found), heading, accepted)
        return known

    def checked(known: T) -> pulumi.Input[T]:
        found = check(known)
        return told(known, found) if found else known

    return output.apply(checked)


def mapped(value: pulumi.Input[T], change: Callable[[T], U]) -> pulumi.Input[U]:
    """``change`` of the value, now if it is plain and when it is known if not."""
    return cast("pulumi.Output[T]", value).apply(change) if is_output(value) else change(cast(T, value))


def raise_errors(findings: list[Finding], heading: str) -> None:
    """Raise :class:`FindingsError` with every error of ``findings``, if there is one."""
    failed = errors(worded(findings, heading))
    if failed:
        raise FindingsError(failed, heading)


def component_of(heading: str) -> str:
    """The component in a heading: ``McpService "web" cannot work:``."""
    return heading.removesuffix(" cannot work:")


def report_findings(findings: list[Finding], heading: str, accepted: Mapping[str, str]) -> None:
    """End the check of a component, before it registers anything: log its warnings, raise its errors.

    Warnings whose code or name is in ``accepted`` are not logged. The path of an argument goes with its component.
    """
    warn(findings, heading, accepted)
    raise_errors(findings, heading)


def warn(findings: Iterable[Finding], heading: str, accepted: Mapping[str, str]) -> None:
    """Log the warnings among the findings of a component that are not accepted."""
    for finding in worded(findings, heading):
        if finding.severity is Severity.WARNING and not is_accepted(finding, accepted):
            stack = finding.path.startswith(OF_A_STACK)
            path = place_of(finding) if stack else f"{component_of(heading)}: {finding.path}"
            pulumi.log.warn(f"{finding.code} {path}: {finding.problem} {finding.remedy}")


def awaited(
    parent: pulumi.Resource,
    seconds: int,
    *,
    depends_on: list[pulumi.Resource] | None = None,
    ignore_changes: list[str] | None = None,
) -> pulumi.ResourceOptions:
    """Options of a child that the engine waits for, after each creation and update, for so many seconds at most."""
    timeout = f"{seconds}s"
    return pulumi.ResourceOptions(
        parent=parent,
        depends_on=depends_on,
        ignore_changes=ignore_changes,
        custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout),
    )


def after(resource: pulumi.Resource | Sequence[pulumi.Resource], value: pulumi.Input[str]) -> pulumi.Output[str]:
    """The value, for those who must wait until the resource or all of several are there; known in a preview too."""
    resources = [resource] if isinstance(resource, pulumi.Resource) else resource
    return pulumi.Output.all(value, *(one.urn for one in resources)).apply(lambda known: str(known[0]))


def announce_wait(what: str, seconds: int, *, needs: str, key: str) -> None:
    """Say what an update is about to wait for, and how to do without: where nothing reports the condition, the engine
    ends after this time in "timed out waiting for the condition", and names neither.

    :param key: the argument that switches the wait off, and the key of a stack file.
    """
    if not pulumi.runtime.is_dry_run():
        pulumi.log.info(f"An update waits at most {seconds} s for {what}, which needs {needs}. To do without: {key}.")
