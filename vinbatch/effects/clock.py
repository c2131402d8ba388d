"""Whether the machine's clock can be right: everything that is declared bears its time."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from vinbatch.effects.failing import last_end
from vinbatch.effects.home import Home, init_command
from vinbatch.errors import AccessError

_ASTRAY = timedelta(days=1)  # no time zone and no summer time explains more
EARLIEST = 2026  # there was no vinbatch before; a machine that says an earlier year has lost its clock


def check_clock(now: datetime, zone: tzinfo) -> None:
    """AccessError where `now`, as the site sees it, is of a year that cannot be.

    Every certificate would be one of the future, batch and declaration would bear the wrong date, and
    customs' answers would come before what they answer to.
    """
    local = now.astimezone(zone)
    if local.year < EARLIEST:
        raise AccessError("clock.lost", time=f"{local:%Y-%m-%d %H:%M}")


def check_order(home: Home, now: datetime) -> None:
    """AccessError where a pass of this home ended more than a day after `now`: one of two clocks was wrong.

    What is declared until then would bear a wrong date; what that pass declared does, and is overdue late.
    A trial home may be given any time. `failing.forget_end` takes the clock as it is.
    """
    last = last_end(home) if home.settings.production else None
    if last and last - now > _ASTRAY:
        told = (f"{moment.astimezone(home.settings.zone):%Y-%m-%d %H:%M}" for moment in (now, last))
        raise AccessError("clock.back", time=next(told), last=next(told), init=init_command(home.root))
