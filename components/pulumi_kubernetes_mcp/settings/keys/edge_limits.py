"""Keys of how much may come through the edge: the size of a request, and how many of them."""

from typing import Annotated, Literal

from pydantic import Field

from ..fields import Group

McpMethod = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.$-]+(/[A-Za-z0-9_.$-]+)*$", max_length=100)]
"""A method of the protocol or of an extension, such as 'tools/call' or 'com.example/search'."""


class RateLimit(Group):
    """Requests that pass in a unit of time; what is more is refused with 429 (by 'nginx' with 503, unless its ConfigMap
    says otherwise)."""

    requests: Annotated[int, Field(ge=1, le=1_000_000_000)]
    """Requests that pass in one `unit`."""
    unit: Literal["second", "minute", "hour"] = "minute"
    """What `requests` is counted in."""
    by: Literal["address", "route"] = "address"
    """'address' counts each client address by itself, 'route' all clients together. Behind another proxy an address is
    its own, unless the edge is told whom to trust."""
    methods: Annotated[list[McpMethod], Field(max_length=16)] = []
    """MCP methods that count, together. The edge reads them in the header 'Mcp-Method', which the modern era alone
    sends. Left out: every request."""
    counted: Literal["proxy", "together"] = "proxy"
    """'proxy' lets each proxy of the edge count by itself, so that as many times the requests pass; 'together' counts
    in one place, which Envoy Gateway needs a Redis for (`rateLimit` in its configuration)."""
