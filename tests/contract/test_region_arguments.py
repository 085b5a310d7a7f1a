"""McpRegion takes what a stack file says: the same groups, keys, texts and duties, field by field."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin, is_typeddict

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pulumi_kubernetes_mcp.region_args.region import McpRegionArgs
from pulumi_kubernetes_mcp.settings import fields, models
from pulumi_kubernetes_mcp.settings.profile_file import ProfileFile
from tests.components.cases import get_type_hints, is_input
from tools import source

Pair = tuple[type[BaseModel], type]


def bare(hint: Any) -> Any:
    """An annotation without ``None``, without ``Annotated``."""
    if get_origin(hint) is Annotated:
        return bare(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        members = [member for member in get_args(hint) if member is not type(None)]
        return bare(members[0]) if len(members) == 1 else hint
    return hint


def may_be_output(info: FieldInfo, hint: Any) -> bool:
    """Whether a field of the settings takes an Output: its type has the validator that lets one through."""
    marks = [*info.metadata, *(getattr(hint, "__metadata__", ()))]
    for member in get_args(hint):
        marks += getattr(member, "__metadata__", ())
    return any(getattr(mark, "func", None) is fields._known_or_output for mark in marks)


def spelling(hint: Any) -> str:
    """A type of the settings as the arguments write it: words for literals, Groups for what is nested."""
    hint = bare(hint)
    if get_origin(hint) is Literal or hint is ProfileFile:
        return "str"
    if inspect.isclass(hint) and issubclass(hint, BaseModel):
        return "group"
    if get_origin(hint) in (list, dict):
        return f"{get_origin(hint).__name__} of {spelling(get_args(hint)[-1])}"
    return str(hint.__name__)


def said(hint: Any) -> str:
    """The same of a type of the arguments."""
    if is_input(hint):
        return said(get_args(hint)[0])
    hint = bare(hint)
    if is_typeddict(hint):
        return "group"
    if (origin := get_origin(hint)) is None:
        return str(hint.__name__)
    return f"{'dict' if origin is Mapping else origin.__name__} of {said(get_args(hint)[-1])}"


def inner(hint: Any) -> Any:
    """The group in an annotation, be it in a list or in a map."""
    hint = bare(hint)
    return inner(get_args(hint)[-1]) if get_origin(hint) in (list, dict) or get_args(hint) else hint


def pairs(model: type[BaseModel], args: type) -> Iterator[Pair]:
    """Each group of the settings with the argument type that stands for it, from the top."""
    yield model, args
    hints = get_type_hints(args)
    for name, info in model.model_fields.items():
        if name in hints and spelling(info.annotation).endswith("group"):
            yield from pairs(inner(info.annotation), inner(hints[name]))


PAIRS = list(dict.fromkeys(pairs(models.Settings, McpRegionArgs)))
EVERY_PAIR = pytest.mark.parametrize(("model", "args"), PAIRS, ids=[model.__name__ for model, _ in PAIRS])


def test_every_group_has_its_arguments() -> None:
    groups = {
        value
        for value in vars(models).values()
        if inspect.isclass(value) and issubclass(value, models.Group) and value is not models.Group
    }
    assert {model for model, _ in PAIRS} == groups
    ours = {value for name, value in source.argument_types().items() if name.startswith(("Region", "McpRegion"))}
    assert {args for _, args in PAIRS} == ours
    assert len(PAIRS) == len(groups) == len(ours)


@EVERY_PAIR
def test_the_keys_are_the_same_in_the_same_order(model: type[BaseModel], args: type) -> None:
    assert list(args.__annotations__) == list(model.model_fields)


@EVERY_PAIR
def test_the_texts_are_the_same(model: type[BaseModel], args: type) -> None:
    described = {name: info.description for name, info in model.model_fields.items()}
    assert source.docstrings(args) == described
    assert inspect.getdoc(args) == inspect.getdoc(model)


@EVERY_PAIR
def test_the_same_keys_are_required(model: type[BaseModel], args: Any) -> None:
    assert args.__required_keys__ == {name for name, info in model.model_fields.items() if info.is_required()}


@EVERY_PAIR
def test_the_types_are_the_same(model: type[BaseModel], args: type) -> None:
    hints = get_type_hints(args)
    expected = {name: spelling(info.annotation) for name, info in model.model_fields.items()}
    assert {name: said(hint) for name, hint in hints.items()} == expected


@EVERY_PAIR
def test_the_same_keys_take_an_output(model: type[BaseModel], args: type) -> None:
    hints = get_type_hints(args)
    taken = {name for name, info in model.model_fields.items() if may_be_output(info, info.annotation)}
    assert {name for name, hint in hints.items() if is_input(hint) or any(map(is_input, get_args(hint)))} == taken


def test_outputs_are_taken_at_these_places() -> None:
    """So that the comparison above cannot pass by finding none."""
    found = [
        f"{model.__name__}.{name}"
        for model, _ in PAIRS
        for name, info in model.model_fields.items()
        if may_be_output(info, info.annotation)
    ]
    assert found == [
        "ServerSettings.image",
        "EdgeSettings.host",
        "DatabaseSettings.host",
        "ScalingSettings.query",
        "ScalingSettings.prometheus_address",
        "PrometheusAuthentication.secret_name",
        "PrometheusAuthentication.existing_name",
        "SecretsSettings.values",
    ]
