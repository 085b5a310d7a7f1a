"""Rules about where a container listens and what it speaks there, as far as it is told: whether clients reach it."""

from __future__ import annotations

from collections.abc import Collection

from ..model import Finding, Rule, Severity

ELSEWHERE = Rule(
    code="MCP184",
    slug="listens-elsewhere",
    severity=Severity.WARNING,
    title="a container that is told to listen where nobody reaches it",
    meaning="""
        An option in `command` or `args` (`--host`, `--bind`, `--address`, `--port` and their like), or a variable where
        the command line has none (`HOST`, `FASTMCP_HOST`, `PORT` and their like), lets the server listen on loopback,
        or on another port than `port`. Or a sidecar with a `port` listens on loopback, as the Cloud SQL and AlloyDB
        proxies do unless they are told otherwise.
        """,
    why="""
        The kubelet, the edge and the other pods come to the address of the pod. Nothing answers there: the start-up
        probe fails, and the container is started again for ever. Servers of the SDKs listen on 127.0.0.1 by default.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          args: [--host, 127.0.0.1, --port, '8000']
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          args: [--host, 0.0.0.0, --port, '8000']
        """,
    note="""
        Accept it where the option means something else to the program, or where something in the pod stands before the
        server. A sidecar that only the server uses needs no `port`: it counts as started at once.
        """,
)


OTHER_TRANSPORT = Rule(
    code="MCP150",
    slug="transport-of-other-eras",
    severity=Severity.WARNING,
    title="a server that is told to speak what its eras are not",
    meaning="""
        An option (`--transport` and its like), the first of `args`, or a variable that ends in `TRANSPORT` where the
        command line has none, lets the server speak stdio; or HTTP+SSE, and `eras` has no `sse`; or streamable HTTP,
        and `eras` is `sse` alone. `eras` left out is `modern`.
        """,
    why="""
        A server on its standard input listens on no port, and ends at once: a pod has no standard input. One that
        speaks another transport has none of the routes that lead to it, and each call is answered with 404.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateless]
          args: [--transport, sse]
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          eras: [legacy-stateless]
          args: [--transport, streamable-http]
        """,
    note="Accept it where the word means something else to the program, or where a bridge in the image starts it.",
)
_SSE = "sse"


def transport_findings(kind: str, *, words: str, eras: Collection[str], port: int, path: str) -> list[Finding]:
    """MCP150 for a transport that none of the eras has.

    :param kind: 'stdio', 'sse' or 'http'.
    :param words: what tells the server so.
    """
    if kind == "stdio":
        problem = f"'{words}' lets the server speak on its standard input, and nothing listens on port {port}."
        remedy = "Let it speak streamable HTTP, or put a bridge to that into its image."
    elif kind == _SSE and _SSE not in eras:
        problem = f"'{words}' lets the server speak HTTP+SSE, and ⟦eras⟧ is {' and '.join(eras)}."
        remedy = "Let it speak streamable HTTP; or say 'sse' in ⟦eras⟧."
    elif kind == "http" and set(eras) == {_SSE}:
        problem = f"'{words}' lets the server speak streamable HTTP, and ⟦eras⟧ is sse."
        remedy = "Say in ⟦eras⟧ what it speaks: 'modern', 'legacy-stateless' or 'legacy-stateful'."
    else:
        return []
    return [OTHER_TRANSPORT.at(path, problem, remedy)]


def loopback_findings(words: str, *, path: str) -> list[Finding]:
    """MCP184 for a server that listens on loopback.

    :param words: what tells it so.
    """
    problem = f"'{words}' lets the server listen on loopback, and probes and clients come to the address of the pod."
    return [ELSEWHERE.at(path, problem, "Listen on every address: 0.0.0.0, or :: for both families.")]


def port_findings(words: str, *, said: int, port: int, path: str) -> list[Finding]:
    """MCP184 for a server that listens on another port than probes and Service lead to."""
    problem = f"'{words}' lets the server listen on port {said}, and probes and Service lead to port {port}."
    return [ELSEWHERE.at(path, problem, f"Set ⟦port⟧ to {said}, or let the server listen on {port}.")]


def sidecar_listening_findings(why: str | None, *, name: str, port: int, path: str) -> list[Finding]:
    """MCP184 for a sidecar whose port the kubelet cannot open.

    :param why: what lets it listen on loopback; ``None`` for nothing.
    """
    if why is None:
        return []
    problem = f"The kubelet asks port {port} of '{name}' at the address of the pod, and {why}."
    remedy = "Let it listen on 0.0.0.0, where a policy keeps others from it; or leave its port out."
    return [ELSEWHERE.at(path, problem, remedy)]


RULES = (OTHER_TRANSPORT, ELSEWHERE)
"""The rules of this subject."""
