"""``python -m tools.mutation reach`` once, then ``python -m tools.mutation run``. See tools/mutation.md."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from . import reach as gathering
from .faults import KINDS, Fault, Package, sample
from .planted import plant
from .reach import PACKAGE, Reach
from .trials import QUIET, Failures, Loaded, collected_anew, first_failure, in_fork

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "components" / PACKAGE
QUICK = "not grid and not lab and not cluster and not engine and not scanners"
DECLARATIONS = (
    *("tests/keys/test_together.py", "tests/keys/test_walk.py", "tests/settings/test_defaults.py"),
    *("tests/planning/test_figures.py", "tests/docs/test_up_to_date.py", "tests/contract/test_argument_types.py"),
)
"""What tests that which is only declared, beside the tests of the same folder and those that import the file."""
MOST_NEAR = 25
"""Seconds of tests, as reach measured them, that are near a fault."""
HEAVY = ("pulumi", "pulumi_kubernetes", "pydantic", "typer", "rich.table", "yaml", "jsonschema", "promql_parser")
"""Imported once, before any fork."""


class Results:
    """What was found, one line for each fault, so that a run that was stopped goes on."""

    def __init__(self, out: Path) -> None:
        self.out = out
        lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        self.found: list[dict[str, Any]] = [json.loads(line) for line in lines]
        self.done = {(one["file"], one["place"]) for one in self.found}

    def add(self, fault: Fault, said: str) -> None:
        """Keep a result and show it."""
        result, _, test = said.partition(" ")
        with self.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**asdict(fault), "result": result, "test": test}) + "\n")
        print(f"{fault.name}  {said}", flush=True)

    def summary(self) -> str:
        """Results by kind, and the share that was caught."""
        rows = [f"{'kind':9} caught timeout survived broke"]
        for kind in KINDS:
            count = Counter(one["result"] for one in self.found if one["kind"] == kind)
            rows.append(f"{kind:9} {count['caught']:6} {count['timeout']:7} {count['survived']:8} {count['broke']:5}")
        all_of = Counter(one["result"] for one in self.found)
        caught = all_of["caught"] + all_of["timeout"]
        of = caught + all_of["survived"]
        return "\n".join([*rows, f"caught {caught} of {of}: {100 * caught / max(1, of):.1f} %"])


class Trials:
    """A pytest plugin: instead of the tests, all faults in bodies of functions, each in a fork."""

    def __init__(self, faults: Sequence[Fault], package: Package, reach: Reach, results: Results, most: float) -> None:
        self.faults, self.package, self.reach, self.results, self.most = faults, package, reach, results, most
        self.unsound: set[str] = set()
        self.sound: set[str] = set()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try them all."""
        items = {item.nodeid: item for item in session.items}
        loaded = Loaded(SOURCE)
        for fault in self.faults:
            self.results.add(fault, self._tried(fault, items, loaded))
        return True

    def _tried(self, fault: Fault, items: dict[str, pytest.Item], loaded: Loaded) -> str:
        tree = self.package.planted(fault)

        def work() -> str:
            plant(SOURCE / fault.file, tree)
            loaded.replace(tree, SOURCE / fault.file)
            return first_failure(chosen, self.reach.seconds)

        while True:
            names = [one for one in self.reach.tests(fault.file, fault.line, self.most) if one not in self.unsound]
            chosen = [items[name] for name in names if name in items]
            said = in_fork(work) if chosen else "survived"
            test = said.partition(" ")[2]
            if not said.startswith("caught") or self._sound(test, items):
                return said
            self.unsound.add(test)

    def _sound(self, test: str, items: dict[str, pytest.Item]) -> bool:
        """Whether a test that failed passes without a fault."""
        if test not in self.sound and in_fork(lambda: first_failure([items[test]], {})) == "survived":
            self.sound.add(test)
        return test in self.sound


def near(fault: Fault, reach: Reach) -> list[str]:
    """The files of tests that a fault is tried with first, the likeliest at the beginning."""
    module = ".".join([PACKAGE, *Path(fault.file).with_suffix("").parts]).removesuffix(".__init__")
    package, _, name = module.rpartition(".")
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py")}
    mirror = f"tests/{fault.file.partition('/')[0]}".removesuffix(".py")
    ranks = [
        [file for file, text in texts.items() if f"{module} import" in text or f"{package} import {name}" in text],
        [file for file in texts if file.startswith((f"{mirror}/", f"{mirror.replace('tests/', 'tests/test_')}.py"))],
        reach.near(fault.file)[:12],
        list(DECLARATIONS),
    ]
    left_out = ("tests/lab/", "tests/cluster/", "tests/scanners/")
    found = [file for file in dict.fromkeys(one for rank in ranks for one in rank) if not file.startswith(left_out)]
    spent = accumulate(_cost(reach).get(file, 0) for file in found)
    return [file for file, until in zip(found, spent, strict=True) if until < MOST_NEAR or file in DECLARATIONS]


def _cost(reach: Reach) -> dict[str, float]:
    """Seconds of each file of tests."""
    cost: dict[str, float] = {}
    for test, seconds in reach.seconds.items():
        file = test.partition("::")[0]
        cost[file] = cost.get(file, 0) + seconds
    return cost


def others(first: Sequence[str], reach: Reach) -> list[str]:
    """All other files of tests, the cheapest first."""
    cost = _cost(reach)
    return sorted((file for file in cost if file not in first), key=lambda file: cost[file])


def anew(fault: Fault, package: Package, reach: Reach, *, all_tests: bool) -> str:
    """A fault in a process that has not imported the package yet."""
    tree = package.planted(fault)
    unsound: list[str] = []
    first = near(fault, reach)
    stages = [first, others(first, reach)] if all_tests else [first]
    for files in stages:
        while True:

            def work(files: Sequence[str] = files) -> str:
                plant(SOURCE / fault.file, tree)
                return collected_anew(files, QUICK, Failures(reach.seconds, files, unsound))

            said = in_fork(work)
            test = said.partition(" ")[2]
            if not said.startswith("caught"):
                break
            if "::" not in test:
                return f"broke {test}"
            if in_fork(lambda test=test: collected_anew([test], QUICK, Failures({}, [], []))) == "survived":  # type: ignore[misc]
                return said
            unsound.append(test)
        if said != "survived":
            return said
    return "survived"


def run(options: argparse.Namespace) -> None:
    """Plant what was not planted yet."""
    package, reach, results = Package(SOURCE), Reach.read(options.reach), Results(options.out)
    chosen = [
        fault
        for fault in (again(package, options.again) if options.again else _sampled(package, options))
        if (fault.file, fault.place) not in results.done
        and options.only in (None, "inside" if fault.inside else "import")
    ]
    part, _, parts = options.part.partition("/")
    chosen = chosen[int(part) - 1 :: int(parts)]
    for name in HEAVY:
        importlib.import_module(name)
    inside = [fault for fault in chosen if fault.inside and not options.anew]
    if inside:
        in_fork_shown(
            lambda: pytest.main(
                [*QUIET, "-m", QUICK, "tests"], plugins=[Trials(inside, package, reach, results, options.most)]
            )
        )
    for fault in chosen:
        if fault not in inside:
            results.add(fault, anew(fault, package, reach, all_tests=not options.near))
    print(Results(options.out).summary())


def _sampled(package: Package, options: argparse.Namespace) -> list[Fault]:
    """The sample that was asked for."""
    matching = [fault for fault in package.faults() if re.search(options.matching, fault.name)]
    return sample(matching, options.count, options.seed)


def again(package: Package, out: Path) -> Iterator[Fault]:
    """The survivors of an earlier run, by what they change: lines may have moved since."""
    left = {(one["file"], one["change"]) for one in Results(out).found if one["result"] == "survived"}
    yield from (fault for fault in package.faults() if (fault.file, fault.change) in left)


def in_fork_shown(work: Any) -> None:
    """Run something in a process of its own that has this terminal."""
    process = os.fork()
    if process == 0:
        work()
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(process, 0)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    gather = verbs.add_parser("reach", help="gather which tests run through which lines")
    trial = verbs.add_parser("run", help="plant faults")
    for verb in (gather, trial):
        verb.add_argument("--reach", type=Path, default=ROOT / "out" / "reach.json.gz", help="what is gathered")
    trial.add_argument("--seed", type=int, default=1, help="another seed, other faults")
    trial.add_argument("--count", type=int, default=300, help="faults")
    trial.add_argument(
        "--out", type=Path, default=ROOT / "out" / "mutation.jsonl", help="results; what is there is kept"
    )
    trial.add_argument("--again", type=Path, help="results of an earlier run: plant its survivors")
    trial.add_argument("--most", type=float, default=8, help="seconds of tests for a fault, as reach measured them")
    trial.add_argument("--matching", default="", help="only faults whose line in the output has this pattern")
    trial.add_argument("--part", default="1/1", help="1/2 and 2/2 are the halves of a sample, for two processes")
    trial.add_argument("--only", choices=["inside", "import"], help="faults in bodies of functions, or all others")
    trial.add_argument("--anew", action="store_true", help="collect the tests anew for each fault")
    trial.add_argument("--near", action="store_true", help="only with the tests that are near the fault")
    options = parser.parse_args()
    options.reach.parent.mkdir(exist_ok=True)
    if options.verb == "reach":
        # As an object: pytest takes a plugin by its name for a mistake where it is imported already.
        sys.exit(pytest.main([*QUIET, "--reach", str(options.reach), "-m", QUICK, "tests"], plugins=[gathering]))
    run(options)


if __name__ == "__main__":
    main()
