"""What patches make of the server's container, held against the rules that read keys otherwise. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..kubernetes import placement
from ..kubernetes.made import Made
from ..kubernetes.objects import STARTUP_PROBE
from ..kubernetes.patches import at
from ..rules import workload
from ..rules.drain_unseen import signal_findings
from ..rules.model import Finding
from .keys import ServiceKeys
from .spec import CONTAINER

SIGNAL = "lifecycle.stopSignal"
PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
ROUTES = tuple(f"{probe}.httpGet.path" for probe in PROBES)


def container_findings(objects: Iterable[Made], keys: ServiceKeys) -> list[Finding]:
    """MCP104 for a route that a patched probe asks and no key says, MCP182 for its scheme, MCP351 for another signal
    than SIGTERM, MCP188 for a start-up probe that gives up too soon."""
    found: list[Finding] = []
    objects = list(objects)
    for place, field, value in _said(objects, keys):
        path = f"patches[{place}].patch"
        if field == SIGNAL:
            found += signal_findings(value, path=path)
        elif value not in (keys.health_path, keys.liveness_path):
            found += workload.endpoint_findings(value, [keys.path], path=path)
    return list(dict.fromkeys([*found, *_of_schemes(objects, keys), *_of_starts(objects, keys)]))


def patience(keys: ServiceKeys) -> Mapping[str, int]:
    """How long the start-up probe waits, before any patch."""
    made = placement.startup(STARTUP_PROBE, keys.probes.startup, keys.startup_seconds)
    made = placement.probe({}, made, keys.probes.startup)
    return {key: made[key] for key in ("periodSeconds", "failureThreshold")}


def _of_starts(objects: Iterable[Made], keys: ServiceKeys) -> Iterator[Finding]:
    """Of patched start-up probes; what the keys say of the patience, they are told of there."""
    for one in objects:
        places = [place for place, patch in enumerate(keys.patches) if patch.kind in (one.kind, "Pod")]
        probe = at(one.body, f"spec.template.spec.containers[{CONTAINER}].startupProbe") if places else None
        if not isinstance(probe, Mapping):
            continue
        # What is left out is what the API server fills in.
        period, failures, delay = (
            probe.get(key, unsaid)
            for key, unsaid in (("periodSeconds", 10), ("failureThreshold", 3), ("initialDelaySeconds", 0))
        )
        known = all(isinstance(number, int) for number in (period, failures, delay))
        if known and {"periodSeconds": period, "failureThreshold": failures} != patience(keys):
            yield from workload.startup_findings(
                period=period,
                failures=failures,
                delay=delay,
                startup_seconds=keys.startup_seconds,
                path=f"patches[{places[-1]}].patch",
            )


def _of_schemes(objects: Iterable[Made], keys: ServiceKeys) -> Iterator[Finding]:
    """Of patched probes that ask the server's own port; what the keys say of the scheme, they are told of there."""
    for one in objects:
        places = [place for place, patch in enumerate(keys.patches) if patch.kind in (one.kind, "Pod")]
        for probe in PROBES if places else ():
            asked = at(one.body, f"spec.template.spec.containers[{CONTAINER}].{probe}.httpGet")
            if not isinstance(asked, Mapping) or asked.get("port") not in ("http", keys.port):
                continue
            scheme = asked.get("scheme", "HTTP")
            if scheme in ("HTTP", "HTTPS") and scheme != keys.probes.scheme:
                yield from workload.scheme_findings(
                    scheme,
                    serves_tls=keys.serves_tls,
                    path=f"patches[{places[-1]}].patch",
                    asks="The kubelet",
                    tls_key="⟦serves_tls⟧",
                )


def _said(objects: Iterable[Made], keys: ServiceKeys) -> Iterator[tuple[int, str, str]]:
    """The last patch of each workload, with the fields of the server's container that it may have said."""
    for one in objects:
        places = [place for place, patch in enumerate(keys.patches) if patch.kind in (one.kind, "Pod")]
        for field in (*ROUTES, SIGNAL) if places else ():
            value = at(one.body, f"spec.template.spec.containers[{CONTAINER}].{field}")
            if isinstance(value, str):
                yield places[-1], field, value
