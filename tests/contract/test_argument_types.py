"""The argument types are made from the declarations, and are committed as they are made."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from pulumi_kubernetes_mcp.settings.fields import Group, Text, same
from pulumi_kubernetes_mcp.settings.help import default_of, described, help_of, in_stack
from pulumi_kubernetes_mcp.settings.models import Settings
from pulumi_kubernetes_mcp.settings.tree import ITEM, MEMBER, groups, keys
from tools import argument_types
from tools.argument_types import hint_of
from tools.slices import PACKAGE


@pytest.mark.grid
@pytest.mark.parametrize("path", sorted(argument_types.modules()), ids=lambda path: path.stem)
def test_a_module_is_up_to_date(path: Path) -> None:
    expected = argument_types.modules()[path]
    assert path.read_text(encoding="utf-8") == expected, "write it anew: python -m tools.argument_types --write"


@pytest.mark.grid
def test_every_module_of_the_package_is_generated() -> None:
    found = {path for path in argument_types.HOME.glob("*.py") if path.name != "__init__.py"}
    of_slices = {PACKAGE / name for name in ("__init__.py", "declarations.py")}
    assert found | of_slices == set(argument_types.modules())


def test_a_stale_module_is_named_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "region.py"
    monkeypatch.setattr(argument_types, "ROOT", tmp_path)
    monkeypatch.setattr(argument_types, "modules", lambda: {path: "new\n"})
    assert argument_types.main([]) == 1
    assert capsys.readouterr().err == "region.py is out of date: python -m tools.argument_types --write\n"
    assert argument_types.main(["--write"]) == 0
    assert path.read_text() == "new\n"
    assert argument_types.main([]) == 0


class Peer(Group):
    """One peer."""

    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """Port of `other_peer`."""


class Wanted(Group):
    """Everything that a declaration can say, with a name like `some_key`."""

    words: list[Literal["a", "b"]] = ["a"]  # noqa: RUF012
    """Words, one after the other."""
    text: Text
    """Text that may come later."""
    peers: dict[str, Peer] = {}  # noqa: RUF012
    """Name to peer."""
    open: bool | None = None
    """Whether it is open. Derived: from the rest."""
    place: str | None = None
    """Where."""
    peer: Peer = Peer()
    """The one peer."""
    peer_port: int = same(Peer, "port")
    nearest_port: int = same(Peer, "port", default=1)
    """Port that is near."""


def test_a_declaration_as_an_argument_type() -> None:
    module = argument_types.Module("Of a test.", {Wanted: "WantedArgs", Peer: "PeerArgs"})
    module.add(Wanted)
    assert module.text() == (
        '"""Of a test.\n\n'
        "Generated from the declarations of the keys: `python -m tools.argument_types --write`.\n"
        '"""\n\n'
        "from collections.abc import Mapping\n"
        "from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict\n\n"
        "import pulumi\n\n"
        "if TYPE_CHECKING:\n"
        '    WantedWords = Literal["a", "b"]\n'
        "else:\n"
        "    WantedWords = str\n\n\n"
        "class WantedArgs(TypedDict):\n"
        '    """Everything that a declaration can say, with a name like some_key."""\n\n'
        "    text: pulumi.Input[str]\n"
        '    """Text that may come later."""\n'
        "    words: NotRequired[list[WantedWords]]\n"
        '    """Words, one after the other. Default: a."""\n'
        "    peers: NotRequired[Mapping[str, PeerArgs]]\n"
        '    """Name to peer. Default: none."""\n'
        "    open: NotRequired[bool]\n"
        '    """Whether it is open. Derived: from the rest."""\n'
        "    place: NotRequired[str]\n"
        '    """Where. Default: none."""\n'
        "    peer: NotRequired[PeerArgs]\n"
        '    """The one peer. Default: that of its keys."""\n'
        "    peer_port: NotRequired[int]\n"
        '    """Port of other_peer. Default: 8000."""\n'
        "    nearest_port: NotRequired[int]\n"
        '    """Port that is near. Default: 1."""\n'
    )
    assert ast.parse(module.text())


def test_a_key_that_repeats_another_has_its_default_and_its_help() -> None:
    assert Wanted.model_validate({"text": "x"}).peer_port == 8000
    assert help_of(Wanted, "peer_port") == "Port of `other_peer`."
    assert in_stack(help_of(Wanted, "peer_port")) == "Port of otherPeer."
    assert described(Wanted, "nearest_port") == "Port that is near. Default: 1."


@pytest.mark.parametrize(
    ("default", "words"),
    [(True, "true"), (False, "false"), (5, "5"), (0.5, "0.5"), ("a", "'a'"), (["a", "b"], "a, b"), ({}, "none")],
)
def test_a_default_in_words(default: Any, words: str) -> None:
    assert default_of(Field(default=default)) == words


def test_the_tree_of_keys() -> None:
    assert [key.path for key in keys(Wanted)] == [
        ("words",),
        ("text",),
        ("peers",),
        ("peers", MEMBER, "port"),
        ("open",),
        ("place",),
        ("peer",),
        ("peer", "port"),
        ("peer_port",),
        ("nearest_port",),
    ]
    found = {key.path for key in keys(Settings)}
    assert ("workload", "tools", ITEM, "queries") in found
    assert ("secrets", "remote", MEMBER, "property") in found
    assert ("database", "host") in found


def test_outputs_are_taken_at_these_places() -> None:
    """So that nothing takes one, or stops to take one, by accident."""
    found = {".".join(key.path) for key in keys(Settings) if argument_types.takes_output(hint_of(key.info))}
    assert found == {
        "chaos.image",
        "database.ca.config_map",
        "database.ca.secret",
        "edge.backend_tls.ca_config_map",
        "edge.backend_tls.ca_secret",
        "edge.dns.health_check_id",
        "monitoring.authority.config_map",
        "monitoring.authority.secret",
        "monitoring.token.secret",
        "chaos.token_secret",
        "probe.image",
        "probe.endpoints.[].url",
        "probe.secret_name",
        "probe.schema_config_map",
        "server.image",
        "server.rollout.blue_green.green_image",
        "server.rollout.argo_rollouts.preview_host",
        "server.rollout.blue_green.preview_host",
        "server.env",
        "server.service_account_annotations",
        "server.image_pull_secrets",
        "server.node_selector",
        "server.priority_class_name",
        "server.runtime_class_name",
        "server.labels",
        "server.annotations",
        "server.pod_labels",
        "server.pod_annotations",
        "server.dns_config.options",
        "server.probes.host",
        "server.volumes.[].config_map.name",
        "server.volumes.[].secret.name",
        "server.volumes.[].projected.[].config_map.name",
        "server.volumes.[].projected.[].secret.name",
        "server.volumes.[].csi.driver",
        "server.volumes.[].csi.attributes",
        "server.volumes.[].csi.node_publish_secret",
        "server.volumes.[].claim.name",
        "server.volumes.[].claim.storage_class_name",
        *(
            f"server.{beside}.[].{key}"
            for beside in ("sidecars", "init_containers")
            for key in (
                *("image", "env", "env_from.[].config_map", "env_from.[].secret"),
                *("env_value_from.{}.config_map.name", "env_value_from.{}.secret.name"),
            )
        ),
        "server.kubernetes_api.roles.[].name",
        "server.env_from.[].config_map",
        "server.env_from.[].secret",
        "server.env_value_from.{}.config_map.name",
        "server.env_value_from.{}.secret.name",
        "server.readiness_sidecar.image",
        "edge.host",
        "edge.hosts",
        "edge.ingress_class",
        "edge.tls_secret",
        "edge.cluster_issuer",
        "edge.annotations",
        "edge.external_authorization.service",
        "edge.gateway.name",
        "database.host",
        "database.pooler_image",
        "database.pooler_exporter_image",
        "scaling.query",
        "scaling.prometheus_address",
        "scaling.authentication.secret_name",
        "scaling.authentication.existing_name",
        "load_test.operator_namespace",
        "load_test.runner_image",
        "load_test.runner_node_selector",
        "load_test.token_secret",
        "monitoring.namespace",
        "secrets.store.name",
        "secrets.remote.{}.key",
        "secrets.remote.{}.property",
        "secrets.values",
        "secrets.version",
    }


def test_every_key_has_help_that_is_a_sentence() -> None:
    wrong = [
        f"{group.__name__}.{name}"
        for group in groups(Settings)
        for name in group.model_fields
        if not help_of(group, name).endswith((".", "'."))
    ]
    assert wrong == []
