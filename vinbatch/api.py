"""`vinbatch.check`: the verdicts of a run for one workbook, from Python; no trace is left."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from vinbatch.effects.home import find_home
from vinbatch.effects.names import readable
from vinbatch.effects.pool import Pool
from vinbatch.effects.rulebook import packaged_rulebook, read_rulebook, stated_language
from vinbatch.errors import UsageError, VinbatchError
from vinbatch.model import Source
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules
from vinbatch.run.judging import dry
from vinbatch.run.judging.judge import Dropped
from vinbatch.wording import LANGUAGES, USUAL


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: where it is, what is wrong, and how to mend it. None: of the file as a whole."""

    sheet: str | None
    row: int | None
    cell: str | None
    field: str | None
    code: str
    severity: str
    message: str
    cure: str
    value: str


@dataclass(frozen=True, slots=True)
class Report:
    """What would become of a workbook. `verdicts` are by sheet and row number, as Excel shows it."""

    name: str
    refused: bool
    rows: int
    findings: tuple[Problem, ...]
    verdicts: Mapping[str, Mapping[int, str]]

    def to_dict(self) -> dict[str, Any]:
        """The same as `check --json` gives of a file."""
        verdicts = {
            sheet: {str(row): verdict for row, verdict in rows.items()}
            for sheet, rows in self.verdicts.items()
        }
        return {
            "file": self.name,
            "refused": self.refused,
            "rows": self.rows,
            "findings": [asdict(problem) for problem in self.findings],
            "verdicts": verdicts,
        }


def check(
    data: bytes,
    name: str | os.PathLike[str] = "workbook.xlsx",
    home: str | os.PathLike[str] | None = None,
    language: str | None = None,
) -> Report:
    r"""Judges the bytes of a workbook as `vinbatch check` does; `name` is what it is called in the report.

    With a `home`, its rules, catalogue and ledger count, and its language where none is given. Without one
    the packaged rules do, in Chinese, and every row is judged as if its VIN had no record. The workbook is
    opened in a process of its own, with limits. Raises UsageError, RulesError, AccessError, whose `message`
    and `cure` are in the same language.

    >>> report = check(b"VIN,colour\n", "vehicles.csv", language="en")
    >>> report.refused, report.rows
    (True, 0)
    >>> [(problem.code, problem.severity) for problem in report.findings]
    [('FILE-CSV', 'stop')]
    """
    try:
        return _checked(data, os.fspath(name), None if home is None else os.fspath(home), language)
    except VinbatchError as e:
        e.language = _language(None if home is None else Path(home), language)
        raise


def _checked(data: bytes, name: str, home: str | None, language: str | None) -> Report:
    if language is not None and language not in LANGUAGES:
        raise UsageError("usage.language", given=repr(language), known=", ".join(LANGUAGES))
    if multiprocessing.current_process().daemon:
        raise UsageError("usage.daemon")
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise UsageError("usage.no_bytes", given=type(data).__name__)
    root = None if home is None else find_home(home, {}, Path.cwd())
    rulebook = packaged_rulebook() if root is None else read_rulebook(root)
    ruleset = compile_rules(rulebook)
    data = bytes(data)
    limits = ruleset.settings.limits.file_megabytes * 2**20
    kept = data if len(data) <= limits else None
    source = Source(readable(name), hashlib.sha256(data).hexdigest() if kept is not None else "")
    worker = ruleset.settings.worker
    with _without_main(), Pool(1, worker.memory_megabytes, worker.seconds, rulebook) as pool:
        looked = dry.looker(root)
        dropped = Dropped(source, kept, len(data))
        (outcome,) = dry.check_files([lambda: dropped], pool, looked, rulebook, datetime.now(UTC))
    if language:
        ruleset = replace(ruleset, settings=replace(ruleset.settings, language=language))
    return _report(dry.as_json(outcome, name, ruleset))


def _language(home: Path | None, asked: str | None) -> str:
    """Of a failure: what was asked for, else that of the home, as far as it can be read."""
    if asked in LANGUAGES:
        return str(asked)
    return (home and stated_language(home)) or USUAL


@contextmanager
def _without_main() -> Iterator[None]:
    """Hides the caller's script while workers start.

    multiprocessing would run it once more in each of them, for functions that might be defined there. Ours
    are not; and a script that lacks `if __name__ == "__main__":`, or came through a pipe, would fail.
    """
    ours, theirs = ModuleType("__main__"), sys.modules["__main__"]
    sys.modules["__main__"] = ours
    try:
        yield
    finally:
        sys.modules["__main__"] = theirs


def _report(told: Mapping[str, Any]) -> Report:
    verdicts = {
        sheet: {int(row): verdict for row, verdict in rows.items()}
        for sheet, rows in told["verdicts"].items()
    }
    findings = tuple(Problem(**finding) for finding in told["findings"])
    return Report(told["file"], told["refused"], told["rows"], findings, verdicts)
