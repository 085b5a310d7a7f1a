"""What each key moves, at both doors: one value is changed, and everything that follows is compared."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any

import pulumi
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from pulumi_kubernetes_mcp import FindingsError, wiring
from pulumi_kubernetes_mcp.colours import preview
from pulumi_kubernetes_mcp.inputs.checked import ArgumentsError
from pulumi_kubernetes_mcp.keys import COMPONENTS, OBJECTS, PLAN, RULES, readers
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.server.argo import newest_service
from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.settings.arguments import FREE_KEYS
from pulumi_kubernetes_mcp.settings.fields import OPAQUE_KEYS
from pulumi_kubernetes_mcp.settings.help import help_of, in_program
from pulumi_kubernetes_mcp.settings.models import Settings
from pulumi_kubernetes_mcp.settings.problems import SECRET_PLACEHOLDER
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.settings.tree import ITEM, MEMBER, Key, keys
from pulumi_kubernetes_mcp.testing import Recording, record
from tests.components.case import PROJECT

from . import uses
from .changed import values

Effects = Mapping[str, Any]
"""Place of everything that a run leaves, and what is there."""
Wanted = Callable[[str], bool]
"""Whether a change is tried: of the line that tells it, as ``change`` makes it."""
TRIED = 8
"""Values that are tried of a key at one place."""
ENOUGH = 12
"""Findings that a value may move until it is believed that a key moves nothing else."""
MOST = 100
"""Characters of a value that are shown."""
LINES = 16
"""Places that are shown of what one value moves."""
IDLE, PREVIEW = " of the idle colour", " of the preview"
"""What a component is called whose arguments are those of the colour that clients do not reach, and of its route."""
NAMESPACE, SECRET, TARGET = "of-the-namespace", "of-the-secret", "of-the-server"


@dataclass(frozen=True)
class Moved:
    """What one changed value moved."""

    where: str
    """The stack, or the use of a component, that it was changed in."""
    before: Any
    after: Any
    effects: Effects
    """Place to what is there now; ``None`` where there is nothing any more."""


# The stack file


def stack_keys() -> list[Key]:
    """Every key of a stack file that holds a value."""
    return [key for key in keys(Settings) if key.inner is None]


def path_of(key: Key) -> str:
    """A key as the correspondence has it."""
    return ".".join(key.path).replace(f".{ITEM}", ITEM).replace(f".{MEMBER}", MEMBER)


def every(_: str) -> bool:
    """All changes are tried."""
    return True


def stack_moves(key: Key, wanted: Wanted = every) -> list[Moved]:
    """What a key moves, stack by stack, until each of its readers was seen to read it."""
    missing, found = set(readers()[path_of(key)]), []
    for name, args in uses.stacks().items():
        for moved in _moves(None, key, name, args, followed, wanted):
            seen = {reader_of(place) for place in moved.effects}
            if seen & missing or not found:
                found.append(moved)
                missing -= seen
            if not missing:
                return found
    return found


def followed(args: Mapping[str, Any]) -> Effects:
    """Everything that follows from a stack: arguments of components, figures and findings. Without any object."""
    loaded = load_stack(in_file(args), where="stack", directory=PROJECT)
    plan = plan_region(loaded, rehearse=False)
    found = dict(leaves(arguments(plan)))
    found |= {f"{PLAN} {place}": value for place, value in leaves(figures(plan))}
    found |= {f"{OBJECTS} {place}": value for place, value in leaves(plain(plan.settings.extra_objects))}
    return found | {f"{RULES} {finding}": True for finding in plan.findings}


def arguments(plan: RegionPlan) -> dict[str, Any]:
    """The arguments of each component, as the wiring makes them."""
    made: dict[str, Any] = {"McpNamespace": wiring.namespace_args(plan)}
    for secret in plan.shared.secrets:
        made["McpSecrets"] = wiring.secrets_args(secret, plan, NAMESPACE)
    for pooler in plan.shared.poolers:
        made["McpPgBouncer"] = wiring.pooler_args(pooler, plan, NAMESPACE, SECRET)
    if plan.settings.probe is not None:
        made["McpProbe"] = wiring.probe_args(plan, NAMESPACE)
    for server in plan.servers:
        secret_name = SECRET if plan.shared.secret_of(server.name) else None
        pooler = "pooler" if server.pooled else None
        for colour in server.colours:
            of = "" if colour.active else IDLE
            made[f"McpService{of}"] = wiring.service_args(server, NAMESPACE, secret_name, pooler, colour)
            if server.autoscaled:
                made[f"McpAutoscaling{of}"] = wiring.autoscaling_args(server, NAMESPACE, colour.server_name)
            made[f"McpMonitoring{of}"] = wiring.monitoring_args(server, NAMESPACE, colour=colour)
        if server.load_tested:
            made["McpLoadTest"] = wiring.load_test_args(server, NAMESPACE)
        if server.settings.chaos is not None:
            made["McpChaos"] = wiring.chaos_args(server, NAMESPACE)
        idle = server.idle
        beside = None if idle is None else idle.server_name
        made["McpIngress"] = wiring.ingress_args(server, NAMESPACE, server.active.server_name, beside)
        looked_at = newest_service(server.name) if server.by_argo else beside
        if looked_at is not None and preview(server.settings) is not None:
            made[f"McpIngress{PREVIEW}"] = wiring.preview_args(server, NAMESPACE, looked_at)
    return {component: {name: plain(value) for name, value in args} for component, args in made.items()}


def figures(plan: RegionPlan) -> dict[str, Any]:
    """Every figure of the plan, and what the servers share."""
    shared = {name: plain(value) for name, value in vars(plan.shared).items() if name != "secrets"}
    return {"servers": [server.plan.to_dict() for server in plan.servers], "shared": shared}


def in_file(args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of McpRegion as a stack file has them; the values of its Secret are encrypted there."""
    groups = {f"mcp:{to_camel(group)}": _camel(value) for group, value in args.items()}
    if "values" in groups.get("mcp:secrets", {}):
        groups["mcp:secrets"]["values"] = dict.fromkeys(groups["mcp:secrets"]["values"], SECRET_PLACEHOLDER)
    return groups


def _camel(value: Any, free: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {
            key if free else to_camel(key): item
            if not free and key in OPAQUE_KEYS
            else _camel(item, free=not free and key in FREE_KEYS)
            for key, item in value.items()
        }
    return [_camel(item) for item in value] if isinstance(value, (list, tuple)) else value


# A component


def component_keys(component: str) -> list[Key]:
    """Every argument of a component, and every key in it, that holds a value."""
    return [key for key in keys(COMPONENTS[component]) if key.inner is None]


def component_moves(component: str, key: Key, wanted: Wanted = every) -> Moved | None:
    """What an argument moves in the first use where it moves more than a finding, or what finding it moves."""
    found, said = None, 0
    for case in uses.of(component):
        for moved in _moves(component, key, case.variant, case.args, partial(made, case.type), wanted):
            if not only_findings(moved):
                return moved
            found, said = found or moved, said + 1
            if said == ENOUGH:
                return found
    return found


def made(component: type[pulumi.ComponentResource], args: Mapping[str, Any]) -> Effects:
    """Everything that a component leaves: objects, options, outputs, what it logs or refuses."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        run = record(lambda: component("thing", dict(args)), directory=PROJECT)
    except FindingsError as error:
        return {f"{RULES} {line.strip()}": True for line in str(error).splitlines() if ": " in line}
    finally:
        if collecting:
            gc.enable()
    return registered(run)


def registered(run: Recording) -> Effects:
    """Everything that a run leaves, by place."""
    found: dict[str, Any] = {}
    for one in run.resources:
        what = f"{one.kind} {one.name}"
        found[what] = True
        found |= {f"{what} {place}": value for place, value in leaves(dict(one.inputs))}
        found |= {f"{what} options.{place}": value for place, value in leaves(plain(vars(one.options)))}
        found |= {f"{what} outputs.{place}": value for place, value in leaves(dict(one.registered_outputs or {}))}
    return found | {f"{RULES} {message.text}": True for message in run.messages}


def only_findings(moved: Moved) -> bool:
    """Whether all that a value moves is what is said of it."""
    return all(place.startswith(RULES) for place in moved.effects)


# What is common


def _moves(
    component: str | None,
    key: Key,
    where: str,
    args: Mapping[str, Any],
    effects: Callable[[Any], Effects],
    wanted: Wanted,
) -> Iterator[Moved]:
    """What other values of a key move in one stack or use."""
    for place in places(key.path, args):
        present = at(args, place, key)
        for value in islice(values(key, present), TRIED):
            if not wanted(change(component, key, where, present, value)):
                continue
            try:
                changed = difference(base(where, args, effects), effects(replaced(args, place, value)))
            except (SettingsError, ArgumentsError):
                continue
            if changed:
                yield Moved(where, present, value, changed)


def base(where: str, args: Mapping[str, Any], effects: Callable[[Any], Effects]) -> Effects:
    """What follows without a change; found once."""
    known = (where, id(args), repr(effects))
    if known not in _BASES:
        _BASES[known] = effects(args)
    return _BASES[known]


_BASES: dict[tuple[Any, ...], Effects] = {}


def difference(before: Effects, after: Effects) -> Effects:
    """What is elsewhere or another; of what is refused only why."""
    if after and all(place.startswith(RULES) for place in after):
        return {place: True for place in after if place not in before}
    return {
        place: after.get(place)
        for place in sorted({*before, *after})
        if before.get(place) != after.get(place) or (place in before) != (place in after)
    }


def places(path: tuple[str, ...], args: Any) -> list[tuple[Any, ...]]:
    """Where a key stands in arguments that give all groups on the way to it; it may be left out itself."""
    found: list[tuple[Any, ...]] = [()]
    for step in path[:-1]:
        found = [(*place, one) for place in found for one in _steps(step, _get(args, place))]
    return [(*place, path[-1]) for place in found if isinstance(_get(args, place), Mapping)]


def _steps(step: str, value: Any) -> list[Any]:
    if step == ITEM:
        return list(range(len(value))) if isinstance(value, list) else []
    if step == MEMBER:
        return list(value) if isinstance(value, Mapping) else []
    return [step]


def _get(args: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        if isinstance(args, Mapping) and step not in args:
            return {}
        args = args[step]
    return args


def at(args: Mapping[str, Any], place: tuple[Any, ...], key: Key) -> Any:
    """What is there, or what the declaration says where it is left out."""
    group = _get(args, place[:-1])
    if place[-1] in group:
        return group[place[-1]]
    default = key.info.default
    return None if key.info.is_required() else plain(default)


def replaced(args: Any, place: tuple[Any, ...], value: Any) -> Any:
    """The arguments with another value at one place; ``None`` leaves the key out."""
    step, *rest = place
    if isinstance(args, list):
        return [replaced(item, tuple(rest), value) if index == step else item for index, item in enumerate(args)]
    if rest:
        return {**args, step: replaced(args.get(step, {}), tuple(rest), value)}
    kept = {key: item for key, item in args.items() if key != step}
    return kept if value is None else {**kept, step: value}


def plain(value: Any) -> Any:
    """Plain data, whatever it was."""
    if isinstance(value, BaseModel):
        return {name: plain(item) for name, item in value}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, pulumi.Output):
        return "[output]"
    return plain(vars(value)) if hasattr(value, "__dict__") else str(value)


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its place; an item of a list by its name, where it has one."""
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list) and data:
        names = [value.get("name") if isinstance(value, Mapping) else None for value in data]
        told = all(names) and len({str(name) for name in names}) == len(names)
        for index, value in enumerate(data):
            yield from leaves(value, f"{path}[{names[index] if told else index}]")
    else:
        yield path, data


def shown(value: Any) -> str:
    """A value in one line, a long one by its beginning and a digest."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=lambda one: f"[{type(one).__name__.lower()}]")
    return text if len(text) <= MOST else f"{text[:MOST]}… {digest([text])}"


def digest(lines: Iterable[str]) -> str:
    """What tells texts apart that are too long to be shown."""
    return sha256("\n".join(lines).encode()).hexdigest()[:8]


def reader_of(place: str) -> str:
    """Who reads what stands at a place: an argument of a component, the plan, or a rule."""
    for reader in (PLAN, RULES, OBJECTS):
        if place.startswith(f"{reader} "):
            return reader
    for beside in (IDLE, PREVIEW):
        place = place.replace(beside, "", 1)
    return ".".join(place.replace("[", ".").split(".")[:2])


# What was reviewed


def name_of(component: str | None, key: Key) -> str:
    """A key as a reader finds it: ``server.user_id`` of a stack, ``McpService.user_id`` of a component."""
    return f"{component}.{path_of(key)}" if component else path_of(key)


def moves(component: str | None, key: Key, wanted: Wanted = every) -> list[Moved]:
    """What a key moves: of a stack in several, of a component in one use."""
    if component is None:
        return stack_moves(key, wanted)
    return list(filter(None, [component_moves(component, key, wanted)]))


def change(component: str | None, key: Key, where: str, before: Any, after: Any) -> str:
    """A change in a line."""
    return f"{name_of(component, key)} in {where}: {shown(before)} -> {shown(after)}"


def told(component: str | None, key: Key, found: list[Moved]) -> list[str]:
    """What a key moves, in lines: the change, and below it each place with what is there then."""
    lines = []
    for moved in found:
        lines.append(change(component, key, moved.where, moved.before, moved.after))
        below = [f"  {place} = {shown(value)}" for place, value in moved.effects.items() if not in_words(place)]
        lines += below if len(below) <= LINES else [*below[:LINES], f"  and {len(below) - LINES} more {digest(below)}"]
    return lines


def in_words(place: str) -> bool:
    """Whether it is a figure of the plan or a finding: each has tests of its own."""
    return place.startswith((f"{PLAN} ", f"{RULES} "))


def defaults() -> list[str]:
    """Every key that may be left out: what it is then, and its help, which says why."""
    found = {}
    for root in (Settings, *COMPONENTS.values()):
        component = None if root is Settings else next(name for name, group in COMPONENTS.items() if group is root)
        for key in keys(root):
            if not key.info.is_required():
                said = in_program(help_of(key.group, key.name))
                found[name_of(component, key)] = f"{shown(plain(key.info.default))}  # {said}"
    return [f"{name} = {line}" for name, line in sorted(found.items())]
