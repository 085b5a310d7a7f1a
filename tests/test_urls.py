"""What is no address of a server, and that no message repeats what may be a secret."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.urls import exposures, fault, joined, query_holds_secret, shown

GOOD = (
    "https://mcp.example.com/mcp",
    "http://127.0.0.1:8080/mcp",
    "https://[2001:db8::1]:8443/mcp",
    "HTTPS://MCP.example.com./mcp?tenant=a",
    "https://m\u00fcnchen.example/mcp",
    "http://my_service/mcp",
    "https://mcp.example.com",
)


@pytest.mark.parametrize("url", GOOD)
def test_what_a_client_can_call(url: str) -> None:
    assert fault(url) is None


@pytest.mark.parametrize(
    ("url", "why", "remedy"),
    [
        ("", "is empty", "Write it with scheme and path, such as https://mcp.example.com/mcp"),
        ("mcp.example.com/mcp", "has no scheme", "Begin with the scheme: https://mcp.example.com/mcp"),
        ("mcp.example.com:443/mcp", "has no scheme", "Begin with the scheme: https://mcp.example.com:443/mcp"),
        ("//mcp.example.com/mcp", "has no scheme", "Begin with the scheme: https://mcp.example.com/mcp"),
        ("/mcp", "has no scheme", "such as"),
        ("localhost:8080/mcp", "has no scheme", "Begin with the scheme: http://localhost:8080/mcp"),
        ("10.0.0.4/mcp", "has no scheme", "Begin with the scheme: http://10.0.0.4/mcp"),
        ("mailto:a", "has no scheme", "such as"),
        ("https:/mcp.example.com", "has no scheme", "such as"),
        ("ftp://mcp.example.com/mcp", "has the scheme 'ftp'", "such as"),
        ("wss://mcp.example.com/mcp", "has the scheme 'wss'", "such as"),
        ("https:///mcp", "names no host", "such as"),
        ("https://mcp.example.com:0/mcp", "port 0", "such as"),
        ("https://mcp.example.com:99999/mcp", "cannot be read", "such as"),
        ("http://[::1/mcp", "cannot be read", "such as"),
        ("https://mcp example.com/mcp", "holds a blank", "such as"),
        ("https://mcp.example.com/mcp\n", "holds a blank", "such as"),
        ("https://mcp..example.com/mcp", "names the host 'mcp..example.com'", "such as"),
        (f"https://{'a' * 64}.example.com/mcp", "too long", "such as"),
        ("https://-a.example.com/mcp", "which is no name of a host", "such as"),
        ("https://<host>/mcp", "which is no name of a host", "such as"),
        ("https://mcp.example.com,b.example.com/mcp", "which is no name of a host", "such as"),
    ],
)
def test_what_is_no_address(url: str, why: str, remedy: str) -> None:
    found = fault(url)
    assert found is not None
    assert why in found.why
    assert remedy in found.remedy
    assert not found.credentials


@pytest.mark.parametrize("url", ["https://me:hidden@mcp.example.com/mcp", "https://hidden@mcp.example.com/mcp"])
def test_credentials_are_no_fault_of_form(url: str) -> None:
    found = fault(url)
    assert found is not None
    assert found.credentials


@pytest.mark.parametrize(
    "url",
    [
        "me:hidden@mcp.example.com/mcp?key=hidden",
        "https://me:hid/hidden@mcp.example.com/mcp?a=hidden",
        "?hidden",
        "ftp://eu.example.com/mcp?user=me@x.com&token=hidden",
        "https://-x/mcp#access_token=hidden",
        "https://-x/mcp#me@x.com/hidden",
        "https://me:hid?hidden@-x/mcp",
        "https://me:hid#hidden@-x/mcp",
    ],
)
def test_nothing_that_may_be_a_secret_is_shown(url: str) -> None:
    assert "hidden" not in shown(url)
    assert "hidden" not in str(fault(url))


QUERIED = "a secret in its query"
IN_CLEAR = "in clear"


@pytest.mark.parametrize(
    ("url", "sends", "expected"),
    [
        ("https://mcp.example.com/mcp", True, []),
        ("https://mcp.example.com/mcp?page=2&author=me&key_id=4&tokens=5", True, []),
        ("https://mcp.example.com/mcp?token=s3cr3t", False, [QUERIED]),
        ("https://mcp.example.com/mcp?a=1&api_key=s3cr3t", False, [QUERIED]),
        ("https://mcp.example.com/mcp?accessToken=s3cr3t", False, [QUERIED]),
        ("https://mcp.example.com/mcp?X-Amz-Signature=s3cr3t", False, [QUERIED]),
        ("https://mcp.example.com/mcp?sig=", False, []),
        ("http://mcp.example.com/mcp", False, []),
        ("http://mcp.example.com/mcp", True, [IN_CLEAR]),
        ("http://10.0.0.7:8080/mcp?password=s3cr3t", True, [QUERIED, IN_CLEAR]),
        # Nobody is on the way.
        ("http://127.0.0.1:8080/mcp", True, []),
        ("http://[::1]:8080/mcp", True, []),
        ("http://localhost:8080/mcp", True, []),
        # What is no address is refused elsewhere.
        ("http://[::1/mcp?token=s3cr3t", True, []),
    ],
)
def test_what_others_can_read_of_a_call_is_told_and_not_repeated(url: str, sends: bool, expected: list[str]) -> None:
    found = exposures(url, sends_secret=sends)
    assert [one for text in found for one in (QUERIED, IN_CLEAR) if one in text] == expected
    assert len(found) == len(expected)
    assert "s3cr3t" not in " ".join(found)


@pytest.mark.parametrize(
    ("query", "secret"),
    [
        ("sort_key=name", False),
        ("sort_key=created_at_desc", False),
        ("key=1", False),
        ("key=order2024", False),
        ("auth=1", False),
        ("auth=none", False),
        ("key=s3cr3tvalue", True),
        ("key=0123456789abcdef", True),
        ("api_key=12345", True),
        ("X-Functions-Access-Key=example", True),
        ("token=12345", True),
        ("password=example", True),
        # Opaque, whatever it is called.
        ("page=s3cr3tVALUE9f8a7b6c5d4e3f2a9KxP2mQ8vL4nR7t", True),
        ("page=6f1c2d3e-aaaa-4bbb-8ccc-0123456789ab", False),
    ],
)
def test_what_of_a_query_lets_somebody_in(query: str, secret: bool) -> None:
    assert query_holds_secret(f"https://mcp.example.com/mcp?a=b&{query}") is secret


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("/mcp/?a=1", "https://a.example/mcp/?a=1"),
        ("http://b.example:8000/x", "http://b.example:8000/x"),
        ("http://[x/", None),
        ("http://b.example:port/", None),
        ("/a\x01b", None),
        ("/a b", None),
    ],
)
def test_what_an_answer_names_is_an_address_or_nothing(place: str, found: str | None) -> None:
    assert joined("https://a.example/mcp", place) == found
