"""Rules about what network policies open: to whom, and where to."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from ipaddress import ip_address, ip_network

from .model import Finding, Rule, Severity

BY_ADDRESS = Rule(
    code="MCP151",
    slug="pods-by-address",
    severity=Severity.WARNING,
    title="a host inside the cluster that only address ranges are opened to",
    meaning="""
        `mcp:database.host` is a Service of the cluster (`orders-rw.databases.svc`, `orders-rw.databases` or, in the
        server's own namespace, `orders-rw`), and neither `mcp:database.namespace` nor
        `mcp:database.podLabels` says which pods it leads to, so that only the address ranges of `cidrs` are opened. Or
        a variable or an argument of the server names one (`http://qdrant.vector.svc:6333`), and what is opened are
        address ranges.
        """,
    why="""
        Network policies are applied to the pod behind a Service. Several network plugins, Cilium among them and with it
        GKE Dataplane V2 and AKS, never match a pod by its address, whatever range it is in: every connection is
        dropped, and the server never becomes ready.
        """,
    fails="""
        mcp:database: {host: orders-rw.databases.svc, maxConnections: 420, queryMilliseconds: 50}
        """,
    passes="""
        mcp:database:
          host: orders-rw.databases.svc
          namespace: databases
          maxConnections: 420
          queryMilliseconds: 50
        """,
    note="""
        Accept the warning where the Service has no pods of its own (`ExternalName`, or endpoints outside of the
        cluster), or where the network plugin matches pods by address.
        """,
)

OTHER_NAMESPACE = Rule(
    code="MCP159",
    slug="host-of-another-namespace",
    severity=Severity.WARNING,
    title="a host inside the cluster whose namespace is not opened",
    meaning="""
        `mcp:database.host` is a Service of the cluster, its name says which namespace it is in, and
        `mcp:database.namespace` is another one, or `mcp:database.podLabels` alone opens the server's own. Or a
        variable or an argument of the server names a Service (`http://qdrant.vector.svc:6333`), and nothing opens the
        way to its namespace.
        """,
    why="""
        The way is opened to pods in one namespace, and the Service leads to those in another: every connection is
        dropped.
        """,
    fails="""
        mcp:database:
          host: orders-rw.databases.svc
          namespace: database
          maxConnections: 420
          queryMilliseconds: 50
        """,
    passes="""
        mcp:database:
          host: orders-rw.databases.svc
          namespace: databases
          maxConnections: 420
          queryMilliseconds: 50
        """,
    note="Accept the warning where the Service leads to pods of another namespace by endpoints of its own.",
)

METADATA = Rule(
    code="MCP152",
    slug="metadata-address-open",
    severity=Severity.WARNING,
    title="the pods may connect to the metadata address of the cloud",
    meaning="""
        An entry of `mcp:server.egress` holds 169.254.169.254 on port 80, where the clouds answer with the credentials
        of the node or the pod, and `exceptCidrs` does not take it out.
        """,
    why="""
        A tool that fetches a URL for its caller fetches that one too. Where the node's identity is not shut off from
        pods, the caller then has the rights of the node.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          egress:
            - {port: 80, cidrs: [0.0.0.0/0]}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          egress:
            - {port: 80, internet: true}
        """,
    note="""
        `internet: true` leaves out private, shared and link-local ranges. A server that is meant to ask the metadata
        server has its identity in `workloadIdentity` or an annotation of its ServiceAccount, and the opening comes with
        it.
        """,
)

NODE_RESOLVERS = Rule(
    code="MCP149",
    slug="resolvers-of-the-node-closed",
    severity=Severity.WARNING,
    title="resolvers of the node that are not opened",
    meaning="""
        `mcp:server.dnsPolicy` is 'Default', with which pods ask the resolvers of their node, and `mcp:region.resolvers`
        is left out: the way is open to the resolvers of the cluster alone.
        """,
    why="""
        The pods are closed but for what is opened. Every name is then asked for where no packet goes, and each
        connection waits for the resolver's timeout before it fails.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          dnsPolicy: Default
        """,
    passes="""
        mcp:region:
          name: us-east
          resolvers: [{cidrs: [10.0.0.2/32]}]
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          dnsPolicy: Default
        """,
    note="""
        The resolvers in `dnsConfig.nameservers` are opened with them. On GKE the node asks 169.254.169.254, which is
        open there. Accept the warning where the network plugin does not filter what the node itself answers.
        """,
)

METADATA_ADDRESS = ip_address("169.254.169.254")
METADATA_PORT = 80
_SERVICE = re.compile(
    r"((?P<pod>[^.]+)\.)?(?P<service>[^.]+)\.(?P<namespace>[^.]+)\.svc(?P<domain>\..+)?", re.IGNORECASE
)
"""A Service by its whole name, or a pod behind it: 'redis-0.redis.cache.svc.cluster.local'."""
_DOMAIN = ".cluster.local"
_OF_A_POD = re.compile(r"(?P<pod>[^.]+)\.(?P<service>[^.]+)\.(?P<namespace>[^.]+)")
"""A pod behind a Service by the search domains of a pod, or a host of the internet."""
_SHORT = re.compile(
    r"(?P<service>[a-z]([a-z0-9-]*[a-z0-9])?)(\.(?P<namespace>[a-z0-9]([a-z0-9-]*[a-z0-9])?))?", re.IGNORECASE
)
_IN_A_TEXT = re.compile(r"(?<![A-Za-z0-9.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}svc(?![A-Za-z0-9-])[a-z0-9.-]*")
_URL_HOST = re.compile(
    r"(?<![A-Za-z0-9+.-])(?P<scheme>https?|wss?|grpcs?|tcp|rediss?|postgres(?:ql)?|mysql|mariadb|sqlserver|mongodb|amqps?"
    r"|nats|kafka)(?:\+(?!srv|unix)[a-z0-9]+)?"
    r"://(?:[^\s/?#@]*@)?(?P<host>[A-Za-z][A-Za-z0-9.-]*)(?=[:/?#,;\s]|$)"
)
"""A URL that connections are opened by, behind 'jdbc:' too: what follows another scheme is a bucket, an id or a key."""
_METADATA_HOSTS = frozenset({"metadata", "instance-data"})
"""Short names by which nodes in a cloud ask it for what it says of them; the long ones are no names of Services."""
_COMPARED = re.compile(
    r"(?:.*_)?(?:no_proxy|(?:allow|allowed|trusted)_?(?:host|origin)s?|audiences?|redirect_ur[il]s?"
    r"|cors(?:_+(?:allow|origin|trust|white|domain|host).*)?)(?:_+[0-9]+)?|.*origins(?:_+[0-9]+)?"
)
"""Names of variables and flags whose hosts a server compares or gives to clients, and connects to none of."""
_NAMESPACES = frozenset(
    {"database", "databases", "db", "default", "mongodb", "mysql", "postgres", "postgresql", "redis"}
)
"""Namespaces that databases usually run in, and no top-level domain: with 'db.internal' another zone can be meant."""
_POD = re.compile(r"(?P<set>.+)-[0-9]+")
_HEADLESS = ("-headless", "-hl", "-nodes")
"""What headless Services end in, by which a pod is called 'redis-0.redis-headless' in its own namespace."""
_ZONES = ("-corp", "-inc", "-internal", "-intranet", "-lan", "-local")
"""What zones of a company end in, which may be namespaces as well."""


def service_namespace(host: str, home: str | None) -> str | None:
    """Namespace of the Service that a host names, by the search domains of a pod too; ``None`` for any other host.

    :param home: the namespace of the pods that ask; ``None`` where it is not known.
    """
    found = _service(host, home)
    return None if found is None else found[1]


def _service(host: str, home: str | None) -> tuple[str, str] | None:
    """Name and namespace of the Service that a host names; ``None`` for any other host, and where it cannot be told."""
    name = host.rstrip(".").lower()
    if (full := _whole(name)) is not None:
        return full
    if (third := _OF_A_POD.fullmatch(name)) is not None and not host.endswith("."):
        return _of_a_pod(third["pod"], third["service"], third["namespace"], home)
    short = _SHORT.fullmatch(name)
    if short is None or host.endswith(".") or name == "localhost":
        return None
    service, there = short["service"], short["namespace"]
    if there is None:
        return None if home is None else (service, home)
    known = there in _NAMESPACES or there == home
    if not known and ("-" not in there or there.startswith("xn--")):
        return None
    pod = _POD.fullmatch(service)
    if pod and (there.endswith(_HEADLESS) or f"{there}-".startswith(f"{pod['set']}-")):
        return None if home is None else (there, home)
    if not known and (pod or there.endswith((*_HEADLESS, *_ZONES))):
        return None
    return service, there


def _whole(name: str) -> tuple[str, str] | None:
    """Name and namespace of the Service of a whole name, be it that of a pod behind it."""
    full = _SERVICE.fullmatch(name)
    if full is None:
        return None
    # Zones of companies have a label 'svc' too: 'api.eu.prod.svc.example.com'.
    if full["pod"] and full["domain"] not in (None, _DOMAIN) and not _POD.fullmatch(full["pod"]):
        return None
    return full["service"], full["namespace"]


def _of_a_pod(pod: str, service: str, there: str, home: str | None) -> tuple[str, str] | None:
    """Service and namespace of 'redis-0.redis-headless.cache'; ``None`` where it may be a host of the internet."""
    numbered = _POD.fullmatch(pod)
    member = numbered is not None and (service.endswith(_HEADLESS) or f"{service}-".startswith(f"{numbered['set']}-"))
    if there in _NAMESPACES or (member and (there == home or service.endswith(_HEADLESS) or _is_compound(there))):
        return service, there
    return None


def _is_compound(namespace: str) -> bool:
    """Whether a name has a hyphen, as no domain of the top level but an encoded one has, nor is a company's zone."""
    return "-" in namespace and not namespace.startswith("xn--") and not namespace.endswith(_ZONES)


def host_findings(
    host: str,
    *,
    by_pods: bool,
    namespace_key: str,
    labels_key: str,
    path: str,
    home: str | None = None,
    opened: str | None = None,
) -> list[Finding]:
    """MCP151 for a host that is a Service of the cluster, unless an opening names its pods; MCP159 where it names those
    of another namespace.

    :param home: the namespace of the pods that ask, which a name without one is looked up in.
    :param opened: the namespace whose pods are opened; ``None`` where that is not known.
    :param namespace_key: what names the namespace, ``labels_key`` what names the labels, as texts of rules name keys.
    """
    there = service_namespace(host, home)
    if there is None:
        return []
    if by_pods:
        if opened in (None, there):
            return []
        problem = f"'{host}' is a Service of the namespace '{there}', and the way is opened to pods of '{opened}'."
        return [OTHER_NAMESPACE.at(path, problem, f"Set {namespace_key} to '{there}'.")]
    remedy = f"Name its pods: {namespace_key} '{there}', and {labels_key} where it can be."
    problem = f"'{host}' is a Service of the cluster, and only address ranges are opened to it."
    return [BY_ADDRESS.at(path, problem, remedy)]


def service_findings(
    texts: Mapping[str, str],
    *,
    opened: Collection[str],
    by_address: bool,
    own: tuple[str, str],
    aliases: Collection[str],
) -> list[Finding]:
    """MCP151 or MCP159 for each Service of the cluster that a text names and no opening leads to: in full, or as the
    host of a URL.

    :param texts: place of each text to the text.
    :param opened: namespaces to whose pods there is an opening.
    :param by_address: whether there are openings to address ranges.
    :param own: name and namespace of the server's own Service, which it does not call; the namespace is empty where it
        is not known yet.
    :param aliases: names in /etc/hosts of the pods, which are no Services.
    """
    found = []
    for path, text in texts.items():
        for service, there in _named_services(text, own[1], aliases):
            # The API server is no pod; the way to it is another rule's.
            called_itself = service == own[0] and own[1] in ("", there)
            if there in opened or called_itself or (service, there) == ("kubernetes", "default"):
                continue
            host = f"'{service}.{there}.svc'" if there != own[1] else f"'{service}'"
            remedy = f"Open the way to its pods: namespace '{there}', and their labels and port, in ⟦allow_to⟧."
            if by_address:
                problem = f"{host} is a Service of the cluster, and only address ranges are opened to it."
                found.append(BY_ADDRESS.at(path, problem, remedy))
            else:
                problem = f"{host} is a Service of the namespace '{there}', and no way is opened to pods there."
                found.append(OTHER_NAMESPACE.at(path, problem, remedy))
    return found


def called_texts(env: Mapping[str, str], lines: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Place to text of the variables and arguments whose hosts a server may connect to.

    :param env: name to value of each variable in clear.
    :param lines: key of a command or of arguments to its words, where '--cors-origins' names the one after it.
    """
    found = {f"env.{name}": text for name, text in env.items() if not _is_compared(name)}
    for key, words in lines.items():
        flag = ""
        for place, word in enumerate(words):
            named, sign, _ = word.partition("=")
            if not _is_compared(named if word.startswith("-") and sign else flag):
                found[f"{key}[{place}]"] = word
            flag = word if word.startswith("-") and not sign else ""
    return found


def _is_compared(name: str) -> bool:
    return _COMPARED.fullmatch(name.lower().replace("-", "_").replace(".", "_")) is not None


def _named_services(text: str, home: str, aliases: Collection[str]) -> list[tuple[str, str]]:
    """The Services of the cluster in a text, by name and namespace, each once."""
    found = [one for named in _IN_A_TEXT.finditer(text) if (one := _whole(named[0].rstrip("."))) is not None]
    for url in _URL_HOST.finditer(text):
        host = url["host"].lower()
        if host in aliases or host in _METADATA_HOSTS or ".svc" in host:
            continue
        one = _service(host, home or None)
        # A page of a company, 'https://login.my-corp', has the form of a Service in a namespace that nobody knows.
        page = url["scheme"] in ("https", "wss") and one is not None and one[1] not in (home, *_NAMESPACES)
        found += [] if one is None or page else [one]
    return list(dict.fromkeys(found))


def node_resolver_findings(*, policy: str | None, opened: bool, path: str) -> list[Finding]:
    """MCP149 for pods that ask the resolvers of their node.

    :param opened: whether the platform or the stack says where these are.
    """
    if policy != "Default" or opened:
        return []
    return [
        NODE_RESOLVERS.at(
            path,
            "The pods ask the resolvers in the node's /etc/resolv.conf, and the way is open to those of the cluster.",
            "Give their addresses as mcp:region.resolvers, such as [{cidrs: [10.0.0.2/32]}], or leave dnsPolicy out.",
        )
    ]


def metadata_findings(
    openings: Iterable[tuple[int, str, Sequence[str], Sequence[str]]], *, path: Callable[[int], str]
) -> list[Finding]:
    """MCP152 for destinations that hold the metadata address of the clouds.

    :param openings: port, protocol, ranges and exceptions of each destination; ``path`` gives the place of each.
    """
    found = []
    for place, (port, protocol, cidrs, parts) in enumerate(openings):
        if port != METADATA_PORT or protocol != "TCP" or not _holds(cidrs) or _holds(parts):
            continue
        # Who names the address alone means it.
        if all(ip_network(cidr).num_addresses == 1 for cidr in cidrs if _holds([cidr])):
            continue
        problem = f"It holds {METADATA_ADDRESS}, where the cloud gives out credentials."
        remedy = "Write 'internet: true' instead of ranges, or take 169.254.0.0/16 out of them."
        found.append(METADATA.at(path(place), problem, remedy))
    return found


def _holds(cidrs: Sequence[str]) -> bool:
    return any(METADATA_ADDRESS in ip_network(cidr) for cidr in cidrs)


ABOUT_OPENINGS = frozenset(
    (
        *("MCP118", "MCP121", "MCP122", "MCP142", "MCP149", "MCP151", "MCP152", "MCP153", "MCP159"),
        *("MCP166", "MCP189", "MCP315", "MCP362", "MCP411", "MCP413", "MCP418"),
    )
)
"""Rules about who may connect to whom: where no policy of ours closes the pods they have nothing to say."""


def but_openings(findings: Iterable[Finding], *, policies: bool) -> list[Finding]:
    """The findings, without those about openings where no policy of ours closes the pods."""
    return [one for one in findings if policies or one.code not in ABOUT_OPENINGS]


RULES = (BY_ADDRESS, METADATA, OTHER_NAMESPACE, NODE_RESOLVERS)
"""The rules of this subject, in the order of their codes."""
