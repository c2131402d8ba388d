"""Questions about several vehicle rows of a workbook: each row alone looks right."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.lifecycle.bench import Bench, Weighed, finding_on
from vinbatch.lifecycle.drawn import FIELDS, drawn_down
from vinbatch.lifecycle.engine_numbers import NUMBERS, shared_numbers
from vinbatch.lifecycle.sorted_alone import crossed_vins
from vinbatch.model import Param, Users


def asked_together(bench: Bench, weighed: list[Weighed]) -> list[Weighed]:
    """All rows, with what is asked of them because of the others."""
    return _certificates(bench, _crossed(bench, _drawn(bench, _engines(bench, weighed))))


def _engines(bench: Bench, weighed: list[Weighed]) -> list[Weighed]:
    """One engine or motor number, several vehicles: ask on each, naming the others."""
    for code, key in NUMBERS.items():
        shared = shared_numbers([w.intent for w in weighed], key)
        weighed = _asked(bench, weighed, code, key, {row: {"rows": rows} for row, rows in shared.items()})
    return weighed


def _drawn(bench: Bench, weighed: list[Weighed]) -> list[Weighed]:
    """Numbers or months in step with the rows above: ask on each. Of two-wheelers engines and frames are
    numbered together, and those that were built on end are in step by right.
    """
    asked = [w.intent for w in weighed if not _is_light(w)]
    for key in FIELDS:
        told = {row: {"rows": rows} for row, rows in drawn_down(asked, key).items()}
        weighed = _asked(bench, weighed, "VALUES-IN-STEP", key, told)
    return weighed


def _crossed(bench: Bench, weighed: list[Weighed]) -> list[Weighed]:
    """VINs beside the parameters of other models: ask on each, naming the models and the numbers."""
    crossed = crossed_vins(weighed, bench.facts.entries)
    told = {row: {"heads": heads, "numbers": numbers} for row, (heads, numbers) in crossed.items()}
    return _asked(bench, weighed, "VINS-CROSSED", "vin", told)


def _asked(
    bench: Bench, weighed: list[Weighed], code: str, key: str, told: Mapping[int, Mapping[str, Param]]
) -> list[Weighed]:
    """All rows; each that is `told` something is asked about this cell, with that."""
    for i, w in enumerate(weighed if told else ()):
        if w.intent.row.number in told:
            ask = finding_on(bench.ruleset, w.intent, code, key, **told[w.intent.row.number])
            weighed[i] = w.noted(ask)
    return weighed


def _is_light(weighed: Weighed) -> bool:
    entry = weighed.entry
    return entry is not None and str(entry.values.get("category") or "").startswith("L")


def _certificates(bench: Bench, weighed: list[Weighed]) -> list[Weighed]:
    """One number, two certificates: ask where it differs from the first on record, else in the sheet."""
    acting = [w for w in weighed if w.intent.with_contents and not w.stopped and w.certificate]
    given = {w.intent.vin: w.certificate for w in acting}
    first: dict[str, str] = {}
    told = {}
    for w in acting:
        if not (number := w.intent.structure_no):
            continue
        base = _on_record(bench.facts.users.get(number), given) or first.setdefault(number, w.certificate)
        if base != w.certificate:
            told[w.intent.row.number] = {"number": number, "other": base}
    return _asked(bench, weighed, "CCC-TWO-CERTIFICATES", "ccc_no", told)


def _on_record(users: Users | None, given: Mapping[str, str]) -> str:
    """The certificate first on record; none where its one vehicle is given another here: it may be mended."""
    if users is None:
        return ""
    alone = users.live == 1 and given.get(users.certificate_vin, users.certificate) != users.certificate
    return "" if alone else users.certificate
