"""Whether the machine's clock can be right: everything that is declared bears its time."""

from __future__ import annotations

from datetime import datetime, tzinfo

from vinbatch.errors import AccessError

EARLIEST = 2026  # there was no vinbatch before; a machine that says an earlier year has lost its clock


def check_clock(now: datetime, zone: tzinfo) -> None:
    """AccessError where `now`, as the site sees it, is of a year that cannot be.

    Every certificate would be one of the future, batch and declaration would bear the wrong date, and
    customs' answers would come before what they answer to.
    """
    local = now.astimezone(zone)
    if local.year < EARLIEST:
        raise AccessError("clock.lost", time=f"{local:%Y-%m-%d %H:%M}")
