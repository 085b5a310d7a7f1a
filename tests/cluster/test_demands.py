"""What the package knows of the API server's demands, held against the API server itself."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.kubernetes.api import type_of
from pulumi_kubernetes_mcp.kubernetes.extra import CLUSTER_WIDE
from pulumi_kubernetes_mcp.kubernetes.merge import strategic_merge
from pulumi_kubernetes_mcp.kubernetes.patches import POD, TEMPLATE
from tests import mutation
from tests.cluster.control_plane import ControlPlane
from tests.cluster.kubectl import KubectlError, Object
from tests.kubernetes.test_demands import CASES, name, plan

NAMESPACE = "demands"
POD_KINDS = ("Deployment", "StatefulSet")


@pytest.fixture(scope="module")
def rendered() -> list[Object]:
    """The objects that the patches change."""
    return mutation.rendered([plan({})])[0]


@pytest.fixture(scope="module")
def plane(control_plane: ControlPlane) -> ControlPlane:
    """A control plane with a namespace for what is tried."""
    control_plane.client.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}])
    return control_plane


def merged(case: dict[str, Any], rendered: list[Object]) -> Object:
    """The object that a case is about: a further one, or one of the stack with its patch."""
    if "object" in case:
        return dict(case["object"])
    kind, patch = case["kind"], case["patch"]
    kinds = POD_KINDS if kind == POD else (kind,)
    body = next(one for one in rendered if one["kind"] in kinds and one["metadata"].get("name") == "orders")
    if kind == POD:
        template = strategic_merge(body["spec"]["template"], patch, TEMPLATE)
        return {**body, "spec": {**body["spec"], "template": template}}
    type_ = type_of(body["apiVersion"], kind)
    assert type_ is not None
    rest = {key: value for key, value in body.items() if key not in ("apiVersion", "kind")}
    return {"apiVersion": body["apiVersion"], "kind": kind, **strategic_merge(rest, patch, type_)}


def says(plane: ControlPlane, one: Object) -> str:
    """What the API server says of an object that is only tried; nothing where it takes it."""
    metadata = dict(one["metadata"])
    if one["kind"] not in CLUSTER_WIDE:
        metadata["namespace"] = NAMESPACE
    try:
        plane.client.apply([{**one, "metadata": metadata}], dry_run=True)
    except KubectlError as error:
        return error.stderr
    return ""


REFUSED = [one for one in (*CASES["patches"], *CASES["objects"]) if not one.get("taken")]
TAKEN = [one for one in (*CASES["patches"], *CASES["objects"]) if one.get("taken")]
UNSERVED = frozenset({"snapshot.storage.k8s.io/v1", "resource.k8s.io/v1beta1"})
"""Versions that a cluster serves where somebody installs or switches them on."""
SERVED = [one for one in CASES["right"] if one.get("object", {}).get("apiVersion") not in UNSERVED]


@pytest.mark.parametrize("case", REFUSED, ids=name)
def test_what_is_refused_here_the_api_server_refuses(
    case: dict[str, Any], plane: ControlPlane, rendered: list[Object]
) -> None:
    assert says(plane, merged(case, rendered))


@pytest.mark.parametrize("case", TAKEN, ids=name)
def test_what_is_refused_here_alone_changes_nothing_in_a_cluster(
    case: dict[str, Any], plane: ControlPlane, rendered: list[Object]
) -> None:
    """The table says why it is refused here: the day the API server refuses it too, the reason goes."""
    assert case["taken"]
    assert says(plane, merged(case, rendered)) == ""


@pytest.mark.parametrize("case", SERVED, ids=name)
def test_what_is_right_here_the_api_server_takes(
    case: dict[str, Any], plane: ControlPlane, rendered: list[Object]
) -> None:
    assert says(plane, merged(case, rendered)) == ""
