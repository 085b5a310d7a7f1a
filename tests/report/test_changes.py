"""A change as the comment of a pull request: whole, closed, and not longer than GitHub takes."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp.evaluate import logged_findings
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.report import changes as report
from pulumi_kubernetes_mcp.report.change_figures import rows
from pulumi_kubernetes_mcp.report.changes import StackChanges, changes_document, comment
from pulumi_kubernetes_mcp.report.markdown import markdown
from pulumi_kubernetes_mcp.settings import StackFile, read_stack_file
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.stack_changes import Side, absent, changes
from pulumi_kubernetes_mcp.testing import Message
from tests.report.stacks import LEAST

FENCE = re.compile(r"^(`{3,})(text)?$", re.M)


def config_map(name: str, text: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "mcp"},
        "data": {"text": text},
    }


def stack(name: str, *, environment: bool = False) -> StackFile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"Pulumi.{name}.yaml")
        path.write_text("environment: [shared]\nconfig: {}\n" if environment else "config: {}\n")
        return read_stack_file(Path(folder), file=path)


def side(title: str, texts: dict[str, str], **more: object) -> Side:
    objects = {("", "ConfigMap", "mcp", name): config_map(name, text) for name, text in texts.items()}
    return Side(title=title, stack=stack("dev"), objects=objects, **more)


def changed(name: str, old: dict[str, str], new: dict[str, str]) -> StackChanges:
    return StackChanges(name=name, changes=changes(side("main", old), side("here", new)))


@pytest.mark.parametrize("longest", [0, 1, 3, 4, 9])
def test_a_fence_is_longer_than_every_run_of_backticks_inside_and_is_closed(longest):
    ticks = "`" * longest
    text = markdown(changes_document(changed("dev", {"a": "x"}, {"a": f"line\n{ticks}\n{ticks}text\n"})))
    fences = FENCE.findall(text)
    outer = [ticks for ticks, _ in fences if len(ticks) > longest]
    assert len(outer) == 2
    assert len(outer[0]) == len(outer[1]) >= 3
    assert text.count("<details>") == text.count("</details>") == 1


def test_names_cannot_leave_their_cell(monkeypatch):
    text = markdown(changes_document(changed("dev", {}, {"a|b`c": "x"})))
    (line,) = [line for line in text.splitlines() if line.startswith("| created")]
    assert re.sub(r"\\.", "", line).count("|") == 4


def test_stacks_without_a_change_share_one_line():
    same = changed("quiet", {"a": "x"}, {"a": "x"})
    other = changed("still", {}, {})
    loud = changed("loud", {"a": "x"}, {"a": "y"})
    assert comment([same]) == "No change in quiet.\n"
    assert comment([]) == "No change.\n"
    text = comment([same, loud, other])
    assert text.startswith("## loud: 1 replaced\n")
    assert text.endswith("\nNo change in quiet, still.\n")


def test_a_long_comment_leaves_fields_out_then_stacks_and_says_so(monkeypatch):
    many = [changed(f"s{n}", {"a": "x"}, {"a": f"{'long ' * 40}{n}"}) for n in range(4)]
    whole = comment(many)
    assert "Fields" in whole
    monkeypatch.setattr(report, "LONGEST_COMMENT", len(whole) - 1)
    shorter = comment(many)
    assert len(shorter) < len(whole)
    assert "The fields that change are left out" in shorter
    assert [f"## s{n}" in shorter for n in range(4)] == [True] * 4
    assert "Fields" not in shorter
    monkeypatch.setattr(report, "LONGEST_COMMENT", len(shorter) - 1)
    shortest = comment(many)
    assert len(shortest) < len(shorter)
    assert [f"## s{n}" in shortest for n in range(4)] == [True, True, True, False]
    assert shortest.endswith("Not shown here: s3.\n")


def test_what_stands_above_the_figures():
    new = StackChanges(name="dev", changes=changes(absent("main"), side("here", {"a": "x"})))
    gone = StackChanges(name="dev", changes=changes(side("main", {"a": "x"}), absent("here")))
    failed = StackChanges(
        name="dev", changes=changes(side("main", {}), Side(title="here", problem="Not ```like``` so."))
    )
    assert "The stack is new: main does not have it." in markdown(changes_document(new))
    assert "pulumi destroy" in markdown(changes_document(gone))
    text = markdown(changes_document(failed))
    assert text.startswith("## dev: cannot work\n")
    assert "````text\nNot ```like``` so.\n````" in text
    assert not any(one.nothing for one in (new, gone, failed))


def test_what_is_not_known_is_said():
    opened = Side(title="here", stack=stack("dev", environment=True), objects={})
    text = markdown(changes_document(StackChanges(name="dev", changes=changes(side("main", {"a": "x"}), opened))))
    assert "here imports Pulumi ESC environments." in text


def test_warnings_of_components_are_findings():
    messages = (
        Message(severity="warning", text='MCP104 McpService "web": health_path: No route: it is open. Give one.'),
        Message(severity="warning", text="MCP105 env[0].name: It is empty. Name it."),
        Message(severity="warning", text="mind the gap"),
        Message(severity="info", text="MCP104 x: y"),
    )
    assert [(one.code, str(one.severity), one.path, one.problem) for one in logged_findings(messages)] == [
        ("MCP104", "warning", 'McpService "web": health_path', "No route: it is open. Give one."),
        ("MCP105", "warning", "env[0].name", "It is empty. Name it."),
    ]


def test_findings_are_compared_only_where_both_sides_were_checked():
    warned = logged_findings((Message(severity="warning", text="MCP105 env: It is empty."),))
    known = side("main", {}, findings=warned)
    assert changes(known, side("here", {})).gone_findings == warned
    assert changes(side("main", {}), known).new_findings == warned
    unread = Side(title="here", findings=None, problem="It cannot be read.")
    assert (changes(known, unread).gone_findings, changes(unread, known).new_findings) == ((), ())


def requesting(requests: dict[str, str]) -> RegionPlan:
    server = {**LEAST["mcp:server"], "resources": {"requests": requests}}
    values = {**LEAST, "mcp:server": server, "mcp:scaling": {"autoscaler": "none", "replicas": 4}}
    return plan_region(load_stack(values, where="here"), rehearse=False)


def test_a_request_that_is_left_out_is_the_planned_one():
    """One core in each of four pods, then half of one."""
    found = {row.name: (row.old, row.new) for row in rows(requesting({}), requesting({"cpu": "500m"}))}
    assert {
        name: tuple(side and side.number for side in sides) for name, sides in found.items() if "cores" in name
    } == {f"cores requested at the {end}": (4, 2) for end in ("minimum", "maximum")}
