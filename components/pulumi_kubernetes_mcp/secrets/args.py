"""Arguments of McpSecrets: what a caller may say, the defaults put in, the rules applied."""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi

from ..inputs.checked import repeated
from ..rules import secrets as rules
from ..rules.model import Finding


class RemoteKeyArgs(TypedDict):
    """One key of the Secret and its place in the external store."""

    secret_key: str
    """Key of the Secret."""
    remote_key: str
    """Name of the entry in the store."""
    remote_property: NotRequired[str]
    """Property of the entry, where the entry is an object. Default: the whole entry."""


class McpSecretsArgs(TypedDict):
    """Arguments of McpSecrets."""

    namespace: pulumi.Input[str]
    """Namespace of the Secret; the workload's."""
    source: str
    """'existing' names a Secret that is there, 'external' has the External Secrets Operator fill one,
    'config' makes one from values that are Pulumi secrets."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Name of the Secret. Default: the component's name; for 'config' with random digits that change with the
    values, so that a change is a new Secret and restarts the pods."""
    store_name: NotRequired[str]
    """Name of the store (source 'external')."""
    store_kind: NotRequired[str]
    """SecretStore or ClusterSecretStore (source 'external'). Default: ClusterSecretStore."""
    remote: NotRequired[list[RemoteKeyArgs]]
    """Keys to fetch (source 'external')."""
    refresh_interval: NotRequired[str]
    """How often the store is read, such as '1h' (source 'external'). Default: 1h."""
    values: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Key to value (source 'config'); they are made secrets here if they are not."""
    await_ready: NotRequired[bool]
    """Whether to wait until the Secret was filled (source 'external'). Default: true."""
    await_timeout_seconds: NotRequired[int]
    """How long to wait for it, in seconds. Default: 300."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


def contradictions(args: McpSecretsArgs) -> Iterator[str]:
    """What is wrong between keys that are right by themselves."""
    if args["source"] == "external" and not args.get("remote"):
        yield "remote: It is missing, and the source 'external' fetches nothing without it."
    if args["source"] == "config" and not args.get("values"):
        yield "values: It is missing, and the source 'config' has nothing to make a Secret from."
    for key in repeated(item["secret_key"] for item in args.get("remote", [])):
        yield f"remote: The key '{key}' is given twice."


def secrets_findings(args: McpSecretsArgs) -> list[Finding]:
    """Every rule that the arguments can break."""
    return rules.secrets_findings(
        source=args["source"],
        store_name=args.get("store_name"),
        env_keys=[],
        remote_keys=[item["secret_key"] for item in args.get("remote", [])],
        value_keys=list(args.get("values", {})),
        path=lambda key: key,
    )
