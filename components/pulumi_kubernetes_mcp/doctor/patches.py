"""Whether Envoy Gateway takes the patches of a stack, and whether what they name is there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from .model import Answer, Line, Question, Snapshot, State

ENVOY_GATEWAY: Question = ("get", "configmap", "envoy-gateway-config", "--namespace", "envoy-gateway-system")
"""The configuration of Envoy Gateway, where its Helm chart puts it."""
FILE = "envoy-gateway.yaml"
KEY = "mcp:edge.affinity"
WHAT = "Envoy Gateway: EnvoyPatchPolicy"


def gateway_of(namespace: str, name: str) -> Question:
    """Asks for a Gateway."""
    return ("get", "gateways.gateway.networking.k8s.io", name, "--namespace", namespace)


def patches(patched: Iterable[tuple[str, str, str]], snapshot: Snapshot) -> Iterator[Line]:
    """A line for the configuration, and one for each listener that is patched.

    :param patched: namespace, Gateway and listener.
    """
    listeners = list(patched)
    if not listeners:
        return
    configuration = snapshot.of(ENVOY_GATEWAY)
    yield _allowed(configuration)
    named_by_port = "XDSNameSchemeV2" in _flags(configuration)
    for namespace, name, section in listeners:
        answer = snapshot.of(gateway_of(namespace, name))
        if answer.value is not None:
            yield _named(answer.value, f"{WHAT} {namespace}/{name}", section, named_by_port)


def _allowed(answer: Answer) -> Line:
    if answer.refused:
        return Line(State.UNSURE, WHAT, answer.refused, KEY)
    if answer.value is None:
        return Line(State.UNSURE, WHAT, "its configuration is not where its chart puts it", KEY)
    if (_content(answer).get("extensionApis") or {}).get("enableEnvoyPatchPolicy") is True:
        return Line(State.OK, WHAT, "is taken (extensionApis.enableEnvoyPatchPolicy)", KEY)
    return Line(State.MISSING, WHAT, "is ignored: extensionApis.enableEnvoyPatchPolicy is not true", KEY)


def _named(gateway: Any, what: str, section: str, named_by_port: bool) -> Line:
    """Whether Envoy's listener has the name that is patched: that of the first listener of its port."""
    listeners = gateway["spec"].get("listeners", [])
    port = next((one.get("port") for one in listeners if one["name"] == section), None)
    first = next((str(one["name"]) for one in listeners if one.get("port") == port), section)
    if named_by_port:
        detail = f"the runtime flag XDSNameSchemeV2 calls the listener 'tcp-{port}', and another name is patched"
        return Line(State.MISSING, what, detail, KEY)
    if first != section:
        detail = f"Envoy's listener of port {port} is called after '{first}', the first one of it, and not '{section}'"
        return Line(State.MISSING, what, detail, "mcp:edge.gateway.section")
    return Line(State.OK, what, f"patches the listener '{section}'", KEY)


def _flags(answer: Answer) -> list[str]:
    return [str(flag) for flag in (_content(answer).get("runtimeFlags") or {}).get("enabled") or []]


def _content(answer: Answer) -> dict[str, Any]:
    try:
        content = yaml.safe_load(((answer.value or {}).get("data") or {}).get(FILE) or "")
    except yaml.YAMLError:
        content = None
    return content if isinstance(content, dict) else {}
