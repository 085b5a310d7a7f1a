"""What McpLoadTest is made from: the rules applied to what a program says."""

from ..inputs.outputs import plain
from ..kubernetes.made import Made
from ..kubernetes.patches import patched
from ..rules import load_test as rules
from ..rules import workload
from ..rules.model import Finding
from . import objects as made
from . import spec as specs
from .keys import LoadTestComponentKeys
from .model import USERS_PER_RUNNER, runners


def load_test_findings(keys: LoadTestComponentKeys, enforced: str | None = None) -> list[Finding]:
    """Every rule that the arguments can break.

    :param enforced: the Pod Security level that its namespace is known to enforce.
    """
    url = plain(keys.url) or made.ASSUMED_URL
    test = specs.load_test(keys, url)
    image = plain(keys.runner_image)
    found = [] if image is None else workload.image_findings(image, path="runner_image")
    found += rules.production_findings(
        production=keys.environment == "production",
        named=keys.production,
        expected=keys.region or keys.server_name,
        path="production",
    )
    if keys.parallelism is not None:
        found += rules.runner_findings(
            users=test.users,
            given=keys.parallelism,
            needed=runners(test.users),
            each=USERS_PER_RUNNER,
            path="parallelism",
        )
    found += rules.argument_findings(
        given=list(keys.arguments), known=[tool.name for tool in keys.tools], path="arguments"
    )
    found += rules.era_findings(eras=test.traffic.eras, path="era_percent")
    if keys.patches:
        found += patched_objects(keys, enforced=enforced)[1]
    return found


def patched_objects(
    keys: LoadTestComponentKeys, *, enforced: str | None = None
) -> tuple[dict[str, Made], list[Finding]]:
    """What is registered, each object by the suffix of its resource, and what is wrong with its patches."""
    return patched(made.load_test_objects(keys), keys.patches, decided=made.DECIDED, enforced=enforced)
