"""The field types of a stack file: each refuses a wrong value in words that name the rule and the remedy."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pulumi
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from ..eras import NAMES
from ..kubernetes import grammar
from ..kubernetes.grammar import Grammar
from ..rules.forms import opaque
from ..urls import fault, query_holds_secret, shown
from .problems import Problem

DNS_LABEL = grammar.LABEL
_PATH = r"^/(?:(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*)?$"
_ENDPOINT = f"{_PATH.removesuffix(')?$')}/?)?$"
_QUERY = r"(\?([A-Za-z0-9._~!$'()*+,;:@/?&=-]|%[0-9A-Fa-f]{2})*)?"
_PROBED = f"{_ENDPOINT.removesuffix('$')}{_QUERY}$"
_PORT = r"^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"
_ADDRESS = r"^([A-Za-z0-9_]|[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z0-9]|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$"
_LINK = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]"
DIRECTORY = r"^/(?!\.{1,2}(/|$))[^\s:/]+(/+(?!\.{1,2}(/|$))[^\s:/]+)*/*$"
_HEADER = r"^([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$"
_IP = r"^[0-9A-Fa-f.:]+$"
_LABEL = re.compile(DNS_LABEL)
_HOST = re.compile(rf"(?=.{{1,253}}$){DNS_LABEL}(\.{DNS_LABEL})+")
OBJECT_NAME = f"^({grammar.SUBDOMAIN})$"
OPAQUE_KEYS = frozenset({"patch", "extra_objects", "arguments"})
"""Keys whose value is in the words of Kubernetes or of a tool, with all that is in it: nothing there is a name of a
setting."""


class MissingValueError(ValueError):
    """Something is missing that a key of its own does not ask for: one of several is wanted."""


class Group(BaseModel):
    """Base of every declaration: camelCase in YAML, snake_case in a program, immutable, unknown keys refused.

    Each key is declared with its type, its range or choices and its default; the docstring under it is its help, with
    the unit and the reason. What checks values is built when the first value comes, since a program uses few groups.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="forbid",
        frozen=True,
        validate_by_alias=True,
        validate_by_name=True,
        strict=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    def contradictions(self) -> Iterable[Problem]:
        """What is wrong between keys that are right by themselves; asked where a program gives them."""
        return ()


@dataclass(frozen=True)
class Origin:
    """Where the declaration is that a key repeats."""

    group: type[Group]
    key: str


KNOWN_LATER = {"known": "later"}
"""The context in which a declaration reads the value of an Output: for what has to be known before."""


def same(group: type[Group], key: str, **default: Any) -> Any:
    """The default and the help of a key that is declared elsewhere, for one that repeats it under another name.

    :param default: ``default=``, where this one has another; ``default=...`` makes it required.
    """
    info: FieldInfo = Field(default=default.get("default", group.model_fields[key].default))
    info.metadata.append(Origin(group, key))
    return info


def is_given(group: Group, *keys: str) -> bool:
    """Whether any of some keys is given, be it with the value that is the default too."""
    return any(key in group.model_fields_set and getattr(group, key) is not None for key in keys)


def given(group: Group) -> dict[str, Any]:
    """What is given and says something: the values of keys that are there and differ from their default."""
    fields = type(group).model_fields
    values = {key: getattr(group, key) for key in fields if key in group.model_fields_set}
    return {key: value for key, value in values.items() if value is not None and value != fields[key].default}


def origin_of(info: FieldInfo) -> Origin | None:
    """Where the declaration is that a key repeats, if it repeats one."""
    return next((mark for mark in info.metadata if isinstance(mark, Origin)), None)


def _dns_label(value: str) -> str:
    if not _LABEL.fullmatch(value):
        raise ValueError(
            f"'{value}' is not a DNS label: use at most 63 lower-case letters, digits and '-', "
            f"beginning and ending with a letter or digit{_suggest_label(value)}"
        )
    return value


def _suggest_label(value: str) -> str:
    candidate = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:63].strip("-")
    return f", for example '{candidate}'" if candidate and candidate != value else ""


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError(f"'{value}' {_no_host(value)}")
    if value.rpartition(".")[2].isdigit():
        raise ValueError(f"'{value}' is an address, and a route takes names alone: give one that leads to it")
    return value


def _no_host(value: str) -> str:
    """Why a text is not a host name, and what to give instead."""
    if value.startswith("*.") and _HOST.fullmatch(value[2:]):
        return (
            "is a wildcard, and clients call a server by a name: give each name of it, such as "
            f"'mcp.{value[2:]}', which a certificate for the wildcard fits"
        )
    meant = _in_ascii(value.lower().removesuffix("."))
    if meant != value and _HOST.fullmatch(meant):
        return f"is not a host name as Kubernetes has it: write it '{meant}'"
    if _LABEL.fullmatch(value):
        return f"is not a host name with a domain: give the whole name, such as '{value}.example.com'"
    if not set(value) & set(":/ "):
        return (
            "is not a host name: give parts of lower-case letters, digits and '-' with dots between them, such as "
            "'mcp.example.com'"
        )
    return "is not a host name: give it without scheme, port or path, such as 'mcp.example.com'"


def _in_ascii(value: str) -> str:
    """A name in the form that DNS has it (IDNA), or the text itself where it is no name."""
    try:
        return value.encode("idna").decode("ascii")
    except UnicodeError:
        return value


def _route_host(value: str) -> str:
    _host(value.removeprefix("*."))
    return value


def _address(value: str) -> str:
    if not re.fullmatch(_ADDRESS, value) or value.endswith("\n"):
        raise ValueError(
            "it is not the name or address of a host: leave out scheme, port and credentials, such as 'db.example.com'"
        )
    return value


def _path(value: str) -> str:
    if not re.fullmatch(_PATH, value) or value.endswith("\n"):
        raise ValueError(f"'{value}' is not a path: {_no_path(value, end=True)}")
    return value


def _no_path(value: str, *, end: bool) -> str:
    """What to give instead of a text that is not a path; ``end`` says that it may not end with '/'."""
    such = "'/mcp'" if end else "'/mcp' or '/mcp/'"
    if not value.startswith("/"):
        return f"begin with '/', such as {such}"
    if end and value.endswith("/") and re.fullmatch(_ENDPOINT, value):
        return f"end without '/', such as '{value.rstrip('/')}'"
    return f"give parts of letters, digits and '._~-', none of them '.' or '..', behind one '/' each, such as {such}"


def _endpoint(value: str) -> str:
    """A path that may end with '/', which some servers redirect to."""
    if not re.fullmatch(_ENDPOINT, value) or value.endswith("\n"):
        raise ValueError(f"'{value}' is not a path: {_no_path(value, end=False)}")
    return value


def _probed(value: str) -> str:
    """A path with the query that a route of one's own may want, as the kubelet and load balancers take both."""
    path, mark, query = value.partition("?")
    if query_holds_secret(value):
        raise ValueError("its query looks like a secret, which an object shows to all who read it: ask a route without")
    _endpoint(path)
    if not re.fullmatch(_QUERY, mark + query):
        raise ValueError(
            f"'{value}' is not a path with a query: give letters, digits and '._~-' behind the '?', and the rest in "
            "the form '%20', such as '/healthz?full=1'"
        )
    return value


_REFER = "leave it out, and refer to a Secret where a token or a password can be given"


def _without_secret(value: Any) -> Any:
    """An address whose query lets nobody in; what is an Output is held to it when it is known."""
    if isinstance(value, str) and query_holds_secret(value):
        raise ValueError(f"its query looks like a secret, which an object shows to all who read it: {_REFER}")
    return value


def _link(value: str) -> str:
    """The address of a page that people follow."""
    found = fault(value, example="https://wiki.example.com/runbooks/")
    if found is not None:
        it = "it" if found.credentials else f"'{shown(value)}'"
        remedy = "leave them out" if found.credentials else found.remedy[0].lower() + found.remedy[1:]
        raise ValueError(f"{it} {found.why}: {remedy}")
    return str(_without_secret(value))


def _port_in_quotes(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """A port may stand in quotes, as in many a manifest and chart."""
    return handler(int(value) if isinstance(value, str) and re.fullmatch(r"0|[1-9][0-9]{0,5}", value) else value)


def _known_or_output(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if isinstance(value, pulumi.Output):
        return value
    return pulumi.Output.from_input(value) if isinstance(value, Awaitable) else handler(value)


def takes_output(mark: object) -> bool:
    """Whether what is attached to a type lets an Output through."""
    return getattr(mark, "func", None) is _known_or_output


def spelt(form: Grammar, *, output: bool = False, private: str = "") -> Any:
    """The type of a text that has to fit a grammar of Kubernetes.

    :param output: whether an Output may stand for it.
    :param private: what to do instead where a secret may stand by mistake; what does not fit is not repeated then.
    """

    def check(value: str) -> str:
        if private and opaque(value):
            raise ValueError(f"it looks like a secret itself: {private}")
        if not form.takes(value):
            quote = f"'{value}'"
            raise ValueError(f"{'it' if private else quote} is not {form.is_not}: {form.use}")
        return value

    schema: JsonDict = {"pattern": f"^({form.pattern})$"} | ({"maxLength": form.longest} if form.longest else {})
    marks = [AfterValidator(check), Field(json_schema_extra=schema)]
    return Annotated[(str, *marks, *([WrapValidator(_known_or_output)] if output else []))]


if TYPE_CHECKING:
    Text = pulumi.Input[str]
    Name = pulumi.Input[str]
    Namespace = pulumi.Input[str]
    Image = pulumi.Input[str]
    DataKey = str
    SearchDomain = str
    EnvName = str
    LabelKey = str
    LabelValue = str
    AnnotationKey = str
    HostName = str
    EnvField = str
    FileField = str
    ApiVersion = str
    Kind = str
    PathSegment = str
    RefreshInterval = str
    Version = str
    AnyText = pulumi.Input[str]
    RouteHost = pulumi.Input[str]
    Host = pulumi.Input[str]
    Address = pulumi.Input[str]
    Url = pulumi.Input[str]
    HealthCheckId = pulumi.Input[str]
    Label = str
    UrlPath = str
    RoutePath = str
    ProbedPath = str
    Port = int
    ObjectName = str
    EraName = str
else:
    EraName = Literal[NAMES]
    Text = Annotated[str, Field(min_length=1), WrapValidator(_known_or_output)]
    AnyText = Annotated[str, WrapValidator(_known_or_output)]
    HealthCheckId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$"), WrapValidator(_known_or_output)]
    RouteHost = Annotated[str, AfterValidator(_route_host), WrapValidator(_known_or_output)]
    ObjectName = spelt(grammar.OBJECT_NAME)
    Name = spelt(grammar.OBJECT_NAME, output=True)
    Namespace = spelt(grammar.DNS_LABEL, output=True)
    Image = spelt(grammar.IMAGE, output=True)
    DataKey = spelt(grammar.DATA_KEY, private="give the name of the key that holds it")
    SearchDomain = spelt(grammar.SEARCH_DOMAIN)
    EnvName = spelt(grammar.ENV_NAME)
    LabelKey = spelt(grammar.LABEL_KEY)
    LabelValue = spelt(grammar.LABEL_VALUE)
    AnnotationKey = spelt(grammar.ANNOTATION_KEY)
    HostName = spelt(grammar.HOST_NAME)
    EnvField = spelt(grammar.ENV_FIELD)
    FileField = spelt(grammar.FILE_FIELD)
    ApiVersion = spelt(grammar.API_VERSION)
    Kind = spelt(grammar.KIND)
    PathSegment = spelt(grammar.PATH_SEGMENT)
    RefreshInterval = spelt(grammar.DURATION)
    Version = spelt(grammar.VERSION)
    Host = Annotated[
        str,
        AfterValidator(_host),
        Field(
            json_schema_extra={
                "format": "hostname",
                "pattern": rf"^{DNS_LABEL}(\.{DNS_LABEL})+$",
                "maxLength": 253,
            }
        ),
        WrapValidator(_known_or_output),
    ]
    Address = Annotated[
        str,
        AfterValidator(_address),
        Field(json_schema_extra={"pattern": _ADDRESS}),
        WrapValidator(_known_or_output),
    ]
    Url = Annotated[spelt(grammar.URL, output=True, private=_REFER), BeforeValidator(_without_secret)]
    Label = Annotated[str, AfterValidator(_dns_label), Field(json_schema_extra={"pattern": f"^{DNS_LABEL}$"})]
    UrlPath = Annotated[str, AfterValidator(_path), Field(json_schema_extra={"pattern": _PATH})]
    RoutePath = Annotated[str, AfterValidator(_endpoint), Field(json_schema_extra={"pattern": _ENDPOINT})]
    ProbedPath = Annotated[str, AfterValidator(_probed), Field(json_schema_extra={"pattern": _PROBED})]
    Port = Annotated[
        int,
        Field(ge=1, le=65535, json_schema_extra={"type": ["integer", "string"], "pattern": _PORT}),
        WrapValidator(_port_in_quotes),
    ]


def _rule_code(value: str) -> str:
    # Imported where it is needed: few stacks accept something, and the rules bring the planning along.
    from ..rules.catalogue import find, nearest

    known = find(value)
    if known is None:
        near = nearest(value, most=1)
        remedy = f"the nearest is '{near[0]}'" if near else "'mcp-stack explain' lists all of them"
        raise ValueError(f"'{value}' is neither the code nor the name of a rule: {remedy}")
    return known.slug if value.strip().lower() == known.slug else known.code


RuleCode = Annotated[str, AfterValidator(_rule_code)]
"""A rule by its code or its name."""


def _directory(value: str) -> str:
    if not re.fullmatch(DIRECTORY, value) or value.endswith("\n"):
        raise ValueError(
            f"'{value}' is not a directory below the root: give an absolute path without spaces, ':' and '..', such "
            "as '/tmp'"
        )
    if value.split("/")[1] == "proc":
        raise ValueError(f"'{value}' is the kernel's, and no container starts with something there: give another path")
    return value


def _ip(value: str) -> str:
    if not grammar.is_address(value):
        raise ValueError(f"'{value}' is not an IP address: write it as '10.0.0.7', without zeros before it")
    return str(ip_address(value))


def _header(value: str) -> str:
    if not re.fullmatch(_HEADER, value) or value.endswith("\n"):
        raise ValueError(f"'{value}' is not a Host header: give a name, with its port or without, as 'localhost:8080'")
    return value


IpAddress = Annotated[str, AfterValidator(_ip), Field(json_schema_extra={"pattern": _IP})]
HostHeader = Annotated[
    str, AfterValidator(_header), Field(json_schema_extra={"pattern": _HEADER}), WrapValidator(_known_or_output)
]


def _cidr(value: str) -> str:
    try:
        if "%" in value:
            raise ValueError("an address range has no zone")
        return str(ip_network(value, strict=False))
    except ValueError:
        raise ValueError(f"'{value}' is not an address range: write it as '10.20.0.0/16'") from None


Cidr = Annotated[str, AfterValidator(_cidr)]
Runtime = Literal["python-v1", "python-v2", "fastmcp", "typescript-v1", "typescript-v2", "node", "other"]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Positive = Annotated[float, Field(gt=0, le=1e9)]
Duration = Annotated[int, Field(ge=0, le=86_400)]
"""Seconds, or none. Wider than what Kubernetes takes where a rule says more about a number than a range can."""
Percent = Annotated[float, Field(gt=0, le=100)]
Filled = Annotated[str, Field(min_length=1)]
Link = Annotated[str, Field(min_length=1, json_schema_extra={"pattern": _LINK}), AfterValidator(_link)]
"""The address of a page, for people."""
Directory = Annotated[str, AfterValidator(_directory), Field(json_schema_extra={"pattern": DIRECTORY})]
