"""How long a ledger has been kept."""

import sqlite3
from datetime import UTC, datetime

import pytest

from vinbatch.store.pace import began


@pytest.mark.parametrize(
    ("bodies", "time"),
    [
        ([], None),
        (
            ['{"time": "2026-03-02T01:30:00+00:00"}', '{"time": "2026-03-03"}'],
            datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
        ),
        (['{"of": "another"}'], None),
        (['{"time": "yesterday"}'], None),
        (["no json"], None),
    ],
    ids=["empty", "two events", "no time", "no date", "no json"],
)
def test_a_ledger_is_as_old_as_its_first_event_says(bodies: list[str], time: datetime | None) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, body TEXT)")
    db.executemany("INSERT INTO event (body) VALUES (?)", [(body,) for body in bodies])
    assert began(db) == time
    db.close()
