"""Ten thousand stack files changed at random: no traceback, no secret shown, nothing accepted that is then refused."""

from __future__ import annotations

import pytest

from tests import mutation
from tests.rendered import custom_resources, kubernetes_schemas

FAST = 60
ALL = 10_000
BATCH, RENDERED = 20, 3
NEWEST = kubernetes_schemas.MINORS[-1]


def refused_objects(plans: list[mutation.RegionPlan]) -> list[str]:
    """What the schemas of Kubernetes and of the add-ons say of the objects of some stacks."""
    found = []
    for body in (body for stack in mutation.rendered(plans) for body in stack):
        custom = body["kind"] in custom_resources.FILES
        wrong = custom_resources.problems(body) if custom else kubernetes_schemas.problems(body, NEWEST)
        found += [f"{body['kind']} {body['metadata']['name']}: {one}" for one in wrong]
    return found


@pytest.mark.parametrize("seed", range(FAST // BATCH))
def test_a_changed_stack_is_accepted_or_refused_in_words(seed: int) -> None:
    for values in mutation.stacks(seed, BATCH):
        mutation.accepted(values)


def test_what_check_accepts_render_takes() -> None:
    plans = [plan for values in mutation.stacks(1_000, 16, wild=0.05) if (plan := mutation.accepted(values))]
    assert len(plans) > 2
    assert refused_objects(plans[:RENDERED]) == []


@pytest.mark.grid
def test_the_changes_are_the_same_for_a_seed_and_of_every_kind() -> None:
    made = list(mutation.stacks(7, 60))
    assert repr(made) == repr(list(mutation.stacks(7, 60)))
    assert {group for values in made for group in values} > {"mcp:prices", "mcp:accept", "mcp:awaits", "mcp:stateStore"}


@pytest.mark.grid
@pytest.mark.parametrize("seed", range(ALL // 100))
def test_ten_thousand_changed_stacks(seed: int) -> None:
    """The same with everything that is accepted rendered, and held against the schemas."""
    wild = (0.02, 0.08, 0.15, 0.3)[seed % 4]
    plans = [plan for values in mutation.stacks(10_000 + seed, 100, wild=wild) if (plan := mutation.accepted(values))]
    wrong = [
        problem for place in range(0, len(plans), BATCH) for problem in refused_objects(plans[place : place + BATCH])
    ]
    assert wrong == []
