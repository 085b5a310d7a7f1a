"""What McpPgBouncer is made from: the arguments as a spec, and the rules applied to them."""

import pulumi

from ..inputs.outputs import plain
from ..kubernetes import mesh
from ..kubernetes.made import Made
from ..kubernetes.network import in_cluster
from ..kubernetes.patches import patched
from ..platforms import pull_policy
from ..rules import database, network, openings, workload
from ..rules.model import Finding
from ..rules.unread import DATA, Unread, unread_findings
from ..settings.fields import given
from . import objects as made
from . import spec as specs
from .keys import PgBouncerKeys

NO_EXPORTER = Unread(
    keys=("exporter_image",), why="no exporter stands beside the pooler", instead="set ⟦exporter⟧ to true"
)


def pooler_spec(name: str, keys: PgBouncerKeys) -> specs.PoolerSpec:
    """The arguments with the name of the component where they give none."""
    return specs.PoolerSpec(
        name=keys.pooler_name or name,
        image=keys.image,
        pull_policy=pull_policy(keys.image_pull_policy, keys.platform),
        instances=keys.instances,
        secret_name=keys.secret_name,
        user_key=keys.user_key,
        password_key=keys.password_key,
        secret_version=keys.secret_version,
        pod_labels=mesh.pod_labels(keys.mesh),
        pod_annotations=mesh.pod_annotations(keys.mesh),
        user_id=None if keys.cluster_user_id else specs.USER_ID,
        place=keys,
        exporter_image=keys.exporter_image if keys.exporter else None,
        database_ca=keys.database_ca,
    )


def pooler_findings(
    pooler: specs.PoolerSpec, keys: PgBouncerKeys, enforced: str | None = None, *, ending: str = ""
) -> list[Finding]:
    """Every rule that the arguments of one pooler can break.

    :param enforced: the Pod Security level that its namespace is known to enforce.
    :param ending: what a region added to a name that it was given.
    """
    image = plain(pooler.image)
    found = [] if image is None else workload.image_findings(image, path="image")
    beside = None if pooler.exporter_image is None else plain(pooler.exporter_image)
    found += [] if beside is None else workload.image_findings(beside, path="exporter_image")
    found += unread_findings(DATA, [] if keys.exporter else [NO_EXPORTER], given(keys))
    found += workload.name_findings(pooler.name, path="pooler_name", ending=ending, service=True)
    found += workload.port_findings(keys.database_port, path="database_port")
    for place, origin in enumerate(keys.allow_from):
        found += openings.opening_findings(origin.cidrs or (), path=f"allow_from[{place}].cidrs")
    host = plain(keys.database_host)
    found += [] if host is None else host_findings(host, keys)
    if keys.budget is not None:
        each = keys.pool_size + keys.reserve_pool_size
        found += database.pooler_findings(
            server_connections=each * specs.ROLLOUT_GENERATIONS * pooler.instances,
            budget=keys.budget,
            client_connections=keys.client_connections,
            max_client_conn_total=keys.max_client_conn * max(1, pooler.instances - 1),
            path="pool_size",
        )
    if keys.patches:
        found += patched_objects(pooler, keys, enforced=enforced)[1]
    return network.but_openings(found, policies=keys.pod_policies)


def patched_objects(
    pooler: specs.PoolerSpec,
    keys: PgBouncerKeys,
    config_name: pulumi.Input[str] | None = None,
    *,
    enforced: str | None = None,
) -> tuple[dict[str, Made], list[Finding]]:
    """What the pooler registers, each object by the suffix of its resource, and what is wrong with its patches."""
    return patched(
        made.pooler_objects(pooler, keys, config_name), keys.patches, decided=made.DECIDED, enforced=enforced
    )


def host_findings(host: str, keys: PgBouncerKeys) -> list[Finding]:
    """Whether the way to a database that is a Service of the cluster is open."""
    return network.host_findings(
        host,
        by_pods=in_cluster(keys.database_namespace, keys.database_pod_labels),
        namespace_key="⟦database_namespace⟧",
        labels_key="⟦database_pod_labels⟧",
        path="database_host",
        home=plain(keys.namespace),
        opened=keys.database_namespace or plain(keys.namespace),
    )
