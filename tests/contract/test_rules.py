"""The rules for a component, by name. Each holds for whatever the package defines, today's and tomorrow's."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from pulumi_kubernetes_mcp.testing import Recording, record
from tests.components.case import Case
from tests.components.cases import CASES, EVERY, plain_run
from tests.contract.canonical import CHILDREN, TOKENS, child_name
from tests.table import every_row
from tools import source

COMPONENTS = source.components()
ARGUMENTS = source.argument_types()
TAKES = {"McpAutoscaling": ["server"], "McpIngress": ["server", "autoscaling"]}
"""Component to the other components that a program may hand to it: the analyser knows none, so they are no arguments
of the schema."""
EVERY_COMPONENT = pytest.mark.parametrize("name", sorted(COMPONENTS))

FORBIDDEN_IN_ARGUMENTS = frozenset(
    {
        "Union", "Literal", "Annotated", "NewType", "tuple", "Tuple", "set", "Set", "frozenset", "Iterable", "bytes",
        "Callable", "object", "Any", "ClassVar", "Final",
    }
)  # fmt: skip
"""What the schema analyser refuses or, worse, silently shortens; ``Any`` it takes, and then says nothing to a user."""
IN_THE_WORDS_OF_KUBERNETES = frozenset({"patch", "extra_objects", "arguments", "tool_arguments"})
"""Arguments with parts of objects, whose type is that of the API, or with what a tool takes: no annotation says it."""
FORBIDDEN_IN_OUTPUTS = frozenset({"ClassVar", "Final", "Union", "Literal", "Annotated"})
FORBIDDEN_CALLS = frozenset(
    {
        "Config", "get_stack", "get_project", "get_organization", "invoke", "StackReference", "Provider", "Chart",
        "Release", "ConfigFile", "ConfigGroup", "Directory", "open", "environ", "getenv", "get_output",
    }
)  # fmt: skip
"""Configuration, lookups, Helm, providers: only ``__main__.py`` and the settings read anything."""


def layers(*folders: str) -> Iterator[str]:
    """Paths of the modules that describe and register, inside the package."""
    for folder in folders:
        for path in sorted((source.HOME / folder).rglob("*.py") if folder else source.HOME.glob("*.py")):
            yield str(path.relative_to(source.HOME))


SLICES = ("autoscaling", "edge", "namespace", "pooler", "secrets", "server")
DECIDING = ("program", "region", "region_plan", "region_shared", "server_plan", "wiring", "evaluate")
"""Where what a stack says is turned into what a component is told."""
COMPONENT_MODULES = sorted(
    str(cls.__module__).removeprefix(f"{source.package.__name__}.").replace(".", "/") + ".py"
    for cls in COMPONENTS.values()
)
LOWER_MODULES = sorted(
    {*COMPONENT_MODULES, *layers(*SLICES, "kubernetes", "inputs", "wiring"), "server_plan.py", "eras.py"}
)


def called(name: str) -> Iterator[tuple[int, str]]:
    """Line and name of what a module calls or reads from something else: ``pulumi.Config`` gives ``Config``."""
    for node in ast.walk(source.tree(name)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, node.func.id


def names_in(annotation: ast.expr) -> set[str]:
    """The last parts of all names in an annotation."""
    found = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    return found | {node.attr for node in ast.walk(annotation) if isinstance(node, ast.Attribute)}


def camel(name: str) -> str:
    """``service_name`` as ``serviceName``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def outputs(name: str) -> list[str]:
    """The public outputs of a component, as annotated."""
    return [key for key, _, _ in source.annotated(COMPONENTS[name]) if not key.startswith("_")]


def own(run: Recording) -> Any:
    """The component under test: the child of the stack."""
    (found,) = run.children(run.root)  # type: ignore[arg-type]
    return found


def descend(run: Recording, parent: Any) -> Iterator[Any]:
    """All resources below a component."""
    for child in run.children(parent):
        yield child
        if not child.custom:
            yield from descend(run, child)


# The canonical table


def test_the_table_of_tokens_is_complete() -> None:
    assert sorted(TOKENS) == sorted(CHILDREN) == sorted(COMPONENTS)


@EVERY_COMPONENT
def test_a_type_token_is_package_index_and_class(name: str) -> None:
    assert TOKENS[name] == f"kubernetes-mcp:index:{name}"
    assert own(plain_run(next(case.id for case in CASES if case.component == name))).type == TOKENS[name]


@pytest.mark.grid
@EVERY_COMPONENT
def test_the_table_of_children_is_complete(name: str) -> None:
    found = {}
    for case in CASES:
        if case.component == name:
            for child in plain_run(case.id, "my-thing").children("my-thing"):
                found[child_name(name, child.name.removeprefix("my-thing-"))] = child.type
    assert found == CHILDREN[name]


# Arguments


@EVERY_COMPONENT
def test_a_constructor_takes_name_args_opts(name: str) -> None:
    parameters = inspect.signature(COMPONENTS[name].__init__).parameters
    handed = TAKES.get(name, [])
    assert list(parameters) == ["self", "name", "args", "opts", *handed, "keywords"]
    assert all(parameters[one].kind is inspect.Parameter.KEYWORD_ONLY for one in handed)
    assert parameters["args"].annotation is ARGUMENTS[f"{name}Args"]
    assert parameters["args"].default is None
    assert parameters["opts"].default is None


def test_every_key_is_documented() -> None:
    def check(name: str) -> None:
        undocumented = [
            key for key, text in source.docstrings(ARGUMENTS[name]).items() if not text.endswith((".", "'."))
        ]
        assert undocumented == []
        assert (ARGUMENTS[name].__doc__ or "").endswith(".")

    every_row(sorted(ARGUMENTS), check)


def test_no_annotation_is_forbidden() -> None:
    def check(name: str) -> None:
        for key, annotation, _ in source.annotated(ARGUMENTS[name]):
            allowed = {"Any"} if key in IN_THE_WORDS_OF_KUBERNETES else set()
            assert not names_in(annotation) & FORBIDDEN_IN_ARGUMENTS - allowed, key
            for node in ast.walk(annotation):
                assert not (isinstance(node, ast.Constant) and isinstance(node.value, str)), f"{key} is quoted"
                if isinstance(node, ast.BinOp):
                    assert isinstance(node.right, ast.Constant), f"{key} is a union"
                    assert node.right.value is None, f"{key} is a union"

    every_row(sorted(ARGUMENTS), check)


def test_no_key_is_inherited_or_has_a_digit_after_an_underscore() -> None:
    """The analyser loses the docstring of an inherited key, and writes ``tls_v1_2`` as ``tlsV12``."""

    def check(name: str) -> None:
        assert list(source.docstrings(ARGUMENTS[name])) == list(ARGUMENTS[name].__annotations__)
        assert [key for key in ARGUMENTS[name].__annotations__ if re.search(r"_\d|[A-Z]", key)] == []

    every_row(sorted(ARGUMENTS), check)


@pytest.mark.parametrize("module", sorted({*COMPONENT_MODULES, *layers("arguments")}))
def test_no_module_postpones_annotations(module: str) -> None:
    """The analyser fails on annotations that are texts."""
    imports = [node for node in ast.walk(source.tree(module)) if isinstance(node, ast.ImportFrom)]
    assert not [node for node in imports if node.module == "__future__"]


# Outputs


@EVERY_COMPONENT
def test_outputs_are_outputs_with_a_docstring(name: str) -> None:
    assert outputs(name)
    for key, annotation, text in source.annotated(COMPONENTS[name]):
        assert re.fullmatch(
            r"pulumi\.Output\[(str|int|float|bool|list\[str\]|dict\[str, str\])\]", ast.unparse(annotation)
        ), key
        assert text, key
        assert not names_in(annotation) & FORBIDDEN_IN_OUTPUTS, key


@EVERY
def test_the_annotated_outputs_are_registered(case: Case) -> None:
    registered = own(plain_run(case.id)).registered_outputs
    assert registered is not None
    assert list(registered) == sorted(camel(key) for key in outputs(case.component))
    assert None not in registered.values()


@EVERY
def test_the_registered_outputs_are_the_attributes(case: Case) -> None:
    seen: dict[str, Any] = {}

    def build() -> None:
        made = case.build()
        for key in outputs(case.component):
            getattr(made, key).apply(lambda value, key=key: seen.update({camel(key): value}))

    registered = own(record(build)).registered_outputs
    assert seen == {key: getattr(value, "value", value) for key, value in registered.items()}


# Children


@EVERY
def test_children_belong_to_the_component_and_carry_its_name(case: Case) -> None:
    run = plain_run(case.id, "my-thing")
    for child in descend(run, own(run)):
        parent = run.by_urn[child.parent]
        assert child.name.startswith(f"{parent.name}-"), child.urn
    assert len(list(descend(run, own(run)))) == len(run.resources) - 2


@cache
def build_with_options(case_id: str) -> Recording:
    """The component with every option that must stay its own, and those that must reach its children."""
    case = next(case for case in CASES if case.id == case_id)

    def build() -> None:
        provider = k8s.Provider("cluster", context="test")
        other = pulumi.ComponentResource("test:index:Group", "group")
        earlier = k8s.core.v1.ConfigMap("earlier", data={})
        case.build(
            "thing",
            parent=other,
            provider=provider,
            depends_on=[earlier],
            protect=True,
            aliases=[pulumi.Alias(name="old")],
            ignore_changes=["metadata"],
            replace_on_changes=["spec"],
            additional_secret_outputs=["status"],
            version="9.9.9",
        )

    return record(build)


@EVERY
def test_the_callers_options_stay_with_the_component(case: Case) -> None:
    run, alone = build_with_options(case.id), plain_run(case.id)
    mine = run.resource(TOKENS[case.component], "thing")
    assert mine.options.aliases == ("name=old",)
    assert run.by_urn[mine.parent].name == "group"  # type: ignore[index]
    theirs = {child.name: child for child in descend(alone, own(alone))}
    for child in descend(run, mine):
        same = theirs[child.name].options
        assert child.parent != mine.parent
        assert child.options.aliases == same.aliases, child.name
        assert child.options.ignore_changes == same.ignore_changes, child.name
        assert child.options.replace_on_changes == same.replace_on_changes, child.name
        assert child.options.additional_secret_outputs == same.additional_secret_outputs, child.name
        assert child.options.version == same.version, child.name
        assert not [urn for urn in child.options.dependencies if urn.endswith("::earlier")], child.name


@EVERY
def test_providers_and_protection_reach_every_child(case: Case) -> None:
    run = build_with_options(case.id)
    mine = run.resource(TOKENS[case.component], "thing")
    for child in descend(run, mine):
        assert child.options.protect is True, child.name
        if child.kubernetes:
            assert child.options.provider is not None, child.name
            assert child.options.provider.split("::")[3] == "cluster", child.name
        elif not child.custom:
            assert "kubernetes" in child.options.providers, child.name


@pytest.mark.grid
@EVERY
def test_a_list_of_providers_reaches_every_child(case: Case) -> None:
    run = record(lambda: case.build(providers=[k8s.Provider("cluster", context="test")]))
    children = [one for one in run.resources if one.kubernetes]
    assert all((one.options.provider or "").split("::")[3:4] == ["cluster"] for one in children)


# What no component does


def test_nothing_below_the_settings_reads_or_looks_up() -> None:
    def check(module: str) -> None:
        assert [(line, name) for line, name in called(module) if name in FORBIDDEN_CALLS] == []

    every_row(LOWER_MODULES, check)


def test_no_resource_is_read() -> None:
    """``k8s.core.v1.Service.get(...)`` asks a cluster; the ``get`` of a mapping does not."""

    def check(module: str) -> None:
        for node in ast.walk(source.tree(module)):
            if isinstance(node, ast.Attribute) and node.attr == "get":
                assert not ast.unparse(node.value).startswith("k8s."), node.lineno
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                assert "helm" not in ast.unparse(node), node.lineno
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"helm", "yaml", "kustomize"}, node.lineno

    every_row(LOWER_MODULES, check)


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("planning", {*DECIDING, *SLICES, "settings", "inputs", "rules", "pulumi", "pydantic"}),
        ("simulation", {*DECIDING, "settings", "inputs", "rules", "pulumi", "pydantic"}),
        ("settings", {*DECIDING, "rehearsal", "offline", "report", "cli", "pulumi_kubernetes"}),
        ("kubernetes", {*DECIDING, *SLICES, "planning", "report", "cli"}),
        *((room, {*DECIDING, "planning", "simulation", "offline", "report", "cli"}) for room in SLICES),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_data_flows_one_way(folder: str, forbidden: set[str]) -> None:
    assert list(layers(folder))
    for module in layers(folder):
        for node in source.tree(module).body:
            imported = []
            if isinstance(node, ast.ImportFrom):
                inside = node.module or ""
                imported = [inside.partition(".")[0]] if inside else [alias.name for alias in node.names]
                if node.level < len(Path(module).parts):
                    continue
            elif isinstance(node, ast.Import):
                imported = [alias.name.partition(".")[0] for alias in node.names]
            assert not set(imported) & forbidden, f"{module}:{node.lineno}"


@EVERY_COMPONENT
def test_a_constructor_registers_its_outputs_once_and_last(name: str) -> None:
    constructor = next(
        node
        for node in source.class_tree(COMPONENTS[name]).body
        if isinstance(node, ast.FunctionDef) and node.name == "__init__" and not node.decorator_list
    )
    calls = [
        node for node in ast.walk(constructor) if isinstance(node, ast.Attribute) and node.attr == "register_outputs"
    ]
    assert len(calls) == 1
    assert ast.unparse(constructor.body[-1]).startswith("self.register_outputs({")


def test_the_rules_see_what_they_forbid() -> None:
    """A rule that finds nothing in this must find nothing anywhere."""
    wrong = ast.parse("def f(a: 'Union[str, Literal[1]]'): return pulumi.Config('x'), k8s.core.v1.Pod.get('a', 'b')")
    attributes = {node.attr for node in ast.walk(wrong) if isinstance(node, ast.Attribute)}
    assert "Config" in attributes & FORBIDDEN_CALLS
    annotation = ast.parse("pulumi.Input[Union[str, Literal['a']]]", mode="eval").body
    assert names_in(annotation) & FORBIDDEN_IN_ARGUMENTS == {"Union", "Literal"}


def test_the_discovery_finds_what_the_package_exports() -> None:
    import pulumi_kubernetes_mcp as package

    exported: Mapping[str, Any] = {name: getattr(package, name) for name in package.__all__}
    assert {name for name, value in exported.items() if value in COMPONENTS.values()} == set(COMPONENTS)
    assert {f"{name}Args" for name in COMPONENTS} <= set(exported)
