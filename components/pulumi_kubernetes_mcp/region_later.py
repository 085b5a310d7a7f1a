"""The Outputs among the arguments of McpRegion and of each of its servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .inputs.at_once import AtOnce
from .inputs.later import Later
from .keys import in_file
from .settings.layers import SERVERS
from .settings.load import SECRET_VALUES, judged_by_a_rule
from .settings.models import Settings
from .settings.problems import join


def held_region(given: Mapping[str, Any], at_once: AtOnce) -> dict[str, Any]:
    """The arguments, in which each Output fails as soon as it is known to be nothing that its key takes."""
    whole = _door("", at_once).held(given)
    servers = given.get(SERVERS)
    if isinstance(servers, Mapping):
        whole[SERVERS] = {
            name: _door(f"{join(SERVERS, str(name))}.", at_once).held(groups) if isinstance(groups, Mapping) else groups
            for name, groups in servers.items()
        }
    return whole


def _door(place: str, at_once: AtOnce) -> Later:
    return Later(group=Settings, at_once=at_once, spared=_secret, place=place)


def _secret(path: str) -> bool:
    place = in_file(path)
    return place.startswith(SECRET_VALUES) or judged_by_a_rule(place)
