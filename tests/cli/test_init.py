"""``mcp-stack init``: the project that it writes works, explains itself, and overwrites nothing."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.cli.init import QUESTIONS
from pulumi_kubernetes_mcp.cli.version import own_version
from pulumi_kubernetes_mcp.new_project import Answers, files

ROOT = Path(__file__).resolve().parents[2]
FLAGS = {
    "--image": "registry.example.com/acme/mcp-orders:1.4.2",
    "--host": "mcp.example.com",
    "--region": "us-east",
    "--daily-users": "500",
    "--max-tool-seconds": "60",
}
WRITTEN = [".gitignore", "Pulumi.yaml", "__main__.py", "requirements.txt", "stacks/Pulumi.production-us-east.yaml"]
OPTION = re.compile(r"^( *)# ( *(?:- )?(?:[\w:]+:(?: .*)?|\{.*\}))$", re.MULTILINE)
"""A commented line that is a key or an item, and no sentence."""


def init(directory: Path, *more: str, flags: dict[str, str] = FLAGS) -> Result:
    words = [word for pair in flags.items() for word in pair]
    return CliRunner().invoke(app, ["init", "--project-dir", str(directory), *words, *more])


def mcp_stack(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command in that directory, as a process of its own would see it."""
    with contextlib.chdir(directory):
        result = CliRunner().invoke(app, words)
    return subprocess.CompletedProcess(list(words), result.exit_code, result.stdout, result.stderr)


def tree(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


@pytest.mark.grid
def test_the_written_project_previews_renders_and_has_no_error(tmp_path: Path) -> None:
    assert init(tmp_path).exit_code == 0
    assert tree(tmp_path) == WRITTEN
    preview = mcp_stack(tmp_path, "preview", "--json")
    assert preview.returncode == 0, preview.stderr
    data = json.loads(preview.stdout)
    assert [one["code"] for one in data["findings"] if one["severity"] == "error"] == []
    assert data["outputs"]["url"] == "https://mcp.example.com/mcp"
    assert data["target"]["name"] == "production-us-east"
    deployment = next(one for one in data["manifests"] if one["kind"] == "Deployment")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert (deployment["metadata"]["name"], container["image"]) == ("mcp-orders", FLAGS["--image"])
    assert mcp_stack(tmp_path, "check", "--all").returncode == 0
    assert mcp_stack(tmp_path, "render").returncode == 0
    assert mcp_stack(tmp_path, "render", "--all", "--check").returncode == 0


def test_the_answers_reach_the_plan(tmp_path: Path) -> None:
    init(tmp_path, flags={**FLAGS, "--daily-users": "5000", "--max-tool-seconds": "120", "--context": "us: 1"})
    data = json.loads(mcp_stack(tmp_path, "preview", "--json").stdout)
    assert data["target"]["name"] == "us: 1"
    assert data["plan"]["load"]["peak_sessions"]["value"] == 625
    deployment = next(one for one in data["manifests"] if one["kind"] == "Deployment")
    assert deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 135


@pytest.mark.grid
def test_what_stands_in_comments_works_too(tmp_path: Path) -> None:
    init(tmp_path)
    for name in ("Pulumi.yaml", "stacks/Pulumi.production-us-east.yaml"):
        path = tmp_path / name
        text, count = OPTION.subn(r"\1\2", path.read_text())
        assert count >= 5
        assert yaml.safe_load(text) != yaml.safe_load(path.read_text())
        path.write_text(text)
    result = mcp_stack(tmp_path, "check", "--json")
    findings = json.loads(result.stdout)["findings"]
    assert (result.returncode, [one for one in findings if one["severity"] == "error"]) == (0, [])


@pytest.mark.grid
def test_what_all_stacks_share_stands_once_and_a_stack_is_merged_over_it(tmp_path: Path) -> None:
    init(tmp_path)
    shared = yaml.safe_load(tmp_path.joinpath("Pulumi.yaml").read_text())["config"]
    assert set(shared) == {"defaults"}
    assert set(shared["defaults"]["default"]) == {"server", "workload"}
    stack = tmp_path / "stacks" / "Pulumi.production-us-east.yaml"
    stack.write_text(stack.read_text() + "  mcp:server: {image: registry.example.com/acme/mcp-orders:1.5.0}\n")
    data = json.loads(mcp_stack(tmp_path, "preview", "--json").stdout)
    deployment = next(one for one in data["manifests"] if one["kind"] == "Deployment")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert (deployment["metadata"]["name"], container["image"].rpartition(":")[2]) == ("mcp-orders", "1.5.0")


def test_every_value_has_its_reason_above_it() -> None:
    made = files(Answers(image="a/b:1", host="a.example", region="r", daily_users=5, max_tool_seconds=6), "1.0")
    for key in ("image:", "name: b", "maxToolSeconds:", "dailyUsers:", "name: r", "environment:", "host:"):
        (text,) = [text for text in made.values() if f" {key}" in text]
        lines = text.splitlines()
        place = next(i for i, line in enumerate(lines) if line.strip().startswith(key))
        assert lines[place - 1].strip().startswith("# "), key


def test_the_project_is_pinned_to_this_version(tmp_path: Path) -> None:
    init(tmp_path)
    assert f"\npulumi-kubernetes-mcp=={own_version()}\n" in tmp_path.joinpath("requirements.txt").read_text()


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    there = tmp_path / name
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text("mine\n")
    result = init(tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert str(there) in result.stderr
    assert tree(tmp_path) == [name]
    assert there.read_text() == "mine\n"


def test_without_a_terminal_every_missing_flag_is_named(tmp_path: Path) -> None:
    result = init(tmp_path, flags={"--image": FLAGS["--image"]})
    assert (result.exit_code, result.stdout) == (2, "")
    said = " ".join(re.sub(r"[│\n]", " ", result.stderr).split())
    assert "give --host, --region, --daily-users, --max-tool-seconds too" in said
    assert tree(tmp_path) == []
    assert init(tmp_path, "--environment", "prod").exit_code == 2


@pytest.mark.parametrize(
    ("flag", "value", "path"),
    [
        ("--image", "registry.example.com/acme/mcp-orders:latest", "mcp:server.image"),
        ("--image", "'; echo", "mcp:server.image"),
        ("--host", "mcp.example.com/mcp", "mcp:edge.host"),
        ("--region", "US East", "mcp:region.name"),
        ("--daily-users", "0", "mcp:workload.dailyUsers"),
        ("--max-tool-seconds", "0", "mcp:server.maxToolSeconds"),
    ],
)
def test_what_a_preview_would_refuse_is_refused_before_anything_is_written(
    tmp_path: Path, flag: str, value: str, path: str
) -> None:
    result = init(tmp_path, flags={**FLAGS, flag: value})
    assert (result.exit_code, result.stdout) == (1, "")
    assert path in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(tmp_path) == []


@pytest.mark.parametrize("region", ["on", "1", "no", "0x1f", "null", "eu-west"])
def test_words_that_yaml_would_take_for_something_else_stay_words(tmp_path: Path, region: str) -> None:
    made = files(Answers(image="a/b:1", host="a.example", region=region, daily_users=5, max_tool_seconds=6), "1.0")
    config = yaml.safe_load(made[f"stacks/Pulumi.production-{region}.yaml"])["config"]
    assert config["mcp:region"]["name"] == region


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("registry.example.com:5000/acme/mcp-orders:1.4.2", "mcp-orders"),
        ("acme/Orders_MCP@sha256:0123", "orders-mcp"),
        ("acme/9lives:1", "mcp-9lives"),
        ("acme/" + "long" * 30 + ":1", "long" * 10),
        ("acme/___:1", "mcp-server"),
    ],
)
def test_the_server_is_named_after_its_image(image: str, name: str) -> None:
    assert Answers(image=image, host="h", region="r", daily_users=1, max_tool_seconds=1).name == name


@pytest.mark.grid
def test_as_json(tmp_path: Path) -> None:
    data = json.loads(init(tmp_path, "--json", "--environment", "staging").stdout)
    assert data["stack"] == "staging-us-east"
    assert sorted(data["files"])[0] == str(tmp_path / ".gitignore")


@pytest.mark.grid
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="missing: pseudo-terminals as Linux has them")
def test_at_a_terminal_five_questions_are_asked_and_a_refused_answer_again(tmp_path: Path) -> None:
    answers = [
        ("Image of the server", "acme/mcp-orders:latest"),
        ("Public host name", "mcp.example.com"),
        ("Region of the first stack", "us-east"),
        ("Users on a working day", ""),
        ("Seconds that the slowest tool call takes", "90"),
        ("Image of the server", "acme/mcp-orders:1.4.2"),
    ]
    assert len(QUESTIONS) == 5
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "init"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "components"), "TERM": "dumb"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    said = ""
    for question, answer in answers:
        said += _until(ours, question)
        os.write(ours, f"{answer}\n".encode())
    shown, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0
    assert "has the tag 'latest'" in said
    assert "Written:" in shown
    project = tmp_path.joinpath("Pulumi.yaml").read_text()
    assert "image: acme/mcp-orders:1.4.2" in project
    assert "dailyUsers: 500" in project
    assert "maxToolSeconds: 90" in project


def _until(terminal: int, words: str, seconds: float = 60) -> str:
    """What is written to a terminal until the words are in it."""
    text, end = "", time.monotonic() + seconds
    while words not in text:
        assert time.monotonic() < end, text
        if select.select([terminal], [], [], 1)[0]:
            text += os.read(terminal, 4096).decode(errors="replace")
    return text


def test_a_file_is_no_directory_for_a_project(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("")
    refused = init(there)
    assert refused.exit_code == 1
    assert "there is a file, and no directory. Give another with --project-dir." in refused.stderr
