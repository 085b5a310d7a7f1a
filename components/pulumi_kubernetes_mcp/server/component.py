"""McpService: an MCP server as a Deployment that drains, spreads and is reachable only by those it names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Unpack, overload

import pulumi
import pulumi_kubernetes as k8s

from ..inputs.checked import NOT_GIVEN, checked
from ..inputs.outputs import after, awaited, clear, mapped, report_findings, validate_input
from ..kubernetes import network
from ..kubernetes import objects as common
from ..rules import workload
from ..rules.environment import env_findings, secret_output_findings
from ..types.server import McpServiceArgs
from . import spec as specs
from .args import server_spec, service_findings
from .keys import ServiceKeys


class McpService(pulumi.ComponentResource):
    """An MCP server: Deployment, Service, ServiceAccount, PodDisruptionBudget and NetworkPolicy."""

    service_name: pulumi.Output[str]
    """Name of the Service."""
    deployment_name: pulumi.Output[str]
    """Name of the Deployment, known once its pods are ready."""
    namespace: pulumi.Output[str]
    """Namespace of both."""
    url: pulumi.Output[str]
    """URL of the MCP endpoint inside the cluster."""

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
        keys = checked(ServiceKeys, f'McpService "{name}"', args, keywords)
        heading = f'McpService "{name}" cannot work:'
        server = server_spec(name, keys)
        report_findings(service_findings(server, keys), heading, keys.accept)
        super().__init__("kubernetes-mcp:index:McpService", name, None, opts)
        server = replace(
            server,
            image=validate_input(server.image, lambda known: workload.image_findings(known, path="image"), heading),
            env={variable: _clear(variable, value, heading) for variable, value in server.env.items()},
        )
        labels = common.labels(server.name, specs.COMPONENT)
        versioned = common.versioned(labels, mapped(server.image, common.image_version))
        child = pulumi.ResourceOptions(parent=self)

        def object_metadata(annotations: Mapping[str, Any] | None = None) -> common.Spec:
            return common.metadata(server.name, keys.namespace, labels, annotations)

        account = k8s.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=object_metadata(keys.service_account_annotations or None),
            automount_service_account_token=False,
            opts=child,
        )
        openings = [
            k8s.networking.v1.NetworkPolicy(
                f"{name}-from-{suffix}",
                metadata=common.metadata(f"{server.name}-from-{suffix}", keys.namespace, labels),
                spec=network.opening_policy(server.match, origins, server.port_names),
                opts=child,
            )
            for suffix, origins in network.named_origins(keys.allow_from).items()
        ]
        k8s.networking.v1.NetworkPolicy(
            f"{name}-network",
            metadata=object_metadata(),
            spec=network.network_policy(server.match, keys.allow_from, [], server.port_names),
            # What moves from here to a policy of its own is open there first.
            opts=pulumi.ResourceOptions(parent=self, depends_on=openings),
        )
        for suffix, destination in network.destination_names(keys.allow_to).items():
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{suffix}",
                metadata=common.metadata(f"{server.name}-{suffix}", keys.namespace, labels),
                spec=network.egress_policy(server.match, destination),
                opts=child,
            )
        if server.replicas > 1:
            k8s.policy.v1.PodDisruptionBudget(
                f"{name}-disruption",
                metadata=object_metadata(),
                spec=common.disruption_budget(
                    server.match,
                    min_available=server.min_available,
                    max_unavailable=1 if server.sessions and keys.min_available is None else None,
                ),
                opts=child,
            )
        deployment = k8s.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=common.metadata(server.name, keys.namespace, versioned, None if keys.autoscaled else specs.FORCE),
            spec=specs.deployment(server, versioned),
            opts=deployment_options(self, account, keys),
        )
        service = k8s.core.v1.Service(
            f"{name}-service",
            metadata=object_metadata(common.SKIP_AWAIT),
            spec=specs.service(server),
            opts=child,
        )
        self.deployment_name = deployment.metadata.name
        # Whoever routes to the Service waits until the pods are open to it, and goes before they close again.
        self.service_name = after(openings, service.metadata.name)
        self.namespace = service.metadata.namespace
        self.url = pulumi.Output.format(
            "http://{0}.{1}.svc:{2}{3}",
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


def _clear(variable: str, value: pulumi.Input[str], heading: str) -> pulumi.Input[str]:
    """The value of an environment variable in clear, which no secret may be."""
    return clear(
        value,
        lambda known: env_findings({variable: known}, path="env"),
        secret_output_findings(variable, path="env"),
        heading,
    )


def deployment_options(parent: pulumi.Resource, account: pulumi.Resource, keys: ServiceKeys) -> pulumi.ResourceOptions:
    """Wait for the account; leave the count alone after creation where an autoscaler owns it."""
    return awaited(
        parent,
        keys.await_timeout_seconds,
        depends_on=[account],
        ignore_changes=["spec.replicas"] if keys.autoscaled else None,
    )
