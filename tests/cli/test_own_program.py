"""A project of one's own, with the components in its program and without settings of this package."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

OPEN = '"allow_from": [{"port": 8000, "namespace": "proxies"}]'
SERVER = f'McpService("web", {{"image": image, "namespace": "shop", {OPEN}}})'
PROGRAM = f"""
import pulumi
from pulumi_kubernetes_mcp import McpAutoscaling, McpService

image = "registry.example/shop:" + pulumi.Config().require("tag")
server = {SERVER}
McpAutoscaling("web", {{"namespace": "shop", "target": server.deployment_name, "min_replicas": 2, "max_replicas": 8}})
pulumi.log.info("nearly there")
pulumi.export("service", server.service_name)
"""


@pytest.fixture
def own(project):
    """The project ``shop``, as somebody writes it who has never seen a stack file of this package."""
    project.root.joinpath("Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig:\n  tag: {type: string, default: 1.0.0}\n"
    )
    project.program(PROGRAM)
    return project


def test_a_preview_without_any_stack_file(own):
    result = own.run("preview")
    assert result.exit_code == 0, result.output
    assert re.search(r"^shop/dev\n(.*\n)*└── McpService web\n", result.stdout, re.M)
    assert "Deployment web  web-deployment" in result.stdout
    assert 'warning MCP105 no-health-route  McpService "web": health_path\n' in result.stdout
    assert "info: nearly there" in result.stdout
    assert "service = web" in result.stdout
    assert "Plan" not in result.stdout
    assert "Manifests 6 objects, never rendered" in result.stdout


def test_a_preview_as_json(own):
    data = json.loads(own.run("preview", "--json").stdout)
    assert (data["project"], data["stack"], data["plan"], data["autoscaler"]) == ("shop", "dev", None, None)
    assert [(one["code"], one["path"]) for one in data["findings"]] == [("MCP105", 'McpService "web": health_path')]
    assert [message["text"] for message in data["messages"]] == ["nearly there"]


@pytest.mark.grid
def test_a_preview_shows_what_changes_since_it_was_rendered(own):
    assert own.run("render").exit_code == 0
    assert own.run("render", "--check").exit_code == 0
    own.root.joinpath("Pulumi.dev.yaml").write_text("config: {tag: 2.0.0}\n")
    shown = own.run("preview").stdout
    assert "~ Deployment web in shop  (pods restart)" in shown
    assert "registry.example/shop:2.0.0" in shown


@pytest.mark.grid
def test_check_says_what_the_components_raise(own):
    warned = own.run("check")
    assert warned.exit_code == 0
    first, second = warned.output.splitlines()[:2]
    assert first == "Stack dev: 1 warning"
    assert second == 'warning MCP105 no-health-route  __main__.py:6 McpService "web": health_path'
    assert own.run("check", "--strict").exit_code == 1
    own.root.joinpath("Pulumi.dev.yaml").write_text("config: {tag: latest}\n")
    refused = own.run("check")
    assert refused.exit_code == 1
    assert refused.output.startswith(
        'Pulumi.dev.yaml: 1 error, 1 warning\nerror MCP101 image-not-pinned  __main__.py:6 McpService "web": image\n'
    )
    found = json.loads(own.run("check", "--json").stdout)["findings"]
    assert [(one["code"], one["severity"], one["path"]) for one in found] == [
        ("MCP101", "error", 'McpService "web": image'),
        ("MCP105", "warning", 'McpService "web": health_path'),
    ]


@pytest.mark.grid
def test_what_one_component_refuses_hides_no_warning_of_those_before_it(own):
    own.program(PROGRAM.replace('"max_replicas": 8', '"max_replicas": 1'))
    found = json.loads(own.run("check", "--json").stdout)["findings"]
    assert [(one["code"], one["severity"], one["path"]) for one in found] == [
        ("MCP201", "error", 'McpAutoscaling "web": max_replicas'),
        ("MCP105", "warning", 'McpService "web": health_path'),
    ]


REGION = """
import shop
from pulumi_kubernetes_mcp import McpRegion

shop.server()
McpRegion("all", {"region": {"name": "us"}, "server": {"image": "r.example/a:latest"},
                  "workload": {"peak_sessions": 1}, "edge": {"host": "https://x"}})
"""


def test_mistakes_of_form_are_findings_of_their_component_where_it_is_made(own):
    """Be it in another file, and beside the warnings of other components."""
    own.program(REGION)
    made = f"    {SERVER}".replace("image,", "'r.example/shop:1.0.0',")
    own.root.joinpath("shop.py").write_text(
        f"from pulumi_kubernetes_mcp import McpService\n\n\ndef server():\n{made}\n"
    )
    found = json.loads(own.run("check", "--json").stdout)["findings"]
    assert [(one["code"] or one["slug"], one["path"], f"{one['file']}:{one['line']}") for one in found] == [
        ("invalid-value", 'McpRegion "all": edge.host', "__main__.py:6"),
        ("MCP101", 'McpRegion "all": server.image', "__main__.py:6"),
        ("MCP105", 'McpService "web": health_path', "shop.py:5"),
    ]
    (run,) = json.loads(own.run("check", "--sarif", "-").stdout)["runs"]
    places = [one["locations"][0]["physicalLocation"] for one in run["results"]]
    assert [(Path(one["artifactLocation"]["uri"]).name, one["region"]["startLine"]) for one in places] == [
        ("__main__.py", 6),
        ("__main__.py", 6),
        ("shop.py", 5),
    ]


def test_a_component_that_is_made_in_several_places_is_at_none(own):
    own.program(PROGRAM.replace("pulumi.log", f"if False:\n    {SERVER}\npulumi.log"))
    (found,) = json.loads(own.run("check", "--json").stdout)["findings"]
    assert (found["line"], found["path"]) == (None, 'McpService "web": health_path')


def test_what_a_component_refuses_is_one_screen_too(own):
    own.program(PROGRAM.replace(OPEN, f'{OPEN}, "writable_paths": ["/tmp", "/tmp"]'))
    for words in (("preview",), ("preview", "--json"), ("check",)):
        result = own.run(*words)
        assert result.exit_code == 1
        assert "'/tmp' is mounted twice" in result.output
        assert "Traceback" not in result.output


def test_what_is_accepted_in_the_program_is_no_finding(own):
    accepted = SERVER.replace(OPEN, f'{OPEN}, "accept": {{"MCP105": "The image has no such route."}}')
    own.program(PROGRAM.replace(SERVER, accepted))
    assert own.run("check", "--strict").output == "Stack dev: no findings\n"


def test_missing_configuration_is_named(own):
    own.root.joinpath("Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    for verb in ("check", "preview"):
        result = own.run(verb)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "Missing required configuration variable 'shop:tag'" in result.stderr


@pytest.mark.parametrize("words", [("plan",), ("config",), ("simulate", "spike")])
def test_there_is_no_plan_without_settings_and_the_refusal_says_what_there_is(own, words):
    result = own.run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "mcp:workload" in result.stderr
    assert "'mcp-stack check' and 'mcp-stack preview' run it" in result.stderr


def test_one_group_of_settings_makes_it_a_stack_of_this_package(own):
    own.root.joinpath("Pulumi.dev.yaml").write_text("config: {'mcp:server': {image: registry.example/a:1.0.0}}\n")
    result = own.run("check")
    assert result.exit_code == 1
    assert "mcp:region" in result.stderr


def test_a_project_that_is_called_mcp_may_have_keys_of_its_own(own):
    own.root.joinpath("Pulumi.yaml").write_text("name: mcp\nruntime: python\n")
    own.root.joinpath("Pulumi.dev.yaml").write_text("config: {tag: 1.0.0}\n")
    assert own.run("check").output.startswith("Pulumi.dev.yaml: 1 warning\n")


@pytest.mark.grid
@pytest.mark.skipif(shutil.which("git") is None, reason="missing: git")
def test_what_changes_since_a_revision_without_any_stack_file(own):
    options = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init"], ["add", "-A"], ["commit", "-m", "as it is"]):
        subprocess.run(["git", *options, *words], cwd=own.root, check=True, capture_output=True)
    assert json.loads(own.run("diff", "--base", "HEAD", "--json").stdout)["changed"] is False
    own.program(PROGRAM.replace('"max_replicas": 8', '"max_replicas": 9'))
    found = json.loads(own.run("diff", "--base", "HEAD", "--json").stdout)
    assert [(one["kind"], one["action"]) for one in found["objects"]] == [("HorizontalPodAutoscaler", "changed")]
    assert own.run("diff", "--base", "HEAD", "--all", "--markdown").output.startswith("## dev: 1 updated\n")
