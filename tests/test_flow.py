"""What goes into and comes out of parse, check, decide, render and answer pickles: it may cross processes."""

from __future__ import annotations

import inspect
import pickle

import pytest
from desk import Desk

from vinbatch import flow, samples
from vinbatch.checks import headings
from vinbatch.model import (
    Answer,
    Facts,
    FileNames,
    Known,
    Outcome,
    Package,
    Parsed,
    Reading,
    Rulebook,
    Source,
)
from vinbatch.ruleset import compile_rules


@pytest.fixture(scope="module")
def story(rulebook: Rulebook) -> dict[str, object]:
    """One workbook all the way through."""
    desk = Desk(rulebook)
    vehicles, sets = samples.with_mistakes(samples.vehicles(12), samples.parameters())
    data = samples.workbook(desk.ruleset, vehicles, sets)
    parsed = flow.parse(Source("a.xlsx", "digest"), data, rulebook)
    (reading,) = flow.check([parsed], rulebook)
    outcome = flow.decide(reading, Facts(), rulebook, "TRIAL-20260302-0001", desk.now)
    facts = flow.after(Facts(), outcome)
    packages = flow.render(outcome, rulebook)
    known = Known(desk.now, facts.records, head="0" * 64)
    answer = flow.answer(outcome, known, FileNames(tuple(p.name for p in packages)), rulebook)
    return {
        "rulebook": rulebook,
        "parsed": parsed,
        "reading": reading,
        "outcome": outcome,
        "facts": facts,
        "packages": packages,
        "known": known,
        "answer": answer,
    }


@pytest.mark.parametrize(
    "part", ["rulebook", "parsed", "reading", "outcome", "facts", "packages", "known", "answer"]
)
def test_what_passes_between_the_steps_pickles(part: str, story: dict[str, object]) -> None:
    thing = story[part]
    assert pickle.loads(pickle.dumps(thing)) == thing


def test_the_story_has_every_kind_of_row(story: dict[str, object]) -> None:
    outcome = story["outcome"]
    assert isinstance(outcome, Outcome)
    assert {j.verdict.value for j in outcome.rows} >= {"declared", "held", "refused"}
    assert isinstance(story["parsed"], Parsed)
    assert isinstance(story["reading"], Reading)
    assert isinstance(story["answer"], Answer)
    assert all(isinstance(p, Package) for p in story["packages"])  # type: ignore[attr-defined]


def test_the_same_inputs_give_the_same_bytes(story: dict[str, object], rulebook: Rulebook) -> None:
    outcome, known = story["outcome"], story["known"]
    assert isinstance(outcome, Outcome)
    assert isinstance(known, Known)
    names = FileNames(tuple(p.name for p in story["packages"]))  # type: ignore[attr-defined]
    assert flow.render(outcome, rulebook) == story["packages"]
    assert flow.answer(outcome, known, names, rulebook) == story["answer"]


def test_flow_is_one_page() -> None:
    assert len(inspect.getsource(flow).splitlines()) <= 145


@pytest.mark.parametrize(
    ("vehicles", "sets", "alone"),
    [(3, 2, False), (3, 0, False), (0, 2, True), (0, 0, False)],
)
def test_a_catalogue_import_is_told_by_its_rows(
    vehicles: int, sets: int, alone: bool, rulebook: Rulebook
) -> None:
    """One look at the vehicles tells as much as reading all of the workbook."""
    ruleset = compile_rules(rulebook)
    rows = samples.vehicles(vehicles) if vehicles else [{"vin": " "}]
    data = samples.workbook(ruleset, rows, samples.parameters()[:sets] or [{"structure_no": "\u3000"}])
    source = Source("x.xlsx", "")
    assert flow.holds_parameters_only(source, data, rulebook) is alone
    parsed = flow.parse(source, data, rulebook)
    assert headings.holds_parameters_only(parsed.sheets, ruleset) is alone
