"""Asks, and the confirmations that release them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vinbatch.model import (
    COMMENT,
    NOT_DATA,
    OF_PARAMETERS,
    SAYS_NO,
    VEHICLE,
    Finding,
    Question,
    Severity,
    Value,
)
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset

CONFIRMED, YES, NO = "confirmed", "是", "否"
_UNANSWERED = "ASK-UNANSWERED"
DENIED = Question(SAYS_NO, CONFIRMED, NO).text  # what a draft was held for whose 核实确认 said so


class Asked(Noun, frozen=True):
    """The findings of a row after its confirmation, and the asks that are left open.

    `asked_in` has those of the open ones that an earlier batch asked, and this row shows no more, with it.
    """

    findings: tuple[Finding, ...]
    open_asks: tuple[str, ...]
    released: tuple[str, ...]
    asked_in: tuple[tuple[str, str], ...] = ()


def ask_of(ruleset: Ruleset, finding: Finding, values: Mapping[str, Value], revision: int = 0) -> str:
    """What a confirmation answers: the same question about the same cleaned values.

    Of a question about several cells of a vehicle each counts. Parameters are asked about anew with each
    `revision`, the one in the catalogue that a vehicle's row uses; 0 where it would use none that is there.
    Another comment on the same cell is another question.
    """
    keys = [finding.field] if finding.field else []
    if finding.sheet == VEHICLE:
        keys += [key for key in ruleset.cells(finding) if key != finding.field]
    shown = (ruleset.shown(ruleset.field(finding.sheet, key), values.get(key)) for key in keys)
    of = revision if finding.sheet == VEHICLE and finding.code in OF_PARAMETERS else None
    said = str(dict(finding.params).get("comment", "")) if finding.code == COMMENT else ""
    return Question(finding.code, finding.field, " · ".join(filter(None, shown)), of, said).text


def release(
    ruleset: Ruleset,
    findings: Iterable[Finding],
    values: Mapping[str, Value],
    confirms: Callable[[str], bool],
    revision: int = 0,
) -> Asked:
    """Turn the asks that `confirms` answers into notes; stops are never released."""
    kept: list[Finding] = []
    still: list[str] = []
    gone: list[str] = []
    for finding in findings:
        if finding.severity is not Severity.ASK:
            kept.append(finding)
            continue
        ask = ask_of(ruleset, finding, values, revision)
        if confirms(ask):
            kept.append(replace(finding, severity=Severity.NOTE, released=True))
            gone.append(ask)
        else:
            kept.append(finding)
            still.append(ask)
    return Asked(tuple(kept), tuple(dict.fromkeys(still)), tuple(dict.fromkeys(gone)))


def lasting(asks: Iterable[str]) -> tuple[str, ...]:
    """Those that an entry has to keep: its values alone do not raise them again."""
    return tuple(ask for ask in asks if Question.read(ask).shown)


class Before(Noun, frozen=True):
    """What was asked about a draft, or about parameters, when a batch stored them; `asked_in` has what an
    earlier one asked, with that batch.
    """

    sheet: str
    asks: tuple[str, ...]
    batch: str
    asked_in: tuple[tuple[str, str], ...] = ()


def unanswered(
    ruleset: Ruleset,
    before: Before,
    asked: Asked,
    values: Mapping[str, Value],
    row: int,
    confirms: Callable[[str], bool],
) -> Asked:
    """With the earlier asks that this row neither raises again nor answers: of the same values."""
    findings, open_asks, released = list(asked.findings), list(asked.open_asks), list(asked.released)
    asked_in, earlier = list(asked.asked_in), dict(before.asked_in)
    raised = {*asked.open_asks, *asked.released}
    for ask in dict.fromkeys(before.asks):
        was = Question.read(ask)
        if ask in raised or not _still_counts(ruleset, was, before.sheet, values):
            continue
        batch = earlier.get(ask, before.batch)
        place: dict[str, Any] = {"sheet": before.sheet, "row": row, "field": was.field, "value": was.value}
        found = ruleset.finding(_UNANSWERED, **place, batch=batch, asked=was.called)
        if found.severity is Severity.ASK and confirms(ask):
            found = replace(found, severity=Severity.NOTE, released=True)
            released.append(ask)
        elif found.severity is Severity.ASK:
            open_asks.append(ask)
            asked_in.append((ask, batch))
        findings.append(found)
    return Asked(tuple(findings), tuple(open_asks), tuple(released), tuple(asked_in))


def _still_counts(ruleset: Ruleset, was: Question, sheet: str, values: Mapping[str, Value]) -> bool:
    """Whether an ask was of what a workbook showed, and of the values that the row has now."""
    if not was.shown or ruleset.severity(was.code) == Severity.NOTE:  # a home may ask about it no more
        return False
    if was.field in NOT_DATA and values.get(was.field) is None:  # such a cell comes back blank
        return True
    now = ask_of(ruleset, Finding(was.code, Severity.ASK, sheet, field=was.field), values)
    return replace(was, said="").text == now


def denied(ruleset: Ruleset, asked: Asked, sheet: str, row: int, drop: str) -> Asked:
    """With the ask of a row whose 核实确认 says 否; `drop` is the word for how what is not meant goes."""
    no = ruleset.finding(SAYS_NO, sheet=sheet, row=row, field=CONFIRMED, value=NO, drop=drop)
    asks = (*asked.open_asks, DENIED) if no.severity is Severity.ASK else asked.open_asks
    return replace(asked, findings=(*asked.findings, no), open_asks=asks)
