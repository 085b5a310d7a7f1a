"""Readings from Prometheus text."""

from __future__ import annotations

import asyncio

import pytest

from pulumi_kubernetes_mcp.measuring.metrics import MetricsReader, samples
from pulumi_kubernetes_mcp.measuring.readers import Reading
from pulumi_kubernetes_mcp.measuring.refused import MeasureError

from .conftest import Asked, Serve, free_port

PYTHON = """\
# HELP process_resident_memory_bytes Resident memory size in bytes.
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 7.340032e+07
process_cpu_seconds_total 1.25
process_open_fds 12.0
process_max_fds 1024.0
"""


def read(url: str, headers: tuple[tuple[str, str], ...] = ()) -> Reading:
    async def run() -> Reading:
        reader = MetricsReader(url, headers, trust_env=False)
        try:
            assert reader.glance() is None
            return await reader.read()
        finally:
            await reader.close()

    return asyncio.run(run())


@pytest.mark.grid
def test_a_scrape(serve: Serve) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> tuple[int, str, str]:
        asked.append(request)
        return 200, "text/plain; version=0.0.4", PYTHON

    reading = read(f"{serve(answer)}/metrics", (("Authorization", "Bearer a"),))
    # The scrape's own connection, and the directory that is listed for the count, are not the server's.
    assert reading == Reading(memory_mib=70.0, descriptors=10, cpu_seconds=1.25, processes=1)
    assert asked[0].headers["authorization"] == "Bearer a"
    assert asked[0].headers["connection"] == "close"


@pytest.mark.grid
def test_memory_alone_is_enough(serve: Serve) -> None:
    reading = read(serve(lambda _: (200, "text/plain", "process_resident_memory_bytes 1048576\n")))
    assert reading == Reading(memory_mib=1.0, descriptors=None, cpu_seconds=None, processes=1)


@pytest.mark.grid
@pytest.mark.parametrize(
    ("status", "text", "words"),
    [
        (200, "http_requests_total 1\n", "hold no 'process_resident_memory_bytes'"),
        (404, "", "answer with HTTP 404"),
    ],
)
def test_what_is_no_process_metric_is_refused(serve: Serve, status: int, text: str, words: str) -> None:
    url = serve(lambda _: (status, "text/plain", text))
    with pytest.raises(MeasureError, match=words) as refused:
        read(f"{url}/metrics?token=hunter2")
    assert "hunter2" not in str(refused.value)


def test_nothing_answers() -> None:
    with pytest.raises(MeasureError, match="cannot be read"):
        read(f"http://127.0.0.1:{free_port()}/metrics")


def test_labels_are_summed_and_what_is_no_number_is_left_out() -> None:
    text = 'a{app="x",pid="1"} 2\na{app="y z}"} 3 1700000000\nab 9\nb NaN\nb +Inf\nc x\n# a 7\n'
    assert samples(text, ("a", "b", "c")) == {"a": 5.0}
