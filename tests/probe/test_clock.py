"""Which phase of a round took how long."""

from __future__ import annotations

import time

import pytest

from pulumi_kubernetes_mcp.probe.clock import Clock
from pulumi_kubernetes_mcp.probe.metric_names import Phase


def test_each_second_belongs_to_the_phase_that_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    clock = Clock()
    now[0] += 0.5  # Before any phase.
    assert clock.switch(Phase.CONNECT) is None
    now[0] += 2
    with clock.during(Phase.TLS):
        now[0] += 4
    assert clock.phase is Phase.CONNECT
    now[0] += 8
    assert clock.switch(None) is Phase.CONNECT
    now[0] += 16
    assert clock.seconds == {Phase.CONNECT: 10, Phase.TLS: 4}
    assert clock.total == 30.5


def test_a_phase_that_fails_goes_on() -> None:
    clock = Clock()
    clock.switch(Phase.CONNECT)
    with pytest.raises(OSError, match="cut"), clock.during(Phase.TLS):
        raise OSError("cut")
    assert clock.phase is Phase.TLS
