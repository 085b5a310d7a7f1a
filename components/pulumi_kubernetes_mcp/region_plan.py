"""One region stack, inspected: settings to plan to findings. Pure; no resource is registered here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import planning
from .inputs.outputs import raise_errors
from .rules import applied as checks
from .rules.acceptance import accept
from .rules.model import Finding, errors
from .server_plan import ServerPlan, design
from .settings.load import load_settings
from .settings.models import Settings
from .settings.problems import Problem, SettingsError
from .settings.salvage import covers, salvage

ACCEPT_PATH = "mcp:accept"
PROFILE_PATH = "mcp:server.profile"
FROM_THE_PLAN = ("MCP210", "MCP213", "MCP4", "MCP5")
"""Beginnings of the codes that follow from the plan, and so from a profile."""


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """Everything that is known about a stack before any resource is registered."""

    design: ServerPlan
    findings: tuple[Finding, ...]
    """What is wrong, errors first, without the accepted warnings."""

    @property
    def settings(self) -> Settings:
        """What the stack says."""
        return self.design.settings

    @property
    def plan(self) -> planning.Plan:
        """The capacity plan."""
        return self.design.plan

    def raise_errors(self, where: str) -> None:
        """Raise FindingsError with every error; ``where`` names the stack."""
        raise_errors(list(self.findings), f"{where} cannot work:")


def load(values: Mapping[str, object], *, where: str, directory: Path | None = None) -> Settings:
    """The settings in ``values`` (full key, such as ``mcp:server``, to plain data).

    :param directory: the directory of Pulumi.yaml. Default: that of the running program, or the working directory.
    :raises SettingsError: with every problem, and with every error that the rules find in the rest: one run
        reports all mistakes of a file.
    """
    try:
        return load_settings(values, where=where, directory=directory)
    except SettingsError as error:
        rest = salvage(values, error.problems, directory)
        found = errors(inspect(rest, rehearse=False).findings) if rest is not None else []
        besides = [
            Problem(finding.path, f"{finding.problem} ({finding.code})", finding.remedy)
            for finding in found
            if not covers(error.problems, finding.path) and not _follows(finding, error.problems)
        ]
        raise SettingsError([*error.problems, *besides], where=where) from None


def _follows(finding: Finding, problems: Iterable[Problem]) -> bool:
    """Whether a finding may come from a profile that could not be read, so that constants stood in for it."""
    return finding.code.startswith(FROM_THE_PLAN) and covers(problems, PROFILE_PATH)


def inspect(settings: Settings, *, rehearse: bool = True) -> Inspection:
    """Derive, plan, and apply every rule; the whole way from settings to findings.

    :param rehearse: whether the simulator has its say too. Not needed where only errors count: it gives warnings.
    """
    server = design(settings)
    found = checks.findings(server, rehearse=rehearse)
    played = rehearse and not errors(found)
    accepted = {
        item.code: item.reason for item in settings.accept if played or item.code not in checks.OF_THE_REHEARSAL
    }
    return Inspection(design=server, findings=tuple(sorted(accept(found, accepted, ACCEPT_PATH))))
