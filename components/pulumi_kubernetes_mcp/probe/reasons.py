"""Why a round failed: a closed set, each with what it means and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The one reason of a failed round, as it stands in the label ``reason``."""

    DNS = "dns"
    CONNECT = "connect"
    TLS_NAME = "tls-name"
    TLS_EXPIRED = "tls-expired"
    TLS_CHAIN = "tls-chain"
    TLS_HANDSHAKE = "tls-handshake"
    TIMEOUT = "timeout"
    SLOW = "slow"
    CLOSED = "closed"
    TOO_LARGE = "too-large"
    REDIRECT = "redirect"
    NOT_FOUND = "not-found"
    NO_PODS = "no-pods"
    DRAINING = "draining"
    SESSION_CAP = "session-cap"
    RATE_LIMITED = "rate-limited"
    EDGE_ERROR_PAGE = "edge-error-page"
    SERVER_ERROR = "server-error"
    HOST_REFUSED = "host-refused"
    HOST_ACCEPTED = "host-accepted"
    ORIGIN_REFUSED = "origin-refused"
    ORIGIN_ACCEPTED = "origin-accepted"
    AUTHORIZATION = "authorization"
    AUTHORIZATION_METADATA = "authorization-metadata"
    AUTHORIZATION_MISSING = "authorization-missing"
    WRONG_PROTOCOL_VERSION = "wrong-protocol-version"
    WRONG_ERA = "wrong-era"
    HANDSHAKE_FAILED = "handshake-failed"
    INVALID_ANSWER = "invalid-answer"
    SESSION_LOST = "session-lost"
    SESSION_LEFT = "session-left"
    SCHEMA_DRIFT = "schema-drift"
    SCHEMAS_DIFFER = "schemas-differ"
    TOOL_FAILED = "tool-failed"
    PROBE = "probe"


@dataclass(frozen=True)
class Explanation:
    """What a reason means, and what to do; for the page and for the message."""

    means: str
    remedy: str


EXPLANATIONS: dict[Reason, Explanation] = {
    Reason.DNS: Explanation(
        "The name does not resolve.",
        "Look at the record and its zone, at external-dns, and at the name server of the machine that asks.",
    ),
    Reason.CONNECT: Explanation(
        "No address of the name takes a TCP connection: refused, unreachable, or silent.",
        "Look at the load balancer, its listener and port, and at firewalls; the probe connects without a proxy.",
    ),
    Reason.TLS_NAME: Explanation(
        "The certificate is for other names.",
        "Give the listener a certificate that holds this host, or ask the host that it holds.",
    ),
    Reason.TLS_EXPIRED: Explanation(
        "A certificate of the chain has expired, or is not valid yet.",
        "Renew it (cert-manager: look at the Certificate and its order), and see that the listener loads the new one.",
    ),
    Reason.TLS_CHAIN: Explanation(
        "The certificate is signed by nobody that this machine trusts, or an intermediate certificate is missing.",
        "Send the whole chain; for an authority of your own give its certificate (--ca-file, SSL_CERT_FILE).",
    ),
    Reason.TLS_HANDSHAKE: Explanation(
        "The TLS handshake itself failed: no TLS on this port, no common version, or silence.",
        "See that the listener ends TLS on this port; write http:// for a port without TLS.",
    ),
    Reason.TIMEOUT: Explanation(
        "The answer was not complete within the timeout.",
        "Look at the pods' CPU and event loop, at what the server waits for, and at buffering on the way; raise the "
        "timeout only if "
        "clients wait so long too.",
    ),
    Reason.SLOW: Explanation(
        "The round worked and took longer than it may.",
        "Look at the phase that took longest; compare with the loaded P95, and look at pods and database.",
    ),
    Reason.CLOSED: Explanation(
        "The connection was closed before the answer was complete.",
        "Look for restarts and kills of pods, and for an idle or request timeout at the edge that is below the "
        "answer's time.",
    ),
    Reason.TOO_LARGE: Explanation(
        "The answer is larger than the probe reads.",
        "See what answers there; raise the limit (--max-bytes) if the tools are really that many.",
    ),
    Reason.REDIRECT: Explanation(
        "The address sends clients elsewhere, which MCP clients follow badly and which can lose TLS.",
        "Use the final address, mind the slash at its end, and let the server trust the edge's X-Forwarded-Proto.",
    ),
    Reason.NOT_FOUND: Explanation(
        "Nothing is served on this path.",
        "Compare the path with the route of the edge and the path of the server, usually /mcp.",
    ),
    Reason.NO_PODS: Explanation(
        "The edge has no pod to send the request to, or reaches none.",
        "Look at ready pods, at the Service's port and selector, and at health checks of the edge.",
    ),
    Reason.DRAINING: Explanation(
        "The server is shutting down and says so (503 with Retry-After, or in words), and still gets new requests.",
        "During a rollout this ends by itself; else lengthen the pre-stop sleep, so that endpoints are gone first.",
    ),
    Reason.SESSION_CAP: Explanation(
        "The server opens no further session.",
        "Look for clients and probes that do not end their sessions; add pods, or raise the cap with the memory for "
        "it.",
    ),
    Reason.RATE_LIMITED: Explanation(
        "The request was refused for its rate (429).", "Exempt the probe from the limit, or probe less often."
    ),
    Reason.EDGE_ERROR_PAGE: Explanation(
        "A page of the edge, a firewall or a CDN came instead of an answer of the server.",
        "Find who wrote the page (its Server header and title are named), and let MCP requests through.",
    ),
    Reason.SERVER_ERROR: Explanation(
        "The server answered with an error of its own (5xx, or JSON-RPC's internal error).",
        "Look at its log for the time of the round.",
    ),
    Reason.HOST_REFUSED: Explanation(
        "The server does not accept the host name of this address.",
        "Add the public host to the server's allowed hosts; SDKs armed by default allow only localhost.",
    ),
    Reason.HOST_ACCEPTED: Explanation(
        "The address answers to any host name, though refusal is expected.",
        "Name the host in the route, or switch on the server's check of Host.",
    ),
    Reason.ORIGIN_REFUSED: Explanation(
        "The server refuses the Origin that it should accept.", "Add it to the server's allowed origins."
    ),
    Reason.ORIGIN_ACCEPTED: Explanation(
        "A foreign Origin is accepted, though refusal is expected.",
        "Switch on the server's check of Origin, or refuse foreign ones at the edge: the protocol demands it.",
    ),
    Reason.AUTHORIZATION: Explanation(
        "The server wants a token, or refuses the one that was sent; or the edge sends clients to a login.",
        "Give the probe a token that is valid (--header-env, --header-file), or say that refusal is expected "
        "(--check authorization).",
    ),
    Reason.AUTHORIZATION_METADATA: Explanation(
        "The server wants a token, and clients cannot find out where to get one.",
        "Route /.well-known/oauth-protected-resource* to the server without authorization, and name it in "
        "WWW-Authenticate.",
    ),
    Reason.AUTHORIZATION_MISSING: Explanation(
        "The server answers without a token, though it should want one.",
        "Switch its authorization on, or take the expectation out.",
    ),
    Reason.WRONG_PROTOCOL_VERSION: Explanation(
        "The server speaks MCP, and not in the version that is expected.",
        "Look for pods of an old image behind the address; change the expectation if the version is meant.",
    ),
    Reason.WRONG_ERA: Explanation(
        "The server does not serve an era that is expected.",
        "Look for pods of another release, and for an edge that strips MCP-Protocol-Version.",
    ),
    Reason.HANDSHAKE_FAILED: Explanation(
        "Something answers, and no version of MCP can be agreed on.",
        "See that the path is the server's MCP endpoint, and read its answer, which is quoted.",
    ),
    Reason.INVALID_ANSWER: Explanation(
        "The answer is not what the protocol says: no JSON-RPC, another id, or a content type or event that no client "
        "reads.",
        "See what changes bodies on the way, and update the server's SDK.",
    ),
    Reason.SESSION_LOST: Explanation(
        "A request of a session reached a pod that does not know it.",
        "Set the affinity of the edge (`envelope` or a learned table); a hash of the session id cannot work.",
    ),
    Reason.SESSION_LEFT: Explanation(
        "The session of the probe could not be ended.",
        "Let DELETE through the edge; without it each round leaves a session until it expires.",
    ),
    Reason.SCHEMA_DRIFT: Explanation(
        "The tools differ from the expectation.",
        "If the change is meant, write the expectation anew (--save-schema); else look at what was deployed.",
    ),
    Reason.SCHEMAS_DIFFER: Explanation(
        "Two answers of one round list different tools: pods of two releases serve one address.",
        "Wait for the rollout, or look for a second Deployment behind the Service; clients see both.",
    ),
    Reason.TOOL_FAILED: Explanation(
        "The tool that the probe calls answered with an error.",
        "Look at what the tool needs (database, upstream), and at the arguments of the probe.",
    ),
    Reason.PROBE: Explanation(
        "The probe itself could not work: no descriptors, no memory, a token file that is gone.",
        "Look at the probe's own log and limits; it says nothing about the server.",
    ),
}
"""Each reason of the set, once."""
