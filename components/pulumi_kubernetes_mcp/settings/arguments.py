"""Settings and the arguments of McpRegion are the same thing in two spellings; this translates both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from ..types.region import McpRegionArgs
from .fields import OPAQUE_KEYS
from .layers import Layer, merge
from .models import Settings
from .named_file import NamedFile
from .problems import NAMESPACE, SettingsError
from .servers import StackSettings, stack_in

FREE_KEYS = frozenset(
    {
        "annotations",
        "attributes",
        "env",
        "env_value_from",
        "era_percent",
        "extended_resources",
        "fields",
        "items",
        "labels",
        "node_selector",
        "options",
        "parameters",
        "pod_annotations",
        "pod_labels",
        "remote",
        "runner_node_selector",
        "selector",
        "servers",
        "service_account_annotations",
        "values",
    }
)
"""Maps whose keys are words and no names of settings; they are not translated."""


def settings_from_arguments(args: Mapping[str, Any], *, where: str) -> StackSettings:
    """The settings that the arguments of McpRegion say, of each of its servers.

    :raises SettingsError: with every problem, in the words of the arguments.
    """
    try:
        return settings_of(groups_of(args), where=where)
    except SettingsError as error:
        # Only who has made a mistake waits for the words.
        from .program_words import in_arguments_of_region

        raise SettingsError(in_arguments_of_region(error.problems), where=where) from None


def groups_of(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of McpRegion as a stack file has them: full key, such as ``mcp:server``, to its group."""
    return {
        f"{NAMESPACE}:{to_camel(str(key))}": value if key in OPAQUE_KEYS else _camel(value, key in FREE_KEYS)
        for key, value in args.items()
    }


def settings_of(groups: Mapping[str, Any], *, where: str) -> StackSettings:
    """The settings in such groups.

    :raises SettingsError: with every problem, in the words of a stack file.
    """
    named = {key.removeprefix(f"{NAMESPACE}:"): value for key, value in groups.items()}
    return stack_in(merge([Layer(name="arguments", values=named)]), where=where, in_stack=False)


def arguments_from_settings(settings: Settings) -> McpRegionArgs:
    """What a stack says, as arguments of McpRegion. Only what was given; Outputs stay Outputs."""
    return cast(McpRegionArgs, _given(settings))


def _camel(value: Any, free: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {
            key if free else to_camel(str(key)): item
            if not free and key in OPAQUE_KEYS
            else _camel(item, free=not free and key in FREE_KEYS)
            for key, item in value.items()
        }
    return [_camel(item) for item in value] if isinstance(value, (list, tuple)) else value


def _given(value: Any) -> Any:
    if isinstance(value, NamedFile):
        return value.path
    if isinstance(value, BaseModel):
        return {name: _given(getattr(value, name)) for name in sorted(value.model_fields_set)}
    if isinstance(value, Mapping):
        return {key: _given(item) for key, item in value.items()}
    return [_given(item) for item in value] if isinstance(value, list) else value
