"""Each command, from a stack file to what a person or a program reads."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pulumi_kubernetes_mcp.offline.manifests import apply_order, manifests
from pulumi_kubernetes_mcp.offline.project import run_stack, standard_program
from pulumi_kubernetes_mcp.settings import read_stack_file, schema_files
from pulumi_kubernetes_mcp.testing import record

ROOT = Path(__file__).resolve().parents[2]
BROKEN = {"image": "registry.example/mcp:latest", "name": "orders"}


def test_check_accepts_a_good_stack(project):
    project.stack()
    result = project.run("check", "--stack", "dev")
    assert result.output == "stacks/Pulumi.dev.yaml: no findings\n"
    assert result.exit_code == 0


def test_check_names_every_finding_with_its_place_and_remedy_and_fails(project):
    project.stack(server=BROKEN)
    result = project.run("check", "--stack", "dev")
    assert result.exit_code == 1
    assert result.output.startswith("stacks/Pulumi.dev.yaml: 1 error, ")
    assert "error MCP101 image-not-pinned  stacks/Pulumi.dev.yaml:9 mcp:server.image\n    " in result.output


def test_warnings_alone_do_not_fail(project):
    project.stack(server={"image": "registry.example/mcp:1.0.0", "name": "orders"})
    result = project.run("check", "--stack", "dev")
    assert result.exit_code == 0
    assert "1 warning" in result.output


def test_strict_fails_on_a_warning_and_not_on_an_accepted_one(project):
    warned = {"image": "registry.example/mcp:1.0.0", "name": "orders"}
    project.stack(server=warned)
    assert project.run("check", "--stack", "dev", "--strict").exit_code == 1
    found = json.loads(project.run("check", "-s", "dev", "--json").stdout)["findings"]
    for key in ("code", "slug"):
        accepted = [{"code": name, "reason": "This server has no such route."} for name in {one[key] for one in found}]
        project.stack(server=warned, accept=accepted)
        assert project.run("check", "--stack", "dev", "--strict").exit_code == 0


def test_check_of_all_stacks_fails_if_one_does(project):
    project.stack("a")
    project.stack("b", server=BROKEN)
    result = project.run("check", "--all", "--json")
    assert result.exit_code == 1
    stacks = json.loads(result.stdout)["stacks"]
    assert [stack["stack"] for stack in stacks] == ["a", "b"]
    assert stacks[0]["findings"] == []
    assert {"code", "slug", "severity", "file", "line", "path", "problem", "remedy"} == set(stacks[1]["findings"][0])


def test_a_preview_shows_engine_plan_tree_and_that_nothing_was_rendered(project):
    project.stack()
    result = project.run("preview", "--stack", "dev")
    assert result.exit_code == 0
    assert result.output.startswith("Engine    offline: Pulumi's own test monitor.")
    assert "\nTarget    context 'here' of kubectl's configuration\n" in result.output
    assert "Findings  no findings" in result.output
    assert re.search(
        r"McpService mcp-orders-service\n(.*\n)*? +│? *[├└]── Deployment orders  mcp-orders-service-deployment",
        result.output,
    )
    assert "(ignores spec.replicas)" in result.output
    assert "plannedSessions = 82" in result.output
    assert re.search(r"^Manifests 1\d objects, never rendered", result.output, re.M)
    assert re.search(r"^  peak sessions +63 sessions", result.output, re.M)


@pytest.mark.grid
def test_a_preview_says_each_finding_once(project):
    """The program logs it as well, with the file and the line of its value."""
    project.stack(server={"image": "registry.example/mcp:1.0.0", "name": "orders"})
    result = project.run("preview", "--stack", "dev")
    assert result.output.count("MCP105") == 1
    assert json.loads(project.run("preview", "--stack", "dev", "--json").stdout)["messages"] == []


def test_a_summary_has_plan_and_findings_and_runs_no_program(project):
    project.stack()
    project.program("raise SystemExit('this program must not run')\n")
    result = project.run("preview", "--stack", "dev", "--summary")
    assert result.exit_code == 0, result.output
    for part in ("Plan\n", "Scaling   HPA on CPU", "Target    context 'here'", "Findings  "):
        assert part in result.stdout
    for part in ("McpRegion", "Manifests"):
        assert part not in result.stdout
    assert project.run("preview", "--stack", "dev", "--summary", "--json").exit_code == 2


def test_a_preview_of_a_refused_stack_runs_no_program(project):
    project.stack(server=BROKEN)
    project.program("raise SystemExit('the program ran')")
    result = project.run("preview", "--stack", "dev")
    assert result.exit_code == 1
    assert result.output.startswith("stacks/Pulumi.dev.yaml cannot work: 1 error")
    assert "MCP101" in result.output
    assert "the program ran" not in result.output
    data = json.loads(project.run("preview", "--stack", "dev", "--json").stdout)
    assert "MCP101" in [finding["code"] for finding in data["findings"]]


@pytest.mark.grid
def test_a_preview_as_json_is_complete(project):
    project.stack()
    data = json.loads(project.run("preview", "--stack", "dev", "--json").stdout)
    assert data["engine"] == "offline"
    assert data["environmentEvaluated"] is True
    assert (data["target"]["source"], data["target"]["name"]) == ("context", "here")
    (region,) = data["resources"]
    assert (region["kind"], region["name"]) == ("McpRegion", "mcp")
    assert "McpService" in [child["kind"] for child in region["children"]]
    assert data["outputs"]["plannedSessions"] == 82
    # Of one server; a region of many has their urls and services beside it.
    assert not {"urls", "services"} & set(data["outputs"])
    assert data["autoscaler"]["kind"] == "hpa"
    assert data["difference"]["rendered"] is False


def test_rendering_and_changing_and_checking(project):
    project.stack()
    assert project.run("render", "--stack", "dev", "--check").exit_code == 1
    assert not project.stacks.joinpath("rendered").exists()

    first = project.run("render", "--stack", "dev")
    assert (first.exit_code, first.output.startswith("dev: rendered, 1")) == (0, True)
    assert "objects for the first time" in first.output
    before = project.rendered()
    assert "50-deployment-orders.yaml" in before
    check = project.run("render", "--stack", "dev", "--check")
    assert (check.exit_code, check.output.partition(" (")[0]) == (0, "dev: up to date")

    project.stack(server={**project_server(), "maxToolSeconds": 90})
    preview = project.run("preview", "--stack", "dev").output
    assert "~ Deployment orders in mcp-prod" in preview
    assert re.search(r"spec\.template\.spec\.terminationGracePeriodSeconds: 75 -> 105", preview)
    stale = project.run("render", "--stack", "dev", "--check")
    assert stale.exit_code == 1
    assert "Run 'mcp-stack render --stack dev' and commit the files." in stale.output
    assert project.rendered() == before

    assert project.run("render", "--stack", "dev").output.startswith("dev: rendered, 2 changed")
    assert project.rendered() != before
    every = json.loads(project.run("render", "--all", "--check", "--json").stdout)
    assert [(one["stack"], one["difference"]["rendered"]) for one in every["stacks"]] == [("dev", True)]


def project_server():
    from .conftest import GOOD

    return GOOD["mcp:server"]


@pytest.mark.grid
def test_rendering_all_stacks_and_as_json(project):
    project.stack("a")
    project.stack("b", region={"name": "there"})
    data = json.loads(project.run("render", "--all", "--json").stdout)
    assert [report["stack"] for report in data["stacks"]] == ["a", "b"]
    assert "50-deployment-orders.yaml" in project.rendered("a").keys() & project.rendered("b").keys()
    again = json.loads(project.run("render", "--all", "--check", "--json").stdout)
    assert all(report["difference"]["upToDate"] for report in again["stacks"])


@pytest.mark.grid
def test_rendering_elsewhere(project, tmp_path):
    project.stack()
    assert project.run("render", "--stack", "dev", "--output", str(tmp_path / "out")).exit_code == 0
    assert tmp_path.joinpath("out", "50-deployment-orders.yaml").exists()
    assert not project.stacks.joinpath("rendered").exists()
    both = project.run("render", "--all", "--output", str(tmp_path / "out"))
    assert both.exit_code == 2


@pytest.mark.grid
def test_rendering_to_standard_output_is_one_stream_of_what_the_files_hold(project):
    project.stack()
    result = project.run("render", "--stack", "dev", "--output", "-")
    assert result.exit_code == 0
    assert not project.stacks.joinpath("rendered").exists()
    project.run("render", "--stack", "dev")
    streamed = list(yaml.safe_load_all(result.stdout))
    files = [yaml.safe_load(text) for text in project.rendered().values()]
    assert sorted(map(str, streamed)) == sorted(map(str, files))
    turns = [apply_order(body["kind"]) for body in streamed]
    assert turns == sorted(turns)
    assert result.stderr == ""


@pytest.mark.grid
def test_a_stream_with_placeholders_says_so_beside_it(project):
    project.stack(secrets={"source": "config", "values": {"token": {"secure": "AAABAJ"}}, "env": {"TOKEN": "token"}})
    result = project.run("render", "--stack", "dev", "-o", "-")
    assert result.exit_code == 0, result.output
    assert re.search(r"A placeholder stands for a value in: Secret \S+\. Do not apply", result.stderr)
    assert "Secret" in [body["kind"] for body in yaml.safe_load_all(result.stdout)]


@pytest.mark.parametrize("other", ["--all", "--check", "--json"])
def test_a_stream_is_one_stack_and_nothing_else(project, other):
    project.stack()
    result = project.run("render", "--output", "-", other)
    assert (result.exit_code, result.stdout) == (2, "")
    project.stack("broken", server=BROKEN)
    refused = project.run("render", "--output", "-", "--stack", "broken")
    assert (refused.exit_code, refused.stdout) == (1, "")


def test_a_refused_stack_is_not_rendered(project):
    project.stack()
    project.run("render", "--stack", "dev")
    before = project.rendered()
    project.stack(server=BROKEN)
    result = project.run("render", "--stack", "dev")
    assert result.exit_code == 1
    assert "MCP101" in result.output
    assert project.rendered() == before


@pytest.mark.grid
def test_a_file_of_its_own_needs_no_project(tmp_path, project):
    stack = project.stack("lone").rename(tmp_path / "Pulumi.lone.yaml")
    project.root.joinpath("Pulumi.yaml").unlink()
    assert project.run("check", "--file", str(stack)).exit_code == 0
    assert "McpRegion mcp" in project.run("preview", "--file", str(stack)).output


@pytest.mark.grid
def test_the_program_of_the_project_is_what_runs(project):
    project.stack()
    project.program(
        "import pulumi, pulumi_kubernetes as k8s\nprint('chatter')\npulumi.log.warn('mind the gap')\n"
        "k8s.core.v1.ConfigMap('own', metadata={'name': 'own'}, data={})\n"
    )
    result = project.run("preview", "--stack", "dev")
    assert "└── ConfigMap own\n" in result.stdout
    assert "McpRegion" not in result.stdout
    assert "warning: mind the gap" in result.stdout
    assert "chatter" not in result.stdout
    assert [n["kind"] for n in json.loads(project.run("preview", "-s", "dev", "--json").stdout)["resources"]] == [
        "ConfigMap"
    ]


@pytest.mark.grid
def test_an_imported_environment_is_pointed_out(project):
    path = project.stack()
    path.write_text(f"environment: [shared]\n{path.read_text()}")
    assert "This stack imports Pulumi ESC environments." in project.run("check", "--stack", "dev").output
    assert json.loads(project.run("preview", "-s", "dev", "--json").stdout)["environmentEvaluated"] is False


@pytest.mark.grid
def test_the_schema_is_printed_written_and_checked(project):
    stack, whole = schema_files().values()
    assert project.run("schema").stdout == stack
    assert project.run("schema", "--project").stdout == whole
    refused = project.run("schema", "--check", "--json")
    assert refused.exit_code == 1
    assert "project.schema.json are not up to date" in json.loads(refused.stdout)["error"]["message"]
    written = json.loads(project.run("schema", "--write", "--json").stdout)["files"]
    assert [(Path(one["file"]).name, one["written"]) for one in written] == [(name, True) for name in schema_files()]
    assert {path.name: path.read_text() for path in project.root.joinpath("schemas").iterdir()} == schema_files()
    assert project.run("schema", "--check").exit_code == 0


@pytest.mark.parametrize("command", ["check", "plan", "preview", "render", "schema"])
def test_help_says_what_a_command_does(project, command):
    result = project.run(command, "--help")
    assert result.exit_code == 0
    assert "--project-dir" in result.output
    assert len(result.output.splitlines()) > 12


@pytest.mark.grid
@pytest.mark.skipif(not ROOT.joinpath("__main__.py").is_file(), reason="the repository has no stack program")
def test_the_standard_program_does_what_the_program_of_this_repository_does():
    stack_file = read_stack_file(ROOT / "examples" / "regions", stack="staging")
    own = run_stack(stack_file, ROOT)
    standard = run_stack(stack_file, ROOT / "stacks")
    assert standard.resources == own.resources
    assert standard.outputs == own.outputs
    assert manifests(standard) == manifests(own)


def test_the_standard_program_needs_settings():
    with pytest.raises(Exception, match="mcp:server"):
        record(standard_program)


VERBS = """
import sys
from typer.testing import CliRunner
from pulumi_kubernetes_mcp.cli import app
for verb in ("check", "plan", "preview"):
    print(verb, CliRunner().invoke(app, [verb, "-s", "dev"]).exit_code, "pulumi_kubernetes" in sys.modules)
"""


@pytest.mark.grid
def test_check_and_plan_do_not_load_the_kubernetes_sdk(project):
    project.stack()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", VERBS],
        cwd=project.root,
        env={"PYTHONPATH": str(ROOT / "components"), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["check 0 False", "plan 0 False", "preview 0 True"]
    assert done.stderr == ""


def test_what_a_preview_refuses_is_one_screen_too(project):
    project.stack(server={"image": "registry.example/mcp:1.0.0", "writablePaths": ["/tmp", "/tmp"]})
    for words in (("preview", "--stack", "dev"), ("preview", "--stack", "dev", "--json")):
        result = project.run(*words)
        assert result.exit_code == 1
        assert "'/tmp' is mounted twice" in result.output
        assert "Traceback" not in result.output
