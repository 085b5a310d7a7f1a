"""How much the properties are tried: a little before every commit, much more where the long grids run too."""

from __future__ import annotations

import pytest

GRID = "grid"


def pytest_configure(config: pytest.Config) -> None:
    """Few examples where the long grids are left out (``make test``), many otherwise (``make test-all``).

    The examples are the same in every run: a failure is one of the change at hand. ``--hypothesis-profile=search``
    looks for new ones.
    """
    if not config.pluginmanager.hasplugin("hypothesispytest"):
        return  # The lab's environment has none.
    from hypothesis import settings

    settings.register_profile("few", max_examples=15, deadline=None, derandomize=True)
    settings.register_profile("many", max_examples=100, deadline=None, derandomize=True)
    settings.register_profile("search", max_examples=1000, deadline=None)
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("few" if f"not {GRID}" in config.option.markexpr else "many")
