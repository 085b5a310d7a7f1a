"""Rules about the MCP methods that a rate limit counts by: whether anybody sends them in a header."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from ..model import Finding, Rule, Severity
from ..words import alternatives, quoted

NEVER_SENT = Rule(
    code="MCP366",
    slug="rate-limit-method-never-sent",
    severity=Severity.ERROR,
    title="a rate limit by a method that no client sends",
    meaning="""
        A rule of `rateLimits` names a method that the protocol does not have, in another spelling or as a tool is
        called; one of the legacy eras alone; or one that a server sends. Or it has `methods`, and the server speaks no
        era whose clients name their method in a header.
        """,
    why="""
        The edge compares `methods` with the header `Mcp-Method`, letter by letter. Clients of 2026-07-28 send it, with
        a method of that revision. Any other one counts nothing: every call passes, and the limit reads like protection.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 60, methods: [tool/call]}]
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 60, methods: [tools/call]}]
        """,
    note="The name of a tool is in another header (`Mcp-Name`), which these limits do not read.",
)

OF_EXTENSION = Rule(
    code="MCP367",
    slug="rate-limit-method-of-extension",
    severity=Severity.WARNING,
    title="a rate limit by a method that the protocol does not have",
    meaning="""
        A rule of `rateLimits` names a method with a prefix that is none of the protocol's, as an extension may have it.
        """,
    why="""
        Whether clients send it is known to whoever wrote the extension alone. A method that nobody sends counts
        nothing, and the limit reads like protection.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 60, methods: [com.example/search]}]
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          rateLimits: [{requests: 60, methods: [tools/call]}]
        """,
    note="Accept it where the clients of the server send this method.",
)

SENT = (
    "tools/call",
    "tools/list",
    "resources/read",
    "resources/list",
    "resources/templates/list",
    "prompts/get",
    "prompts/list",
    "completion/complete",
    "server/discover",
    "subscriptions/listen",
    "notifications/cancelled",
    "tasks/get",
    "tasks/update",
    "tasks/cancel",
)
"""What clients of 2026-07-28 send: the methods of the revision's schema and those of the extension of tasks
(SEP-2663)."""
OF_LEGACY: Mapping[str, str] = MappingProxyType(
    {
        "initialize": "server/discover",
        "ping": "",
        "logging/setLevel": "",
        "resources/subscribe": "subscriptions/listen",
        "resources/unsubscribe": "",
        "tasks/list": "",
        "tasks/result": "tasks/get",
        "notifications/initialized": "",
        "notifications/progress": "",
        "notifications/roots/list_changed": "",
    }
)
"""What only clients of the revisions before send, none of which name it in a header, to what does it now."""
OF_SERVERS = frozenset(
    {
        "roots/list",
        "sampling/createMessage",
        "elicitation/create",
        "notifications/message",
        "notifications/elicitation/complete",
        "notifications/prompts/list_changed",
        "notifications/resources/list_changed",
        "notifications/resources/updated",
        "notifications/subscriptions/acknowledged",
        "notifications/tasks/status",
        "notifications/tools/list_changed",
    }
)
"""What servers send, within an answer or a stream, which no request of a client is."""
_PREFIXES = frozenset(name.split("/")[0] for name in (*SENT, *OF_LEGACY, *OF_SERVERS) if "/" in name)
_LIKE = 0.75
"""How alike two names are, as ``difflib`` has it, where one may be a slip of the other."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def method_findings(methods: Sequence[str], *, modern: bool, path: str) -> Iterator[Finding]:
    """MCP366 and MCP367 for the methods that one limit counts by.

    :param modern: whether the server speaks the era whose clients name their method in a header.
    """
    if methods and not modern:
        yield NEVER_SENT.at(
            path,
            "No client of this server names its method in a header: the limit counts nothing.",
            "Leave methods out, so that every request counts; or let the server serve the era 'modern'.",
        )
        return
    for place, name in enumerate(methods):
        if name not in SENT:
            yield _told(name, f"{path}[{place}]")


def _told(name: str, path: str) -> Finding:
    said = quoted(name)
    if name in OF_LEGACY:
        now = OF_LEGACY[name]
        problem = f"{said} is a method of legacy eras alone, whose clients name none in a header: it counts nothing."
        remedy = f"Give '{now}', which does it in the modern era, or leave it out." if now else "Leave it out."
        return NEVER_SENT.at(path, problem, remedy)
    if name in OF_SERVERS:
        return NEVER_SENT.at(
            path, f"{said} is sent by servers, in what they answer: it counts nothing.", "Leave it out."
        )
    prefix, slash, _ = name.partition("/")
    near = None if "." in prefix else nearest(name)
    if near is not None:
        return NEVER_SENT.at(path, f"{said} is no method of the protocol: it counts nothing.", f"Give '{near}'.")
    if slash and prefix not in _PREFIXES:
        return OF_EXTENSION.at(
            path,
            f"{said} is no method of the protocol: it counts only where clients of an extension send it.",
            f"Give one of the protocol, such as {alternatives(SENT[:2])}, or accept this warning.",
        )
    known = [one for one in SENT if one.partition("/")[0] == prefix] or SENT[:2]
    such = "" if slash and known[0].startswith(f"{prefix}/") else "a method, such as "
    return NEVER_SENT.at(
        path,
        f"{said} is no method of the protocol: it counts nothing.",
        f"Give {such}{alternatives(known)}, or leave it out.",
    )


def nearest(name: str) -> str | None:
    """The method that a name may be a slip of: the same words in another order or form, or nearly the same letters."""
    words = _words(name)
    for one in SENT:
        if _words(one) == words:
            return one
    near = difflib.get_close_matches(name.lower(), SENT, n=1, cutoff=_LIKE)
    return near[0] if near else None


def _words(name: str) -> list[str]:
    return sorted(word.lower().rstrip("s") for word in _WORDS.findall(name))


RULES = (NEVER_SENT, OF_EXTENSION)
