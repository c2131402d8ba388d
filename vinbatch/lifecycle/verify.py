"""What is to be verified of a draft, which may be saved with open questions: told with how it is declared.

核实确认=是 alone does nothing for it: no act is open on its row, as there is on one that is held.
"""

from __future__ import annotations

from collections.abc import Iterable

from vinbatch.lifecycle.acts import TARGET, act_of
from vinbatch.lifecycle.bench import Weighed
from vinbatch.lifecycle.wanted import Intent
from vinbatch.model import PARAMETERS, VEHICLE, Finding, Question, Record, Severity, Type
from vinbatch.ruleset import Ruleset

TO_VERIFY = "RECORD-TO-VERIFY"


def told_to_verify(ruleset: Ruleset, weighed: Weighed) -> Weighed:
    """A row that is saved as a draft, with how its questions are answered, if it has any."""
    act, row = weighed.intent.act, weighed.intent.row.number
    if act is None or not weighed.intent.drafting or weighed.stopped:
        return weighed
    asked = questions(weighed.findings)
    if not asked:
        return weighed
    kind, _state = TARGET[act]
    return weighed.noted(_finding(ruleset, row, kind, asked))


def still_to_verify(ruleset: Ruleset, intent: Intent, supply: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same of a draft that its row leaves as it was; `supply` is what is said of its parameters now.

    What its parameters are asked they are asked elsewhere, too, and may have the answer by now.
    """
    record = intent.record
    if record is None or not record.asked:
        return ()
    about = (q for ask in record.asked if not (q := Question.read(ask)).of_their_row)
    own = (q.called for q in about if q.code != PARAMETERS and asks_still(ruleset, q.code))
    asked = (*own, *questions(supply))
    return (to_verify(ruleset, record, intent.row.number, asked),) if asked else ()


def asks_still(ruleset: Ruleset, code: str) -> bool:
    """Whether the home asks about it: where it has made it a note nobody is to answer, and no 是 a stop."""
    return code in ruleset.findings and ruleset.severity(code) is Severity.ASK


def to_verify(ruleset: Ruleset, record: Record, row: int, asked: Iterable[str]) -> Finding:
    """How a saved draft is declared of which this is asked, on its row."""
    return _finding(ruleset, row, record.now.type, asked)


def _finding(ruleset: Ruleset, row: int, kind: Type, asked: Iterable[str]) -> Finding:
    act, names = f"@act.{act_of(kind)}", tuple(dict.fromkeys(asked))
    return ruleset.finding(TO_VERIFY, sheet=VEHICLE, row=row, field="action", act=act, asked=names)


def questions(findings: Iterable[Finding]) -> tuple[str, ...]:
    """What the open questions among these are called, each once."""
    asked = (f for f in findings if f.severity is Severity.ASK)
    return tuple(dict.fromkeys(str(dict(f.params).get("asked", f"@title.{f.code}")) for f in asked))
