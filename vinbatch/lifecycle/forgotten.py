"""Rows about vehicles of a package that a restored ledger does not know."""

from __future__ import annotations

from vinbatch.lifecycle.acts import stated_act
from vinbatch.lifecycle.marks import row_values
from vinbatch.lifecycle.wanted import Intent, RowCase
from vinbatch.model import Verdict


def forgotten_intent(case: RowCase) -> Intent | None:
    """Whatever the row asks for, where nobody can tell how its VIN stands: refused, even for nothing."""
    if not case.facts.forgotten:
        return None
    row = case.row
    values = row_values(case.ruleset, row)
    named = [values.get("vin"), row.mark.key if row.mark is not None else None]
    lost = next((found for v in named if (found := case.facts.forgotten.get(str(v))) is not None), None)
    if lost is None:
        return None
    when = lost.made.astimezone(case.ruleset.settings.zone)
    finding = case.finding(
        "VIN-FORGOTTEN",
        guid=lost.guid,
        batch=lost.batch,
        type=f"@type.{lost.type}",
        when=f"{when:%Y-%m-%d %H:%M}",
    )
    return Intent(row, values, stated_act(values), Verdict.REFUSED, findings=(finding,))
