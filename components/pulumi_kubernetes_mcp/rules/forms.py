"""What can only be a secret, by its form: private keys, URLs with a password, access tokens.

Nothing here repeats a value; :func:`redacted` takes the secrets out of a text that is about to be shown.
"""

from __future__ import annotations

import base64
import binascii
import re

HIDDEN = "..."
"""Stands for a secret in a message."""
OPAQUE_TURNS = 5
"""Turns between letters and digits in one run that no name has; a drawn key of twenty characters has more."""
_RUN = re.compile(r"[A-Za-z0-9]{16,}")
_TURN = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_HALF = re.compile("[\ud800-\udfff]")
_SUSPECT = re.compile(r"://|[=:]|-----BEGIN|AGE-SECRET|LS0t|[_-]|AKIA|ASIA|AIza")
_BLOCK = re.compile(r"-----BEGIN .*|AGE-SECRET-KEY-1\S*|LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]+", re.DOTALL)
_SWITCH = re.compile(
    r"true|false|yes|no|on|off|enabled?|disabled?|none|null|nil|auto|default|optional|required|never|always",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?\d+([._]\d+)*([eE][+-]?\d+)?(ms|s|m|h|d|k|K|M|G|Ki|Mi|Gi|%)?")
_EXPANSION = re.compile(r"\$\(\w+\)|\$\{[^}]+\}|\{\{.+\}\}|\*+|<[^<>]+>", re.DOTALL)
_PLACE = re.compile(r"(file://)?([A-Za-z]:|~|\.{1,2})?(/[\w.@-]+){2,}/?|\./[\w.-]+")
_REFERENCE = re.compile(
    r"(arn:aws|vault|op|ref\+\w+|secretref|secret|env|file|awssm|awsps|gcpsm|azurekeyvault|ssm|sops|k8s|doppler)(:|//)\S+"
    r"|projects/[^/\s]+/secrets/\S+"
)
_PLAIN_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_USERINFO = re.compile(r"://[^\s/?#:@]*:(?P<secret>[^\s/?#@]+)@")
_PAIR = re.compile(
    r"(?:^|[\s;?&,{'\"])(?:password|passwd|pwd|accountkey|sharedaccesskey|client_secret|access_token|api_?key)"
    r"(?:=|['\"]\s*:\s*['\"])(?P<secret>[^\s;&'\",]+)",
    re.IGNORECASE,
)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1")
_BASE64_PEM = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]+")
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}"
    r"|sk-[A-Za-z0-9_-]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{10,}"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|hv[sbr]\.[\w-]{20,}|dop_v1_[0-9a-f]{32,}"
    r"|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|hf_[A-Za-z0-9]{20,}"
    r"|gsk_[A-Za-z0-9]{20,}|shpat_[0-9a-fA-F]{20,}|dckr_pat_[\w-]{16,}|pul-[0-9a-f]{40}|nvapi-[\w-]{20,}"
    r"|tskey-[\w-]{16,}|lin_api_\w{20,}|glsa_\w{20,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})"
)
_AUTHORIZATION = re.compile(r"(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{12,}", re.IGNORECASE)


def form(value: str) -> str | None:
    """Why the value itself can only be a secret, or ``None``."""
    if _PRIVATE_KEY.search(value) or _PRIVATE_KEY.search(_decoded_pem(value)):
        return "the value is a private key"
    if any(not _EXPANSION.fullmatch(match["secret"]) for match in _USERINFO.finditer(value)):
        return "the value is a URL with a password"
    if any(not harmless(match["secret"]) for match in _PAIR.finditer(value)):
        return "the value contains a password or a key"
    if _TOKENS.search(value) or _AUTHORIZATION.fullmatch(value.strip()):
        return "the value has the form of an access token"
    return None


def looks_secret(text: str) -> bool:
    """Whether a text can only be a secret, or holds one: where a name or a place belongs nothing of it is repeated."""
    return form(text) is not None and _AUTHORIZATION.fullmatch(text.strip()) is None


def writable(text: str) -> bool:
    """Whether a text can be stored and handed to a process: no NUL, and no half of a surrogate pair."""
    return "\0" not in text and not _HALF.search(text)


def without_halves(text: str) -> str:
    """The text with a replacement for each half of a surrogate pair."""
    return _HALF.sub("\ufffd", text)


def opaque(text: str) -> bool:
    """Whether a word is one that nobody thinks of: letters and digits in turns, as in a key that was drawn.

    For places where a name belongs only; digests and identifiers look alike.
    """
    return any(len(_TURN.findall(run)) >= OPAQUE_TURNS for run in _RUN.findall(text))


def redacted(text: str) -> str:
    """The text without what can only be a secret; the rest of it stays as it is."""
    if not _SUSPECT.search(text):
        return text
    if _BLOCK.search(text):
        return _BLOCK.sub(HIDDEN, text)
    text = _TOKENS.sub(HIDDEN, text)
    for pattern in (_USERINFO, _PAIR):
        text = pattern.sub(_without_its_secret, text)
    return text


def _without_its_secret(match: re.Match[str]) -> str:
    start, end = match.span("secret")
    begin = match.start()
    return match[0] if harmless(match["secret"]) else match[0][: start - begin] + HIDDEN + match[0][end - begin :]


def harmless(value: str) -> bool:
    """Whether a value is no secret whatever its name: empty, a switch, a number, a place or a reference."""
    text = value.strip()
    kinds = (_SWITCH, _NUMBER, _EXPANSION, _PLACE, _REFERENCE, _PLAIN_URL)
    return not text or any(kind.fullmatch(text) for kind in kinds)


def _decoded_pem(value: str) -> str:
    match = _BASE64_PEM.search(value)
    if match is None:
        return ""
    text = re.sub(r"\s", "", match[0]).rstrip("=")
    text = text[: len(text) - (len(text) % 4 == 1)]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("ascii", "replace")
    except binascii.Error:
        return ""
