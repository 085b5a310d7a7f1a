"""The Outputs among the arguments of McpRegion and of each of its servers, at the paths of a stack file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .inputs.later import Later
from .settings.layers import SERVERS as SERVERS_GROUP
from .settings.load import SECRET_VALUES, judged_by_a_rule
from .settings.models import Settings
from .settings.problems import NAMESPACE, Problem, SettingsError, join
from .settings.servers import SERVERS


def held_region(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The arguments, in which each Output fails as soon as it is known to be nothing that its key takes."""
    whole = _door(where, f"{NAMESPACE}:").held(given)
    servers = given.get(SERVERS_GROUP)
    if isinstance(servers, Mapping):
        whole[SERVERS_GROUP] = {
            name: _door(where, f"{join(SERVERS, str(name))}.").held(groups) if isinstance(groups, Mapping) else groups
            for name, groups in servers.items()
        }
    return whole


def _door(where: str, place: str) -> Later:
    def refusal(problems: list[Problem]) -> Exception:
        moved = [replace(one, path=place + one.path.removeprefix(f"{NAMESPACE}:")) for one in problems]
        return SettingsError(moved, where=where)

    return Later(group=Settings, refusal=refusal, spared=_secret, stack=True)


def _secret(path: str) -> bool:
    return path.startswith(SECRET_VALUES) or judged_by_a_rule(path)
