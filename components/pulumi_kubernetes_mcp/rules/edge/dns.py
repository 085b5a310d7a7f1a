"""Rules about the records of a host: one routing policy, complete, that a sick region can leave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from ipaddress import ip_address
from types import MappingProxyType

from ...edge.dns import record_kind
from ..model import Finding, Rule, Severity
from ..words import listed

PARAMETERS: Mapping[str, str] = MappingProxyType(
    {"weighted": "weight", "latency": "aws_region", "failover": "failover", "geolocation": "geolocation"}
)
"""Routing policy to the key that it needs."""
PLACES = ("continent", "country", "subdivision")
"""Keys of a place."""
IDENTIFIER, HEALTH_CHECK = "set_identifier", "health_check_id"

INCOMPLETE = Rule(
    code="MCP332",
    slug="dns-routing-incomplete",
    severity=Severity.ERROR,
    title="a routing policy of DNS lacks what it needs",
    meaning="""
        `dns.routing` is 'weighted' without `weight`, 'latency' without `awsRegion`, 'failover' without `failover`, or
        'geolocation' without any place, or with a subdivision and no country; or a component that stands alone has no
        `setIdentifier`, or the form 'endpoint' no `targets`. The same of annotations of external-dns that are given by
        hand: one that asks for a policy, and no `set-identifier`.
        """,
    why="""
        Route 53 refuses the record, external-dns logs it and tries again for ever, and the host keeps its old answer.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          dns: {routing: latency}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          dns: {routing: latency, awsRegion: us-east-1}
        """,
)

TWO_ROUTINGS = Rule(
    code="MCP333",
    slug="dns-two-routings",
    severity=Severity.ERROR,
    title="two routing policies of DNS for one record",
    meaning="""
        `dns` has the parameter of a routing policy that `dns.routing` does not name: a `weight` beside 'latency'; or
        two places, a continent beside a country; or annotations of external-dns that are given by hand ask for another
        one.
        """,
    why="""
        A record has exactly one policy, and one place. With two, the provider refuses it, or takes one that nobody
        chose. Route 53 answers a continent beside a country or a subdivision with InvalidInput (API reference,
        GeoLocation).
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          dns: {routing: latency, awsRegion: us-east-1, weight: 10}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          dns: {routing: weighted, weight: 10}
        """,
)

NO_HEALTH_CHECK = Rule(
    code="MCP334",
    slug="dns-without-health-check",
    severity=Severity.WARNING,
    title="a region that fails keeps its clients",
    meaning="""
        `dns.routing` shares a host between regions, and `healthCheckId` is not given.
        """,
    why="""
        Route 53 answers with a region until its health check fails; without one it answers for ever, unless the record
        is an alias of a load balancer whose own targets it judges. With 10 s between checks, three of them and a TTL of
        60 s, clients leave a dead region after about 90 s.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          dns: {routing: failover, failover: primary}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          dns: {routing: failover, failover: primary, healthCheckId: 4c2c1a9e-0000-4000-8000-5f7f0a3d1e11}
        """,
)

TARGETS = Rule(
    code="MCP363",
    slug="dns-targets-no-record",
    severity=Severity.ERROR,
    title="targets that are no record of one host",
    meaning="""
        `dns.targets` names a load balancer and an address, or several load balancers, or the host itself, or what is
        written as an address and is none.
        """,
    why="""
        A name is an alias of one other name (CNAME), or it has addresses (A, AAAA), and never both. external-dns drops
        the alias beside addresses with a line in its log, and Route 53 refuses an alias of two names or an address that
        is none: the host answers with less than the file says, or with what it was before.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          dns: {form: endpoint, targets: [192.0.2.1, lb.example.net]}
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          dns: {form: endpoint, targets: [lb.example.net]}
        """,
)

DRAWN = Rule(
    code="MCP370",
    slug="dns-draws-regions-for-sessions",
    severity=Severity.WARNING,
    title="DNS draws a region anew while sessions are open",
    meaning="""
        `dns.routing: weighted` answers with a region by chance, and the server keeps sessions in its pods.
        """,
    why="""
        A session lives in a pod of one region. Its client resolves the name again whenever it opens a connection after
        the TTL; the answer is drawn anew, and another region answers 404. A client that moved in the lab lost its
        session with the first call. The other policies answer a client alike for as long as the regions are healthy.
        """,
    fails="""
        mcp:server:
          name: orders
          image: registry.example.com/acme/orders:1.4.2
          eras: [legacy-stateful]
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          dns: {routing: weighted, weight: 50, healthCheckId: 4c2c1a9e-0000-4000-8000-5f7f0a3d1e11}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          name: orders
          image: registry.example.com/acme/orders:1.4.2
          eras: [legacy-stateful]
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          dns: {routing: latency, awsRegion: eu-west-1, healthCheckId: 4c2c1a9e-0000-4000-8000-5f7f0a3d1e11}
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
)


_POLICIES: Mapping[str, str] = MappingProxyType(
    {
        "aws-weight": "weighted",
        "aws-region": "latency",
        "aws-failover": "failover",
        "aws-geolocation-": "geolocation",
        "aws-geoproximity-": "geoproximity",
        "aws-multi-value-answer": "multi-value",
    }
)
"""Annotation of external-dns, or how its name begins, to the routing policy of Route 53 that it asks for
(docs/annotations/annotations.md and docs/tutorials/aws.md)."""
PREFIXES = ("external-dns.kubernetes.io/", "external-dns.alpha.kubernetes.io/")
"""Prefixes that external-dns reads by default, since 0.22 and before."""


def record_annotation_findings(
    given: Mapping[str, str],
    published: Mapping[str, object],
    *,
    prefixes: Collection[str],
    place: Callable[[str], str],
    path: str,
) -> list[Finding]:
    """MCP332 and MCP333 for what annotations of one's own say of the record.

    :param published: the annotations that ``path`` makes, under the same prefixes; those in ``given`` replace them.
    :param place: the path of an annotation.
    """
    found = []
    instead = f"Take the annotations out and give ⟦{path}⟧, which writes them under each prefix with its identifier."
    for prefix in dict.fromkeys((*prefixes, *PREFIXES)):
        every = {name: _policy(name, prefix) for name in {**published, **given}}
        asked = {name: policy for name, policy in every.items() if policy is not None}
        own = sorted(name for name in asked if name in given)
        if not own:
            continue
        policies = sorted(set(asked.values()))
        if len(policies) > 1:
            both = " and ".join(f"'{policy}'" for policy in policies)
            found.append(TWO_ROUTINGS.at(place(own[0]), f"{own[0]} and its like ask for {both} at once.", instead))
        elif not {**published, **given}.get(f"{prefix}set-identifier"):
            problem = f"{own[0]} asks for '{policies[0]}', and no {prefix}set-identifier tells the records apart."
            found.append(INCOMPLETE.at(place(own[0]), problem, instead))
    return found


def _policy(name: str, prefix: str) -> str | None:
    word = name.removeprefix(prefix)
    if word == name:
        return None
    return next((policy for begin, policy in _POLICIES.items() if word.startswith(begin)), None)


def dns_findings(
    *,
    routing: str,
    form: str,
    given: Collection[str],
    identified: bool,
    checked: bool,
    targets: Sequence[str],
    hosts: Collection[str] = (),
    place: Collection[str],
    path: str,
    sessions: bool = False,
) -> list[Finding]:
    """MCP332 to MCP334, MCP363 and MCP370 for the records of one route.

    :param given: keys among the parameters of routing policies that are given.
    :param identified: whether the record has a set identifier.
    :param checked: whether it has a health check.
    :param targets: what the records point to.
    :param hosts: the names of the records, as far as they are known.
    :param place: keys of `geolocation` that are given.
    :param sessions: whether sessions live in the pods of a region that gets clients.
    """
    found = _place_findings(place, f"{path}.geolocation") if "geolocation" in given else []
    needed = PARAMETERS.get(routing)
    if needed is not None and needed not in given:
        found.append(
            INCOMPLETE.at(
                f"{path}.routing",
                f"The routing '{routing}' has no ⟦{path}.{needed}⟧.",
                f"Give ⟦{path}.{needed}⟧, or set ⟦{path}.routing⟧ to 'simple' where one region alone has the host.",
            )
        )
    if routing != "simple" and not identified:
        found.append(
            INCOMPLETE.at(
                f"{path}.routing",
                f"The routing '{routing}' has no identifier of its record (⟦{path}.{IDENTIFIER}⟧).",
                "Give one, such as the name of the region; no other region may have the same.",
            )
        )
    if form == "endpoint" and not targets:
        found.append(
            INCOMPLETE.at(
                f"{path}.form",
                "The form 'endpoint' has no targets, and a DNSEndpoint reads the status of no other object.",
                f"Give ⟦{path}.targets⟧, or leave ⟦{path}.form⟧ out.",
            )
        )
    found += [TARGETS.at(f"{path}.targets", *one) for one in _target_problems(targets, hosts)]
    others = sorted(key for key in given if key != needed)
    if others:
        found.append(
            TWO_ROUTINGS.at(
                f"{path}.routing",
                f"The routing is '{routing}', and {listed([f'⟦{path}.{key}⟧' for key in others])} "
                f"{'belongs' if len(others) == 1 else 'belong'} to another policy.",
                "Leave it out, or choose its policy; all regions of a host have the same.",
            )
        )
    if routing == "weighted" and sessions:
        found.append(
            DRAWN.at(
                f"{path}.routing",
                "The routing 'weighted' draws a region for each answer, and a session lives in a pod of one: its "
                "client loses it when it opens a connection after the TTL and another region is drawn.",
                f"Choose 'latency' or 'geolocation' for ⟦{path}.routing⟧, in every region of the host. If only one "
                "region has a weight above 0, accept this warning with that reason.",
            )
        )
    if routing != "simple" and not checked:
        found.append(
            NO_HEALTH_CHECK.at(
                path,
                f"No health check takes this region out of the answers of routing '{routing}' when it fails.",
                f"Make one for each region and give its id (⟦{path}.{HEALTH_CHECK}⟧); with an alias to a load "
                "balancer whose targets Route 53 judges itself, accept this warning with that reason.",
            )
        )
    return found


def _target_problems(targets: Sequence[str], hosts: Collection[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the targets of one host, and what to do."""
    addresses = [one for one in targets if record_kind(one) != "CNAME"]
    names = [one for one in dict.fromkeys(targets) if one not in addresses]
    for one in addresses:
        try:
            ip_address(one)
        except ValueError:
            yield (
                f"'{one}' is no address.",
                "Give four numbers up to 255, an IPv6 address, or the load balancer's name.",
            )
    if names and addresses:
        yield (
            f"'{names[0]}' is a name and '{addresses[0]}' an address: a host is the alias of a name, or has addresses.",
            "Give the name of the load balancer alone, or its addresses alone.",
        )
    elif len(names) > 1:
        all_names = listed([f"'{one}'" for one in names])
        yield (
            f"{all_names} are {len(names)} names, and a host is an alias of one.",
            "Give one; each region publishes its own load balancer.",
        )
    for one in names:
        if one in hosts:
            yield f"'{one}' is the host itself.", "Give the load balancer that the host is to lead to."


def _place_findings(given: Collection[str], path: str) -> list[Finding]:
    """A place is a continent, a country, or a subdivision of a country."""
    continent, country, subdivision = (f"⟦{path}.{key}⟧" for key in PLACES)
    if not given:
        return [INCOMPLETE.at(path, "It names no place.", f"Give {continent}, or {country}, such as 'DE' or '*'.")]
    if "continent" in given and len(given) > 1:
        problem = f"{continent} beside {country if 'country' in given else subdivision} are two places of one record."
        return [TWO_ROUTINGS.at(path, problem, f"Leave {continent} out, or give it alone.")]
    if "country" not in given and "continent" not in given:
        problem = f"{subdivision} is given, and no {country} that it is part of."
        return [INCOMPLETE.at(path, problem, f"Give {country} as well, such as 'US'.")]
    return []


RULES = (
    INCOMPLETE,
    TWO_ROUTINGS,
    NO_HEALTH_CHECK,
    TARGETS,
    DRAWN,
)
