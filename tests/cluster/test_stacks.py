"""Every stack's rendered manifests on the real API server, with the real custom resource definitions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
import yaml

from tests.cluster import sample
from tests.cluster.control_plane import ControlPlane
from tests.cluster.kubectl import KubectlError, Object
from tests.cluster.oracles import Stack

RENDERED = Path(__file__).parents[2] / "stacks" / "rendered"
SAMPLES = {
    "sample-hpa": lambda: sample.stack("sample-hpa", autoscaler="hpa"),
    "sample-keda": lambda: sample.stack("sample-keda", autoscaler="keda"),
}


def rendered_stacks() -> list[str]:
    """Names of the stacks whose manifests are committed."""
    if not RENDERED.is_dir():
        return []
    return sorted(folder.name for folder in RENDERED.iterdir() if any(folder.glob("*.yaml")))


def read_stack(name: str) -> list[Object]:
    """All objects of one rendered stack, or of a sample."""
    if name in SAMPLES:
        return SAMPLES[name]()
    loaded = (yaml.safe_load_all(path.read_bytes()) for path in sorted((RENDERED / name).glob("*.yaml")))
    return [one for documents in loaded for one in documents if one]


class Deployed:
    """A stack on the control plane, and what its first apply said."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.error: AssertionError | None = None
        try:
            stack.apply()
        except AssertionError as error:
            self.error = error

    @property
    def stack(self) -> Stack:
        """The stack; a test that needs it running fails shortly when it never came up."""
        if self.error is not None:
            pytest.fail("the stack could not be applied, see test_applies_without_error_or_warning")
        return self._stack


@pytest.fixture(scope="module", params=[*SAMPLES, *rendered_stacks()])
def deployed(request: pytest.FixtureRequest, control_plane: ControlPlane, crds: list[str]) -> Iterator[Deployed]:
    """Each stack in turn, alone on the control plane."""
    stack = Stack(control_plane.client, read_stack(request.param))
    first = Deployed(stack)
    yield first
    with nullcontext() if first.error is None else suppress(KubectlError):
        stack.remove()


def test_rendered_stacks_are_there() -> None:
    """Without rendered manifests only the samples are proven, and this says so."""
    if not rendered_stacks():
        pytest.skip("stacks/rendered holds no stack, so only the hand-made samples are tested")


def test_applies_without_error_or_warning(deployed: Deployed) -> None:
    """Strict field validation, CEL rules, and Pod Security `restricted`, with nothing to say."""
    if deployed.error is not None:
        raise deployed.error


def test_everything_comes_back_as_sent(deployed: Deployed) -> None:
    """What is stored in another form shows up as drift at each refresh."""
    deployed.stack.comes_back_as_sent()


def test_every_kind_has_its_definition(deployed: Deployed) -> None:
    """Objects whose definition cannot be had are counted as not proven."""
    absent = sorted({f"{one['kind']}.{one['apiVersion']}" for one in deployed.stack.not_proven})
    if absent:
        pytest.skip(f"not proven, no definition to be had: {', '.join(absent)}")


def test_namespaces_enforce_restricted(deployed: Deployed) -> None:
    """Each namespace of the stack refuses pods below `restricted`."""
    for one in deployed.stack.of_kind("Namespace"):
        labels = one["metadata"].get("labels", {})
        assert labels.get("pod-security.kubernetes.io/enforce") == "restricted", one["metadata"]["name"]


def test_autoscaler_reaches_its_minimum(deployed: Deployed) -> None:
    """The real HPA controller starts from one replica and reaches the minimum without any metric."""
    if not any(one.by == "HorizontalPodAutoscaler" for one in deployed.stack.autoscaled):
        pytest.skip("no HorizontalPodAutoscaler in this stack (a ScaledObject needs the KEDA operator)")
    deployed.stack.autoscaler_reaches_minimum()


def test_workloads_become_available(deployed: Deployed) -> None:
    """At the autoscaler's minimum every workload is scheduled and available."""
    deployed.stack.scale_to("minimum")


def test_second_apply_changes_nothing(deployed: Deployed) -> None:
    """The manifests say what the API server stores."""
    deployed.stack.scale_to("minimum")
    deployed.stack.second_apply_changes_nothing()


def test_drain_succeeds_within_the_budgets(deployed: Deployed) -> None:
    """The nodes that hold the pods drained at once, no budget broken."""
    deployed.stack.scale_to("minimum")
    print("\n".join(deployed.stack.drain_keeps_the_budgets()))


def test_a_rollout_beside_a_drain_keeps_the_budgets(deployed: Deployed) -> None:
    """New pods come and old ones go while the nodes are drained: the drain finishes, and so does the rollout."""
    deployed.stack.scale_to("minimum")
    print("\n".join(deployed.stack.drain_keeps_the_budgets(rollout=True)))


def test_second_apply_keeps_the_count(deployed: Deployed) -> None:
    """A deploy at peak does not reset the replicas."""
    if not deployed.stack.autoscaled:
        pytest.skip("nothing in this stack is autoscaled")
    deployed.stack.second_apply_keeps_the_count()


def test_quota_admits_maximum_and_surge(deployed: Deployed) -> None:
    """A rollout at the maximum gets every surge pod."""
    deployed.stack.scale_to("maximum")
    deployed.stack.quota_admits_surge()
