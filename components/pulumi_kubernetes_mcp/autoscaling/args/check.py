"""Every rule that the arguments of one autoscaler can break."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from ...eras import SESSION_ERAS, Era
from ...inputs.outputs import plain
from ...kubernetes.patches import patched
from ...kubernetes.quantities import QuantityError, read_cpu
from ...rules import keda, metrics, pace, scaling
from ...rules import schedules as schedule_rules
from ...rules.model import Finding, errors
from ...rules.workload import name_findings
from ...settings.fields import Group, is_given
from ...settings.keys.scaling import PrometheusAuthentication, ScalingMetric, ScalingRules
from .. import objects as made
from .. import spec as specs
from ..keys import AutoscalingKeys
from .spec import (
    PARAMETERS,
    autoscaler_spec,
    basis,
    behavior,
    chosen_kind,
    followed,
    metric_name,
    needed_ramp,
    schedules,
)


def autoscaling_findings(keys: AutoscalingKeys) -> list[Finding]:
    """Every rule that the arguments of one autoscaler can break."""
    found = [
        *_bounds(keys),
        *_followed(keys),
        *_query(keys),
        *_utilisation(keys),
        *_pace(keys),
        *_schedules(keys),
        *_keda(keys),
        *_unread(keys),
    ]
    if keys.patches and not errors(found):
        # Of what cannot work there is no object to patch.
        found += patched(made.autoscaling_objects(autoscaler_spec(keys), keys), keys.patches, decided=made.DECIDED)[1]
    return found


def _bounds(keys: AutoscalingKeys) -> list[Finding]:
    return scaling.replica_findings(
        minimum=keys.min_replicas,
        maximum=keys.max_replicas,
        production=keys.production,
        min_path="min_replicas",
        max_path="max_replicas",
    )


def _followed(keys: AutoscalingKeys) -> Iterator[Finding]:
    """Whether something counts what is followed."""
    kind, follow, address = chosen_kind(keys), followed(keys), keys.prometheus_address
    yield from scaling.session_metric_findings(
        sessions=keys.era_profile.sessions,
        autoscaler=kind,
        follows_prometheus=follow != "cpu" or keys.query is not None,
        other_metrics=any(one.type in ("pods", "object", "external") for one in keys.metrics),
        prometheus_address=None if address is None else plain(address) or "known later",
        autoscaler_path="follow" if keys.follow is not None and follow == "cpu" else "kind",
        address_path="prometheus_address",
        counted=_counted(keys, follow),
        follows_cpu=keys.follow == "cpu",
        metrics=is_given(keys, "metrics"),
    )
    asked = keys.query is not None
    wanted = "a query" if asked else f"'{follow}'" if keys.follow is not None and follow != "cpu" else None
    yield from metrics.reader_findings(wanted=wanted, autoscaler=kind, path="query" if asked else "follow")
    yield from metrics.target_findings(
        query=asked,
        follows_cpu=follow == "cpu",
        target=keys.target_per_pod,
        path="target_per_pod",
    )
    yield from metrics.said_twice_findings(list(_said_twice(keys)))
    if kind == "keda" and follow != "cpu" and keys.query is None:
        yield from _dialect(keys, follow)


def _counted(keys: AutoscalingKeys, follow: str) -> str:
    """What Prometheus is asked for, in a word or two."""
    if keys.query is not None:
        return "what ⟦query⟧ asks for"
    return {"in-flight": "the calls in flight"}.get(follow, follow)


def _dialect(keys: AutoscalingKeys, follow: str) -> list[Finding]:
    dialect = keys.dialect
    path = "dialect" if is_given(keys, "dialect") else "follow"
    if found := metrics.gateway_findings(dialect=dialect, implementation=keys.implementation, path=path):
        return found
    gauge = specs.gauge(follow, dialect, keys.era_profile.eras, metric_name(keys))
    if isinstance(gauge, specs.Missing):
        follows, dialects = alternatives(follow, dialect, keys.era_profile.eras, keys.implementation)
        return metrics.absent_metric_findings(
            follow=follow, dialect=dialect, why=gauge.why, follows=follows, dialects=dialects, path=path
        )
    return metrics.inexact_metric_findings(follow=follow, dialect=dialect, besides=gauge.besides, path=path)


def alternatives(
    follow: str, dialect: str, eras: Collection[Era], implementation: str | None
) -> tuple[list[str], list[str]]:
    """What can be followed in the same dialect, and the dialects that count the same, where nothing counts this.

    CPU is enough only where there are no sessions, and Envoy's metrics are there only behind Envoy Gateway.
    """

    def counts(what: str, names: str) -> bool:
        return not isinstance(specs.gauge(what, names, eras), specs.Missing)

    others = [word for word in specs.FOLLOWS if word not in ("cpu", follow) and counts(word, dialect)]
    by_cpu = [] if set(eras) & SESSION_ERAS else ["cpu"]
    dialects = [name for name in specs.DIALECTS if name != dialect and counts(follow, name)]
    return [*others, *by_cpu], [name for name in dialects if name != "envoy" or implementation == "envoy-gateway"]


def _said_twice(keys: AutoscalingKeys) -> Iterator[tuple[str, str, str]]:
    if keys.memory_percent is not None:
        for place, one in enumerate(keys.metrics):
            if one.type in metrics.OF_CONTAINERS and one.name == "memory" and _of_server(keys, one):
                yield f"metrics[{place}]", "memory_percent", "at how much memory pods are added"
    if keys.query is not None and is_given(keys, "dialect"):
        yield "query", "dialect", "what Prometheus is asked for"
    if metric_name(keys) is not None and keys.query is not None:
        yield "query", "sessions_metric", "what Prometheus is asked for"
    elif metric_name(keys) is not None and keys.dialect != "reference":
        yield "dialect", "sessions_metric", "what the metric is called"
    window = keys.scale_down.window_seconds if keys.scale_down else None
    if None not in (window, keys.scale_down_window_seconds) and window != keys.scale_down_window_seconds:
        yield "scale_down.window_seconds", "scale_down_window_seconds", "how long scale-in waits"


def _of_server(keys: AutoscalingKeys, metric: ScalingMetric) -> bool:
    """Whether a metric of CPU or memory is about the container of the server, alone or with the others of a pod."""
    return metric.container in (None, keys.container)


def _query(keys: AutoscalingKeys) -> list[Finding]:
    """What can be read in a query that is known now; one that is an Output is read when it is known."""
    query = plain(keys.query)
    return [] if query is None else query_findings(query)


def query_findings(query: str) -> list[Finding]:
    """What can be read in a query of one's own."""
    reading = specs.read(query)
    return metrics.query_findings(
        single=reading.single,
        averages=reading.averages,
        hides_outage=reading.hides_outage,
        path="query",
        wrong=reading.wrong,
        unread=reading.unread,
        part=reading.part,
        hider=reading.hider,
        partial=reading.partial,
        filters=reading.filters,
    )


def _utilisation(keys: AutoscalingKeys) -> list[Finding]:
    autoscaler = autoscaler_spec(keys)
    found = scaling.memory_metric_findings(
        memory_percent=autoscaler.memory_percent, python=keys.python, path="memory_percent"
    )
    further = keys.metrics
    found += _at_rest(keys, keys.cpu_percent, "cpu_percent")
    for place, one in enumerate(further):
        if one.type in metrics.OF_CONTAINERS and one.name == "cpu" and _of_server(keys, one):
            found += _at_rest(keys, one.utilization, f"metrics[{place}].utilization")
        if one.type in metrics.OF_CONTAINERS and one.name == "memory":
            found += scaling.memory_metric_findings(
                memory_percent=one.utilization,
                python=keys.python,
                path=f"metrics[{place}]",
                given=True,
            )
    memory_share = any(one.name == "memory" and one.utilization is not None for one in further)
    if keys.requests is not None:
        found += scaling.utilisation_findings(
            cpu_request=keys.requests.get("cpu"),
            memory_request=keys.requests.get("memory"),
            uses_cpu=True,
            uses_memory=autoscaler.memory_percent is not None or memory_share,
            path="requests",
        )
    given = [one.model_dump(exclude_unset=True, exclude_none=True) for one in further]
    return found + metrics.metric_findings(
        given, autoscaler=chosen_kind(keys), container=autoscaler.container, path="metrics"
    )


def _at_rest(keys: AutoscalingKeys, percent: int | None, path: str) -> list[Finding]:
    """Whether a share of the CPU request is more than an idle process takes, where the request is known."""
    try:
        millicores = read_cpu((keys.requests or {})["cpu"])
    except (KeyError, QuantityError):
        return []
    if percent is None or not millicores:
        return []
    target, rest = millicores * percent / 100, scaling.IDLE_MILLICORES
    return scaling.rest_findings(what="CPU", unit="millicores", target=target, rest=rest, path=path)


def _pace(keys: AutoscalingKeys) -> Iterator[Finding]:
    follows, moves = basis(keys), behavior(keys)
    up, down = keys.scale_up or ScalingRules(), keys.scale_down or ScalingRules()
    version = keys.kubernetes_version
    for direction, rules, given in (
        ("scale_up", moves.up, up),
        ("scale_down", moves.down, down),
    ):
        window = (
            keys.scale_down_window_seconds is not None and direction == "scale_down" and given.window_seconds is None
        )
        pods, *percents = rules.policies
        yield from pace.pace_findings(
            window_seconds=rules.window_seconds,
            pods=pods.value,
            percent=percents[0].value if percents else None,
            period_seconds=pods.period_seconds,
            tolerance=rules.tolerance,
            path=direction,
            window_path="scale_down_window_seconds" if window else None,
        )
        yield from pace.tolerance_findings(tolerance=rules.tolerance, version=version, path=f"{direction}.tolerance")
    first = moves.down.policies[0]
    yield from pace.never_down_findings(tolerance=moves.down.tolerance, path="scale_down.tolerance")
    yield from pace.direction_findings(scale_up_select=up.select, path="scale_up.select")
    if moves.up.select != "Disabled" and all(step.period_seconds > 0 and step.value > 0 for step in moves.up.policies):
        # What comes in one step because of a hash need not come so fast.
        paced = replace(follows, hashed=False)
        yield from pace.slow_up_findings(
            rate=specs.rate_up(paced, moves.up),
            derived=specs.step_up(paced),
            window_seconds=moves.up.window_seconds,
            tolerance=moves.up.tolerance,
            path="scale_up",
        )
    yield from scaling.scale_down_findings(
        window=moves.down.window_seconds,
        derived=specs.window_down(follows),
        sessions=follows.sessions,
        path="scale_down.window_seconds" if down.window_seconds is not None else "scale_down_window_seconds",
    )
    yield from scaling.fast_scale_down_findings(
        pods=first.value,
        percent=down.percent,
        period_seconds=first.period_seconds,
        derived_pods=specs.step_down(follows),
        drained_period=specs.drained_period(follows),
        window_seconds=moves.down.window_seconds,
        sessions=follows.sessions
        and moves.down.select != "Disabled"
        and is_given(down, "pods", "percent", "period_seconds"),
        path="scale_down",
    )


def _schedules(keys: AutoscalingKeys) -> Iterator[Finding]:
    given, known, autoscaler = schedules(keys), specs.zones(), autoscaler_spec(keys)
    yield from schedule_rules.keda_findings(count=len(given), autoscaler=chosen_kind(keys), path="schedules")
    readable, found = [], []
    for place, schedule in enumerate(given):
        path = f"schedules[{place}]"
        found += schedule_rules.zone_findings(schedule.time_zone, known=known, path=f"{path}.time_zone")
        wrong = [(one.key, one.problem, one.remedy) for one in specs.unreadable(schedule)]
        found += schedule_rules.unreadable_findings(wrong, path=path)
        found += _floor(keys, schedule, path)
        if not wrong:
            readable.append(schedule)
            found += _window(keys, place, schedule, autoscaler.behavior.up)
    yield from schedule_rules.once(found, [schedule.name for schedule in given])
    overlaps = specs.overlaps(readable)
    yield from schedule_rules.overlap_findings([overlaps] if overlaps else [], path="schedules")
    source = autoscaler.source
    taken = ["cpu", *(["memory"] if keys.memory_percent is not None else []), *([source.name] if source else [])]
    taken += [specs.GROWTH] if autoscaler.growth is not None else []
    numbered = {name: one.name for one in readable for name in specs.trigger_names([one])[1:]}
    yield from schedule_rules.name_findings(
        [*taken, *specs.trigger_names(readable)], path="schedules", numbered=numbered
    )


def _floor(keys: AutoscalingKeys, schedule: specs.Schedule, path: str) -> list[Finding]:
    if schedule.replicas < 1:
        return keda.no_pods_findings(replicas=schedule.replicas, path=f"{path}.replicas")
    return schedule_rules.floor_findings(
        replicas=schedule.replicas,
        minimum=keys.min_replicas,
        maximum=keys.max_replicas,
        path=f"{path}.replicas",
    )


def _window(keys: AutoscalingKeys, place: int, schedule: specs.Schedule, rules: specs.Rules) -> Iterator[Finding]:
    """What can be wrong with the windows of a schedule that can be read. ``rules``: how fast pods may come for it."""
    path = f"schedules[{place}]"
    pairs = specs.crons(schedule)
    if specs.always(schedule):
        equal = not schedule.in_words or specs.length_minutes(schedule) == 0
        begins = schedule.from_time if schedule.in_words else schedule.start
        yield from schedule_rules.gap_findings(
            at_once=begins if equal else None, path=f"{path}.{'to_time' if schedule.in_words else 'end'}"
        )
        return
    if not schedule.in_words:
        start, end = pairs[0]
        yield from schedule_rules.turn_findings(
            takes_turns=specs.takes_turns(specs.parse(start), specs.parse(end)), start=start, end=end, path=path
        )
    elif keys.schedules[place].ramp_minutes is not None:
        minimum = keys.min_replicas
        yield from schedule_rules.ramp_findings(
            ramp=schedule.ramp_minutes,
            needed=needed_ramp(schedule.replicas, minimum, rules),
            length=specs.length_minutes(schedule),
            path=f"{path}.ramp_minutes",
        )
    edges = specs.lost_edges(schedule, specs.zones())
    yield from schedule_rules.edge_findings(edges, time_zone=schedule.time_zone, path=path)


def _keda(keys: AutoscalingKeys) -> Iterator[Finding]:
    """What KEDA itself refuses, or lets pass without an effect."""
    autoscaler, kind = autoscaler_spec(keys), chosen_kind(keys)
    target, address, given = plain(keys.target), keys.prometheus_address, keys.authentication
    if kind == "keda":
        yield from scaling.scaled_object_name_findings(target, hpa_name=autoscaler.hpa_name, path="target")
        if autoscaler.hpa_name is not None and len(autoscaler.hpa_name) <= scaling.LABEL_LENGTH:
            yield from name_findings(autoscaler.hpa_name, path="hpa_name")
    yield from keda.take_over_findings(
        take_over=autoscaler.take_over, named=autoscaler.hpa_name is not None, autoscaler=kind, path="take_over"
    )
    yield from keda.fallback_findings(
        replicas=keys.fallback_replicas,
        minimum=autoscaler.min_replicas,
        maximum=autoscaler.max_replicas,
        follows_prometheus=kind == "keda" and autoscaler.source is not None,
        path="fallback_replicas",
    )
    yield from keda.late_fallback_findings(
        failures=autoscaler.fallback_failures,
        follows_prometheus=kind == "keda" and autoscaler.source is not None,
        path="fallback_failures",
    )
    yield from keda.number_findings(
        polling_seconds=autoscaler.polling_seconds, fallback_failures=autoscaler.fallback_failures
    )
    yield from keda.polling_findings(
        polling_seconds=autoscaler.polling_seconds,
        minimum=autoscaler.min_replicas,
        autoscaler=kind,
        path="polling_seconds",
    )
    if given is not None:
        yield from metrics.authentication_findings(
            modes=given.modes,
            secret=given.secret_name is not None,
            existing=given.existing_name is not None,
            address=None if address is None else plain(address),
            path="authentication",
            address_path="prometheus_address",
            names={
                key: name
                for key in ("secret_name", "existing_name")
                if (name := plain(getattr(given, key))) is not None
            },
            keys={key: str(getattr(given, key)) for key in SECRET_KEYS if is_given(given, key)},
        )
        yield from _unused_keys(given)


SECRET_KEYS = ("token_key", "username_key", "password_key", "cert_key", "private_key", "ca_key")
"""Arguments that name a key of the Secret."""


def _unused_keys(given: PrometheusAuthentication) -> list[Finding]:
    """What is said about the credentials and read by nothing: keys of other modes, or of a Secret that is not ours."""
    used = {argument for mode in given.modes for _, argument in PARAMETERS[mode]} | {"ca_key"}
    named = [key for key in SECRET_KEYS if is_given(given, key)]
    if given.existing_name is not None:
        unused, why = (
            named,
            "the TriggerAuthentication that exists names its keys",
        )
        instead = "give ⟦secret_name⟧ in place of ⟦existing_name⟧"
    else:
        unused = [key for key in named if key not in used]
        why, instead = "none of the modes needs it", "add the mode that does"
    found = scaling.unread_findings(_values(given, unused), why=why, instead=instead, path="authentication.")
    if is_given(given, "existing_kind") and given.existing_name is None:
        found += scaling.unread_findings(
            _values(given, ["existing_kind"]),
            why="⟦existing_name⟧ is not given",
            instead="give ⟦existing_name⟧",
            path="authentication.",
        )
    return found


OF_QUERIES = ("dialect", "sessions_metric", "authentication", "fallback_failures", "target_per_pod")
"""Arguments that count only where something is asked of Prometheus."""


def _unread(keys: AutoscalingKeys) -> list[Finding]:
    """What is given and read by nothing, where no other rule speaks about it."""
    given = {key for key in (*OF_QUERIES, "hpa_name", "prometheus_address") if is_given(keys, key)}
    if metric_name(keys) is None:
        given.discard("sessions_metric")
    kind = chosen_kind(keys)
    if kind == "keda" and autoscaler_spec(keys).source is not None:
        unread = ["sessions_metric"] if followed(keys) == "in-flight" and keys.query is None else []
        why, instead = "calls in flight have a gauge of their own", "give a query of your own"
    elif kind == "keda":
        unread = [*OF_QUERIES, "prometheus_address"] if followed(keys) == "cpu" else []
        why, instead = "KEDA asks Prometheus nothing", "say with ⟦follow⟧ what grows with the load"
    else:
        unread = [*OF_QUERIES, "prometheus_address", "hpa_name"]
        why, instead = "a HorizontalPodAutoscaler scales the server", "choose ⟦kind⟧ 'keda'"
    found = scaling.unread_findings(_values(keys, [key for key in unread if key in given]), why=why, instead=instead)
    for place, one in enumerate(keys.schedules):
        if one.ramp_minutes is not None and one.from_time is None:
            found += scaling.unread_findings(
                _values(one, ["ramp_minutes"]),
                why="⟦start⟧ is when the window opens",
                instead="say the window with ⟦days⟧, ⟦from_time⟧ and ⟦to_time⟧",
                path=f"schedules[{place}].",
            )
    return found


def _values(group: Group, keys: Iterable[str]) -> dict[str, Any]:
    return {key: getattr(group, key) for key in keys}
