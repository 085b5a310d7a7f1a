"""McpSecrets: the Secret of a server, by reference; values never pass through a stack file in clear."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Unpack, overload

import pulumi
import pulumi_kubernetes as k8s

from ..inputs.checked import NOT_GIVEN, checked
from ..inputs.outputs import after, announce_wait, awaited, report_findings
from ..kubernetes import objects as common
from ..types.secrets import HELP, McpSecretsArgs
from . import spec as specs
from .args import secrets_findings
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
        keys = checked(SecretsKeys, f'McpSecrets "{name}"', args, keywords)
        report_findings(secrets_findings(keys), f'McpSecrets "{name}" cannot work:', keys.accept)
        super().__init__("kubernetes-mcp:index:McpSecrets", name, None, opts)
        if keys.source == "external":
            self.secret_name = self._external(name, keys)
        elif keys.source == "config":
            self.secret_name = self._from_values(name, keys)
        else:
            self.secret_name = pulumi.Output.from_input(keys.secret_name or name)
        self.register_outputs({"secretName": self.secret_name})

    __init__.__doc__ = HELP

    def _external(self, name: str, keys: SecretsKeys) -> pulumi.Output[str]:
        secret_name = keys.secret_name or name
        if keys.await_ready:
            announce_wait(
                f"the condition Ready of the ExternalSecret of {name}",
                keys.await_timeout_seconds,
                needs="the External Secrets Operator and its store",
                key="await_ready: false (mcp:awaits.customResources: false in a stack file)",
            )
        created = k8s.apiextensions.CustomResource(
            f"{name}-externalsecret",
            api_version="external-secrets.io/v1",
            kind="ExternalSecret",
            metadata=common.metadata(
                secret_name,
                keys.namespace,
                common.labels(secret_name, "secrets"),
                common.ready_annotations(keys.await_ready),
            ),
            spec=specs.external_secret(
                secret_name=secret_name,
                store={"name": "" if keys.store_name is None else keys.store_name, "kind": keys.store_kind},
                refresh_interval=keys.refresh_interval,
                refs=[
                    specs.RemoteRef(
                        secret_key=item.secret_key,
                        remote_key=item.remote_key,
                        remote_property=item.remote_property,
                    )
                    for item in keys.remote
                ],
            ),
            opts=awaited(self, keys.await_timeout_seconds),
        )
        return after(created, secret_name)

    def _from_values(self, name: str, keys: SecretsKeys) -> pulumi.Output[str]:
        encoded = {key: pulumi.Output.secret(value).apply(_base64) for key, value in keys.values.items()}
        created = k8s.core.v1.Secret(
            f"{name}-secret",
            metadata=common.metadata(
                keys.secret_name or self._name_of(name, encoded),
                keys.namespace,
                common.labels(name, "secrets"),
            ),
            type="Opaque",
            immutable=keys.secret_name is None,
            data=encoded,
            opts=pulumi.ResourceOptions(parent=self),
        )
        created_name: pulumi.Output[str] = created.metadata.name
        return created_name

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
        return pulumi.Output.concat(name, "-", drawn.hex)


def _base64(value: str) -> str:
    """As the API server stores it; ``stringData`` is never read back and shows up as drift."""
    return b64encode(value.encode()).decode()
