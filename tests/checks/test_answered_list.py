"""What somebody wrote into the list of findings of a result, which nobody reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from desk import Desk, codes

from vinbatch import flow
from vinbatch.checks import answered_list
from vinbatch.model import STRUCTURE, VEHICLE, FileNames, Known, Parsed, Raw, Sheet, Source
from vinbatch.ruleset import TRACE, traces

HEAD = ("工作表", "行号", "单元格", "问题说明", "原值")
ONE = ("车辆信息", "2", "E2", "末位已丢失", "2019011101347003")
TWO = ("车辆信息", "3", "C3", "校验位不符", "WP0AA2Y12NS025599")
Line = Sequence[Raw]


def ours(line: Sequence[str]) -> str:
    return " ".join(traces(line))


def told(desk: Desk, *lines: Line, head: Line = (*HEAD, TRACE)) -> list[tuple[str, tuple[str, ...]]]:
    """Count and names of the finding, of a list of these lines that is dropped with a vehicle."""
    width = max(map(len, (head, *lines)))
    rows = tuple((*line, *(None for _ in range(width - len(line)))) for line in (head, *lines))
    outcome = desk.put((desk.sheet(VEHICLE, [{}]), desk.sheet(STRUCTURE, [{}]), Sheet("问题清单", rows)))
    found = [dict(f.params) for f in outcome.findings if f.code == "LIST-ANSWERED"]
    return [(str(f["count"]), tuple(f["names"])) for f in found]


def test_a_list_as_we_wrote_it_is_not_told(desk: Desk) -> None:
    assert told(desk, (*ONE, ours(ONE)), (*TWO, ours(TWO))) == []


def test_a_value_that_was_mended_there_is_told_with_the_cell_that_is_meant(desk: Desk) -> None:
    mended = (*ONE[:4], "2019011101347004", ours(ONE))
    assert told(desk, mended, (*TWO, ours(TWO))) == [("1", ("E2“2019011101347004” → 车辆信息 E2",))]


def test_an_answer_beside_a_line_is_told_also_where_the_list_says_it_elsewhere(desk: Desk) -> None:
    yes = (*TWO[:4], "是")
    beside = (*ONE, ours(ONE), "是")
    assert told(desk, beside, (*yes, ours(yes))) == [("1", ("G2“是” → 车辆信息 E2",))]


def test_a_line_of_somebody_s_own_is_told_by_its_cells(desk: Desk) -> None:
    assert told(desk, (*ONE, ours(ONE)), ("第 3 行不报",)) == [("1", ("A3“第 3 行不报”",))]


@pytest.mark.parametrize(
    "lines",
    [
        [(*TWO, ours(TWO)), (*ONE, ours(ONE))],
        [(*TWO, ours(ONE)), (*ONE, ours(TWO))],
        [(*ONE[:3], None, ONE[4], ours(ONE))],
        [(None,) * 6, (*ONE, ours(ONE))],
        [(ONE[0], 2, ONE[2], "末位\r\n已丢失 ", ONE[4], ours(ONE))],
    ],
    ids=["sorted", "sorted without the hidden column", "emptied", "blank line", "by another program"],
)
def test_what_is_no_answer_is_not_told(lines: list[Line], desk: Desk) -> None:
    assert told(desk, *lines) == []


def test_a_long_text_whose_lines_another_program_ended_is_ours(desk: Desk) -> None:
    long = (*ONE[:4], "一行\n" * 1500)
    assert told(desk, (*ONE[:4], "一行\r\n" * 1500, ours(long))) == []
    assert told(desk, (*ONE[:4], "改" + "一行\n" * 1500, ours(long))) != []


def test_a_column_that_was_moved_says_what_it_said(desk: Desk) -> None:
    head = ("备忘", *HEAD, TRACE)
    assert told(desk, ("问过王工", *ONE, ours(ONE)), head=head) == [("1", ("A2“问过王工” → 车辆信息 E2",))]


def test_of_many_answers_some_are_named_and_all_are_counted(desk: Desk) -> None:
    ((count, names),) = told(desk, *((*ONE, ours(ONE), f"好{i}") for i in range(7)))
    assert (count, len(names), names[-1]) == ("7", 6, "…")


def test_of_those_that_are_not_named_nothing_is_looked_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of somebody else with 600,000 cells kept a pass busy for minutes."""
    called: list[int] = []

    def counted(cells: Iterable[str]) -> tuple[str, ...]:
        called.append(1)
        return traces(cells)

    monkeypatch.setattr(answered_list, "traces", counted)
    ((count, _),) = told(desk, *((*ONE, ours(ONE), "好", "好的", "是") for _ in range(10)))
    assert (count, len(called)) == ("30", 10 + 5)


def test_a_long_answer_is_cut(desk: Desk) -> None:
    ((_, (name,)),) = told(desk, (*ONE, ours(ONE), "长" * 300))
    assert name == f"G2“{'长' * 40}…” → 车辆信息 E2"


def test_a_list_of_an_older_build_is_not_told(desk: Desk) -> None:
    assert told(desk, (*ONE, "是"), head=HEAD) == []


def test_it_changes_no_verdict(desk: Desk) -> None:
    told(desk, (*ONE, ours(ONE), "是"))
    assert desk.outcome is not None
    assert not desk.outcome.to_mend
    assert codes(desk.outcome) == ["LIST-ANSWERED"]


def test_what_is_written_so_that_people_see_it_is_ours(desk: Desk) -> None:
    """A value out of a chat or a PDF: what nobody sees in it stands there as its code."""
    odd = ("\u200b墨绿", "黑\ufeff", "白\u00ad\u2028", "_x000D_", "_x005F_x000D_", "a\x07b", "😀\ufe0f")
    outcome = desk.drop([{"vin": f"{i}", "colour": text, "ccc_no": text} for i, text in enumerate(odd)])
    result = flow.answer(outcome, Known(desk.now), FileNames(), desk.rulebook).workbook
    parsed = flow.parse(Source("a.xlsx", "a"), result, desk.rulebook)
    assert isinstance(parsed, Parsed)
    (reading,) = flow.check([parsed], desk.rulebook)
    assert [f.params for f in reading.findings if f.code == "LIST-ANSWERED"] == []
    assert any("⟨U+200B⟩" in str(cell) for sheet in parsed.sheets for row in sheet.rows for cell in row)
