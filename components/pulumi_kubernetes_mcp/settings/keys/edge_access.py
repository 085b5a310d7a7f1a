"""Keys of who may call through the edge: web pages, and what a service of one's own lets through."""

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from ..fields import Group, Label, Name, ObjectName, Port, RoutePath

_ORIGIN = (
    r"^(\*|https?://(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[0-9]{1,5})?)$"
)
_DEFAULT_PORTS = (("https://", ":443"), ("http://", ":80"))
_HEADER = r"^[A-Za-z0-9][A-Za-z0-9-]{0,99}$"


def _origin(value: str) -> str:
    if not re.fullmatch(_ORIGIN, value) or value.endswith("\n"):
        raise ValueError(
            f"'{value}' is not an origin: give scheme, host in lower case and port without a path, such as "
            "'https://app.example.com', or '*'"
        )
    if any(value.startswith(scheme) and value.endswith(port) for scheme, port in _DEFAULT_PORTS):
        raise ValueError(f"'{value}' is an origin that no browser sends: leave out the default port of its scheme")
    return value


def _header(value: str) -> str:
    if not re.fullmatch(_HEADER, value) or value.endswith("\n"):
        raise ValueError(
            f"'{value}' is not the name of a header: use letters, digits and '-', such as 'Mcp-Param-Region'"
        )
    return value


if TYPE_CHECKING:
    WebOrigin = str
    HeaderName = str
else:
    WebOrigin = Annotated[str, AfterValidator(_origin), Field(json_schema_extra={"pattern": _ORIGIN, "maxLength": 253})]
    HeaderName = Annotated[str, AfterValidator(_header), Field(json_schema_extra={"pattern": _HEADER})]


class Cors(Group):
    """Which web pages may call the server from a browser; other clients send no Origin, and are asked nothing."""

    origins: Annotated[list[WebOrigin], Field(max_length=64)] = []
    """Origins of web pages that may call, such as 'https://app.example.com'; 'https://*.example.com' is each name
    below, '*' every page. Those of `host` and `hosts` may in any case. The server is told all of them in
    'MCP_ALLOWED_ORIGINS'. Left out: no page of another site."""
    refuse_others: bool | None = None
    """Whether a request of another Origin is answered with 403 at the edge, as the protocol asks of every server.
    Derived: true where the implementation can ('envoy-gateway') and '*' is not among the origins; otherwise the server
    has to."""
    credentials: bool = False
    """Whether a browser may send cookies and certificates. A bearer token needs it not: the page sends that itself."""
    headers: Annotated[list[HeaderName], Field(max_length=32)] = []
    """Further request headers that a page may send, such as 'Mcp-Param-Region'. Those of MCP's eras, 'Authorization'
    and 'Content-Type' are allowed already."""
    exposed: Annotated[list[HeaderName], Field(max_length=32)] = []
    """Further response headers that a page may read. 'Mcp-Session-Id' of legacy eras, 'WWW-Authenticate' and
    'Retry-After' are readable already."""
    max_age_seconds: Annotated[int, Field(ge=1, le=86_400)] = 7200
    """How long a browser keeps the answer of a preflight, in seconds. 7200 is the longest that Chromium keeps one."""


class ExternalAuthorization(Group):
    """A service that is asked about each request before it goes on to the server. What it refuses, and what it does not
    answer, does not go on.

    It is not asked about what clients read and call before they have a token: the metadata of the authorization, and
    the paths of an OAuth proxy.
    """

    service: Name | None = None
    """Service that is asked. Required, except with 'istio', whose mesh knows it as a `provider`."""
    namespace: Label | None = None
    """Its namespace, which has to allow it by a ReferenceGrant (kind 'gateway'). Derived: the server's."""
    port: Port = 8080
    """Port of the Service."""
    protocol: Literal["http", "grpc"] = "http"
    """'http' answers 200 for what may pass; 'grpc' is Envoy's `envoy.service.auth.v3.Authorization`."""
    path: RoutePath | None = None
    """Path that it is asked at (protocol 'http'); 'kgateway' puts the request's own path behind it. Left out: the path
    of the request ('nginx': '/')."""
    headers: Annotated[list[HeaderName], Field(max_length=32)] = []
    """Further request headers that it sees. Those of MCP's eras are seen already, 'Authorization' and 'Mcp-Method'
    among them; with 'nginx' all of them are."""
    passed: Annotated[list[HeaderName], Field(max_length=32)] = []
    """Headers of its answer that go on to the server, in the place of what the client sent under these names. One that
    it leaves out is passed as the client sent it: let it answer each of them, if only with nothing."""
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 5
    """How long it may take, in seconds; every call waits for it. 'nginx' and 'istio' have their own."""
    provider: ObjectName | None = None
    """Name of the extension provider in the mesh's configuration (implementation 'istio')."""
