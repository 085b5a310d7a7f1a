"""The objects of a load test, each by the suffix of its resource."""

from collections.abc import Callable, Mapping

import pulumi

from ..inputs.outputs import mapped
from ..kubernetes import objects as common
from ..kubernetes.made import Made, kept
from . import spec as specs
from .keys import LoadTestComponentKeys
from .script import script

CONFIG, NETWORK, RUN = "script", "network", "testrun"
DECIDED: Mapping[str, str] = {
    "ConfigMap:data": "scenario",
    "TestRun:spec.parallelism": "parallelism",
    "TestRun:spec.paused": "paused",
    "TestRun:spec.runner.image": "runner_image",
}
"""What the quota counts with, and the script: it is said by its key, and by no patch."""
ASSUMED_URL = "https://mcp.example.com/mcp"
"""Stands for an address that is an Output."""


def load_test_objects(keys: LoadTestComponentKeys) -> dict[str, Made]:
    """Everything that McpLoadTest registers, before patches."""
    labels = common.labels(keys.server_name, specs.COMPONENT)

    def text(url: str) -> str:
        return script(specs.load_test(keys, url))

    name = _named(keys, text)
    metadata = common.metadata(name, keys.namespace, labels)
    closed = common.metadata(f"k6-{keys.server_name}", keys.namespace, labels)
    body = {"metadata": metadata, "immutable": True, "data": {specs.FILE: mapped(keys.url, text)}}
    policy = specs.policy(keys, name, mapped(keys.url, specs.port_of))
    # How many sessions there are does not depend on the address.
    run = specs.test_run(keys, specs.load_test(keys, ASSUMED_URL), name)
    objects = {
        CONFIG: Made("v1", "ConfigMap", body),
        NETWORK: Made("networking.k8s.io/v1", "NetworkPolicy", {"metadata": closed, "spec": policy}),
        RUN: Made(specs.API_VERSION, specs.KIND, {"metadata": metadata, "spec": run}),
    }
    return kept(objects, policies=keys.pod_policies)


def _named(keys: LoadTestComponentKeys, text: Callable[[str], str]) -> pulumi.Input[str]:
    """The name of the run, which follows from the script and the image that plays it."""
    url, image = keys.url, keys.runner_image
    if isinstance(url, str) and isinstance(image, str):
        return specs.run_name(keys, text(url), image)
    return pulumi.Output.all(url, image).apply(lambda known: specs.run_name(keys, text(str(known[0])), str(known[1])))
