"""What McpProbe is made from: the arguments as a spec, and the rules applied to them."""

from ..inputs.outputs import plain
from ..kubernetes import mesh
from ..platforms import pull_policy
from ..rules import openings, probing, workload
from ..rules.model import Finding
from ..settings.probe_file import WatchedEndpoint
from . import spec as specs
from .keys import ProbeKeys


def probe_spec(name: str, keys: ProbeKeys) -> specs.ProbeSpec:
    """The arguments with the name of the component where they give none."""
    return specs.ProbeSpec(
        name=keys.probe_name or name,
        image=keys.image,
        pull_policy=pull_policy(keys.image_pull_policy, keys.platform),
        configuration=specs.configuration(
            watcher=keys.watcher,
            interval_seconds=keys.interval_seconds,
            timeout_seconds=keys.timeout_seconds,
            endpoints=keys.endpoints,
        ),
        timeout_seconds=max([keys.timeout_seconds, *(one.timeout_seconds or 0 for one in keys.endpoints)]),
        interval_seconds=keys.interval_seconds,
        secret_name=keys.secret_name,
        schema_config_map=keys.schema_config_map,
        pod_labels=mesh.pod_labels(keys.mesh),
        pod_annotations=mesh.pod_annotations(keys.mesh),
        user_id=None if keys.cluster_user_id else specs.USER_ID,
        place=keys,
    )


def probe_findings(probe: specs.ProbeSpec, keys: ProbeKeys, *, ending: str = "") -> list[Finding]:
    """Every rule that the arguments of one exporter can break.

    :param ending: what a region added to a name that it was given.
    """
    image = plain(probe.image)
    found = [] if image is None else workload.image_findings(image, path="image")
    found += workload.name_findings(probe.name, path="probe_name", ending=ending)
    for place, origin in enumerate(keys.allow_from):
        found += openings.opening_findings(origin.cidrs or (), path=f"allow_from[{place}].cidrs")
    return found + probing.probing_findings(
        [_facts(one, keys) for one in keys.endpoints],
        interval_seconds=keys.interval_seconds,
        path="endpoints",
        interval_path="interval_seconds",
        secret=keys.secret_name is not None,
        schemas=keys.schema_config_map is not None,
        files=(f"{specs.FOLDER}/secrets/", f"{specs.FOLDER}/schemas/"),
    )


def _facts(endpoint: WatchedEndpoint, keys: ProbeKeys) -> probing.Facts:
    return probing.Facts(endpoint, endpoint.timeout_seconds or keys.timeout_seconds)
