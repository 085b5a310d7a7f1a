"""``mcp-stack stacks``: the stacks that are there, with no list to keep."""

import json

import pytest

from pulumi_kubernetes_mcp.cli.stacks import disagreements, production_at
from pulumi_kubernetes_mcp.evaluate import inspect_stack
from pulumi_kubernetes_mcp.settings import read_stack_file


def test_the_stacks_of_a_project_for_people_and_for_pipelines(project):
    project.stack("b")
    project.stack("a")
    assert [line.split()[0] for line in project.run("stacks").output.splitlines()] == ["a", "b"]
    assert json.loads(project.run("stacks", "--json").stdout) == {
        "stacks": [{"file": str(project.stacks / f"Pulumi.{name}.yaml"), "stack": name} for name in ("a", "b")]
    }


def test_a_project_without_a_stack(project):
    assert "mcp-stack init" in project.run("stacks").output
    assert json.loads(project.run("stacks", "--json").stdout) == {"stacks": []}


def test_a_broken_project_is_refused(project):
    project.root.joinpath("Pulumi.yaml").write_text("name: [")
    assert project.run("stacks").exit_code == 1


def test_what_two_stacks_do_not_agree_in_is_told_of_these_two_alone(project):
    """Two of one region and namespace; a third, in another one, and one that cannot be read have no part in it."""
    for name in ("here", "there"):
        project.stack(name, region={"name": "one"}, edge={"host": f"{name}.example.com"})
    project.stack("elsewhere", region={"name": "two"})
    project.stack("broken", workload={"dailyUsers": -1})

    def told(name):
        stack = read_stack_file(project.root, stack=name)
        return [set(one.stacks) for one in disagreements(stack, inspect_stack(stack))]

    assert told("elsewhere") == []
    assert told("here") == [{"here", "there"}]


def test_another_stack_in_production_is_known_by_its_host(project):
    project.stack("live", region={"name": "one", "environment": "production"}, edge={"host": "live.example.com"})
    project.stack("dev", region={"name": "two", "environment": "staging"}, edge={"host": "dev.example.com"})
    dev, live = (read_stack_file(project.root, stack=name) for name in ("dev", "live"))
    assert production_at(dev, "https://live.example.com/mcp") == "live"
    assert production_at(dev, "https://LIVE.example.com.:8443/mcp") == "live"
    assert production_at(live, "https://live.example.com/mcp") is None
    assert production_at(live, "https://dev.example.com/mcp") is None
    assert production_at(dev, "https://example.com/mcp") is None


def test_what_the_loss_of_a_region_means_is_told_to_people_and_to_pipelines(project):
    project.stack("one")
    lost = project.run("region", "loss", "--json")
    assert json.loads(lost.stdout) == {"lost": []}
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(project.run("region", "loss").stdout)
    drained = project.run("region", "drain", "two")
    assert (drained.exit_code, "There is no stack 'two'" in drained.output) == (1, True)
