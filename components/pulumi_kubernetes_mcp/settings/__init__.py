"""What a stack may say: models, loading with Pulumi's semantics, and the JSON Schema for editors.

Importing it is cheap, so that a component can take its types from here: each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .arguments import arguments_from_settings, settings_from_arguments
    from .load import load_settings, read_pulumi_config
    from .models import Settings
    from .problems import Problem, SettingsError
    from .schema import schema_text, stack_file_schema, write_schema
    from .stack_file import (
        SECRET_PLACEHOLDER,
        StackFile,
        read_stack_file,
        stack_names,
        stack_path,
        to_pulumi_config,
    )

_HOMES = {
    "SECRET_PLACEHOLDER": "stack_file",
    "Problem": "problems",
    "Settings": "models",
    "SettingsError": "problems",
    "StackFile": "stack_file",
    "arguments_from_settings": "arguments",
    "load_settings": "load",
    "read_pulumi_config": "load",
    "read_stack_file": "stack_file",
    "schema_text": "schema",
    "settings_from_arguments": "arguments",
    "stack_file_schema": "schema",
    "stack_names": "stack_file",
    "stack_path": "stack_file",
    "to_pulumi_config": "stack_file",
    "write_schema": "schema",
}

__all__ = [
    "SECRET_PLACEHOLDER",
    "Problem",
    "Settings",
    "SettingsError",
    "StackFile",
    "arguments_from_settings",
    "load_settings",
    "read_pulumi_config",
    "read_stack_file",
    "schema_text",
    "settings_from_arguments",
    "stack_file_schema",
    "stack_names",
    "stack_path",
    "to_pulumi_config",
    "write_schema",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
