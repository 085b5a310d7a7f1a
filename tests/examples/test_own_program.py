"""The example that uses components in a program of its own: it runs, and makes what its page says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_kubernetes_mcp import FindingsError
from pulumi_kubernetes_mcp.testing import Recording, record
from tests.rendered import custom_resources, invariants, invariants_within, kubernetes_schemas

HERE = Path(__file__).parents[2] / "examples" / "own_program"
PROJECT = yaml.safe_load((HERE / "Pulumi.yaml").read_text(encoding="utf-8"))
DEFAULTS = {f"own-program:{key}": entry["default"] for key, entry in PROJECT["config"].items() if "default" in entry}


@cache
def run(tag: str = "1.4.2", preview: bool = False) -> Recording:
    """The example, run offline as the CLI would run it."""
    config = {**DEFAULTS, "own-program:tag": tag}
    return record(HERE / "__main__.py", project="own-program", stack="dev", config=config, preview=preview)


def test_it_makes_what_its_page_says() -> None:
    page = (HERE / "README.md").read_text(encoding="utf-8")
    said = set()
    for kinds, name in re.findall(r"^\| ([A-Za-z, ]+) `([a-z-]+(?:<stack>)?)` \|", page, flags=re.MULTILINE):
        said |= {(kind.strip(), name.replace("<stack>", "dev")) for kind in kinds.split(",")}
    made = {(body["kind"], body["metadata"]["name"]) for body in run().manifests()}
    assert made == said
    assert len(made) == 9


def test_the_outputs_reach_the_objects() -> None:
    namespace = run().resource("Namespace").physical_name
    assert namespace == "shop-dev"
    assert {body["metadata"].get("namespace") for body in run().manifests()} == {None, namespace}
    container = run().manifest("Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "registry.example.com/shop/mcp-search:1.4.2"
    assert run().manifest("Deployment")["metadata"]["labels"]["app.kubernetes.io/version"] == "1.4.2"
    assert run().manifest("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"] == "search"
    assert run().manifest("HTTPRoute")["spec"]["hostnames"] == ["mcp.shop.example.com"]
    assert run().outputs == {"url": "https://mcp.shop.example.com/mcp", "namespace": namespace}


def test_the_objects_wait_for_each_other() -> None:
    def needs(kind: str) -> set[str]:
        return {run().by_urn[urn].kind for urn in run().resource(kind).options.dependencies}

    assert needs("HorizontalPodAutoscaler") == {"Deployment", "Namespace"}
    assert needs("HTTPRoute") == {"Service", "Namespace"}
    assert needs("Deployment") == {"ServiceAccount", "Namespace"}


def test_a_first_preview_makes_the_same() -> None:
    first = run(preview=True)
    assert {one.urn for one in first.resources} == {one.urn for one in run().resources}
    assert [message.text for message in first.messages] == []


def test_nothing_is_wrong_with_the_objects() -> None:
    objects: tuple[dict[str, Any], ...] = run().manifests()
    for body in objects:
        if body["kind"] in custom_resources.FILES:
            assert custom_resources.problems(body) == []
        else:
            assert [kubernetes_schemas.problems(body, minor) for minor in kubernetes_schemas.MINORS] == [[], [], []]
    ours = [body for body in objects if body["kind"] != "Namespace"]
    for rule in (invariants_within.broken_containers, invariants_within.unsafe_pods, invariants_within.odd_labels):
        assert list(rule(ours)) == []
    for rule in (invariants.dangling_services, invariants.dangling_policies, invariants.dangling_routes):
        assert list(rule(objects)) == []


def test_a_moving_tag_is_refused_when_it_is_known() -> None:
    with pytest.raises(FindingsError, match=r'^McpService "search" cannot work:\n  MCP101 image: ') as refused:
        run("latest")
    assert [finding.code for finding in refused.value.findings] == ["MCP101"]


def test_it_needs_no_settings() -> None:
    """The page promises it: neither the program nor what it uses reads the configuration of a stack."""
    program = (HERE / "__main__.py").read_text(encoding="utf-8")
    assert "settings import" not in program
    assert set(PROJECT["config"]) == {"image", "tag", "host"}
    assert PROJECT["runtime"]["options"]["virtualenv"] == "../../.venv"


def test_no_name_is_left_to_the_engine() -> None:
    """An interrupted first update would leave such an object behind: its name is in no state."""
    assert all("name" in one.inputs["metadata"] for one in run().resources if one.kubernetes)
