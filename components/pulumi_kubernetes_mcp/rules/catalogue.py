"""All rules, in the order of their codes. Each module of rules lists its own in ``RULES``."""

from __future__ import annotations

from difflib import get_close_matches

from . import (
    acceptance,
    argo_rollouts,
    blue_green,
    capacity,
    chaos,
    database,
    dns_stacks,
    drain_unseen,
    edge,
    environment,
    extra_objects,
    full_pods,
    identity,
    keda,
    load,
    load_test,
    machines,
    metrics,
    monitoring,
    network,
    newer,
    openings,
    pace,
    patches,
    probing,
    processes,
    profile,
    region,
    rehearsal,
    rollout,
    scaling,
    schedules,
    secrets,
    stacks,
    store,
    target,
    together,
    tools,
    unread,
    verified,
    waiting,
    workload,
)
from .model import Rule

CATALOGUE: tuple[Rule, ...] = tuple(
    sorted(
        (
            *acceptance.RULES,
            *argo_rollouts.RULES,
            *capacity.RULES,
            *blue_green.RULES,
            *chaos.RULES,
            *database.RULES,
            *edge.RULES,
            *environment.RULES,
            *identity.RULES,
            *extra_objects.RULES,
            *full_pods.RULES,
            *keda.RULES,
            *load.RULES,
            *load_test.RULES,
            *machines.RULES,
            *metrics.RULES,
            *monitoring.RULES,
            *network.RULES,
            *newer.RULES,
            *openings.RULES,
            *pace.RULES,
            *patches.RULES,
            *probing.RULES,
            *processes.RULES,
            *profile.RULES,
            *region.RULES,
            *rehearsal.RULES,
            *rollout.RULES,
            *scaling.RULES,
            *schedules.RULES,
            *secrets.RULES,
            *stacks.RULES,
            *dns_stacks.RULES,
            *store.RULES,
            *target.RULES,
            *together.RULES,
            *tools.RULES,
            *unread.RULES,
            *verified.RULES,
            *drain_unseen.RULES,
            *waiting.RULES,
            *workload.RULES,
        ),
        key=lambda rule: rule.code,
    )
)

AREAS = {
    "1": "Workload",
    "2": "Scaling",
    "3": "Edge",
    "4": "Database and state store",
    "5": "Capacity",
    "6": "Rehearsal, observation and releases",
    "7": "Secrets",
    "8": "Several servers and stacks",
    "9": "Acceptances",
}
"""First digit of a code to what its rules are about."""


def find(name: str) -> Rule | None:
    """The rule with this code or slug, in any case; ``None`` where there is none."""
    wanted = name.strip().lower()
    return next((known for known in CATALOGUE if wanted in (known.code.lower(), known.slug)), None)


def rule(name: str) -> Rule:
    """The rule with this code or slug. ValueError, with the nearest names, for one that does not exist."""
    found = find(name)
    if found is None:
        near = nearest(name)
        meant = f"did you mean {' or '.join(near)}?" if near else f"codes go from {_FIRST} to {_LAST}"
        raise ValueError(f"there is no finding {name}; {meant}")
    return found


def nearest(name: str, most: int = 3) -> list[str]:
    """The codes and slugs that are spelt most like ``name`` or have it as a part, at most so many.

    Codes that begin with it come first: what is missing is a digit at the end.
    """
    wanted = name.strip().lower()
    if wanted.removeprefix("mcp").isdigit():
        codes = [known.code for known in CATALOGUE]
        near = get_close_matches(wanted.upper(), codes, n=len(codes), cutoff=0.8)
        return sorted(near, key=lambda code: not code.startswith(wanted.upper()))[:most]
    words = [known.slug for known in CATALOGUE]
    parts = [slug for slug in words if wanted and wanted in slug]
    return list(dict.fromkeys([*parts, *get_close_matches(wanted, words, n=most)]))[:most]


_FIRST, _LAST = CATALOGUE[0].code, CATALOGUE[-1].code
