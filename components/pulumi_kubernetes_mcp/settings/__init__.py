"""What a stack may say: models, loading with Pulumi's semantics, and the JSON Schema for editors.

Importing it is cheap, so that a component can take its types from here: each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .arguments import arguments_from_settings, settings_from_arguments
    from .layers import Layer, Merged, Origin, merge
    from .load import layered, load_settings, project_directory, read_pulumi_config, settings_in
    from .models import Settings
    from .problems import SECRET_PLACEHOLDER, Problem, SettingsError
    from .schema import project_file_schema, schema_files, stack_file_schema, write_schemas
    from .sources import Sources
    from .stack_file import (
        StackFile,
        read_sources,
        read_stack_file,
        stack_names,
        stack_path,
        to_pulumi_config,
    )

_HOMES = {
    "SECRET_PLACEHOLDER": "problems",
    "Layer": "layers",
    "Merged": "layers",
    "Origin": "layers",
    "Problem": "problems",
    "Settings": "models",
    "SettingsError": "problems",
    "Sources": "sources",
    "StackFile": "stack_file",
    "arguments_from_settings": "arguments",
    "layered": "load",
    "load_settings": "load",
    "merge": "layers",
    "project_directory": "load",
    "project_file_schema": "schema",
    "read_pulumi_config": "load",
    "read_sources": "stack_file",
    "read_stack_file": "stack_file",
    "schema_files": "schema",
    "settings_from_arguments": "arguments",
    "settings_in": "load",
    "stack_file_schema": "schema",
    "stack_names": "stack_file",
    "stack_path": "stack_file",
    "to_pulumi_config": "stack_file",
    "write_schemas": "schema",
}

__all__ = [
    "SECRET_PLACEHOLDER",
    "Layer",
    "Merged",
    "Origin",
    "Problem",
    "Settings",
    "SettingsError",
    "Sources",
    "StackFile",
    "arguments_from_settings",
    "layered",
    "load_settings",
    "merge",
    "project_directory",
    "project_file_schema",
    "read_pulumi_config",
    "read_sources",
    "read_stack_file",
    "schema_files",
    "settings_from_arguments",
    "settings_in",
    "stack_file_schema",
    "stack_names",
    "stack_path",
    "to_pulumi_config",
    "write_schemas",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
