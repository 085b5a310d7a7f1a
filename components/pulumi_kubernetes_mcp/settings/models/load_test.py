"""The load test of a stack."""

from ..keys.load_test import LoadTestKeys, LoadTestPatchKeys, ScenarioName
from ..load_result_file import NamedLoadResult


class LoadTestSettings(LoadTestPatchKeys, LoadTestKeys):
    """A load test of the server by the k6 operator, and what one found before."""

    scenario: ScenarioName | None = None
    """What is played: 'peak' and 'soak' (80 %) hold the load, 'spike' doubles it, 'scale-in' lets it fall and watches
    pods go, 'steps' looks for the knee. Each change is a new TestRun, which begins at once. Left out: no TestRun."""
    result: NamedLoadResult | None = None
    """File with what a load test found, which 'mcp-stack loadtest report --write' writes: alerts count from its 95th
    percentile of an exchange, and findings say what it says of the plan. Its path begins at the directory of
    Pulumi.yaml and stays below it, such as 'profiles/orders-load.yaml'."""
