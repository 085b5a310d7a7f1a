"""McpSecrets: the Secret of a server, by reference; values never pass through a stack file in clear."""

from collections.abc import Mapping
from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called, checked
from ..inputs.heading import heading_of
from ..inputs.outputs import after, announce_wait, awaited, report_findings
from ..kubernetes import objects as common
from ..kubernetes.registering import KubernetesObject, cleared_patches
from ..types.secrets import HELP, McpSecretsArgs
from . import objects as made
from .args import patched_objects, secrets_findings
from .keys import SecretsKeys


class McpSecrets(pulumi.ComponentResource):
    """Names a Secret, fills one through the External Secrets Operator, or makes one from Pulumi secrets."""

    secret_name: pulumi.Output[str]
    """Name of the Secret, known once it can be used; take this rather than the argument."""

    @overload
    def __init__(self, name: str, args: McpSecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpSecretsArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpSecretsArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        where = called("McpSecrets", name)
        keys = checked(SecretsKeys, where, args, keywords, secrets_findings)
        heading = heading_of(keys, where)
        report_findings(secrets_findings(keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpSecrets", name, None, opts)
        keys = cleared_patches(keys, heading, secrets_findings)
        values = made.stored(keys.values) if keys.source == "config" else {}
        wanted = keys.secret_name or (self._name_of(name, values) if values else name)
        self.secret_name = pulumi.Output.from_input(wanted)
        if keys.source == "external" and keys.await_ready:
            announce_wait(
                f"the condition Ready of the ExternalSecret of {name}",
                keys.await_timeout_seconds,
                needs="the External Secrets Operator and its store",
                key="await_ready: false (mcp:awaits.customResources: false in a stack file)",
            )
        for suffix, one in patched_objects(name, keys, wanted, values)[0].items():
            if suffix == made.EXTERNAL:
                created = KubernetesObject(f"{name}-{suffix}", one, awaited(self, keys.await_timeout_seconds))
                self.secret_name = after(created, wanted)
            else:
                created = KubernetesObject(f"{name}-{suffix}", one, pulumi.ResourceOptions(parent=self))
                self.secret_name = created.object_name
        self.register_outputs({"secretName": self.secret_name})

    __init__.__doc__ = HELP

    def _name_of(self, name: str, encoded: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[str]:
        """A name that is another one for other values, and that tells nothing about them.

        A digest of the values would: whoever sees the name could try guesses. So the digits are random, drawn again
        when the values change, and kept in the state before the Secret is made: an interrupted update knows its name.
        """
        from pulumi_random import RandomId  # Here, since importing it takes 30 ms that no other source needs.

        drawn = RandomId(
            f"{name}-id",
            byte_length=common.CONTENT_DIGITS // 2,
            keepers={
                "keys": " ".join(sorted(encoded)),
                "values": pulumi.Output.all(**encoded).apply(common.full_digest),
            },
            opts=pulumi.ResourceOptions(parent=self, additional_secret_outputs=["keepers"]),
        )
        # Mocks of a program's own tests may answer with the inputs alone.
        return drawn.hex.apply(lambda digits: f"{name}-{digits}" if digits else name)
