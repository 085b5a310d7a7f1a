"""Memory, descriptors and CPU from the process metrics that Prometheus clients expose."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import httpx2

from .readers import MIB, Reading
from .refused import MeasureError, sentence

MEMORY = "process_resident_memory_bytes"
DESCRIPTORS = "process_open_fds"
CPU = "process_cpu_seconds_total"
_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{.*\})?\s+(\S+)(?:\s+\S+)?$")


class MetricsReader:
    """Reads a URL in Prometheus text form. The server answers it itself, so it is read seldom."""

    source = "metrics"

    def __init__(self, url: str, headers: Sequence[tuple[str, str]], *, trust_env: bool) -> None:
        self._url = url
        self.name = f"the metrics of {url.partition('?')[0]}"
        # One connection per reading: none stays open, which would count as a descriptor of the server.
        self._client = httpx2.AsyncClient(
            headers=[*headers, ("Connection", "close")], timeout=10, trust_env=trust_env, follow_redirects=True
        )

    async def read(self) -> Reading:
        """One scrape."""
        try:
            answer = await self._client.get(self._url)
        except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
            raise MeasureError(
                f"{sentence(self.name)} cannot be read: {problem or type(problem).__name__}. Is the address right, and "
                "does the server still run?"
            ) from None
        if answer.status_code != 200:
            raise MeasureError(
                f"{sentence(self.name)} answer with HTTP {answer.status_code}. Give the URL of the Prometheus metrics "
                "of the server itself."
            )
        values = samples(answer.text, (MEMORY, DESCRIPTORS, CPU))
        if MEMORY not in values:
            raise MeasureError(
                f"{sentence(self.name)} hold no '{MEMORY}'. The standard Prometheus clients of Python and Node.js "
                "expose it; add one to the server, or measure where the server runs, with --pid."
            )
        descriptors = values.get(DESCRIPTORS)
        # While the server counts, the connection of this scrape is open, and the directory that it counts in.
        return Reading(
            values[MEMORY] / MIB,
            None if descriptors is None else max(0, round(descriptors) - 2),
            values.get(CPU),
            1,
        )

    def glance(self) -> float | None:
        """Never: each look is a request to the server."""
        return None

    async def close(self) -> None:
        """Close the client."""
        await self._client.aclose()


def samples(text: str, names: Sequence[str]) -> Mapping[str, float]:
    """The sums over all labels of the named metrics in Prometheus text; a name without a finite sample is left out."""
    sums: dict[str, float] = {}
    for row in text.splitlines():
        found = _SAMPLE.match(row)
        if found and found[1] in names:
            try:
                value = float(found[2])
            except ValueError:
                continue
            if math.isfinite(value):
                sums[found[1]] = sums.get(found[1], 0.0) + value
    return sums
