"""Whatever comes in whatever order: what was asked about a draft is not declared before it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from desk import Cells, Desk
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import STRUCTURE, VEHICLE, Outcome, Severity, Sheet, Verdict
from vinbatch.noun import replace

VINS = ("WBA13BJ03MCF12345", "WBA13BJ05MCF12346")
THIRD_VIN = "WBA13BJ07MCF12347"
ACTS = st.sampled_from(["", "", "申报", "暂存"])
# What is asked about by itself, and what only a file shows: a cell crossed out, an engine on two rows, 否.
VALUES = st.sampled_from(
    [{}, {"engine_no": "E 7"}, {"revocation_reason": "退运"}, {"production_date": "2019.10"}]
)
PARAMETERS = st.sampled_from([{}, {}, {"overhang_front": 100}])
# A cell crossed out, or with a comment; 操作 is empty, or has an act that the next one changes.
LOOKS = st.sampled_from(["", "", "", "colour", "vin", "comment colour", "comment vin", "comment action"])
Steps = Sequence[tuple[bool, bool, Sequence[str], str, str, str, bool, int, bool]]
STEPS = st.lists(
    st.tuples(
        st.booleans(),
        st.booleans(),
        st.tuples(ACTS, ACTS),
        LOOKS,
        st.sampled_from(["", "", "width"]),
        ACTS,
        st.booleans(),
        st.sampled_from([0, 0, 0, 2, 3]),
        st.sampled_from([False, False, False, True]),
    ),
    min_size=2,
    max_size=4,
)


def crossed(desk: Desk, sheet: Sheet, token: str, key: str, row: int = 2) -> Sheet:
    """A row of it with a line through this cell, or a comment on it."""
    if not key:
        return sheet
    look, _, commented = key.partition(" ")
    place = (row, desk.ruleset.index(token)[commented or look] + 1)
    return replace(sheet, comments=((*place, "先不报"),)) if commented else replace(sheet, struck=(place,))


def vin_of(desk: Desk, outcome: Outcome, row: int) -> str:
    """The VIN of this row."""
    at = desk.ruleset.index(VEHICLE)["vin"]
    (found,) = (j.row.values[at] for j in outcome.rows if (j.row.sheet, j.row.number) == (VEHICLE, row))
    return str(found)


def asked(desk: Desk, outcome: Outcome) -> set[str]:
    """VINs whose row was asked about something, and not refused."""
    rows = {f.row for f in outcome.findings if f.sheet == VEHICLE and f.severity is Severity.ASK}
    at = desk.ruleset.index(VEHICLE)["vin"]
    kept = (Verdict.HELD, Verdict.SAVED)
    return {str(j.row.values[at]) for j in outcome.rows if j.row.number in rows and j.verdict in kept}


# 否 on parameters that nobody had; 暂存 without their row; somebody else's came; 申报.
DENIED_AND_SAVED = [
    (False, True, ("", ""), "", "", "申报", False, 0, False),
    (False, False, ("", ""), "", "", "", False, 0, False),
    (False, False, ("", "暂存"), "", "", "", False, 0, False),
    (False, False, ("", "申报"), "", "", "", True, 0, False),
]
# A line on their row; a new file restates it plainly over what somebody revised; its result again.
CROSSED_AND_RESTATED = [
    (False, True, ("", ""), "", "width", "", False, 0, False),
    (True, True, ("", ""), "", "", "", True, 0, False),
    (False, True, ("", ""), "", "", "", False, 0, False),
]


@settings(max_examples=80, deadline=None)
@example(({}, {}), {}, False, DENIED_AND_SAVED)
@example(({}, {}), {}, True, CROSSED_AND_RESTATED)
@given(st.tuples(VALUES, VALUES), PARAMETERS, st.booleans(), STEPS)
def test_what_was_asked_is_not_declared_before_it_is_answered(
    values: Sequence[Cells], parameters: Cells, known: bool, steps: Steps
) -> None:
    """New files with the same values, and results of the last one edited elsewhere, while others revise the
    parameters; no 是 in any of them.
    """
    desk = Desk(packaged_rulebook())
    if known:
        desk.shelve(**dict(parameters))
    doubted: set[str] = set()
    # Who mends it has answered.
    vin_crossed = any(step[3] in ("vin", "comment vin", "comment action") for step in steps)
    for number, (is_new, has_structures, acts, look, look_there, no, revised, twice, moved) in enumerate(
        steps
    ):
        last, desk.now = desk.outcome, desk.now + timedelta(hours=1)
        if revised and last is not None:  # another value of the parameters, by somebody else
            desk.drop([], [{**parameters, "height": f"14{number}0"}])
            desk.now += timedelta(hours=1)
        if is_new or last is None:
            rows: list[Cells] = [
                {"vin": vin, **cells, "action": act}
                for vin, cells, act in zip(VINS, values, acts, strict=True)
            ]
            there = {**parameters, **({"confirmed": "否"} if no == "申报" else {})}
            again = [there, there] if twice else [there]
            sheets = (
                crossed(desk, desk.sheet(VEHICLE, rows), VEHICLE, look),
                crossed(desk, desk.sheet(STRUCTURE, again), STRUCTURE, look_there, twice or 2),
            )
            outcome = desk.put(sheets if has_structures else sheets[:1])
        else:
            edits = {row: {"remarks": f"{number}", "action": act} for row, act in enumerate(acts, start=2)}
            if moved and not vin_crossed:  # what was asked about its row is asked about the other vehicle
                edits[2]["vin"] = THIRD_VIN
                doubted |= {THIRD_VIN} if vin_of(desk, last, 2) in doubted else set()
            kept = tuple(j for j in last.rows if has_structures or j.row.sheet == VEHICLE)
            outcome = desk.again(replace(last, rows=kept), edits)
        assert doubted.isdisjoint(d.vin for d in outcome.declarations)
        doubted = (doubted & {*desk.facts.records}) | asked(desk, outcome)  # a draft that moved is gone
