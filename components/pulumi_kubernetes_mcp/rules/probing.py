"""Rules about what the probe's exporter watches: addresses, versions, times, and the files that it reads."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..eras import Era
from ..probe.messages import is_set_by_clients
from ..probe.versions import VERSIONS, fits
from ..settings.probe_file import ProbeExpectation
from ..settings.probe_file import WatchedEndpoint as Endpoint
from ..urls import fault, in_clear, query_holds_secret, shown
from .model import Finding, Rule, Severity

_PROBE = """
mcp:probe:
  image: registry.example.com/acme/mcp-probe:1.0.0
  endpoints:
    - name: orders-eu
      url: {url}
"""


def _example(url: str = "https://eu.mcp.example.com/mcp", *lines: str) -> str:
    # The first line of a text is not indented as the others are, and so stays empty.
    return _PROBE.rstrip().format(url=url) + "".join(f"\n      {line}" for line in lines)


INTERVAL = Rule(
    code="MCP630",
    slug="probe-interval-too-short",
    severity=Severity.ERROR,
    title="a probe's rounds would overlap",
    meaning="The timeout of an endpoint, its own or that of the exporter, is longer than `intervalSeconds`.",
    why="""
        A round that hangs would still run when the next one begins. The exporter starts no second one, so it would look
        less often than it says, just when something is wrong.
        """,
    fails=f"{_example()}\n      timeoutSeconds: 90",
    passes=f"{_example()}\n      timeoutSeconds: 30",
    note="60 s is the interval by default.",
)

PRIVATE = Rule(
    code="MCP631",
    slug="probe-address-private",
    severity=Severity.WARNING,
    title="a probe watches an address that clients do not use",
    meaning="""
        The host of an endpoint is a private or local address, a name inside the cluster, or a name without a domain.
        """,
    why="""
        The exporter is there to see what clients see: DNS, the load balancer, TLS and the edge. An address inside the
        cluster goes past all of them and stays well while nobody can connect.
        """,
    fails=_example("http://orders.mcp-prod.svc:8080/mcp"),
    passes=_example(),
    note="Accept the warning where the servers are for other workloads of the cluster only.",
)

VERSION = Rule(
    code="MCP632",
    slug="probe-version-unknown",
    severity=Severity.ERROR,
    title="a probe expects a protocol version that no server can speak",
    meaning="`protocolVersion` is no revision of MCP, or none of the `eras` of the endpoint speaks it.",
    why="Every round would fail with `wrong-protocol-version`, whatever the server does.",
    fails=_example("https://eu.mcp.example.com/mcp", "protocolVersion: '2026-13-01'"),
    passes=_example("https://eu.mcp.example.com/mcp", "protocolVersion: '2026-07-28'"),
)

SLOW = Rule(
    code="MCP633",
    slug="probe-slow-above-timeout",
    severity=Severity.ERROR,
    title="a probe calls slow what has timed out before",
    meaning="`slowSeconds` of an endpoint is not below its timeout.",
    why="A round ends at its timeout, with another reason. None could ever be slow.",
    fails=_example("https://eu.mcp.example.com/mcp", "slowSeconds: 10"),
    passes=_example("https://eu.mcp.example.com/mcp", "slowSeconds: 2"),
    note="10 s is the timeout by default.",
)

ADDRESS = Rule(
    code="MCP634",
    slug="probe-address-unreadable",
    severity=Severity.ERROR,
    title="a probe's address is no URL of a server",
    meaning="""
        The `url` of an endpoint has no scheme (https or http), no host that one could be called, a wrong
        port, a blank, or credentials.
        """,
    why="""
        The exporter would refuse its whole configuration when it starts. Credentials in an address stand in clear in
        the ConfigMap.
        """,
    fails=_example("eu.mcp.example.com/mcp"),
    passes=_example(),
)

TWICE = Rule(
    code="MCP635",
    slug="probe-endpoint-twice",
    severity=Severity.ERROR,
    title="two endpoints of a probe have one name",
    meaning="""
        Two endpoints have the same `name`. The addresses of the stack's own servers are called after them, and their
        further hosts after server and host.
        """,
    why="Metrics are told apart by it: two of one name would be one series, of which no alert could say which.",
    fails=f"{_example()}\n    - name: orders-eu\n      url: https://other.mcp.example.com/mcp",
    passes=f"{_example()}\n    - name: orders-ap\n      url: https://other.mcp.example.com/mcp",
)

NOTHING = Rule(
    code="MCP636",
    slug="probe-watches-nothing",
    severity=Severity.ERROR,
    title="a probe without an endpoint",
    meaning="""
        There is an exporter and nothing that it could watch: no `endpoints`, and no public host of the stack's own that
        is known in the preview.
        """,
    why="The exporter refuses an empty configuration, and its pod would never become ready.",
    fails="""
        mcp:probe:
          image: registry.example.com/acme/mcp-probe:1.0.0
          own: false
        """,
    passes="""
        mcp:probe:
          image: registry.example.com/acme/mcp-probe:1.0.0
        """,
)

FILES = Rule(
    code="MCP637",
    slug="probe-file-not-mounted",
    severity=Severity.ERROR,
    title="a probe reads a file that its pod does not have",
    meaning="""
        A header takes its value from a file outside of /etc/mcp-probe/secrets, or there is no `secretName`; or
        `schemaFile` is outside of /etc/mcp-probe/schemas, or there is no `schemaConfigMap`.
        """,
    why="The pod has these two folders and no others. The exporter would refuse its configuration when it starts.",
    fails=f"{_example()}\n      headers:\n        - {{name: Authorization, file: /etc/mcp-probe/secrets/token}}",
    passes=f"""{_example()}
      headers:
        - {{name: Authorization, file: /etc/mcp-probe/secrets/token}}
  secretName: probe-tokens""",
)

_BY_HEADER = """
      headers:
        - {name: Authorization, file: /etc/mcp-probe/secrets/token}
  secretName: probe-tokens"""

SECRET = Rule(
    code="MCP638",
    slug="probe-address-with-secret",
    severity=Severity.ERROR,
    title="a probe's address holds a secret",
    meaning="""
        The query of an endpoint's `url` has a value that lets somebody in, by its name (`token`, `apiKey`, `sig`) or by
        its form; or the `url` is a secret Output. The value is never printed.
        """,
    why="""
        The address stands in the ConfigMap of the exporter, which everybody who may read the namespace reads, and in
        the log of every proxy on the way.
        """,
    fails=_example("https://eu.mcp.example.com/mcp?token=an-example"),
    passes=f"{_example()}{_BY_HEADER}",
    note="""
        A server that takes its token in the query alone is watched from a machine of its own, whose configuration is a
        file that only the exporter reads.
        """,
)

IN_CLEAR = Rule(
    code="MCP639",
    slug="probe-header-in-clear",
    severity=Severity.WARNING,
    title="a probe sends a secret over plain HTTP",
    meaning="An endpoint has `headers`, whose values are secrets, and its `url` begins with `http://`.",
    why="Whoever is on the way reads the token once a minute, and can use it.",
    fails=f"{_example('http://eu.mcp.example.com/mcp')}{_BY_HEADER}",
    passes=f"{_example()}{_BY_HEADER}",
)

HEADER = Rule(
    code="MCP665",
    slug="probe-header-refused",
    severity=Severity.ERROR,
    title="a probe sends a header that is its own, or one twice",
    meaning="""
        A header of an endpoint is one that the probe sets itself (`Host`, `Accept`, `Content-Type`,
        `MCP-Protocol-Version`, `Mcp-Session-Id` and others of the protocol), or two have one name; capitals make no
        difference.
        """,
    why="""
        The exporter would refuse its whole configuration when it starts, and nothing is watched. Of two headers of one
        name servers take one, and not all the same.
        """,
    fails=f"{_example()}{_BY_HEADER.replace('Authorization', 'Host')}",
    passes=f"{_example()}{_BY_HEADER}",
    note="Another host name is watched by its own `url`.",
)

IDLE = Rule(
    code="MCP666",
    slug="probe-expectation-idle",
    severity=Severity.ERROR,
    title="a probe is told to look at what it does not look at",
    meaning="""
        An endpoint has `strictSchema` and no `schemaFile`; or `affinity`, or the checks `host` or `origin`, beside the
        era `sse` alone; or an era twice.
        """,
    why="""
        The rounds are good without ever having looked: there are no tools to compare with, and a stream of HTTP+SSE is
        one connection, on which no further request is sent. An era that is named twice is spoken twice a round.
        """,
    fails=_example("https://eu.mcp.example.com/mcp", "strictSchema: true"),
    passes=_example("https://eu.mcp.example.com/mcp", "eras: [modern]"),
)

RULES = (INTERVAL, PRIVATE, VERSION, SLOW, ADDRESS, TWICE, NOTHING, FILES, SECRET, IN_CLEAR, HEADER, IDLE)

_SEND_BY_HEADER = (
    "Give the address without it, send the secret as a header whose value is in a Secret (headers, ⟦secret_name⟧), "
    "and make a new one."
)
_INSIDE = (".svc", ".cluster.local", ".local", ".internal", ".localhost", ".lan")


@dataclass(frozen=True)
class Facts:
    """An endpoint, and the timeout that is in force for it, in seconds."""

    endpoint: Endpoint
    timeout_seconds: float


def probing_findings(
    endpoints: Sequence[Facts],
    *,
    interval_seconds: float,
    path: str,
    interval_path: str,
    secret: bool,
    schemas: bool,
    files: tuple[str, str],
) -> list[Finding]:
    """Every rule about what one exporter watches.

    :param path: of the list of endpoints.
    :param secret: whether the pod has the folder of secrets, and ``schemas`` that of schemas.
    :param files: the two folders.
    """
    if not endpoints:
        return [NOTHING.at(path, "It has no endpoint to watch.", "Name one, or leave the probe out.")]
    found: list[Finding] = []
    names: set[str] = set()
    for number, one in enumerate(endpoints):
        place = f"{path}[{number}]"
        # An address that is an Output is not known here.
        if isinstance(one.endpoint.url, str):
            found += address_findings(one.endpoint.url, f"{place}.url", headers=bool(one.endpoint.headers))
        found += _times(one, interval_seconds, place, interval_path)
        found += _version(one.endpoint, place)
        found += _files(one.endpoint, place, secret, schemas, files)
        found += _headers(one.endpoint, place)
        found += (IDLE.at(f"{place}.{key}", said, remedy) for key, said, remedy in idle(one.endpoint))
        if one.endpoint.name in names:
            words = f"Another endpoint is called '{one.endpoint.name}' too."
            found.append(TWICE.at(f"{place}.name", words, "Give each endpoint a name of its own."))
        names.add(one.endpoint.name)
    return found


def address_findings(url: str, path: str, *, headers: bool) -> Iterator[Finding]:
    """Every rule about the address of one endpoint.

    :param headers: whether headers with secrets go there.
    """
    found = fault(url, example="https://eu.mcp.example.com/mcp")
    if found is not None:
        problem, remedy = f"'{shown(url)}' is not the address of a server: it {found.why}.", f"{found.remedy}."
        if found.credentials:
            problem, remedy = "It holds credentials.", "Send them as a header whose value is in a Secret (headers)."
        yield ADDRESS.at(path, problem, remedy)
        return
    if query_holds_secret(url):
        yield SECRET.at(path, "A value in its query looks like a secret.", _SEND_BY_HEADER)
    if in_clear(url, sends_secret=headers):
        yield IN_CLEAR.at(
            path,
            "Headers with a secret go there over plain HTTP, which whoever is on the way can read.",
            "Give the https address, or leave the headers out.",
        )
    host = urlsplit(url).hostname or ""
    if is_private(host):
        yield PRIVATE.at(
            path,
            f"'{host}' is not what clients outside of the cluster use.",
            "Give the public address of the server.",
        )


def secret_address_findings(path: str) -> list[Finding]:
    """MCP638 for an address that is a secret of Pulumi."""
    remedy = f"{_SEND_BY_HEADER[:-1]}; if the address is no secret: pulumi.Output.unsecret(value)."
    return [SECRET.at(path, "It is a secret Output, and would stand in clear in the ConfigMap.", remedy)]


def is_private(host: str) -> bool:
    """Whether an address, or a name by its form, is not one of the public internet."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)


def _times(one: Facts, interval: float, place: str, interval_path: str) -> Iterator[Finding]:
    endpoint, timeout = one.endpoint, one.timeout_seconds
    if timeout > interval:
        own = endpoint.timeout_seconds is not None
        yield INTERVAL.at(
            f"{place}.timeout_seconds" if own else interval_path,
            f"A round of '{endpoint.name}' may take {timeout:g} s, and the next begins after {interval:g} s.",
            f"Give a timeout of at most {interval:g} s, or an interval of at least {timeout:g} s.",
        )
    if endpoint.slow_seconds is not None and endpoint.slow_seconds >= timeout:
        yield SLOW.at(
            f"{place}.slow_seconds",
            f"A round is slow after {endpoint.slow_seconds:g} s, and has timed out after {timeout:g} s.",
            f"Give less than {timeout:g} s; twice the loaded P95 is usual.",
        )


def _version(endpoint: Endpoint, place: str) -> Iterator[Finding]:
    version = endpoint.protocol_version
    if version is None:
        return
    if version not in VERSIONS:
        yield VERSION.at(
            f"{place}.protocol_version",
            f"There is no version '{version[:40]}' of MCP.",
            f"Give one of {', '.join(VERSIONS)}.",
        )
    elif endpoint.eras and not any(fits(version, era) for era in endpoint.eras):
        yield VERSION.at(
            f"{place}.protocol_version",
            f"{version} is spoken by none of the eras that are expected ({', '.join(endpoint.eras)}).",
            "Take the version out, or name the era that speaks it.",
        )


def _headers(endpoint: Endpoint, place: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, header in enumerate(endpoint.headers):
        where = f"{place}.headers[{number}].name"
        if is_set_by_clients(header.name):
            yield HEADER.at(where, f"The header '{header.name}' is set by the probe itself.", "Leave the header out.")
        elif header.name.lower() in seen:
            yield HEADER.at(where, f"The header '{header.name}' is given twice.", "Keep one of the two.")
        seen.add(header.name.lower())


def idle(endpoint: ProbeExpectation) -> Iterator[tuple[str, str, str]]:
    """Keys of an endpoint that bring about nothing, each with why and with what to do."""
    if endpoint.strict_schema and endpoint.schema_file is None:
        said = "There is no file of tools to compare with."
        yield "strict_schema", said, "Name it as ⟦schema_file⟧, or leave this out."
    if set(endpoint.eras) == {Era.SSE}:
        said, remedy = "It is not looked at over HTTP+SSE, the only era here.", "Leave it out, or name an era besides."
        if endpoint.affinity:
            yield "affinity", said, remedy
        yield from ((f"checks[{at}]", said, remedy) for at, one in enumerate(endpoint.checks) if one != "authorization")
    for number, era in enumerate(endpoint.eras):
        if era in endpoint.eras[:number]:
            yield f"eras[{number}]", f"'{era}' is named twice, and spoken twice a round.", "Name it once."


def _files(endpoint: Endpoint, place: str, secret: bool, schemas: bool, folders: tuple[str, str]) -> Iterator[Finding]:
    of_secrets, of_schemas = folders
    for number, header in enumerate(endpoint.headers):
        if not header.file.startswith(of_secrets) or not secret:
            yield FILES.at(
                f"{place}.headers[{number}].file",
                f"The value of the header '{header.name}' is in {header.file}, which the pod does not have.",
                f"Put it into a Secret, name that as ⟦secret_name⟧, and give file: {of_secrets}KEY.",
            )
    if endpoint.schema_file is not None and not (schemas and endpoint.schema_file.startswith(of_schemas)):
        yield FILES.at(
            f"{place}.schema_file",
            f"{endpoint.schema_file} is not in the pod.",
            f"Put it into a ConfigMap, name that as ⟦schema_config_map⟧, and give schemaFile: {of_schemas}KEY.",
        )
