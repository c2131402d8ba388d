"""How the last passes ended, for `status` to tell: the failure until one succeeds, and when one did."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from vinbatch.effects.disk import reaching, write_quickly, written_at
from vinbatch.effects.home import Home
from vinbatch.effects.idle import ENDED
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError, BugError, VinbatchError
from vinbatch.noun import Noun
from vinbatch.paths import is_there
from vinbatch.wording import LANGUAGES

_MOST_SAID = 300  # characters of a bug


class Failure(Noun, frozen=True):
    """Since when every pass has ended with it; `told` is in each language: the reader's may be set anew."""

    since: datetime
    exit_code: int
    told: Mapping[str, str]


@contextmanager
def noted(home: Home, now: Callable[[], datetime]) -> Iterator[None]:
    """Keeps the failure that leaves this block, or the bug. What takes no note takes nothing else either."""
    try:
        yield
    except Exception as e:
        said = readable(" ".join("".join(traceback.format_exception_only(e)).split()))
        failure = e if isinstance(e, VinbatchError) else BugError("bug.stopped", said=said[:_MOST_SAID])
        with suppress(AccessError):
            _note(home, failure, now())
        raise


def _note(home: Home, error: VinbatchError, now: datetime) -> None:
    told = {lang: str(error.told(lang)) for lang in LANGUAGES}
    before = last(home)
    since = before.since if before and before.told == told else now
    kept = {"since": since.isoformat(), "exit_code": error.exit_code, "told": told}
    write_quickly(home.failed, json.dumps(kept, ensure_ascii=False).encode())


def over(home: Home, now: datetime) -> None:
    """A pass has done all that there was to do. A time alone is kept, in the file's own: passes are many."""
    forget(home)
    with reaching(home.own):
        ended = _ended(home)
        ended.touch()
        os.utime(ended, (now.timestamp(), now.timestamp()))


def forget(home: Home) -> None:
    """What stopped the last pass may stop no other, as where a restore has put back what was damaged."""
    with reaching(home.own):
        if is_there(home.failed):
            home.failed.unlink(missing_ok=True)


def forget_end(home: Home) -> None:
    """`clock.check_order` is to take the clock as it is."""
    with reaching(home.own):
        _ended(home).unlink(missing_ok=True)


def last_end(home: Home) -> datetime | None:
    """When a pass last came to its end; None where none ever has. UTC."""
    return written_at(_ended(home))


def _ended(home: Home) -> Path:
    return home.own / ENDED


def last(home: Home) -> Failure | None:
    """None where the last pass succeeded, or its note cannot be read: the next one makes it anew."""
    try:
        kept = json.loads(home.failed.read_bytes())
        return Failure(datetime.fromisoformat(kept["since"]), kept["exit_code"], dict(kept["told"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
