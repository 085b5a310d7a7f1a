"""Python imports this at its start where the folder is on its path: what tests start has the fault too."""

import os

if "MUTATION_FILE" in os.environ:
    import ast
    import sys

    sys.path.insert(0, os.environ["MUTATION_ROOT"])
    from tools.mutation.planted import Planted

    with open(os.environ["MUTATION_SOURCE"], encoding="utf-8") as source:
        sys.meta_path.insert(0, Planted(os.environ["MUTATION_FILE"], ast.parse(source.read())))
    sys.path.pop(0)
