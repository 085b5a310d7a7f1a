"""Rules about what a container runs: variables that refer to one another, and programs that are fetched at the
start."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from posixpath import basename

from ...kubernetes.variables import circle, missing, references
from ..model import Finding, Rule, Severity

NO_SUCH_VARIABLE = Rule(
    code="MCP124",
    slug="unknown-variable",
    severity=Severity.WARNING,
    title="a reference to a variable that is not there",
    meaning="""
        A value of `env`, or an item of `command` or `args`, has `$(NAME)`, and the container has no variable of that
        name. With `envFrom` nobody knows which there are, and nothing is said; neither of what a shell is given to run.
        Patches count as they are merged, and pods of `mcp:extraObjects` as they are written.
        """,
    why="""
        The kubelet leaves such a reference as it is written: the server gets the text `$(NAME)` where it expects a
        value.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env: {UPSTREAM_URL: 'https://$(UPSTREAM_HOST)/v1'}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env: {UPSTREAM_URL: 'https://$(UPSTREAM_HOST)/v1', UPSTREAM_HOST: api.example.com}
        """,
    note="""
        The order does not matter: variables are written in the one that the kubelet needs. Those of a further object
        keep theirs, where a variable stands before those that refer to it. `$$(NAME)` is no reference.
        """,
)


CIRCLE = Rule(
    code="MCP125",
    slug="variables-in-a-circle",
    severity=Severity.ERROR,
    title="variables that refer to one another in a circle",
    meaning="Values of `env` refer to one another so that none of them can come first.",
    why="The kubelet reads the list once. Whichever variable comes first refers to one that has no value yet.",
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env: {BASE_URL: '$(API_URL)/..', API_URL: '$(BASE_URL)/api'}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          env: {BASE_URL: 'https://example.com', API_URL: '$(BASE_URL)/api'}
        """,
)


DOWNLOADS = Rule(
    code="MCP126",
    slug="download-at-start",
    severity=Severity.WARNING,
    title="the program is downloaded when the pod starts",
    meaning="""
        `command` or `args` run `npx`, `uvx`, `bunx`, `pipx run`, `uv run --with`, `deno run npm:…` or their
        like, which fetch a package from a registry before they run it, or hand one of them to a bridge
        (`--stdio "npx -y …"`, `-- uvx …`). Sidecars and init containers count, since the server waits for both,
        and so do a `postStart` and pods of `mcp:extraObjects`.
        """,
    why="""
        Each start of a pod then needs the registry, takes as long as the download, and runs what the registry has at
        that time: a scale-up or a new node in the middle of a registry's outage gives no pod. The namespace is closed,
        and the start-up probe ends a start that takes longer than `startupSeconds`.
        """,
    fails="""
        mcp:server:
          image: docker.io/library/node:22.11.0
          command: [npx, -y, '@example/mcp-server@1.4.2']
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          command: [node, dist/index.js]
        """,
    note="""
        Install the package when the image is built. Accept the warning in a development stack, with an opening to the
        registry and a `startupSeconds` that holds the download.
        """,
)
_RUNNERS = frozenset({"npx", "uvx", "bunx", "pnpx"})
_WITH_WORD = frozenset(
    {
        ("npm", "exec"), ("npm", "x"), ("pnpm", "dlx"), ("yarn", "dlx"), ("bun", "x"), ("pipx", "run"), ("uv", "tool"),
        ("npm", "install"), ("npm", "ci"), ("pip", "install"), ("pip3", "install"), ("uv", "pip"), ("uv", "sync"),
    }
)  # fmt: skip
_OFFLINE = frozenset({"--offline", "--no-install", "--no", "--cached-only"})
_WITH_PACKAGES = ("--with", "-w", "--with-requirements")
"""Options of 'uv run' that name what it installs besides; without them it may find all of the project in the image."""
_WITH_VALUE = frozenset(
    {
        *_WITH_PACKAGES, "--directory", "--project", "--python", "-p", "--extra", "--group", "--env-file", "--index",
        "--index-url", "-i", "--default-index", "--extra-index-url", "--find-links", "-f", "--cache-dir", "--config",
        "--config-file", "-c", "--import-map", "--lock", "--seed", "--v8-flags", "--with-editable", "--package",
        "--color", "--link-mode", "--no-group", "--only-group", "--no-extra",
    }
)  # fmt: skip
"""Options of 'uv' and 'deno' that take the word behind them."""
_FROM_AFAR = ("npm:", "jsr:", "https://", "http://")
_RUNNERS_OF_ANYTHING = {"uv": ("run",), "deno": ("run", "serve")}
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_WRAPPERS = frozenset({"exec", "env", "tini", "dumb-init", "time", "nice", "--", "sudo", "nohup"})
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def variable_findings(env: Mapping[str, str], *, others: Collection[str], open_ended: bool, path: str) -> list[Finding]:
    """MCP124 and MCP125 for the values of variables.

    :param others: variables whose values come from elsewhere.
    :param open_ended: whether there are more that nobody knows.
    """
    ring = circle(env)
    found = []
    if ring:
        found.append(
            CIRCLE.at(
                f"{path}.{ring[0]}",
                f"The variables refer to one another in a circle: {' → '.join(ring)}.",
                "Write the value of one of them out.",
            )
        )
    if open_ended:
        return found
    for name, text in env.items():
        for wanted in dict.fromkeys(missing(text, {*env, *others} - {name})):
            found.append(_unknown(f"{path}.{name}", wanted, [*env, *others]))
    return found


def listed_findings(env: Sequence[tuple[str, str | None]], *, path: str) -> list[Finding]:
    """MCP124 for variables that stand in the order in which the kubelet reads them.

    :param env: names and values; ``None`` for what comes from elsewhere.
    """
    names = [name for name, _ in env]
    found = []
    for index, (name, text) in enumerate(env):
        place = f"{path}[{index}].value"
        found += [_unknown(place, one, names) for one in dict.fromkeys(missing(text or "", names))]
        for wanted in dict.fromkeys(references(text or "")):
            if wanted in names and wanted not in names[:index] and wanted != name:
                problem = f"'$({wanted})' stands before the variable {wanted}, and stays as it is written."
                found.append(NO_SUCH_VARIABLE.at(place, problem, f"List {wanted} before {name}."))
    return found


def command_findings(
    commands: Mapping[str, Sequence[str] | None],
    *,
    variables: Collection[str],
    open_ended: bool,
    time: str = "⟦startup_seconds⟧",
) -> list[Finding]:
    """MCP124 and MCP126 for a command line; ``commands`` are the keys of command and arguments with what they hold.

    :param time: what gives a start of the pod more time.
    """
    words = [word for given in commands.values() for word in given or ()]
    found = []
    if not open_ended and not _by_shell(words):
        for path, given in commands.items():
            for index, text in enumerate(given or ()):
                for wanted in dict.fromkeys(missing(text, variables)):
                    if _VARIABLE.fullmatch(wanted):
                        found.append(_unknown(f"{path}[{index}]", wanted, variables))
    runner = _runner(words)
    if runner is not None:
        word = runner.split()[0]
        place = next(path for path, given in commands.items() if any(word in text for text in given or ()))
        found.append(
            DOWNLOADS.at(
                place,
                f"'{runner}' fetches its package each time a pod starts.",
                "Install it when the image is built, and run the program itself; or give "
                f"{time} for the download, a way to the registry, and accept this warning.",
            )
        )
    return found


def _unknown(path: str, name: str, known: Collection[str]) -> Finding:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted({*known} - {name}), n=1)
    meant = f"Did you mean '$({near[0]})'? " if near else ""
    if name in known:
        problem = f"'$({name})' is the variable itself, whose value is not known there, and stays as it is written."
        return NO_SUCH_VARIABLE.at(path, problem, f"Write the value, or '$$({name})' for the text itself.")
    return NO_SUCH_VARIABLE.at(
        path,
        f"'$({name})' refers to no variable of the container, and stays as it is written.",
        f"{meant}Give the variable, or write '$$({name})' for the text itself.",
    )


def _by_shell(words: Sequence[str]) -> bool:
    return any(basename(word) in _SHELLS for word in words) and "-c" in words


def _runner(words: Sequence[str]) -> str | None:
    """What fetches a package in a command line, in what a shell is given to run, or in what a bridge is given to
    start: a command line as one argument of its own, or as all those behind an option."""
    if _by_shell(words):
        script = words[words.index("-c") + 1] if words.index("-c") + 1 < len(words) else ""
        lines = [part.split() for part in re.split(r"&&|\|\||[;|\n]", script)]
        starts = [at for line in lines for at in (line, *_quoted(line))]
    else:
        starts = [words[at:] for at, word in enumerate(words) if at == 0 or _starts_program(words[at - 1], word)]
        starts += [word.split() for word in words if " " in word]
    return next((found for line in starts if (found := _fetches(line)) is not None), None)


def _quoted(line: Sequence[str]) -> list[Sequence[str]]:
    """The command lines in the arguments of a line of a shell: in quotes, or behind '--'."""
    return [line[at:] for at in range(1, len(line)) if line[at][:1] in ("'", '"') or line[at - 1] == "--"]


def _starts_program(before: str, word: str) -> bool:
    return before == "--" or basename(word) in _RUNNERS


def _fetches(line: Sequence[str]) -> str | None:
    """What fetches a package, if a command line begins with it."""
    rest = [word.strip("'\"") for word in line]
    while rest and (basename(rest[0]) in _WRAPPERS or re.fullmatch(r"[A-Za-z_]\w*=.*", rest[0])):
        rest = rest[1:]
    if not rest or _OFFLINE & {*rest}:
        return None
    program = basename(rest[0])
    if program in _RUNNERS:
        return program
    if len(rest) > 1 and (program, rest[1]) in _WITH_WORD:
        return f"{program} {rest[1]}"
    return _from_afar(program, rest[1:]) if program in _RUNNERS_OF_ANYTHING else None


def _from_afar(program: str, line: Sequence[str]) -> str | None:
    """What fetches a package where the options and the program to run say so: 'uv run --with x', 'deno run npm:x'."""
    options, words = _options(line)
    if not words or words[0] not in _RUNNERS_OF_ANYTHING[program]:
        return None
    verb = f"{program} {words[0]}"
    options, words = _options(words[1:])
    named = next((one for one in options if program == "uv" and one.partition("=")[0] in _WITH_PACKAGES), None)
    if named is not None:
        return f"{verb} {named.partition('=')[0]}"
    # What stands behind it may be an address with a password.
    return next((f"{verb} {one}…" for one in _FROM_AFAR if words and words[0].startswith(one)), None)


def _options(line: Sequence[str]) -> tuple[list[str], Sequence[str]]:
    """The options at the beginning of a line, and what stands behind them and their values."""
    options: list[str] = []
    place = 0
    while place < len(line) and line[place].startswith("-") and line[place] != "--":
        options.append(line[place])
        place += 2 if line[place] in _WITH_VALUE else 1
    return options, line[place + 1 if line[place : place + 1] == ["--"] else place :]


RULES = (NO_SUCH_VARIABLE, CIRCLE, DOWNLOADS)
