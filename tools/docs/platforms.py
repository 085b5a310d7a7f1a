"""The tables of the platforms and of the workload identities, from the rows."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_kubernetes_mcp.platforms import IDENTITIES, PLATFORMS, Identity, Platform, Resolver

from .regions import table


def platforms() -> str:
    """One line for each row; names that share one stand together. The keys that override a column come last."""
    cells = {name: _cells(row) for name, row in PLATFORMS.items()}
    alike = {name: [other for other in cells if cells[other] == cells[name]] for name in cells}
    rows = [[", ".join(f"`{one}`" for one in names), *cells[name]] for name, names in alike.items() if names[0] == name]
    keys = ["key", "`mcp:region.resolvers`", "`mcp:server.userId`, `clusterUserId`", "`mcp:server.imagePullPolicy`"]
    rows.append([*keys, "the class of the volume", "`mcp:region.nodeCidrs`, `mcp:edge.clientCidrs`", ""])
    return table(
        ["platform", "resolvers of the pods", "users", "pull policy", "StorageClass", "who probes", "source"], rows
    )


def identities() -> str:
    """One line for each kind of workload identity."""
    rows = [
        [
            f"`{name}`",
            f"`{row.annotation}`" if row.annotation else "none, the association is kept by the cloud",
            "; ".join(_comes_with(row)) or "nothing",
            row.source,
        ]
        for name, row in IDENTITIES.items()
    ]
    return table(["identity", "annotation", "what comes with it", "source"], rows)


def _cells(row: Platform) -> list[str]:
    return [
        "; ".join(_resolver(one) for one in row.resolvers),
        "left to the cluster" if row.cluster_user_ids else "fixed",
        f"`{row.pull_policy}`",
        f"`{row.default_storage_class}`" if row.default_storage_class else "–",
        row.probed_by,
        row.source,
    ]


def _resolver(one: Resolver) -> str:
    if one.namespace is None:
        return ", ".join(cidr.removesuffix("/32") for cidr in one.cidrs)
    port = "" if one.port == 53 else f" at port {one.port}"
    return f"pods of {one.namespace}{port}"


def _comes_with(row: Identity) -> Iterator[str]:
    for port, ranges in row.openings:
        addresses = " and ".join(one.removesuffix("/32").removesuffix("/128") for one in ranges)
        yield f"{addresses} at {port}"
    if row.pod_labels:
        yield f"the pod label {', '.join(f'`{name}`' for name in row.pod_labels)}"
    if row.exchanges_outside:
        yield "MCP153 where port 443 is closed"
