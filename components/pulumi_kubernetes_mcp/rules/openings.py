"""MCP413 and MCP189: openings that leave nobody out, of the pods and from the pods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from .model import Finding, Rule, Severity

WIDEST_IPV4, WIDEST_IPV6 = 8, 16
"""Shortest prefixes of ranges that somebody has for himself: 10.0.0.0/8, and a whole registry's of IPv6."""
_OWN_IPV6 = IPv6Network("fc00::/7")
"""Unique local addresses, which no provider routes."""


WORLD = Rule(
    code="MCP413",
    slug="open-to-the-world",
    severity=Severity.ERROR,
    title="the pods are open to every address",
    meaning=f"""
        `mcp:region.nodeCidrs`, `mcp:edge.clientCidrs` or the `cidrs` of an `allow_from` are wider than any network that
        one has: a range, or several that meet, of a prefix below /{WIDEST_IPV4} (IPv6: below /{WIDEST_IPV6}), such as
        `0.0.0.0/0`. Or a patch of a network policy, or one of `mcp:extraObjects` that selects pods of the stack, lets
        such ranges in, or everybody with a rule that has no `from`.
        """,
    why="""
        These ranges say who may connect to the pods themselves, past the edge: past its TLS, its limits and its
        affinity. A range of all addresses closes nothing, and every other pod of the cluster is in it.
        """,
    fails="""
        mcp:region:
          name: us-east
          nodeCidrs: [0.0.0.0/0]
        """,
    passes="""
        mcp:region:
          name: us-east
          nodeCidrs: [10.128.0.0/20]
        """,
    note="""
        A load balancer that keeps the addresses of its clients is given the ranges of its own health checks and subnets
        and told to send its own address (its target group without "preserve client IP", or the PROXY protocol).
        """,
)


INSIDE = Rule(
    code="MCP189",
    slug="egress-holds-the-inside",
    severity=Severity.WARNING,
    title="a way to the internet that leads inside too",
    meaning="""
        An entry of `mcp:server.egress` has ranges that hold nearly every address, such as `0.0.0.0/0`, and
        `exceptCidrs` does not take the private ones out (10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16, or fc00::/7).
        """,
    why="""
        What is meant is the internet. What is opened are the API server, the nodes, other teams' pods and whatever
        else of the network listens at that port: a tool that fetches a URL for its caller fetches theirs too.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          egress:
            - {port: 443, cidrs: [0.0.0.0/0]}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          egress:
            - {port: 443, internet: true}
        """,
    note="""
        A destination inside is an entry of its own, by its namespace and labels or by its ranges. Accept the warning
        where the inside is meant as well.
        """,
)
Network = IPv4Network | IPv6Network
PRIVATE = tuple(ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
"""Ranges of networks of one's own (RFC 1918, RFC 4193)."""


def outward_findings(
    openings: Iterable[tuple[Sequence[str], Sequence[str]]], *, path: Callable[[int], str]
) -> list[Finding]:
    """MCP189 for destinations that hold nearly every address, and the private ones with them.

    :param openings: ranges and exceptions of each destination; ``path`` gives the place of each.
    """
    found = []
    for place, (cidrs, parts) in enumerate(openings):
        wide = _too_wide(tuple(cidrs))
        ranges, taken = collapsed(cidrs), [ip_network(one, strict=False) for one in parts]
        held = [str(one) for one in PRIVATE if _lies_in(one, ranges) and not _lies_in(one, taken)]
        if wide and held:
            problem = f"It opens the way to {wide}, and so to {', '.join(held)} inside."
            remedy = "Write 'internet: true' instead of ranges, or take these out by exceptCidrs."
            found.append(INSIDE.at(path(place), problem, remedy))
    return found


def _lies_in(one: Network, ranges: Iterable[Network]) -> bool:
    """Whether one of the ranges has all of it."""
    return any(one.version == each.version and one.subnet_of(each) for each in ranges)  # type: ignore[arg-type]  # One family.


def collapsed(cidrs: Iterable[str]) -> list[Network]:
    """Ranges put together where they meet, each family for itself."""
    given = [ip_network(cidr, strict=False) for cidr in cidrs]
    four = collapse_addresses([one for one in given if isinstance(one, IPv4Network)])
    six = collapse_addresses([one for one in given if isinstance(one, IPv6Network)])
    return [*four, *six]


def opening_findings(cidrs: Iterable[str], *, path: str) -> list[Finding]:
    """MCP413 if ranges, put together, hold more addresses than a network of one's own has."""
    wide = _too_wide(tuple(cidrs))
    if not wide:
        return []
    return [
        WORLD.at(
            path,
            f"It opens the pods to {wide}, which is nearly everybody.",
            "Give the ranges of what really connects: the nodes, the subnets of the load balancer.",
        )
    ]


def policy_findings(cidrs: Iterable[str], *, everybody: bool, path: str) -> list[Finding]:
    """MCP413 for a network policy as an object of Kubernetes.

    :param everybody: whether it has a rule that names nobody, which lets in everybody.
    """
    if not everybody:
        return opening_findings(cidrs, path=path)
    return [
        WORLD.at(
            path,
            "It opens the pods to everybody: a rule without 'from' leaves nobody out.",
            "Name who really connects under 'from': pods of a namespace, or ranges of one's own.",
        )
    ]


@cache
def _too_wide(cidrs: tuple[str, ...]) -> str | None:
    given = [ip_network(cidr, strict=False) for cidr in cidrs]
    four = [one for one in given if isinstance(one, IPv4Network)]
    six = [one for one in given if isinstance(one, IPv6Network) and not one.subnet_of(_OWN_IPV6)]
    wide = [str(one) for one in collapse_addresses(four) if one.prefixlen < WIDEST_IPV4]
    wide += [str(one) for one in collapse_addresses(six) if one.prefixlen < WIDEST_IPV6]
    return " and ".join(wide) or None


RULES = (WORLD, INSIDE)
