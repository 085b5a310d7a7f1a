"""Stack files changed at random that 'check' accepts: the real API server takes every object of them."""

from __future__ import annotations

from itertools import chain

import pytest

from tests import mutation
from tests.cluster.control_plane import ControlPlane
from tests.cluster.kubectl import KubectlError, Object, in_order
from tests.cluster.oracles import UNAVAILABLE_GROUPS, group_of

STACKS, BATCH = 300, 15


def accepted_stacks() -> list[mutation.RegionPlan]:
    """At least so many plans of stacks that were changed and are accepted, from gentle changes to wild ones."""
    plans: list[mutation.RegionPlan] = []
    for seed in range(1_000):
        wild = (0.02, 0.08, 0.15)[seed % 3]
        plans += [
            plan for values in mutation.stacks(50_000 + seed, 50, wild=wild) if (plan := mutation.accepted(values))
        ]
        if len(plans) >= STACKS:
            return plans
    raise AssertionError(f"only {len(plans)} stacks are accepted")


def refused(plane: ControlPlane, objects: list[Object]) -> list[str]:
    """What the API server says of objects that are only tried; a namespace has to be there for what is in it, one of
    ours and one of the gateway, which its operator makes, alike."""
    objects = [of_one_family(one) for one in apart(objects)]
    spaces = {one["metadata"]["name"]: one for one in objects if is_space(one)}
    for name in {one["metadata"]["namespace"] for one in objects if "namespace" in one["metadata"]} - set(spaces):
        spaces[name] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    try:
        plane.client.apply(list(spaces.values()))
        return plane.client.apply(objects, dry_run=True).warnings
    except KubectlError as error:
        return error.stderr.splitlines()


def apart(objects: list[Object]) -> list[Object]:
    """The objects in namespaces of their own: other tests use those of the project's stacks."""
    ours = {one["metadata"]["name"]: f"changed-{one['metadata']['name']}"[:63] for one in objects if is_space(one)}

    def moved(metadata: Object) -> Object:
        return {**metadata, "namespace": ours.get(metadata["namespace"], metadata["namespace"])}

    return [
        {**one, "metadata": {**one["metadata"], "name": ours[one["metadata"]["name"]]}}
        if is_space(one)
        else {**one, "metadata": moved(one["metadata"]) if "namespace" in one["metadata"] else one["metadata"]}
        for one in objects
    ]


def of_one_family(one: Object) -> Object:
    """The object for a cluster of one family of addresses, which takes no Service that has to have two."""
    if one["kind"] != "Service" or one["spec"].get("ipFamilyPolicy") != "RequireDualStack":
        return one
    return {**one, "spec": {**one["spec"], "ipFamilyPolicy": "PreferDualStack"}}


def is_space(one: Object) -> bool:
    """Whether it is a Namespace."""
    return bool(one["kind"] == "Namespace")


@pytest.mark.usefixtures("crds")
def test_the_api_server_takes_what_check_accepts(control_plane: ControlPlane) -> None:
    plans = accepted_stacks()
    wrong: list[str] = []
    for place in range(0, len(plans), BATCH):
        stacks = mutation.rendered(plans[place : place + BATCH])
        objects = [one for one in in_order(chain.from_iterable(stacks)) if group_of(one) not in UNAVAILABLE_GROUPS]
        wrong += refused(control_plane, objects)
    assert sorted(set(wrong)) == []
    assert len(plans) >= STACKS
