"""What changes from one form of a stack to another, for a terminal, a pull request and a program. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .change_figures import GROUPS, Row, rows
from .document import Block, Code, Column, Document, Facts, Section, Table
from .findings import findings_data
from .markdown import markdown, prose
from .resources import change_data, change_lines, consequences, object_title

if TYPE_CHECKING:
    from ..offline.diff import ObjectChange
    from ..rules.model import Finding
    from ..stack_changes import Changes, Side

NO_CHANGE = "No change."
LONGEST_COMMENT = 60_000
"""Characters of a comment; GitHub takes 65,536, and a pipeline adds a line of its own."""
_LEFT_OUT = "The fields that change are left out: the comment would be longer than GitHub takes."
_WORDS = {"added": "created", "changed": "updated", "replaced": "replaced", "removed": "deleted"}
_SIGNS = {"added": "+", "changed": "~", "replaced": "±", "removed": "-"}


@dataclass(frozen=True, kw_only=True)
class StackChanges:
    """The changes of one stack, with its name."""

    name: str
    changes: Changes

    @property
    def nothing(self) -> bool:
        """Whether both sides are complete and the same."""
        found = self.changes
        complete = not found.old.problem and not found.new.problem
        return complete and not (found.objects or found.new_findings or found.gone_findings or self.rows())

    def rows(self) -> tuple[Row, ...]:
        """The figures that differ."""
        old, new = self.changes.old.region, self.changes.new.region
        return () if old is None or new is None else rows(old, new)


def changes_document(found: StackChanges, *, fields: bool = True) -> Document:
    """Everything that ``mcp-stack diff`` shows of one stack.

    :param fields: whether every field that differs is listed, and not only every object.
    """
    old, new = found.changes.old, found.changes.new
    blocks: list[Block] = [f"{old.title} → {new.title}"]
    if found.nothing:
        return Document(title=_title(found), blocks=(*blocks, NO_CHANGE), sections=())
    return Document(
        title=_title(found),
        blocks=(*blocks, *_states(found)),
        sections=tuple(_sections(found, fields)),
        notes=tuple(_notes(found.changes)),
        folded_title="Every field that changes",
    )


def changes_data(found: StackChanges) -> dict[str, Any]:
    """The changes of one stack as plain data."""
    changes = found.changes
    listed = found.rows()
    return {
        "stack": found.name,
        "old": _side_data(changes.old),
        "new": _side_data(changes.new),
        "changed": not found.nothing,
        **{group.lower(): [row.to_dict() for row in listed if row.group == group] for group in GROUPS},
        "findings": {"new": findings_data(changes.new_findings), "gone": findings_data(changes.gone_findings)},
        "objects": None if changes.objects is None else [change_data(change) for change in changes.objects],
    }


def _side_data(side: Side) -> dict[str, Any]:
    return {"title": side.title, "exists": side.stack is not None, "problem": side.problem}


def _title(found: StackChanges) -> str:
    if found.nothing:
        return f"{found.name}: no change"
    objects = found.changes.objects
    if found.changes.new.problem:
        return f"{found.name}: cannot work"
    if objects is None:
        return f"{found.name}: changes"
    restarted = sum(change.restarts for change in objects)
    counted = [
        f"{number} {_WORDS[action]}"
        for action in ("removed", "replaced", "changed", "added")
        if (number := sum(str(change.action) == action for change in objects))
    ]
    text = ", ".join(counted) or "objects stay as they are"
    return f"{found.name}: {text}" + (f"; pods of {restarted} restart" if restarted else "")


def _states(found: StackChanges) -> Iterator[Block]:
    """What has to be said before any figure: a stack that is new or gone, and sides that are not complete."""
    old, new = found.changes.old, found.changes.new
    if old.stack is None and not old.problem:
        yield f"The stack is new: {old.title} does not have it."
    if new.stack is None and not new.problem:
        yield (
            "The stack is gone. Its objects stay in the cluster until 'pulumi destroy' deletes them, which needs its "
            f"file as {old.title} has it."
        )
    for side in (old, new):
        if side.problem:
            yield f"{side.title} cannot work:"
            yield Code(text=side.problem)


def _sections(found: StackChanges, fields: bool) -> Iterator[Section]:
    listed = found.rows()
    for group in GROUPS:
        of_group = [row for row in listed if row.group == group]
        if of_group:
            yield Section(title=group, blocks=tuple(_figures(of_group)))
    for title, findings in (
        ("New findings", found.changes.new_findings),
        ("Findings that are gone", found.changes.gone_findings),
    ):
        if findings:
            yield Section(title=title, blocks=(_findings(findings),))
    objects = found.changes.objects
    if objects is None:
        which = " and ".join(side.title for side in (found.changes.old, found.changes.new) if side.objects is None)
        yield Section(title="Objects", blocks=(f"Not compared: those of {which} are not known.",))
    elif objects:
        yield Section(title="Objects", blocks=(_objects(objects),))
        if fields:
            yield from _fields(objects)


def _figures(listed: Sequence[Row]) -> Iterator[Block]:
    numbers = tuple((row.name, row.old_text, row.new_text, row.change) for row in listed if not row.in_words)
    columns = (
        Column(title="what"),
        Column(title="old", right=True),
        Column(title="new", right=True),
        Column(title="difference", right=True),
    )
    if numbers:
        yield Table(columns=columns, rows=numbers)
    words = tuple((row.name, f"{row.old_text} → {row.new_text}") for row in listed if row.in_words)
    if words:
        yield Facts(pairs=words)


def _findings(findings: Sequence[Finding]) -> Table:
    columns = (Column(title="finding"), Column(title="at", code=True), Column(title="what is wrong"))
    return Table(
        columns=columns,
        rows=tuple((f"{one.severity} {one.code}", one.path, f"{one.problem} {one.remedy}".strip()) for one in findings),
        beside=2,
    )


def _objects(objects: Sequence[ObjectChange]) -> Table:
    columns = (Column(title="what happens"), Column(title="object"), Column(title="and then"))
    return Table(
        columns=columns,
        rows=tuple(
            (_WORDS[str(change.action)], object_title(change), "; ".join(consequences(change))) for change in objects
        ),
        beside=2,
    )


def _fields(objects: Sequence[ObjectChange]) -> Iterator[Section]:
    lines = []
    for change in objects:
        if change.fields:
            lines.append(f"{_SIGNS[str(change.action)]} {object_title(change)}")
            lines += [f"    {line}" for line in change_lines(change)]
    if lines:
        yield Section(title="Fields", blocks=(Code(text="\n".join(lines)),), folded=True)


def _notes(changes: Changes) -> Iterator[str]:
    for side in (changes.old, changes.new):
        if side.stack is not None and side.stack.environment:
            yield f"{side.title} imports Pulumi ESC environments. They are not opened here: what they set is missing."
    if changes.old.rendered_otherwise:
        number = changes.old.rendered_otherwise
        yield (
            f"{number} object{'s' if number > 1 else ''} of {changes.old.title} would be rendered otherwise by the "
            "version of this package that runs now; what was committed there is what is compared with."
        )
    if changes.objects is not None and any("another resource" in why for one in changes.objects for why in one.because):
        yield (
            "An object that another resource of the program declares without an alias is made and deleted in one "
            "'up': the engine refuses it, since the object exists. Give the new resource an alias of the old one."
        )


def comment(found: Sequence[StackChanges]) -> str:
    """The changes of all stacks as one comment of a pull request; those without a change share one line.

    A comment that would be longer than GitHub takes leaves the fields out, then whole stacks, and says so.
    """
    changed = [one for one in found if not one.nothing]
    same = [one.name for one in found if one.nothing]
    quiet = [prose(f"{NO_CHANGE[:-1]} in {', '.join(same)}.") + "\n"] if same else []
    if not found:
        return f"{NO_CHANGE}\n"
    whole = "\n".join([*(markdown(changes_document(one)) for one in changed), *quiet])
    if len(whole) <= LONGEST_COMMENT:
        return whole
    parts: list[str] = [*quiet, f"{_LEFT_OUT}\n"]
    for number, one in enumerate(changed):
        part = markdown(changes_document(one, fields=False))
        rest = prose(f"Not shown here: {', '.join(other.name for other in changed[number:])}.") + "\n"
        if sum(map(len, parts)) + len(part) + len(rest) > LONGEST_COMMENT:
            parts.append(rest)
            break
        parts.insert(number, part)
    return "\n".join(parts)
