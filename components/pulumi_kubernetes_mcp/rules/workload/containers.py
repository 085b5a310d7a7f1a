"""Rules about the containers beside the server's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

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


PORT_TAKEN = Rule(
    code="MCP134",
    slug="port-taken-in-pod",
    severity=Severity.ERROR,
    title="two containers of a pod listen on one port",
    meaning="""
        `port` of a sidecar is that of the server or of another sidecar. The port of the metrics may be a sidecar's.
        """,
    why="""
        The containers of a pod share one network: the second one that opens the port fails and is started again, and
        its probe asks the first one meanwhile.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          port: 8080
          sidecars:
            - {name: proxy, image: 'registry.example.com/proxy:2.14.0', port: 8080}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          port: 8080
          sidecars:
            - {name: proxy, image: 'registry.example.com/proxy:2.14.0', port: 8081}
        """,
)

READ_ONLY_VOLUME = Rule(
    code="MCP135",
    slug="mount-of-read-only-volume",
    severity=Severity.ERROR,
    title="a container is to write to a volume that is read-only",
    meaning="""
        `mounts` of a sidecar or an init container have `writable: true` for a ConfigMap, a Secret, a projected volume,
        or a volume that is mounted read-only in the whole pod.
        """,
    why="""
        The kubelet mounts files of these read-only since Kubernetes 1.9.6, and a claim that the pod mounts read-only is
        so for each of its containers. The container starts, and its first write fails.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          volumes: [{path: /config, configMap: {name: orders}}]
          initContainers:
            - {name: fill, image: 'registry.example.com/fill:1.0.0', mounts: [{volume: /config, writable: true}]}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          writablePaths: [/tmp, /config]
          volumes: [{path: /given, configMap: {name: orders}}]
          initContainers:
            - name: fill
              image: registry.example.com/fill:1.0.0
              mounts: [{volume: /given}, {volume: /config, writable: true}]
        """,
)


def beside_port_findings(ports: Iterable[tuple[str, str, int]], *, taken: Mapping[int, str]) -> list[Finding]:
    """MCP134; ``ports`` are the path, the name and the port of each sidecar that has one.

    :param taken: the ports that are taken, with by whom.
    """
    known, found = dict(taken), []
    for path, name, port in ports:
        if port in known:
            found.append(
                PORT_TAKEN.at(f"{path}.port", f"Port {port} is that of {known[port]}.", "Give a port of its own.")
            )
        known.setdefault(port, f"the sidecar '{name}'")
    return found


def read_only_findings(mounts: Iterable[tuple[str, str]], *, why: Mapping[str, str]) -> list[Finding]:
    """MCP135; ``mounts`` are the path and the directory of each mount that is to be written to.

    :param why: directory to why nobody can write there.
    """
    return [
        READ_ONLY_VOLUME.at(
            f"{path}.writable",
            f"It is to write to '{directory}', and {why[directory]}.",
            "Leave it out, or let it write to one of ⟦writable_paths⟧.",
        )
        for path, directory in mounts
        if directory in why
    ]


RULES = (NAME_TAKEN, NOTHING_THERE, PORT_TAKEN, READ_ONLY_VOLUME)
