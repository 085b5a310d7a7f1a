"""Field types of the pod's keys, besides those that every declaration uses: texts with a grammar of the API."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pydantic import AfterValidator, BeforeValidator, Field

from ..kubernetes import grammar
from .fields import spelt

FILE = r"^[^/\s:][^\s:]*$"
SURGE = r"^[0-9]{1,5}%?$"
UNAVAILABLE = r"^([0-9]{1,5}|0{0,3}(100|[0-9]{1,2})%)$"


def _below(value: str) -> str:
    if not re.fullmatch(FILE, value) or value.endswith("\n") or ".." in value.split("/"):
        raise ValueError(f"'{value}' is not a relative path: begin with no '/', and leave out '..', such as 'app.yaml'")
    return value


def _file(value: str) -> str:
    if _below(value).startswith(".."):
        raise ValueError(f"'{value}' begins with '..', which the kubelet keeps for itself: begin it otherwise")
    return value


def _number_as_text(value: Any) -> Any:
    """A number as people and Kubernetes write it; what else is no text is refused as such."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _surge(value: str) -> str:
    if not re.fullmatch(SURGE, value) or value.endswith("\n"):
        raise ValueError(f"'{value}' is no number of pods: give a whole number, or percent of them, such as '25%'")
    return value


def _unavailable(value: str) -> str:
    if not re.fullmatch(UNAVAILABLE, value) or value.endswith("\n"):
        raise ValueError(f"'{value}' is no number of pods: give a whole number, or at most '100%' of them")
    return value


def is_no_pod(text: str | None) -> bool:
    """Whether a number of pods, or percent of them, is none: 0, 0% and 00%; not where nothing is said."""
    return text is not None and int(text.rstrip("%")) == 0


def _resource(value: str) -> str:
    domain, slash, _ = value.partition("/")
    if not slash or not grammar.LABEL_KEY.takes(value) or domain == "kubernetes.io" or domain.startswith("requests."):
        raise ValueError(
            f"'{value}' is not the name of an extended resource: write it with its domain, such as 'nvidia.com/gpu'"
        )
    return value


ResourceName = Annotated[
    str, AfterValidator(_resource), Field(json_schema_extra={"pattern": f"^(?=.*/)({grammar.LABEL_KEY.pattern})$"})
]
"""Name of an extended resource."""
RelativePath = Annotated[str, AfterValidator(_below), Field(json_schema_extra={"pattern": FILE})]
"""Path below a volume."""
FilePath = Annotated[str, AfterValidator(_file), Field(json_schema_extra={"pattern": rf"^(?!\.\.){FILE[1:]}"})]
"""Path of a file in a volume of ConfigMaps, Secrets and the like."""
Surge = Annotated[
    str,
    AfterValidator(_surge),
    BeforeValidator(_number_as_text),
    Field(json_schema_extra={"pattern": SURGE, "type": ["string", "integer"], "minimum": 0, "maximum": 99_999}),
]
"""Number of pods beyond those that there are, or percent of them: the API server takes any percentage."""
Unavailable = Annotated[
    str,
    AfterValidator(_unavailable),
    BeforeValidator(_number_as_text),
    Field(json_schema_extra={"pattern": UNAVAILABLE, "type": ["string", "integer"], "minimum": 0, "maximum": 99_999}),
]
"""Number of those pods that there are, or percent of them, at most 100."""

if TYPE_CHECKING:
    TagValue = pulumi.Input[str]
    CsiDriver = pulumi.Input[str]
    ApiGroup = str
    ApiResource = str
    ApiVerb = str
else:
    CsiDriver = spelt(grammar.CSI_DRIVER, output=True)
    ApiGroup = spelt(grammar.API_GROUP)
    ApiResource = spelt(grammar.API_RESOURCE)
    ApiVerb = spelt(grammar.API_VERB)
    TagValue = spelt(grammar.LABEL_VALUE, output=True)


def repeated(values: Iterable[Any]) -> Any:
    """The first value that stands twice; ``None`` where each stands once. An Output is the same as itself alone."""
    seen = []
    for value in values:
        if not isinstance(value, pulumi.Output) and value in seen:
            return value
        seen.append(value)
    return None


def once(values: list[Any]) -> list[Any]:
    """A list in which nothing stands twice: the API server tells its items apart by what they are."""
    if (twice := repeated(values)) is not None:
        raise ValueError(f"'{twice}' stands twice: name each once")
    return values


def exactly_one(group: Any, *names: str) -> None:
    """ValueError unless exactly one of some keys is given."""
    given = [f"`{name}`" for name in names if getattr(group, name) is not None]
    if len(given) != 1:
        listed = ", ".join(f"`{name}`" for name in names)
        wrong = f"it has {' and '.join(given)}" if given else f"it has none of {listed}"
        raise ValueError(f"{wrong}: give exactly one of {listed}")


def is_loopback(host: str) -> bool:
    """Whether a host is the machine, or the pod, that asks."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
