"""What the containers of a server's pods are told once patches are merged: variables, command lines and hooks, held
against the rules that keys are held against. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..inputs.outputs import plain
from ..kubernetes.judged_containers import containers_in
from ..kubernetes.made import Made
from ..kubernetes.patches import POD
from ..kubernetes.untyped import items_of, map_of, maps_of
from ..kubernetes.variables import LISTS
from ..rules import network, workload
from ..rules.model import Finding
from .keys import ServiceKeys
from .listening import listening_findings
from .spec import CONTAINER

HOOK = "lifecycle.postStart.exec.command"
"""What runs when a container starts, and which the container waits for."""
_READ_ONLY = frozenset({"configMap", "secret", "projected", "downwardAPI", "image"})
"""Volumes that nobody writes to."""
Texts = Callable[[Mapping[str, str]], list[Finding]]
"""What is wrong with the hosts in texts at some places."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one container of a pod is told."""

    name: str
    place: str
    """What stands before its keys where it is given by keys: nothing, or 'sidecars[0].'."""
    env: Mapping[str, Any]
    """The variables with a value of their own, which may be an Output."""
    sources: Sequence[str]
    """Those that have it from elsewhere."""
    open_ended: bool
    """Whether there are variables that nobody knows."""
    lines: Mapping[str, Sequence[str]]
    """Command and arguments by their keys."""
    hook: Sequence[str]
    mounts: Sequence[tuple[str, bool]] | None
    """Directories that something is mounted at, and whether it may be written; ``None`` where the root may be, or
    nobody knows."""

    @property
    def texts(self) -> dict[str, str]:
        """The values that are known."""
        return {name: text for name, value in self.env.items() if (text := plain(value)) is not None}


def changed(
    before: Iterable[Made], after: Iterable[Made], keys: ServiceKeys, called: Texts
) -> tuple[list[Finding], list[Finding]]:
    """What is said of keys and patches made right, and what patches made wrong, at the patch.

    :param called: what is said of the Services of the cluster that texts of the server's container name.
    """
    told = [one for made in after for one in _told(made, keys)]
    old = list(_findings([one for made in before for one in _told(made, keys)], keys, called))
    new = list(_findings(told, keys, called))
    said, kept = {_mark(one) for one in old}, {_mark(one) for one in new}
    wrong = [_at_patch(one, told, keys) for one in new if _mark(one) not in said]
    return [one for one in old if _mark(one) not in kept], list(dict.fromkeys(wrong))


def _mark(finding: Finding) -> tuple[str, str, str]:
    """What tells one finding from another; the remedy names what there is, which is no other fault."""
    return finding.code, finding.path, finding.problem


def without(found: Iterable[Finding], gone: Iterable[Finding]) -> list[Finding]:
    """The findings but for those that patches made right."""
    marks = {_mark(one) for one in gone}
    return [one for one in found if _mark(one) not in marks]


def _told(made: Made, keys: ServiceKeys) -> Iterator[Told]:
    pod = map_of((made.template or {}).get("spec"))
    beside = {
        **{one.name: f"sidecars[{place}]." for place, one in enumerate(keys.sidecars)},
        **{one.name: f"init_containers[{place}]." for place, one in enumerate(keys.init_containers)},
        CONTAINER: "",
    }
    for one in (one for kind in LISTS for one in maps_of(pod.get(kind))):
        name, env = str(one.get("name")), one.get("env")
        listed = {str(item.get("name")): item for item in maps_of(env)}
        hook: Any = one
        for step in HOOK.split("."):
            hook = map_of(hook).get(step)
        yield Told(
            name=name,
            place=beside.get(name, f"containers[{name}]."),
            env={name: item["value"] for name, item in listed.items() if item.get("value") is not None},
            sources=[name for name, item in listed.items() if item.get("value") is None],
            open_ended=bool(one.get("envFrom"))
            or (env is not None and len(maps_of(env)) != len(items_of(env) or (0,))),
            lines={key: _words(one[key]) for key in ("command", "args") if one.get(key) is not None},
            hook=_words(hook),
            mounts=_mounts(pod, one),
        )


def _mounts(pod: Mapping[str, Any], container: Mapping[str, Any]) -> list[tuple[str, bool]] | None:
    listed, volumes = container.get("volumeMounts"), pod.get("volumes")
    read_only = map_of(container.get("securityContext")).get("readOnlyRootFilesystem") is True
    if not read_only or any(part is not None and not isinstance(part, (list, tuple)) for part in (listed, volumes)):
        return None
    sources = {one.get("name"): one for one in maps_of(volumes)}
    return [
        (
            str(one.get("mountPath")),
            one.get("readOnly") is not True and _READ_ONLY.isdisjoint(sources.get(one.get("name"), ())),
        )
        for one in maps_of(listed)
    ]


def _words(line: Any) -> list[str]:
    return [plain(word) or "" for word in items_of(line)]


def _findings(told: Sequence[Told], keys: ServiceKeys, called: Texts) -> Iterator[Finding]:
    for one in told:
        texts = one.texts
        others = {*one.env, *one.sources} - {*texts}
        yield from workload.variable_findings(texts, others=others, open_ended=one.open_ended, path=f"{one.place}env")
        yield from workload.command_findings(
            {f"{one.place}{key}": words for key, words in one.lines.items()},
            variables={*texts, *others},
            open_ended=one.open_ended,
        )
        # The kubelet runs a hook as it is written.
        yield from workload.command_findings({f"{one.place}{HOOK}": one.hook}, variables=(), open_ended=True)
        if one.name == CONTAINER:
            if one.mounts is not None:
                yield from workload.home_findings(texts, mounts=one.mounts, path=f"{one.place}env")
            yield from called(network.called_texts(texts, one.lines))
            given = {"command": one.lines.get("command"), "args": one.lines.get("args"), "env": one.env}
            yield from listening_findings(keys.model_copy(update=given), fronted=len(told) > 1)


def _at_patch(finding: Finding, told: Iterable[Told], keys: ServiceKeys) -> Finding:
    """The finding at the place in the last patch that says it; at the last patch of the pods where none does, since
    what is missing has no place."""
    of = max((one for one in told if finding.path.startswith(one.place)), key=lambda one: len(one.place))
    key = finding.path.removeprefix(of.place)
    reached = []
    for index, patch in reversed(list(enumerate(keys.patches))):
        path = f"patches[{index}].patch"
        for place, container in containers_in(patch.patch, path):
            if container.get("name") == of.name and (further := _further(container, key)) is not None:
                return replace(finding, path=f"{place}.{further}")
        if patch.kind == POD or list(containers_in(patch.patch, path)):
            reached.append(path)
    where = f"{key} of the container '{of.name}'"
    return replace(finding, path=reached[0] if reached else "patches", problem=f"{where}: {finding.problem}")


def _further(container: Mapping[str, Any], key: str) -> str | None:
    """Where in the container of a patch the value of a key stands; ``None`` where it says nothing of it."""
    if key.startswith("env."):
        names = [one.get("name") for one in maps_of(container.get("env"))]
        name = key.removeprefix("env.")
        return f"env[{names.index(name)}].value" if name in names else None
    value: Any = container
    for step in key.partition("[")[0].split("."):
        value = map_of(value).get(step)
    return None if value is None else key
