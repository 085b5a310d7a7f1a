"""What a stack and McpChaos may both say of an experiment in the cluster."""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic.config import JsonDict

from ...kubernetes.cron import no_schedule, parse
from ..fields import DataKey, Filled, Group, Image, Name

ExperimentName = Literal["kill-pod", "kill-zone", "stop-database", "stop-state-store", "drop-network"]
"""Those that take no more than rights in the namespace; 'freeze-pod' takes a pod with those of the node."""


def _arguments(value: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        raise ValueError("they hold something that is no JSON: give plain text, numbers, lists and maps") from None
    return value


# An encrypted value is a map too, as Pulumi writes it, and nothing that a command line may hold in clear.
_CLEAR: JsonDict = {"anyOf": [{"not": {"type": "object", "required": ["secure"], "maxProperties": 1}}]}

ToolArguments = Annotated[
    dict[str, Any], AfterValidator(_arguments), Field(json_schema_extra={"additionalProperties": _CLEAR})
]


def _schedule(value: str) -> str:
    """A schedule that the API server takes and that comes."""
    problem = no_schedule(value)
    if problem is not None:
        raise ValueError(f"'{value}' is not a cron expression: {problem} Write it like '0 3 * * 1'")
    if not value.startswith("@") and not parse(value).ever():
        raise ValueError(f"'{value}' never comes: give a day that its months have, or leave it out")
    return value


_SCHEDULE: JsonDict = {"pattern": r"^(\S+(\s+\S+){4}|@[a-z]+( [0-9.nsuµmh]+)?)$"}


class ChaosKeys(Group):
    """What is done, when, and what it may cost."""

    experiment: ExperimentName
    """What is done: 'kill-pod' and 'kill-zone' end pods without a drain, 'stop-database' and 'stop-state-store' scale
    `workload` to 0 for a while, 'drop-network' drops the packets of a pod where the network plugin has rules that
    deny (Cilium, Calico)."""
    image: Image
    """Image with the command mcp-stack, the extra 'probe' and kubectl, with a fixed tag or a digest;
    images/chaos/Dockerfile builds one."""
    schedule: Annotated[str, AfterValidator(_schedule), Field(json_schema_extra=_SCHEDULE)] | None = None
    """Five-field cron expression in UTC, in quotes; days of the week are 0 (Sunday) to 6. Left out: it waits for
    'kubectl create job --from=cronjob/NAME'."""
    production: Filled | None = None
    """Name of the region, said once more: an experiment takes calls and sessions from the users there. Required in
    production."""
    workload: Annotated[str, Field(pattern=r"^(deployment|statefulset)/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")] | None = None
    """What 'stop-database' and 'stop-state-store' scale to 0 and back: 'deployment/NAME' or 'statefulset/NAME' of the
    namespace."""
    tool: Filled | None = None
    """Tool that the clients call, which must do no harm. Left out: they list the tools."""
    tool_arguments: ToolArguments = {}
    """Its arguments, in clear. '{call}' in a text stands for words that no other call has."""
    hold_seconds: Annotated[float, Field(ge=1, le=300)] = 10
    """How long the fault lasts, in seconds: as long as most restarts take. A kill does not last."""
    recover_seconds: Annotated[float, Field(ge=1, le=900)] = 30
    """How long all clients may take to call again, in seconds."""
    calls_lost: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """Calls of clients without a session that may fail. Derived of the experiment."""
    sessions_lost: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Sessions of each era that may be lost. Derived of the pods that it is done to."""
    token_secret: Name | None = None
    """Secret of the namespace with a bearer token for the server. Left out: calls have none."""
    token_key: DataKey = "token"
    """Key of the token in that Secret."""
