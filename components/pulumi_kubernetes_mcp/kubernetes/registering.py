"""From an object as a value to a resource of the engine."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

import pulumi
from pulumi_kubernetes import _utilities

from ..inputs.at_once import outputs_in
from ..inputs.heading import Heading
from ..inputs.outputs import clear, warn
from ..rules.environment import CLEAR_SECRET
from ..rules.model import Finding
from ..settings.fields import Group
from ..settings.keys.patches import Patch
from .made import Made
from .patched_later import Reading, Steps, later_findings, of_patch

K = TypeVar("K", bound=Group)

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
        return self.metadata.apply(lambda known: (known or {}).get("name"))

    @property
    def object_namespace(self) -> pulumi.Output[str]:
        """Its namespace, known as soon as the provider knows it."""
        return self.metadata.apply(lambda known: (known or {}).get("namespace"))


def named_by_content(name: str, made: Made, opts: pulumi.ResourceOptions) -> KubernetesObject:
    """An object whose name ends in a digest of its content: another content is another resource, not a replacement.

    After an update that failed half-way both are there, and the one that is wanted is kept, whichever that is. Of a
    replacement the engine still owes the deletion of the first: going back makes an object of that name again, and the
    deletion takes it away. A name that is an Output leads to no resource name; there it stays a replacement.

    :param name: name of the resource without the digest, which it had in earlier versions.
    """
    wanted = made.body["metadata"].get("name")
    if not isinstance(wanted, str):
        return KubernetesObject(name, made, opts)
    known_before = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name)])
    resource = f"{name}-{wanted.rpartition('-')[2]}"
    return KubernetesObject(resource, made, pulumi.ResourceOptions.merge(opts, known_before))


def cleared_patches(keys: K, heading: Heading, judge: Callable[[K], list[Finding]]) -> K:
    """Arguments whose patches have Outputs, which are judged as plain values are when they are known, and refused when
    they turn out to be secrets, or nothing that their field takes.

    :param judge: every rule that the arguments can break.
    """
    given: Any = keys  # A group of arguments with patches and acceptances, as every component has.
    patches: Sequence[Patch] = given.patches
    if not any(outputs_in(one.patch) for one in patches):
        return keys
    accepted: Mapping[str, str] = given.accept

    def judged(index: int, patch: Any) -> list[Finding]:
        changed = [
            one if place != index else one.model_copy(update={"patch": patch}) for place, one in enumerate(patches)
        ]
        return judge(keys.model_copy(update={"patches": changed}))

    made = [
        one.model_copy(
            update={
                "patch": cleared(
                    one.patch,
                    heading,
                    f"patches[{index}].patch",
                    of_patch(one, partial(judged, index)),
                    accepted,
                )
            }
        )
        for index, one in enumerate(patches)
    ]
    return keys.model_copy(update={"patches": made})


def cleared(
    whole: Any,
    heading: Heading,
    path: str,
    reading: Reading,
    accepted: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """An object or a patch whose Outputs are known to be no secrets when they are known: what it says stands in clear.

    :param reading: how the Outputs are held to the fields of the API and to the rules.
    :param accepted: the warnings that are not logged, with their reasons.
    """

    def held(value: Any, steps: Steps, place: str) -> Any:
        if isinstance(value, Mapping):
            return {key: held(item, (*steps, key), f"{place}.{key}") for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [held(item, (*steps, index), f"{place}[{index}]") for index, item in enumerate(value)]
        if not isinstance(value, pulumi.Output):
            return value
        secret = CLEAR_SECRET.at(
            place,
            "It is a secret Output, and would stand in clear in an object.",
            "Keep the value in a Secret, and refer to its key. If it is no secret: pulumi.Output.unsecret(value).",
        )

        def check(known: Any) -> list[Finding]:
            found = later_findings(whole, steps, known, reading, path)
            warn(found, heading, accepted)
            return found

        return clear(value, check, [secret], heading)

    return held(whole, (), path)
