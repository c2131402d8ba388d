"""Asks, and the confirmations that release them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from vinbatch.model import NOT_DATA, UNANSWERING, VEHICLE, Finding, Severity, Value
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset

CONFIRMED, YES, NO = "confirmed", "是", "否"
REASON_ALONE = "REVOCATION-REASON-ALONE"
# What a workbook showed beside its values, or in its other rows: an extract has neither, and asks none of it.
_SHOWN = frozenset(
    {
        "CELL-MASKED",
        "CELL-STRUCK",
        "CELL-UNREAD",
        UNANSWERING,
        "ENGINE-TWICE",
        "FIELD-GONE",
        "MOTOR-TWICE",
        REASON_ALONE,
        "ROW-STRUCK",
        "VALUES-IN-STEP",
    }
)
_UNANSWERED = "ASK-UNANSWERED"
PARAMETERS = "STRUCTURE-ASK"  # raised again as itself, which says where to answer: on their row
# What is asked of a vehicle because of its parameters.
_OF_PARAMETERS = frozenset({PARAMETERS, "WMI-COUNTRY"})
DENIED = f"CONFIRMED-NO:{CONFIRMED}:{NO}"  # what a draft was held for whose 核实确认 said so


def denied_parameters(number: str) -> str:
    """What a draft is held for, too, whose parameters had 否: once that cell is blank, nothing else tells."""
    return f"CONFIRMED-NO:structure_no:{number}"


def asked_on_row(number: str) -> str:
    """What a draft is held for, too, whose parameters were asked about on their row alone: nothing of it is
    stored, so nothing that the catalogue learns from others answers it.
    """
    return f"{PARAMETERS}-ROW:structure_no:{number}"


def of_row_alone(asks: Collection[str], number: str) -> bool:
    """Whether what was asked of these parameters, or denied, is answered on their own row alone."""
    return denied_parameters(number) in asks or asked_on_row(number) in asks


def asks_catalogue(asks: Collection[str], number: str) -> bool:
    """Whether a question about these parameters is open that another workbook may answer, too."""
    return any(asks_parameters(ask, number) for ask in asks) and not of_row_alone(asks, number)


def asks_parameters(ask: str, number: str) -> bool:
    """Whether a draft that is held for this has a question open about its parameters, of any revision."""
    of = f"{PARAMETERS}:structure_no:{number}"
    return of in (ask, ask.rpartition("@")[0])


class Asked(Noun, frozen=True):
    """The findings of a row after its confirmation, and the asks that are left open."""

    findings: tuple[Finding, ...]
    open_asks: tuple[str, ...]
    released: tuple[str, ...]


def ask_of(ruleset: Ruleset, finding: Finding, values: Mapping[str, Value], revision: int = 0) -> str:
    """What a confirmation answers: the same question about the same cleaned values.

    Of a question about several cells of a vehicle each counts. Parameters are asked about anew with each
    `revision`, the one in the catalogue that a vehicle's row uses; 0 where it would use none that is there.
    """
    keys = [finding.field] if finding.field else []
    if finding.sheet == VEHICLE:
        keys += [key for key in ruleset.cells(finding) if key != finding.field]
    shown = (ruleset.shown(ruleset.field(finding.sheet, key), values.get(key)) for key in keys)
    ask = f"{finding.code}:{finding.field}:{' · '.join(filter(None, shown))}"
    return f"{ask}@{revision}" if finding.sheet == VEHICLE and finding.code in _OF_PARAMETERS else ask


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
    """Those that a draft has to keep: its values alone do not raise them again."""
    keeps = (*(f"{code}:" for code in (*_SHOWN, PARAMETERS)), denied_parameters(""), asked_on_row(""))
    return tuple(ask for ask in asks if ask.startswith(keeps))


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
    told = {*asked.open_asks, *asked.released}
    asked_in = dict(before.asked_in)
    for ask in dict.fromkeys(before.asks):
        code, field, value = ask.split(":", 2)
        if code not in _SHOWN or ruleset.severity(code) == Severity.NOTE:  # a home may ask about it no more
            continue
        same = ask_of(ruleset, Finding(code, Severity.ASK, before.sheet, row, field), values)
        is_gone = field in NOT_DATA and values.get(field) is None  # such a cell comes back blank
        if ask in told or (ask != same and not is_gone):
            continue
        place: dict[str, Any] = {"sheet": before.sheet, "row": row, "field": field, "value": value}
        batch = asked_in.get(ask, before.batch)
        found = ruleset.finding(_UNANSWERED, **place, batch=batch, asked=f"@title.{code}")
        if found.severity is Severity.ASK and confirms(ask):
            found = replace(found, severity=Severity.NOTE, released=True)
            asked = replace(asked, released=(*asked.released, ask))
        elif found.severity is Severity.ASK:
            asked = replace(asked, open_asks=(*asked.open_asks, ask))
        asked = replace(asked, findings=(*asked.findings, found))
    return asked


def asked_before(findings: Iterable[Finding]) -> tuple[tuple[str, str], ...]:
    """Of these findings the open asks that an earlier batch asked, with that batch: its rows show them."""
    open_asks = (f for f in findings if f.code == _UNANSWERED and f.severity is Severity.ASK)
    told = ((f, dict(f.params)) for f in open_asks)
    return tuple(
        (f"{str(params['asked']).removeprefix('@title.')}:{f.field}:{f.value}", str(params["batch"]))
        for f, params in told
    )


def denied(ruleset: Ruleset, asked: Asked, sheet: str, row: int, drop: str) -> Asked:
    """With the ask of a row whose 核实确认 says 否; `drop` is the word for how what is not meant goes."""
    no = ruleset.finding("CONFIRMED-NO", sheet=sheet, row=row, field=CONFIRMED, value=NO, drop=drop)
    asks = (*asked.open_asks, DENIED) if no.severity is Severity.ASK else asked.open_asks
    return replace(asked, findings=(*asked.findings, no), open_asks=asks)
