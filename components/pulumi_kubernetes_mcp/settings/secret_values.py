"""What was encrypted stays secret: the values that Pulumi hands over decrypted, marked again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pulumi

from .layers import SERVERS
from .problems import NAMESPACE, SECRET_PLACEHOLDER, join
from .sources import DEFAULTS, Given, same

_VALUES = ("secrets", "values")
_HOLDERS = (DEFAULTS, f"{NAMESPACE}:{SERVERS}", f"{NAMESPACE}:secrets")
"""Keys in which something may be encrypted."""


def encrypted(value: object, path: str) -> Iterator[str]:
    """The paths of the placeholders in a value."""
    if isinstance(value, str) and value == SECRET_PLACEHOLDER:
        yield path
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from encrypted(member, join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from encrypted(item, join(path, index))


def in_secret_values(steps: Sequence[str | int]) -> bool:
    """Whether a place in the groups, or in those of one of several servers, is one for encrypted values."""
    own = steps[2:] if steps[:1] == (SERVERS,) else steps
    return tuple(own[:2]) == _VALUES and len(own) > 2


def with_secrets(key: str, value: Any, secret: bool, given: Given | None) -> Any:
    """The value of a key with each encrypted text below ``secrets.values`` as a secret Output.

    What else is encrypted, or may be, becomes the placeholder.

    :param secret: whether Pulumi says that something in it was encrypted. Of Pulumi.yaml it never does.
    :param given: the key in the file that it comes from, if that is known.
    """
    known = given is not None and same(value, given.value)
    if not secret and not known:
        return value
    filed = given.value if given is not None else None
    if not known and (key not in _HOLDERS or not isinstance(value, dict)):
        return SECRET_PLACEHOLDER
    return _marked(value, filed, () if key == DEFAULTS else (key.partition(":")[2],), secret, known)


def _marked(value: Any, filed: Any, steps: tuple[str, ...], secret: bool, known: bool) -> Any:
    """:param steps: the way to the value, from the groups on."""
    own = steps[2:] if steps[:1] == (SERVERS,) else steps
    here = filed == SECRET_PLACEHOLDER
    if in_secret_values(steps) and (secret or here):
        return pulumi.Output.secret(value) if isinstance(value, str) else value
    unsure = not known and len(own) == 1 and own[0] != "secrets"
    if here or unsure or (isinstance(value, list) and any(encrypted(filed, ""))):
        return SECRET_PLACEHOLDER
    if not isinstance(value, dict):
        return value
    inside = filed if isinstance(filed, dict) else {}
    return {key: _marked(member, inside.get(key), (*steps, key), secret, known) for key, member in value.items()}
