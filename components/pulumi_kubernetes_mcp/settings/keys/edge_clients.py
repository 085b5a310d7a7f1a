"""Keys of how the edge learns who its clients are."""

from typing import Annotated

from pydantic import Field

from ..fields import Cidr, Group


class ClientAddress(Group):
    """How the edge learns the address of a client that comes through other proxies: a load balancer, a CDN. Rate
    limits, affinity and logs count the address of the last of them otherwise.

    The whole listener has it, with every route that attaches to it.
    """

    trusted_hops: Annotated[int, Field(ge=1, le=16)] | None = None
    """Proxies in front of the edge that add to 'X-Forwarded-For' whom they were called by; the client is that many
    addresses from its end. Whoever reaches the edge past them says of himself what he likes."""
    trusted_cidrs: Annotated[list[Cidr], Field(max_length=64)] = []
    """Address ranges of these proxies, in place of their number ('envoy-gateway'): the client is the last address in
    'X-Forwarded-For' that is none of theirs. Who comes from elsewhere is believed nothing."""
    proxy_protocol: bool = False
    """Whether the load balancer says the client's address before the first byte of a connection, by the PROXY
    protocol. A connection without it is closed."""
