"""The grammars of what ends in a field of Kubernetes, one for each kind of field, in one place.

Each says of a text whether the API server, or who reads the field after it, takes it, and in which words it is refused.
No field takes other digits or letters than those of ASCII. A pattern is one for ``re.fullmatch``, and for JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
"""A DNS label (RFC 1123)."""
_PART = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{_PART}(\.{_PART})*"
"""A DNS subdomain as the API server sees one: the name of most objects. Only the whole has a greatest length (253)."""
_QUALIFIED = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_DOMAIN_COMPONENT = r"[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?"
_NO_WAY_UP = r"(?!\.\.)(?!\.$)"
"""Neither '.' nor what begins with '..'."""
_COMPONENT = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"


@dataclass(frozen=True)
class Grammar:
    """What a kind of field takes."""

    is_not: str
    """What a value that does not fit is not, with its article, such as 'the name of an environment variable'."""
    use: str
    """What to write instead, as an imperative."""
    pattern: str
    longest: int = 0
    """Greatest number of characters; 0 where the pattern says it, or nothing does."""
    also: Callable[[str], bool] | None = field(default=None, compare=False)
    """What a pattern cannot say."""

    def takes(self, text: str) -> bool:
        """Whether a text fits."""
        return (
            (not self.longest or len(text) <= self.longest)
            and re.fullmatch(self.pattern, text) is not None
            and (self.also is None or self.also(text))
        )


def _prefixed(text: str) -> bool:
    prefix, slash, _ = text.rpartition("/")
    return not slash or len(prefix) <= 253


def _short_repository(text: str) -> bool:
    name = text.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return len(f"{head}{slash}{last.partition(':')[0]}") <= 255


ENV_NAME = Grammar(
    "the name of an environment variable",
    "use letters, digits, '_', '-' and '.', beginning with no digit, such as 'LOG_LEVEL'",
    rf"{_NO_WAY_UP}[-._a-zA-Z][-._a-zA-Z0-9]*",
)
"""What every supported version takes; from 1.34 on the API server takes more, and a shell never reads it."""
DATA_KEY = Grammar(
    "the key of a Secret or a ConfigMap",
    "use at most 253 letters, digits, '-', '_' and '.', such as 'database-password'; the value itself belongs into the "
    "Secret",
    rf"{_NO_WAY_UP}[-._a-zA-Z0-9]+",
    253,
)
OBJECT_NAME = Grammar(
    "the name of an object",
    "use at most 253 lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit",
    SUBDOMAIN,
    253,
)
HOST_NAME = Grammar(
    "a name of a host",
    "use at most 253 lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit, such as "
    "'db.example.com'",
    SUBDOMAIN,
    253,
)
SEARCH_DOMAIN = Grammar(
    "a domain that names are looked for in",
    "use lower-case letters, digits, '-' and '.', such as 'svc.cluster.local', with or without a dot at the end",
    rf"{SUBDOMAIN}\.?",
    254,
)
DNS_LABEL = Grammar(
    "a DNS label",
    "use at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit",
    LABEL,
)
LABEL_KEY = Grammar(
    "the key of a label or an annotation",
    "use at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit; a domain and '/' "
    "may stand before them, as in 'example.com/team'",
    rf"({SUBDOMAIN}/)?{_QUALIFIED}",
    also=_prefixed,
)
ANNOTATION_KEY = Grammar(
    "the key of a label or an annotation",
    LABEL_KEY.use,
    rf"({_DOMAIN_COMPONENT}(\.{_DOMAIN_COMPONENT})*/)?{_QUALIFIED}",
    also=_prefixed,
)
"""As that of a label; the API server reads the domain of an annotation in lower case."""
_ONE_OF_MANY = rf"metadata\.(labels\['({LABEL_KEY.pattern})'\]|annotations\['({ANNOTATION_KEY.pattern})'\])"
ENV_FIELD = Grammar(
    "a field of the pod that a variable can show",
    "give metadata.name, metadata.namespace, metadata.uid, metadata.labels['KEY'], metadata.annotations['KEY'], "
    "spec.nodeName, spec.serviceAccountName, status.hostIP, status.hostIPs, status.podIP or status.podIPs",
    r"metadata\.(name|namespace|uid)|spec\.(nodeName|serviceAccountName)|status\.(host|pod)IPs?|" + _ONE_OF_MANY,
)
"""ValidateEnvVarValueFrom in pkg/apis/core/validation of Kubernetes 1.36."""
FILE_FIELD = Grammar(
    "a field of the pod that a file can show",
    "give metadata.name, metadata.namespace, metadata.uid, metadata.labels, metadata.annotations, "
    "metadata.labels['KEY'] or metadata.annotations['KEY']",
    r"metadata\.(name|namespace|uid|labels|annotations)|" + _ONE_OF_MANY,
)
"""What a volume takes: all labels and all annotations besides, and nothing that is known only when the pod runs."""
LABEL_VALUE = Grammar(
    "the value of a label",
    "use at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit",
    rf"({_QUALIFIED})?",
)
PATH_SEGMENT = Grammar(
    "a part of a path",
    "give a name without '/', '%' and control characters",
    r"(?!\.{1,2}$)[^/%\x00-\x1f\x7f]+",
)
KIND = Grammar("the kind of an object", "write it as 'HTTPRoute'", r"[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?")
API_VERSION = Grammar("an API version", "write it as 'apps/v1' or 'v1'", rf"({SUBDOMAIN}/)?{LABEL}", also=_prefixed)
CSI_DRIVER = Grammar(
    "the name of a CSI driver",
    "use at most 63 lower-case letters, digits, '-' and '.', such as 'secrets-store.csi.k8s.io'",
    SUBDOMAIN,
    63,
)
API_GROUP = Grammar(
    "a group of the API",
    "write it without its version, as 'apps', and '' for the core, which has pods and Services; '*' is every group",
    rf"\*|(?!v[0-9]+((alpha|beta)[0-9]+)?$)({SUBDOMAIN})?",
    253,
)
API_RESOURCE = Grammar(
    "a resource of the API",
    "write it in the plural and in lower case, as 'pods' or 'pods/log'; '*' is every resource",
    r"(\*|[a-z0-9]([-a-z0-9.]*[a-z0-9])?)(/(\*|[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?))?",
    253,
)
API_VERB = Grammar(
    "a verb of the API",
    "give get, list, watch, create, update, patch, delete or deletecollection, in lower case; '*' is every verb",
    r"\*|(?!(read|write|edit|view|describe|apply|exec|log|logs)$)[a-z]([-a-z0-9:./]*[a-z0-9])?",
)
"""Others have a meaning of their own for some resource, such as impersonate, bind, escalate, use and approve; the words
of kubectl have none."""
_PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
IMAGE = Grammar(
    "an image reference",
    "write it as 'registry.example.com/team/name:1.4.2', the path of the repository in lower case",
    rf"(({_DOMAIN_COMPONENT}(\.{_DOMAIN_COMPONENT})*|\[[a-fA-F0-9:]+\])(:{_PORT})?/)?{_COMPONENT}(/{_COMPONENT})*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    also=_short_repository,
)
"""The reference grammar of container registries."""
QUANTITY = Grammar(
    "a quantity",
    "write a number, such as '10', '500m' or '2k'",
    r"[0-9]{1,18}(\.[0-9]{1,9})?([numkMGTPE]|[KMGTPE]i)?",
)
DURATION = Grammar(
    "a duration",
    "write it as '30s', '15m' or '1h'",
    r"0|([0-9]{1,6}[smh]){1,3}",
)
VERSION = Grammar(
    "a version of Kubernetes",
    "write it as '1.36', in quotes",
    r"v?[0-9]{1,3}\.[0-9]{1,4}\+?(\.[0-9]{1,4})?([-+.][0-9A-Za-z.+-]{1,60})?",
)
URL = Grammar(
    "the URL of an HTTP server",
    "write it as 'http://host:port', without credentials",
    r"https?://([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?#][!-?A-~]*)?",
    also=lambda text: int((re.search(r"\]?:([0-9]+)", text.split("://", 1)[1].split("/")[0]) or ["", "80"])[1]) < 65536,
)

ALL: Mapping[str, Grammar] = {name: value for name, value in sorted(globals().items()) if isinstance(value, Grammar)}
"""Every grammar by its name, for whoever tests all of them."""


def is_address(text: str) -> bool:
    """Whether a text is an IP address, as the API server reads one: no zone, and no zero before a number."""
    try:
        return "%" not in text and bool(ip_address(text))
    except ValueError:
        return False
