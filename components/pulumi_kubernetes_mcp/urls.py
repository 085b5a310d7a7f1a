"""What is wrong with the address of a server, in words. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from .rules.forms import form, harmless, opaque

SHOWN = 120
"""Letters of an address that a message repeats."""
LONGEST_HOST = 253
"""Letters of a name in DNS (RFC 1035, 2.3.4)."""

_SECRET_WORDS = frozenset(
    {
        "apikey",
        "authorization",
        "credential",
        "credentials",
        "jwt",
        "passwd",
        "password",
        "pwd",
        "secret",
        "sig",
        "signature",
        "token",
    }
)
"""What the last word of a parameter is where its value lets somebody in."""
_PERHAPS_SECRET = frozenset({"auth", "key"})
"""What the last word of a parameter is that may be a secret, or the name of a column, or a number of its own."""
_KIND_OF_KEY = frozenset({"access", "account", "api", "auth", "private", "secret", "shared", "signing", "subscription"})
"""What a key is called before 'key' where it is a secret for sure."""
_SHORTEST = 8
"""Characters of a value that lets somebody in and that a name does not call so for sure."""


@dataclass(frozen=True)
class Fault:
    """Why an address is none, as the end of 'it …', and what to write, without a full stop."""

    why: str
    remedy: str
    credentials: bool = False
    """Whether it is one, and holds what is shown to whoever reads it."""


def fault(url: str, example: str = "https://mcp.example.com/mcp") -> Fault | None:
    """Why a text is not the http or https address of a server; ``None`` where it is one.

    :param example: one as it should be, for the remedy.
    """
    other = f"Write it with scheme and path, such as {example}"
    if not url:
        return Fault("is empty", other)
    if not url.isprintable() or " " in url:
        return Fault("holds a blank or another character that no address has", other)
    if "://" not in url:
        guess = _with_scheme(shown(url).removeprefix("//"))
        return Fault("has no scheme", other if guess is None else f"Begin with the scheme: {guess}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Fault("has a port or a host that cannot be read", other)
    return _parts_fault(parts, port, other)


def _parts_fault(parts: SplitResult, port: int | None, other: str) -> Fault | None:
    if parts.scheme not in ("http", "https"):
        return Fault(f"has the scheme '{parts.scheme[:SHOWN]}', over which no server is asked", other)
    if parts.username is not None or parts.password is not None:
        return Fault("holds credentials", other, credentials=True)
    if not parts.hostname:
        return Fault("names no host", other)
    if port == 0:
        return Fault("has the port 0, on which nothing listens", other)
    why = _host_fault(parts.hostname)
    return None if why is None else Fault(why, other)


def _with_scheme(bare: str) -> str | None:
    """What was meant, where the text begins with what only a host is: a name of several parts, or one with a port.

    A certificate is for a public name, so nothing else is guessed to have one.
    """
    host, _, port = bare.partition("/")[0].partition(":")
    if _host_fault(host) is not None or not ("." in host or port.isdecimal()):
        return None
    public = "." in host and not host.replace(".", "").isdecimal()
    return f"{'https' if public else 'http'}://{bare}"


def _host_fault(host: str) -> str | None:
    """Why a host is neither an address nor a name; an underscore is borne, as resolvers bear it."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return None
    labels = host.removesuffix(".").split(".")
    try:
        # What no part of a name may be is refused here: empty, too long, a sign that IDNA does not know.
        host.removesuffix(".").encode("idna")
    except UnicodeError:
        return f"names the host '{host[:SHOWN]}', a part of which is empty, too long, or no name"
    if len(host) > LONGEST_HOST or not all(_is_label(label) for label in labels):
        return f"names the host '{host[:SHOWN]}', which is no name of a host"
    return None


def _is_label(label: str) -> bool:
    return label.replace("-", "").replace("_", "").isalnum() and label[0] != "-" != label[-1]


def joined(base: str, place: str) -> str | None:
    """The address that an answer names, seen from where it was asked; ``None`` for what is no address at all."""
    try:
        found = urljoin(base, place)
        _ = urlsplit(found).port
    except ValueError:
        return None
    return found if found.isprintable() and " " not in found else None


def shown(url: str) -> str:
    """An address for a message: without credentials, and without the query and the fragment, which may hold a key."""
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    bare = re.split(r"[?#]", rest, maxsplit=1)[0]
    # An '@' behind them may be the end of a password as well as a part of the query.
    told = "..." if "@" in rest[len(bare) :] else bare.rpartition("@")[2]
    text = f"{scheme}{separator}{told}"
    return "".join(character for character in text if character.isprintable())[:SHOWN]


def exposures(url: str, *, sends_secret: bool) -> list[str]:
    """What of a call to an address others can read, each with what to do; nothing of it is repeated.

    :param sends_secret: whether headers with a secret go with it.
    """
    try:
        _ = urlsplit(url)
    except ValueError:
        return []
    found = []
    if query_holds_secret(url):
        found.append(
            "The address seems to hold a secret in its query, which every proxy on the way writes into its log, and "
            "the list of processes shows. Leave it out, or send it in a header where one can be given, and make a new "
            "one."
        )
    if in_clear(url, sends_secret=sends_secret):
        found.append(
            f"A header with a secret goes to {shown(url)} in clear: whoever is on the way can read it, and use it. "
            "Call the server over https, or through a tunnel such as kubectl port-forward."
        )
    return found


def query_holds_secret(url: str) -> bool:
    """Whether a value behind the path of an address lets somebody in, by its name or its form; a switch does not.

    Every rule about an address asks this: of a path that is probed, of a page, of an endpoint, of a call.
    """
    return any(_tells_secret(one) for one in re.split(r"[?#&;]", url)[1:])


def _tells_secret(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    if form(parameter) is not None or opaque(value):
        return True
    words = [word.lower() for word in re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", unquote(name))]
    *before, last = words
    if last in _SECRET_WORDS or (last == "key" and before[-1:] and before[-1] in _KIND_OF_KEY):
        return value.isdigit() or not harmless(value)
    return last in _PERHAPS_SECRET and _may_be_drawn(value)


def _may_be_drawn(value: str) -> bool:
    """Whether a value may let somebody in: a word of it is as long as that, and no name with a number behind it."""
    words = re.findall(rf"[A-Za-z0-9]{{{_SHORTEST},}}", value)
    return not harmless(value) and any(
        re.search(r"[A-Za-z][0-9]+[A-Za-z]", word) or (len(word) >= 2 * _SHORTEST and re.search(r"[0-9]", word))
        for word in words
    )


def in_clear(url: str, *, sends_secret: bool) -> bool:
    """Whether headers with a secret go to an address that whoever is on the way can read."""
    try:
        parts = urlsplit(url)
        return sends_secret and parts.scheme == "http" and not is_loopback(parts.hostname or "")
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if f".{host.removesuffix('.')}".endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
