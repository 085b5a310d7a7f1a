"""Which cluster a stack changes, from what its configuration says of Pulumi's Kubernetes provider. Pure, but for
:func:`current_context`. Names are told; what a kubeconfig holds never is."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from .rules.words import listed

if TYPE_CHECKING:
    from .offline.model import Deployment

CONTEXT = "kubernetes:context"
CLUSTER = "kubernetes:cluster"
KUBECONFIG = "kubernetes:kubeconfig"
DIRECTORY = "kubernetes:renderYamlToDirectory"
KEYS = (CONTEXT, CLUSTER, KUBECONFIG, DIRECTORY)
"""Keys of the provider that decide where objects go (its schema: ``config`` of ``pulumi-kubernetes``)."""
PROVIDER_TYPE = "pulumi:providers:kubernetes"
Source = Literal["context", "cluster", "kubeconfig", "directory", "environment", "current-context", "provider"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the objects of a stack go."""

    source: Source
    """What says it. 'current-context' is nobody: it is what kubectl was last used for on this machine."""
    name: str | None = None
    """Name of the context, cluster, directory or providers; ``None`` where there is none, or where it is encrypted."""
    kubeconfig: bool = False
    """Whether the stack brings a kubeconfig of its own, in which context and cluster are looked up."""

    @property
    def is_chosen(self) -> bool:
        """Whether the stack decides it. An environment of Pulumi ESC may, and is not read here."""
        return self.source != "current-context"


def target_of(values: Mapping[str, Any], *, encrypted: Collection[str] = (), environment: bool = False) -> Target:
    """What the configuration of a stack says.

    :param values: full key, such as ``kubernetes:context``, to its value; other namespaces are ignored.
    :param encrypted: keys with an encrypted value, of which no name is told.
    :param environment: whether environments of Pulumi ESC are imported, whose values are not among these.
    """

    def name(key: str) -> str | None:
        value = values[key]
        return value if isinstance(value, str) and key not in encrypted else None

    given = [key for key in KEYS if values.get(key) not in (None, "")]
    own = KUBECONFIG in given
    if DIRECTORY in given:
        return Target(source="directory", name=name(DIRECTORY))
    if CONTEXT in given:
        return Target(source="context", name=name(CONTEXT), kubeconfig=own)
    if CLUSTER in given:
        return Target(source="cluster", name=name(CLUSTER), kubeconfig=own)
    if own:
        return Target(source="kubeconfig", kubeconfig=True)
    return Target(source="environment" if environment else "current-context")


def target_of_program(said: Target, deployment: Deployment) -> Target:
    """The same, but for a program whose objects have a provider of its own."""
    named = {
        resource.options.provider.rpartition("::")[0].rpartition("::")[2]
        for resource in deployment.resources
        if resource.kubernetes and resource.options.provider and f"{PROVIDER_TYPE}::" in resource.options.provider
    }
    own = sorted(name for name in named if not name.startswith("default"))
    return Target(source="provider", name=listed(own)) if own else said


def target_text(target: Target, current: str | None) -> str:
    """The target in words.

    :param current: the current context of kubectl on this machine; ``None`` for none.
    """
    of = "of the stack's own kubeconfig" if target.kubeconfig else "of kubectl's configuration"
    name = "that is encrypted" if target.name is None else f"'{target.name}'"
    here = f"here '{current}'" if current else "here none"
    texts = {
        "context": f"context {name} {of}",
        "cluster": f"cluster {name} {of}",
        "kubeconfig": f"the current context {of}",
        "directory": f"no cluster: manifests go to the directory {name}",
        "provider": f"by a provider of the program: {target.name}",
        "environment": "not known here: it may be in an environment of Pulumi ESC",
        "current-context": f"whatever the current context of kubectl is: {here}",
    }
    return texts[target.source]


def current_context(environ: Mapping[str, str] | None = None) -> str | None:
    """The current context of kubectl: of the first file of KUBECONFIG, or of ~/.kube/config, that names one.

    Nothing else of the files is kept. ``None`` where no file names one, or none can be read.
    """
    environ = os.environ if environ is None else environ
    paths = [path for path in environ.get("KUBECONFIG", "").split(os.pathsep) if path]
    for path in paths or [str(Path(environ.get("HOME", "~")).expanduser() / ".kube" / "config")]:
        try:
            found = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            continue
        name = found.get("current-context") if isinstance(found, Mapping) else None
        if isinstance(name, str) and name:
            return name
    return None
