"""A rule about annotations of one's own that undo what was derived."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..model import Finding, Rule, Severity
from ..words import number
from .values import read_as

UNDONE = Rule(
    code="MCP325",
    slug="derived-annotation-undone",
    severity=Severity.WARNING,
    title="an annotation that undoes a derived one",
    meaning="""
        `edge.annotations` has an annotation that is derived too, with a value that takes away what the derived one is
        there for: buffering that is on again, a timeout shorter than a silent stream, a smaller body, another balance
        of sessions, a snippet of HAProxy without the lines of the derived one. A longer timeout and a larger body are
        no finding.
        """,
    why="""
        An annotation of one's own replaces the derived one. Most are copied from a guide for web pages, whose answers
        are short: streams of an MCP server are then cut or held back, and nothing else says so.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "10"}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "7200"}
        """,
)

_BREAKS = (
    ("proxy-buffering", "events of a stream are held back until a buffer is full"),
    ("proxy-request-buffering", "a request is held back until its end"),
    ("proxy-http-version", "streams and kept connections need HTTP/1.1"),
    ("ssl-redirect", "a token may be sent in clear"),
    ("router.tls", "tokens are sent in clear"),
    ("listen-ports", "clients find no listener where they look for it, or send tokens in clear"),
    ("backend-protocol", "it speaks with the pods in another way than they do"),
    ("server-ssl", "it speaks with the pods in another way than they do"),
    ("termination", "it speaks with the pods in another way than they do"),
    ("target-type", "the network policy lets pods be reached by their addresses alone"),
    ("healthcheck-path", "pods count as unhealthy that are well"),
    ("cluster-issuer", "another issuer signs than the one that clusterIssuer names"),
    ("skipAwait", "the deployment waits otherwise than it says"),
    ("waitFor", "the deployment waits otherwise than it says"),
)
"""End of an annotation's name to what goes wrong without its derived value."""
_CERTIFICATE = ("proxy-ssl-", "server-ca", "destination-ca-certificate-secret")
_LINES = {
    "option http-no-delay": "each event of a stream is held back, for up to 200 ms",
    "option redispatch": "a call to a pod that has just died is tried at that pod alone",
}
"""Option of a derived snippet to what goes wrong without it."""
_TIMEOUTS = ("proxy-read-timeout", "proxy-send-timeout", "timeout-server", "router.openshift.io/timeout")
_DURATION = re.compile(r"(\d{1,12})(us|ms|s|m|h|d)?")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_SIZE = re.compile(r"(\d{1,12})([kmg])?")
_PAIR = re.compile(r"\s*([^=,]+?)\s*=\s*([^,]*?)\s*(?:,|$)")


def undone_findings(
    given: Mapping[str, str],
    derived: Mapping[str, str | None],
    *,
    least_seconds: int,
    sessions: bool,
    place: Callable[[str], str],
) -> list[Finding]:
    """MCP325 for each annotation in ``given`` that takes away what the ``derived`` one is there for.

    :param derived: name to value; ``None`` where that is not known yet.
    :param least_seconds: how long a stream may be silent, or a request may take where that is longer.
    :param sessions: whether clients have to stay on their pods.
    :param place: the path of an annotation.
    """
    found = []
    for name, value in given.items():
        if name not in derived or read_as(name, value) == (own := derived[name]):
            continue
        breaks, need = _broken(name, value, own, least_seconds, sessions)
        if breaks:
            instead = "" if own is None else f", and '{_in_line(own)}' is derived"
            remedy = "Leave it out." if need is None else f"Leave it out, or give {need} at least."
            found.append(UNDONE.at(place(name), f"{name} is '{_in_line(value)}'{instead}: {breaks}.", remedy))
    return found


def _broken(name: str, value: str, derived: str | None, least: int, sessions: bool) -> tuple[str, str | None]:
    """What an annotation breaks, empty where nothing, and the least value that does not."""
    if name.endswith(_TIMEOUTS):
        seconds = _seconds(value, "ms" if "haproxy" in name else "s")
        if seconds is not None and seconds >= least:
            return "", None
        need = f"'{least}s'" if "haproxy" in name else f"'{least}'"
        return f"a stream may be silent for {number(least)} s, and is cut before", need
    if name.endswith("proxy-body-size"):
        return _smaller(value, derived)
    if name.endswith("backend-config-snippet"):
        return _lines(value, derived or "")
    if name.endswith("ssl-redirect-port"):
        return "", None  # Clients may find HTTPS at another port.
    if name.endswith("-attributes"):
        return _attributes(value, derived or "", least), None
    if any(part in name for part in _CERTIFICATE):
        return "the certificate of the pods is checked against something else, or not at all", None
    for end, breaks in _BREAKS:
        if name.endswith(end):
            return breaks, None
    # What is left says how requests are dealt to pods.
    return ("clients leave the pods that hold their sessions", None) if sessions else ("", None)


def _smaller(value: str, derived: str | None) -> tuple[str, str | None]:
    given, own = _bytes(value), _bytes(derived or "")
    if given is not None and own is not None and (given == 0 or given >= own):
        return "", None
    return "requests that the server takes are refused with 413", f"'{derived}'"


def _attributes(value: str, derived: str, least: int) -> str:
    """What a list of attributes lacks that the derived one has."""
    given = dict(_PAIR.findall(value))
    for key, own in _PAIR.findall(derived):
        if key == "deregistration_delay.timeout_seconds":
            continue  # A rule of its own compares it with the slowest call.
        if key == "idle_timeout.timeout_seconds":
            seconds = _seconds(given.get(key, "60"), "s")
            if seconds is None or seconds < least:
                return f"a stream may be silent for {number(least)} s, and is cut before"
        elif given.get(key) != own:
            return f"{key}={own} is lost, and clients leave the pods that hold their sessions"
    return ""


def _lines(value: str, derived: str) -> tuple[str, str | None]:
    """What a snippet lacks that the derived one says."""
    given = {" ".join(line.split()[:2]) for line in value.splitlines()}
    lost = [option for option in _LINES if option in derived and option not in given]
    return " and ".join(_LINES[option] for option in lost), " and ".join(f"'{option}'" for option in lost) or None


def _in_line(text: str) -> str:
    """A value of several lines as one."""
    return "; ".join(text.splitlines())


def _seconds(text: str, unit: str) -> float | None:
    found = _DURATION.fullmatch(text.strip())
    return None if found is None else float(found[1]) * _UNITS[found[2] or unit]


def _bytes(text: str) -> int | None:
    """A size as nginx has it, whose k, m and g are powers of 1024."""
    found = _SIZE.fullmatch(text.strip().lower())
    return None if found is None else int(found[1]) * 1024 ** " kmg".index(found[2] or " ")


RULES = (UNDONE,)
