"""Field types of the pod's keys, besides those that every declaration uses: texts with a grammar of the API."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pydantic import AfterValidator, Field

from ..kubernetes import grammar
from .fields import spelt

FILE = r"^[^/\s:][^\s:]*$"
SURGE = r"^([0-9]{1,5}|(100|[0-9]{1,2})%)$"


def _file(value: str) -> str:
    if not re.fullmatch(FILE, value) or value.endswith("\n") or ".." in value.split("/"):
        raise ValueError(f"'{value}' is not a relative path: begin with no '/', and leave out '..', such as 'app.yaml'")
    return value


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
RelativePath = Annotated[str, AfterValidator(_file), Field(json_schema_extra={"pattern": FILE})]
"""Path below a volume."""
Surge = Annotated[str, Field(pattern=SURGE)]
"""Number of pods, or percent of them."""

if TYPE_CHECKING:
    TagValue = pulumi.Input[str]
else:
    TagValue = spelt(grammar.LABEL_VALUE, output=True)


def exactly_one(group: Any, *names: str) -> None:
    """ValueError unless exactly one of some keys is given."""
    given = [name for name in names if getattr(group, name) is not None]
    if len(given) != 1:
        listed = ", ".join(names)
        wrong = f"it has {' and '.join(given)}" if given else f"it has none of {listed}"
        raise ValueError(f"{wrong}: give exactly one of {listed}")
