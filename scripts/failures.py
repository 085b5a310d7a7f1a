"""What a failed run of the Pulumi CLI means: the condition, the key of the stack file, the command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

OPERATORS = {
    "ExternalSecret": ("the External Secrets Operator", "its store cannot be read"),
    "ScaledObject": ("KEDA", "KEDA refuses it"),
}
"""Custom resources that an update waits for: who reports their condition, and what else may be wrong."""
EDGES = ("HTTPRoute", "Ingress")
_COLOUR = re.compile(r"<\{%.*?%\}>")
_TIMED_OUT = re.compile(
    r"timed out|timeout|deadline exceeded|failed to become|failed to fully initialize", re.IGNORECASE
)
_CONFLICT = re.compile(r"Apply failed with \d+ conflict|conflicts? with|field.?manager conflict", re.IGNORECASE)
_EXISTS = re.compile(r"already exists")
_NO_KIND = re.compile(r"no matches for kind")
_LOCKED = re.compile(r"currently locked|Another update is currently in progress", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """One resource that failed, and what the provider said."""

    kind: str
    name: str
    namespace: str
    message: str

    @property
    def object(self) -> str:
        """``ExternalSecret orders-secrets``."""
        return f"{self.kind} {self.name}"

    @property
    def described(self) -> str:
        """The command that shows the object."""
        place = f" -n {self.namespace}" if self.namespace else ""
        return f"kubectl describe {self.kind.lower()}{place} {self.name}"


def read_events(path: Path) -> list[dict[str, object]]:
    """The events that the engine wrote, one JSON object a line; none where there is no log."""
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            found.append(event)
    return found


def explain(events: Iterable[Mapping[str, object]], stderr: str, *, verb: str, stack: str) -> list[str]:
    """What failed, in the words of the stack file, each once; empty where nothing is recognised."""
    found = [text for one in failed(list(events)) if (text := _of_a_resource(one, verb, stack))]
    if _LOCKED.search(stderr):
        found.append(
            f"Another run of {stack} holds the lock. If it goes on, wait until it has ended. If it was interrupted: "
            f"make recover STACK={stack}"
        )
    return list(dict.fromkeys(found))


def failed(events: list[Mapping[str, object]]) -> Iterator[Failure]:
    """The resources that an error is about, under their names in the cluster where the engine told them."""
    places = {urn: place for event in events for urn, place in _places(event)}
    for event in events:
        diagnostic = event.get("diagnosticEvent")
        if not isinstance(diagnostic, Mapping) or diagnostic.get("severity") != "error" or not diagnostic.get("urn"):
            continue
        urn = str(diagnostic["urn"])
        kind = urn.split("::")[2].rpartition("$")[2].rpartition(":")[2] if urn.count("::") >= 3 else ""
        namespace, name = places.get(urn, ("", urn.rpartition("::")[2]))
        yield Failure(kind, name, namespace, _COLOUR.sub("", str(diagnostic.get("message", ""))))


def _places(event: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, str]]]:
    """URN, namespace and name of the object that a step is about."""
    for key in ("resourcePreEvent", "resOpFailedEvent"):
        metadata = _inner(event, key, "metadata")
        place = _inner(metadata, "new", "inputs", "metadata")
        if place.get("name"):
            yield str(metadata.get("urn")), (str(place.get("namespace") or ""), str(place["name"]))


def _inner(value: Mapping[str, object], *keys: str) -> Mapping[str, object]:
    for key in keys:
        inner = value.get(key)
        value = inner if isinstance(inner, Mapping) else {}
    return value


def _of_a_resource(one: Failure, verb: str, stack: str) -> str:
    again = f"make {verb} STACK={stack}"
    if _CONFLICT.search(one.message):
        return _moved(one, again) if "replicas" in one.message else _edited(one)
    if _EXISTS.search(one.message):
        return (
            f"{one.object} is in the cluster and not in the state: an interrupted run made it, or another stack "
            f"has it. After an interruption: make recover STACK={stack}"
        )
    if _NO_KIND.search(one.message):
        operator = OPERATORS.get(one.kind, ("its operator", ""))[0]
        return f"The cluster does not know the kind {one.kind}: {operator} is not installed there."
    return _waited(one, stack, again) if _TIMED_OUT.search(one.message) else ""


def _waited(one: Failure, stack: str, again: str) -> str:
    if one.kind in OPERATORS:
        operator, otherwise = OPERATORS[one.kind]
        return (
            f"{one.object} was made, and never reported the condition Ready within mcp:awaits.timeoutSeconds "
            f"(300 s unless set).\nEither {operator} does not run in this cluster, or {otherwise}: {one.described}\n"
            "Where no operator runs, do not wait for it: mcp:awaits.customResources: false in the stack file, or\n"
            f"  pulumi config set --stack {stack} --path mcp:awaits.customResources false\n"
            f"Then: {again}"
        )
    if one.kind in EDGES:
        return (
            f"{one.object} was made, and no controller accepted it within mcp:awaits.timeoutSeconds: {one.described}\n"
            "It is waited for because of mcp:awaits.edge: true; without it an update does not wait for the edge.\n"
            f"Then: {again}"
        )
    if one.kind == "Deployment":
        place = f" -n {one.namespace}" if one.namespace else ""
        return (
            f"{one.object} has not all of its pods ready in time. They say why: "
            f"kubectl get pods{place} -l app.kubernetes.io/name={one.name}\n"
            f"If they only need longer: mcp:awaits.timeoutSeconds (600 s at least for pods). Then: {again}"
        )
    return ""


def _moved(one: Failure, again: str) -> str:
    place = f" -n {one.namespace}" if one.namespace else ""
    return (
        f"Something else has set the number of pods of {one.object}, so a creation with another number is refused.\n"
        f"Read what runs: kubectl get deployment{place} {one.name} -o jsonpath='{{.spec.replicas}}'\n"
        "Let the Deployment start with that number: mcp:scaling.startReplicas in the stack file, which counts at the "
        f"creation only.\nThen: {again}"
    )


def _edited(one: Failure) -> str:
    place = f" -n {one.namespace}" if one.namespace else ""
    return (
        f"Somebody else has set fields of {one.object} that this stack sets too. Who has which: "
        f"kubectl get {one.kind.lower()}{place} {one.name} -o yaml --show-managed-fields\n"
        "Put them back, or take them over once with the annotation pulumi.com/patchForce: 'true' on the object."
    )
