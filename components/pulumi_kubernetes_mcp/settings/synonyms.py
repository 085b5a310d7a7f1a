"""What a choice is called elsewhere: by Kubernetes, by a controller's own name, by a date of the protocol. Pure.

Such a word is spelt like none of the choices, and often it is the right thing under another name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

_NO_LETTER = re.compile(r"[^a-z0-9+]")
_STREAMABLE = ("legacy-stateful", "legacy-stateless")
_CALLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Affinity: Services, nginx, Traefik, HAProxy, Envoy.
        **dict.fromkeys(("clientip", "iphash", "ip", "source", "sourceaddress", "remoteaddr"), ("source-ip",)),
        **dict.fromkeys(("sticky", "stickycookie", "stickysession", "stickysessions", "lbcookie"), ("cookie",)),
        **dict.fromkeys(("roundrobin", "leastrequest", "leastconn", "off"), ("none",)),
        # Implementations: charts, classes and abbreviations.
        **dict.fromkeys(("envoy", "eg", "envoyproxy"), ("envoy-gateway",)),
        **dict.fromkeys(("ingressnginx", "nginxingress", "nginxingresscontroller"), ("nginx",)),
        **dict.fromkeys(("ngf", "nginxgateway"), ("nginx-gateway-fabric",)),
        **dict.fromkeys(("haproxyingress", "haproxykubernetesingress"), ("haproxy",)),
        **dict.fromkeys(("aws", "awsalb", "elb", "awsloadbalancercontroller"), ("alb",)),
        **dict.fromkeys(("gcp", "gce", "google", "gkegateway"), ("gke",)),
        **dict.fromkeys(("gloo", "kgatewaydev"), ("kgateway",)),
        **dict.fromkeys(("router", "ocp"), ("openshift",)),
        # Runtimes: languages.
        "ts": ("typescript-v2", "typescript-v1"),
        "py": ("python-v2", "python-v1"),
        **dict.fromkeys(("js", "javascript"), ("node",)),
        # Eras: dates and transports.
        "20260728": ("modern",),
        **dict.fromkeys(("20250326", "20250618", "20251125", "streamablehttp", "http", "legacy"), _STREAMABLE),
        **dict.fromkeys(("20241105", "httpsse", "http+sse", "eventstream"), ("sse",)),
        "stateful": ("legacy-stateful",),
    }
)
"""A word without case and signs to the choices that it may mean; none that a rule refuses afterwards."""


def meant_by(word: str, choices: Collection[str]) -> tuple[str, ...]:
    """The choices that somebody means who calls them by another name; none where nothing is known, or not here."""
    meant = _CALLED.get(_NO_LETTER.sub("", word.lower()), ())
    return meant if set(meant) <= set(choices) else ()
