"""The heartbeat: what a watch last did, so that `status` tells one that lives from one that hangs or died."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from vinbatch.effects.disk import write_quickly
from vinbatch.effects.home import Home
from vinbatch.noun import Noun

# A pass over a large backlog beats between its chunks only: a watch is given this long.
HANGS = timedelta(minutes=10)


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
        if self.host != os.uname().nodename:
            return True
        with suppress(PermissionError):  # another user's: it is there
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return False
        return True


def beat(home: Home, since: datetime, now: datetime, passes: int, waiting: int) -> None:
    """Writes a beat; durable it need not be."""
    told: Mapping[str, object] = {
        "pid": os.getpid(),
        "host": os.uname().nodename,
        "since": since.isoformat(timespec="seconds"),
        "beat": now.isoformat(timespec="seconds"),
        "passes": passes,
        "waiting": waiting,
    }
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
