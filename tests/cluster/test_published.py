"""The published deployments of `examples/published` on the real API server: strict fields, CEL, Pod Security."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tests.cluster.control_plane import ControlPlane
from tests.cluster.kubectl import KubectlError
from tests.cluster.oracles import Stack, group_of
from tests.examples.test_published import STACKS, objects

UNSERVED = {"monitoring.coreos.com", "secrets-store.csi.x-k8s.io"}
"""Groups of operators that an original uses and no Go module here has the definitions of: not proven."""


@pytest.mark.parametrize("name", STACKS)
def test_the_api_server_takes_a_published_deployment(name: str, control_plane: ControlPlane, crds: list[str]) -> None:
    stack = Stack(control_plane.client, [body for body in objects(name) if group_of(body) not in UNSERVED])
    try:
        stack.apply()
        stack.comes_back_as_sent()
    finally:
        with suppress(KubectlError):
            stack.remove()
