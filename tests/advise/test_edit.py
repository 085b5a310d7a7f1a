"""A change of a stack file's text leaves everything else as it is written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.advise.edit import edited
from pulumi_kubernetes_mcp.advise.refused import AdviseError
from pulumi_kubernetes_mcp.advise.tried import difference, place
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack

TEXT = """\
# The first region.
config:
  mcp:region: {name: us-east, zones: 3}  # three of them
  mcp:scaling:
    minReplicas: 6   # since the launch
    maxReplicas: 30
  mcp:server:
    image: registry.example/mcp:1.0.0
    probes:
      readiness: {periodSeconds: 5}
"""


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (["mcp:scaling", "minReplicas"], 3, "    minReplicas: 3   # since the launch"),
        (["mcp:scaling", "schedules"], [{"name": "day"}], "    schedules: [{name: day}]"),
        (["mcp:region", "zones"], 2, "  mcp:region: {name: us-east, zones: 2}  # three of them"),
        (
            ["mcp:region", "namespace"],
            "mcp",
            "  mcp:region: {name: us-east, zones: 3, namespace: mcp}  # three of them",
        ),
        (["mcp:server", "probes", "liveness", "timeoutSeconds"], 10, "      liveness: {timeoutSeconds: 10}"),
        (["mcp:database", "queryMilliseconds"], 70, "  mcp:database: {queryMilliseconds: 70}"),
    ],
)
def test_one_line_changes_or_comes(path: list[str], value: Any, line: str) -> None:
    changed = edited(TEXT, path, value)
    before, after = TEXT.splitlines(), changed.splitlines()
    assert line in after
    gone = [one for one in before if one not in after]
    assert len(gone) == (0 if len(after) > len(before) else 1)
    assert len(after) <= len(before) + 1


def test_a_file_without_a_line_break_at_its_end_gets_its_line() -> None:
    assert edited("config:\n  mcp:region: {}", ["mcp:region", "name"], "a") == "config:\n  mcp:region: {name: a}"
    assert edited("config:\n  a:b: 1", ["mcp:scaling", "minReplicas"], 2).endswith(
        "\n  mcp:scaling: {minReplicas: 2}\n"
    )


def test_a_form_that_does_not_take_it_is_left_alone() -> None:
    with pytest.raises(AdviseError, match=r"does not take mcp:scaling\.minReplicas: 3 by itself"):
        edited("config:\n  mcp:scaling: |\n    text\n", ["mcp:scaling", "minReplicas"], 3)


@given(
    st.dictionaries(
        st.sampled_from(["mcp:region", "mcp:scaling", "mcp:server"]),
        st.dictionaries(st.sampled_from(["a", "b", "minReplicas"]), st.integers() | st.text("xyz: #", max_size=6)),
        min_size=1,
    ),
    st.booleans(),
    st.sampled_from(["mcp:scaling", "mcp:workload"]),
)
def test_the_file_says_what_was_asked_whatever_its_form(groups: dict[str, Any], flow: bool, group: str) -> None:
    text = yaml.safe_dump({"config": groups}, default_flow_style=flow or None)
    changed = yaml.safe_load(edited(text, [group, "minReplicas"], 7))
    assert changed["config"] == {**groups, group: {**groups.get(group, {}), "minReplicas": 7}}


def test_the_difference_is_one_that_patch_takes() -> None:
    changed = edited(TEXT, ["mcp:scaling", "minReplicas"], 3)
    assert difference(TEXT, changed, "stacks/Pulumi.a.yaml").startswith(
        "--- a/stacks/Pulumi.a.yaml\n+++ b/stacks/Pulumi.a.yaml\n@@ -2,7 +2,7 @@\n"
    )
    assert difference(TEXT, TEXT, "a") == ""


@pytest.mark.parametrize(
    ("several", "path"),
    [(False, ["mcp:scaling", "minReplicas"]), (True, ["mcp:servers", "orders", "scaling", "minReplicas"])],
)
def test_a_change_is_of_the_server_that_was_looked_at(several: bool, path: list[str]) -> None:
    own = {"server": {"image": "registry.example.com/a/b:1.0.0", "name": "orders", "healthPath": "/healthz"}}
    edges = {name: {"edge": {"host": f"{name}.example.com"}} for name in ("orders", "billing")}
    shared = {"mcp:region": {"name": "here"}, "mcp:workload": {"dailyUsers": 500}, "mcp:server": own["server"]}
    alone = {"mcp:edge": edges["orders"]["edge"]}
    values = {**shared, **({"mcp:servers": edges} if several else alone)}
    region = plan_region(load_stack(values, where="stack"), rehearse=False).only("orders")
    assert place(region, "orders", "scaling.minReplicas") == path
