"""What a run of a program leaves: every resource with its options, the stack's outputs, the messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .values import Secret, Unknown, paths

STACK_TYPE = "pulumi:pulumi:Stack"
KUBERNETES = "kubernetes:"
PROVIDERS = "pulumi:providers:"


@dataclass(frozen=True, kw_only=True)
class Options:
    """The resource options that reached the engine. Resources are URNs; times are Go durations (``600s``)."""

    dependencies: tuple[str, ...] = ()
    """Everything the resource waits for, from ``depends_on`` and from its inputs, sorted."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Input property to the resources that its value comes from."""
    protect: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """URNs, or the parts that differ, such as ``name=old`` or ``type=kubernetes:apps/v1beta1:Deployment``."""
    custom_timeouts: Mapping[str, str] = field(default_factory=dict)
    provider: str | None = None
    providers: Mapping[str, str] = field(default_factory=dict)
    delete_before_replace: bool | None = None
    retain_on_delete: bool | None = None
    deleted_with: str | None = None
    replace_with: tuple[str, ...] = ()
    import_id: str | None = None
    version: str | None = None
    transforms: int = 0
    """Number of transforms that it was registered with; they have had their say."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One registered resource."""

    urn: str
    type: str
    """Type token, such as ``kubernetes:apps/v1:Deployment``."""
    name: str
    """Logical name."""
    parent: str | None
    """URN of the parent; ``None`` for the stack."""
    custom: bool
    """Whether a provider manages it; ``False`` for components."""
    id: str | None
    """Identity in the provider; ``None`` for components and where it is not known yet."""
    inputs: Mapping[str, Any] = field(repr=False)
    """Plain data; secrets and unknowns are marked, see :mod:`.values`."""
    options: Options = field(repr=False)
    physical_name: str | None = None
    """``metadata.name`` of a Kubernetes object, as the provider would fill it in."""
    namespace: str | None = None
    """``metadata.namespace`` of a Kubernetes object; ``None`` for cluster-wide kinds."""
    registered_outputs: Mapping[str, Any] | None = field(default=None, repr=False)
    """What a component gave to ``register_outputs``; ``None`` if it never called it."""

    @property
    def kind(self) -> str:
        """Last part of the type token: ``Deployment``."""
        return self.type.rsplit(":", 1)[-1]

    @property
    def kubernetes(self) -> bool:
        """Whether the Kubernetes provider manages it."""
        return self.custom and self.type.startswith(KUBERNETES)

    @property
    def secret_paths(self) -> tuple[str, ...]:
        """Where its inputs are secret."""
        return tuple(sorted(paths(self.inputs, Secret)))

    @property
    def unknown_paths(self) -> tuple[str, ...]:
        """Where its inputs are unknown."""
        return tuple(sorted(paths(self.inputs, Unknown)))


@dataclass(frozen=True, kw_only=True)
class Message:
    """One line that the program logged."""

    severity: str
    """``info``, ``warning`` or ``error``."""
    text: str
    urn: str | None = None
    """The resource that it is about, if any."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A finished run. ``resources`` are sorted by URN, so that two runs of one program are equal."""

    project: str
    stack: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]
    """Stack outputs; secrets and unknowns are marked."""
    messages: tuple[Message, ...]

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """Every resource by its URN."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_parent(self) -> Mapping[str | None, tuple[Resource, ...]]:
        grouped: dict[str | None, list[Resource]] = {}
        for resource in self.resources:
            grouped.setdefault(resource.parent, []).append(resource)
        return {parent: tuple(group) for parent, group in grouped.items()}

    @property
    def root(self) -> Resource | None:
        """The stack itself."""
        return next(iter(self._by_parent.get(None, ())), None)

    def of_type(self, type: str) -> tuple[Resource, ...]:
        """All resources of a type: a token, or its last part such as ``Deployment``."""
        return tuple(r for r in self.resources if type in (r.type, r.kind))

    def resource(self, type: str, name: str | None = None) -> Resource:
        """The one resource of a type (a token, or its last part) with that logical name.

        Without a name, the only one of the type. LookupError says what there is.
        """
        found = [r for r in self.of_type(type) if name is None or r.name == name]
        if len(found) == 1:
            return found[0]
        wanted = type if name is None else f'{type} "{name}"'
        if found:
            raise LookupError(f"{len(found)} resources are {wanted}: {_names(found)}. Give the full type or a name.")
        raise LookupError(f"No resource is {wanted}. {self._nearest(type)}")

    def children(self, parent: str | Resource) -> tuple[Resource, ...]:
        """The direct children of a component, given as itself or by its logical name."""
        return self._by_parent.get(self._component(parent).urn, ())

    def _component(self, parent: str | Resource) -> Resource:
        if isinstance(parent, Resource):
            return parent
        found = [r for r in self.resources if r.name == parent and not r.custom]
        if len(found) == 1:
            return found[0]
        components = [r for r in self.resources if not r.custom and r.type != STACK_TYPE]
        problem = f'{len(found)} components are called "{parent}".' if found else f'No component is called "{parent}".'
        raise LookupError(f"{problem} There are: {_names(components) or 'none'}.")

    def _nearest(self, type: str) -> str:
        if same := self.of_type(type):
            return f"Of that type there are: {_names(same)}."
        kinds = sorted({r.kind for r in self.resources})
        near = difflib.get_close_matches(type.rsplit(":", 1)[-1], kinds, n=3)
        return f"Types there are: {', '.join(near or kinds)}."


def _names(resources: Iterable[Resource]) -> str:
    return ", ".join(sorted(f'{r.kind} "{r.name}"' for r in resources))
