"""``mcp-stack chaos``: refusals in words, before anything is done; and a dry run against a stand-in for kubectl."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pulumi_kubernetes_mcp.cli import app

EXAMPLE = Path(__file__).parents[2] / "examples" / "regions"
URL = "http://127.0.0.1:1/mcp"


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["chaos", *words], env={"COLUMNS": "200", **environment})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("kill-pod",), "Say where it is done"),
        (("kill-all", URL, "--pid", "1"), "There is no experiment 'kill-all'"),
        (("kill-pod", URL, "--pid", "1"), "the first process of the machine"),
        (("kill-pod", URL, "--pid", "x"), "--pid 'x' is no number"),
        (("kill-pod", URL, "--pid", str(os.getpid())), "is this program"),
        (("kill-pod", URL, "--pid", "7", "--hold", "301"), "--hold is 301. Give 1 to 300"),
        (("kill-pod", URL, "--pid", "7", "--calls-lost", "-1"), "--calls-lost is -1"),
        (("kill-pod", URL, "--pid", "7", "--era", "new"), "--era 'new' is not known"),
        (("kill-pod", URL, "--pid", "7", "--write", "/no/such/place/x.yaml"), "--write /no/such/place/x.yaml"),
        (("kill-pod", "--start", "/no/such/program", "--port", "9"), "--start cannot run '/no/such/program'"),
        (("kill-pod", "--stack", "production-us-east", "-C", str(EXAMPLE)), "is in production"),
        (
            ("kill-pod", "--stack", "production-us-east", "-C", str(EXAMPLE), "--production", "other"),
            "--production names 'other'",
        ),
    ],
)
def test_refusals(options: tuple[str, ...], words: str) -> None:
    result = run(*options)
    assert result.exit_code == 1, result.output
    assert words in result.stderr
    assert "Traceback" not in result.stderr


KUBECTL = """\
#!/bin/sh
echo "$*" >> {log}
case "$*" in
  *"config current-context"*) echo loopback ;;
  *"config get-contexts"*) echo loopback ;;
  *"--raw /version"*) echo '{{}}' ;;
  *"get namespace "*) echo '{{"metadata": {{"labels": {{"kubernetes-mcp/environment": "staging"}}}}}}' ;;
  *"get pods"*) cat {pods} ;;
  *) echo "Error from server (NotFound): not found" >&2; exit 1 ;;
esac
"""
PODS = """\
{"items": [{"metadata": {"name": "web-1", "uid": "u"}, "spec": {"nodeName": "n"},
 "status": {"conditions": [{"type": "Ready", "status": "True"}]}}]}
"""


@pytest.fixture
def cluster(tmp_path: Path) -> dict[str, str]:
    """The environment in which kubectl is a stand-in that only reads."""
    program = tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    (tmp_path / "pods.json").write_text(PODS)
    program.write_text(KUBECTL.format(log=tmp_path / "log", pods=tmp_path / "pods.json"))
    program.chmod(0o755)
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "LOG": str(tmp_path / "log")}


HERE = ("kill-pod", URL, "--namespace", "mcp", "--server", "web")


def test_a_dry_run_prints_the_steps_and_asks_the_cluster_only(cluster: dict[str, str]) -> None:
    result = run(*HERE, "--dry-run", **cluster)
    assert result.exit_code == 0, result.output
    assert "delete pod web-1" in result.stdout
    assert "brought back by its controller" in result.stdout
    assert "It needs: get and list pods; delete pods." in result.stdout
    asked = Path(cluster["LOG"]).read_text()
    assert "delete" not in asked


def test_nobody_to_ask_is_no_yes(cluster: dict[str, str]) -> None:
    result = run(*HERE, **cluster)
    assert result.exit_code == 1
    assert "Nothing was done: nobody can be asked here." in result.stderr
    assert "delete" not in Path(cluster["LOG"]).read_text()


def test_a_server_that_does_not_answer_is_left_alone(cluster: dict[str, str]) -> None:
    result = run(*HERE, "--yes", "--era", "modern", **cluster)
    assert result.exit_code == 1
    assert "does not serve clients of 'modern' as it is" in result.stderr
    assert "delete" not in Path(cluster["LOG"]).read_text()
