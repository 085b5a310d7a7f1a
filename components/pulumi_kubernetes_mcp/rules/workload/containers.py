"""Rules about the containers beside the server's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..model import Finding, Rule, Severity

NAME_TAKEN = Rule(
    code="MCP146",
    slug="container-name-taken",
    severity=Severity.ERROR,
    title="two containers of one name",
    meaning="A name stands twice among `sidecars` and `initContainers`, or is 'server', which is the server's own.",
    why="The containers of a pod are told apart by their names; the API server refuses two of one name.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          sidecars:
            - {name: server, image: 'registry.example.com/proxy:2.14.0'}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          sidecars:
            - {name: proxy, image: 'registry.example.com/proxy:2.14.0'}
        """,
)


NOTHING_THERE = Rule(
    code="MCP147",
    slug="mount-of-nothing",
    severity=Severity.ERROR,
    title="a directory that the server does not have",
    meaning="""
        `mounts` of a sidecar or an init container name a path that is neither among `writablePaths` nor among the paths
        of `volumes`.
        """,
    why="Containers of a pod share its volumes, and these are named by where the server has them.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          initContainers:
            - {name: fetch, image: 'registry.example.com/fetch:1.0.0', mounts: [{volume: /data}]}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, /data]
          initContainers:
            - {name: fetch, image: 'registry.example.com/fetch:1.0.0', mounts: [{volume: /data, writable: true}]}
        """,
)


def container_findings(
    containers: Iterable[tuple[str, str, Sequence[str]]], *, own: str, directories: Collection[str]
) -> list[Finding]:
    """MCP146 and MCP147; ``containers`` are the path, the name and the mounted directories of each.

    :param own: name of the server's container.
    :param directories: the directories that the server has.
    """
    seen, found = {own}, []
    for path, name, mounted in containers:
        if name in seen:
            found.append(NAME_TAKEN.at(f"{path}.name", f"A container '{name}' is there already.", "Give another name."))
        seen.add(name)
        known = ", ".join(sorted(directories)) or "none"
        found += [
            NOTHING_THERE.at(
                f"{path}.mounts[{place}].volume",
                f"The server has nothing at '{directory}'.",
                f"Name one of its directories ({known}), or add this one to ⟦writable_paths⟧.",
            )
            for place, directory in enumerate(mounted)
            if directory not in directories
        ]
    return found


RULES = (NAME_TAKEN, NOTHING_THERE)
