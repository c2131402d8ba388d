"""`vinbatch check`: the verdicts of a run without a lock and without a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vinbatch import flow
from vinbatch.effects.pool import Pool
from vinbatch.model import Finding, Outcome, Reading, Rulebook
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run.judge import Dropped, LookUp, decide_in_order, parse_all


def check_files(
    files: Sequence[Dropped],
    pool: Pool,
    look_up: LookUp,
    rulebook: Rulebook,
    now: datetime,
) -> list[Outcome]:
    """What a run would make of these files, dropped together, in the order given."""
    parsed = parse_all(pool, files, compile_rules(rulebook))
    readings = flow.check(parsed, rulebook, now)
    return decide_in_order(readings, [""] * len(readings), look_up, rulebook, now)


def as_json(outcomes: Sequence[Outcome], names: Sequence[str], ruleset: Ruleset) -> dict[str, Any]:
    """The shape of `check --json`, version 1; `names` are the files as they were given."""
    files = [_file(o, name, ruleset) for o, name in zip(outcomes, names, strict=True)]
    return {"version": 1, "files": files}


def _file(outcome: Outcome, name: str, ruleset: Ruleset) -> dict[str, Any]:
    reading = outcome.reading
    verdicts: dict[str, dict[str, str]] = {}
    for judged in sorted(outcome.rows, key=lambda j: (j.row.sheet, j.row.number)):
        sheet = sheet_name(judged.row.sheet, reading, ruleset)
        verdicts.setdefault(sheet, {})[str(judged.row.number)] = judged.verdict.value
    return {
        "file": name,
        "refused": outcome.refused,
        "rows": len(outcome.rows),
        "findings": [_finding(f, reading, ruleset) for f in in_sheet_order(outcome)],
        "verdicts": verdicts,
    }


def in_sheet_order(outcome: Outcome) -> list[Finding]:
    """File first, then vehicles, then parameters, each from the top."""
    order = {"": 0, "vehicle": 1, "structure": 2}
    return sorted(outcome.findings, key=lambda f: (order.get(f.sheet, 3), f.row))


def _finding(finding: Finding, reading: Reading, ruleset: Ruleset) -> dict[str, Any]:
    told = ruleset.tell(finding)
    return {
        "sheet": sheet_name(finding.sheet, reading, ruleset) if finding.sheet else None,
        "row": finding.row or None,
        "cell": source_cell(finding, reading.columns.get(finding.sheet, {})),
        "field": finding.field or None,
        "code": finding.code,
        "severity": finding.severity.value,
        "message": told.what,
        "cure": told.cure,
        "value": finding.value,
    }


def sheet_name(sheet: str, reading: Reading, ruleset: Ruleset) -> str:
    """The name that the sheet has in the workbook that was read."""
    return reading.names.get(sheet) or ruleset.word(f"@sheet.{sheet}")


def source_cell(finding: Finding, columns: Mapping[str, int]) -> str | None:
    """The cell in the workbook that was read, `C5`; None where it has no such column."""
    column = columns.get(finding.field)
    if not finding.row or not column:
        return None
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{finding.row}"
