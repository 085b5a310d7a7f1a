"""One file of the package is imported with other syntax: here, and in what this process starts."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).parents[2]
SITE = Path(__file__).parent / "site"


class _Loader(importlib.machinery.SourceFileLoader):
    tree: ast.Module

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return compile(self.tree, self.path, "exec", dont_inherit=True)


class Planted(importlib.abc.MetaPathFinder):
    """Imports one file with other syntax."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        self.path, self.tree = path, tree

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:  # noqa: ARG002
        """The usual module, with another loader."""
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.origin != self.path:
            return None
        loader = _Loader(name, spec.origin)
        loader.tree = self.tree
        return importlib.util.spec_from_file_location(
            name,
            spec.origin,
            loader=loader,
            submodule_search_locations=spec.submodule_search_locations,
        )


def plant(path: Path, tree: ast.Module) -> None:
    """Let this process, and every Python that it starts, import a file with the syntax of the tree."""
    sys.meta_path.insert(0, Planted(str(path), tree))
    source = Path(tempfile.gettempdir()) / f"mutation-{os.getppid()}.py"  # The next fault is written over it.
    source.write_text(ast.unparse(tree), encoding="utf-8")
    given = {"MUTATION_ROOT": ROOT, "MUTATION_FILE": path, "MUTATION_SOURCE": source}
    os.environ |= {name: str(value) for name, value in given.items()}
    os.environ["PYTHONPATH"] = os.pathsep.join([str(SITE), *_python_path(path)])


def _python_path(path: Path) -> list[str]:
    """The folder that the package is in, and what was there before."""
    above = [one for one in path.parents if not (one / "__init__.py").exists()]
    return [str(above[0]), *filter(None, [os.environ.get("PYTHONPATH")])]
