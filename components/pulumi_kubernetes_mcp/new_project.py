"""The files of a new project, with the reason of each value beside it. Pure, but for the check of what they say."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import yaml

from .evaluate import inspect_stack
from .rules.model import errors
from .settings import Problem, SettingsError, read_stack_file

DEFAULT_NAME = "mcp-server"
LONGEST_NAME = 40
"""Characters of a name that is made from an image; the objects that are named after it stay within 63."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./:@_-]*")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a project is made from."""

    image: str
    """Image of the server, with a tag or a digest."""
    host: str
    """Public host name."""
    region: str
    """Name of the region of the first stack."""
    daily_users: float
    """Users on a working day."""
    max_tool_seconds: int
    """Duration of the slowest tool call, in seconds."""
    environment: str = "production"
    """``production``, ``staging`` or ``development``."""
    context: str | None = None
    """Context of kubectl for the cluster of the first stack. Left out: named as the stack."""

    @property
    def stack(self) -> str:
        """Name of the first stack."""
        return f"{self.environment}-{self.region}"

    @property
    def name(self) -> str:
        """Name of the server: that of its image, as far as Kubernetes takes it."""
        image = self.image.partition("@")[0].rsplit("/", 1)[-1].partition(":")[0]
        plain = re.sub(r"[^a-z0-9-]+", "-", image.lower())[:LONGEST_NAME].strip("-")
        return plain if re.match(r"[a-z]", plain) else f"mcp-{plain}" if plain else DEFAULT_NAME


def files(answers: Answers, version: str) -> dict[str, str]:
    """Path in the project to text.

    :param version: version of this package, which the project is pinned to.
    """
    return {
        "Pulumi.yaml": _PROJECT.format_map(_values(answers)),
        f"stacks/Pulumi.{answers.stack}.yaml": _STACK.format_map(_values(answers)),
        "__main__.py": _PROGRAM,
        "requirements.txt": _REQUIREMENTS.format(version=version),
        ".gitignore": _IGNORED,
    }


def problems(answers: Answers) -> tuple[Problem, ...]:
    """What is wrong with the answers: everything that the preview of the project would refuse."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for path, text in files(answers, "0").items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        try:
            found = inspect_stack(read_stack_file(root, stack=answers.stack)).findings
        except SettingsError as refused:
            return tuple(refused.problems)
    return tuple(Problem(one.path, one.problem, one.remedy) for one in errors(found))


def write(answers: Answers, version: str, directory: Path) -> tuple[Path, ...]:
    """Write the project, or nothing.

    :raises pulumi.RunError: where one of its files is there already, or the directory is none.
    """
    if not directory.is_dir() and directory.exists():
        raise pulumi.RunError(f"{directory} is a file, and no directory. Give another with --project-dir.")
    made = {directory / path: text for path, text in files(answers, version).items()}
    there = [str(path) for path in made if path.exists()]
    if there:
        raise pulumi.RunError(
            f"Nothing is overwritten, and there is already: {', '.join(there)}. Give another directory with "
            "--project-dir, or move them away."
        )
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    return tuple(made)


def _values(answers: Answers) -> Mapping[str, str]:
    return {
        "image": _scalar(answers.image),
        "name": _scalar(answers.name),
        "host": _scalar(answers.host),
        "region": _scalar(answers.region),
        "environment": _scalar(answers.environment),
        "context": _scalar(answers.context or answers.stack),
        "daily_users": f"{answers.daily_users:g}",
        "max_tool_seconds": str(answers.max_tool_seconds),
    }


def _scalar(text: str) -> str:
    """The text as YAML reads it again: plain where that is the same text, quoted otherwise."""
    return text if _PLAIN.fullmatch(text) and yaml.safe_load(text) == text else json.dumps(text)


_PROJECT = """\
# What Pulumi runs, and what all stacks share.
name: mcp
description: Model Context Protocol servers on Kubernetes, one stack per region
runtime:
  name: python
  options:
    toolchain: pip
    # 'pulumi install' makes it from requirements.txt.
    virtualenv: .venv
stackConfigDir: stacks
config:
  # A stack's groups are merged over these, key by key: a stack says only what differs.
  defaults:
    type: object
    description: The groups that every stack is merged over.
    default:
      server:
        # A fixed tag or a digest: 'latest' names another image tomorrow, and no preview would show it.
        image: {image}
        # Deployment, Service and route are called so. Another name makes them anew.
        name: {name}
        # The slowest tool call, in seconds: a pod that goes waits for it, and no timeout is shorter.
        maxToolSeconds: {max_tool_seconds}
        # GET routes of the server. The first answers 200 when it can serve and 503 while it drains; the second 200 as
        # long as the process lives. Without them ready only means that the port is open, and a preview warns.
        # healthPath: /healthz
        # livenessPath: /livez
        # What the server may reach, besides DNS and its own database. Everything else stays closed.
        # egress:
        #   - {{port: 443, internet: true}}
      workload:
        # Users on a working day; sessions, calls, memory, CPU and pods follow. 'mcp-stack plan' shows how.
        dailyUsers: {daily_users}
        # Assumed until you know better: the plan says which of them to measure first.
        # sessionsPerUser: 3
        # sessionMinutes: 20
        # peakFactor: 3
"""

_STACK = """\
# One region: what it does not say comes from 'defaults' in Pulumi.yaml.
config:
  # The context of kubectl for its cluster ('kubectl config get-contexts'). One that is not there fails before anything
  # is changed; without one an update goes to whatever cluster was looked at last.
  kubernetes:context: {context}
  mcp:region:
    # Part of the names of the namespace and of the stack.
    name: {region}
    # How strict the rules are: production, staging or development.
    environment: {environment}
  mcp:edge:
    # Where clients find the server, with TLS.
    host: {host}
    # The Gateway that the route is attached to; 'kind: ingress' makes an Ingress instead.
    # gateway: {{name: public, namespace: gateway-system, section: https}}
    # What serves it, such as envoy-gateway, istio, cilium or gke: the pods are opened to its proxies, where these run.
    # implementation: envoy-gateway
  # What the database allows: the connections of all pods at the maximum have to fit, or the preview fails.
  # mcp:database:
  #   host: orders.{region}.db.example.com
  #   maxConnections: 420
  #   queryMilliseconds: 50
  #   cidrs: [10.20.0.0/16]
  # How many pods, at the least and at the most. Derived from the load unless it is given.
  # mcp:scaling: {{minReplicas: 3, maxReplicas: 30}}
"""

_PROGRAM = '''\
"""The stack program: what the stack's configuration says, and nothing else."""

from pulumi_kubernetes_mcp import program

program.run()
'''

_REQUIREMENTS = """\
# Pinned: a newer version is a change like any other, which 'mcp-stack diff --base main' shows.
pulumi-kubernetes-mcp=={version}
"""

_IGNORED = """\
# Made from requirements.txt.
.venv/
__pycache__/
# Credentials are never committed. The manifests in stacks/rendered/ are: a review reads in them what changes.
.env
*.kubeconfig
"""
