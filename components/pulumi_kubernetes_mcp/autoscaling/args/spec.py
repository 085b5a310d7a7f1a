"""Arguments of McpAutoscaling to what the autoscaler is made from: everything that follows from them put in."""

from collections.abc import Mapping

from ...kubernetes.objects import Spec
from ...settings.keys.scaling import AutoscalerKeys, PrometheusAuthentication, ScalingMetric, ScalingRules, Schedule
from .. import spec as specs
from ..keys import AutoscalingKeys

DEFAULT_CALLS_PER_POD = 10
"""Calls in flight; a pod that waits for databases and other services bears more of them, and a CPU-bound one fewer."""
PARAMETERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "bearer": (("bearerToken", "token_key"),),
    "basic": (("username", "username_key"), ("password", "password_key")),
    "tls": (("cert", "cert_key"), ("key", "private_key")),
}
"""Mode to parameter of KEDA and argument with the key of the Secret."""


def followed(keys: AutoscalingKeys) -> str:
    """What the autoscaler follows besides CPU: 'cpu' for nothing, or a word for what Prometheus counts."""
    return keys.follow or ("sessions" if keys.era_profile.sessions else "cpu")


def chosen_kind(keys: AutoscalingKeys) -> str:
    """'hpa' or 'keda': the wish of the caller, or what the eras, the metric and the schedules need."""
    if keys.kind != "auto":
        return keys.kind
    if keys.metrics and keys.follow is None:
        return "hpa"
    return "keda" if followed(keys) != "cpu" or keys.query is not None or keys.schedules else "hpa"


def autoscaler_spec(keys: AutoscalingKeys) -> specs.AutoscalerSpec:
    """The arguments with everything that follows from them."""
    fallback = keys.fallback_replicas
    return specs.AutoscalerSpec(
        target=keys.target,
        target_kind=keys.target_kind,
        namespace=keys.namespace,
        min_replicas=keys.min_replicas,
        max_replicas=keys.max_replicas,
        container=keys.container,
        cpu_percent=keys.cpu_percent,
        memory_percent=keys.memory_percent,
        behavior=behavior(keys),
        metrics=tuple(_metric(metric, keys.container) for metric in keys.metrics),
        source=_source(keys),
        growth=_growth(keys),
        prometheus_address=keys.prometheus_address,
        authentication=_authentication(keys),
        schedules=schedules(keys),
        polling_seconds=keys.polling_seconds,
        fallback_failures=keys.fallback_failures,
        fallback_replicas=keys.min_replicas if fallback is None else fallback,
        hpa_name=keys.hpa_name,
        take_over=keys.take_over,
    )


def basis(keys: AutoscalingKeys) -> specs.Basis:
    """What the behaviour is derived from."""
    era_profile = keys.era_profile
    return specs.Basis(
        sessions=era_profile.sessions,
        session_minutes=keys.session_minutes,
        max_replicas=keys.max_replicas,
        scale_down_window_seconds=era_profile.scale_down_window_seconds,
        drain_seconds=keys.drain_seconds,
        hashed=keys.hashed_affinity,
    )


def behavior(keys: AutoscalingKeys) -> specs.Behavior:
    """How fast the number moves, in both directions."""
    return specs.behavior_of(basis(keys), _up(keys), _down(keys))


def behavior_reasons(keys: AutoscalingKeys) -> list[specs.Explained]:
    """Every number of the behaviour with its reason."""
    return specs.explained(basis(keys), _up(keys), _down(keys))


def schedules(keys: AutoscalingKeys) -> tuple[specs.Schedule, ...]:
    """The schedules, each with the ramp that the scale-up rules make necessary."""
    rules = behavior(keys).up
    return tuple(_schedule(one, keys.min_replicas, rules) for one in keys.schedules)


def needed_ramp(replicas: int, minimum: int, rules: specs.Rules) -> int:
    """Minutes from the minimum to so many pods that serve; no more than a day."""
    minutes = specs.minutes_between(minimum, replicas, rules)
    return 0 if minutes is None else min(minutes, specs.MINUTES_OF_DAY)


def metric_name(keys: AutoscalingKeys) -> str | None:
    """Another name for the gauge of the dialect 'reference', where one is given."""
    name = keys.sessions_metric
    return None if name == AutoscalerKeys.model_fields["sessions_metric"].default else name


def target_per_pod(keys: AutoscalingKeys) -> float:
    """How much of what is followed one pod takes."""
    if keys.target_per_pod is not None:
        return keys.target_per_pod
    return DEFAULT_CALLS_PER_POD if followed(keys) == "in-flight" else keys.sessions_per_pod


def _source(keys: AutoscalingKeys) -> specs.Source | None:
    """What Prometheus is asked for; nothing where CPU is enough, or where the findings say that nothing counts it."""
    follow = followed(keys)
    if keys.query is not None:
        name = "query" if follow == "cpu" else follow
        return specs.Source(name=name, query=keys.query, target_per_pod=target_per_pod(keys))
    if follow == "cpu":
        return None
    eras = keys.era_profile.eras
    if isinstance(specs.gauge(follow, keys.dialect, eras, metric_name(keys)), specs.Missing):
        return None
    query = specs.keda_query(
        follow,
        keys.dialect,
        keys.namespace,
        keys.target,
        eras=eras,
        route=keys.route_name,
        metric=metric_name(keys),
        kind=keys.target_kind,
    )
    return specs.Source(name=follow, query=query, target_per_pod=target_per_pod(keys))


def _growth(keys: AutoscalingKeys) -> specs.Growth | None:
    """Where a hash finds the pods, those of the planned peak at once, when the least number is half full: an early step
    ends fewer sessions."""
    peak, source = keys.peak_replicas, _source(keys)
    if not keys.hashed_affinity or not keys.era_profile.sessions or peak is None or source is None:
        return None
    if keys.query is not None or followed(keys) == "in-flight" or not keys.min_replicas < peak <= keys.max_replicas:
        return None
    return specs.Growth(pods=peak, above=keys.min_replicas * source.target_per_pod / 2)


def _up(keys: AutoscalingKeys) -> specs.Given:
    return _given(keys.scale_up, None)


def _down(keys: AutoscalingKeys) -> specs.Given:
    return _given(keys.scale_down, keys.scale_down_window_seconds)


def _given(rules: ScalingRules | None, window: int | None) -> specs.Given:
    """What is said about one direction. ``window``: its stabilisation window, where the rules have none."""
    given = rules or ScalingRules()
    return specs.Given(
        window_seconds=window if given.window_seconds is None else given.window_seconds,
        pods=given.pods,
        percent=given.percent,
        period_seconds=given.period_seconds,
        select=given.select,
        tolerance=given.tolerance,
    )


def _schedule(given: Schedule, minimum: int, rules: specs.Rules) -> specs.Schedule:
    ramp = given.ramp_minutes
    return specs.Schedule(
        name=given.name,
        time_zone=given.time_zone,
        replicas=given.replicas,
        start=given.start,
        end=given.end,
        days=tuple(given.days),
        from_time=given.from_time,
        to_time=given.to_time,
        ramp_minutes=needed_ramp(given.replicas, minimum, rules) if ramp is None else ramp,
    )


def _metric(metric: ScalingMetric, container: str) -> Spec:
    """The metric as the API takes it; what its target is lacking, the findings say."""
    targets = ("utilization", "average_value", "value")
    wanted = next(({name: value} for name in targets if (value := getattr(metric, name)) is not None), None)
    if wanted is None:
        return {}
    if metric.type in ("resource", "container-resource"):
        return specs.resource_metric(metric.type, metric.name, wanted, metric.container or container)
    described = metric.described_object
    named = None if described is None else {
        "apiVersion": described.api_version, "kind": described.kind, "name": described.name
    }  # fmt: skip
    return specs.named_metric(metric.type, metric.name, wanted, metric.selector, named)


def _authentication(keys: AutoscalingKeys) -> specs.Authentication | None:
    given = keys.authentication
    if given is None:
        return None
    if given.existing_name is not None:
        return specs.Authentication(modes=tuple(given.modes), name=given.existing_name, kind=given.existing_kind)
    return specs.Authentication(
        modes=tuple(given.modes),
        name=keys.target,
        kind="TriggerAuthentication",
        secret_name=given.secret_name,
        keys=_secret_keys(given),
    )


def _secret_keys(given: PrometheusAuthentication) -> tuple[tuple[str, str], ...]:
    keys = [
        (parameter, str(getattr(given, argument))) for mode in given.modes for parameter, argument in PARAMETERS[mode]
    ]
    return tuple(keys if given.ca_key is None else [*keys, ("ca", given.ca_key)])
