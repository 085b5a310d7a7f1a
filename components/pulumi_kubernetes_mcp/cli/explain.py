"""``mcp-stack explain``: what a finding means, and what to change."""

from __future__ import annotations

from typing import Annotated

import typer

from ..report.console import clean, print_json, progress, show
from .failures import failures
from .options import JsonOption


def complete_rule(incomplete: str) -> list[str]:
    """The codes and names of rules that begin so, for the completion of a shell."""
    from ..rules.catalogue import CATALOGUE

    names = [name for rule in CATALOGUE for name in (rule.code, rule.slug)]
    return [name for name in names if name.lower().startswith(incomplete.lower())]


def explain(
    rule: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE|NAME]",
            help="Code or name of a finding, such as MCP309 or unknown-controller. Without it, the list of all.",
            autocompletion=complete_rule,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a finding means: why the rule exists, what breaks it, and what does not.

    The same as its page of the documentation, without it. Exit 2 if there is no such rule.

    Example: mcp-stack explain unknown-controller
    """
    from ..report.explain import explain_document, rules_document
    from ..report.terminal import view
    from ..rules.explain import UnknownRuleError, named, rule_data, summaries

    with failures(as_json):
        if rule is None:
            if as_json:
                print_json({"rules": summaries()})
            else:
                show(view(rules_document()))
            return
        try:
            found = named(rule)
        except UnknownRuleError as unknown:
            if as_json:
                print_json({"error": {"message": clean(str(unknown)), "nearest": list(unknown.near)}})
            else:
                progress().print(clean(str(unknown)), soft_wrap=True)
            raise typer.Exit(2) from None
        if as_json:
            print_json(rule_data(found))
        else:
            show(view(explain_document(found)))
