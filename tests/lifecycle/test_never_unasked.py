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
ACTS = st.sampled_from(["", "", "申报", "暂存"])
# What is asked about by itself, and what only a file shows: a cell crossed out, an engine on two rows, 否.
VALUES = st.sampled_from(
    [{}, {"engine_no": "E 7"}, {"revocation_reason": "退运"}, {"production_date": "2019.10"}]
)
PARAMETERS = st.sampled_from([{}, {}, {"overhang_front": 100}])
LOOKS = st.sampled_from(["", "", "", "colour", "vin"])
Steps = Sequence[tuple[bool, bool, Sequence[str], str, str, str, bool]]
STEPS = st.lists(
    st.tuples(
        st.booleans(),
        st.booleans(),
        st.tuples(ACTS, ACTS),
        LOOKS,
        st.sampled_from(["", "", "width"]),
        ACTS,
        st.booleans(),
    ),
    min_size=2,
    max_size=4,
)


def crossed(desk: Desk, sheet: Sheet, token: str, key: str) -> Sheet:
    """Its first row with a line through this cell."""
    return replace(sheet, struck=((2, desk.ruleset.index(token)[key] + 1),)) if key else sheet


def asked(desk: Desk, outcome: Outcome) -> set[str]:
    """VINs whose row was asked about something, and not refused."""
    rows = {f.row for f in outcome.findings if f.sheet == VEHICLE and f.severity is Severity.ASK}
    at = desk.ruleset.index(VEHICLE)["vin"]
    kept = (Verdict.HELD, Verdict.SAVED)
    return {str(j.row.values[at]) for j in outcome.rows if j.row.number in rows and j.verdict in kept}


# 否 on parameters that nobody had; 暂存 without their row; somebody else's came; 申报.
DENIED_AND_SAVED = [
    (False, True, ("", ""), "", "", "申报", False),
    (False, False, ("", ""), "", "", "", False),
    (False, False, ("", "暂存"), "", "", "", False),
    (False, False, ("", "申报"), "", "", "", True),
]
# A line on their row; a new file restates it plainly over what somebody revised; its result again.
CROSSED_AND_RESTATED = [
    (False, True, ("", ""), "", "width", "", False),
    (True, True, ("", ""), "", "", "", True),
    (False, True, ("", ""), "", "", "", False),
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
    for number, (is_new, has_structures, acts, look, look_there, no, revised) in enumerate(steps):
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
            sheets = (
                crossed(desk, desk.sheet(VEHICLE, rows), VEHICLE, look),
                crossed(desk, desk.sheet(STRUCTURE, [there]), STRUCTURE, look_there),
            )
            outcome = desk.put(sheets if has_structures else sheets[:1])
        else:
            edits = {row: {"remarks": f"{number}", "action": act} for row, act in enumerate(acts, start=2)}
            kept = tuple(j for j in last.rows if has_structures or j.row.sheet == VEHICLE)
            outcome = desk.again(replace(last, rows=kept), edits)
        assert doubted.isdisjoint(d.vin for d in outcome.declarations)
        doubted |= asked(desk, outcome)
