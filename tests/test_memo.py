"""What is remembered changes nothing: a workbook with every memo empty, full, and filled by others."""

from __future__ import annotations

import gc
import math
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from vinbatch import flow, samples
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.memo import Memo
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Facts,
    FileNames,
    Known,
    Odd,
    OddKind,
    Parsed,
    Raw,
    Sheet,
    Source,
)
from vinbatch.ruleset import compile_rules
from vinbatch.store.codec import encode, outcome_from

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
BOOK = packaged_rulebook()
RULES = compile_rules(BOOK)
# Alike as keys, unlike in a cell; and what people write.
ODD: tuple[Raw, ...] = (
    *(True, False, 1, 1.0, 0, 0.0, -0.0, 5, 5.0, 1420, 1420.5, 1e12, 2021.12, -3),
    *(
        "",
        " ",
        "-",
        "无",
        "１２３",
        "1,420",
        "1420mm",
        "0",
        "-0",
        "5.0",
        "90/100",
        "M1",
        "电",
        "汽油",
        "是",
        "yes",
    ),
    *(
        "DEU",
        "德国",
        "#请重填",
        "2021.05",
        "2021-05",
        "a\u200bb",
        "<&>",
        "_x000D_",
        "黑" * 80,
        "暂存",
        "变更",
    ),
    datetime(2021, 5, 3),
    Odd(OddKind.ERROR, "#N/A"),
    Odd(OddKind.FORMATTED, "0.00", 2021.1),
    Odd(OddKind.MERGED, "A1:A2", "x"),
)


def workbook(seed: int) -> Parsed:
    """Vehicles and parameters, half of the rows with odd cells."""
    dice = random.Random(seed)
    rows = {VEHICLE: samples.vehicles(12), STRUCTURE: samples.parameters()}
    sheets = []
    for token, table in rows.items():
        keys = [f.key for f in RULES.fields(token)]
        grid: list[list[Raw]] = [[RULES.field(token, key).zh for key in keys]]
        for row in table:
            cells: list[Raw] = [row.get(key) for key in keys]
            for _ in range(dice.randrange(5)):
                cells[dice.randrange(len(cells))] = dice.choice(ODD)
            grid.append(cells)
        sheets.append(Sheet(RULES.word(f"@sheet.{token}"), tuple(map(tuple, grid))))
    return Parsed(Source(f"{seed}.xlsx", f"{seed:064x}"), tuple(sheets))


def told(seed: int) -> tuple[object, ...]:
    """All that comes of a workbook; `repr`, as 5 and 5.0 are equal."""
    (reading,) = flow.check([workbook(seed)], BOOK)
    outcome = flow.decide(reading, Facts(), BOOK, "TRIAL-20260302-0001", NOW)
    records = {c.vin: c.record for c in outcome.records if c.record is not None}
    answer = flow.answer(outcome, Known(NOW, records), FileNames(), BOOK)
    return repr(outcome), flow.render(outcome, BOOK), answer


def forget() -> None:
    gc.unfreeze()  # what is frozen is not among the objects
    for thing in gc.get_objects():
        if isinstance(thing, Memo):
            thing.clear()
    gc.freeze()


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[object, ...]]:
    """The slow path: nothing is ever remembered."""

    def slowly(seed: int) -> tuple[object, ...]:
        forget()
        with monkeypatch.context() as patch:
            patch.setattr(Memo, "__missing__", lambda self, key: self._function(key))
            return told(seed)

    return slowly


@pytest.mark.parametrize("seed", range(8))
def test_what_was_seen_before_changes_nothing(seed: int, plain: Callable[[int], tuple[object, ...]]) -> None:
    expected = plain(seed)
    for other in range(100, 104):
        told(other)
    assert told(seed) == expected
    assert told(seed) == expected


@pytest.mark.parametrize("seed", range(8))
def test_an_outcome_is_what_the_ledger_gives_back(seed: int) -> None:
    """So the first answer may be made of the one at hand."""
    (reading,) = flow.check([workbook(seed)], BOOK)
    outcome = flow.decide(reading, Facts(), BOOK, "TRIAL-20260302-0001", NOW)
    stored = outcome_from(encode(outcome))
    assert stored == outcome
    assert flow.answer(stored, Known(NOW), FileNames(), BOOK) == flow.answer(
        outcome, Known(NOW), FileNames(), BOOK
    )


def test_a_memo_is_its_function() -> None:
    memo = Memo(repr)
    for key in (1, "a", 0.0, -0.0, 0, None, (1, 2)):
        assert memo[key] == repr(key)
    assert math.copysign(1, float(memo[-0.0])) == -1


def test_a_memo_stays_small() -> None:
    memo = Memo(str, most=10)
    for key in range(1, 100):
        assert memo[key] == str(key)
        assert len(memo) <= 10
