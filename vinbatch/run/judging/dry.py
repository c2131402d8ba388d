"""`vinbatch check`: the verdicts of a run without a lock and without a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from vinbatch import flow
from vinbatch.effects.clock import check_clock
from vinbatch.effects.home import Home
from vinbatch.effects.pool import Pool
from vinbatch.errors import AccessError
from vinbatch.model import Facts, Finding, Outcome, Parsed, Reading, Rulebook, column_letters
from vinbatch.noun import replace
from vinbatch.paths import is_there
from vinbatch.report.moot import with_moot
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run.isolating import isolating_bugs
from vinbatch.run.judging.judge import (
    Dropped,
    Keys,
    LookUp,
    are_parameters_only,
    decide_in_order,
    failed_outcome,
    leads,
    parse_in_portions,
)
from vinbatch.run.judging.portions import CHUNK_BYTES, gathered

T = TypeVar("T")


def check_files(
    files: Sequence[Callable[[], Dropped]], pool: Pool, look_up: LookUp, rulebook: Rulebook, now: datetime
) -> Iterator[Outcome]:
    """What a run would make of these files, dropped together; told in the order given, and read in chunks."""
    ruleset = compile_rules(rulebook)
    check_clock(now, ruleset.settings.zone)
    carried = _Carried(look_up)
    waiting: dict[int, Outcome] = {}
    told = 0
    read = ((i, files[i]()) for i in _order(files, pool))
    for chunk in gathered(read, lambda one: one[1].size, CHUNK_BYTES):
        places, dropped = [i for i, _ in chunk], [file for _, file in chunk]
        for portion in parse_in_portions(pool, dropped, ruleset):
            outcomes = _outcomes([(dropped[i], parsed) for i, parsed in portion], carried, rulebook, now)
            waiting |= zip((places[i] for i, _ in portion), outcomes, strict=True)
            while told in waiting:
                outcome = waiting.pop(told)
                # As a result tells it: one instruction a row, not also to mend what comes second.
                yield replace(outcome, findings=with_moot(outcome.findings, ruleset))
                told += 1


def _order(files: Sequence[Callable[[], Dropped]], pool: Pool) -> list[int]:
    """Parameters-only workbooks first, as a run takes them: also where they lie in another chunk."""
    if len(files) < 2:
        return list(range(len(files)))
    flags: list[bool] = []
    for some in gathered((read() for read in files), lambda file: file.size, CHUNK_BYTES):
        flags += are_parameters_only(pool, some)
    return sorted(range(len(files)), key=lambda i: not flags[i])


def _outcomes(
    read: Sequence[tuple[Dropped, Parsed]], carried: _Carried, rulebook: Rulebook, now: datetime
) -> list[Outcome]:
    def work(some: Sequence[tuple[Dropped, Parsed]]) -> list[Outcome]:
        readings = flow.check([parsed for _, parsed in some], rulebook)
        decided = dict(decide_in_order(readings, [""] * len(readings), carried.look_up, rulebook, now))
        outcomes = [decided[i] for i in range(len(readings))]
        for outcome in outcomes:
            carried.fold(outcome)
        return outcomes

    return isolating_bugs(
        read,
        work,
        lambda one: failed_outcome(one[0].source, "", now, rulebook),
        lambda one: one[0].source.name,
        lambda one: leads(one[1], compile_rules(rulebook)),
    )


def looker(root: Path | None) -> LookUp:
    """Facts out of the ledger of this home, read without a trace; none where there is no home."""
    if root is None:
        return lambda _keys: Facts(blind=True)
    Home(root).check_own()
    ledger = Home(root).ledger
    if not is_there(ledger):
        return lambda _keys: Facts()

    def ask(keys: Keys, *, traceless: bool) -> Facts:
        from vinbatch.store.ledger import Ledger

        with Ledger.read_only(ledger, traceless=traceless) as opened:
            return opened.facts(*keys.asked)

    def look(keys: Keys) -> Facts:
        from vinbatch.store.looking import stamp

        before = stamp(ledger)
        try:
            found = ask(keys, traceless=True)
        except AccessError:
            if stamp(ledger) == before:
                raise
        else:
            if stamp(ledger) == before:
                return found
        return ask(keys, traceless=False)  # a pass came in between: its traces are there anyhow

    return look


class _Carried:
    """Facts of the ledger with the outcomes so far laid over them; nothing is looked up twice."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._facts = Facts()
        self._known = Keys(frozenset(), frozenset(), frozenset())

    def look_up(self, keys: Keys) -> Facts:
        """Facts for a chunk: the ledger's where nothing was decided yet, else what was decided."""
        new, old, known = self._look_up(keys), self._facts, self._known
        numbers = known.numbers
        self._facts = Facts(
            records={**_new(new.records, known.vins), **old.records},
            entries={**_new(new.entries, numbers), **old.entries},
            former={**new.former, **old.former},
            users={**_new(new.users, numbers), **old.users},
            seen={**_new(new.seen, known.digests), **old.seen},
            waiting={**_new(new.waiting, known.marks), **old.waiting},
            agreed=new.agreed | old.agreed,
            forgotten={**old.forgotten, **new.forgotten},
            blind=new.blind,
        )
        self._known = Keys(
            known.vins | keys.vins,
            numbers | keys.numbers | set(new.entries) | set(new.users),
            known.digests | keys.digests,
            known.marks | keys.marks,
        )
        return self._facts

    def fold(self, outcome: Outcome) -> None:
        """What was decided counts for the files after it."""
        if not self._facts.blind:
            self._facts = flow.after(self._facts, outcome)


def _new(found: Mapping[str, T], known: frozenset[str]) -> dict[str, T]:
    return {key: value for key, value in found.items() if key not in known}


def as_json(outcome: Outcome, name: str, ruleset: Ruleset) -> dict[str, Any]:
    """One of the files of `check --json`, version 1; `name` is the file as it was given."""
    reading = outcome.reading
    verdicts: dict[str, dict[str, str]] = {}
    for judged in sorted(outcome.rows, key=lambda j: j.row.place):
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
    return f"{column_letters(column)}{finding.row}"
