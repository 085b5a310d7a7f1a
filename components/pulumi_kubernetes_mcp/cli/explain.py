"""``mcp-stack explain``: what a finding means and what to change, and what a key of a stack file is for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ..report.console import clean, print_json, progress, show
from .failures import failures
from .options import JsonOption


def complete_words(incomplete: str) -> list[str]:
    """The codes and names of rules and the keys that begin so, for the completion of a shell."""
    from ..rules.catalogue import CATALOGUE
    from ..settings.key_help import every_key

    names = [*(name for rule in CATALOGUE for name in (rule.code, rule.slug)), *every_key()]
    return [name for name in names if name.lower().startswith(incomplete.lower())]


def explain(
    words: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE|NAME|KEY]",
            help="Code or name of a finding, such as MCP309 or unknown-controller, or a key of a stack file, such as "
            "mcp:edge.dns. Without it, the list of all findings.",
            autocompletion=complete_words,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a finding means, or what a key of a stack file is for.

    Of a finding: why the rule exists, what breaks it, and what does not. Of a key: what it takes, its default, and the
    keys below it. The same as the documentation, without it. Exit 2 if there is no such rule or key.

    Example: mcp-stack explain unknown-controller
    """
    from ..report.explain import explain_document, key_document, rules_document
    from ..report.terminal import view
    from ..rules.explain import UnknownRuleError, named, rule_data, summaries
    from ..settings.key_help import UnknownKeyError, asks_for_key, key_help

    with failures(as_json):
        if words is None:
            if as_json:
                print_json({"rules": summaries()})
            else:
                show(view(rules_document()))
            return
        try:
            if asks_for_key(words):
                key = key_help(words)
                print_json(asdict(key)) if as_json else show(view(key_document(key)))
                return
            found = named(words)
        except (UnknownRuleError, UnknownKeyError) as unknown:
            if as_json:
                near = unknown.near if isinstance(unknown, UnknownRuleError) else ()
                print_json({"error": {"message": clean(str(unknown)), "nearest": list(near)}})
            else:
                progress().print(clean(str(unknown)), soft_wrap=True)
            raise typer.Exit(2) from None
        if as_json:
            print_json(rule_data(found))
        else:
            show(view(explain_document(found)))
