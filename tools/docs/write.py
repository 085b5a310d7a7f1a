"""Everything of docs/ that is generated, in one place: ``python -m tools.docs.write`` writes what is stale.

A page belongs here in one of two ways: it has regions between ``<!-- generated: NAME -->`` and ``<!-- end -->``,
whose text a function below makes; or a function makes the whole page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

from .. import source
from . import (
    capacity,
    commands,
    edges,
    eras,
    findings,
    options,
    platforms,
    reasons,
    regions,
    runbooks,
    scaling,
    shown,
    simulation,
)

ROOT = Path(__file__).parents[2]

WHOLE_PAGES: Mapping[str, Callable[[], str]] = {
    **findings.pages(),
    **runbooks.pages(),
    "docs/protocol-eras.md": eras.page,
    "docs/simulation.md": simulation.page,
}


@cache
def generators() -> regions.Generators:
    """Region name to the function that makes its text."""
    made: dict[str, Callable[[], str]] = {
        "settings": options.settings,
        "Outputs of McpRegion": options.region_outputs,
        "verbs of the command": commands.verbs,
        "options of the command": commands.options,
        "components": options.components,
        "preview": partial(shown.preview_excerpt, ROOT),
        "tree": partial(shown.preview_tree, ROOT),
        "minimal stack": partial(shown.minimal_stack, ROOT),
        "plan of the guide's example": capacity.guide,
        "stack of the tool mix": capacity.mix_stack,
        "plan of the tool mix": capacity.mix_plan,
        "rules of the plan": capacity.rules,
        "constants of the plan": capacity.constants,
        "runtimes of the plan": capacity.runtimes,
        "dialects of metrics": scaling.dialects,
        "queries of dialects": scaling.queries,
        "implementations of the edge": edges.implementations,
        "platforms": platforms.platforms,
        "workload identities": platforms.identities,
        "reasons of the probe": reasons.reasons,
        "metrics of the probe": reasons.metrics,
        "behavior without sessions": partial(scaling.behavior, sessions=False),
        "behavior with sessions": partial(scaling.behavior, sessions=True),
        "schedules as crons": scaling.translated,
    }
    for component in source.components():
        made |= {
            f"options {component}": partial(options.component_options, component),
            f"outputs {component}": partial(options.outputs, component),
            f"findings {component}": partial(options.findings, component),
        }
    return made


def with_regions() -> list[Path]:
    """Every page that has generated regions."""
    found = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
    return [path for path in found if "<!-- generated: " in path.read_text(encoding="utf-8")]


def pages() -> dict[Path, str]:
    """Every page that is generated, or has generated regions, with the text that it should have."""
    made = {ROOT / name: make() for name, make in WHOLE_PAGES.items()}
    return made | {path: regions.renew(path.read_text(encoding="utf-8"), generators()) for path in with_regions()}


def main() -> None:
    """Write what is stale, and say so."""
    made = pages()
    stale = [path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: written")
    orphans = [path for path in sorted((ROOT / findings.FOLDER).glob("*.md")) if path not in made]
    for path in orphans:
        path.unlink()
        print(f"{path.relative_to(ROOT)}: removed, no rule has this code")
    if not stale and not orphans:
        print("All generated pages are up to date.")


if __name__ == "__main__":
    main()
