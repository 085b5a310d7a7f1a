"""Transforms as the engine runs them: those of the resource, then those of its parents, then those of the stack.

The SDK hands each over as a callback, which the engine calls by gRPC. Offline the same callback is called here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.proto import resource_pb2

Callback = Callable[[bytes], Awaitable[Any]]
_LISTS = {
    "depends_on": "dependencies",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "aliases": "aliases",
    "additional_secret_outputs": "additionalSecretOutputs",
    "hide_diff": "hideDiffs",
    "replace_with": "replace_with",
}
_TEXTS = {
    "version": "version",
    "provider": "provider",
    "plugin_download_url": "pluginDownloadURL",
    "deleted_with": "deletedWith",
    "import": "importId",
}
_OPTIONAL = {"protect": "protect", "retain_on_delete": "retainOnDelete"}
"""Options of a transform by their names in a registration."""


def callback_of(reference: Any) -> Callback:
    """The function behind a reference to a callback.

    :raises LookupError: for a callback of another process; the offline engine runs one program.
    """
    for servicer in _CallbackServicer._servicers:
        found = servicer._callbacks.get(reference.token)
        if found is not None:
            return found
    raise LookupError(f"there is no callback {reference.token} in this program")


async def transformed(request: Any, callbacks: Iterable[Sequence[Callback]]) -> Any:
    """A registration after all transforms, in their order; the request itself is left as it is.

    :param callbacks: those of the resource, of each parent from the nearest on, and of the stack.
    """
    result = resource_pb2.RegisterResourceRequest()
    result.CopyFrom(request)
    for callback in (one for group in callbacks for one in group):
        asked = resource_pb2.TransformRequest(
            type=result.type,
            name=result.name,
            custom=result.custom,
            parent=result.parent,
            properties=result.object,
            options=_options_of(result),
        )
        answer = await callback(asked.SerializeToString())
        result.object.CopyFrom(answer.properties)
        if answer.HasField("options"):
            _give(result, answer.options)
    return result


def _options_of(request: Any) -> Any:
    options = resource_pb2.TransformResourceOptions()
    for name, there in _LISTS.items():
        getattr(options, name).extend(getattr(request, there))
    for name, there in _TEXTS.items():
        setattr(options, name, getattr(request, there))
    for name, there in _OPTIONAL.items():
        if request.HasField(there):
            setattr(options, name, getattr(request, there))
    if request.deleteBeforeReplaceDefined:
        options.delete_before_replace = request.deleteBeforeReplace
    if request.HasField("customTimeouts"):
        options.custom_timeouts.CopyFrom(request.customTimeouts)
    options.providers.update(request.providers)
    return options


def _give(request: Any, options: Any) -> None:
    """Put the options that a transform answered with into a registration."""
    for name, there in _LISTS.items():
        request.ClearField(there)
        getattr(request, there).extend(getattr(options, name))
    for name, there in _TEXTS.items():
        setattr(request, there, getattr(options, name))
    for name, there in _OPTIONAL.items():
        request.ClearField(there)
        if options.HasField(name):
            setattr(request, there, getattr(options, name))
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")
    request.deleteBeforeReplace = options.delete_before_replace
    request.ClearField("customTimeouts")
    if options.HasField("custom_timeouts"):
        request.customTimeouts.CopyFrom(options.custom_timeouts)
    request.ClearField("providers")
    request.providers.update(options.providers)
