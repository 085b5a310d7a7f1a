"""McpProbe: an exporter in the cluster that watches servers as their clients see them."""

from dataclasses import replace
from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called, checked
from ..inputs.heading import Heading, heading_of
from ..inputs.outputs import after, awaited, clear, report_findings, validate_input
from ..kubernetes.registering import KubernetesObject, named_by_content
from ..rules import probing, workload
from ..settings.probe_file import WatchedEndpoint
from ..types.probe_runner import HELP, McpProbeArgs
from . import objects as made
from . import spec as specs
from .args import probe_findings, probe_spec
from .keys import ProbeKeys


class McpProbe(pulumi.ComponentResource):
    """The probe's exporter: Deployment, Service, ConfigMap, ServiceAccount, NetworkPolicy, and a ServiceMonitor."""

    service_name: pulumi.Output[str]
    """Name of the Service, which Prometheus scrapes; known once the exporter is ready."""
    port: pulumi.Output[int]
    """Port of the metrics."""

    @overload
    def __init__(self, name: str, args: McpProbeArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpProbeArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: McpProbeArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        where = called("McpProbe", name)
        keys = checked(ProbeKeys, where, args, keywords, lambda rest: probe_findings(probe_spec(name, rest), rest))
        heading = heading_of(keys, where)
        probe = probe_spec(name, keys)
        report_findings(probe_findings(probe, keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpProbe", name, None, opts)
        keys = keys.model_copy(
            update={"endpoints": [_in_clear(one, place, heading) for place, one in enumerate(keys.endpoints)]}
        )
        probe = replace(
            probe_spec(name, keys),
            image=validate_input(probe.image, lambda known: workload.image_findings(known, path="image"), heading),
        )
        opened, resources = list(made.openings(keys)), dict[str, Any]()
        for suffix, one in made.probe_objects(probe, keys).items():
            opts = pulumi.ResourceOptions(parent=self)
            if suffix == made.NETWORK:
                opts.depends_on = [resources[opening] for opening in opened]
            elif suffix == made.DEPLOYMENT:
                before = [resources[made.ACCOUNT], resources[made.CONFIG]]
                opts = awaited(self, keys.await_timeout_seconds, depends_on=before)
            register = named_by_content if suffix == made.CONFIG else KubernetesObject
            resources[suffix] = register(f"{name}-{suffix}", one, opts)
        self.service_name = after([resources[made.DEPLOYMENT], resources[made.SERVICE]], probe.name)
        self.port = pulumi.Output.from_input(specs.PORT)
        self.register_outputs({"serviceName": self.service_name, "port": self.port})

    __init__.__doc__ = HELP


def _in_clear(endpoint: WatchedEndpoint, place: int, heading: Heading) -> WatchedEndpoint:
    """The endpoint with an address that is judged as soon as it is known: it stands in the ConfigMap."""
    path, headers = f"endpoints[{place}].url", bool(endpoint.headers)
    url = clear(
        endpoint.url,
        lambda known: list(probing.address_findings(known, path, headers=headers)),
        probing.secret_address_findings(path),
        heading,
    )
    return endpoint.model_copy(update={"url": url})
