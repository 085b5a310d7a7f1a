"""Arguments of McpAutoscaling to what the autoscaler is made from: every default put in."""

from collections.abc import Mapping

from ... import eras as protocol
from ...kubernetes.objects import Spec
from ...server.spec import CONTAINER
from .. import spec as specs
from .keys import AuthenticationArgs, McpAutoscalingArgs, MetricArgs, ScalingRulesArgs, ScheduleArgs

DEFAULT_CPU_PERCENT = 80
"""Share of the CPU request; leaves a fifth for the time that a new pod takes to start."""
DEFAULT_SESSIONS_PER_POD = 50
DEFAULT_CALLS_PER_POD = 10
"""Calls in flight; a pod that waits for databases and other services bears more of them, and a CPU-bound one fewer."""
FALLBACK_FAILURES = 3
"""Failed reads in a row that are borne. The controller reads every 15 s, so the fourth comes 45 to 60 s after the
last answer, and with it the fallback."""
SESSIONS_METRIC = specs.DEFAULT_SESSIONS_METRIC
PARAMETERS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "bearer": (("bearerToken", "token_key", "token"),),
    "basic": (("username", "username_key", "username"), ("password", "password_key", "password")),
    "tls": (("cert", "cert_key", "tls.crt"), ("key", "private_key", "tls.key")),
}
"""Mode to parameter of KEDA, argument with the key of the Secret, and that key's default."""


def derived(args: McpAutoscalingArgs) -> protocol.EraProfile:
    """What follows from the eras of the arguments."""
    return protocol.derive(
        protocol.parse_eras(args.get("eras", ["modern"])),
        max_tool_seconds=0,
        session_minutes=args.get("session_minutes", 20),
    )


def followed(args: McpAutoscalingArgs) -> str:
    """What the autoscaler follows besides CPU: 'cpu' for nothing, or a word for what Prometheus counts."""
    return args.get("follow", "sessions" if derived(args).sessions else "cpu")


def chosen_kind(args: McpAutoscalingArgs) -> str:
    """'hpa' or 'keda': the wish of the caller, or what the eras, the metric and the schedules need."""
    requested = args.get("kind", "auto")
    if requested != "auto":
        return requested
    if args.get("metrics") and "follow" not in args:
        return "hpa"
    return "keda" if followed(args) != "cpu" or "query" in args or args.get("schedules") else "hpa"


def autoscaler_spec(args: McpAutoscalingArgs) -> specs.AutoscalerSpec:
    """The arguments with every default put in."""
    memory, minimum = args.get("memory_percent"), int(args.get("min_replicas", 2))
    return specs.AutoscalerSpec(
        target=args["target"],
        namespace=args["namespace"],
        min_replicas=minimum,
        max_replicas=int(args["max_replicas"]),
        container=args.get("container", CONTAINER),
        cpu_percent=int(args.get("cpu_percent", DEFAULT_CPU_PERCENT)),
        memory_percent=None if memory is None else int(memory),
        behavior=specs.behavior_of(basis(args), _given(args, "up"), _given(args, "down")),
        metrics=tuple(_metric(metric, args) for metric in args.get("metrics", [])),
        source=_source(args),
        prometheus_address=args.get("prometheus_address"),
        authentication=_authentication(args),
        schedules=schedules(args),
        polling_seconds=_whole(args.get("polling_seconds")),
        fallback_failures=int(args.get("fallback_failures", FALLBACK_FAILURES)),
        fallback_replicas=int(args.get("fallback_replicas", minimum)),
        hpa_name=args.get("hpa_name"),
        take_over=args.get("take_over", False),
    )


def basis(args: McpAutoscalingArgs) -> specs.Basis:
    """What the behaviour is derived from."""
    era_profile, drain = derived(args), args.get("drain_seconds")
    return specs.Basis(
        sessions=era_profile.sessions,
        session_minutes=args.get("session_minutes", 20),
        max_replicas=int(args["max_replicas"]),
        scale_down_window_seconds=era_profile.scale_down_window_seconds,
        drain_seconds=None if drain is None else int(drain),
    )


def behavior_reasons(args: McpAutoscalingArgs) -> list[specs.Explained]:
    """Every number of the behaviour with its reason."""
    return specs.explained(basis(args), _given(args, "up"), _given(args, "down"))


def schedules(args: McpAutoscalingArgs) -> tuple[specs.Schedule, ...]:
    """The schedules, each with the ramp that the scale-up rules make necessary."""
    rules = specs.behavior_of(basis(args), _given(args, "up"), _given(args, "down")).up
    minimum = int(args.get("min_replicas", 2))
    return tuple(_schedule(one, minimum, rules) for one in args.get("schedules", []))


def needed_ramp(replicas: int, minimum: int, rules: specs.Rules) -> int:
    """Minutes from the minimum to so many pods that serve; no more than a day."""
    minutes = specs.minutes_between(minimum, replicas, rules)
    return 0 if minutes is None else min(minutes, specs.MINUTES_OF_DAY)


def metric_name(args: McpAutoscalingArgs) -> str | None:
    """Another name for the gauge of the dialect 'reference', where one is given."""
    name = args.get("sessions_metric")
    return None if name == SESSIONS_METRIC else name


def target_per_pod(args: McpAutoscalingArgs) -> float:
    """How much of what is followed one pod takes."""
    if "target_per_pod" in args:
        return args["target_per_pod"]
    return (
        DEFAULT_CALLS_PER_POD
        if followed(args) == "in-flight"
        else args.get("sessions_per_pod", DEFAULT_SESSIONS_PER_POD)
    )


def _source(args: McpAutoscalingArgs) -> specs.Source | None:
    """What Prometheus is asked for; nothing where CPU is enough, or where the findings say that nothing counts it."""
    follow = followed(args)
    if "query" in args:
        return specs.Source(
            name="query" if follow == "cpu" else follow, query=args["query"], target_per_pod=target_per_pod(args)
        )
    if follow == "cpu":
        return None
    eras, dialect = derived(args).eras, args.get("dialect", "reference")
    if isinstance(specs.gauge(follow, dialect, eras, metric_name(args)), specs.Missing):
        return None
    query = specs.keda_query(
        follow,
        dialect,
        args["namespace"],
        args["target"],
        eras=eras,
        route=args.get("route_name"),
        metric=metric_name(args),
    )
    return specs.Source(name=follow, query=query, target_per_pod=target_per_pod(args))


def _given(args: McpAutoscalingArgs, direction: str) -> specs.Given:
    rules: ScalingRulesArgs = args.get("scale_up", {}) if direction == "up" else args.get("scale_down", {})
    window = rules.get("window_seconds", args.get("scale_down_window_seconds") if direction == "down" else None)
    return specs.Given(
        window_seconds=_whole(window),
        pods=_whole(rules.get("pods")),
        percent=_whole(rules.get("percent")),
        period_seconds=_whole(rules.get("period_seconds")),
        select=rules.get("select"),
        tolerance=rules.get("tolerance"),
    )


def _schedule(args: ScheduleArgs, minimum: int, rules: specs.Rules) -> specs.Schedule:
    replicas = int(args["replicas"])
    ramp = args["ramp_minutes"] if "ramp_minutes" in args else needed_ramp(replicas, minimum, rules)
    return specs.Schedule(
        name=args["name"],
        time_zone=args["time_zone"],
        replicas=replicas,
        start=args.get("start"),
        end=args.get("end"),
        days=tuple(args.get("days", [])),
        from_time=args.get("from_time"),
        to_time=args.get("to_time"),
        ramp_minutes=int(ramp),
    )


def _metric(metric: MetricArgs, args: McpAutoscalingArgs) -> Spec:
    """The metric as the API takes it; what its target is lacking, the findings say."""
    wanted: dict[str, object] = {}
    if "utilization" in metric:
        wanted = {"utilization": int(metric["utilization"])}
    elif "average_value" in metric:
        wanted = {"average_value": metric["average_value"]}
    elif "value" in metric:
        wanted = {"value": metric["value"]}
    else:
        return {}
    if metric["type"] in ("resource", "container-resource"):
        container = metric.get("container", args.get("container", CONTAINER))
        return specs.resource_metric(metric["type"], metric["name"], wanted, container)
    described = metric.get("described_object")
    named = None if described is None else {
        "apiVersion": described["api_version"], "kind": described["kind"], "name": described["name"]
    }  # fmt: skip
    return specs.named_metric(metric["type"], metric["name"], wanted, metric.get("selector"), named)


def _authentication(args: McpAutoscalingArgs) -> specs.Authentication | None:
    given = args.get("authentication")
    if given is None:
        return None
    if "existing_name" in given:
        kind = given.get("existing_kind", "TriggerAuthentication")
        return specs.Authentication(modes=tuple(given["modes"]), name=given["existing_name"], kind=kind)
    return specs.Authentication(
        modes=tuple(given["modes"]),
        name=args["target"],
        kind="TriggerAuthentication",
        secret_name=given.get("secret_name"),
        keys=_secret_keys(given),
    )


def _secret_keys(given: AuthenticationArgs) -> tuple[tuple[str, str], ...]:
    named = {
        "token_key": given.get("token_key"),
        "username_key": given.get("username_key"),
        "password_key": given.get("password_key"),
        "cert_key": given.get("cert_key"),
        "private_key": given.get("private_key"),
    }
    keys = [
        (parameter, named[argument] or default)
        for mode in given["modes"]
        for parameter, argument, default in PARAMETERS[mode]
    ]
    authority = given.get("ca_key")
    return tuple(keys if authority is None else [*keys, ("ca", authority)])


def _whole(number: int | None) -> int | None:
    return None if number is None else int(number)
