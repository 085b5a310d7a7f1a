"""``mcp-stack stacks``: the stacks that are there, with no list to keep."""

import json


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
