"""The samples are what they claim: sound vehicles without a finding, and mistakes that are found."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from datetime import UTC, datetime
from importlib import resources

import openpyxl
import pytest
from desk import Desk, codes, only, verdicts

from vinbatch import flow, samples
from vinbatch.checks.vin import check_digit
from vinbatch.model import STRUCTURE, Outcome, Rulebook, Severity, Source, Verdict
from vinbatch.ruleset import Ruleset

Rows = list[samples.Cells]


def dropped(rulebook: Rulebook, rows: Rows, sets: Rows, lang: str = "zh") -> Outcome:
    desk = Desk(rulebook, now=datetime(2026, 3, 2, tzinfo=UTC))
    data = samples.workbook(desk.ruleset, rows, sets, lang)
    parsed = flow.parse(Source("samples.xlsx", "0"), data, rulebook)
    return desk.put(parsed.sheets)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_model_is_declared_without_a_stop_or_an_ask(lang: str, rulebook: Rulebook) -> None:
    count = 2 * len(samples.MODELS)
    outcome = dropped(rulebook, samples.vehicles(count), samples.parameters(), lang)
    assert [f for f in outcome.findings if f.severity is not Severity.NOTE] == []
    assert only(outcome, Verdict.DECLARED) == list(range(2, count + 2))
    assert len(only(outcome, Verdict.STORED, STRUCTURE)) == len(samples.MODELS)


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_vins_are_unique_and_their_check_digits_right(seed: int) -> None:
    vins = [str(v["vin"]) for v in samples.vehicles(200, seed)]
    assert len(set(vins)) == 200
    assert {len(v) for v in vins} == {17}
    assert all(v[8] == check_digit(v) for v in vins)


def test_the_same_seed_gives_the_same_workbook(ruleset: Ruleset) -> None:
    assert samples.vehicles(30, 5) == samples.vehicles(30, 5)
    assert samples.vehicles(30, 5) != samples.vehicles(30, 6)


def test_models_are_of_many_kinds() -> None:
    """Cars, off-roaders, a pick-up, a lorry and a motorcycle; petrol, diesel and electric."""
    assert {str(m.values["category"]) for m in samples.MODELS} >= {"M1", "M1G", "N1G", "N3", "L3"}
    assert {str(m.values["fuel"]) for m in samples.MODELS} >= {"汽油", "柴油", "电"}
    assert len({m.values["structure_no"] for m in samples.MODELS}) == len(samples.MODELS)


FOUND = [
    "VIN-CHECK-DIGIT", "VIN-IOQ", "VIN-LENGTH", "CELL-CHARACTER", "CELL-CLEANED", "CCC-NUMERIC", "CCC-SHAPE",
    "DATE-AMBIGUOUS", "DATE-SHAPE", "DATE-FUTURE", "DATE-MODEL-YEAR", "STRUCTURE-UNKNOWN", "FIELD-REQUIRED",
    "TEXT-NUMERIC", "ACT-UNKNOWN", "ACT-NEEDS-EXTRACT", "TEXT-TOO-LONG", "CCC-CLASS", "MASS-GROSS-KERB",
    "AXLE-LOADS-COUNT", "SEATS-M1", "NUMBER-UNREADABLE", "CO2-CONSUMPTION", "WMI-COUNTRY",
    "VIN-TWICE-IN-FILE",
]  # fmt: skip


@pytest.mark.parametrize("seed", [11, 5])
def test_every_mistake_is_found(seed: int, rulebook: Rulebook) -> None:
    outcome = dropped(rulebook, *samples.with_mistakes(samples.vehicles(32, seed), samples.parameters()))
    assert set(FOUND) - set(codes(outcome)) == set()
    assert Counter(verdicts(outcome).values()).keys() == {"declared", "held", "refused"}


def test_a_clerk_types_identifiers_as_text_and_numbers_as_numbers(ruleset: Ruleset) -> None:
    data = samples.workbook(ruleset, samples.vehicles(1), samples.parameters()[:1])
    book = openpyxl.load_workbook(io.BytesIO(data))
    vehicle, structure = book.worksheets
    assert [c.data_type for c in vehicle[2] if c.value is not None] == ["s"] * 6
    kinds = {h.value: c.data_type for h, c in zip(structure[1], structure[2], strict=True)}
    assert (kinds["车长"], kinds["结构参数编号/COC编号"]) == ("n", "s")


def test_the_workbook_that_libreoffice_saved_is_declared_whole(rulebook: Rulebook) -> None:
    data = resources.files("vinbatch.demo_files").joinpath("三月保时捷.xlsx").read_bytes()
    parsed = flow.parse(Source("三月保时捷.xlsx", "0"), data, rulebook)
    outcome = Desk(rulebook).put(parsed.sheets)
    assert only(outcome, Verdict.DECLARED) == list(range(2, 22))
    assert b"LibreOffice" in part(data, "docProps/app.xml")


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)
