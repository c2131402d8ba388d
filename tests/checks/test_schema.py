"""The schemas against the plain reading of the rules: every value of every row, one by one."""

from __future__ import annotations

import random

import pytest

from vinbatch.checks import schema
from vinbatch.checks.limits import broken
from vinbatch.checks.schema import failing_cells
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, VEHICLE, Field, Kind, Value
from vinbatch.ruleset import compile_rules

RULES = compile_rules(packaged_rulebook())
BOUNDS = (0, 1, 5, 20, 9999, 1e9)


def value(field: Field, dice: random.Random) -> Value:
    """Right or wrong, often repeated, and of the field's own kind: cells are typed before."""
    if dice.random() < 0.2:
        return None
    if field.kind is Kind.INT:
        return int(dice.choice(BOUNDS))
    if field.kind is Kind.DECIMAL:
        return float(dice.choice(BOUNDS))
    if field.kind is Kind.INTLIST:
        return tuple(int(dice.choice(BOUNDS)) for _ in range(dice.randrange(1, 4)))
    return dice.choice((field.example, "x" * dice.randrange(1, 400), f"A{dice.randrange(5000)}", "是", "DEU"))


def plain(sheet: str, table: list[tuple[Value, ...]]) -> set[tuple[int, str]]:
    return {
        (i, f.key)
        for i, row in enumerate(table)
        for f, v in zip(RULES.fields(sheet), row, strict=True)
        if broken(RULES, sheet, f.key, v)
    }


def made(sheet: str, rows: int, seed: int) -> list[tuple[Value, ...]]:
    dice = random.Random(seed)
    return [tuple(value(f, dice) for f in RULES.fields(sheet)) for _ in range(rows)]


@pytest.mark.parametrize("sheet", [VEHICLE, STRUCTURE])
@pytest.mark.parametrize("rows", [0, 1, 40, 1500])
def test_the_schema_finds_what_the_rules_break_cell_by_cell(sheet: str, rows: int) -> None:
    """Also where a column has more different values than go into the common frame."""
    table = made(sheet, rows, rows)
    assert {(i, key) for i, key, _ in failing_cells(RULES, sheet, table)} == plain(sheet, table)


@pytest.mark.parametrize("sheet", [VEHICLE, STRUCTURE])
def test_what_a_call_before_had_is_found_again(sheet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that all, some or none of the calls before had, also more of them than are remembered."""
    monkeypatch.setattr(schema, "_MOST", 20)
    first, other = made(sheet, 9, 1), made(sheet, 9, 2)
    for table in (first, first, [*other, *first], made(sheet, 40, 3), first):
        assert {(i, key) for i, key, _ in failing_cells(RULES, sheet, table)} == plain(sheet, table)
