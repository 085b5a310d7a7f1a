"""What KEDA 2.21.0 was seen to do with cron windows; `tests/cluster/test_keda_cron.py` asks it again.

A fact is a window (start, end, zone, from and to of the time that was looked at, on the zone's clock), and what held
at first with every change after it, on the same clock.
"""

from __future__ import annotations

Window = tuple[str, str, str, str, str]
Fact = tuple[Window, list[tuple[str, bool]]]
NEW_YORK = "America/New_York"

OPEN_WHEN_THE_NEXT_EDGE_IS_AN_END: dict[str, Fact] = {
    "two starts and one end: it opens at the last start": (
        ("0 9,12 * * *", "0 17 * * *", "Etc/UTC", "2026-11-19T00:00", "2026-11-20T00:00"),
        [("Thu 19 00:00 UTC", False), ("Thu 19 12:00 UTC", True), ("Thu 19 17:00 UTC", False)],
    ),
    "one start and two ends: it closes at the last end": (
        ("0 9 * * *", "0 12,17 * * *", "Etc/UTC", "2026-11-19T00:00", "2026-11-20T00:00"),
        [("Thu 19 00:00 UTC", False), ("Thu 19 09:00 UTC", True), ("Thu 19 17:00 UTC", False)],
    ),
    "an end on more days than the start: open from Friday to Sunday": (
        ("0 8 * * 1-5", "0 18 * * *", "Etc/UTC", "2026-11-20T00:00", "2026-11-23T08:00"),
        [
            ("Fri 20 00:00 UTC", False),
            ("Fri 20 08:00 UTC", True),
            ("Sun 22 18:00 UTC", False),
            ("Mon 23 08:00 UTC", True),
        ],
    ),
    "nights of weekdays that end on weekdays: open over the weekend": (
        ("0 22 * * 1-5", "0 6 * * 1-5", "Etc/UTC", "2026-11-20T12:00", "2026-11-23T12:00"),
        [("Fri 20 12:00 UTC", False), ("Fri 20 22:00 UTC", True), ("Mon 23 06:00 UTC", False)],
    ),
    "a start that never comes: always open": (
        ("0 0 30 2 *", "0 8 * * *", "Etc/UTC", "2026-11-19T00:00", "2026-11-20T00:00"),
        [("Thu 19 00:00 UTC", True)],
    ),
    "an end that never comes: never open": (
        ("0 8 * * *", "0 0 30 2 *", "Etc/UTC", "2026-11-19T00:00", "2026-11-20T00:00"),
        [("Thu 19 00:00 UTC", False)],
    ),
    "start and end at once, written differently: always open": (
        ("0 8 * * *", "00 8 * * *", "Etc/UTC", "2026-11-19T00:00", "2026-11-20T00:00"),
        [("Thu 19 00:00 UTC", True)],
    ),
    "neither ever comes: always open": (
        ("0 0 30 2 *", "0 0 31 2 *", "Etc/UTC", "2026-11-19T00:00", "2026-11-20T00:00"),
        [("Thu 19 00:00 UTC", True)],
    ),
    "a day of a leap year that begins with the start: shut for years before": (
        ("0 8 29 2 *", "0 18 29 2 *", "Etc/UTC", "2026-11-19T00:00", "2026-11-20T00:00"),
        [("Thu 19 00:00 UTC", False)],
    ),
    "a day of a leap year that begins with the end: open for years before": (
        ("0 18 29 2 *", "0 8 29 2 *", "Etc/UTC", "2026-11-19T00:00", "2026-11-20T00:00"),
        [("Thu 19 00:00 UTC", True)],
    ),
}

CHANGES_OF_THE_CLOCK: dict[str, Fact] = {
    "a start in the hour that is skipped: open since the night before": (
        ("30 2 * * *", "0 8 * * *", NEW_YORK, "2026-03-07T00:00", "2026-03-09T00:00"),
        [("Sat 07 00:00 EST", False), ("Sat 07 02:30 EST", True), ("Sun 08 08:00 EDT", False)],
    ),
    "an end in the hour that is skipped: the window of that night is lost": (
        ("0 1 * * *", "30 2 * * *", NEW_YORK, "2026-03-07T12:00", "2026-03-09T12:00"),
        [("Sat 07 12:00 EST", False), ("Mon 09 01:00 EDT", True), ("Mon 09 02:30 EDT", False)],
    ),
    "a start in the hour that comes twice: the second time": (
        ("30 1 * * *", "0 8 * * *", NEW_YORK, "2026-10-31T12:00", "2026-11-01T12:00"),
        [("Sat 31 12:00 EDT", False), ("Sun 01 01:30 EST", True), ("Sun 01 08:00 EST", False)],
    ),
    "an end in the hour that comes twice: the second time": (
        ("0 20 * * *", "30 1 * * *", NEW_YORK, "2026-10-31T12:00", "2026-11-01T12:00"),
        [("Sat 31 12:00 EDT", False), ("Sat 31 20:00 EDT", True), ("Sun 01 01:30 EST", False)],
    ),
    "both in the hour that comes twice: two windows": (
        ("10 1 * * *", "50 1 * * *", NEW_YORK, "2026-11-01T00:00", "2026-11-01T12:00"),
        [
            ("Sun 01 00:00 EDT", False),
            ("Sun 01 01:10 EDT", True),
            ("Sun 01 01:50 EDT", False),
            ("Sun 01 01:10 EST", True),
            ("Sun 01 01:50 EST", False),
        ],
    ),
    "office hours keep to the clock on the wall": (
        ("0 8 * * *", "0 18 * * *", NEW_YORK, "2026-03-07T12:00", "2026-03-08T12:00"),
        [("Sat 07 12:00 EST", True), ("Sat 07 18:00 EST", False), ("Sun 08 08:00 EDT", True)],
    ),
}

FACTS = {**OPEN_WHEN_THE_NEXT_EDGE_IS_AN_END, **CHANGES_OF_THE_CLOCK}
