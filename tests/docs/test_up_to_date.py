"""What is generated in the pages is what the code generates; ``make docs`` writes it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp.rules import dns_stacks, patches, stacks, together
from pulumi_kubernetes_mcp.rules.blue_green import switch
from pulumi_kubernetes_mcp.rules.catalogue import CATALOGUE
from pulumi_kubernetes_mcp.rules.model import Rule
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from pulumi_kubernetes_mcp.settings.models import Settings
from tests.contract.canonical import TOKENS
from tests.table import table
from tools import source
from tools.docs import options, regions, write

settings_page = functools.cache(options.settings)
component_page = functools.cache(options.component_options)
COMPONENT_PAGES = write.ROOT / "docs" / "components"


@table("name", [name for name in write.WHOLE_PAGES if name != "docs/simulation.md"])
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (write.ROOT / name).read_text(encoding="utf-8") == write.WHOLE_PAGES[name](), "run 'make docs'"


@pytest.mark.grid
def test_the_generated_regions_are_up_to_date() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in write.with_regions()}
    stale = [path.name for path, text in texts.items() if regions.renew(text, write.generators()) != text]
    assert stale == [], "run 'make docs'"


def test_every_region_is_shown_somewhere() -> None:
    shown = [name for path in write.with_regions() for name in regions.names(path.read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(write.generators())


def test_there_is_a_page_for_every_component_and_no_other() -> None:
    assert sorted(path.stem for path in COMPONENT_PAGES.iterdir()) == sorted(TOKENS)


def test_writing_changes_only_what_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh, stale = tmp_path / "fresh.md", tmp_path / "stale.md"
    fresh.write_text("one\n")
    stale.write_text("old\n")
    monkeypatch.setattr(write, "ROOT", tmp_path)
    monkeypatch.setattr(write, "pages", lambda: {fresh: "one\n", stale: "new\n"})
    write.main()
    assert (fresh.read_text(), stale.read_text()) == ("one\n", "new\n")
    assert capsys.readouterr().out == "stale.md: written\n"
    write.main()
    assert capsys.readouterr().out == "All generated pages are up to date.\n"


# The generators themselves, against figures that were read off the code by a person.


def constant(text: str) -> Callable[[], str]:
    return lambda: text


def test_a_region_is_replaced_and_the_rest_stays() -> None:
    page = "before\n<!-- generated: a -->\nold\n<!-- end -->\nbetween\n<!-- generated: b -->\n<!-- end -->\nafter\n"
    assert regions.renew(page, {"a": constant("new\n"), "b": constant("more")}) == (
        "before\n<!-- generated: a -->\n\nnew\n\n<!-- end -->\n"
        "between\n<!-- generated: b -->\n\nmore\n\n<!-- end -->\nafter\n"
    )


def test_renewing_twice_changes_nothing() -> None:
    page = "<!-- generated: a -->\n<!-- end -->\n"
    once = regions.renew(page, {"a": constant("text")})
    assert regions.renew(once, {"a": constant("text")}) == once


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("<!-- generated: c -->\n<!-- end -->\n", "nothing generates the region 'c'; there are a, b"),
        ("<!-- generated: a -->\n", "a generated region begins without an end, or ends without a beginning"),
        ("text\n<!-- end -->\n", "a generated region begins without an end, or ends without a beginning"),
    ],
)
def test_a_broken_page_is_refused(page: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        regions.renew(page, {"a": constant(""), "b": constant("")})


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert regions.table(["a"], [["x | y"]]) == "| a |\n| --- |\n| x \\| y |"


@pytest.mark.parametrize(
    ("key", "expected"),
    [("image", "**required**"), ("port", "`8000`"), ("server_name", "derived"), ("secret_name", "not set")],
)
def test_the_default_is_that_of_the_declaration(key: str, expected: str) -> None:
    assert options.default_cell(ServiceKeys, key) == expected


@pytest.mark.parametrize("component", sorted(TOKENS))
def test_every_argument_has_a_row(component: str) -> None:
    made = component_page(component)
    for key in source.argument_types()[f"{component}Args"].__annotations__:
        assert made.count(f"\n| `{key}` |") >= 1, key


@pytest.mark.parametrize(
    "row",
    [
        "| `image` | image reference, or an Output | **required** | Container image with a fixed tag or a digest; "
        "'latest' and no tag are refused. |",
        "| `secret_env` | list of [group](#secretenvargs) | `[]` | Environment variables from keys of that Secret. |",
        '| `eras` | list of `modern`, `legacy-stateless`, `legacy-stateful`, `sse` | `["modern"]` | Protocol eras that '
        "the server serves on its URL. All regions behind one host must serve the same. |",
        "| `variable` | name of an environment variable | **required** | Name of the environment variable. |",
    ],
)
def test_rows_of_a_component(row: str) -> None:
    assert row in component_page("McpService")


@pytest.mark.parametrize(
    "row",
    [
        "| [`mcp:region`](#mcpregion) | **required** | Where this stack runs. |",
        "| [`mcp:scaling`](#mcpscaling) | optional | How many pods, and what moves the number. |",
        "| `port` | whole number from 1 to 65 535 | `8000` | Port that the server listens on; 8000 is that of the "
        "Python SDK. |",
        "| `sharePercent` | number above 0 to 100 | `50` | Part of max_connections that this service may use, in "
        "percent. |",
        "| `kind` | `gateway`, `ingress`, `route`, `none` | `\"gateway\"` | 'gateway' emits an HTTPRoute, 'ingress' "
        "an Ingress, 'route' an OpenShift Route; 'none' emits nothing: the server is for other workloads of the "
        "cluster. |",
        "| `cpu` | CPU | not set | CPU, such as '500m'. |",
        "| `host` | host name | not set | Public host name. The same in every region: tokens are bound to it. |",
        "| `remote` | map to [group](#mcpsecretsremote) | `{}` | Key of the Secret to its place in the store "
        "(source 'external'). |",
        "| `code` | code or name of a [rule](findings/README.md) | **required** | Code of the warning, such as "
        "'MCP309', or its name, such as 'unknown-controller'. |",
        "| `values` | map to encrypted text | `{}` | Key to encrypted value (source 'config'). |",
        "| `gateway` | [group](#mcpedgegateway) | its defaults | The Gateway to attach to (kind 'gateway'). |",
        "| `customResources` | `true` or `false` | `true` | Wait until ExternalSecret and ScaledObject report Ready; "
        "off only where their controllers do not run. |",
    ],
)
def test_rows_of_the_settings(row: str) -> None:
    assert row in settings_page()


def test_the_settings_have_a_section_for_every_key() -> None:
    made = settings_page()
    for field in Settings.model_fields.values():
        assert f"\n## mcp:{field.alias}\n" in made


def codes(component: str) -> list[str]:
    """The codes in the table of a component."""
    return re.findall(r"^\| \[(MCP\d+)\]", options.findings(component), re.MULTILINE)


@pytest.mark.grid
def test_a_region_applies_every_rule_of_the_catalogue_but_those_between_stacks_or_components_or_of_a_change() -> None:
    between = {value.code for value in vars(stacks).values() if isinstance(value, Rule)}
    between |= {rule.code for rule in (*dns_stacks.RULES, *switch.RULES)}
    between |= {rule.code for rule in together.RULES} - {together.ONE_NAMESPACE.code}
    assert {"MCP811", "MCP816"} <= between
    assert codes("McpRegion") == [rule.code for rule in CATALOGUE if rule.code not in between]


@pytest.mark.grid
def test_the_rules_of_a_component_are_found_through_the_functions_that_it_calls() -> None:
    of_patches = {rule.code for rule in patches.RULES} | {"MCP101", "MCP103", "MCP107", "MCP111", "MCP161", "MCP180"}
    of_patches.add("MCP413")
    own = {"MCP101", "MCP108", "MCP109", "MCP151", "MCP159", "MCP403", "MCP404", "MCP413", "MCP416"}
    assert codes("McpPgBouncer") == sorted(own | of_patches)
    assert codes("McpSecrets") == sorted({"MCP701", "MCP702", "MCP703", "MCP705"} | of_patches)
