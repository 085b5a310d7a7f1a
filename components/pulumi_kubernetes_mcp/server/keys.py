"""What a program may say to McpService."""

from collections.abc import Iterator

from ..inputs.checked import repeated
from ..inputs.served import ServedKeys
from ..kubernetes.keys import AcceptKeys, AwaitSeconds, Egress, IngressFrom, Resources, SecretEnv
from ..settings.fields import AnyText, Count, EnvName, Filled, Name, Namespace, Port, same
from ..settings.keys.certificates import CertificateAuthority
from ..settings.keys.edge import PropagationKeys
from ..settings.keys.identity import IdentityKeys
from ..settings.keys.patches import ServerPatchKeys
from ..settings.keys.place import MeshKeys, PlatformKeys, PodPolicyKeys
from ..settings.keys.secrets import SecretVersionKeys
from ..settings.keys.server import ContainerKeys, DisruptionKeys, DrainKeys, EndpointKeys, StartKeys
from ..settings.keys.stores import DatabaseKeys
from ..settings.problems import Problem


class ServiceKeys(
    ServerPatchKeys,
    AcceptKeys,
    MeshKeys,
    PodPolicyKeys,
    PlatformKeys,
    IdentityKeys,
    PropagationKeys,
    DisruptionKeys,
    StartKeys,
    DrainKeys,
    EndpointKeys,
    ServedKeys,
    ContainerKeys,
):
    """Arguments of McpService."""

    namespace: Namespace
    """Namespace of all objects."""
    server_name: Filled | None = None
    """Name of the Deployment, the Service and the ServiceAccount, a DNS label. Derived: the component's name."""
    metrics_port: Port | None = None
    """Port of the metrics. Derived: the port of the server."""
    min_replicas: Count = 2
    """Number of pods to start with; two are the least that survives the loss of one."""
    autoscaled: bool = True
    """Whether an autoscaler owns the count, which is then never touched again."""
    production: bool = True
    """Whether fewer than two pods are refused."""
    resources: Resources = Resources()
    """Requests and limits; a plan gives better ones."""
    env: dict[EnvName, AnyText] = {}
    """Environment variables in clear; never a secret."""
    secret_name: Name | None = None
    """Secret that `secret_env` refers to."""
    secret_env: list[SecretEnv] = []
    """Environment variables from keys of that Secret."""
    secret_version: AnyText | None = same(SecretVersionKeys, "version")
    database_ca: CertificateAuthority | None = same(DatabaseKeys, "ca")
    session_affinity: bool = False
    """Whether the Service keeps a client on its pod by its address, for 3 hours: what sessions need where other pods
    are the clients and no edge does it."""
    allow_from: list[IngressFrom] = []
    """Who may connect to the pods. Nobody by default."""
    allow_to: list[Egress] = []
    """Where the pods may connect to. Nowhere by default."""
    await_timeout_seconds: AwaitSeconds = 600
    """How long to wait for ready pods, in seconds; a rollout of slow drains takes minutes."""

    def contradictions(self) -> Iterator[Problem]:
        """What is wrong between keys that are right by themselves."""
        secret = [item.variable for item in self.secret_env]
        if secret and self.secret_name is None:
            yield Problem("secret_name", "It is missing.", "Name the Secret whose keys secret_env refers to.")
        for variable in repeated([*self.env, *secret, *self.env_value_from]):
            yield Problem(
                "secret_env" if variable in secret else "env_value_from",
                f"The variable '{variable}' is given twice, in env or here.",
                "Keep one of the two.",
            )
        if (wrong := self.misfit()) is not None:
            problem, remedy = (f"{text[0].upper()}{text[1:]}." for text in wrong)
            yield Problem("rollout", problem, remedy)
        if self.start_replicas is not None and not self.autoscaled:
            yield Problem(
                "start_replicas", "No autoscaler changes the number afterwards.", "Give the number as min_replicas."
            )
