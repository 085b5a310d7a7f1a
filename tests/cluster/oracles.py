"""What is asked of a stack on the real control plane; each question raises `AssertionError` with its reason.

The tests ask them of the stacks; `test_controls.py` asks each of them of a stack that is wrong on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from tests.cluster.crds import UNAVAILABLE_GROUPS
from tests.cluster.eviction import ALL_NODES, drain
from tests.cluster.kubectl import Kubectl, KubectlError, Object, Output, as_stream, in_order, wait_until

WORKLOADS = ("Deployment", "StatefulSet")
SCALE_LIMIT_S = 90.0


@dataclass(frozen=True)
class Autoscaled:
    """A Deployment whose replica count an autoscaler owns."""

    namespace: str
    name: str
    minimum: int
    maximum: int
    by: str


def group_of(one: Object) -> str:
    """The API group of an object; empty for the core group."""
    version: str = one["apiVersion"]
    return version.rpartition("/")[0]


class Stack:
    """The objects of one stack, and the questions about them."""

    def __init__(self, client: Kubectl, objects: Iterable[Object]) -> None:
        given = in_order(objects)
        self.client = client
        self.objects = [one for one in given if group_of(one) not in UNAVAILABLE_GROUPS]
        self.not_proven = [one for one in given if group_of(one) in UNAVAILABLE_GROUPS]

    # -- what is in it -----------------------------------------------------------------------------

    def of_kind(self, *kinds: str) -> list[Object]:
        """The objects of some kinds."""
        return [one for one in self.objects if one["kind"] in kinds]

    @cached_property
    def foreign_namespaces(self) -> list[Object]:
        """Namespaces the stack uses and does not make, other than the built-in ones."""
        made = {one["metadata"]["name"] for one in self.of_kind("Namespace")}
        used = {one["metadata"].get("namespace") for one in self.objects}
        absent = used - made - {None, "default", "kube-system", "kube-public"}
        return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(absent)]

    @cached_property
    def autoscaled(self) -> list[Autoscaled]:
        """Deployments with an HPA or a ScaledObject."""
        found = []
        for one in self.of_kind("HorizontalPodAutoscaler", "ScaledObject"):
            spec, target = one["spec"], one["spec"]["scaleTargetRef"]
            if target.get("kind", "Deployment") == "Deployment":
                low = spec.get("minReplicas", spec.get("minReplicaCount", 1))
                high = spec.get("maxReplicas", spec.get("maxReplicaCount", 100))
                where = one["metadata"].get("namespace", "default")
                found.append(Autoscaled(where, target["name"], int(low), int(high), one["kind"]))
        return found

    # -- doing things to it ------------------------------------------------------------------------

    def apply(self) -> Output:
        """Apply everything; an error and a warning both fail."""
        if self.foreign_namespaces:
            self.client.apply(self.foreign_namespaces, field_manager="cluster-owner")
        try:
            output = self.client.apply(self.objects)
        except KubectlError as error:
            raise AssertionError(str(error)) from error
        assert not output.warnings, "the API server warned:\n" + "\n".join(output.warnings)
        return output

    def remove(self) -> None:
        """Delete everything and wait until it is gone."""
        self.client.delete([*self.foreign_namespaces, *self.objects])

    def scale_to(self, bound: str) -> None:
        """Bring every autoscaled Deployment to its `minimum` or `maximum`, as its autoscaler would."""
        for one in self.autoscaled:
            replicas = getattr(one, bound)
            self.client.run("scale", f"deployment/{one.name}", f"--replicas={replicas}", "-n", one.namespace)
        self.workloads_complete()

    def live(self) -> list[dict[str, Any]]:
        """The objects as the API server has them now."""
        found = self.client.run("get", "-f", "-", "-o", "json", text=as_stream(self.objects)).stdout
        answer = json.loads(found)
        return answer["items"] if answer["kind"] == "List" else [answer]

    # -- the questions -----------------------------------------------------------------------------

    def workloads_complete(self) -> None:
        """All workloads have all their replicas available."""
        for one in self.of_kind(*WORKLOADS):
            where, name = one["metadata"].get("namespace", "default"), one["metadata"]["name"]
            kind = one["kind"].lower()
            try:
                self.client.rollout_complete(f"{kind}/{name}", where, limit_s=SCALE_LIMIT_S)
            except KubectlError as error:
                raise AssertionError(f"{error}\n{self._why_not(where)}") from error

    def autoscaler_reaches_minimum(self, *, limit_s: float = 60.0) -> None:
        """The real autoscaler lifts each Deployment it owns to its minimum, with no help and no metrics."""
        for one in (entry for entry in self.autoscaled if entry.by == "HorizontalPodAutoscaler"):

            def enough(one: Autoscaled = one) -> bool:
                live = self.client.get(f"deployment/{one.name}", "-n", one.namespace)
                return int(live["spec"]["replicas"]) >= one.minimum

            try:
                wait_until(f"the autoscaler to bring {one.name} to {one.minimum}", enough, limit_s=limit_s)
            except TimeoutError as error:
                raise AssertionError(str(error)) from error

    def second_apply_changes_nothing(self) -> None:
        """Applying again moves neither a generation nor, apart from status, a single field."""
        before = {_identity(one): one for one in self.live()}
        self.apply()
        changed = []
        for one in self.live():
            old = before[_identity(one)]
            same = old["metadata"]["resourceVersion"] == one["metadata"]["resourceVersion"]
            if not same and _content(old) != _content(one):
                changed.append("/".join(_identity(one)))
        assert not changed, "changed by a second apply: " + ", ".join(changed)

    def comes_back_as_sent(self) -> None:
        """Each field is stored as it was sent: what comes back in another form is a difference at each refresh."""
        live = {_identity(one): one for one in self.live()}
        sent = [(one, live[_found(one, live)]) for one in self.objects]
        changed = [f"{one['kind']} {path}" for one, stored in sent for path in respelt(one, stored)]
        assert not changed, "stored in another form: " + "; ".join(changed)

    def second_apply_keeps_the_count(self) -> None:
        """A deploy does not touch the replica count that the autoscaler has chosen."""
        self.scale_to("maximum")
        self.apply()
        for one in self.autoscaled:
            replicas = self.client.get(f"deployment/{one.name}", "-n", one.namespace)["spec"]["replicas"]
            assert replicas == one.maximum, f"{one.name} was reset from {one.maximum} to {replicas} replicas"

    def quota_admits_surge(self, *, limit_s: float = 40.0) -> None:
        """With everything at its maximum, a rollout of each Deployment gets all its surge pods.

        Nodes are closed while it starts, so the new pods exist and stay pending: maximum and surge at the
        same moment, whatever the timing.  Then the nodes open and the rollout has to finish.
        """
        for one in self.of_kind("Deployment"):
            where, name = one["metadata"].get("namespace", "default"), one["metadata"]["name"]
            with self._closed_nodes():
                self.client.run("rollout", "restart", f"deployment/{name}", "-n", where)
                created = partial(self._surge_created, name, where)
                try:
                    wait_until(f"all surge pods of {name}", created, limit_s=limit_s)
                except TimeoutError as error:
                    raise AssertionError(f"{error}\n{self._why_not(where)}") from error
            self.workloads_complete()

    def drain_keeps_the_budgets(self, *, rollout: bool = False, limit_s: float = 120.0) -> list[str]:
        """Draining two thirds of the nodes at once succeeds and never breaks a disruption budget.

        :param rollout: whether each Deployment is restarted at that moment.
        """
        budgets = [
            self.client.get("pdb", one["metadata"]["name"], "-n", one["metadata"].get("namespace", "default"))
            for one in self.of_kind("PodDisruptionBudget")
        ]
        for budget in budgets:
            name, allowed = budget["metadata"]["name"], budget["status"]["disruptionsAllowed"]
            assert allowed >= 1, f"disruption budget {name} allows no eviction"
        if not rollout:
            return drain(self.client, budgets, limit_s=limit_s)
        return drain(self.client, budgets, limit_s=limit_s, begin=self._restart, end=self.workloads_complete)

    # -- helpers -----------------------------------------------------------------------------------

    def _restart(self) -> None:
        """New pods for every Deployment; their rollout is not waited for."""
        for one in self.of_kind("Deployment"):
            where, name = one["metadata"].get("namespace", "default"), one["metadata"]["name"]
            self.client.run("rollout", "restart", f"deployment/{name}", "-n", where)

    @contextmanager
    def _closed_nodes(self) -> Iterator[None]:
        self.client.run("cordon", "-l", ALL_NODES)
        try:
            yield
        finally:
            self.client.run("uncordon", "-l", ALL_NODES)

    def _surge_created(self, name: str, namespace: str) -> bool:
        live = self.client.get(f"deployment/{name}", "-n", namespace)
        status = live["status"]
        if status.get("observedGeneration") != live["metadata"]["generation"]:
            return False
        newest = self._newest_replica_set(live)
        if newest is None or newest["status"].get("observedGeneration") != newest["metadata"]["generation"]:
            return False
        wanted: int = newest["spec"]["replicas"]
        return wanted >= _surge(live) and wanted == int(newest["status"].get("replicas", 0))

    def _newest_replica_set(self, deployment: Object) -> dict[str, Any] | None:
        meta = deployment["metadata"]
        revision = meta.get("annotations", {}).get("deployment.kubernetes.io/revision")
        for one in self.client.get("replicasets", "-n", meta["namespace"]):
            owners = [owner["uid"] for owner in one["metadata"].get("ownerReferences", [])]
            mine = one["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision")
            if meta["uid"] in owners and mine == revision:
                found: dict[str, Any] = one
                return found
        return None

    def _why_not(self, namespace: str) -> str:
        """What the controllers said last; quota refusals are events of the ReplicaSet."""
        flags = ["-n", namespace, "--field-selector=type=Warning", "--sort-by=.lastTimestamp"]
        lines = self.client.run("get", "events", *flags).stdout.splitlines()
        return "\n".join(lines[-8:])


def _surge(deployment: Object) -> int:
    """Surge pods of a rolling update: a count, or a percentage rounded up."""
    strategy, replicas = deployment["spec"]["strategy"], deployment["spec"]["replicas"]
    if strategy["type"] != "RollingUpdate":
        return 0
    surge = strategy["rollingUpdate"]["maxSurge"]
    return surge if isinstance(surge, int) else -(-replicas * int(surge.rstrip("%")) // 100)


WRITE_ONLY = {".stringData"}
"""Fields that the API server takes and does not give back."""


def respelt(sent: Any, stored: Any, path: str = "") -> Iterator[str]:
    """The places where something is stored that is not what was sent; what the API server adds is none of them."""
    if path in WRITE_ONLY:
        return
    if isinstance(sent, Mapping) and isinstance(stored, Mapping):
        for key, value in sent.items():
            yield from respelt(value, stored.get(key), f"{path}.{key}")
    elif isinstance(sent, list) and isinstance(stored, list) and len(sent) == len(stored):
        for place, (mine, theirs) in enumerate(zip(sent, stored, strict=True)):
            yield from respelt(mine, theirs, f"{path}[{place}]")
    elif sent != stored:
        yield f"{path}: {sent!r} is {stored!r}"


def _found(one: Object, live: Mapping[tuple[str, str, str], Any]) -> tuple[str, str, str]:
    """The identity that an object has in the cluster, where one without a namespace may be in 'default'."""
    kind, namespace, name = _identity(one)
    return (kind, namespace, name) if (kind, namespace, name) in live else (kind, "default", name)


def _identity(one: Object) -> tuple[str, str, str]:
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]


def _content(one: Object) -> dict[str, Any]:
    """An object without what controllers and the API server write of their own accord."""
    metadata = {k: v for k, v in one["metadata"].items() if k not in ("managedFields", "resourceVersion")}
    return {**{k: v for k, v in one.items() if k != "status"}, "metadata": metadata}
