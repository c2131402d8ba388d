"""The heartbeat: what a watch last did, so that `status` tells one that lives from one that hangs or died."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from vinbatch.effects import kernel
from vinbatch.effects.disk import write_quickly
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError
from vinbatch.noun import Noun

# A pass beats between its effects. The longest healthy ones: a program of after_batch, which is killed after
# a minute, and what a chunk of full workbooks takes between two beats on a slow machine and share.
HANGS = timedelta(minutes=3)
BEAT = 5.0  # seconds at least between two beats within a pass


def no_beat() -> None:
    """For a run or a command: only a watch has a heart."""


class Beat(Noun, frozen=True):
    """One beat. Times are UTC."""

    pid: int
    host: str
    since: datetime
    beat: datetime
    passes: int
    waiting: int

    def hangs(self, now: datetime) -> bool:
        """Whether its process lives and has not beaten for too long."""
        return self.alive() and now - self.beat > HANGS

    def alive(self) -> bool:
        """Whether its process lives; of another machine's only its beat can tell."""
        return self.host != os.uname().nodename or kernel.lives(self.pid)


def beat(home: Home, since: datetime, now: datetime, passes: int, waiting: int) -> None:
    """Writes a beat; durable it need not be, and where there is no room for it the work itself says so."""
    told: Mapping[str, object] = {
        "pid": os.getpid(),
        "host": os.uname().nodename,
        "since": since.isoformat(timespec="seconds"),
        "beat": now.isoformat(timespec="seconds"),
        "passes": passes,
        "waiting": waiting,
    }
    with suppress(AccessError):
        write_quickly(home.heartbeat, json.dumps(told).encode())


def still_heart(home: Home) -> None:
    """A watch that stops in good order leaves no heartbeat behind."""
    home.heartbeat.unlink(missing_ok=True)


def last_beat(path: Path) -> Beat | None:
    """The last beat; None where no watch has been, or one has stopped in good order."""
    try:
        told = json.loads(path.read_bytes())
        since, at = (datetime.fromisoformat(told[key]) for key in ("since", "beat"))
        return Beat(told["pid"], told["host"], since, at, told["passes"], told["waiting"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
