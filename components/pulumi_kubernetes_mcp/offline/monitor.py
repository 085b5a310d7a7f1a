"""The engine's side of a run: takes every registration, answers as the engine and the providers would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi
from google.protobuf import empty_pb2, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import alias_pb2, engine_pb2, resource_pb2

from . import providers
from .model import PROVIDERS, STACK_TYPE, Message, Options, Resource
from .transforms import Callback, callback_of, transformed
from .values import Secret, inner, paths, plain, revealed, secret_value

OtherStacks = Mapping[str, Mapping[str, Any]]
"""Name of another stack, as a program refers to it, to its outputs; a :class:`Secret` is a secret one."""

_SEVERITIES = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}


class _Nothing(Mocks):
    """Pulumi's test monitor wants mocks; the recorder answers before they are asked."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise NotImplementedError

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError


class Recorder(MockMonitor):
    """Pulumi's test monitor, with records instead of mocks.

    It differs from the stock one where that one is not true to the engine: URNs hold the whole chain of types,
    a second resource with the same URN is an error, Kubernetes objects get their names, what only a cluster
    can say is unknown rather than ``None``, and nothing is converted to Python data and back on the way.
    """

    def __init__(self, project: str, stack: str, *, preview: bool, others: OtherStacks | None = None) -> None:
        """
        :param preview: answer as before the first deployment, when no output of any resource is known.
        :param others: the outputs of other stacks that the program may read.
        """
        super().__init__(_Nothing())
        self.recorded: dict[str, Resource] = {}
        self.registered: dict[str, Mapping[str, Any]] = {}
        self._project = project
        self._stack = stack
        self._preview = preview
        self._others = others or {}
        self._namespaces: dict[str, str] = {}
        self._transforms: dict[str, list[Callback]] = {}
        self._of_stack: list[Callback] = []

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN that the engine would give: the types of all parents but the stack, then its own."""
        above = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if above == STACK_TYPE else f"{above}${type_}"
        return f"urn:pulumi:{self._stack}::{self._project}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (name of the remote call)
        """The answer, or, where transforms have their say first, what the caller awaits for it."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self.recorded:
            raise pulumi.RunError(
                f'Two resources have the type {request.type} and the name "{request.name}" ({urn}). '
                "Give each its own name."
            )
        if request.transforms:
            self._transforms[urn] = [callback_of(one) for one in request.transforms]
        callbacks = [*self._callbacks(urn, request.parent), self._of_stack]
        return self._transformed(urn, request, callbacks) if any(callbacks) else self._registered(urn, request)

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802
        self._of_stack.append(callback_of(request))
        return empty_pb2.Empty()

    def _callbacks(self, urn: str, parent: str) -> Iterator[list[Callback]]:
        """The transforms of a resource, then those of its parents, the nearest first."""
        yield self._transforms.get(urn, [])
        while parent:
            yield self._transforms.get(parent, [])
            above = self.recorded.get(parent)
            parent = (above.parent or "") if above is not None else ""

    async def _transformed(self, urn: str, request: Any, callbacks: list[list[Callback]]) -> Any:
        return self._registered(urn, await transformed(request, callbacks))

    def _registered(self, urn: str, request: Any) -> Any:
        state = struct_pb2.Struct()
        state.CopyFrom(request.object)
        resource = Resource(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent or None,
            custom=request.custom,
            id=None,
            inputs=plain(request.object),
            options=_options(request),
        )
        self.recorded[urn] = resource = self._answered(resource, request, state)
        if not resource.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        if self._preview and not resource.type.startswith(PROVIDERS):
            return resource_pb2.RegisterResourceResponse(
                urn=urn, object=_unknown_secrets(resource.options.additional_secret_outputs)
            )
        _mark_secrets(state, resource.options.additional_secret_outputs)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=resource.id or "", object=state, unknown=True)

    def _answered(self, resource: Resource, request: Any, state: struct_pb2.Struct) -> Resource:
        """The resource with its identity; ``state`` is completed with what its provider adds."""
        if not resource.custom:
            return resource
        if resource.type.startswith(PROVIDERS):
            namespace = resource.inputs.get("namespace")
            if isinstance(namespace, str):
                self._namespaces[resource.urn] = namespace
            return replace(resource, id=providers.digest(resource.urn, 32))
        name, namespace = None, None
        if providers.is_object(resource.type):
            # A provider reference is the provider's URN, "::" and its identity.
            given = self._namespaces.get(request.provider.rpartition("::")[0])
            name, namespace = providers.add_identity(
                state, type_=resource.type, name=resource.name, urn=resource.urn, namespace=given
            )
        else:
            for key, value in providers.generated(resource.type, resource.name, resource.urn, request.object).items():
                state.fields[key].CopyFrom(
                    struct_pb2.Value(string_value=value)
                    if isinstance(value, str)
                    else struct_pb2.Value(number_value=value)
                )
        identity = "/".join(filter(None, (namespace, name))) or f"{resource.name}-{providers.digest(resource.urn)}"
        return replace(resource, id=None if self._preview else identity, physical_name=name, namespace=namespace)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        if request.urn in self.registered:
            raise pulumi.RunError(f"register_outputs is called a second time for {request.urn}. Call it once, last.")
        self.registered[request.urn] = plain(request.outputs)
        return empty_pb2.Empty()

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        """Outputs of another stack are those that were given, and unknown in a preview if none were; nothing else can
        be read without a cluster."""
        if request.type != "pulumi:pulumi:StackReference":
            raise pulumi.RunError(
                f'The program reads the existing {request.type} "{request.name}" ({request.id}). '
                "Without a cluster there is nothing to read: give what it holds by configuration."
            )
        state = struct_pb2.Struct()
        state.CopyFrom(request.properties)
        # The name of the resource may be another one than that of the stack.
        stack = request.properties.fields["name"].string_value
        outputs = self._others.get(stack)
        if outputs is not None:
            state.update({"outputs": _outputs(stack, outputs), "secretOutputNames": _secret_outputs(outputs)})
        elif self._preview:
            state.fields["outputs"].string_value = rpc.UNKNOWN
            state.fields["secretOutputNames"].string_value = rpc.UNKNOWN
        else:
            raise pulumi.RunError(
                f'The program reads the outputs of the stack "{stack}". '
                "Without a backend there are none: give what they hold by configuration, and in a test by "
                f'record(..., stack_outputs={{"{stack}": {{...}}}}).'
            )
        return resource_pb2.ReadResourceResponse(
            urn=self.make_urn(request.parent, request.type, request.name), properties=state
        )

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        raise pulumi.RunError(
            f"The program calls {request.tok}. The offline engine has no provider that could answer it."
        )

    def ExistsResource(self, request: Any) -> Any:  # noqa: N802
        raise pulumi.RunError(f"The program asks whether {request.type} {request.id} exists; only a cluster knows.")


class Log:
    """The engine's side of the program's messages; debug messages are dropped."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def Log(self, request: Any) -> None:  # noqa: N802
        severity = _SEVERITIES.get(request.severity)
        if severity is not None:
            self.messages.append(Message(severity=severity, text=request.message, urn=request.urn or None))

    def RequirePulumiVersion(self, _request: Any) -> Any:  # noqa: N802
        """There is no CLI whose version could be too old."""
        return empty_pb2.Empty()


def _outputs(stack: str, outputs: Mapping[str, Any]) -> struct_pb2.Struct:
    """The outputs of another stack as they travel. :raises pulumi.RunError: for one that is no data."""
    made = struct_pb2.Struct()
    for key, value in outputs.items():
        try:
            made.update({key: revealed(value)})
        except (TypeError, ValueError):
            raise pulumi.RunError(
                f'The output "{key}" of the stack "{stack}" in stack_outputs is no data. '
                "Give text, numbers, true, false, None, and lists and maps with text keys of these; Secret(...) around "
                "what is secret."
            ) from None
    return made


def _secret_outputs(outputs: Mapping[str, Any]) -> list[str]:
    """The outputs that are secret: as a whole, wherever in them the secret is."""
    return [key for key, value in outputs.items() if list(paths(value, Secret))]


def _mark_secrets(state: struct_pb2.Struct, names: tuple[str, ...]) -> None:
    for name in names:
        if name in state.fields:
            state.fields[name].CopyFrom(secret_value(inner(state.fields[name])))


def _unknown_secrets(names: tuple[str, ...]) -> struct_pb2.Struct:
    """What is known of a resource before it is made: which of its outputs will be secrets."""
    state = struct_pb2.Struct()
    for name in names:
        state.fields[name].string_value = rpc.UNKNOWN
    _mark_secrets(state, names)
    return state


def _options(request: Any) -> Options:
    timeouts = request.customTimeouts
    return Options(
        dependencies=tuple(sorted(request.dependencies)),
        property_dependencies={
            key: tuple(sorted(value.urns)) for key, value in sorted(request.propertyDependencies.items()) if value.urns
        },
        protect=request.protect if request.HasField("protect") else None,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=tuple(_alias(alias) for alias in request.aliases),
        custom_timeouts={
            key: text for key in ("create", "update", "delete", "read") if (text := getattr(timeouts, key))
        },
        provider=request.provider or None,
        providers=dict(sorted(request.providers.items())),
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        deleted_with=request.deletedWith or None,
        replace_with=tuple(sorted(request.replace_with)),
        import_id=request.importId or None,
        version=request.version or None,
        transforms=len(request.transforms),
    )


def _alias(alias: alias_pb2.Alias) -> str:
    if alias.WhichOneof("alias") == "urn":
        return alias.urn
    spec = alias.spec
    parts = {"name": spec.name, "type": spec.type, "stack": spec.stack, "project": spec.project}
    parts["parent"] = "none" if spec.noParent else spec.parentUrn
    return ",".join(f"{key}={value}" for key, value in parts.items() if value)
