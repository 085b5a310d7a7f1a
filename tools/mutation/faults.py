"""The faults that can be planted in a package, and a sample of them.

A fault is an edit of the syntax tree; no file is written. None is in a text for people, in an annotation or in what
only a type checker reads.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

KINDS = ("wire", "default", "compare", "margin", "dropped", "swapped", "negated")
"""Of each the same number is planted: a value that is not handed on; another default; ``<`` for ``<=``, ``+`` for
``-``, ``min`` for ``max``; a number that is one more; something that is not reported, or a part that is left out; two
arguments in each other's place; a condition that is its opposite."""
TEXT_CALLS = {"at", "print", "echo", "secho", "Rule", "Problem", "Option", "Argument", "warn", "debug", "info", "error"}
TEXT_KEYS = {
    "title", "why", "help", "message", "meaning", "note", "fails", "passes", "problem", "remedy", "text", "label",
    "summary", "style", "metavar", "epilog", "words", "header", "justify",
}  # fmt: skip
UNORDERED = {"isinstance", "issubclass", "getattr", "hasattr", "setattr", "max", "min", "zip", "map", "filter", "cast"}
FLIPPED: dict[type, Callable[[], Any]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
REPORTED = re.compile(r"(find|problem|refus|rule|check|violat|mistake|warn)|\.at\(", re.IGNORECASE)
LONGEST = 110

Edit = Callable[[], None]
Found = tuple[str, ast.AST, str, Edit]
"""Kind, node, what changes, and the edit of the tree."""


@dataclass(frozen=True)
class Fault:
    """One edit of one file."""

    file: str
    """Relative to the package."""
    place: int
    """Which of the candidates of the file."""
    kind: str
    line: int
    change: str
    inside: bool
    """Whether it is in the body of a function: all else is read when the file is imported."""

    @property
    def name(self) -> str:
        """The fault in one line."""
        return f"{self.kind:8} {self.file}:{self.line}  {self.change}"


class Package:
    """The source of a package, and the parameters of what it declares."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = [str(path.relative_to(root)) for path in sorted(root.rglob("*.py"))]
        self.parameters: dict[str, list[list[tuple[str, str, bool]]]] = defaultdict(list)
        """Callables by name: of each the name, the annotation and whether there is a default, by parameter."""
        for file in self.files:
            for node in ast.walk(self.tree(file)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    self.parameters[node.name].append(_parameters(node.args))
                elif isinstance(node, ast.ClassDef):
                    fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
                    self.parameters[node.name].append(
                        [(ast.unparse(f.target), ast.unparse(f.annotation), f.value is not None) for f in fields]
                    )

    def tree(self, file: str) -> ast.Module:
        """The syntax of a file, new each time."""
        return ast.parse((self.root / file).read_bytes())

    def faults(self) -> list[Fault]:
        """Every fault that can be planted."""
        found = []
        for file in self.files:
            tree = self.tree(file)
            bodies = _bodies(tree)
            for place, (kind, node, change, _) in enumerate(candidates(tree, self)):
                line = getattr(node, "lineno", 0)
                found.append(Fault(file, place, kind, line, " ".join(change.split()), id(node) in bodies))
        return found

    def planted(self, fault: Fault) -> ast.Module:
        """The syntax of the fault's file with the fault."""
        tree = self.tree(fault.file)
        list(candidates(tree, self))[fault.place][3]()
        return ast.fix_missing_locations(tree)

    def optional(self, callee: str, name: str) -> bool:
        """Whether an argument may be left out of a call, as far as that is known."""
        known = [default for one in self.parameters[callee] for other, _, default in one if other == name]
        return all(known)

    def alike(self, callee: str, first: int | str, second: int | str) -> bool:
        """Whether two arguments of a call are of the same type, or nothing is known of it."""
        known = self.parameters[callee]
        types = [(_type(one, first), _type(one, second)) for one in known]
        return not known or any(one == two and one is not None for one, two in types)


def _parameters(args: ast.arguments) -> list[tuple[str, str, bool]]:
    """Name, annotation and whether there is a default, of each parameter but the first of a method."""
    positional = [*args.posonlyargs, *args.args]
    without = len(positional) - len(args.defaults)
    found = [(one.arg, _said(one.annotation), place >= without) for place, one in enumerate(positional)]
    found += [
        (a.arg, _said(a.annotation), d is not None) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)
    ]
    return [one for one in found if one[0] not in ("self", "cls")]


def _said(node: ast.AST | None) -> str:
    return ast.unparse(node) if node is not None else ""


def _type(parameters: list[tuple[str, str, bool]], at: int | str) -> str | None:
    if isinstance(at, int):
        return parameters[at][1] if at < len(parameters) else None
    return next((annotation for name, annotation, _ in parameters if name == at), None)


def _bodies(tree: ast.AST) -> set[int]:
    """What runs only when a function is called."""
    return {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for part in node.body
        for inner in ast.walk(part)
    } | {id(i) for node in ast.walk(tree) if isinstance(node, ast.Lambda) for i in ast.walk(node.body)}


def candidates(tree: ast.AST, package: Package) -> Iterator[Found]:
    """The faults of a tree, in the order of its nodes."""
    for node in _product(tree):
        yield from _wires(node, package)
        yield from _swapped(node, package)
        for found in (_defaults, _operators, _margins, _dropped, _negated):
            yield from found(node)


def _product(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but those for people and for type checkers."""
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.If) and re.search(r"TYPE_CHECKING|__name__", ast.unparse(node.test)):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list") or (name == "args" and _callee(node) in TEXT_CALLS):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (isinstance(child, ast.keyword) and child.arg in TEXT_KEYS):
                yield from _product(child)


def _callee(node: ast.AST) -> str:
    """The last name of what a call calls."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _short(node: ast.AST | None) -> str:
    text = " ".join(_said(node).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _set(node: Any, field: str, value: Any) -> Edit:
    return lambda: setattr(node, field, value)


def _put(items: list[Any], place: int | slice, value: Any) -> Edit:
    return lambda: items.__setitem__(place, value)


def _carries(node: ast.AST | None) -> bool:
    """Whether it takes a value from elsewhere."""
    if isinstance(node, ast.Call):
        return bool(node.args or node.keywords or isinstance(node.func, ast.Attribute))
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.BoolOp | ast.BinOp | ast.IfExp)


def _wires(node: ast.AST, package: Package) -> Iterator[Found]:
    if isinstance(node, ast.Call) and _callee(node) not in TEXT_CALLS:
        for place, keyword in enumerate(node.keywords):
            if keyword.arg is None or keyword.arg in TEXT_KEYS or not _carries(keyword.value):
                continue
            said = f"{_callee(node)}({keyword.arg}={_short(keyword.value)})"
            if package.optional(_callee(node), keyword.arg):
                yield "wire", keyword, f"{said} left out", lambda place=place: node.keywords.pop(place)
            else:
                yield "wire", keyword, f"{said} is None", _set(keyword, "value", ast.Constant(None))
    if isinstance(node, ast.Dict):
        for place, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if isinstance(key, ast.Constant) and key.value not in TEXT_KEYS and _carries(value):
                yield "wire", key, f"entry {key.value!r}: {_short(value)} left out", _without(node, place)


def _without(node: ast.Dict, place: int) -> Edit:
    def edit() -> None:
        del node.keys[place], node.values[place]

    return edit


def _other(value: object) -> object:
    """Another value of the same type, or nothing."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) and value and " " not in value else None


def _defaults(node: ast.AST) -> Iterator[Found]:
    places: list[tuple[str, ast.AST | None]] = []
    if isinstance(node, ast.arguments):
        named = [*node.posonlyargs, *node.args][-len(node.defaults) :] if node.defaults else []
        places += zip([one.arg for one in named], node.defaults, strict=True)
        places += zip([one.arg for one in node.kwonlyargs], node.kw_defaults, strict=True)
    elif isinstance(node, ast.ClassDef):
        places += [(_said(one.target), one.value) for one in node.body if isinstance(one, ast.AnnAssign)]
    elif isinstance(node, ast.Call) and _callee(node) == "get" and len(node.args) == 2:
        places += [("get", node.args[1])]
    elif isinstance(node, ast.Call) and _callee(node) in ("Field", "field"):
        places += [
            (one.arg or "", one.value) for one in node.keywords if one.arg in ("default", "ge", "le", "gt", "lt")
        ]
    elif isinstance(node, ast.Module):
        places += [(_said(one.targets[0]), one.value) for one in node.body if isinstance(one, ast.Assign)]
    for name, value in places:
        if isinstance(value, ast.Constant) and name not in TEXT_KEYS and (other := _other(value.value)) is not None:
            yield "default", value, f"{name} = {value.value!r} is {other!r}", _set(value, "value", other)


def _operators(node: ast.AST) -> Iterator[Found]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPPED:
        other: Any = ast.Compare(node.left, [FLIPPED[type(node.ops[0])](), *node.ops[1:]], node.comparators)
        yield "compare", node, f"{_short(node)} is {_short(other)}", _set(node, "ops", other.ops)
    elif isinstance(node, ast.BinOp) and type(node.op) in FLIPPED and not _texts(node):
        other = ast.BinOp(node.left, FLIPPED[type(node.op)](), node.right)
        yield "compare", node, f"{_short(node)} is {_short(other)}", _set(node, "op", other.op)
    elif isinstance(node, ast.BoolOp):
        other = ast.BoolOp(FLIPPED[type(node.op)](), node.values)
        yield "compare", node, f"{_short(node)} is {_short(other)}", _set(node, "op", other.op)
    elif isinstance(node, ast.Call) and _callee(node) in ("min", "max") and isinstance(node.func, ast.Name):
        name = "max" if node.func.id == "min" else "min"
        yield "compare", node, f"{_short(node)} takes the {name}", _set(node.func, "id", name)


def _texts(node: ast.BinOp) -> bool:
    """Whether texts or lists are put together, as far as one sees."""
    sides = [node.left, node.right]
    return any(
        isinstance(side, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp | ast.Dict)
        or (isinstance(side, ast.Constant) and not isinstance(side.value, int | float))
        or (isinstance(side, ast.BinOp) and _texts(side))
        for side in sides
    )


def _margins(node: ast.AST) -> Iterator[Found]:
    sides: list[ast.AST] = []
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and _callee(node) in ("min", "max", "range", "islice"):
        sides = list(node.args)
    elif isinstance(node, ast.Slice):
        sides = [side for side in (node.lower, node.upper) if side is not None]
    for side in sides:
        if isinstance(side, ast.Constant) and isinstance(side.value, int) and not isinstance(side.value, bool):
            change = f"{_short(node)}: {side.value} is {side.value + 1}"
            yield "margin", side, change, _set(side, "value", side.value + 1)


def _dropped(node: ast.AST) -> Iterator[Found]:
    for _, body in ast.iter_fields(node):
        if not isinstance(body, list):
            continue
        for place, part in enumerate(body):
            if isinstance(part, ast.Expr | ast.AugAssign) and _collects(part):
                nothing = ast.parse("yield from ()" if "yield" in _said(part) else "pass").body[0]
                yield "dropped", part, f"{_short(part)} left out", _put(body, place, ast.copy_location(nothing, part))
            elif _is_part(node, part):
                yield "dropped", part, f"element {_short(part)} left out", lambda b=body, p=place: b.pop(p)


def _is_part(node: ast.AST, part: object) -> bool:
    """Whether something is one of several in a list, or in a table of several rows."""
    listed = isinstance(node, ast.List) or (isinstance(node, ast.Tuple) and len(node.elts) > 3)
    return listed and isinstance(node.ctx, ast.Load) and isinstance(part, ast.Call | ast.Starred | ast.Name)


def _collects(node: ast.Expr | ast.AugAssign) -> bool:
    """Whether a statement adds to what is collected or reported."""
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ast.Add) and isinstance(node.value, ast.List | ast.Call | ast.ListComp)
    if isinstance(node.value, ast.Yield | ast.YieldFrom):
        return node.value.value is not None
    return _callee(node.value) in ("append", "extend", "add", "update") or (
        isinstance(node.value, ast.Call) and bool(REPORTED.search(_said(node.value.func)))
    )


def _swapped(node: ast.AST, package: Package) -> Iterator[Found]:
    callee = _callee(node)
    if not isinstance(node, ast.Call) or callee in UNORDERED or callee in TEXT_CALLS:
        return
    for place, (one, two) in enumerate(pairwise(node.args)):
        if _both_names(one, two) and package.alike(callee, place, place + 1):
            change = f"{callee}({_said(two)}, {_said(one)})"
            yield "swapped", one, change, _put(node.args, slice(place, place + 2), [two, one])
    named = [one for one in node.keywords if one.arg is not None]
    for first, second in pairwise(named):
        if _both_names(first.value, second.value) and package.alike(callee, str(first.arg), str(second.arg)):
            change = f"{callee}({first.arg}={_said(second.value)}, {second.arg}={_said(first.value)})"
            yield "swapped", first, change, _exchange(first, second)


def _both_names(one: ast.AST, two: ast.AST) -> bool:
    names = all(isinstance(each, ast.Name | ast.Attribute) for each in (one, two))
    return names and _said(one) != _said(two)


def _exchange(first: ast.keyword, second: ast.keyword) -> Edit:
    def edit() -> None:
        first.value, second.value = second.value, first.value

    return edit


def _negated(node: ast.AST) -> Iterator[Found]:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        change = f"if not ({_short(node.test)})"
        yield "negated", node.test, change, _set(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.comprehension):
        for place, test in enumerate(node.ifs):
            change = f"for {_said(node.target)} if not ({_short(test)})"
            yield "negated", test, change, _put(node.ifs, place, ast.UnaryOp(ast.Not(), test))


def sample(faults: list[Fault], count: int, seed: int) -> list[Fault]:
    """The same faults for a seed: the kinds in turn, of each the file that has had the fewest. One for each line."""
    chance = Random(seed)
    by: dict[str, dict[str, list[Fault]]] = {kind: defaultdict(list) for kind in KINDS}
    for fault in chance.sample(faults, len(faults)):
        by[fault.kind][fault.file].append(fault)
    had: Counter[str] = Counter()
    lines: set[tuple[str, int]] = set()
    chosen: list[Fault] = []
    while len(chosen) < count and any(files for files in by.values()):
        for files in by.values():
            while files and len(chosen) < count:
                file = min(files, key=lambda one: (had[one], Random(f"{seed} {one}").random()))
                fault = files[file].pop()
                if not files[file]:
                    del files[file]
                if (file, fault.line) not in lines:
                    had[file] += 1
                    lines.add((file, fault.line))
                    chosen.append(fault)
                    break
    return chosen
