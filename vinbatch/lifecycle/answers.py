"""Which questions of a vehicle row have their answer, and what its draft keeps of those that have none."""

from __future__ import annotations

from collections.abc import Callable

from vinbatch.lifecycle.asks import CONFIRMED, DENIED, NO, Before, denied, release, unanswered
from vinbatch.lifecycle.bench import Bench, Weighed
from vinbatch.lifecycle.catalogued import asked_of, stored_since
from vinbatch.lifecycle.structures import Parameters, Step
from vinbatch.lifecycle.wanted import Intent
from vinbatch.model import PARAMETERS, VEHICLE, AboutParameters, Question, Value
from vinbatch.noun import replace


def with_answers(bench: Bench, weighed: Weighed) -> Weighed:
    """On a marked row a confirmation answers only the asks for which it was held; else all of them.

    What was confirmed of its draft before stays so, or two asks would take turns for ever.
    """
    intent = weighed.intent
    if not intent.with_contents:
        return weighed
    values: dict[str, Value] = dict(intent.values)
    answered = _answered(bench, intent)
    asked = release(bench.ruleset, weighed.findings, values, answered, _revision(bench, weighed))
    if (draft := intent.draft) is not None:
        earlier = Before(VEHICLE, draft.open_asks, draft.now.batch, draft.asked_in)
        asked = unanswered(bench.ruleset, earlier, asked, values, intent.row.number, answered)
    if not (intent.drafting or weighed.stopped) and _denied(intent):
        asked = denied(bench.ruleset, asked, VEHICLE, intent.row.number, "@drop.draft")
    number = str(values.get("structure_no") or "")
    # A draft keeps what their row alone showed, also while nobody has the parameters.
    more = _of_row(bench, intent, number) if asked.open_asks or intent.drafting else ()
    open_asks = (*asked.open_asks, *more)
    told = {"released": asked.released, "asked_in": asked.asked_in}
    return replace(weighed, findings=asked.findings, open_asks=open_asks, **told)


def _revision(bench: Bench, weighed: Weighed) -> int:
    """Of the parameters that are asked about; 0 where they are in no catalogue, or wait to be."""
    params = bench.sheet_entries.get(weighed.intent.structure_no)
    waits = params is not None and params.waits and params.step is not Step.NOTHING
    return 0 if waits or weighed.entry is None else weighed.entry.revision


def _denied(intent: Intent) -> bool:
    """Whether 核实确认 says 否, or said it when the draft was made and does not say 是 now. Who writes that
    does not want it declared: no edit, no act and no answer to another question takes it back.
    """
    draft = intent.draft
    before = draft is not None and DENIED in draft.held
    return not intent.confirmed and (before or intent.values.get(CONFIRMED) == NO)


def _answered(bench: Bench, intent: Intent) -> Callable[[str], bool]:
    """Whether an ask of this row has its answer. Parameters that wait for one are answered for on their own
    row alone: nothing of them is stored before, and a vehicle would stand on what nobody has.
    """
    params = bench.sheet_entries.get(intent.structure_no)
    waits = params is not None and params.waits
    answers = _said(intent)
    return lambda ask: answers(ask) and not (waits and Question.read(ask).code == PARAMETERS)


def _said(intent: Intent) -> Callable[[str], bool]:
    if intent.confirmed and not intent.marked:
        return lambda _ask: True
    draft = intent.draft
    if draft is None:
        return lambda _ask: False
    answered = (*draft.confirmed, *(intent.open_asks if intent.confirmed else ()))
    return lambda ask: ask in answered


def still_asks(bench: Bench, intent: Intent, number: str) -> bool:
    """Whether what the row's draft was asked about its parameters has no answer yet: where only their row
    showed why, neither another workbook nor the catalogue tells of it.
    """
    if intent.draft is None or number in bench.answered:
        return False
    asked = AboutParameters.of(intent.draft.open_asks, number)
    if not asked.open:
        return False
    if asked.on_row_alone:
        return True
    # What is stored anew is asked about for itself.
    params, entry = bench.sheet_entries.get(number), bench.facts.entries.get(number)
    stored = params is not None and params.step is not Step.NOTHING
    return not stored and not stored_since(entry, intent.draft.now)


def _of_row(bench: Bench, intent: Intent, number: str) -> tuple[str, ...]:
    """What the row of its parameters alone tells of them, for the draft to keep: 否, and a question."""
    params, before = bench.sheet_entries.get(number), AboutParameters.of(intent.open_asks, number)
    said_no = before.denied
    asks = before.on_row and still_asks(bench, intent, number)
    if params is not None and not params.past:
        said_no = DENIED in params.open_asks
        asks = asks or _asks_alone(bench, params)
    return AboutParameters(number, on_row=asks, denied=said_no).of_row


def _asks_alone(bench: Bench, params: Parameters) -> bool:
    """Whether a row of parameters asks what the catalogue does not, and is not stored: one that waits is so
    for 否, or where the home asks about every revision.
    """
    entry = bench.facts.entries.get(params.number)
    if entry is None or (params.step is not Step.NOTHING and not params.waits):
        return False
    return not {*params.open_asks} <= {DENIED, *asked_of(bench.ruleset, entry).open_asks}
