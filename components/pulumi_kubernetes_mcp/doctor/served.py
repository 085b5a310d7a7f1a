"""What serves the Gateways of a stack, by the controllers of their classes, and whether its proxies get to the pods."""

from __future__ import annotations

from collections.abc import Iterator

from ..edge.implementations import Implementation
from ..edge.proxies import by_controller
from ..kubernetes.untyped import map_of
from .model import Line, Question, Snapshot, State
from .needs import Needs
from .patches import gateway_of

CLASSES: Question = ("get", "gatewayclasses.gateway.networking.k8s.io")
KEY, PLACE_KEY = "mcp:edge.implementation", "mcp:edge.clientNamespace"


def served(needs: Needs, snapshot: Snapshot) -> Iterator[Line]:
    """A line for each Gateway that is there and has a class."""
    for namespace, name in sorted({(namespace, name) for namespace, name, _ in needs.gateways}):
        gateway = snapshot.of(gateway_of(namespace, name)).value or {}
        chosen = str(map_of(gateway.get("spec")).get("gatewayClassName") or "")
        if chosen:
            yield _line(needs, snapshot, namespace, f"Gateway {namespace}/{name}: controller", chosen)


def _line(needs: Needs, snapshot: Snapshot, namespace: str, what: str, chosen: str) -> Line:
    answer = snapshot.of(CLASSES)
    if answer.refused:
        return Line(State.UNSURE, what, answer.refused, KEY)
    items = (answer.value or {}).get("items") or []
    classes = [one for one in items if map_of(map_of(one).get("metadata")).get("name") == chosen]
    if not classes:
        return Line(State.MISSING, what, f"its GatewayClass '{chosen}' is not there, so nothing serves it", KEY)
    controllers = [str(name) for one in classes if (name := map_of(one.get("spec")).get("controllerName"))]
    if not controllers:
        return Line(State.MISSING, what, f"its GatewayClass '{chosen}' names no controller, so nothing serves it", KEY)
    row = by_controller(controllers[0])
    if row is None:
        return Line(State.OK, what, f"{controllers[0]}, none that has a name here", KEY)
    if missed := _missed(needs, row, namespace):
        other = f", or give {PLACE_KEY}" if row.pods else ""
        return Line(State.MISSING, what, f"{row.title} serves it, {missed}: set it to '{row.name}'{other}", KEY)
    if _anywhere(row) and namespace in needs.let_in:
        detail = (
            f"{row.title} serves it, whose proxies run where it was installed, and the pods are open to {namespace}, "
            f"where the Gateway is: if the proxies run elsewhere, give {PLACE_KEY}"
        )
        return Line(State.UNSURE, what, detail, PLACE_KEY)
    return Line(State.OK, what, f"{row.title} ({controllers[0]})", KEY)


def _anywhere(row: Implementation) -> bool:
    """Whether its proxies are pods of a namespace that nobody knows from its name."""
    return row.pods and row.namespace is None and not row.in_gateway_namespace


def _missed(needs: Needs, row: Implementation, gateway: str) -> str:
    """Why its proxies do not get to the pods; empty where they do, and where the stack knows what it has to do with."""
    made = {kind for _, kind in needs.kinds}
    if not made.isdisjoint(row.policies):
        return ""
    if not row.pods:
        return "whose proxies are no pods of a namespace, and the stack makes nothing for it"
    place = gateway if row.in_gateway_namespace else row.namespace
    if place is None or place in (*needs.namespaces, needs.namespace):
        return ""
    return f"whose proxies run in {place}, and the pods are not open to that namespace"
