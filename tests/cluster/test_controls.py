"""Each oracle asked about something that is wrong on purpose: an oracle that cannot fail proves nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.cluster import sample
from tests.cluster.control_plane import ControlPlane
from tests.cluster.eviction import HealthWatch
from tests.cluster.kubectl import Kubectl, KubectlError, Object, wait_until
from tests.cluster.oracles import Stack

NAMESPACE = "control"
pytestmark = pytest.mark.usefixtures("crds")


@pytest.fixture(scope="module")
def client(control_plane: ControlPlane) -> Iterator[Kubectl]:
    """A client, with one `restricted` namespace to refuse things in."""
    namespace = sample.namespace_object(NAMESPACE)
    control_plane.apply([namespace])

    def account_there() -> bool:
        return bool(control_plane.client.get("serviceaccounts", "-n", NAMESPACE))

    wait_until("the namespace's service account", account_there)
    yield control_plane.client
    control_plane.client.delete([namespace])


@contextmanager
def running(client: Kubectl, namespace: str, objects: list[Object]) -> Iterator[Stack]:
    """A stack of wrong objects, removed afterwards."""
    stack = Stack(client, objects)
    try:
        stack.apply()
        yield stack
    finally:
        stack.remove()


def changed(one: Object, path: str, value: Any) -> dict[str, Any]:
    """A copy of an object in the control namespace with one field set; a list index is a number."""
    result = copy.deepcopy(dict(sample.placed(one, NAMESPACE)))
    *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
    cursor: Any = result
    for key in parents:
        cursor = cursor[key]
    cursor[last] = value
    return result


def pod(security: dict[str, Any] | None = None) -> dict[str, Any]:
    """The sample's pod on its own."""
    spec = sample.pod_spec()
    if security is not None:
        spec["containers"][0]["securityContext"] = security
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "alone", "namespace": NAMESPACE},
        "spec": spec,
    }


def external_secret() -> dict[str, Any]:
    """The sample's ExternalSecret."""
    return sample.secret_objects()[1]


def scaled_object() -> Object:
    """The sample's ScaledObject."""
    return next(one for one in sample.stack(NAMESPACE, autoscaler="keda") if one["kind"] == "ScaledObject")


REFUSED: dict[str, tuple[Callable[[], Object], str]] = {
    "a privileged pod": (lambda: pod({"privileged": True}), 'violates PodSecurity "restricted'),
    "a misspelt field": (
        lambda: changed(sample.deployment(), "spec.template.spec.containers.0.readynessProbe", {}),
        "field not declared in schema",
    ),
    "a wrong type": (lambda: changed(sample.deployment(), "spec.replicas", "three"), "expected"),
    "an unknown field of an ExternalSecret": (
        lambda: changed(external_secret(), "spec.refreshIntervall", "1h"),
        "field not declared in schema",
    ),
    "an unknown version of an ExternalSecret": (
        lambda: changed(external_secret(), "apiVersion", "external-secrets.io/v1beta1"),
        "no matches for kind",
    ),
    "a ScaledObject without triggers": (lambda: changed(scaled_object(), "spec.triggers", None), "triggers"),
    "a route whose parts take longer than the whole (CEL)": (
        lambda: changed(sample.edge()[0], "spec.rules.0.timeouts", {"request": "1s", "backendRequest": "2s"}),
        "backendRequest timeout cannot be longer than request timeout",
    ),
    "a policy for a Deployment (CEL)": (
        lambda: changed(sample.edge()[1], "spec.targetRefs.0", {"group": "apps", "kind": "Deployment", "name": "x"}),
        "this policy can only have a targetRefs",
    ),
    "a budget with both bounds": (
        lambda: changed(sample.disruption_budget(), "spec.maxUnavailable", 1),
        "cannot be both set",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(client: Kubectl, name: str) -> None:
    """The API server says no, for the reason expected."""
    make, reason = REFUSED[name]
    with pytest.raises(KubectlError) as caught:
        client.apply([make()], dry_run=True)
    assert reason in caught.value.stderr


def test_the_unchanged_forms_are_accepted(client: Kubectl) -> None:
    """What the refusals above differ from is itself fine, without a warning."""
    good = [sample.deployment(), *sample.secret_objects(), *sample.edge(), sample.disruption_budget()]
    objects = [pod(), scaled_object(), *(sample.placed(one, NAMESPACE) for one in good)]
    assert client.apply(objects, dry_run=True).warnings == []


@pytest.mark.parametrize("labelled", [True, False])
def test_a_privileged_template_is_a_warning_and_that_fails(client: Kubectl, labelled: bool) -> None:
    """A Deployment is not refused for its pods; the warning is what the oracle fails on, labels or not."""
    namespace = copy.deepcopy(dict(sample.namespace_object("control-warned")))
    if not labelled:
        del namespace["metadata"]["labels"]
    wrong = changed(sample.deployment(), "spec.template.spec.hostNetwork", True)
    objects = [namespace, sample.placed(wrong, "control-warned")]
    with pytest.raises(AssertionError, match="would violate PodSecurity"), running(client, "", objects):
        pass


def test_a_quota_without_surge_is_found(client: Kubectl) -> None:
    """Room for the maximum and one more, where the rollout wants two."""
    room = sample.MAXIMUM + sample.SURGE - 1
    objects = sample.stack("control-quota", autoscaler="keda", quota_pods=room)
    with running(client, "control-quota", objects) as stack:
        stack.scale_to("maximum")
        with pytest.raises(AssertionError, match="exceeded quota"):
            stack.quota_admits_surge(limit_s=8)


def test_a_budget_that_blocks_is_found(client: Kubectl) -> None:
    """minAvailable equal to the replicas lets no drain through."""
    objects = without(sample.stack("control-block", autoscaler="keda"), "PodDisruptionBudget")
    objects.append(sample.placed(sample.disruption_budget(sample.MINIMUM), "control-block"))
    with running(client, "control-block", objects) as stack:
        stack.scale_to("minimum")
        with pytest.raises(AssertionError, match="allows no eviction"):
            stack.drain_keeps_the_budgets()


def test_a_dip_below_the_budget_is_seen(client: Kubectl) -> None:
    """Deleting pods asks no budget; the watch has to notice."""
    with running(client, "control-dip", sample.stack("control-dip", autoscaler="keda")) as stack:
        stack.scale_to("minimum")
        budget = client.get("pdb", sample.NAME, "-n", "control-dip")
        with HealthWatch(client, budget) as watch:
            client.run("delete", "pods", "--all", "-n", "control-dip")
            stack.workloads_complete()
        assert watch.verdict() is not None
        assert watch.lowest is not None
        assert watch.lowest < sample.MINIMUM - 1


def test_a_second_apply_that_changes_something_is_found(client: Kubectl) -> None:
    """Somebody else's edit of a field the stack owns is undone, and that is a change."""
    with running(client, "control-drift", sample.stack("control-drift", autoscaler="keda")) as stack:
        stack.scale_to("minimum")
        stack.second_apply_changes_nothing()
        patch = '{"spec":{"hard":{"pods":"99"}}}'
        client.run("patch", "quota", sample.NAME, "-n", "control-drift", "-p", patch)
        with pytest.raises(AssertionError, match=r"conflict|changed by a second apply"):
            stack.second_apply_changes_nothing()


def test_a_declared_count_is_found(client: Kubectl) -> None:
    """A Deployment that declares replicas fights whoever scales it."""
    objects = without(sample.stack("control-count", autoscaler="keda"), "Deployment")
    declared = copy.deepcopy(sample.deployment())
    declared["spec"]["replicas"] = sample.MINIMUM
    objects.append(sample.placed(declared, "control-count"))
    with (
        running(client, "control-count", objects) as stack,
        pytest.raises(AssertionError, match=r"\.spec\.replicas"),
    ):
        stack.second_apply_keeps_the_count()


def without(objects: list[Object], kind: str) -> list[Object]:
    """The objects that are not of a kind."""
    return [one for one in objects if one["kind"] != kind]


@pytest.mark.parametrize(
    ("field", "sent", "stored"),
    [
        ("spec.limits.0.default.memory", "1024Mi", "'1024Mi' is '1Gi'"),
        ("spec.limits.0.default.cpu", "1000m", "'1000m' is '1'"),
    ],
)
def test_an_amount_in_another_form_is_noticed(client: Kubectl, field: str, sent: str, stored: str) -> None:
    limits: Object = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "respelt", "namespace": NAMESPACE},
        "spec": {"limits": [{"type": "Container", "default": {"cpu": "500m", "memory": "256Mi"}}]},
    }
    stack = Stack(client, [changed(limits, field, sent)])
    try:
        stack.apply()
        with pytest.raises(AssertionError, match=f"stored in another form: LimitRange .*{stored}"):
            stack.comes_back_as_sent()
    finally:
        client.delete(stack.objects)
