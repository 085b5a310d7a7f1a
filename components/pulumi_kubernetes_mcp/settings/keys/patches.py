"""Patches: the one way to say of an object what no key says. Each component that takes them has its own list.

A class for each, so that a list of the stack file reaches the component that makes the objects (see ``keys.py``).
"""

from typing import Annotated, Any

from pydantic import Field

from ..fields import Filled, Group, ObjectName

Document = Annotated[dict[str, Any], Field(min_length=1)]
"""Fields of an object as Kubernetes has them."""


class Patch(Group):
    """A change of one object, or of all of a kind, that a component makes. It is applied before the rules look."""

    kind: Filled
    """Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods."""
    name: ObjectName | None = None
    """Name of the object. Left out: all objects of the kind that the component makes."""
    patch: Document
    """What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists are merged by the
    keys of its API; `$patch` and its other directives are understood), a JSON merge patch for custom resources."""


Patches = list[Patch]


class NamespacePatchKeys(Group):
    """What the keys of a namespace do not say."""

    patches: Patches = []
    """Patches of the namespace and of what is in it for all: quota, limits, policies, roles."""


class ServerPatchKeys(Group):
    """What the keys of a server do not say."""

    patches: Patches = []
    """Patches of the pods, the Deployment, the Service and the other objects of the server, for what has no key."""


class AutoscalingPatchKeys(Group):
    """What the keys of an autoscaler do not say."""

    patches: Patches = []
    """Patches of the autoscaler and of what belongs to it, for what has no key."""


class EdgePatchKeys(Group):
    """What the keys of an edge do not say."""

    patches: Patches = []
    """Patches of the HTTPRoute, the Ingress or the Routes and of the policies beside them, for what has no key."""


class SecretPatchKeys(Group):
    """What the keys of a Secret do not say."""

    patches: Patches = []
    """Patches of the ExternalSecret or the Secret, such as of its type or its labels. Values of a Secret are refused:
    a patch stands in clear."""
