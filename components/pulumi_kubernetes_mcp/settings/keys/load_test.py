"""Keys of load tests: what is played, from where, and what must hold."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic.config import JsonDict

from ..fields import DataKey, Filled, Group, Image, LabelKey, Name, Namespace
from ..names import TagValue
from .patches import Patches
from .pod import Toleration

ScenarioName = Literal["peak", "soak", "spike", "scale-in", "steps"]


MOST_BYTES = 900_000
"""The API server stores no ConfigMap above 1 MiB, and the script is in it too."""


def _arguments(value: dict[str, Any]) -> dict[str, Any]:
    for tool, given in value.items():
        choices = given if isinstance(given, list) else [given]
        if not all(isinstance(one, Mapping) for one in choices):
            raise ValueError(
                f"the arguments of '{tool}' are no map: write a map of them, or a list of such maps, of which each "
                "call "
                "takes one by chance"
            )
    try:
        size = len(json.dumps(value))
    except (TypeError, ValueError):
        raise ValueError("they hold something that is no JSON: give plain text, numbers, lists and maps") from None
    if size > MOST_BYTES:
        raise ValueError(f"they have {size:,} bytes, and a ConfigMap has room for {MOST_BYTES:,}: give fewer of them")
    return value


# An encrypted value is a map too, as Pulumi writes it, and nothing that a script may hold in clear.
_ONE: JsonDict = {
    "type": "object",
    "not": {"required": ["secure"], "maxProperties": 1, "properties": {"secure": {"type": "string"}}},
}
_CHOICES: JsonDict = {"anyOf": [_ONE, {"type": "array", "items": _ONE}]}
Arguments = Annotated[
    dict[str, Any], AfterValidator(_arguments), Field(json_schema_extra={"additionalProperties": _CHOICES})
]


class LoadTestPatchKeys(Group):
    """What the keys of a load test do not say."""

    patches: Patches = []
    """Patches of the TestRun and of what belongs to it, for what has no key."""


class LoadTestKeys(Group):
    """What is played, from where, and what must hold."""

    first_launch: bool = False
    """Whether the soak takes an hour instead of half of one: nobody has seen this server under load yet."""
    hold_minutes: Annotated[float, Field(gt=0, le=1440)] | None = None
    """How long the load stands still, in minutes. Derived: peak 10, soak 30, after a spike 8, each of the steps 2, and
    for 'scale-in' until the autoscaler has removed the pods."""
    arguments: Arguments = {}
    """Tool to the arguments that it is called with: a map, or a list of maps, of which each call takes one by chance.
    They stand in clear, and are called thousands of times: none that does harm. Left out: none."""
    p95_milliseconds: Annotated[float, Field(gt=0, le=3_600_000)] | None = None
    """What 95 % of all calls may take, in milliseconds, as clients see it. Derived of each tool: its own 95th
    percentile, and what a call may wait."""
    failed_percent: Annotated[float, Field(ge=0, le=100)] = 1.0
    """What may fail of the requests, in percent. A lost request in a hundred is the guides' limit of a test."""
    production: Filled | None = None
    """Name of the region, said once more: a test takes its capacity from the users there. Required in production."""
    parallelism: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Runner pods that share the sessions. Derived: one for each 500 sessions."""
    paused: bool = False
    """Whether the runners wait for 'k6 resume' instead of beginning when all are there."""
    runner_image: Image = "grafana/k6:1.8.1"
    """Image of k6, with a fixed tag or a digest. The default is the version that the lab plays every scenario with."""
    token_secret: Name | None = None
    """Secret of the namespace with a bearer token for the server. Left out: requests have none."""
    token_key: DataKey = "token"
    """Key of the token in that Secret."""
    operator_namespace: Namespace = "k6-operator-system"
    """Namespace of the k6 operator, which asks the runners whether they are there; that of its own manifests."""
    runner_node_selector: dict[LabelKey, TagValue] = {}
    """Labels that the nodes of the runners must have: beside the server they take the CPU that they measure."""
    runner_tolerations: list[Toleration] = []
    """Taints of nodes that the runners bear."""


class PlannedTool(Group):
    """A tool that sessions call, as it is planned."""

    name: Filled
    """Name of the tool."""
    share_percent: Annotated[float, Field(gt=0, le=100)]
    """Its part of all calls, in percent."""
    duration_milliseconds: Annotated[float, Field(ge=0.001, le=86_400_000)] | None = None
    """Mean duration of a call without waiting, in milliseconds. Left out: no rate is expected."""
    limit_milliseconds: Annotated[float, Field(ge=0.001, le=86_400_000)] | None = None
    """What 95 % of its calls may take, in milliseconds. Left out: as long as they want."""
