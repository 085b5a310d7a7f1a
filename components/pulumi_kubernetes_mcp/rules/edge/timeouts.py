"""Rules about timeouts of the edge: whether it waits for the slowest tool."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from ...eras import ROUTE_MARGIN_SECONDS
from ..model import Finding, Rule, Severity

SDK_KEEPALIVE_SECONDS = 15
"""What the SDKs send that send any, where nothing else is known."""
KEEPALIVES_PER_IDLE_TIMEOUT = 3
"""An idle limit of three periods survives two lost keep-alives: 45 s at the 15 s of the SDKs."""


REQUEST_TIMEOUT = Rule(
    code="MCP307",
    slug="request-timeout-too-short",
    severity=Severity.ERROR,
    title="the route ends before the slowest tool",
    meaning="""
        `requestTimeoutSeconds` is neither 0 nor at least `maxToolSeconds` and 15 s more. With the era `sse` only 0
        passes: a session is one open request there, and any timeout ends it. The same holds of a limit for the whole of
        a request that a patch or a further object for the route brings: `requestTimeout` and `maxStreamDuration` of a
        BackendTrafficPolicy, `timeouts` of an HTTPRoute, `timeouts.request` of kgateway's TrafficPolicy.
        """,
    why="""
        The request timeout counts until the end of the answer. Truncated answers leave Python v1 and TypeScript clients
        waiting for ever.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          requestTimeoutSeconds: 60
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          requestTimeoutSeconds: 0
        """,
)


IDLE_TIMEOUT = Rule(
    code="MCP308",
    slug="idle-timeout-too-short",
    severity=Severity.ERROR,
    title="silent streams are cut",
    meaning="""
        `idleTimeoutSeconds` is shorter than three keep-alive periods; or, where the server sends nothing until the
        result (`keepaliveSeconds: 0`), shorter than `maxToolSeconds` and 15 s more.
        """,
    why="""
        Between two keep-alives, or without them until the result, a stream carries nothing. A limit that survives two
        lost keep-alives is sound.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          idleTimeoutSeconds: 30
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          idleTimeoutSeconds: 60
        """,
)


KEEPALIVE_NEVER_SEEN = Rule(
    code="MCP331",
    slug="keepalive-never-seen",
    severity=Severity.WARNING,
    title="keep-alives are promised of a runtime that sends none",
    meaning="""
        `keepaliveSeconds` is more than 0, and `runtime` names an SDK that was seen to send no byte until the result in
        an era of the list: TypeScript v2 in `modern`.
        """,
    why="""
        The idle timeout of the edge follows from it. Measured with an idle timeout of 20 s and a tool of 40 s, every
        call of TypeScript v2's modern era ended in 504 after 20 s; servers that send a comment every 15 s passed.
        """,
    fails="""
        mcp:server:
          name: orders
          image: registry.example.com/acme/orders:1.4.2
          runtime: typescript-v2
          eras: [modern]
          keepaliveSeconds: 15
        """,
    passes="""
        mcp:server:
          name: orders
          image: registry.example.com/acme/orders:1.4.2
          runtime: typescript-v2
          eras: [modern]
        """,
)


IDLE_UNKNOWN = Rule(
    code="MCP369",
    slug="idle-timeout-of-unknown-silence",
    severity=Severity.WARNING,
    title="an idle timeout below the slowest tool, of a server that may be silent until the result",
    meaning="""
        `idleTimeoutSeconds` survives the keep-alives that SDKs send every 15 s, and is shorter than `maxToolSeconds`
        and 15 s more; whether this server sends any is not known: its `runtime` is not one that was measured, and
        `keepaliveSeconds` is left out.
        """,
    why="""
        A server that sends no byte until the result loses each call that takes longer: with an idle timeout of 20 s
        every tool of 40 s of TypeScript v2's modern era ended in 504. Left out, the timeout is derived for silence.
        """,
    fails="""
        mcp:server:
          name: orders
          image: registry.example.com/acme/orders:1.4.2
          maxToolSeconds: 300
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          idleTimeoutSeconds: 60
        """,
    passes="""
        mcp:server:
          name: orders
          image: registry.example.com/acme/orders:1.4.2
          maxToolSeconds: 300
          keepaliveSeconds: 15
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          idleTimeoutSeconds: 60
        """,
)


def timeout_findings(
    *,
    request_timeout: int,
    idle_timeout: int,
    max_tool_seconds: int,
    keepalive_seconds: int | None,
    request_path: str,
    idle_path: str,
    sse: bool = False,
) -> list[Finding]:
    """MCP307, MCP308 and MCP369: whether the edge waits for the slowest tool. All times are whole seconds.

    A ``request_timeout`` of 0 is off. ``keepalive_seconds`` is how often the server sends a comment on an
    open call, 0 if it sends nothing until the result; ``None`` if nobody knows: held against what the SDKs send
    as an error, and against silence as a warning.
    """
    found = []
    if sse and request_timeout != 0:
        found.append(
            REQUEST_TIMEOUT.at(
                request_path,
                f"The era 'sse' holds a session in one open request, which the timeout ends after {request_timeout} s.",
                "Set it to 0, which switches it off.",
            )
        )
        request_timeout = 0
    slowest = max_tool_seconds + ROUTE_MARGIN_SECONDS
    if request_timeout != 0 and request_timeout < slowest:
        found.append(
            REQUEST_TIMEOUT.at(
                request_path,
                f"The request timeout of {request_timeout} s is shorter than the slowest tool, "
                f"{max_tool_seconds} s, + margin {ROUTE_MARGIN_SECONDS} s = {slowest} s.",
                f"Set it to 0, which switches it off, or to at least {slowest} s.",
            )
        )
    if keepalive_seconds == 0:
        least, reason = (
            slowest,
            (
                f"the slowest tool, {max_tool_seconds} s, + margin {ROUTE_MARGIN_SECONDS} s, during which "
                "nothing is sent"
            ),
        )
    else:
        period = SDK_KEEPALIVE_SECONDS if keepalive_seconds is None else keepalive_seconds
        least = KEEPALIVES_PER_IDLE_TIMEOUT * period
        reason = f"{KEEPALIVES_PER_IDLE_TIMEOUT} keep-alive periods of {period} s"
    if idle_timeout < least:
        found.append(
            IDLE_TIMEOUT.at(
                idle_path,
                f"The idle timeout of {idle_timeout} s is shorter than {least} s: {reason}.",
                f"Set it to at least {least} s, or leave it out: it is then derived.",
            )
        )
    elif keepalive_seconds is None and idle_timeout < slowest:
        found.append(
            IDLE_UNKNOWN.at(
                idle_path,
                f"The idle timeout of {idle_timeout} s cuts every tool that takes longer, up to {max_tool_seconds} s, "
                "if the server sends nothing until the result; whether it does is not known.",
                f"Leave it out, which derives {slowest} s, or set it to at least {slowest} s; or say how often the "
                "server sends something while it works (⟦keepalive_seconds⟧), if somebody has seen it.",
            )
        )
    return found


_LIMITS: Mapping[str, Sequence[tuple[str, ...]]] = MappingProxyType(
    {
        "BackendTrafficPolicy": (("timeout", "http", "requestTimeout"), ("timeout", "http", "maxStreamDuration")),
        "TrafficPolicy": (("timeouts", "request"),),
    }
)
"""Kind of an object to its fields that end a request, whatever is sent in it."""
_PART = re.compile(r"(\d{1,9})(h|ms|m|s)")
_SECONDS: Mapping[str, float] = MappingProxyType({"h": 3600, "m": 60, "s": 1, "ms": 0.001})


def object_timeout_findings(
    kind: str, spec: object, *, max_tool_seconds: int, sse: bool, path: str, own: Sequence[str] = ()
) -> Iterator[Finding]:
    """MCP307 for each limit of an object that ends a call before the slowest tool does.

    :param sse: whether a session is one open request.
    :param own: fields that have keys, by their last step, which say it themselves.
    """
    slowest = max_tool_seconds + ROUTE_MARGIN_SECONDS
    for field, text in _limits(kind, spec):
        seconds = _duration(text)
        if not seconds or field.rpartition(".")[2] in own or (seconds >= slowest and not sse):
            continue
        why, least = f"the slowest tool takes {max_tool_seconds} s", f", or give '{slowest}s' at least"
        if sse:
            why, least = "the era 'sse' holds a session in one open request", ""
        yield REQUEST_TIMEOUT.at(
            path, f"{kind}: {field} ends each request after {text}, and {why}.", f"Leave it out{least}."
        )


def _limits(kind: str, spec: object) -> Iterator[tuple[str, str]]:
    """The limits in an object, by their fields."""
    for steps in _LIMITS.get(kind, ()):
        found = spec
        for step in steps:
            found = found.get(step) if isinstance(found, Mapping) else None
        if isinstance(found, str):
            yield ".".join(steps), found
    rules = spec.get("rules") if kind == "HTTPRoute" and isinstance(spec, Mapping) else None
    for rule in rules if isinstance(rules, list) else []:
        given = rule.get("timeouts") if isinstance(rule, Mapping) else None
        for step in ("request", "backendRequest"):
            if isinstance(given, Mapping) and isinstance(given.get(step), str):
                yield f"timeouts.{step}", given[step]


def _duration(text: str) -> float | None:
    """A duration as the Gateway API writes it, in seconds; ``None`` for another form."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def keepalive_findings(*, given: int | None, runtime: str, silent: Sequence[str], path: str) -> list[Finding]:
    """MCP331: keep-alives that are promised of a runtime that was seen to send none in some of its eras, ``silent``."""
    if not given or not silent:
        return []
    return [
        KEEPALIVE_NEVER_SEEN.at(
            path,
            f"A comment every {given} s is promised, but a server of runtime '{runtime}' was seen to send no byte "
            f"until the result in the era {' and '.join(silent)}: a proxy that is told so cuts the tools that take "
            "longer.",
            f"Set ⟦{path}⟧ to 0 or leave it out; keep it if the tools report progress themselves at least that often, "
            "and accept this warning with that reason.",
        )
    ]


RULES = (
    REQUEST_TIMEOUT,
    IDLE_TIMEOUT,
    IDLE_UNKNOWN,
    KEEPALIVE_NEVER_SEEN,
)
