"""The object of a Secret, by the suffix of its resource. Values are in it as secret Outputs alone."""

from base64 import b64encode
from collections.abc import Mapping

import pulumi

from ..kubernetes import objects as common
from ..kubernetes.made import Made
from . import spec as specs
from .keys import SecretsKeys

EXTERNAL, SECRET = "externalsecret", "secret"
DECIDED: Mapping[str, str] = {
    "ExternalSecret:spec.data": "remote",
    "ExternalSecret:spec.dataFrom": "remote",
    "ExternalSecret:spec.secretStoreRef": "store_name",
    "ExternalSecret:spec.refreshInterval": "refresh_interval",
    "Secret:data": "values",
    "Secret:stringData": "values",
    "Secret:immutable": "secret_name",
}
"""What the rules count with, and every value of a Secret: it is said by its key, and by no patch."""


def secret_objects(
    name: str, keys: SecretsKeys, wanted: pulumi.Input[str], values: Mapping[str, pulumi.Input[str]]
) -> dict[str, Made]:
    """Everything that McpSecrets registers, before patches: nothing for a Secret that exists.

    :param wanted: the name of the Secret.
    :param values: key to the value of a Secret that is made, as it is stored.
    """
    if keys.source == "external":
        store = {"name": "" if keys.store_name is None else keys.store_name, "kind": keys.store_kind}
        refs = [
            specs.RemoteRef(
                secret_key=item.secret_key, remote_key=item.remote_key, remote_property=item.remote_property
            )
            for item in keys.remote
        ]
        metadata = common.metadata(
            wanted, keys.namespace, common.labels(wanted, "secrets"), common.ready_annotations(keys.await_ready)
        )
        spec = specs.external_secret(secret_name=wanted, store=store, refresh_interval=keys.refresh_interval, refs=refs)
        return {EXTERNAL: Made("external-secrets.io/v1", "ExternalSecret", {"metadata": metadata, "spec": spec})}
    if keys.source == "config":
        body = {
            "metadata": common.metadata(wanted, keys.namespace, common.labels(name, "secrets")),
            "type": "Opaque",
            "immutable": keys.secret_name is None,
            "data": dict(values),
        }
        return {SECRET: Made("v1", "Secret", body)}
    return {}


def stored(values: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Output[str]]:
    """Key to its value as the API server stores it; ``stringData`` is never read back and shows up as drift."""
    return {key: pulumi.Output.secret(value).apply(_base64) for key, value in values.items()}


def _base64(value: str) -> str:
    return b64encode(value.encode()).decode()
