"""What this process may open is raised as far as a measurement needs, and never beyond what is allowed."""

from __future__ import annotations

import resource

import pytest

from pulumi_kubernetes_mcp.measuring.limits import allow_descriptors
from pulumi_kubernetes_mcp.measuring.refused import MeasureError

NEEDED = 2 * 100 + 2 * 8 + 128
"""For 100 sessions and 8 callers: two each, and some for the process itself."""


@pytest.mark.parametrize(
    ("soft", "hard", "then"),
    [
        (NEEDED, NEEDED, None),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None),
        (NEEDED - 1, NEEDED, (NEEDED, NEEDED)),
        (64, 4096, (NEEDED, 4096)),
        (64, resource.RLIM_INFINITY, (NEEDED, resource.RLIM_INFINITY)),
    ],
)
def test_the_limit_is_raised_to_what_is_needed(
    soft: int, hard: int, then: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: raised.append(limits))
    allow_descriptors(sessions=100, callers=8)
    assert raised == ([] if then is None else [then])


def test_more_than_is_allowed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, NEEDED - 1))
    with pytest.raises(
        MeasureError, match=f"100 sessions need {NEEDED} open files, but this process may have {NEEDED - 1}"
    ):
        allow_descriptors(sessions=100, callers=8)
