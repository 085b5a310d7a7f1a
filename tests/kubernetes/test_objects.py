"""Parts that several objects share, by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.kubernetes import objects as common

LABEL = re.compile(r"(?=.{1,63}\Z)[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?")
DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("registry.example/mcp:1.4.2", "1.4.2"),
        ("registry.example:5000/team/mcp:v2", "v2"),
        (f"registry.example:5000/mcp@{DIGEST}", "0123456789ab"),
        (f"registry.example/mcp:1.4.2@{DIGEST}", "1.4.2"),
        ("registry.example:5000/mcp", "unknown"),
        ("mcp:1.4.2_rc-", "1.4.2_rc"),
        ("mcp:" + "a" * 100, "a" * 63),
    ],
)
def test_the_version_of_an_image(image: str, version: str) -> None:
    assert common.image_version(image) == version


@given(st.text(max_size=120))
def test_the_version_is_always_a_label_value(image: str) -> None:
    assert LABEL.fullmatch(common.image_version(image))


def test_a_version_is_a_label_and_never_selects() -> None:
    labels = common.versioned(common.labels("orders", "server"), "1.2")
    assert labels == {
        "app.kubernetes.io/name": "orders",
        "app.kubernetes.io/component": "server",
        "app.kubernetes.io/part-of": "mcp",
        "app.kubernetes.io/managed-by": "pulumi",
        "app.kubernetes.io/version": "1.2",
    }
    assert common.selector("orders", "server").items() < labels.items()
    assert "app.kubernetes.io/version" not in common.selector("orders", "server")
    assert "app.kubernetes.io/version" not in common.labels("orders", "server")


def test_pods_are_spread_over_zones_and_nodes_per_revision() -> None:
    match = {"app": "x"}
    assert common.spread(match) == [
        {
            "topologyKey": key,
            "maxSkew": 1,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": "x"}},
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def test_metadata_leaves_out_what_is_not_given() -> None:
    assert common.metadata(None, None, {"a": "b"}, {}) == {"labels": {"a": "b"}}
    assert common.metadata("n", "s", {}, {"x": "y"}) == {
        "labels": {},
        "name": "n",
        "namespace": "s",
        "annotations": {"x": "y"},
    }


def test_a_disruption_budget_has_one_bound() -> None:
    assert common.disruption_budget({"a": "b"}, min_available=2, max_unavailable=None) == {
        "minAvailable": 2,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": {"a": "b"}},
    }
    assert "minAvailable" not in common.disruption_budget({}, min_available=2, max_unavailable=1)
    assert common.disruption_budget({}, min_available=2, max_unavailable=1)["maxUnavailable"] == 1


def test_empty_values_are_left_out_and_false_ones_are_not() -> None:
    assert common.without_empty({"a": [], "b": {}, "c": 0, "d": False, "e": "", "f": [0]}) == {
        "c": 0,
        "d": False,
        "e": "",
        "f": [0],
    }
