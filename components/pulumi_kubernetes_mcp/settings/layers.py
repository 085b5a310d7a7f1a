"""Layers of settings: the project's defaults, the stack's groups over them, a server's groups over both.

A later layer is merged over an earlier one key by key, as a JSON merge patch (RFC 7386) and as Pulumi ESC merges
environments: maps deep, lists and everything else whole, ``null`` takes away. Each value keeps where it came from. The
work is linear in the number of values. Pure: knows neither Pulumi nor the settings.

What takes away is kept until the end, so that merging is associative: what ``mcp:servers`` of a stack takes away from a
server is still known when the server's groups are laid over the stack's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from .problems import NAMESPACE, join, split
from .yaml_text import Lines

SERVERS = "servers"
"""Group that maps the name of each of several servers to its groups."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was given."""

    layer: str
    """Name of the layer."""
    path: str
    """Its path there, such as ``mcp:defaults.server.port``."""
    file: str | None = None
    """The file, relative to the project, or ``None`` where it is not known."""
    line: int | None = None
    """The line in the file, from 1 on."""

    def __str__(self) -> str:
        return self.layer if self.file is None else self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Some groups that were given together."""

    name: str
    """What messages call it."""
    values: Mapping[str, Any] = field(repr=False)
    """Name of a group, such as ``server``, to plain data."""
    under: str = ""
    """The key that holds the groups, such as ``mcp:defaults``; empty where each is a key of its own."""
    file: str | None = None
    """The file that the layer is written in, if it is known."""
    lines: Mapping[str | int, Lines] = field(default_factory=dict, repr=False)
    """Name of a group to its place in the file; only what stands there."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """Anything but a map: it replaces whatever is below."""

    data: Any
    origin: Origin
    lines: Lines | None


@dataclass(frozen=True, slots=True)
class _Removal:
    """A ``null``. Where nothing is below, it stays ``null``: an empty value is then a mistake that is told."""

    origin: Origin
    removes: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    """A map. It is merged over a map below, unless it stands for one that replaced something else (``whole``)."""

    members: Mapping[str, _Node]
    origin: Origin
    whole: bool = False


_Node = _Leaf | _Removal | _Table
_ROOT = Origin("", "")


@dataclass(frozen=True)
class Merged:
    """Several layers as one."""

    _root: _Table

    @cached_property
    def values(self) -> dict[str, Any]:
        """Name of a group to its data; what was taken away is not in it."""
        return {**_data(self._root)}

    def origin_of(self, path: str) -> Origin | None:
        """Where the value at a path, such as ``mcp:server.eras[0]``, was given.

        For a path without a value it is where the nearest value around it was given; ``None`` if there is none. A value
        of one of several servers, ``mcp:servers.orders.scaling.maxReplicas``, may be the one that all of them have.
        """
        steps = split(path)
        if len(steps) > 2 and steps[0] == SERVERS:
            return self.server(str(steps[1]))._origin(steps[2:]) or self._origin(steps)
        return self._origin(steps)

    def _origin(self, steps: Sequence[str | int]) -> Origin | None:
        node: _Node = self._root
        for depth, step in enumerate(steps):
            if isinstance(node, _Leaf):
                return _inside(node, steps[depth:])
            inner = node.members.get(str(step)) if isinstance(node, _Table) else None
            if inner is None:
                break
            node = inner
        return None if node is self._root else node.origin

    def origins(self) -> Iterator[tuple[str, Origin]]:
        """The path of every value that is no map, or an empty one, and where it was given."""
        for group, node in _kept(self._root):
            yield from _leaves(node, f"{NAMESPACE}:{group}")

    @property
    def servers(self) -> tuple[str, ...]:
        """Names of the servers of a region of several, in the order in which they were given."""
        table = self._root.members.get(SERVERS)
        return tuple(table.members) if isinstance(table, _Table) else ()

    def server(self, name: str, groups: Collection[str] | None = None) -> Merged:
        """The groups of one server: those under ``mcp:servers.<name>`` over all others.

        :param groups: those that a server may have of its own. Default: any.
        """
        shared = _Table({key: node for key, node in self._root.members.items() if key != SERVERS}, _ROOT)
        table = self._root.members.get(SERVERS)
        own = table.members.get(name) if isinstance(table, _Table) else None
        if not isinstance(own, _Table):
            return Merged(shared)
        kept = {key: node for key, node in own.members.items() if groups is None or key in groups}
        return Merged(_merged([shared, _Table(kept, own.origin)]))


def merge(layers: Sequence[Layer | Merged], null_values: Collection[tuple[str, ...]] = ()) -> Merged:
    """The layers as one, each over those before it.

    :param null_values: places in the groups, such as ``("edge", "gateway", "section")``, where ``null`` is a value of
        its own and takes nothing away.
    """
    roots = [one._root if isinstance(one, Merged) else _table_of(one, null_values) for one in layers]
    return Merged(_merged([_Table({}, _ROOT), *roots]))


def _table_of(layer: Layer, null_values: Collection[tuple[str, ...]]) -> _Table:
    def node(value: Any, path: str, steps: tuple[str, ...], lines: Lines | None) -> _Node:
        origin = Origin(layer.name, path, layer.file if lines else None, lines.line if lines else None)
        if isinstance(value, Mapping):
            members = {
                key: node(member, join(path, key), (*steps, key), lines.members.get(key) if lines else None)
                for key, member in value.items()
            }
            return _Table(members, origin)
        own = steps[2:] if steps[0] == SERVERS else steps
        return _Removal(origin) if value is None and own not in null_values else _Leaf(value, origin, lines)

    return _Table(
        {
            group: node(
                value,
                join(layer.under, group) if layer.under else f"{NAMESPACE}:{group}",
                (group,),
                layer.lines.get(group),
            )
            for group, value in layer.values.items()
        },
        _ROOT,
    )


def _merged(nodes: Sequence[_Table]) -> _Table:
    result = _compose(nodes)
    assert isinstance(result, _Table)  # the last is a map
    return result


def _compose(nodes: Sequence[_Node]) -> _Node:
    """What the nodes at one place make, the last over the others. Each member of a map is looked at once."""
    last = nodes[-1]
    if len(nodes) == 1 or isinstance(last, _Leaf):
        return last
    if isinstance(last, _Removal):
        return replace(last, removes=last.removes or any(_gives(node) for node in nodes[:-1]))
    tables = [last]
    for below in reversed(nodes[:-1]):
        if tables[-1].whole or not isinstance(below, _Table):
            break
        tables.append(below)
    members: dict[str, list[_Node]] = {}
    for table in reversed(tables):
        for key, node in table.members.items():
            members.setdefault(key, []).append(node)
    whole = tables[-1].whole or len(tables) < len(nodes)
    return _Table({key: _compose(given) for key, given in members.items()}, last.origin, whole)


def _gives(node: _Node) -> bool:
    """Whether a removal above the node takes something away."""
    return node.removes if isinstance(node, _Removal) else True


def _data(node: _Node) -> Any:
    if isinstance(node, _Leaf):
        return node.data
    if isinstance(node, _Removal):
        return None
    return {key: _data(member) for key, member in _kept(node)}


def _kept(table: _Table) -> list[tuple[str, _Node]]:
    """The members that are left when all layers are merged."""
    return [(key, node) for key, node in table.members.items() if not (isinstance(node, _Removal) and node.removes)]


def _leaves(node: _Node, path: str) -> Iterator[tuple[str, Origin]]:
    members = _kept(node) if isinstance(node, _Table) else []
    for key, member in members:
        yield from _leaves(member, join(path, key))
    if not members:
        yield path, node.origin


def _inside(leaf: _Leaf, steps: Sequence[str | int]) -> Origin:
    """The origin of what is inside a list, as far as the file is known to go."""
    origin, lines = leaf.origin, leaf.lines
    for step in steps:
        lines = lines.members.get(step) if lines else None
        if lines is None:
            break
        origin = replace(origin, path=join(origin.path, step), line=lines.line)
    return origin
