"""What stops all and what is one workbook's own: a machine that has run out of something blames none."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing

import pytest
from run_place import Fresh, Place, verdicts

from vinbatch import flow
from vinbatch.errors import AccessError
from vinbatch.run.isolating import isolating_bugs
from vinbatch.zipped import deflated, inflated


@pytest.mark.parametrize(
    ("number", "cure"), [(errno.EMFILE, "LimitNOFILE"), (errno.EIO, "disk is alive"), (errno.EDQUOT, "space")]
)
def test_what_the_machine_refuses_is_no_bug_of_a_workbook(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch, number: int, cure: str
) -> None:
    """A library that is loaded late could not be: the clerk was told of a bug, and nothing was declared."""

    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number), "site-packages/late.py")

    place.drop("a.xlsx", place.sheet(*fresh(1)))
    with monkeypatch.context() as patch:
        patch.setattr(flow, "check", refused)
        with pytest.raises(AccessError, match=r"site-packages/late\.py") as stopped:
            place.run()
    assert cure in stopped.value.cure
    (outcome,) = place.run().outcomes
    assert verdicts(outcome) == {2: "declared"}


@pytest.mark.parametrize("name", [7, b"late.py", None])
def test_a_place_that_is_no_text_is_told_as_well(name: object) -> None:
    """Of a file that is open already Python gives its number: that was told as a bug."""

    def refused(_: object) -> list[str]:
        raise OSError(errno.EIO, os.strerror(errno.EIO), name)

    with pytest.raises(AccessError):
        isolating_bugs(["a.xlsx"], refused, str, str)


def test_an_outcome_of_another_build_keeps_its_own_answer_and_no_work(place: Place, fresh: Fresh) -> None:
    """Its bytes are checked as they are inflated: a ledger called damaged would be put back for nothing."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    with closing(sqlite3.connect(place.home.ledger)) as db, db:
        ((stored,),) = db.execute("SELECT outcome FROM batch").fetchall()
        other = deflated(inflated(stored).replace(b'"declared"', b'"deferred"'))
        db.execute("UPDATE batch SET outcome = ?, answer_due = 1", (other,))
    vehicles, sets = fresh(2)
    place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
    place.run()
    assert "TRIAL-20260302-0002_b.xlsx" in place.reports()
