"""What docs/capacity-planning.md shows of the planner itself: two worked examples, rules, constants, runtimes."""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

from pulumi_kubernetes_mcp import planning
from pulumi_kubernetes_mcp import region_plan as stack
from pulumi_kubernetes_mcp.planning import (
    RUNTIMES,
    Bounds,
    Database,
    Figure,
    Inputs,
    Plan,
    Prices,
    StateStore,
    Tool,
    Workload,
    plan,
    runtime,
)
from pulumi_kubernetes_mcp.planning.inputs import ERAS
from pulumi_kubernetes_mcp.planning.working import show
from pulumi_kubernetes_mcp.report import markdown
from pulumi_kubernetes_mcp.report.compare import Place, places
from pulumi_kubernetes_mcp.report.document import Column, Section, Table
from pulumi_kubernetes_mcp.report.plan import Planned, plan_document, plan_sections, planned
from pulumi_kubernetes_mcp.settings import read_stack_file

PAGE = Path(__file__).parents[2] / "docs" / "capacity-planning.md"
STACK = PAGE.parents[1] / "examples" / "tool-mix.yaml"
STATION = "CPU: "
"""The station whose figures stand for those of all: they are reckoned alike."""
NUMERICS = "queueing"
"""A module whose constants bound the time of a computation and plan nothing."""


# The examples


def example() -> Plan:
    """The plan of the sizing guide's own example."""
    return plan(
        Inputs(
            workload=Workload(daily_users=500, concurrent_calls=20, response_kib=12.8),
            runtime=runtime("node"),
            database=Database(query_milliseconds=500),
            bounds=Bounds(max_replicas=20),
        )
    )


@cache
def tool_mix() -> Planned:
    """The second example, from its stack file."""
    file = read_stack_file(STACK.parent, file=STACK)
    return planned(file, stack.plan_region(stack.load(file.values, where=file.where, directory=file.directory)))


def guide() -> str:
    """Every figure of the first example, what binds, and what would close its budget."""
    return _sections(plan_sections(example()))


def mix_stack() -> str:
    """The stack file of the second example."""
    return f"```yaml\n{STACK.read_text(encoding='utf-8').strip()}\n```"


def mix_plan() -> str:
    """The second example as ``mcp-stack plan --markdown`` prints it, with what that folds away at the end."""
    document = plan_document(tool_mix())
    head = "\n\n".join(markdown.blocks(document.blocks))
    return f"{head}\n\n{_sections(sorted(document.sections, key=lambda section: section.folded))}"


def _sections(sections: Iterable[Section]) -> str:
    return "\n\n".join(markdown.section(one, "####") for one in sections)


# What it is reckoned with


def rules() -> str:
    """Every figure with its rule and where that comes from; one that is reckoned in several ways has several rows."""
    found: dict[tuple[Place, str], Figure] = {}
    for result in map(plan, variants()):
        for place, figure in places(result).items():
            if figure.formula != "given" and (": " not in figure.name or figure.name.startswith(STATION)):
                found.setdefault((place, figure.formula), figure)
    columns = (Column(title="figure"), Column(title="rule"), Column(title="source"))
    rows = tuple((figure.name, figure.formula, figure.source) for _, figure in sorted(found.items(), key=_place))
    return markdown.table(Table(columns=columns, rows=rows))


def _place(found: tuple[tuple[Place, str], Figure]) -> Place:
    return found[0][0]


def variants() -> Iterator[Inputs]:
    """Inputs whose plans have every figure in every way."""
    tool = Tool(name="search", share_percent=100, duration_milliseconds=200)
    pooled = Database(pooler="pgbouncer")
    store, prices = StateStore(), Prices(core_hour=1, gib_hour=1, currency="USD")
    by_hour = Workload(sessions_by_hour=(1.0,) * planning.inputs.HOURS, tools=(tool,))
    measured = Workload(peak_sessions=100)
    guide = Workload(daily_users=500)
    yield Inputs(workload=guide, runtime=runtime("node"), database=pooled, store=store, prices=prices)
    yield Inputs(workload=by_hour, runtime=runtime("python-v2"), database=pooled, prices=prices)
    yield Inputs(workload=measured, runtime=runtime("other"), database=Database())


def constants() -> str:
    """Every constant of the planner with its reason, module by module."""
    columns = (Column(title="constant", code=True), Column(title="value", right=True), Column(title="reason"))
    return markdown.table(Table(columns=columns, rows=tuple(_constants())))


def _constants() -> Iterator[tuple[str, str, str]]:
    """Numbers at the head of a module that have a docstring."""
    for found in pkgutil.iter_modules(planning.__path__):
        if found.name == NUMERICS:
            continue
        module = importlib.import_module(f"{planning.__name__}.{found.name}")
        body = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body
        for given, text in itertools.pairwise(body):
            if not (
                isinstance(given, ast.Assign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
            ):
                continue
            name = ast.unparse(given.targets[0])
            value = getattr(module, name)
            if isinstance(value, int | float | Fraction) and not name.startswith("_"):
                yield f"{found.name}.{name}", show(value), " ".join(str(text.value.value).replace("`", "").split())


def runtimes() -> str:
    """The constants of each runtime."""
    titles = ("baseline MiB", "tool registry MiB", "base CPU millicores", *(f"{era}: KiB, ms" for era in ERAS))
    columns = (
        Column(title="runtime", code=True),
        *(Column(title=title, right=True) for title in titles),
        Column(title="source"),
    )
    rows = tuple(
        (
            one.name,
            *(show(number) for number in (one.baseline_mib, one.registry_mib, one.base_cpu_millicores)),
            *(f"{show(one.session_kib.get(era, 0))}, {show(one.call_cpu_milliseconds.get(era, 0))}" for era in ERAS),
            one.source,
        )
        for one in RUNTIMES.values()
    )
    return markdown.table(Table(columns=columns, rows=rows))
