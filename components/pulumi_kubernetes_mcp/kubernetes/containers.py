"""The containers beside the server's: from keys to parts of a pod. Pure."""

from collections.abc import Mapping, Sequence

from ..platforms import PullPolicy
from ..settings.keys.containers import ExtraContainer, Mount, Quantities, Sidecar
from ..settings.keys.files import Volume, WritablePath
from . import quantities as units
from . import variables
from .objects import READINESS_PROBE, STARTUP_PROBE, Spec, container_security, without_none
from .volumes import scratch_names, volume_names


def init_containers(
    sidecars: Sequence[Sidecar],
    inits: Sequence[ExtraContainer],
    *,
    user_id: int | None,
    pull_policy: PullPolicy,
    writable: Sequence[WritablePath],
    volumes: Sequence[Volume],
) -> list[Spec]:
    """Sidecars first, so that what runs before the server has them too, then what ends before it starts."""
    names = {one.path: name for name, one in zip(scratch_names(writable), writable, strict=True)}
    names |= {one.path: name for name, one in zip(volume_names(volumes), volumes, strict=True)}
    return [
        *(
            {**_container(one, user_id, pull_policy, names), "restartPolicy": "Always", **_started(one)}
            for one in sidecars
        ),
        *(_container(one, user_id, pull_policy, names) for one in inits),
    ]


def _container(one: ExtraContainer, user_id: int | None, pulled: PullPolicy, names: Mapping[str, str]) -> Spec:
    return without_none(
        {
            "name": one.name,
            "image": one.image,
            "imagePullPolicy": one.image_pull_policy or pulled,
            "command": None if one.command is None else list(one.command),
            "args": None if one.args is None else list(one.args),
            "env": variables.environment({**_home(one), **one.env}, None, [], one.env_value_from, one.name),
            "envFrom": variables.env_from(one.env_from),
            "resources": {"requests": quantities(one.requests), "limits": quantities(one.limits)},
            "securityContext": container_security(user_id),
            "volumeMounts": [_mount(mount, names) for mount in one.mounts],
        }
    )


def _home(one: ExtraContainer) -> dict[str, str]:
    """HOME is the first directory that it may write to: '/', which an unknown user has, is read-only."""
    written = written_to(one)
    return {variables.HOME: written[0]} if written and variables.HOME not in one.env_value_from else {}


def written_to(one: ExtraContainer) -> list[str]:
    """The directories that a container beside the server may write to."""
    return [mount.volume if mount.path is None else mount.path for mount in one.mounts if mount.writable]


def _started(one: Sidecar) -> Spec:
    """A port and its probes. The server starts when the start-up probe has succeeded."""
    if one.port is None:
        return {}
    asked: Spec = (
        {"tcpSocket": {"port": one.port}}
        if one.health_path is None
        else {"httpGet": {"path": one.health_path, "port": one.port, "scheme": "HTTP"}}
    )
    return {
        "ports": [{"containerPort": one.port, "protocol": "TCP"}],
        "startupProbe": {**asked, **STARTUP_PROBE},
        "readinessProbe": {**asked, **READINESS_PROBE},
    }


def quantities(one: Quantities) -> dict[str, str]:
    """One side of the resources as the API server stores it."""
    return {
        "cpu": units.canonical_cpu(one.cpu),
        "ephemeral-storage": units.canonical_memory(one.ephemeral_storage),
        "memory": units.canonical_memory(one.memory),
    }


def _mount(mount: Mount, names: Mapping[str, str]) -> Spec:
    return without_none(
        {
            # A path that the server does not have is a finding.
            "name": names.get(mount.volume, "unknown"),
            "mountPath": mount.volume if mount.path is None else mount.path,
            "subPath": mount.sub_path,
            "readOnly": None if mount.writable else True,
        }
    )
