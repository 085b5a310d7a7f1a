"""``mcp-stack diff``: from one form of a stack to another, with two stacks, files and git revisions."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import yaml

from .conftest import GOOD, Project

GIT = pytest.mark.skipif(shutil.which("git") is None, reason="missing: git")
SERVER = GOOD["mcp:server"]
BROKEN = {"image": "registry.example/mcp:latest", "name": "orders"}
DATABASE = {"host": "orders.db.example.com", "maxConnections": 420, "queryMilliseconds": 500}


def git(project: Project, *words: str) -> None:
    options = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *options, *words], cwd=project.root, check=True, capture_output=True)


def commit(project: Project) -> None:
    if not project.root.joinpath(".git").exists():
        git(project, "init")
    git(project, "add", "-A")
    git(project, "commit", "-m", "as it is")


def data(project: Project, *words: str, code: int = 0) -> dict:
    result = project.run("diff", *words, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def row(rows: list[dict], name: str) -> dict:
    (found,) = [one for one in rows if one["name"] == name]
    return found


def objects(found: dict) -> dict[str, str]:
    return {f"{one['kind']} {one['name']}": one["action"] for one in found["objects"]}


@pytest.mark.grid
def test_twice_as_many_pods_are_a_hundred_percent_more(project):
    project.stack("old", scaling={"minReplicas": 2, "maxReplicas": 10})
    project.stack("new", scaling={"minReplicas": 2, "maxReplicas": 20})
    found = data(project, "old", "new")
    assert row(found["capacity"], "pods at most") == {
        "name": "pods at most",
        "unit": "pods",
        "old": 10,
        "new": 20,
        "difference": 10,
        "percent": 100,
    }
    assert row(data(project, "new", "old")["capacity"], "pods at most")["percent"] == -50
    shown = project.run("diff", "old", "new").output
    assert re.search(r"^  pods at most +10 pods +20 pods +\+10 \(\+100 %\)$", shown, re.M)
    assert re.search(
        r"^  pods at most +20 pods +10 pods +−10 \(−50 %\)$", project.run("diff", "new", "old").output, re.M
    )


def test_each_group_of_figures_has_what_changed_and_nothing_else(project):
    project.stack("old", database=DATABASE)
    project.stack(
        "new",
        database={**DATABASE, "queryMilliseconds": 50},
        server={**SERVER, "maxToolSeconds": 120, "eras": ["legacy-stateless"]},
        prices={"corePerHour": 0.04, "gibPerHour": 0.005},
    )
    found = data(project, "old", "new")
    pool = row(found["connections"], "connection pool of a pod")
    assert (pool["old"], pool["new"]) == (15, 5)
    assert "the budget" not in [one["name"] for one in found["connections"]]
    assert {one["name"]: (one["old"], one["new"]) for one in found["drain"]} == {
        "protocol eras": ("modern", "legacy-stateless"),
        "pre-stop sleep": (10, 130),
        "graceful timeout": (60, 5),
        "grace period": (75, 140),
    }
    assert row(found["cost"], "cost of one pod")["old"] is None
    assert "planned sessions" not in [one["name"] for one in found["capacity"]]


@pytest.mark.grid
def test_new_and_gone_findings(project):
    warned = {"image": "registry.example/mcp:1.0.0", "name": "orders"}
    project.stack("good")
    project.stack("warned", server=warned)
    codes = {one["code"] for one in json.loads(project.run("check", "-s", "warned", "--json").stdout)["findings"]}
    assert codes
    found = data(project, "good", "warned")
    assert ({one["code"] for one in found["findings"]["new"]}, found["findings"]["gone"]) == (codes, [])
    back = data(project, "warned", "good")
    assert (back["findings"]["new"], {one["code"] for one in back["findings"]["gone"]}) == ([], codes)
    assert "Findings that are gone" in project.run("diff", "warned", "good").output


def test_an_image_updates_the_deployment_and_restarts_its_pods(project):
    project.stack("old")
    project.stack("new", server={**SERVER, "image": "registry.example/mcp:2.0.0"})
    found = data(project, "old", "new")
    assert objects(found) == {"Deployment orders": "changed"}
    assert found["objects"][0]["restarts"] is True
    shown = project.run("diff", "old", "new").output
    assert shown.startswith("new: 1 updated; pods of 1 restart\n")
    assert "spec.template.spec.containers[server].image: " in shown


@pytest.mark.grid
def test_a_region_of_many_has_its_sums_and_a_line_per_server(project):
    servers = {name: {"server": {**SERVER, "name": name, "path": f"/{name}"}} for name in ("orders", "search")}
    project.stack("one", servers={"orders": servers["orders"]}, database=DATABASE, server={**SERVER, "name": "orders"})
    project.stack("two", servers=servers, database=DATABASE, server={**SERVER, "name": "orders"})
    found = data(project, "one", "two")
    pods = row(found["capacity"], "all servers: pods at least")
    assert (pods["old"], pods["new"], pods["percent"]) == (3, 6, 100)
    assert row(found["capacity"], "search: pods at least")["new"] == "3 pods"
    assert [one["name"] for one in found["capacity"] if one["name"].startswith("orders: ")] == []
    connections = row(found["connections"], "orders.db.example.com: connections at the maximum")
    assert connections["percent"] == 100
    assert {name: action for name, action in objects(found).items() if name.endswith(" search")} == {
        f"{kind} search": "added"
        for kind in (
            "BackendTrafficPolicy", "Deployment", "HTTPRoute", "HorizontalPodAutoscaler", "NetworkPolicy",
            "PodDisruptionBudget", "Service", "ServiceAccount",
        )
    }  # fmt: skip
    assert [name for name in objects(found) if name.endswith(" orders") and "Policy" not in name] == []


@pytest.mark.grid
def test_nothing_changes(project):
    project.stack("old")
    path = project.stack("new")
    assert project.run("diff", "old", "new").output == "new: no change\n  old → new\n  No change.\n"
    assert project.run("diff", "old", str(path)).output.startswith("new: no change\n")
    assert project.run("diff", "old", "new", "--markdown").output == "No change in new.\n"
    assert data(project, "old", "new")["changed"] is False


@pytest.mark.grid
@GIT
def test_a_stack_since_a_revision(project):
    project.stack(scaling={"minReplicas": 2, "maxReplicas": 10})
    commit(project)
    assert data(project, "--base", "HEAD")["changed"] is False
    project.stack(scaling={"minReplicas": 2, "maxReplicas": 20})
    found = data(project, "--base", "main", "--stack", "dev")
    assert row(found["capacity"], "pods at most")["percent"] == 100
    assert objects(found)["HorizontalPodAutoscaler orders"] == "changed"
    assert data(project, "HEAD:dev", "dev")["capacity"] == found["capacity"]
    assert data(project, "HEAD:stacks/Pulumi.dev.yaml", "dev")["capacity"] == found["capacity"]
    assert data(project, "HEAD:dev", "HEAD:dev")["changed"] is False
    assert subprocess.run(
        ["git", "status", "--porcelain"], cwd=project.root, capture_output=True, text=True, check=True
    ).stdout.split() == ["M", "stacks/Pulumi.dev.yaml"]


@pytest.mark.grid
@GIT
def test_a_project_in_a_folder_of_its_repository_with_the_project_file_of_the_revision(project):
    inner = Project(project.root / "deploy")
    shared = {"workload": {"default": {"dailyUsers": 500}}}
    text = {"name": "mcp", "runtime": "python", "stackConfigDir": "stacks", "config": shared}
    inner.root.joinpath("Pulumi.yaml").write_text(yaml.safe_dump(text))
    path = inner.stack()
    path.write_text(path.read_text().replace("  mcp:workload:\n    dailyUsers: 500\n", ""))
    assert "workload" not in path.read_text()
    commit(project)
    shared["workload"]["default"]["dailyUsers"] = 1000
    inner.root.joinpath("Pulumi.yaml").write_text(yaml.safe_dump(text))
    sessions = row(data(inner, "--base", "HEAD")["capacity"], "planned sessions")
    assert (sessions["old"], sessions["new"]) == (82, 163)
    assert data(inner, "HEAD:deploy/stacks/Pulumi.dev.yaml", "dev")["capacity"] != []


@pytest.mark.grid
@GIT
def test_every_stack_since_a_revision_those_that_are_new_and_gone_too(project):
    project.stack("gone")
    project.stack("kept")
    commit(project)
    project.stacks.joinpath("Pulumi.gone.yaml").unlink()
    project.stack("new")
    found = {one["stack"]: one for one in data(project, "--base", "HEAD", "--all")["stacks"]}
    assert {name: (one["old"]["exists"], one["new"]["exists"]) for name, one in found.items()} == {
        "gone": (True, False),
        "kept": (True, True),
        "new": (False, True),
    }
    assert set(objects(found["gone"]).values()) == {"removed"}
    assert set(objects(found["new"]).values()) == {"added"}
    text = project.run("diff", "--base", "HEAD", "--all", "--markdown").output
    assert "The stack is new: HEAD does not have it." in text
    assert "Its objects stay in the cluster until" in text
    assert text.endswith("\nNo change in kept.\n")
    alone = project.run("diff", "--base", "HEAD", "--stack", "gone").output
    assert alone.startswith("gone: ")


@pytest.mark.grid
@GIT
def test_what_was_committed_as_rendered_is_what_runs(project):
    project.stack()
    project.run("render", "--stack", "dev")
    file = project.stacks / "rendered" / "dev" / "50-deployment-orders.yaml"
    now = file.read_text()
    file.write_text(now.replace("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"))
    commit(project)
    file.write_text(now)
    found = data(project, "--base", "HEAD")
    assert objects(found) == {"Deployment orders": "changed"}
    (field,) = found["objects"][0]["fields"]
    assert (field["old"], field["new"]) == (True, False)
    assert "1 object of HEAD would be rendered otherwise" in project.run("diff", "--base", "HEAD").output


@pytest.mark.grid
@GIT
def test_a_stack_that_cannot_work_on_either_side(project):
    project.stack(server=BROKEN)
    commit(project)
    project.stack()
    mended = project.run("diff", "--base", "HEAD")
    assert mended.exit_code == 0
    assert "HEAD cannot work:" in mended.output
    assert "MCP101" in mended.output
    assert "Not compared: those of HEAD are not known." in mended.output
    git(project, "commit", "-am", "mended")
    project.stack(server=BROKEN)
    broken = project.run("diff", "--base", "HEAD", "--markdown")
    assert broken.exit_code == 1
    assert broken.output.startswith("## dev: cannot work\n")
    project.stacks.joinpath("Pulumi.dev.yaml").write_text("config: [")
    unread = project.run("diff", "--base", "HEAD", "--markdown")
    assert unread.exit_code == 1
    assert "Pulumi.dev.yaml" in unread.output


@pytest.mark.grid
@GIT
def test_a_project_that_the_revision_does_not_have_is_new(project):
    inner = Project(project.root / "deploy")
    commit(project)
    inner.root.joinpath("Pulumi.yaml").write_text("name: mcp\nruntime: python\nstackConfigDir: stacks\n")
    inner.stack()
    found = data(inner, "--base", "HEAD")
    assert found["old"]["exists"] is False
    assert set(objects(found).values()) == {"added"}


@pytest.mark.grid
@GIT
def test_revisions_that_cannot_be_read_are_named(project, tmp_path):
    project.stack()
    no_repository = project.run("diff", "--base", "HEAD")
    assert (no_repository.exit_code, no_repository.stdout) == (1, "")
    assert "lies in no git repository" in no_repository.stderr
    commit(project)
    unknown = project.run("diff", "--base", "orign/main")
    assert unknown.exit_code == 1
    assert unknown.stderr.startswith("There is no revision 'orign/main'.")
    assert project.run("diff", "--base", "--output=x").exit_code == 1
    assert not project.root.joinpath("x").exists()
    alone = project.run("diff", "HEAD", "dev")
    assert alone.exit_code == 1
    assert "HEAD: It is a revision, and no stack.\n    Name a stack or a file of it, such as HEAD:dev." in alone.stderr
    for missing in ("HEAD:nosuch", "HEAD:stacks/Pulumi.nosuch.yaml"):
        refused = project.run("diff", missing, "dev")
        assert refused.exit_code == 1
        assert refused.stderr.startswith(f"{missing} cannot be used: 1 problem.\n  The file does not exist.")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("dev",),
        ("dev", "--base", "HEAD"),
        ("dev", "dev", "--all"),
        ("dev", "dev", "--stack", "dev"),
        ("dev", "dev", "--json", "--markdown"),
    ],
)
def test_words_that_do_not_go_together(project, words):
    project.stack()
    result = project.run("diff", *words)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_program_of_its_own_is_compared_by_its_objects(project):
    project.program(
        "import pulumi, pulumi_kubernetes as k8s\nlevel = pulumi.Config().require('level')\n"
        "k8s.core.v1.ConfigMap('own', metadata={'name': 'own', 'namespace': 'x'}, data={'level': level})\n"
    )
    project.root.joinpath("Pulumi.yaml").write_text("name: shop\nruntime: python\nstackConfigDir: stacks\n")
    for name, level in (("a", "info"), ("b", "debug")):
        project.stacks.joinpath(f"Pulumi.{name}.yaml").write_text(f"config:\n  level: {level}\n")
    found = data(project, "a", "b")
    assert objects(found) == {"ConfigMap own": "replaced"}
    assert (found["capacity"], found["drain"]) == ([], [])
