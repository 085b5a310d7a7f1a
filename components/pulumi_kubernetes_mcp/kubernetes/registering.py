"""From an object as a value to a resource of the engine."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pulumi
from pulumi_kubernetes import _utilities

from ..inputs.outputs import clear
from ..rules.environment import CLEAR_SECRET
from ..settings.keys.patches import Patch
from .made import Made

_SECRET = ("v1", "Secret")
_SECRET_FIELDS = ("data", "stringData")


class KubernetesObject(pulumi.CustomResource):
    """An object of any kind, registered with what the SDK's class for the kind gives the engine.

    Not with that class: it evaluates the types of its whole group when it is imported, which for a Deployment and a
    Service takes longer than all the rest of a program. What they check is checked here by the API schema
    (:mod:`.api`), and of the outputs only the metadata is read.
    """

    metadata: pulumi.Output[Mapping[str, Any]]

    def __init__(self, name: str, made: Made, opts: pulumi.ResourceOptions) -> None:
        home = made.api_version if "/" in made.api_version else f"core/{made.api_version}"
        properties = {"apiVersion": made.api_version, "kind": made.kind, **made.body}
        always = pulumi.ResourceOptions(
            version=_utilities.get_version(), plugin_download_url=_utilities.get_plugin_download_url()
        )
        if (made.api_version, made.kind) == _SECRET:
            properties |= {key: pulumi.Output.secret(properties[key]) for key in _SECRET_FIELDS if key in properties}
            always.additional_secret_outputs = list(_SECRET_FIELDS)
        options = pulumi.ResourceOptions.merge(opts, always)
        super().__init__(f"kubernetes:{home}:{made.kind}", name, properties, options)

    @property
    def object_name(self) -> pulumi.Output[str]:
        """Its name, known as soon as the provider knows it."""
        return self.metadata.apply(lambda known: known.get("name"))

    @property
    def object_namespace(self) -> pulumi.Output[str]:
        """Its namespace, known as soon as the provider knows it."""
        return self.metadata.apply(lambda known: known.get("namespace"))


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
