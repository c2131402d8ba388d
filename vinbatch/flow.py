"""The story on one page: what happens to a workbook between the inbox and the outbox.

    claim → parse → check → (look up facts) → decide → render → commit → publish → answer → tell
            pure    pure                      pure     pure                        pure

Each step takes and gives plain frozen dataclasses that pickle, and the rules as texts: so the same calls
run in this process, in a worker, or on another machine. `vinbatch.run` puts the effects around them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from vinbatch import lifecycle
from vinbatch.checks import check as checks
from vinbatch.checks import headings
from vinbatch.customs import package
from vinbatch.model import (
    Answer,
    Entry,
    Facts,
    Files,
    Outcome,
    Package,
    Parsed,
    Reading,
    Record,
    Rulebook,
    Source,
)
from vinbatch.report.extract import extract_workbook
from vinbatch.report.result import result_workbook
from vinbatch.ruleset import compile_rules
from vinbatch.workbook import read


def parse(source: Source, data: bytes, rulebook: Rulebook) -> Parsed:
    """The sheets of one workbook, or the reason why it cannot be read."""
    return read.read(source, data, compile_rules(rulebook))


def holds_parameters_only(parsed: Parsed, rulebook: Rulebook) -> bool:
    """Whether a workbook is a catalogue import: such are worked before all others."""
    return headings.holds_parameters_only(parsed.sheets, compile_rules(rulebook))


def check(parsed: Sequence[Parsed], rulebook: Rulebook, now: datetime) -> list[Reading]:
    """Typed rows and all findings that need no looking up; one reading a workbook, in order."""
    return checks.check(parsed, compile_rules(rulebook), now)


def decide(reading: Reading, facts: Facts, rulebook: Rulebook, batch: str, now: datetime) -> Outcome:
    """A verdict for every row, and everything that is to be written and declared."""
    return lifecycle.decide(reading, facts, compile_rules(rulebook), batch, now)


def after(facts: Facts, outcome: Outcome) -> Facts:
    """The facts that the next workbook of the pass is decided by."""
    return lifecycle.after(facts, outcome)


def render(outcome: Outcome, rulebook: Rulebook) -> tuple[Package, ...]:
    """The declaration packages of an outcome, one per type. RulesError where the template is wrong."""
    return package.render(outcome, compile_rules(rulebook))


def answer(
    outcome: Outcome,
    records: Mapping[str, Record],
    files: Files,
    head: str,
    rulebook: Rulebook,
) -> Answer:
    """The result workbook: from the stored outcome and the records as they stand now, nothing else."""
    ruleset = compile_rules(rulebook)
    from vinbatch.workbook.fill import fill

    filled = result_workbook(outcome, records, files, head, ruleset)
    return Answer(outcome.batch, fill(ruleset, filled, ruleset.settings.language))


def extract(records: Sequence[Record], entries: Mapping[str, Entry], rulebook: Rulebook) -> bytes:
    """Records with the parameters that they use, as a workbook that may be edited and dropped again."""
    from vinbatch.workbook.fill import fill

    ruleset = compile_rules(rulebook)
    return fill(ruleset, extract_workbook(records, entries, ruleset), ruleset.settings.language)
