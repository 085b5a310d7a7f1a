"""What a stack may say: models, loading with Pulumi's semantics, and the JSON Schema for editors."""

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
