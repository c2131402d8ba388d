"""Asks, and the confirmations that release them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from vinbatch.model import VEHICLE, Finding, Severity, Value
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset

CONFIRMED, YES, NO = "confirmed", "是", "否"
DENIED = f"CONFIRMED-NO:{CONFIRMED}:{NO}"  # what a draft was held for whose 核实确认 said so


def denied_parameters(number: str) -> str:
    """What a draft is held for, too, whose parameters had 否: once that cell is blank, nothing else tells."""
    return f"CONFIRMED-NO:structure_no:{number}"


class Asked(Noun, frozen=True):
    """The findings of a row after its confirmation, and the asks that are left open."""

    findings: tuple[Finding, ...]
    open_asks: tuple[str, ...]
    released: tuple[str, ...]


def ask_of(ruleset: Ruleset, finding: Finding, values: Mapping[str, Value]) -> str:
    """What a confirmation answers: the same question about the same cleaned values.

    Of a question about several cells of a vehicle each counts, but for its VIN, which is whom it is about.
    Parameters are asked about anew with each revision.
    """
    keys = [finding.field] if finding.field else []
    if finding.sheet == VEHICLE:
        keys += [key for key in ruleset.cells(finding) if key not in (finding.field, "vin")]
    shown = (ruleset.shown(ruleset.field(finding.sheet, key), values.get(key)) for key in keys)
    return f"{finding.code}:{finding.field}:{' · '.join(filter(None, shown))}"


def release(
    ruleset: Ruleset,
    findings: Iterable[Finding],
    values: Mapping[str, Value],
    confirms: Callable[[str], bool],
) -> Asked:
    """Turn the asks that `confirms` answers into notes; stops are never released."""
    kept: list[Finding] = []
    still: list[str] = []
    gone: list[str] = []
    for finding in findings:
        if finding.severity is not Severity.ASK:
            kept.append(finding)
            continue
        ask = ask_of(ruleset, finding, values)
        if confirms(ask):
            kept.append(replace(finding, severity=Severity.NOTE, released=True))
            gone.append(ask)
        else:
            kept.append(finding)
            still.append(ask)
    return Asked(tuple(kept), tuple(dict.fromkeys(still)), tuple(dict.fromkeys(gone)))


def denied(ruleset: Ruleset, asked: Asked, sheet: str, row: int) -> Asked:
    """With the ask of a row whose 核实确认 says 否."""
    no = ruleset.finding("CONFIRMED-NO", sheet=sheet, row=row, field=CONFIRMED, value=NO)
    asks = (*asked.open_asks, DENIED) if no.severity is Severity.ASK else asked.open_asks
    return replace(asked, findings=(*asked.findings, no), open_asks=asks)
