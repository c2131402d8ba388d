"""The story on one page: what happens to a workbook between the inbox and the outbox.

    claim → parse → check → (look up facts) → decide → render → commit → publish → answer → tell
            pure    pure                      pure     pure                        pure

and to what customs answers:

    claim → receive → hear → commit → answer
            pure      pure            pure

Each step takes and gives plain frozen values that pickle, and the rules as texts: so the same calls
run in this process, in a worker, or on another machine. `vinbatch.run` puts the effects around them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from vinbatch import lifecycle
from vinbatch.checks import check as checks
from vinbatch.checks import headings
from vinbatch.customs import package
from vinbatch.model import (
    Answer,
    Facts,
    FileNames,
    Finding,
    Heard,
    Known,
    Order,
    Outcome,
    Package,
    Parsed,
    Reading,
    Receipt,
    Record,
    Reply,
    Return,
    Rulebook,
    Sent,
    Source,
)
from vinbatch.report.extract import extract_workbook, order_workbook
from vinbatch.report.result import result_workbook
from vinbatch.ruleset import compile_rules
from vinbatch.workbook import read


def parse(source: Source, data: bytes, rulebook: Rulebook) -> Parsed:
    """The sheets of one workbook, or the reason why it cannot be read."""
    return read.read(source, data, compile_rules(rulebook))


def holds_parameters_only(source: Source, data: bytes, rulebook: Rulebook) -> bool:
    """Whether a workbook is a catalogue import: such are worked before all others."""
    return headings.holds_parameters_only(read.glance(source, data, rules := compile_rules(rulebook)), rules)


def check(parsed: Sequence[Parsed], rulebook: Rulebook) -> list[Reading]:
    """Typed rows and all findings that need no looking up; one reading a workbook, in order."""
    return checks.check(parsed, compile_rules(rulebook))


def decide(reading: Reading, facts: Facts, rulebook: Rulebook, batch: str, now: datetime) -> Outcome:
    """A verdict for every row, and everything that is to be written and declared."""
    return lifecycle.decide(reading, facts, compile_rules(rulebook), batch, now)


def after(facts: Facts, outcome: Outcome) -> Facts:
    """The facts that the next workbook of the pass is decided by."""
    return lifecycle.after(facts, outcome)


def render(outcome: Outcome, rulebook: Rulebook) -> tuple[Package, ...]:
    """The declaration packages of an outcome, one per type. RulesError where the template is wrong."""
    return package.render(outcome, compile_rules(rulebook))


def answer(outcome: Outcome, known: Known, files: FileNames, rulebook: Rulebook) -> Answer:
    """The result workbook: from the stored outcome and what the ledger holds now, nothing else."""
    from vinbatch.workbook.fill import fill

    filled = result_workbook(outcome, known, files, ruleset := compile_rules(rulebook))
    return Answer(outcome.batch, fill(ruleset, filled, ruleset.settings.language))


def page(outcome: Outcome, known: Known, files: FileNames, rulebook: Rulebook) -> bytes:
    """The report in HTML, from the same and the name that the result workbook has got."""
    from vinbatch.report.html import report_page

    return report_page(outcome, known, files, compile_rules(rulebook))


def receive(data: bytes, rulebook: Rulebook) -> Receipt | Finding:
    """The receipt in these bytes, or the reason why there is none."""
    from vinbatch.customs.receipt import read_receipt

    return read_receipt(data, compile_rules(rulebook))


def hear(
    receipt: Receipt,
    sent: Sent | None,
    records: Mapping[str, Record],
    earlier: Sequence[Reply],
    rulebook: Rulebook,
    now: datetime,
    *,
    user: str = "",
    override: bool = False,
) -> Heard:
    """What a receipt does to the vehicles that it speaks for. `earlier` are the replies to them so far."""
    ruleset = compile_rules(rulebook)
    return lifecycle.hear(lifecycle.Hearing(ruleset, receipt, sent, records, earlier, now, user, override))


def write_receipt(guid: str, answer: Return) -> bytes:
    """The receipt that customs would have sent, for an answer that came by other ways."""
    from vinbatch.customs.receipt import receipt_xml

    return receipt_xml(guid, (answer,))


def order(
    records: Sequence[Record],
    what: Order,
    title: str,
    rulebook: Rulebook,
    cells: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The workbook that a clerk would drop to have this done with these records, `cells` edited by key."""
    from vinbatch.workbook.fill import fill

    ruleset = compile_rules(rulebook)
    return fill(ruleset, order_workbook(records, what, title, cells, ruleset), ruleset.settings.language)


def extract(known: Known, rulebook: Rulebook, *, register: bool = False, about: str = "") -> bytes:
    """Records with the parameters that they use, as a workbook that may be edited and dropped again."""
    from vinbatch.workbook.fill import fill

    filled = extract_workbook(known, ruleset := compile_rules(rulebook), register=register, about=about)
    return fill(ruleset, filled, ruleset.settings.language)
