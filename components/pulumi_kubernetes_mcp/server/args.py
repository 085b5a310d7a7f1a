"""What McpService is made from: what follows from the arguments as a spec, and the rules applied to them."""

from collections.abc import Mapping, Sequence

import pulumi

from .. import eras as protocol
from ..inputs.outputs import plain
from ..kubernetes import containers, mesh
from ..kubernetes import network as policies
from ..kubernetes import quantities as units
from ..kubernetes.made import Made
from ..kubernetes.patches import patched
from ..kubernetes.variables import HOME
from ..platforms import IDENTITIES, PLATFORMS, identity_of, pull_policy
from ..rules import argo_rollouts, environment, identity, network, openings, scaling, workload
from ..rules.model import Finding
from ..rules.workload.commands import DOWNLOADS
from ..settings.names import is_no_pod
from . import argo, listening, readiness, told
from . import objects as made
from . import spec as specs
from .keys import ServiceKeys
from .patched import container_findings, patience
from .unread import asks_by_get, service_unread

_BESIDE = "a key of a Secret in ⟦env_value_from⟧ of this container"
"""What refers to a Secret in a container beside the server, which mcp:secrets does not reach."""


def propagation(keys: ServiceKeys) -> int:
    """Between the deletion of a pod and the last proxy that stops sending to it, in seconds."""
    given = keys.propagation_seconds
    return protocol.ENDPOINT_PROPAGATION_SECONDS if given is None else given


def min_ready(keys: ServiceKeys) -> int:
    """How long a new pod is ready before an old one goes, in seconds; nothing waits for it where all go first."""
    given = keys.rollout.min_ready_seconds
    if given is None and keys.rollout.strategy != "Recreate":
        return propagation(keys)
    return given or 0


def server_spec(name: str, keys: ServiceKeys) -> specs.ServerSpec:
    """The arguments with everything that follows from them."""
    era_profile = keys.era_profile
    available = keys.min_available
    return specs.ServerSpec(
        name=keys.server_name or name,
        namespace=keys.namespace,
        eras=tuple(era.value for era in era_profile.eras),
        path=keys.path,
        max_tool_seconds=keys.max_tool_seconds,
        autoscaled=keys.autoscaled,
        production=keys.production,
        image=keys.image,
        pull_policy=pull_policy(keys.image_pull_policy, keys.platform),
        port=keys.port,
        metrics_port=keys.metrics_port or keys.port,
        health_path=keys.health_path,
        liveness_path=keys.liveness_path,
        replicas=keys.min_replicas,
        start_replicas=keys.min_replicas if keys.start_replicas is None else keys.start_replicas,
        sessions=era_profile.sessions,
        pre_stop_seconds=era_profile.pre_stop_seconds,
        grace_period_seconds=era_profile.grace_period_seconds,
        min_ready_seconds=min_ready(keys),
        requests=keys.resources.requests,
        limits=keys.resources.limits,
        env=server_environment(keys),
        secret_name=keys.secret_name,
        secret_env=[(item.variable, item.key) for item in keys.secret_env],
        secret_version=keys.secret_version,
        database_ca=keys.database_ca,
        user_id=None if keys.cluster_user_id else keys.user_id,
        command=keys.command,
        args=keys.args,
        session_affinity=keys.session_affinity,
        min_available=max(1, keys.min_replicas - 1) if available is None else available,
        pod_labels={**mesh.pod_labels(keys.mesh), **identity_labels(keys)},
        pod_annotations=mesh.pod_annotations(keys.mesh),
        pod=keys,
        scale_down_delay_seconds=scale_down_delay(keys),
    )


def scale_down_delay(keys: ServiceKeys) -> int:
    """How long the old pods of a Rollout run on after the switch, in seconds; 0 where there is no Rollout."""
    asked = keys.rollout.argo_rollouts
    if asked is None:
        return 0
    slowest = keys.max_tool_seconds
    return argo.delay_seconds(given=asked.scale_down_delay_seconds, propagation=propagation(keys), slowest=slowest)


def identity_in_force(keys: ServiceKeys) -> str:
    """The workload identity that the pods have: the given one, or that of the ServiceAccount's annotation."""
    return identity_of(keys.workload_identity, keys.service_account_annotations)


def identity_labels(keys: ServiceKeys) -> Mapping[str, str]:
    """The labels without which the identity puts nothing into the pods."""
    known = IDENTITIES.get(identity_in_force(keys))
    return {} if known is None else known.pod_labels


def opening_findings(keys: ServiceKeys) -> list[Finding]:
    """Where the arguments open the pods to. A region says the same at the keys that its openings come from."""
    found = network.metadata_findings(
        [(one.port, one.protocol, one.cidrs or [], one.except_cidrs) for one in keys.allow_to],
        path=lambda place: f"allow_to[{place}].cidrs",
    )
    return found + openings.outward_findings(
        [(one.cidrs or [], one.except_cidrs) for one in keys.allow_to], path=lambda place: f"allow_to[{place}].cidrs"
    )


def server_environment(keys: ServiceKeys) -> dict[str, pulumi.Input[str]]:
    """The variables in clear: HOME is the first writable path unless it is given or the whole file system is writable.

    Without, HOME is what the image says of the user, and '/' for an unknown one, where npm, uv and browsers cannot
    write.
    """
    given = {*keys.env, *keys.env_value_from, *(item.variable for item in keys.secret_env)}
    if HOME in given or keys.writable_root or not keys.writable_paths:
        return keys.env
    return {HOME: keys.writable_paths[0].path, **keys.env}


def _pod_findings(server: specs.ServerSpec, keys: ServiceKeys, process_bytes: int) -> list[Finding]:
    """What the rules about files, variables and commands say of the server's container."""
    env = {key: text for key, value in server.env.items() if (text := plain(value)) is not None}
    others = {*server.env, *keys.env_value_from, *(item.variable for item in keys.secret_env)} - {*env}
    open_ended = bool(keys.env_from)
    found = workload.variable_findings(env, others=others, open_ended=open_ended, path="env")
    found += workload.command_findings(
        {"command": keys.command, "args": keys.args}, variables={*env, *others}, open_ended=open_ended
    )
    found += _line_findings("", keys.command, keys.args)
    found += listening.listening_findings(keys)
    found += workload.path_findings(
        [
            *((one.path, f"writable_paths[{place}]") for place, one in enumerate(keys.writable_paths)),
            *((one.path, f"volumes[{place}].path") for place, one in enumerate(keys.volumes)),
        ]
    )
    if not keys.writable_root:
        found += workload.home_findings(
            env,
            mounts=[
                *((one.path, True) for one in keys.writable_paths),
                *((one.path, one.can_be_written) for one in keys.volumes),
            ],
            path="env",
        )
    found += workload.claim_findings(
        [
            workload.MadeClaim(f"volumes[{place}].claim", one.claim.access_mode)
            for place, one in enumerate(keys.volumes)
            if one.claim is not None and one.claim.size is not None and not one.claim.per_pod
        ],
        replicas=server.replicas,
        autoscaled=keys.autoscaled,
        surge=keys.rollout.strategy != "Recreate" and not is_no_pod(keys.rollout.max_surge),
    )
    directories = [one.path for one in keys.writable_paths] + [one.path for one in keys.volumes]
    beside = [
        *((f"sidecars[{place}]", one) for place, one in enumerate(keys.sidecars)),
        *((f"init_containers[{place}]", one) for place, one in enumerate(keys.init_containers)),
    ]
    found += workload.container_findings(
        [(path, one.name, [mount.volume for mount in one.mounts]) for path, one in beside],
        own=specs.CONTAINER,
        directories=directories,
    )
    found += workload.beside_port_findings(
        [(f"sidecars[{place}]", one.name, one.port) for place, one in enumerate(keys.sidecars) if one.port is not None],
        # The port of the metrics may be a sidecar's: an exporter, or a collector.
        taken={server.port: "the server"},
    )
    found += workload.read_only_findings(
        [
            (f"{path}.mounts[{place}]", mount.volume)
            for path, one in beside
            for place, mount in enumerate(one.mounts)
            if mount.writable
        ],
        why={
            one.path: one.why_read_only or "the pod mounts it read-only"
            for one in keys.volumes
            if one.why_read_only is not None or one.writable is False or not (one.can_be_written or one.claim is None)
        },
    )
    for path, one in beside:
        image = plain(one.image)
        found += [] if image is None else workload.image_findings(image, path=f"{path}.image")
        found += _line_findings(f"{path}.", one.command, one.args)
        of_line = workload.command_findings(
            {f"{path}.command": one.command, f"{path}.args": one.args},
            variables=[*one.env, *one.env_value_from],
            open_ended=bool(one.env_from),
        )
        found += of_line
        values = {key: text for key, value in one.env.items() if (text := plain(value)) is not None}
        found += workload.env_findings(values, path=f"{path}.env", by=_BESIDE)
        found += workload.beside_home_findings(
            values,
            mounts=[(mount.volume if mount.path is None else mount.path, mount.writable) for mount in one.mounts],
            fetches=any(finding.code == DOWNLOADS.code for finding in of_line),
            path=path,
        )
        found += workload.variable_findings(
            values, others=[*one.env, *one.env_value_from], open_ended=bool(one.env_from), path=f"{path}.env"
        )
        found += workload.resource_findings(
            requests=containers.quantities(one.requests), limits=containers.quantities(one.limits), path=path
        )
    found += _service_findings(server, keys)
    api = keys.kubernetes_api
    if api is not None:
        found += workload.rights_findings(
            {
                "kubernetes_api.rules": [one.model_dump() for one in api.rules],
                "kubernetes_api.cluster_rules": [one.model_dump() for one in api.cluster_rules],
            },
            roles=[
                (name, f"kubernetes_api.roles[{place}].name")
                for place, one in enumerate(api.roles)
                if (name := plain(one.name)) is not None
            ],
        )
        rights = len(api.rules) + len(api.cluster_rules) + len(api.roles)
        found += workload.no_right_findings(rights=rights, path="kubernetes_api")
        found += workload.way_findings(wanted=True, ports=[one.port for one in keys.allow_to], path="kubernetes_api")
    sizes = [(one.in_memory, units.parse_memory(one.size)) for one in keys.writable_paths]
    return found + workload.size_findings(
        disk=[size for in_memory, size in sizes if not in_memory],
        memory=[size for in_memory, size in sizes if in_memory],
        disk_limit=_bytes(server.limits.get("ephemeral-storage")),
        memory_limit=_bytes(server.limits.get("memory")),
        process=process_bytes,
        path="writable_paths",
    )


def _service_findings(server: specs.ServerSpec, keys: ServiceKeys) -> list[Finding]:
    """Services of the cluster that variables and arguments name, and whether a way to their pods is open."""
    env = {name: text for name, value in keys.env.items() if (text := plain(value)) is not None}
    texts = network.called_texts(env, {"command": keys.command or (), "args": keys.args or ()})
    return called_findings(texts, server, keys)


def called_findings(texts: Mapping[str, str], server: specs.ServerSpec, keys: ServiceKeys) -> list[Finding]:
    """Services of the cluster that texts at some places name, and whether a way to their pods is open."""
    home = plain(keys.namespace)
    opened = {one.namespace for one in keys.allow_to if one.namespace is not None}
    if any(not isinstance(one, str) for one in opened):
        return []  # A namespace that is known later may be any.
    if any(one.namespace is None and (one.workload is not None or one.pod_labels is not None) for one in keys.allow_to):
        opened.add(home or "")
    return network.service_findings(
        texts,
        opened=opened,
        by_address=any(one.cidrs for one in keys.allow_to),
        own=(plain(server.name) or "", home or ""),
        aliases={plain(name) or "" for one in keys.host_aliases for name in one.hostnames},
    )


def _readiness_findings(server: specs.ServerSpec, keys: ServiceKeys) -> list[Finding]:
    asking = keys.readiness_sidecar
    if asking is None:
        return []
    era = readiness.asked_era(server.eras)
    beside = [*keys.sidecars, *keys.init_containers]
    taken = {one.port: f"'{one.name}'" for one in keys.sidecars if one.port is not None}
    image = plain(asking.image)
    return [
        *([] if image is None else workload.image_findings(image, path="readiness_sidecar.image")),
        *workload.resource_findings(
            requests=containers.quantities(asking.requests),
            limits=containers.quantities(asking.limits),
            path="readiness_sidecar",
        ),
        *workload.sidecar_findings(
            twice=server.health_path is not None or keys.probes.readiness.command is not None,
            sessions_per_hour=readiness.sessions_per_hour(era, asking.interval_seconds),
            interval_seconds=asking.interval_seconds,
            timeout_seconds=asking.timeout_seconds,
            taken={**taken, server.port: "the server", server.metrics_port: "the server"},
            port=asking.port,
            name_taken=readiness.CONTAINER in [one.name for one in beside],
            serves_tls=keys.serves_tls,
            streams_alone=era is None,
            path="readiness_sidecar",
        ),
    ]


def _argo_findings(keys: ServiceKeys) -> list[Finding]:
    """Whether a Rollout goes together with what else is said; nothing where none is asked for."""
    given = keys.rollout
    if given.argo_rollouts is None:
        return []
    others = {
        f"the strategy '{given.strategy}'": given.strategy is not None,
        "⟦rollout.max_surge⟧": given.max_surge is not None,
        "⟦rollout.max_unavailable⟧": given.max_unavailable is not None,
        "a claim of each pod (⟦volumes⟧)": keys.stateful,
    }
    return [
        *argo_rollouts.way_findings(others=[one for one, said in others.items() if said], path="rollout.argo_rollouts"),
        *argo_rollouts.budget_findings(given=keys.min_available is not None, path="min_available"),
    ]


def _line_findings(place: str, command: Sequence[str] | None, args: Sequence[str] | None) -> list[Finding]:
    """Secrets in the command line of a container, whose keys stand behind ``place``."""
    return [
        *environment.argument_findings(args or (), path=f"{place}args"),
        *environment.argument_findings(command or (), path=f"{place}command"),
    ]


def _bytes(text: str | None) -> int | None:
    try:
        return None if text is None else units.parse_memory(text)
    except units.QuantityError:
        return None  # A rule says what is wrong with it.


def patched_objects(
    server: specs.ServerSpec, keys: ServiceKeys, enforced: str | None = None
) -> tuple[dict[str, Made], list[Finding]]:
    """What the service registers, each object by the suffix of its resource, and what is wrong with its patches."""
    return patched(made.service_objects(server, keys), keys.patches, decided=made.DECIDED, enforced=enforced)


def service_findings(
    server: specs.ServerSpec, keys: ServiceKeys, enforced: str | None = None, *, process_bytes: int = 0
) -> list[Finding]:
    """Every rule that the arguments of one service can break.

    :param enforced: the Pod Security level that its namespace is known to enforce.
    :param process_bytes: the memory that a plan reckons for the process of one pod.
    """
    eras = keys.era_profile.eras
    image = plain(server.image)
    found = [] if image is None else workload.image_findings(image, path="image")
    stateful = server.workload == "StatefulSet"
    if server.workload == specs.ROLLOUT:
        ending = argo.PREVIEW_ENDING
        why = f"a Rollout: the Service of its new pods has it with '{ending}'"
        most = workload.LONGEST_LABEL - len(ending)
        found += workload.name_findings(server.name, path="server_name", most=most, short_for=why, service=True)
    else:
        most = specs.LONGEST_STATEFUL_NAME if stateful else workload.LONGEST_LABEL
        found += workload.name_findings(server.name, path="server_name", most=most, service=True)
    found += workload.port_findings(server.port, path="port")
    for place, origin in enumerate(keys.allow_from):
        found += openings.opening_findings(origin.cidrs or (), path=f"allow_from[{place}].cidrs")
    found += workload.reach_findings(
        openings=[one.port for one in keys.allow_from],
        with_peers=[place for place, one in enumerate(keys.allow_from) if policies.names_peers(one)],
        ports=server.port_names,
        port=server.port,
        path="allow_from",
    )
    found += identity.identity_findings(
        identity_in_force(keys),
        platform=keys.platform,
        annotations=keys.service_account_annotations,
        variables=[*keys.env, *(item.variable for item in keys.secret_env)],
        outside_ports=[one.port for one in keys.allow_to if not policies.is_pods(one) and one.protocol == "TCP"],
        path="service_account_annotations",
        identity_path="workload_identity",
        egress_path="allow_to",
        chosen=keys.workload_identity is not None,
    )
    found += workload.env_findings(
        {key: text for key, value in server.env.items() if (text := plain(value))}, path="env"
    )
    found += workload.resource_findings(requests=server.requests, limits=server.limits, path="resources")
    found += workload.memory_declared_findings(requests=server.requests, limits=server.limits, path="resources")
    found += workload.probe_findings(
        health_path=server.health_path,
        liveness_path=server.liveness_path,
        mcp_path=keys.path,
        path=lambda key: key,
        by_command=[name for name in ("readiness", "liveness") if getattr(keys.probes, name).command is not None],
        by_sidecar=keys.readiness_sidecar is not None,
    )
    if asks_by_get(keys):
        found += workload.scheme_findings(
            keys.probes.scheme,
            serves_tls=keys.serves_tls,
            path="probes.scheme",
            asks="The kubelet",
            tls_key="⟦serves_tls⟧",
        )
    start = patience(keys)
    if keys.probes.startup.failure_threshold is not None:
        found += workload.startup_findings(
            period=start["periodSeconds"],
            failures=start["failureThreshold"],
            delay=0,
            startup_seconds=keys.startup_seconds,
            path="probes.startup.failure_threshold",
        )
    found += _readiness_findings(server, keys)
    found += workload.drain_findings(
        pre_stop=server.pre_stop_seconds,
        graceful=keys.era_profile.graceful_timeout_seconds,
        grace=server.grace_period_seconds,
        max_tool_seconds=keys.max_tool_seconds,
        propagation=propagation(keys),
        legacy=not protocol.LEGACY_ERAS.isdisjoint(eras),
        modern=protocol.Era.MODERN in eras,
        pre_stop_path="pre_stop_seconds",
        graceful_path="graceful_timeout_seconds",
        grace_path="grace_period_seconds",
    )
    found += _pod_findings(server, keys, process_bytes)
    found += workload.label_findings(
        {name: getattr(keys, name) for name in ("labels", "annotations", "pod_labels", "pod_annotations")}
    )
    found += workload.user_findings(
        by_cluster=keys.cluster_user_id,
        given=keys.user_id != ServiceKeys.model_fields["user_id"].default,
        path="cluster_user_id",
    )
    found += workload.fixed_user_findings(
        user=server.user_id,
        chosen_by_cluster=PLATFORMS[keys.platform].cluster_user_ids,
        path="cluster_user_id" if keys.user_id == ServiceKeys.model_fields["user_id"].default else "user_id",
    )
    found += workload.asked_mesh_findings(
        {"pod_labels": keys.pod_labels, "pod_annotations": keys.pod_annotations},
        mesh=keys.mesh,
        opened=[plain(one.namespace) for one in keys.allow_to],
    )
    found += workload.mesh_findings(sidecar=keys.mesh == mesh.SIDECAR, enforced=enforced, path="mesh")
    found += workload.root_findings(writable=keys.writable_root, path="writable_root")
    found += workload.outage_findings(
        strategy="Recreate" if stateful and server.replicas == 1 and not keys.autoscaled else keys.rollout.strategy,
        drain_seconds=server.grace_period_seconds,
        startup_seconds=keys.startup_seconds,
        path="rollout.strategy",
    )
    found += _argo_findings(keys)
    if server.replicas > 1:
        found += scaling.disruption_findings(
            min_available=server.min_available, min_replicas=server.replicas, path="min_available"
        )
    found += scaling.replica_findings(
        minimum=server.replicas,
        maximum=server.replicas,
        production=keys.production,
        min_path="min_replicas",
        max_path="min_replicas",
    )
    found += service_unread(server, keys)
    if keys.patches and all(finding.code != workload.BAD_QUANTITY.code for finding in found):
        # Without quantities there is no object to patch.
        objects, of_patches = patched_objects(server, keys, enforced)
        unpatched = made.service_objects(server, keys).values()
        gone, wrong = told.changed(
            unpatched, objects.values(), keys, lambda texts: called_findings(texts, server, keys)
        )
        found = [*told.without(found, gone), *of_patches, *container_findings(objects.values(), keys), *wrong]
    return found
