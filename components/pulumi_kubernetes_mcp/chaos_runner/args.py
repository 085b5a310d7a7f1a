"""What McpChaos is made from: the rules applied to what a program says."""

from ..inputs.outputs import plain
from ..rules import chaos as rules
from ..rules import workload
from ..rules.model import Finding
from . import spec as specs
from .keys import ChaosComponentKeys


def chaos_findings(keys: ChaosComponentKeys) -> list[Finding]:
    """Every rule that the arguments can break."""
    image = plain(keys.image)
    found = [] if image is None else workload.image_findings(image, path="image")
    found += workload.name_findings(
        specs.name_of(keys.server_name), path="server_name", most=specs.LONGEST, ending=specs.ENDING
    )
    found += rules.production_findings(
        production=keys.environment == "production",
        named=keys.production,
        expected=keys.region or keys.server_name,
        path="production",
    )
    found += rules.workload_findings(experiment=keys.experiment, workload=keys.workload, path="workload")
    return found + rules.tool_findings(experiment=keys.experiment, tool=keys.tool, path="tool")
