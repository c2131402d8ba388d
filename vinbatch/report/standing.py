"""Where a record stands, as detail pages tell it: one source for the command `show` and the report."""

from __future__ import annotations

from vinbatch.model import Known, Record
from vinbatch.report.customs import contradicting, overdue_days, reply_words, state_words
from vinbatch.report.result import record_columns
from vinbatch.report.waiting import open_asks
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset


def standing(record: Record, known: Known, ruleset: Ruleset) -> tuple[tuple[str, str], ...]:
    """Label and text: where it stands, what it waits for, what may be done with it."""
    late = overdue_days(record, known.now, ruleset)
    state = [ruleset.word(f"@type.{record.now.type}"), state_words(record.now, ruleset)]
    state += [ruleset.word("@verdict.held")] if record.held else []
    state += [ruleset.phrase("cli.late", days=late)] if late else []
    asks = "\n".join(ruleset.tell(f).what for f in open_asks(record, known, ruleset))
    odd = contradicting(known.contradicted.get(record.vin, ()))
    told = (
        (ruleset.word("@column.state"), " · ".join(state)),
        (ruleset.word("@column.batch"), record.now.batch),
        (ruleset.word("@column.updated"), local_time(record.updated, ruleset)),
        (ruleset.phrase("fact.department"), record.department),
        (ruleset.word("@column.receipt"), reply_words(record.now.heard, ruleset)),
        (ruleset.title("CUSTOMS-CONTRADICTED"), reply_words(odd[1], ruleset) if odd else ""),
        (ruleset.word("@verdict.held"), asks),
        (ruleset.word("@column.acts"), record_columns(record, ruleset)["acts"]),
    )
    return tuple((label, text) for label, text in told if text)
