"""MCP107: secrets among the environment variables in clear, recognised by name or by form.

A finding never contains the value. The name decides where it ends in what a secret is called
(``DB_PASSWORD``, ``OPENAI_API_KEY``), unless it goes on to say that it is only about one (``TOKEN_LIMIT``,
``PASSWORD_FILE``); the form of the value decides where it cannot be anything else (a private key, a URL
with a password)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .forms import form, harmless
from .model import Finding, Rule, Severity

CLEAR_SECRET = Rule(
    code="MCP107",
    slug="secret-in-clear",
    severity=Severity.ERROR,
    title="a secret in clear in the environment",
    meaning="""
        An environment variable in clear is a secret, judged by its name (`DB_PASSWORD`, `OPENAI_API_KEY`, `PGPASSWORD`)
        or by the form of its value (a private key, a URL with a password, a known form of access token). The value is
        never printed. Settings that are only about secrets pass (`TOKEN_LIMIT`, `PASSWORD_FILE`, `SECRET_NAME`), and so
        do empty values, booleans, numbers, paths of files and references such as `$(DB_PASSWORD)`. A password of four
        or more digits does not pass. Arguments of a command line are judged alike (`--token=…`), and so are sidecars
        and init containers.
        """,
    why="""
        The environment stands in the stack file, in the state, in every preview and in the Deployment, where everybody
        who may read pods reads it.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env:
            LOG_LEVEL: info
            OPENAI_API_KEY: an-example-of-a-key
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env:
            LOG_LEVEL: info
        mcp:secrets:
          source: existing
          name: mcp-keys
          env: {OPENAI_API_KEY: openai}
        """,
)


GIVEN_TWICE = Rule(
    code="MCP116",
    slug="duplicate-variable",
    severity=Severity.ERROR,
    title="a variable is given twice",
    meaning="The same variable stands in `mcp:server.env`, in clear, and in `mcp:secrets.env`, from the Secret.",
    why="A container takes each variable once. The API server takes two of a name at first, and refuses a later one.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env: {UPSTREAM_URL: 'https://api.example.com'}
        mcp:secrets:
          source: existing
          name: mcp-keys
          env: {UPSTREAM_URL: upstream}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
        mcp:secrets:
          source: existing
          name: mcp-keys
          env: {UPSTREAM_URL: upstream}
        """,
)


DERIVED_OVERRIDDEN = Rule(
    code="MCP117",
    slug="derived-variable-overridden",
    severity=Severity.WARNING,
    title="a derived variable is overridden",
    meaning="""
        `mcp:server.env` gives a variable that is derived: `NODE_OPTIONS`, the graceful timeout of uvicorn,
        `DATABASE_POOL_SIZE`, or the address and TLS of the database (`PGHOST` and its like). The given value is the one
        that the server gets.
        """,
    why="""
        Pool size, heap and graceful timeout come from the plan, host and port from what was built. Another value leaves
        the plan, the connection budget and the drain as they are printed, and the server does something else.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env: {DATABASE_POOL_SIZE: '40'}
        mcp:database:
          host: db.example.com
          maxConnections: 420
        """,
    passes="""
        mcp:database:
          host: db.example.com
          maxConnections: 420
          poolSize: 8
        """,
)


_SECRET_WORD = re.compile(
    r".*(password|passwd|passphrase|apikey|secret|token|credentials?)"
    r"|pwd|secrets|tokens|passwords|privatekey|accesskey|secretkey|connectionstring"
)
"""What a secret is called; with any beginning, so that ``PGPASSWORD`` and ``clientsecret`` are found too."""


_KEY_KIND = re.compile(
    r"api|private|access|secret|encryption|signing|session|master|account|ssh|auth|hmac|webhook|license|service"
    r"|storage|shared|deploy|jwt|aes|cipher|cookie"
)
"""What stands before ``KEY`` or ``KEYS`` in the name of a secret; ``SORT_KEY`` or ``PUBLIC_KEY`` is none."""


_PASS_OWNER = re.compile(
    r"db|database|smtp|mail|redis|pg|postgres|mysql|user|admin|root|ftp|proxy|mongo|auth|login|amqp|rabbitmq|basic|http"
)
"""What stands before ``PASS`` where it means a password; ``SINGLE_PASS`` is none."""


_COUNTED = re.compile(r"max|min|num|number|count|total|limit|budget|per|average|avg|context")
"""Before ``TOKEN`` or ``TOKENS`` these say that tokens are counted."""


_ABOUT = re.compile(
    r"alg|algorithm|arn|aud|audience|backend|bits|bucket|budget|bytes|cache|chars|class|count|counter|days|dir|directory|disabled"
    r"|duration|enabled|encoding|endpoint|engine|env|expiration|expires|expiry|field|file|filename|folder|format|header"
    r"|host|hours|ids?|interval|issuer|kind|leeway|length|len|lifetime|limits?|location|manager|max|min|minutes|mode|model"
    r"|mount|names?|namespace|optional|param|parameter|paths?|per|period|policy|port|prefix|prompt|provider|rate|ref"
    r"|reference|regex|region|required|reset|rotation|rules|scheme|scopes?|seconds|secs|size|source|store|strategy|suffix"
    r"|threshold|timeout|ttl|type|uri|url|usage|validation|variable|vault|version|window"
)
"""After the name of a secret these say that the value is about one: a limit, a place, a setting."""


_PASSWORD_WORD = re.compile(r".*(password|passwd|passphrase)|pwd|pass")


_PIN = re.compile(r"\d{4,}")
_OPTION = re.compile(r"--[A-Za-z]")
"""Where a value would stand: the next option of a command line."""


BY_REFERENCE = "valueFrom.secretKeyRef of the container that reads it"
"""What refers to a Secret in an object of Kubernetes."""


def env_findings(env: Mapping[str, str], *, path: str, by: str = "⟦secret_env⟧") -> list[Finding]:
    """MCP107 for each variable whose name or value shows a secret in clear. The value is never printed.

    Empty values, booleans, numbers, references (``$(DB_PASSWORD)``, ``vault:...``), addresses without a
    password and paths of files pass. A number passes under any name but that of a password.

    :param by: what refers to a Secret there.
    """
    found = []
    for name, value in env.items():
        reason = form(value) or _name(name, value)
        if reason is not None:
            found.append(
                CLEAR_SECRET.at(
                    f"{path}.{name}",
                    f"The variable {name} holds a secret in clear: {reason}.",
                    f"Keep the value in a Secret and refer to it: {by}. If it was committed, replace it at its source.",
                )
            )
    return found


def secret_output_findings(variable: str, *, path: str) -> list[Finding]:
    """MCP107 for a variable whose value is a secret of Pulumi, which knows so whatever its name and form."""
    return [
        CLEAR_SECRET.at(
            f"{path}.{variable}",
            f"The variable {variable} is a secret Output, and would stand in clear in the Deployment.",
            "Keep the value in a Secret, as McpSecrets does with the source 'config', and name its key under "
            "⟦secret_env⟧. If it is no secret: pulumi.Output.unsecret(value).",
        )
    ]


def secret_host_findings(*, path: str) -> list[Finding]:
    """MCP107 for a public host that is a secret of Pulumi: the server is told its name in clear."""
    return [
        CLEAR_SECRET.at(
            path,
            "The host is a secret Output, and would stand in clear in the Deployment.",
            "Clients have to know it, so that it is none: pulumi.Output.unsecret(value).",
        )
    ]


def argument_findings(arguments: Sequence[str], *, path: str, by: str = "⟦env_value_from⟧") -> list[Finding]:
    """MCP107 for each argument of a command line that shows a secret: ``--token=...``, or what follows ``--token``.

    :param by: what gives a variable from a Secret there.
    """
    found: list[Finding] = []
    told = -1
    for index, argument in enumerate(arguments):
        if index == told:
            continue  # It is the value of the option before, which is told of.
        option, equals, value = argument.partition("=")
        follows = not equals and option.startswith("-") and _is_value(arguments[index + 1 : index + 2])
        if follows:
            value = arguments[index + 1]
        named = _name(option.lstrip("-").replace("-", "_"), value) if option.startswith("-") and value else None
        if form(argument) or named:
            told = index + 1 if follows and not form(argument) else told
            found.append(
                CLEAR_SECRET.at(
                    f"{path}[{index}]",
                    "The argument holds a secret in clear.",
                    f"Let the program read it from a variable, and give that from a Secret: {by}.",
                )
            )
    return found


def command_findings(container: Mapping[str, Any], *, path: str) -> Iterator[Finding]:
    """MCP107 for what shows a secret in the command line of a container, as an object of Kubernetes has it."""
    for key in ("command", "args"):
        line = container.get(key)
        words = [word if isinstance(word, str) else "" for word in line] if isinstance(line, (list, tuple)) else []
        yield from argument_findings(words, path=f"{path}.{key}", by=BY_REFERENCE)


def _is_value(following: Sequence[str]) -> bool:
    """Whether what follows an option is its value, and no option itself."""
    return bool(following) and not _OPTION.match(following[0])


def variable_findings(
    *, given: Collection[str], secret: Collection[str], derived: Collection[str], path: str, secret_path: str
) -> list[Finding]:
    """MCP116 for names both in clear and from the Secret, MCP117 for derived names that the caller gives.

    ``given`` are the names in clear, ``secret`` those from the Secret, ``derived`` those that follow from the plan.
    """
    twice = [
        GIVEN_TWICE.at(
            f"{secret_path}.{name}",
            f"The variable {name} is given twice.",
            f"Remove it here or from {path}.",
        )
        for name in sorted({*given} & {*secret})
    ]
    overridden = [
        DERIVED_OVERRIDDEN.at(
            f"{path}.{name}",
            f"The variable {name} is derived, and given here too.",
            "Leave it out, and change what it is derived from; or accept this warning.",
        )
        for name in sorted({*given} & {*derived})
    ]
    return twice + overridden


def _name(name: str, value: str) -> str | None:
    """Why the name says that the value is a secret, or ``None``."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]
    last = max((place for place in range(len(words)) if _names_secret(words, place)), default=None)
    if last is None or any(_ABOUT.fullmatch(word) for word in words[last + 1 :]):
        return None
    digits_of_a_password = _PASSWORD_WORD.fullmatch(words[last]) and _PIN.fullmatch(value.strip())
    return None if harmless(value) and not digits_of_a_password else "its name says so"


def _names_secret(words: list[str], place: int) -> bool:
    """Whether the word at ``place``, with the one before it, is what a secret is called."""
    word, before = words[place], words[place - 1] if place else ""
    if word in ("token", "tokens"):
        return not _COUNTED.fullmatch(before)
    if word in ("key", "keys"):
        return _KEY_KIND.fullmatch(before) is not None
    if word == "pass":
        return _PASS_OWNER.fullmatch(before) is not None
    return _SECRET_WORD.fullmatch(word) is not None


RULES = (
    CLEAR_SECRET,
    GIVEN_TWICE,
    DERIVED_OVERRIDDEN,
)
