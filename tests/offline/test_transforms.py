"""Transforms have their say offline in the order of the engine: the resource's, its parents', the stack's."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from pulumi_kubernetes_mcp import McpService
from pulumi_kubernetes_mcp.testing import Recording, record

LEAST: dict[str, Any] = {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "tools"}


def named(word: str, seen: list[str]) -> Any:
    """A transform that notes that it was here, and leaves its word in a label."""

    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if not args.custom:
            return None
        seen.append(f"{word} {args.name}")
        metadata = args.props.get("metadata") or {}
        labels = {**(metadata.get("labels") or {}), word: "here"}
        return pulumi.ResourceTransformResult({**args.props, "metadata": {**metadata, "labels": labels}}, args.opts)

    return transform


def pull_secret(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """What a program does to the pods of a component that has no key for it."""
    if args.type_ != "kubernetes:apps/v1:Deployment":
        return None
    args.props["spec"]["template"]["spec"]["imagePullSecrets"] = [{"name": "registry"}]
    return pulumi.ResourceTransformResult(args.props, args.opts)


def old_pull_secret(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """The same in the older form, which changes what the program gives before it is registered."""
    if args.type_ != "kubernetes:apps/v1:Deployment":
        return None
    args.props["spec"]["template"]["spec"]["imagePullSecrets"] = [{"name": "registry"}]
    return pulumi.ResourceTransformationResult(args.props, args.opts)


def deployment(run: Recording) -> dict[str, Any]:
    """The Deployment of a run."""
    return next(dict(body) for body in run.manifests() if body["kind"] == "Deployment")


@pytest.mark.parametrize(
    "opts",
    [
        pytest.param({"transforms": [pull_secret]}, id="transforms"),
        pytest.param({"transformations": [old_pull_secret]}, id="transformations"),
    ],
)
@pytest.mark.parametrize("preview", [False, True])
def test_what_is_passed_to_a_component_reaches_its_children(opts: dict[str, Any], preview: bool) -> None:
    run = record(lambda: McpService("web", LEAST, pulumi.ResourceOptions(**opts)) and None, preview=preview)
    assert deployment(run)["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "registry"}]


def test_the_order_is_that_of_the_engine() -> None:
    seen: list[str] = []

    def program() -> None:
        pulumi.runtime.register_resource_transform(named("stack", seen))
        top = pulumi.ComponentResource("a:b:Top", "top", None, pulumi.ResourceOptions(transforms=[named("top", seen)]))
        near = pulumi.ComponentResource(
            "a:b:Near", "near", None, pulumi.ResourceOptions(parent=top, transforms=[named("near", seen)])
        )
        k8s.core.v1.ConfigMap(
            "own",
            data={},
            opts=pulumi.ResourceOptions(parent=near, transforms=[named("one", seen), named("two", seen)]),
        )
        k8s.core.v1.ConfigMap("other", data={})

    run = record(program)
    of_own = [word.split()[0] for word in seen if word.endswith(" own")]
    assert of_own == ["one", "two", "near", "top", "stack"]
    assert [word.split()[0] for word in seen if word.endswith(" other")] == ["stack"]
    (body,) = [one for one in run.manifests() if one["metadata"]["name"].startswith("own")]
    assert body["metadata"]["labels"] == dict.fromkeys(of_own, "here")


def test_options_are_transformed_and_the_program_sees_the_result() -> None:
    seen: list[Any] = []

    async def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        await asyncio.sleep(0)
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True, ignore_changes=["data"]))
        return pulumi.ResourceTransformResult({**args.props, "data": {"a": "2"}}, opts)

    def program() -> None:
        made = k8s.core.v1.ConfigMap("own", data={"a": "1"}, opts=pulumi.ResourceOptions(transforms=[transform]))
        made.data.apply(seen.append)

    own = record(program).resource("kubernetes:core/v1:ConfigMap", "own")
    assert own.inputs["data"] == {"a": "2"}
    assert own.options.protect is True
    assert own.options.ignore_changes == ("data",)
    assert seen == [{"a": "2"}]


def test_a_transform_that_fails_ends_the_run_with_its_own_words() -> None:
    def transform(args: pulumi.ResourceTransformArgs) -> None:
        raise ValueError("no such registry")

    with pytest.raises(ValueError, match="no such registry"):
        record(lambda: McpService("web", LEAST, pulumi.ResourceOptions(transforms=[transform])) and None)
