"""The cases about pods, each by its own name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp import wiring
from pulumi_kubernetes_mcp.region_plan import RegionPlan, load, plan_region
from pulumi_kubernetes_mcp.server import spec as specs
from pulumi_kubernetes_mcp.server.args import server_spec
from pulumi_kubernetes_mcp.settings import SettingsError

HERE = Path(__file__).parent


def case(name: str, **server: Any) -> dict[str, Any]:
    """The configuration of a case, with some keys of its server changed."""
    values: dict[str, Any] = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))["config"]
    return {**values, "mcp:server": {**values["mcp:server"], **server}}


def plan(name: str, **server: Any) -> RegionPlan:
    """What is decided about it."""
    return plan_region(load(case(name, **server), where=name), rehearse=False)


def codes(found: RegionPlan) -> set[str]:
    """The codes of its findings."""
    return {finding.code for finding in found.findings}


def deployment(found: RegionPlan) -> Any:
    """The spec of its Deployment."""
    args = wiring.service_args(found.first, "mcp", None, None)
    return specs.deployment(server_spec("case", args), {})


def test_browser_disk() -> None:
    paths = ["/tmp", {"path": "/home/node/.cache", "size": "1Gi"}, {"path": "/dev/shm", "size": "512Mi"}]
    plain, sized = plan("browser-disk"), plan("browser-disk", writablePaths=paths)
    assert not [finding for finding in (*plain.findings, *sized.findings) if finding.severity.value == "error"]
    pod = deployment(sized)["template"]["spec"]
    assert [volume["emptyDir"] for volume in pod["volumes"]] == [
        {"sizeLimit": "64Mi"},
        {"sizeLimit": "1Gi"},
        {"medium": "Memory", "sizeLimit": "512Mi"},
    ]
    assert pod["containers"][0]["resources"]["limits"]["ephemeral-storage"] == "1152Mi"
    limits = {"limits": {"cpu": "4", "memory": "8Gi", "ephemeralStorage": "1Gi"}}
    assert "MCP127" in codes(plan("browser-disk", writablePaths=paths, resources=limits))
    assert "MCP127" not in codes(sized)


def test_npx_read_only() -> None:
    found = plan("npx-read-only")
    variables = {one["name"]: one.get("value") for one in deployment(found)["template"]["spec"]["containers"][0]["env"]}
    assert variables["HOME"] == "/tmp"
    assert "MCP126" in codes(found)
    given = plan("npx-read-only", env={"PORT": "3001", "HOME": "/tmp/home"}, command=["node", "dist/index.js"])
    variables = {one["name"]: one.get("value") for one in deployment(given)["template"]["spec"]["containers"][0]["env"]}
    assert variables["HOME"] == "/tmp/home"
    assert "MCP126" not in codes(given)


def test_sqlite_one_writer() -> None:
    found = plan("sqlite-one-writer")
    assert deployment(found)["strategy"] == {"type": "Recreate"}
    assert not found.first.autoscaled
    assert {"MCP129", "MCP130"} <= codes(found)
    (outage,) = [finding for finding in found.findings if finding.code == "MCP130"]
    assert outage.problem.startswith("Every rollout is an outage: ")
    kept = plan("sqlite-one-writer", writablePaths=["/tmp"], volumes=[{"path": "/data", "claim": {"name": "memory"}}])
    assert codes(kept) & {"MCP129", "MCP130"} == {"MCP130"}


def test_bad_env_name() -> None:
    with pytest.raises(SettingsError) as caught:
        load(case("bad-env-name"), where="bad-env-name")
    assert {problem.path for problem in caught.value.problems} == {
        'mcp:server.env["1 BAD=NAME"]',
        'mcp:server.env[""]',
    }
