"""Rules about what stands behind the edge: whether it fits the kind, and whether its settings are known here."""

from __future__ import annotations

from collections.abc import Sequence

from ...edge.implementations import IMPLEMENTATIONS, KEPT, Implementation, by_class, found_on
from ..model import Finding, Rule, Severity

UNKNOWN_CONTROLLER = Rule(
    code="MCP309",
    slug="unknown-controller",
    severity=Severity.WARNING,
    title="an edge whose behaviour is not set",
    meaning="""
        The controller behind the edge is none of those that are [set up
        here](../components/McpIngress.md#implementations). A plain HTTPRoute of proxies that are pods is enough for a
        server that sends keep-alives.
        """,
    why="""
        Buffering, stream timeouts and affinity have no portable spelling. Without settings for the controller its
        defaults hold; 15 s for a whole answer and 60 s of silence are usual. A cloud's load balancer may refuse the
        portable `timeouts` of a route, and checks pods in its own way.
        """,
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: other
          clientNamespace: edge
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: nginx
        """,
)


AFFINITY_NOT_SET = Rule(
    code="MCP312",
    slug="affinity-not-kept",
    severity=Severity.ERROR,
    title="affinity that nothing keeps",
    meaning="""
        The server holds sessions in several pods, an affinity is wanted, and what is emitted for the controller behind
        the edge does not keep a client on its pod; or the affinity is `gateway`, and no MCP-aware gateway is built on
        that controller.
        """,
    why="""
        Affinity has no portable spelling in the Gateway API or the Ingress: only the settings of a known controller can
        keep a client on its pod. Without them sessions break as if no affinity were asked for.
        """,
    fails="""
        mcp:server:
          image: registry.example.com/acme/mcp:1.4.2
          healthPath: /healthz
          eras: [legacy-stateful]
        mcp:edge:
          host: mcp.example.com
          implementation: other
          clientNamespace: edge
          affinity: source-ip
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
    passes="""
        mcp:server:
          image: registry.example.com/acme/mcp:1.4.2
          healthPath: /healthz
          eras: [legacy-stateful]
        mcp:edge:
          host: mcp.example.com
          implementation: envoy-gateway
          affinity: source-ip
        mcp:scaling:
          prometheusAddress: http://prometheus-operated.monitoring:9090
        """,
)


ANOTHER_KIND = Rule(
    code="MCP314",
    slug="implementation-of-another-kind",
    severity=Severity.ERROR,
    title="an implementation that does not serve the kind of edge",
    meaning="""
        `implementation` names a controller that reads another kind of object than `kind` makes: an Ingress for a
        controller that reads HTTPRoutes, or the other way round.
        """,
    why="Nobody reads the object: the deployment succeeds, and no request arrives.",
    fails="""
        mcp:edge:
          host: mcp.example.com
          kind: gateway
          implementation: alb
        """,
    passes="""
        mcp:edge:
          host: mcp.example.com
          kind: ingress
          implementation: alb
          clientCidrs: [10.0.0.0/16]
        """,
)


def kind_findings(
    *,
    row: Implementation,
    kind: str,
    path: str,
    kept: str | None = None,
    outside: bool = False,
    platform: str | None = None,
) -> list[Finding]:
    """MCP314 for an implementation that does not serve the kind.

    :param kept: the affinity that has to be kept, so that nothing is named which does not; ``auto`` is the one that
        each has by itself. Without sessions in more than one pod there is none.
    :param outside: whether addresses tell where the proxies are.
    :param platform: the kind of cluster, where it is known: what only others have is not named.
    """
    if kind in row.kinds:
        return []
    whole = IMPLEMENTATIONS.get(row.name, row)
    kinds = [one for one in row.kinds if keeps(whole.of(one), kept)]
    others = [one for one in found_on(platform) if kind in one.kinds and keeps(one.of(kind), kept)]
    own = "" if outside else to_be_told(whole)
    ways = [f"set ⟦kind⟧ to {' or '.join(_quoted([one], 'or') + own for one in kinds)}"] if kinds else []
    istio = (row.name, kind) == ("openshift", "gateway") and any(one.name == "istio" for one in others)
    of_openshift = "OpenShift's own gateway controller is 'istio'; " if istio else ""
    ways += [f"name what serves '{kind}': {of_openshift}{named(others, outside)}"] if others else []
    words = ", or ".join(ways if others else [*ways, "leave this out"])
    return [
        ANOTHER_KIND.at(
            path,
            f"'{row.name}' serves ⟦kind⟧ {_quoted(row.kinds, 'and')}, not '{kind}'.",
            f"{words[0].upper()}{words[1:]}.",
        )
    ]


def keeps(row: Implementation, affinity: str | None) -> bool:
    """Whether a row keeps an affinity: by what is emitted for it, or as an MCP-aware gateway by itself."""
    wanted = row.keeps_sessions if affinity == "auto" else affinity
    return (
        row.knows_sessions and not row.aware_by
        if wanted == "gateway"
        else wanted not in KEPT or wanted in row.affinities
    )


def implementation_findings(
    *,
    row: Implementation,
    kind: str,
    ingress_class: str | None,
    affinity: str,
    needs_affinity: bool,
    keepalive_seconds: int | None,
    path: str,
    outside: bool = False,
    platform: str | None = None,
) -> list[Finding]:
    """MCP309 and MCP312: whether the controller behind the edge is one whose settings are known here.

    An HTTPRoute without further settings bears streams with keep-alives, since its request timeout is portable where
    the proxies are pods; an Ingress does not, and neither bears silence. ``needs_affinity`` says that sessions live in
    more than one pod, ``outside`` that addresses tell where the proxies are. ``platform`` is the kind of cluster, where
    it is known: what only others have is not named.
    """
    if needs_affinity and affinity in KEPT and not keeps(row, affinity):
        return [
            AFFINITY_NOT_SET.at(
                path,
                f"The affinity '{affinity}' is wanted, and the controller '{row.name}' behind ⟦kind⟧ '{kind}' "
                "gets no setting for it.",
                _who_keeps(affinity, row, kind, outside, platform),
            )
        ]
    if needs_affinity and affinity == "gateway" and not row.knows_sessions:
        return [
            AFFINITY_NOT_SET.at(
                path,
                f"The affinity 'gateway' says that an MCP-aware gateway keeps the sessions, and '{row.name}' behind "
                f"⟦kind⟧ '{kind}' is none.",
                f"{_own_affinities(row)}ame what keeps them, which is {named([IMPLEMENTATIONS['other']], outside)} "
                "where it has no name here.",
            )
        ]
    if row.name != "other" or (kind == "gateway" and keepalive_seconds != 0 and not outside):
        return []
    known = by_class(ingress_class) if kind == "ingress" else None
    kept = affinity if needs_affinity else None
    rows = [one for one in found_on(platform) if kind in one.kinds and keeps(one.of(kind), kept)]
    which = named([one for one in rows if one.name != "other"], outside)
    if known is not None:
        which = f"'{known.name}', whose class this is"
    own = [one for one in found_on(platform) if platform in one.platforms and kind not in one.kinds and outside]
    elsewhere = "".join(
        f"Use '{one.name}' by ⟦kind⟧ {_quoted(one.kinds, 'or')}, which is the platform's own. " for one in own
    )
    return [
        UNKNOWN_CONTROLLER.at(
            path,
            f"For the controller '{row.name}' behind ⟦kind⟧ '{kind}' only portable fields are emitted: "
            "no stream idle timeout and no buffering.",
            f"{elsewhere}{f'Name the controller ({which}), or set' if which else 'Set'} these in the controller and "
            "accept this warning.",
        )
    ]


def _who_keeps(affinity: str, row: Implementation, kind: str, outside: bool, platform: str | None) -> str:
    """What to do where a row does not keep an affinity by this kind of edge."""
    able = [one for one in found_on(platform) if kind in one.kinds and affinity in one.of(kind).affinities]
    if not able:
        return "Use the affinity 'source-ip'."
    whole = IMPLEMENTATIONS.get(row.name, row)
    others = [other for other in whole.kinds if affinity in whole.of(other).affinities]
    elsewhere = f"Set ⟦kind⟧ to {_quoted(others, 'or')}, where '{row.name}' keeps it; or name" if others else "Name"
    own = "; or use the affinity 'gateway', if the gateway keeps them itself" if keeps(row, "gateway") else ""
    kept = sorted(row.affinities, reverse=True)
    other = f"; or use the affinity {_quoted(kept, 'or')}" if kept else ""
    return f"{elsewhere} the controller ({named(able, outside)}){other}{own}."


def _own_affinities(row: Implementation) -> str:
    """Those that a row keeps by itself, as the first of two ways; nothing but the second where it keeps none."""
    kept = sorted(row.affinities, reverse=True)
    return f"Use the affinity {_quoted(kept, 'or')}; or n" if kept else "N"


def named(rows: Sequence[Implementation], outside: bool = False) -> str:
    """Names to choose from, each with what has to be told besides before the pods are open to its proxies."""
    words = [f"'{row.name}'{'' if outside else to_be_told(row)}" for row in rows] or [""]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def to_be_told(row: Implementation) -> str:
    """Where the proxies of a row are, if nobody can know it from the name."""
    if row.namespace is not None or row.in_gateway_namespace or row.cidrs or row.opened_by_policy:
        return ""
    return f" with {'⟦client_namespace⟧' if row.pods else '⟦client_cidrs⟧'}"


def _quoted(names: tuple[str, ...] | list[str], last: str) -> str:
    words = [f"'{name}'" for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


RULES = (
    UNKNOWN_CONTROLLER,
    AFFINITY_NOT_SET,
    ANOTHER_KIND,
)
