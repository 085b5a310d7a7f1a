"""McpService: an MCP server as a workload that drains, spreads, and opens to those it names."""

from dataclasses import replace
from typing import Any, Unpack, overload

import pulumi

from ..inputs.checked import NOT_GIVEN, called, checked
from ..inputs.heading import Heading, heading_of
from ..inputs.outputs import after, awaited, clear, report_findings, validate_input, warned
from ..kubernetes.registering import KubernetesObject, cleared_patches
from ..rules import workload
from ..rules.environment import env_findings, secret_output_findings
from ..rules.model import Finding
from ..rules.network import but_openings, called_texts
from ..settings.keys.server import PodKeys
from ..types.server import HELP, McpServiceArgs
from . import objects as made
from . import spec as specs
from .args import called_findings, opening_findings, patched_objects, server_spec, service_findings
from .keys import ServiceKeys


class McpService(pulumi.ComponentResource):
    """An MCP server: Deployment, Service, ServiceAccount, PodDisruptionBudget and NetworkPolicy. Where each pod has a
    claim of its own it is a StatefulSet, with a Service that names its pods; with Argo Rollouts a Rollout, with a
    Service of the newest pods."""

    service_name: pulumi.Output[str]
    """Name of the Service."""
    deployment_name: pulumi.Output[str]
    """Name of the Deployment, the StatefulSet or the Rollout, known once its pods are ready."""
    namespace: pulumi.Output[str]
    """Namespace of both."""
    url: pulumi.Output[str]
    """URL of the MCP endpoint inside the cluster."""

    @property
    def spec(self) -> specs.ServerSpec:
        """The server, settled, as others take it from here: ``McpAutoscaling("web", server=service, ...)``."""
        return self._spec

    @property
    def shown(self) -> str:
        """What messages call it: class and name."""
        return f'McpService "{self.pulumi_resource_name}"'

    @overload
    def __init__(self, name: str, args: McpServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keys: Unpack[McpServiceArgs]
    ) -> None: ...
    def __init__(  # type: ignore[misc]  # Its key `args` is a keyword too, and told apart by being a list.
        self,
        name: str,
        args: McpServiceArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        where = called("McpService", name)
        keys = checked(ServiceKeys, where, args, keywords, lambda rest: _found(server_spec(name, rest), rest))
        heading = heading_of(keys, where)
        server = server_spec(name, keys)
        report_findings(_found(server, keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpService", name, None, opts)
        held = _Held(heading, server, keys)
        server = replace(
            server,
            image=held.image(server.image, "image"),
            env={
                variable: held.calls(variable, held.clear(variable, value, "env"))
                for variable, value in server.env.items()
            },
            pod=held.beside(server.pod),
        )
        self._spec = server
        keys = cleared_patches(keys, heading, lambda changed: service_findings(server, changed, heading.enforced))
        objects, _ = patched_objects(server, keys)
        resources: dict[str, Any] = {}
        opened = [suffix for suffix in objects if suffix in made.openings(keys)]
        for suffix, one in objects.items():
            opts = pulumi.ResourceOptions(parent=self)
            if suffix == made.NETWORK:
                # What moves from here to a policy of its own is open there first.
                opts.depends_on = [resources[opening] for opening in opened]
            elif one.kind == made.CLAIM:
                # The data outlives the stack, and whoever deletes a claim means it.
                opts.retain_on_delete = True
            elif suffix in made.WORKLOADS:
                needed = (made.ACCOUNT, made.SERVICE, made.PREVIEW)
                opts = deployment_options(self, [resources[one] for one in needed if one in resources], keys)
            elif server.workload == specs.ROLLOUT and suffix in (made.SERVICE, made.PREVIEW):
                # The controller of Argo Rollouts adds to it which revision it leads to.
                opts.ignore_changes = ["spec.selector"]
            resources[suffix] = KubernetesObject(f"{name}-{suffix}", one, opts)
        controller = next(resources[suffix] for suffix in made.WORKLOADS if suffix in resources)
        service = resources[made.SERVICE]
        openings = [resources[opening] for opening in opened]
        self.deployment_name = controller.object_name
        # Whoever routes to the Service waits until the pods are open to it, and goes before they close again.
        self.service_name = after(openings, service.object_name)
        self.namespace = service.object_namespace
        self.url = pulumi.Output.format(
            f"{'https' if keys.serves_tls else 'http'}://{{0}}.{{1}}.svc:{{2}}{{3}}",
            self.service_name,
            self.namespace,
            specs.SERVICE_PORT,
            keys.path,
        )
        self.register_outputs(
            {
                "serviceName": self.service_name,
                "deploymentName": self.deployment_name,
                "namespace": self.namespace,
                "url": self.url,
            }
        )

    __init__.__doc__ = HELP


class _Held:
    """Values of one server that may be Outputs, held to their rules when they are known, and refused at once."""

    def __init__(self, heading: Heading, server: specs.ServerSpec, keys: ServiceKeys) -> None:
        self.heading, self._server, self._keys = heading, server, keys

    def image(self, image: pulumi.Input[str], path: str) -> pulumi.Input[str]:
        """The image of a container, which has a fixed tag or a digest as soon as it is known."""
        return validate_input(image, lambda known: workload.image_findings(known, path=path), self.heading)

    def clear(self, variable: str, value: pulumi.Input[str], path: str) -> pulumi.Input[str]:
        """The value of an environment variable in clear, which no secret may be."""
        return clear(
            value,
            lambda known: env_findings({variable: known}, path=path),
            secret_output_findings(variable, path=path),
            self.heading,
        )

    def calls(self, variable: str, value: pulumi.Input[str]) -> pulumi.Input[str]:
        """The same variable, with a warning where what it calls is a Service whose pods nothing opens."""

        def found(known: str) -> list[Finding]:
            return called_findings(called_texts({variable: known}, {}), self._server, self._keys)

        return warned(value, found, self.heading, self._keys.accept)

    def beside(self, pod: PodKeys) -> PodKeys:
        """The containers beside the server's own, whose images and variables in clear are held to the same."""

        def cleared(key: str) -> list[Any]:
            return [
                one.model_copy(
                    update={
                        "image": self.image(one.image, f"{key}[{place}].image"),
                        "env": {
                            name: self.clear(name, value, f"{key}[{place}].env") for name, value in one.env.items()
                        },
                    }
                )
                for place, one in enumerate(getattr(pod, key))
            ]

        changed: dict[str, Any] = {key: cleared(key) for key in ("sidecars", "init_containers")}
        if (asking := pod.readiness_sidecar) is not None:
            image = self.image(asking.image, "readiness_sidecar.image")
            changed["readiness_sidecar"] = asking.model_copy(update={"image": image})
        return pod.model_copy(update=changed)


def _found(server: specs.ServerSpec, keys: ServiceKeys) -> list[Finding]:
    return but_openings([*service_findings(server, keys), *opening_findings(keys)], policies=keys.pod_policies)


def deployment_options(
    parent: pulumi.Resource, needed: list[pulumi.Resource], keys: ServiceKeys
) -> pulumi.ResourceOptions:
    """Wait for what is needed first; leave the count alone after creation where an autoscaler owns it."""
    return awaited(
        parent,
        max(keys.await_timeout_seconds, keys.startup_seconds + specs.PROGRESS_SECONDS),
        depends_on=needed,
        ignore_changes=["spec.replicas"] if keys.autoscaled else None,
    )
