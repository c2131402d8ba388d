"""The schemas against the plain reading of the rules: every value of every row, one by one."""

from __future__ import annotations

import random

import pytest

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


@pytest.mark.parametrize("sheet", [VEHICLE, STRUCTURE])
@pytest.mark.parametrize("rows", [0, 1, 40, 700])
def test_the_schema_finds_what_the_rules_break_cell_by_cell(sheet: str, rows: int) -> None:
    """Also where a column has more different values than go into the common frame."""
    dice = random.Random(rows)
    fields = RULES.fields(sheet)
    table = [tuple(value(f, dice) for f in fields) for _ in range(rows)]
    plain = {
        (i, f.key)
        for i, row in enumerate(table)
        for f, v in zip(fields, row, strict=True)
        if broken(RULES, sheet, f.key, v)
    }
    assert {(i, key) for i, key, _ in failing_cells(RULES, sheet, table)} == plain
