"""``mcp-stack config`` says of every value where it comes from, and shows no secret."""

from __future__ import annotations

import json

import pytest

DEFAULTS = """\
name: mcp
stackConfigDir: stacks
config:
  defaults:
    default:
      server:
        image: registry.example/mcp:1.0.0
        name: orders
        healthPath: /ready
      edge: {host: mcp.example.com}
      database: {host: db.example.com}
"""
STACK = """\
config:
  mcp:region: {name: here}
  mcp:server:
    image: registry.example/mcp:2.0.0
    healthPath: null
    env: {LEVEL: info, API_TOKEN: hunter2}
  mcp:workload: {dailyUsers: 500}
  mcp:database:
  mcp:secrets:
    source: config
    values:
      password: {secure: v1:abc}
"""


@pytest.fixture
def layered(project):
    """A project with defaults, and a stack over them."""
    project.root.joinpath("Pulumi.yaml").write_text(DEFAULTS)
    project.stacks.joinpath("Pulumi.dev.yaml").write_text(STACK)
    return project


def values(project, *words):
    data = json.loads(project.run("config", "--stack", "dev", "--json", *words).stdout)
    assert data["stack"] == "dev"
    return {one["path"]: one for one in data["values"]}


def test_every_value_names_the_file_and_line_that_gives_it(layered):
    found = {path: (one["value"], one["file"], one["line"]) for path, one in values(layered).items()}
    assert found["mcp:server.image"] == ("registry.example/mcp:2.0.0", "stacks/Pulumi.dev.yaml", 4)
    assert found["mcp:server.name"] == ("orders", "Pulumi.yaml", 8)
    assert found["mcp:edge.host"] == ("mcp.example.com", "Pulumi.yaml", 10)
    assert "mcp:server.healthPath" not in found
    assert not [path for path in found if path.startswith("mcp:database")]


def test_the_table_says_it_in_lines(layered):
    lines = layered.run("config", "--stack", "dev").stdout.splitlines()
    row = next(line for line in lines if "mcp:server.name" in line)
    assert row.split()[-3:] == ["mcp:server.name", "orders", "Pulumi.yaml:8"]


def test_no_secret_is_shown(layered):
    for words in ((), ("--json",), ("--all",)):
        output = layered.run("config", "--stack", "dev", *words).output
        assert "hunter2" not in output
        assert "v1:abc" not in output
    found = values(layered)
    assert found["mcp:secrets.values.password"]["value"] == "[secret]"
    assert found["mcp:server.env.API_TOKEN"]["value"] == "[secret]"


def test_with_all_the_defaults_of_the_product_are_there(layered):
    found = values(layered, "--all")
    assert (found["mcp:server.port"]["value"], found["mcp:server.port"]["layer"]) == (8000, "default")
    assert found["mcp:edge.gateway.name"]["value"] == "public"
    assert found["mcp:server.writablePaths"]["value"] == ["/tmp"]
    assert found["mcp:server.healthPath"]["layer"] == "default"
    assert found["mcp:server.name"]["layer"] == "defaults"
    assert set(values(layered)) < set(found)


def test_one_of_several_servers_has_its_own_over_the_stack_s(layered):
    path = layered.stacks.joinpath("Pulumi.dev.yaml")
    path.write_text(STACK + "  mcp:servers:\n    search:\n      server: {image: 'registry.example/search:1'}\n")
    found = values(layered, "--server", "search")
    assert (found["mcp:server.image"]["value"], found["mcp:server.image"]["line"]) == ("registry.example/search:1", 15)
    assert found["mcp:edge.host"]["file"] == "Pulumi.yaml"
    refused = layered.run("config", "--stack", "dev", "--server", "mail")
    assert refused.exit_code == 1
    assert "There is no server 'mail'" in refused.output


def test_a_replaced_key_is_told_instead(layered):
    layered.root.joinpath("Pulumi.yaml").write_text(DEFAULTS + "  workload: {default: {dailyUsers: 1}}\n")
    refused = layered.run("config", "--stack", "dev")
    assert refused.exit_code == 1
    assert "stacks/Pulumi.dev.yaml:7 mcp:workload: It replaces the whole mcp:workload" in refused.output


def test_an_address_whose_query_is_refused_as_secret_is_not_printed(project):
    """``check`` refuses it, and a log of CI would hold it all the same."""
    address = "https://a.example.com/mcp?token=hunter2hunter"
    project.root.joinpath("Pulumi.yaml").write_text(DEFAULTS)
    project.stacks.joinpath("Pulumi.dev.yaml").write_text(
        f"""\
config:
  mcp:region: {{name: here}}
  mcp:workload: {{dailyUsers: 500}}
  mcp:scaling: {{prometheusAddress: "{address}"}}
  mcp:monitoring: {{runbookUrl: "{address}"}}
  mcp:probe:
    image: registry.example/probe:1.0.0
    endpoints:
      - {{name: eu, region: eu, url: "{address}"}}
      - {{name: us, region: us, url: "https://us.example.com/?a=b"}}
      - {{name: ap, region: ap, url: "me:hunter2@ap.example.com/mcp"}}
"""
    )
    for words in ([], ["--json"]):
        shown = project.run("config", "--stack", "dev", *words).stdout
        assert "hunter2" not in shown
        assert "https://us.example.com/?a=b" in shown
