"""The failure that ended the last pass: kept until a pass succeeds, for `status` to tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

from vinbatch.effects.disk import reaching, write_quickly
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError, VinbatchError
from vinbatch.noun import Noun
from vinbatch.wording import LANGUAGES


class Failure(Noun, frozen=True):
    """Since when every pass has ended with it; `told` is in each language: the reader's may be set anew."""

    since: datetime
    exit_code: int
    told: Mapping[str, str]


@contextmanager
def noted(home: Home, now: Callable[[], datetime]) -> Iterator[None]:
    """Keeps the failure that leaves this block. What takes no note takes nothing else either."""
    try:
        yield
    except VinbatchError as e:
        with suppress(AccessError):
            _note(home, e, now())
        raise


def _note(home: Home, error: VinbatchError, now: datetime) -> None:
    told = {lang: str(error.told(lang)) for lang in LANGUAGES}
    before = last(home)
    since = before.since if before and before.told == told else now
    kept = {"since": since.isoformat(), "exit_code": error.exit_code, "told": told}
    write_quickly(home.failed, json.dumps(kept, ensure_ascii=False).encode())


def over(home: Home) -> None:
    """A pass has done all that there was to do."""
    with reaching(home.failed):
        if home.failed.exists():
            home.failed.unlink(missing_ok=True)


def last(home: Home) -> Failure | None:
    """None where the last pass succeeded, or its note cannot be read: the next one makes it anew."""
    try:
        kept = json.loads(home.failed.read_bytes())
        return Failure(datetime.fromisoformat(kept["since"]), kept["exit_code"], dict(kept["told"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
