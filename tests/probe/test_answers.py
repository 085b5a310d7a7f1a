"""Which reason an answer is, and that no message shows what may be a secret."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.probe.answer import Answer, FailedError, check
from pulumi_kubernetes_mcp.probe.protected_resource import fault, places
from pulumi_kubernetes_mcp.probe.reasons import Reason

URL = "https://mcp.example.com/mcp"


def reason(answer: Answer, *, session: bool = False) -> tuple[Reason | None, str]:
    try:
        check(answer, URL, session=session)
    except FailedError as failed:
        return failed.reason, failed.seen
    return None, ""


def html(status: int, text: bytes = b"<html><title>Nope</title></html>", **headers: str) -> Answer:
    return Answer(status, {"content-type": "text/html", **headers}, text)


def test_what_counts_as_taken() -> None:
    assert [status for status in range(600) if Answer(status).accepted] == list(range(200, 300))


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        (Answer(307, {"location": "http://mcp.example.com/mcp/?key=k"}), Reason.REDIRECT, "which loses TLS"),
        (Answer(308, {"location": "/mcp/"}), Reason.REDIRECT, "https://mcp.example.com/mcp/"),
        (Answer(302, {"location": "http://[bad"}), Reason.REDIRECT, "no address"),
        (Answer(302), Reason.REDIRECT, "nowhere"),
        (html(503, server="cloudflare", **{"retry-after": "9"}), Reason.EDGE_ERROR_PAGE, "by 'cloudflare'"),
        (Answer(503, {"retry-after": "3"}), Reason.DRAINING, "Retry-After 3"),
        (Answer(503, {}, b"upstream connect error or disconnect"), Reason.NO_PODS, "HTTP 503"),
        (Answer(502, {}, b"bad"), Reason.SERVER_ERROR, "HTTP 502"),
        (Answer(403, {}, b"Origin not allowed"), Reason.ORIGIN_REFUSED, "HTTP 403"),
        (Answer(403, {}, b"no"), Reason.AUTHORIZATION, "HTTP 403"),
        (Answer(404, {}, b'{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"m"}}'), None, ""),
        (Answer(400, {}, b"anything"), None, ""),
    ],
)
def test_reasons(answer: Answer, expected: Reason | None, words: str) -> None:
    found, seen = reason(answer)
    assert found is expected
    assert words in seen
    assert "key=" not in seen


@pytest.mark.parametrize("status", [400, 404])
def test_a_session_that_is_not_known_is_lost(status: int) -> None:
    assert reason(Answer(status, {}, b"x"), session=True)[0] is Reason.SESSION_LOST


def test_what_a_message_quotes_is_short_and_holds_neither_secrets_nor_what_a_terminal_obeys() -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    _, seen = reason(Answer(500, {}, f"\x1b[31mtoken {token} {'x' * 500}".encode()))
    assert token not in seen
    assert "\x1b" not in seen
    assert len(seen) < 200


def test_metadata_are_looked_for_where_clients_look_and_nowhere_else() -> None:
    root, own = ("https://mcp.example.com/.well-known/oauth-protected-resource" + end for end in ("", "/mcp"))
    assert places(Answer(401), URL) == (own, root)
    named = Answer(401, {"www-authenticate": 'Bearer realm="x", resource_metadata="https://mcp.example.com/meta"'})
    assert places(named, URL) == ("https://mcp.example.com/meta", own, root)
    elsewhere = Answer(401, {"www-authenticate": "Bearer resource_metadata=http://169.254.169.254/latest"})
    assert places(elsewhere, URL) == (own, root)
    trick = Answer(401, {"www-authenticate": 'Bearer resource_metadata="https://mcp.example.com.evil.example/"'})
    assert places(trick, URL) == (own, root)


@pytest.mark.parametrize(
    ("resource", "fits"),
    [
        ("https://mcp.example.com/mcp", True),
        ("https://mcp.example.com", True),
        ("https://mcp.example.com:443/mcp/", True),
        ("https://mcp.example.com/mc", False),
        ("http://mcp.example.com/mcp", False),
        ("https://mcp.example.com:8443/mcp", False),
        ("no address at all", False),
        ("https://[", False),
    ],
)
def test_a_token_must_be_for_this_address(resource: str, fits: bool) -> None:
    body = f'{{"resource": "{resource}", "authorization_servers": ["https://login.example.com"]}}'
    assert (fault(Answer(200, {}, body.encode()), URL) is None) is fits


HTTP = (
    b'{"resource": "https://mcp.example.com/mcp", "authorization_servers": ["http://login.example.com", "https:/x", 1]}'
)


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'{"resource": 1}', b'{"authorization_servers": []}', HTTP])
def test_what_is_no_metadata_is_said(body: bytes) -> None:
    assert fault(Answer(200, {}, body), URL)
