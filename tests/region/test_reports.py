"""What plans, previews and simulations show of several servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app
from tests.region.test_many_servers import TWO


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    path = tmp_path / "Pulumi.many.yaml"
    path.write_text(yaml.safe_dump({"config": TWO}))
    return path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    return result.stdout


def cells(text: str, name: str) -> list[str]:
    """The cells of the first line that begins with a name."""
    return next(line for line in text.splitlines() if line.strip().startswith(name)).split()


@pytest.mark.grid
@pytest.mark.parametrize("verb", ["plan", "preview"])
def test_each_server_has_a_line_and_the_last_is_their_sum(stack: Path, verb: str) -> None:
    text = run(verb, "-f", str(stack), "-C", str(stack.parent))
    billing, orders, total = (cells(text, name) for name in ("billing", "orders", "all servers"))
    # sessions, pods, at most; the words 'all servers' are two.
    assert [int(a) + int(b) for a, b in zip(billing[1:4], orders[1:4], strict=True)] == [int(one) for one in total[2:5]]
    assert (billing[3], orders[3]) == ("4", "10")
    assert cells(text, "db.example.com")[1:] == ["billing", "(pooler),", "orders", "(pooler)", "208", "210"]


@pytest.mark.grid
def test_one_server_is_shown_in_detail(stack: Path) -> None:
    text = run("plan", "-f", str(stack), "--server", "billing")
    assert "4 at most (given)" in text
    assert "all servers" not in text


def test_a_server_that_is_not_there_is_refused_with_those_that_are(stack: Path) -> None:
    result = CliRunner().invoke(app, ["plan", "-f", str(stack), "--server", "biling"])
    assert result.exit_code == 1
    assert "there is no server 'biling'; there are billing, orders" in result.output


@pytest.mark.grid
def test_the_data_have_each_server_and_the_region(stack: Path) -> None:
    data: dict[str, Any] = json.loads(run("plan", "-f", str(stack), "--json"))
    assert sorted(data["servers"]) == ["billing", "orders"]
    assert data["region"]["max_replicas"] == 14
    assert data["region"]["databases"][0]["budget"] == 210
    preview = json.loads(run("preview", "-f", str(stack), "-C", str(stack.parent), "--json"))
    assert preview["region"] == data["region"]
    alone = json.loads(run("plan", "-f", str(stack), "--json", "--server", "orders"))
    assert alone["plan"] == data["servers"]["orders"]["plan"]


@pytest.mark.grid
def test_a_simulation_sums_up_its_servers(stack: Path) -> None:
    text = run("simulate", "spike", "-f", str(stack))
    each = [float(cells(text, name)[2]) for name in ("billing", "orders")]
    assert float(cells(text, "all servers")[2]) == pytest.approx(sum(each), rel=0.02)
    data = json.loads(run("simulate", "spike", "-f", str(stack), "--json"))
    assert sorted(data["servers"]) == ["billing", "orders"]
    result = CliRunner().invoke(app, ["simulate", "spike", "-f", str(stack), "--compare"])
    assert result.exit_code == 1
    assert "--server" in result.output
