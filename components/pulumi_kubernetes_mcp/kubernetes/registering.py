"""From an object as a value to a resource of the engine."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes import _utilities

from ..inputs.outputs import clear
from ..rules.environment import CLEAR_SECRET
from ..settings.keys.patches import Patch
from .api import type_of
from .made import Made


def class_of(made: Made) -> Any:
    """The class of the resource for a kind of Kubernetes' own; ``None`` for a custom resource."""
    if type_of(made.api_version, made.kind) is None:
        return None
    group, _, version = made.api_version.rpartition("/")
    return getattr(getattr(getattr(k8s, group.partition(".")[0] or "core"), version), made.kind)


def register(name: str, made: Made, opts: pulumi.ResourceOptions) -> Any:
    """The resource of an object; a custom one for a kind that Kubernetes itself does not have."""
    known = class_of(made)
    if known is not None:
        return known(name, **made.arguments, opts=opts)
    if set(made.body) <= {"metadata", "spec"}:
        return k8s.apiextensions.CustomResource(
            name, api_version=made.api_version, kind=made.kind, **made.body, opts=opts
        )
    # Pulumi's class for custom resources takes a metadata and a spec only; some have more.
    opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(version=_utilities.get_version()))
    properties = {"apiVersion": made.api_version, "kind": made.kind, **made.body}
    return pulumi.CustomResource(f"kubernetes:{made.api_version}:{made.kind}", name, properties, opts)


def cleared_patches(patches: Sequence[Patch], heading: str) -> list[Patch]:
    """Patches whose Outputs are refused when they turn out to be secrets."""
    known = partial(clear, heading=heading)
    return [
        one.model_copy(update={"patch": cleared(one.patch, known, f"patches[{index}].patch")})
        for index, one in enumerate(patches)
    ]


def cleared(value: Any, known: Callable[..., Any], path: str) -> Any:
    """A patch whose Outputs are known to be no secrets when they are known: what it says stands in clear.

    :param known: :func:`~..inputs.outputs.clear` with the heading of the component.
    """
    if isinstance(value, Mapping):
        return {key: cleared(item, known, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleared(item, known, f"{path}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, pulumi.Output):
        return value
    secret = CLEAR_SECRET.at(
        path,
        "It is a secret Output, and would stand in clear in an object.",
        "Keep the value in a Secret, and refer to its key. If it is no secret: pulumi.Output.unsecret(value).",
    )
    return known(value, lambda _: [], [secret])
