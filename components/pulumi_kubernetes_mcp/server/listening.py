"""Where a container listens, as far as its command, its arguments and its variables say. Pure.

The names are those that servers of the SDKs, the programs that run them, and published servers take. A command line
says it before a variable. ``--host`` with another name is what a client connects to: nothing is known then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename

from ..inputs.outputs import plain
from ..rules import workload
from ..rules.model import Finding
from .keys import ServiceKeys
from .processes import SHORT_FLAG, line_of, values_of

ADDRESSES = (
    *("--host", "--hostname", "--bind", "--address", "--addr", "--listen", "--listen-address", "--listen-addr"),
    *("--bind-address", "--http-host", "--httpHost", "--http-address", "--sse-host", "--server-host"),
)
PORTS = ("--port", "--http-port", "--httpPort", "--sse-port", "--server-port")
ADDRESS_NAMES = (
    *("FASTMCP_HOST", "FASTMCP_SERVER_HOST", "UVICORN_HOST", "MCP_HOST", "MCP_HTTP_HOST", "MCP_SERVER_HOST"),
    *("TRANSPORT_HOST", "LISTEN_ADDR", "LISTEN_ADDRESS", "LISTEN_HOST", "BIND_ADDRESS", "BIND_HOST", "HOST"),
)
PORT_NAMES = (
    *("FASTMCP_PORT", "FASTMCP_SERVER_PORT", "UVICORN_PORT", "MCP_PORT", "MCP_HTTP_PORT", "MCP_SERVER_PORT"),
    *("TRANSPORT_PORT", "PORT"),
)
TRANSPORTS = ("--transport", "--transport-type", "--outputTransport", "-t")
TRANSPORT_NAMES = ("TRANSPORT", "TRANSPORT_MODE", "TRANSPORT_TYPE", "TRANSPORT_PROTOCOL")
"""Ends of the names of variables, such as MCP_TRANSPORT."""
STDIO, SSE = "stdio", "sse"
BY_HTTP = ("http", "streamable-http", "streamable_http", "streamablehttp", "shttp")
ANY = ("", "*", "0.0.0.0", "::")
"""Every address of the pod, in the words of servers."""
_SCHEMES = ("http://", "https://", "tcp://")
MOST = 65_535


@dataclass(frozen=True, kw_only=True)
class Place:
    """An address or a port that a container is told to listen on."""

    host: str | None
    """``None`` where a port alone is said."""
    port: int | None
    key: str
    """Where it stands: 'command', 'args' or 'env.NAME'."""
    words: str
    """What stands there, such as ``--host 127.0.0.1``."""

    @property
    def loopback(self) -> bool:
        """Whether nobody outside of the pod reaches it."""
        return self.host is not None and (self.host in ("localhost", "::1") or self.host.startswith("127."))

    @property
    def foreign(self) -> bool:
        """Whether it is the name of something else, which is connected to."""
        return not (self.host is None or self.loopback or self.host in ANY or self.host.startswith("$"))


def places(command: Sequence[str] | None, args: Sequence[str] | None, env: Mapping[str, object]) -> list[Place]:
    """Where a container is told to listen; a variable counts where the command line has nothing of its kind."""
    known = {name: text for name, value in env.items() if (text := plain(value)) is not None}
    found = list(_of_line(command, args, known))
    if not any(one.host is not None for one in found):
        found += _of_env(ADDRESS_NAMES, known, hosts=True)
    if not any(one.port is not None for one in found):
        found += _of_env(PORT_NAMES, known, hosts=False)
    return found


def _of_line(command: Sequence[str] | None, args: Sequence[str] | None, env: Mapping[str, str]) -> Iterator[Place]:
    line = list(line_of(command or (), args or (), env))
    words = [word for _, word in line]
    short = not {basename(word) for word in words}.isdisjoint(SHORT_FLAG)
    for place, value, shown in values_of(words, (*ADDRESSES, *(("-b",) if short else ()))):
        host, port = _split(value)
        yield Place(host=host, port=port, key=line[place][0], words=shown)
    for place, value, shown in values_of(words, PORTS):
        if (number := _port(value)) is not None:
            yield Place(host=None, port=number, key=line[place][0], words=shown)


def _of_env(names: Sequence[str], env: Mapping[str, str], *, hosts: bool) -> Iterator[Place]:
    for name in names:
        text = env.get(name, "").strip()
        host, port = _split(text) if hosts else (None, _port(text))
        if text and (host, port) != (None, None):
            yield Place(host=host, port=port, key=f"env.{name}", words=f"{name}={text}")


@dataclass(frozen=True, kw_only=True)
class Transport:
    """What a server is told to speak."""

    word: str
    """'stdio', 'sse' or one of ``BY_HTTP``."""
    key: str
    words: str


def transport(command: Sequence[str] | None, args: Sequence[str] | None, env: Mapping[str, object]) -> Transport | None:
    """What a container is told to speak; ``None`` where nothing says it. The first option counts: what stands behind
    it is what a bridge starts."""
    known = {name: text for name, value in env.items() if (text := plain(value)) is not None}
    line = list(line_of(command or (), args or (), known))
    words = [word for _, word in line]
    for place, value, shown in values_of(words, TRANSPORTS):
        if value.lower() in (STDIO, SSE, *BY_HTTP):
            return Transport(word=value.lower(), key=line[place][0], words=shown)
    # Several servers have it as their first word: 'github-mcp-server stdio'.
    if args and args[0] in (STDIO, SSE):
        return Transport(word=args[0], key="args", words=args[0])
    for name, text in known.items():
        if text.lower() in (STDIO, SSE, *BY_HTTP) and any(
            name == end or name.endswith(f"_{end}") for end in TRANSPORT_NAMES
        ):
            return Transport(word=text.lower(), key=f"env.{name}", words=f"{name}={text}")
    return None


def _split(text: str) -> tuple[str | None, int | None]:
    """Host and port of '127.0.0.1:8000', ':8000', '[::1]:8000' or a host alone."""
    for scheme in _SCHEMES:
        text = text.removeprefix(scheme)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, _port(rest.removeprefix(":"))
    host, colon, port = text.rpartition(":")
    if not colon or ":" in host or _port(port) is None:
        return text, None
    return host, _port(port)


def _port(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) else 0
    return number if 1 <= number <= MOST else None


def out_of_reach(found: Sequence[Place], port: int, *, fronted: bool) -> tuple[Place | None, Place | None]:
    """What keeps everybody from a server that is expected at a port: loopback, and another port; ``None`` for nothing.

    :param fronted: whether something else of the pod may stand before it, or be what it connects to.
    """
    ports = [one for one in found if one.port is not None]
    if any(one.foreign for one in found) or (fronted and port not in [one.port for one in ports]):
        return None, None
    hosts = [one for one in found if one.host is not None]
    return (
        hosts[0] if hosts and all(one.loopback for one in hosts) else None,
        ports[0] if ports and port not in [one.port for one in ports] else None,
    )


PROXIES: Mapping[str, str] = {"cloud-sql-proxy": "CSQL_PROXY", "alloydb-auth-proxy": "ALLOYDB_PROXY"}
"""Program of an image that listens on loopback unless it is told otherwise to the beginning of its variables, which are
called after its options (``docs/cmd/cloud-sql-proxy.md`` of its repository)."""


def beside(
    image: str,
    command: Sequence[str] | None,
    args: Sequence[str] | None,
    env: Mapping[str, object],
    *,
    port: int,
    by_route: bool,
) -> str | None:
    """What keeps the kubelet from the port of a container beside the server, in words; ``None`` for nothing.

    :param by_route: whether the kubelet asks a route there, in place of opening the port.
    """
    words = [*(command or ()), *(args or ())]
    prefix = PROXIES.get(basename(image.partition("@")[0]).partition(":")[0])
    option = "--http-address" if by_route else "--address"
    if prefix is not None:
        name = f"{prefix}_{option[2:].upper().replace('-', '_')}"
        flags = (option,) if by_route else (option, "-a")
        given = bool(env.get(name)) or any(True for _ in values_of(words, flags))
        elsewhere = any("address=" in word or word.startswith("--config-file") for word in words)
        return None if given or elsewhere else f"without {option} this program listens on loopback"
    found = [] if by_route else [one for one in places(command, args, env) if one.host is not None]
    if found and all(one.loopback and one.port in (None, port) for one in found):
        return f"'{found[0].words}' lets it listen on loopback"
    return None


def listening_findings(keys: ServiceKeys, *, fronted: bool | None = None) -> list[Finding]:
    """Whether the server and what runs beside it listen where they are asked.

    :param fronted: whether something else of the pod may stand before the server. Default: with sidecars.
    """
    told = places(keys.command, keys.args, keys.env)
    loopback, other = out_of_reach(told, keys.port, fronted=bool(keys.sidecars) if fronted is None else fronted)
    found: list[Finding] = []
    if loopback is not None:
        found += workload.loopback_findings(loopback.words, path=loopback.key)
    if other is not None and other.port is not None:
        found += workload.other_port_findings(other.words, said=other.port, port=keys.port, path=other.key)
    spoken = transport(keys.command, keys.args, keys.env)
    if spoken is not None:
        eras = [era.value for era in keys.era_profile.eras]
        kind = spoken.word if spoken.word in (STDIO, SSE) else "http"
        found += workload.transport_findings(kind, words=spoken.words, eras=eras, port=keys.port, path=spoken.key)
    for place, one in enumerate(keys.sidecars):
        image = plain(one.image)
        if one.port is None or image is None:
            continue
        by_route = one.health_path is not None
        why = beside(image, one.command, one.args, one.env, port=one.port, by_route=by_route)
        found += workload.sidecar_listening_findings(why, name=one.name, port=one.port, path=f"sidecars[{place}].port")
    return found
