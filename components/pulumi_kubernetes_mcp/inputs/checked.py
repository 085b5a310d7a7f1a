"""Arguments as they were given: no unknown or missing key, no value of another type, no word that is no choice.

Annotations cannot say which words a key takes (the schema analyser refuses ``Literal``), and a TypedDict checks nothing
when a program runs. So each component checks what it is given, before the rules about what the values mean.
"""

import re
import types
import typing
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar

import pulumi

from ..eras import Era

T = TypeVar("T")

CHOICES: Mapping[str, tuple[str, ...]] = {
    "McpAutoscalingArgs.kind": ("auto", "hpa", "keda"),
    "McpAutoscalingArgs.follow": ("cpu", "sessions", "streams", "in-flight"),
    "McpAutoscalingArgs.dialect": ("reference", "opentelemetry", "community", "toolhive", "envoy"),
    "McpAutoscalingArgs.implementation": ("envoy-gateway", "nginx", "other"),
    "MetricArgs.type": ("resource", "container-resource", "pods", "object", "external"),
    "AuthenticationArgs.modes": ("bearer", "basic", "tls"),
    "AuthenticationArgs.existing_kind": ("TriggerAuthentication", "ClusterTriggerAuthentication"),
    "ScalingRulesArgs.select": ("max", "min", "disabled"),
    "McpIngressArgs.kind": ("gateway", "ingress"),
    "McpIngressArgs.implementation": ("envoy-gateway", "nginx", "other"),
    "McpIngressArgs.affinity": ("auto", "none", "source-ip", "cookie", "session-hash", "gateway"),
    "McpSecretsArgs.source": ("existing", "external", "config"),
    "McpSecretsArgs.store_kind": ("SecretStore", "ClusterSecretStore"),
    "McpPgBouncerArgs.server_tls_mode": ("disable", "prefer", "require", "verify-full"),
    **{f"{args}.eras": tuple(Era) for args in ("McpServiceArgs", "McpAutoscalingArgs", "McpIngressArgs")},
}
"""The words that a key takes; of a list, each item."""

DAY = 86_400
RANGES: Mapping[str, tuple[float, float]] = {
    "port": (1, 65_535),
    "metrics_port": (1, 65_535),
    "database_port": (1, 65_535),
    "max_tool_seconds": (1, DAY),
    "keepalive_seconds": (0, 3600),
    "pre_stop_seconds": (0, DAY),
    "graceful_timeout_seconds": (0, DAY),
    "grace_period_seconds": (0, DAY),
    "request_timeout_seconds": (0, DAY),
    "idle_timeout_seconds": (1, DAY),
    "await_timeout_seconds": (1, DAY),
    "scale_down_window_seconds": (0, 3600),
    "window_seconds": (0, DAY),
    "period_seconds": (0, DAY),
    "percent": (0, 100_000),
    "tolerance": (-1, 1000),
    "utilization": (0, 100_000),
    "target_per_pod": (-1, 1_000_000),
    "replicas": (0, 100_000),
    "ramp_minutes": (0, 1440),
    "fallback_replicas": (0, 100_000),
    "fallback_failures": (-1, 1000),
    "polling_seconds": (0, DAY),
    "drain_seconds": (0, DAY),
    "session_minutes": (0.01, 1440),
    "cpu_percent": (1, 100_000),
    "memory_percent": (1, 1000),
    "sessions_per_pod": (1, 100_000),
    "instances": (1, 50),
    "pool_size": (1, 100_000),
    "reserve_pool_size": (0, 100_000),
    "max_client_conn": (1, 1_000_000),
    "parallel_requests": (1, 2**32 - 1),
    "min_available": (0, 100_000),
    "max_replicas": (0, 100_000),
    "min_replicas": (0, 100_000),
    "user_id": (1, 2**31 - 1),
    "pods": (1, 1_000_000),
}
"""Least and greatest value of a number, whatever component has the key; the same as in a stack file. Where a rule has
more to say about a number, the range lets what is near it pass, and the finding says it."""

URL_PATH = re.compile(r"/(?:(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)*)?")
URL_PATHS = frozenset({"path", "health_path", "liveness_path", "sse_paths"})
"""Keys that hold the path of a URL, which an HTTPRoute takes only without '//', '/./' and '/../'."""
HOST = re.compile(r"(?=.{1,253}\Z)(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+")
ADDRESS = re.compile(r"https?://[^\s@]+")
"""A URL without credentials, which would stand in the manifest in clear."""
DIRECTORIES = frozenset({"writable_paths"})
"""Keys that hold directories of the container."""
ONE_OF: Mapping[str, tuple[str, ...]] = {
    "IngressFromArgs": ("namespace", "cidrs", "workload"),
    "EgressArgs": ("cidrs", "workload"),
}
"""Keys of which exactly one is given."""


class ArgumentsError(pulumi.RunError):
    """Arguments that cannot be used. ``problems`` holds all of them; the message lists each with its path.

    A :class:`pulumi.RunError`, so that the Pulumi CLI prints the message alone and no traceback.
    """

    def __init__(self, problems: list[str], component: str) -> None:
        self.problems = tuple(problems)
        count = f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}"
        super().__init__("\n".join([f"{component} cannot be used: {count}.", *(f"  {line}" for line in problems)]))


def checked(hint: Any, args: T, component: str, also: Callable[[T], Iterable[str]] | None = None) -> T:
    """The arguments without those that are ``None``, which is how a program leaves one out.

    :param hint: the TypedDict of the arguments.
    :param component: class and name, for the message.
    :param also: what is wrong between keys; asked when each is right by itself.
    :raises ArgumentsError: with every problem.
    """
    if not isinstance(args, Mapping):
        raise ArgumentsError([f"The arguments are {_kind(args)}. Give a dictionary."], component)
    given = typing.cast(T, _without_none(args))
    problems = list(_group(hint, typing.cast("Mapping[str, Any]", given), ""))
    if also is not None and not problems:
        problems = list(also(given))
    if problems:
        raise ArgumentsError(problems, component)
    return given


def repeated(words: Iterable[str]) -> list[str]:
    """The words that are given more than once."""
    return sorted(word for word, times in Counter(words).items() if times > 1)


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, (list, tuple)) else value


@cache
def _keys(hint: Any) -> Mapping[str, Any]:
    """Key to annotation, without the mark of an optional key."""
    return {
        key: typing.get_args(item)[0] if typing.get_origin(item) is typing.NotRequired else item
        for key, item in hint.__annotations__.items()
    }


def _group(hint: Any, given: Mapping[str, Any], path: str) -> Iterator[str]:
    keys = _keys(hint)
    for key in given:
        if key not in keys:
            near = get_close_matches(str(key), keys, n=1)
            meant = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(sorted(keys))}."
            yield f"{path}{key}: There is no such argument. {meant}"
    for key, inner in keys.items():
        place = f"{path}{key}"
        if key in given:
            yield from _value(inner, given[key], place, f"{hint.__name__}.{key}")
            if key == "accept" and isinstance(given[key], Mapping):
                yield from _unknown_rules(given[key], place)
        elif key in hint.__required_keys__:
            yield f"{place}: It is missing."
    choices = ONE_OF.get(hint.__name__, ())
    if choices and sum(key in given for key in choices) != 1:
        yield f"{path.removesuffix('.')}: Give exactly one of {_words(choices)}."


def _unknown_rules(accepted: Mapping[str, Any], path: str) -> Iterator[str]:
    """A problem for each acceptance of a rule that does not exist."""
    # Imported where it is needed: few components accept something, and the rules bring the planning along.
    from ..rules.catalogue import find, nearest

    for name in accepted:
        if find(str(name)) is None:
            near = nearest(str(name), most=1)
            meant = f"Did you mean '{near[0]}'?" if near else "'mcp-stack explain' lists all of them."
            yield f"{path}.{name}: There is no rule with this code or name. {meant}"


def _value(hint: Any, value: Any, path: str, name: str) -> Iterator[str]:
    members = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else ()
    if isinstance(value, (pulumi.Output, Awaitable)):
        if not members:
            yield f"{path}: It is an Output, and has to be known in the preview. Give a plain value."
        return
    if members:
        hint = members[0]
    origin = typing.get_origin(hint)
    if origin is not None:
        yield from _items(hint, origin, value, path, name)
    elif typing.is_typeddict(hint):
        yield from (
            _group(hint, value, f"{path}.") if isinstance(value, Mapping) else _wrong("a dictionary", value, path)
        )
    else:
        yield from _scalar(hint, value, path, name)


def _items(hint: Any, origin: Any, value: Any, path: str, name: str) -> Iterator[str]:
    inner = typing.get_args(hint)[-1]
    if origin is list:
        if not isinstance(value, list):
            yield from _wrong("a list", value, path)
            return
        if not value and name in CHOICES:
            yield f"{path}: It is empty. Give one of {_words(CHOICES[name])} at least."
        for index, item in enumerate(value):
            yield from _value(inner, item, f"{path}[{index}]", name)
    elif not isinstance(value, Mapping):
        yield from _wrong("a dictionary", value, path)
    else:
        for key, item in value.items():
            yield from _value(inner, item, f"{path}.{key}", "")


def _scalar(hint: Any, value: Any, path: str, name: str) -> Iterator[str]:
    key = name.rpartition(".")[2]
    if not _is(hint, value):
        yield from _wrong(
            {str: "text", int: "a whole number", float: "a number", bool: "true or false"}[hint], value, path
        )
    elif name in CHOICES and value not in CHOICES[name]:
        near = get_close_matches(value, CHOICES[name], n=1)
        meant = f" Did you mean '{near[0]}'?" if near else ""
        yield f"{path}: It is {value!r}, and has to be one of {_words(CHOICES[name])}.{meant}"
    elif key in RANGES and not RANGES[key][0] <= value <= RANGES[key][1]:
        yield f"{path}: It is {value:g}, and has to be from {RANGES[key][0]:,} to {RANGES[key][1]:,}."
    elif key in URL_PATHS and not URL_PATH.fullmatch(value):
        yield f"{path}: It is {value!r}, which is no path of a URL. Begin with '/' and end without one, such as '/mcp'."
    elif key == "host" and not HOST.fullmatch(value):
        yield f"{path}: It is {value!r}, which is no host name. Leave out scheme, port and path: 'mcp.example.com'."
    elif key == "prometheus_address" and not ADDRESS.fullmatch(value):
        yield f"{path}: It is no URL without credentials. Write it like 'http://prometheus.monitoring:9090'."
    elif key in DIRECTORIES and not value.startswith("/"):
        yield f"{path}: It is {value!r}, which is no absolute path."
    elif name and value == "":
        yield f"{path}: It is empty."


def _is(hint: Any, value: Any) -> bool:
    """Whether a value has the type. Other languages send every number as a float, so ``8000.0`` is a whole number."""
    if hint in (int, float):
        whole = isinstance(value, int) or (isinstance(value, float) and (hint is float or value.is_integer()))
        return whole and not isinstance(value, bool)
    return isinstance(value, hint)


def _wrong(wanted: str, value: Any, path: str) -> Iterator[str]:
    yield f"{path}: It is {_kind(value)}, and has to be {wanted}."


def _kind(value: Any) -> str:
    """A value's type in words; never the value, which may be a secret."""
    if isinstance(value, bool):
        return "true or false"
    words = {str: "text", int: "a number", float: "a number", list: "a list", dict: "a dictionary"}
    return words.get(type(value), f"a {type(value).__name__}")


def _words(choices: tuple[str, ...]) -> str:
    return ", ".join(f"'{choice}'" for choice in choices)
