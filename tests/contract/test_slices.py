"""A component is a slice, its cases and its page: nothing lists it, and what names every component is made anew."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.components.cases import HOMES
from tools import slices, source

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
MOST_FILES = 7
FILES = {
    "__init__.py": '''"""A greeting."""\n''',
    "keys.py": '''"""What a program may say to McpGreeting."""

from ..kubernetes.keys import AcceptKeys
from ..settings.fields import Label, Namespace


class GreetingKeys(AcceptKeys):
    """Arguments of McpGreeting."""

    namespace: Namespace
    """Namespace of the greeting."""
    whom: Label = "everybody"
    """Who is greeted."""
''',
    "objects.py": '''"""The objects of a greeting, each by the suffix of its resource."""

from ..kubernetes import objects as common
from ..kubernetes.made import Made
from .keys import GreetingKeys


def greeting_objects(name: str, keys: GreetingKeys) -> dict[str, Made]:
    """Everything that McpGreeting registers."""
    metadata = common.metadata(name, keys.namespace, common.labels(name, "greeting"))
    return {"words": Made("v1", "ConfigMap", {"metadata": metadata, "data": {"hello": keys.whom}})}
''',
    "component.py": '''"""McpGreeting: a word for whoever comes."""

from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, checked
from ..inputs.outputs import report_findings
from ..kubernetes.registering import KubernetesObject
from ..rules.workload import name_findings
from ..types.greeting import HELP, McpGreetingArgs
from .keys import GreetingKeys
from .objects import greeting_objects


class McpGreeting(pulumi.ComponentResource):
    """A ConfigMap with a greeting."""

    words_name: pulumi.Output[str]
    """Name of the ConfigMap."""

    @overload
    def __init__(self, name: str, args: McpGreetingArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpGreetingArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpGreetingArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        keys = checked(GreetingKeys, f'McpGreeting "{name}"', args, keywords)
        report_findings(name_findings(name, path="name"), f'McpGreeting "{name}" cannot work:', keys.accept)
        super().__init__("kubernetes-mcp:index:McpGreeting", name, None, opts)
        for suffix, one in greeting_objects(name, keys).items():
            made = KubernetesObject(f"{name}-{suffix}", one, pulumi.ResourceOptions(parent=self))
        self.words_name = made.object_name
        self.register_outputs({"wordsName": self.words_name})

    __init__.__doc__ = HELP
''',
}
USED = """
import pulumi
import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp.keys import COMPONENTS
from pulumi_kubernetes_mcp.testing import record
from tools.docs import options, write

assert "McpGreetingArgs" in package.__all__ and COMPONENTS["McpGreeting"].__name__ == "GreetingKeys"
run = record(lambda: package.McpGreeting("hello", namespace="tools", whom="orders") and None)
(made,) = run.manifests()
assert made["data"] == {"hello": "orders"}, made
assert "Who is greeted. Default: 'everybody'." in package.McpGreeting.__init__.__doc__
assert "everybody" in write.generators()["options McpGreeting"]()
assert "MCP108" in write.generators()["findings McpGreeting"]()
assert "components/McpGreeting.md" in options.components()
"""


def recipe() -> str:
    """What the page says of a new component."""
    return PAGE.read_text(encoding="utf-8").partition("### A component\n")[2].partition("\n### ")[0]


def test_every_component_but_the_region_is_a_slice() -> None:
    found = {one.component for one in slices.slices()}
    assert found == {*source.components()} - {slices.REGION}


def test_a_component_is_at_most_seven_files_of_its_own() -> None:
    """Those of the recipe, which every component has."""
    files = re.findall(r"^\d+\. `([^`]+)`", recipe(), re.MULTILINE)
    assert {file.rpartition("/")[2] for file in files} >= set(FILES)
    assert len(files) == len(set(files)) <= MOST_FILES
    for one in slices.slices():
        for file in files:
            folder = HOMES[one.component] if file.startswith("tests/") else one.package
            assert ROOT.joinpath(file.replace("<slice>", folder).replace("<component>", one.component)).exists(), file


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("component.py", "", r"^greeting/component\.py has the classes none: give it one that is called Mcp\.\.\.\.$"),
        (
            "keys.py",
            "class GreetingKeys: ...\nclass OtherKeys: ...\n",
            r"^greeting/keys\.py has the classes GreetingKeys, OtherKeys: give it one that is called \.\.\.Keys\.$",
        ),
    ],
)
def test_what_a_slice_lacks_is_said(
    name: str, text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a_package_of_tests" / "greeting"
    folder.mkdir(parents=True)
    folder.parent.joinpath("__init__.py").touch()
    for file, content in {**FILES, "keys.py": "class GreetingKeys: ...\n", name: text}.items():
        folder.joinpath(file).write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(slices, "PACKAGE", folder.parent)
    with pytest.raises(ValueError, match=words):
        slices.slices.__wrapped__()


@pytest.mark.grid
def test_another_component_needs_its_own_files_alone(tmp_path: Path) -> None:
    """``make schema`` and ``make docs`` export, type, declare, document and register a slice that is put in."""
    for name in ("components", "tools", "schemas", "tests", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "lab", "cluster"))
    for name in ("pyproject.toml", "README.md", "Pulumi.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    folder = tmp_path / "components" / "pulumi_kubernetes_mcp" / "greeting"
    folder.mkdir()
    for file, content in FILES.items():
        folder.joinpath(file).write_text(content, encoding="utf-8")
    told = {**os.environ, "PYTHONPATH": f"{tmp_path / 'components'}{os.pathsep}{tmp_path}"}
    for words in (["-m", "tools.argument_types", "--write"], ["-m", "tools.argument_types"], ["-c", USED]):
        done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=told, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
