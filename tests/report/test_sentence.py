"""What result, report and mail say first: for every combination of ends, what is true and no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from customs_desk import Customs
from desk import NOW, OTHER_VIN, Cells, Desk

from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import (
    FileNames,
    Known,
    Outcome,
    Query,
    Reading,
    Return,
    Rulebook,
    Source,
    State,
    Type,
    Unclear,
)
from vinbatch.noun import Noun, replace
from vinbatch.report.batch_mail import batch_letter
from vinbatch.report.customs import with_answers
from vinbatch.report.sentence import headline, sentence
from vinbatch.report.since import still_open
from vinbatch.report.story import Story, progress
from vinbatch.report.telling import Telling
from vinbatch.ruleset import Ruleset, compile_rules, in_language

VINS = ("WBA13BJ03MCF12345", OTHER_VIN, "WBA13BJ07MCF12347", "WBA13BJ09MCF12348")
PACKAGE = "TRIAL-20260302-0001-filing.zip"
ACCEPTED = ("120", "")
REJECTED = ("100", "颜色与证书不符")


class Case(Noun, frozen=True):
    """An outcome, what the ledger knows of it, and the files that came of it."""

    outcome: Outcome
    known: Known
    files: FileNames = FileNames()


def case(desk: Desk, outcome: Outcome, customs: Customs | None = None, **files: object) -> Case:
    """As the ledger of this desk holds it."""
    replies = tuple(customs.replies) if customs else ()
    odd = customs.contradicted if customs else {}
    known = Known(desk.now, desk.facts.records, replies=replies, contradicted=odd)
    return Case(outcome, known, replace(FileNames(), **files))


def lone(desk: Desk, *rows: dict[str, object]) -> Case:
    """These rows, each with a VIN of its own."""
    return case(desk, desk.drop([{"vin": vin, **row} for vin, row in zip(VINS, rows, strict=False)]))


def declared(desk: Desk) -> Case:
    return lone(desk, {}, {})


def accepted(desk: Desk) -> Case:
    return answers(desk, ACCEPTED, ACCEPTED)


def answers(desk: Desk, *said: tuple[str, str] | None, days: int = 0) -> Case:
    outcome = desk.drop([{"vin": vin} for vin, _ in zip(VINS, said, strict=False)])
    customs = Customs(desk)
    guid = customs.take(outcome)
    for vin, one in zip(VINS, said, strict=False):
        if one:
            customs.say(guid, one[0], vin, info=one[1])
    desk.now = NOW + timedelta(days=days)
    return case(desk, outcome, customs)


def answered_twice(desk: Desk) -> tuple[Outcome, Customs, str]:
    """A declaration that customs accepted, and then rejected; with the guid of its package."""
    outcome = desk.drop()
    customs = Customs(desk)
    guid = customs.take(outcome)
    customs.say(guid, "120", VINS[0])
    customs.say(guid, "100", VINS[0], time="20260302112231500")
    return outcome, customs, guid


def contradicted(desk: Desk) -> Case:
    outcome, customs, _ = answered_twice(desk)
    return case(desk, outcome, customs)


def contradicted_and_settled(desk: Desk) -> Case:
    """A person asked customs, and recorded that the second answer is the right one."""
    outcome, customs, guid = answered_twice(desk)
    settled = receipt_xml(guid, (Return("100", VINS[0], "20260302122231500", "电话答复"),))
    customs.receipt(settled, override=True, user="zhang")
    return case(desk, outcome, customs)


def answered_late(desk: Desk) -> Case:
    """Rejected, declared anew, and then customs answers to the first declaration once more."""
    outcome = desk.drop()
    customs = Customs(desk)
    guid = customs.take(outcome)
    customs.say(guid, "100", VINS[0])
    desk.again(outcome, {2: {"colour": "红"}})
    customs.say(guid, "120", VINS[0], time="20260302112231500")
    return case(desk, outcome, customs)


def mended_since(desk: Desk) -> Case:
    outcome = desk.drop()
    customs = Customs(desk)
    customs.say(customs.take(outcome), "100", VINS[0])
    desk.again(outcome, {2: {"colour": "红"}})
    return case(desk, outcome, customs)


def mended_before_customs_answered(desk: Desk) -> Case:
    outcome = desk.drop([{}, {"vin": VINS[1], "ccc_no": ""}, {"vin": VINS[2], **HELD}])
    customs = Customs(desk)
    guid = customs.take(outcome)
    desk.now = NOW + timedelta(hours=1)
    desk.again(outcome, {3: {"ccc_no": "2020011101345678"}, 4: {"confirmed": "是"}})
    customs.say(guid, "120", VINS[0])
    return case(desk, outcome, customs)


def half_mended_since(desk: Desk) -> Case:
    """Two rejected; one of them is declared anew."""
    outcome = desk.drop([{}, {"vin": VINS[1]}])
    customs = Customs(desk)
    guid = customs.take(outcome)
    for vin in VINS[:2]:
        customs.say(guid, "100", vin)
    desk.again(outcome, {2: {"colour": "红"}})
    return case(desk, outcome, customs)


def drafts_deleted_since(desk: Desk) -> Case:
    """A draft that lacks something, a held row, and a change that lacks something: all deleted, then customs
    answers to the row beside them.
    """
    place = desk.place(Type.FILING, State.ACCEPTED, VINS[3])
    short = {"vin": VINS[3], "_mark": desk.mark(place), "action": "变更暂存", "ccc_no": ""}
    outcome = desk.drop([{}, {"vin": VINS[1], **LACKING}, {"vin": VINS[2], **HELD}, short])
    customs = Customs(desk)
    guid = customs.take(outcome)
    desk.again(outcome, {row: {"action": "删除"} for row in (3, 4, 5)})
    customs.say(guid, "120", VINS[0])
    return case(desk, outcome, customs)


def beside_another_batch(other: str, own: str) -> Callable[[Desk], Case]:
    """Row 2 as an earlier batch declared it, row 3 declared here; what customs says to each, "": nothing."""

    def made(desk: Desk) -> Case:
        customs = Customs(desk)
        before = customs.take(desk.drop())
        outcome = desk.drop([{"vin": vin} for vin in VINS[:2]])
        guid = customs.take(outcome)
        for package, status in ((before, other), (guid, own)):
            if status:
                customs.say(package, status)
        one = case(desk, outcome, customs)
        mine = tuple(reply for reply in customs.replies if reply.guid == guid)
        return replace(one, known=replace(one.known, replies=mine))

    return made


def left_as_a_draft_and_declared_since(desk: Desk) -> Case:
    desk.drop([{"vin": VINS[1], "action": "暂存"}])
    outcome = desk.drop([{}, {"vin": VINS[1]}])
    customs = Customs(desk)
    guid = customs.take(outcome)
    desk.now = NOW + timedelta(hours=1)
    desk.again(outcome, {3: {"action": "申报"}})
    customs.say(guid, "120", VINS[0])
    return case(desk, outcome, customs)


def on_record(desk: Desk, kind: Type, state: State, **cells: object) -> Case:
    record = desk.place(kind, state)
    desk.shelve()
    return case(desk, desk.drop([{"_mark": desk.mark(record), **cells}], []))


def dropped_twice(desk: Desk) -> Case:
    desk.drop(digest="same")
    return case(desk, desk.drop(digest="same"))


def same_as_a_draft(desk: Desk) -> Case:
    desk.drop([{"action": "暂存"}])
    return case(desk, desk.drop())


def catalogue(desk: Desk) -> Case:
    return case(desk, desk.drop([], [{}]))


def queries(found: int, missed: tuple[int, ...] = (), unclear: int = 0) -> Callable[[Desk], Case]:
    def made(desk: Desk) -> Case:
        asked = tuple(Query(vins=(vin,), row=i) for i, vin in enumerate(VINS[: found + len(missed)], start=2))
        wrong = tuple(Unclear(9 + i, {"from": "昨天"}) for i in range(unclear))
        reading = Reading(Source("查.xlsx", "d"), queries=asked, unclear=wrong)
        extracts = ("B_查询结果.xlsx",) if asked else ()
        files = FileNames(extracts=extracts, found=found, missed=missed)
        return Case(Outcome("B", NOW, reading), Known(NOW), files)

    return made


def asked_beside(desk: Desk) -> Case:
    one = declared(desk)
    reading = replace(one.outcome.reading, queries=(Query(vins=(VINS[0],), row=2),))
    files = FileNames(extracts=("B_查询结果.xlsx",), found=0, missed=(2,))
    return Case(replace(one.outcome, reading=reading), one.known, files)


@pytest.mark.parametrize(
    ("parts", "names"),
    [(2, "B-1.xlsx，B-2.xlsx"), (3, "B-1.xlsx，B-2.xlsx，B-3.xlsx"), (9, "B-1.xlsx，…，B-9.xlsx")],
)
def test_every_part_of_an_extract_is_named(desk: Desk, parts: int, names: str) -> None:
    outcome = Outcome("B", NOW, Reading(Source("查.xlsx", "d"), queries=(Query(row=2),)))
    files = FileNames(extracts=tuple(f"B-{n}.xlsx" for n in range(1, parts + 1)), found=200 * parts)
    told, _tone = sentence(outcome, outcome, Known(NOW), files, desk.ruleset)
    assert f"见 reports 文件夹中的 {names}；" in told


def test_of_too_many_vehicles_it_is_said_that_some_are_given_and_where_all_are(rulebook: Rulebook) -> None:
    outcome = Outcome("B", NOW, Reading(Source("查.xlsx", "d"), queries=(Query(row=2),)))
    files = FileNames(extracts=("B-1.xlsx",), found=5000, more=True)
    told, _tone = sentence(outcome, outcome, Known(NOW), files, Desk(rulebook).ruleset)
    assert "只给出其中 5000 辆" in told
    assert "register.xlsx" in told


SAVE = {"action": "暂存"}
LACKING = {**SAVE, "ccc_no": ""}
ASKED = {**SAVE, "production_date": "2018.03"}
HELD = {"production_date": "2018.03"}
CHANGE = {"action": "变更", "colour": "红"}

BACK = "改好后把本文件放回收件夹即可，已办理的行不会重复申报。"
BACK_QUERY = "改好后把本文件放回收件夹即可。"
FILING = "等待海关答复：备案 {} 辆。答复后结果表和报告会自动更新。"
DRAFT = "“车辆信息”第 {} 行已存为草稿，内容齐全，尚未申报：要申报时在“操作”填“{}”，再把结果表放入收件夹。"
SHORT = "“车辆信息”第 {} 行已存为草稿，但缺少内容，还不能申报：请按“问题说明”补齐，在“操作”填“{}”。"
DOUBTS = (
    "“车辆信息”第 {} 行已存为草稿，其中有待核实的内容：请先按“问题说明”核对，"
    "要申报时在“操作”填“申报”，核对无误的同时在“核实确认”填“是”。"
)
VERIFY = "请按原件核对“{}”第 {} 行的黄色单元格：无误的在“核实确认”填“是”，有误的改正。"
FOLLOW = "“车辆信息”有 1 行用到上述结构参数，随之办理，不用改。"
FOUND = (
    "查询到 {} 辆车，见 reports 文件夹中的 B_查询结果.xlsx；"
    "要办理的，在其中的行填写“操作”（能填什么见“可办理操作”），再把它放入收件夹。"
)
NONE = f"没有查到符合条件的车辆，条件是：“VIN {VINS[0]}”。请核对；一行里的条件要同时满足。"
MISSED = "没有查到车辆的条件：“VIN {}”。"
UNCLEAR = "“查询”第 9 行的条件无法识别，没有查询：请改正深红色的单元格。"
STORED = "，结构参数 1 行已入库。"
STILL = (
    "“车辆信息”第 2 行以前已存为草稿或被海关退回，仍未申报：要申报时在“操作”填“申报”，再把结果表放入收件夹。"
)
CONTRADICTED = "“车辆信息”第 2 行的海关答复前后不一致，后一个没有采用：请看“问题说明”，并请管理员向海关核实。"
OTHERS_WAIT = "“车辆信息”第 2 行的车已由别的批次申报，正等海关答复：这里不用做什么。"
NOW_DONE, DONE = "现在不需做什么。", "不需再做什么。"


def rows(*cells: dict[str, object]) -> Callable[[Desk], Case]:
    return lambda desk: lone(desk, *cells)


def record(kind: Type, state: State, **cells: object) -> Callable[[Desk], Case]:
    return lambda desk: on_record(desk, kind, state, **cells)


def structure(vehicle: dict[str, object], **cells: object) -> Callable[[Desk], Case]:
    return lambda desk: case(desk, desk.drop([vehicle], [cells]))


def said(*answered: tuple[str, str] | None, days: int = 0) -> Callable[[Desk], Case]:
    return lambda desk: answers(desk, *answered, days=days)


# Combination → the case, the tone, the lines of the headline, and the subject after the file's name.
TABLE: dict[str, tuple[Callable[[Desk], Case], str, tuple[str, ...], str]] = {
    "declared": (
        declared,
        "good",
        ("车辆 2 行已申报" + STORED, FILING.format(2), NOW_DONE),
        "2 已申报",
    ),
    "accepted": (
        accepted,
        "good",
        ("车辆 2 行已申报" + STORED, "海关已接收：备案 2 辆。", DONE),
        "海关接收 2",
    ),
    "some accepted, some waiting": (
        said(ACCEPTED, None),
        "good",
        ("车辆 2 行已申报" + STORED, "海关答复：海关接收 1，等待答复 1。", NOW_DONE),
        "海关接收 1，等待答复 1",
    ),
    "some rejected": (
        said(ACCEPTED, REJECTED, None),
        "mend",
        (
            "车辆 3 行已申报" + STORED,
            "海关退回“车辆信息”第 3 行，请按“海关回执”栏的意见改正。",
            BACK,
            "海关答复：海关接收 1，退回 1，等待答复 1。",
        ),
        "海关接收 1，退回 1，等待答复 1",
    ),
    "rejected, one row declared here and one by another batch": (
        beside_another_batch("100", "100"),
        "mend",
        (
            "车辆 1 行已申报，1 行无变化。",
            "海关退回“车辆信息”第 3 行，请按“海关回执”栏的意见改正。",
            "海关退回“车辆信息”第 2 行的车，是别的批次申报的：请按“海关回执”栏的意见改正。",
            BACK,
            "海关答复：退回 1。",
        ),
        "退回 1",
    ),
    "waiting, one row declared here and one by another batch": (
        beside_another_batch("", ""),
        "good",
        ("车辆 1 行已申报，1 行无变化。", FILING.format(1), OTHERS_WAIT, NOW_DONE),
        "1 已申报",
    ),
    "accepted here, while what another batch declared waits": (
        beside_another_batch("", "120"),
        "good",
        ("车辆 1 行已申报，1 行无变化。", "海关已接收：备案 1 辆。", OTHERS_WAIT, NOW_DONE),
        "海关接收 1",
    ),
    "rejected, and mended by a later batch": (
        mended_since,
        "good",
        ("车辆 1 行已申报" + STORED, "海关答复：退回 1。", "退回的车中有 1 辆后来已另行办理。", DONE),
        "退回 1",
    ),
    "two rejected, one of them mended by a later batch": (
        half_mended_since,
        "mend",
        (
            "车辆 2 行已申报" + STORED,
            "海关退回“车辆信息”第 3 行，请按“海关回执”栏的意见改正。",
            BACK,
            "海关答复：退回 2。",
            "退回的车中有 1 辆后来已另行办理。",
        ),
        "退回 2",
    ),
    "drafts that were deleted by a later batch, the others accepted": (
        drafts_deleted_since,
        "good",
        (
            "车辆 1 行已申报，2 行已暂存，1 行待核实" + STORED,
            "“车辆信息”第 3–5 行后来已在别的批次办理，不需再改。",
            "海关已接收：备案 1 辆。",
            DONE,
        ),
        "海关接收 1",
    ),
    "left as a draft, declared by a later batch, the other accepted": (
        left_as_a_draft_and_declared_since,
        "good",
        (
            "车辆 1 行已申报，1 行无变化。",
            "“车辆信息”第 3 行后来已在别的批次办理，不需再改。",
            "海关已接收：备案 1 辆。",
            DONE,
        ),
        "海关接收 1",
    ),
    "refused and held, dealt with by a later batch, then accepted": (
        mended_before_customs_answered,
        "good",
        (
            "车辆 1 行已申报，1 行待核实，1 行未通过" + STORED,
            "“车辆信息”第 3–4 行后来已在别的批次办理，不需再改。",
            "海关已接收：备案 1 辆。",
            DONE,
        ),
        "海关接收 1",
    ),
    "overdue": (
        said(None, ACCEPTED, days=9),
        "mend",
        (
            "车辆 2 行已申报" + STORED,
            "1 辆车超过 3 天未获答复：请告诉管理员，由管理员向海关查询。",
            "海关答复：海关接收 1。",
        ),
        "海关接收 1，1 辆逾期未获答复",
    ),
    "answers that contradict": (
        contradicted,
        "mend",
        (
            "车辆 1 行已申报" + STORED,
            CONTRADICTED,
            "海关已接收：备案 1 辆。",
        ),
        "海关接收 1，1 辆答复前后不一致",
    ),
    "answers that contradicted, settled by a person": (
        contradicted_and_settled,
        "mend",
        (
            "车辆 1 行已申报" + STORED,
            "海关退回“车辆信息”第 2 行，请按“海关回执”栏的意见改正。",
            BACK,
            "海关答复：退回 1。",
        ),
        "退回 1，更正答复 1 次",
    ),
    "an answer that came late": (
        answered_late,
        "good",
        ("车辆 1 行已申报" + STORED, "海关答复：退回 1。", "退回的车中有 1 辆后来已另行办理。", DONE),
        "退回 1",
    ),
    "a package that may not have been sent": (
        lambda desk: case(desk, desk.drop(), unsent=(PACKAGE,)),
        "mend",
        (
            "车辆 1 行已申报" + STORED,
            f"申报报文 {PACKAGE} 还没有送出，或不能确定是否已送达，请告诉管理员；请不要重新放入。",
        ),
        "1 已申报，报文未确定送出",
    ),
    "saved, complete": (
        rows(SAVE),
        "good",
        ("车辆 1 行已暂存" + STORED, DRAFT.format(2, "申报")),
        "1 已暂存",
    ),
    "saved, something lacks": (
        rows(LACKING),
        "mend",
        ("车辆 1 行已暂存" + STORED, SHORT.format(2, "申报"), BACK),
        "1 暂存待补",
    ),
    "saved, something is asked": (
        rows(ASKED),
        "mend",
        ("车辆 1 行已暂存" + STORED, DOUBTS.format(2), BACK),
        "1 已暂存",
    ),
    "drafts of each kind beside one that is declared": (
        rows(SAVE, LACKING, ASKED, {}),
        "mend",
        (
            "车辆 1 行已申报，3 行已暂存" + STORED,
            SHORT.format(3, "申报"),
            DOUBTS.format(4),
            BACK,
            DRAFT.format(2, "申报"),
            FILING.format(1),
        ),
        "1 已申报，2 已暂存，1 暂存待补",
    ),
    "saved with parameters that lack something": (
        structure(SAVE, length=""),
        "mend",
        (
            "车辆 1 行已暂存" + STORED,
            "“结构参数”第 2 行已存入目录，但缺少内容，用到它的车还不能申报：请按“问题说明”补齐。",
            SHORT.format(2, "申报"),
            BACK,
        ),
        "1 暂存待补",
    ),
    "held": (
        rows(HELD),
        "mend",
        ("车辆 1 行待核实" + STORED, VERIFY.format("车辆信息", 2), BACK),
        "1 待核实",
    ),
    "held for its parameters alone": (
        structure({}, length=4000),
        "mend",
        ("车辆 1 行待核实，结构参数 1 行待核实。", VERIFY.format("结构参数", 2), FOLLOW, BACK),
        "结构参数 1 待核实，1 辆随之",
    ),
    "refused": (
        rows({"vin": "?"}),
        "mend",
        ("车辆 1 行未通过。", "请改正“车辆信息”第 2 行的深红色单元格。", BACK),
        "1 待改",
    ),
    "refused for its parameters alone": (
        structure({}, kerb_mass="?"),
        "mend",
        ("车辆 1 行未通过，结构参数 1 行未通过。", "请改正“结构参数”第 2 行的深红色单元格。", FOLLOW, BACK),
        "结构参数 1 待改，1 辆随之",
    ),
    "declared, refused, held, and short": (
        rows({}, {"ccc_no": ""}, HELD, LACKING),
        "mend",
        (
            "车辆 1 行已申报，1 行已暂存，1 行待核实，1 行未通过" + STORED,
            "请改正“车辆信息”第 3 行的深红色单元格。",
            VERIFY.format("车辆信息", 4),
            SHORT.format(5, "申报"),
            BACK,
            FILING.format(1),
        ),
        "1 已申报，1 待核实，1 待改，1 暂存待补",
    ),
    "a change": (
        record(Type.FILING, State.ACCEPTED, **CHANGE),
        "good",
        ("车辆 1 行已申报。", FILING.format(1).replace("备案", "变更"), NOW_DONE),
        "1 已申报",
    ),
    "a change that is saved": (
        record(Type.FILING, State.ACCEPTED, **{**CHANGE, "action": "变更暂存"}),
        "good",
        ("车辆 1 行已暂存。", DRAFT.format(2, "变更")),
        "1 已暂存",
    ),
    "a change that is saved and lacks something": (
        record(Type.FILING, State.ACCEPTED, action="变更暂存", ccc_no=""),
        "mend",
        ("车辆 1 行已暂存。", SHORT.format(2, "变更"), BACK),
        "1 暂存待补",
    ),
    "a revocation": (
        record(Type.FILING, State.ACCEPTED, action="撤销", revocation_reason="退运"),
        "good",
        ("车辆 1 行已申报。", FILING.format(1).replace("备案", "撤销"), NOW_DONE),
        "1 已申报",
    ),
    "a deletion": (
        record(Type.FILING, State.DRAFT, action="删除"),
        "good",
        ("车辆 1 行已删除。", DONE),
        "1 已删除",
    ),
    "a deletion with its parameters": (
        record(Type.FILING, State.DRAFT, action="删除含结构参数"),
        "good",
        ("车辆 1 行已删除。", "1 组结构参数已一并删除。", DONE),
        "1 已删除",
    ),
    "a change that is dropped": (
        record(Type.CHANGE, State.DRAFT, action="删除"),
        "good",
        (
            "车辆 1 行已删除。",
            "“车辆信息”第 2 行的草稿已删除，车辆的记录还在，恢复为此前的状态。",
            DONE,
        ),
        "1 已删除",
    ),
    "untouched": (
        record(Type.FILING, State.ACCEPTED),
        "good",
        ("没有改变任何记录：车辆 1 行无变化。",),
        "1 无变化",
    ),
    "the same file again": (
        dropped_twice,
        "good",
        ("没有改变任何记录：车辆 1 行无变化。", OTHERS_WAIT),
        "1 无变化",
    ),
    "the same as a draft": (
        same_as_a_draft,
        "good",
        (
            "没有改变任何记录：车辆 1 行无变化。",
            STILL,
        ),
        "1 无变化",
    ),
    "parameters only": (
        catalogue,
        "good",
        ("结构参数 1 行已入库。", DONE),
        "结构参数 1 行已入库",
    ),
    "queries that found": (queries(2), "good", ("查询条件 2 行。", FOUND.format(2)), "查询到 2 辆车"),
    "a query that found nothing": (queries(0, (2,)), "good", ("查询条件 1 行。", NONE), "没有查到车辆"),
    "one of them found nothing": (
        queries(2, (4,)),
        "good",
        ("查询条件 3 行。", FOUND.format(2), MISSED.format(VINS[2])),
        "查询到 2 辆车",
    ),
    "a query that cannot be read": (
        queries(0, (), 1),
        "mend",
        ("查询条件 1 行，其中 1 行无法识别。", UNCLEAR, BACK_QUERY),
        "1 行查询无法识别",
    ),
    "queries of each kind": (
        queries(1, (3,), 1),
        "mend",
        ("查询条件 3 行，其中 1 行无法识别。", UNCLEAR, BACK_QUERY, FOUND.format(1), MISSED.format(VINS[1])),
        "查询到 1 辆车，1 行查询无法识别",
    ),
    "declared, and a query that found nothing": (
        asked_beside,
        "good",
        ("车辆 2 行已申报，结构参数 1 行已入库，查询条件 1 行。", NONE, FILING.format(2)),
        "2 已申报，没有查到车辆",
    ),
}


def headed(one: Case, ruleset: Ruleset) -> tuple[str, str]:
    outcome = with_answers(one.outcome, one.known, ruleset)
    still = still_open(outcome, one.known, ruleset)
    return sentence(outcome, still, one.known, one.files, ruleset)


@pytest.mark.parametrize("name", TABLE)
def test_a_headline_claims_what_is_true_and_what_to_do_next(name: str, rulebook: Rulebook) -> None:
    make, tone, lines, _ = TABLE[name]
    told, tinged = headed(make(Desk(rulebook)), compile_rules(rulebook))
    assert (told.split("\n"), tinged) == (list(lines), tone)


@pytest.mark.parametrize("name", TABLE)
def test_a_subject_claims_the_same_in_a_few_words(name: str, rulebook: Rulebook) -> None:
    make, tone, _, subject = TABLE[name]
    one = make(Desk(rulebook))
    kind = "receipts" if one.known.replies else "answers"
    telling = Telling(Story(one.outcome, one.known, one.files, "x.xlsx"), kind, compile_rules(rulebook))
    letter = batch_letter(telling)
    assert letter.subject == f"{one.outcome.reading.source.name}：{subject}"
    assert telling.tone == tone


@pytest.mark.parametrize("name", TABLE)
def test_no_english_headline_leaves_a_blank_or_a_double_space(name: str, rulebook: Rulebook) -> None:
    make, tone, lines, _ = TABLE[name]
    told, tinged = headed(make(Desk(rulebook)), in_language(compile_rules(rulebook), "en"))
    assert (len(told.split("\n")), tinged) == (len(lines), tone)
    assert "  " not in told
    assert "{" not in told


def test_a_row_that_waits_is_never_called_done(rulebook: Rulebook) -> None:
    """That there is nothing left to do is said of what is deleted, stored, or accepted by customs alone."""
    final = {name for name, (_, _, lines, _) in TABLE.items() if DONE in lines}
    assert final == {
        "accepted",
        "rejected, and mended by a later batch",
        "an answer that came late",
        "drafts that were deleted by a later batch, the others accepted",
        "left as a draft, declared by a later batch, the other accepted",
        "refused and held, dealt with by a later batch, then accepted",
        "a deletion",
        "a deletion with its parameters",
        "a change that is dropped",
        "parameters only",
    }


def test_what_a_later_batch_declared_is_overdue_there_and_not_here(desk: Desk) -> None:
    """A held row that came back untouched: here it was subtracted from a number that it was never in."""
    outcome = desk.again(desk.drop([HELD]))
    desk.now = NOW + timedelta(hours=1)
    later = desk.again(outcome, {2: {"confirmed": "是"}})
    desk.now = NOW + timedelta(days=9)
    told = [progress(Story(o, case(desk, o).known, FileNames(), ""), desk.ruleset) for o in (outcome, later)]
    assert [(one.waiting, one.overdue) for one in told] == [(0, 0), (1, 1)]


def test_a_workbook_that_only_asks_is_told_as_queries_and_not_as_empty(ruleset: Ruleset) -> None:
    reading = Reading(Source("查车.xlsx", "d"), queries=(Query(vins=("025595",)), Query(batches=("B",))))
    assert headline(Outcome("B", NOW, reading), ruleset) == "查询条件 2 行"


def test_a_workbook_without_rows_says_so(ruleset: Ruleset) -> None:
    assert headline(Outcome("B", NOW, Reading(Source("空.xlsx", "d"))), ruleset) == "没有数据行"


def test_hidden_rows_are_told_with_what_was_done(desk: Desk) -> None:
    hidden = replace(desk.sheet("vehicle", [{}]), hidden_rows=(2,))
    outcome = desk.put((hidden, desk.sheet("structure", [{}])))
    known = Known(desk.now, desk.facts.records)
    told, tone = sentence(outcome, outcome, known, FileNames(), desk.ruleset)
    assert "“车辆信息”有 1 行是隐藏的（第 2 行，多为筛选所致），也已读取，与别的行一样办理。" in told
    assert tone == "good"


@pytest.mark.parametrize(
    ("shelved", "cells", "told"),
    [
        (False, {}, "仍是草稿，缺少内容，还不能申报"),
        (False, {"production_date": "2019.10"}, "仍是草稿，缺少内容，还不能申报"),
        (True, {"production_date": "2019.10"}, "仍是草稿，其中有待核实的内容，尚未申报"),
        (True, {}, "仍未申报"),
    ],
)
def test_of_drafts_that_came_back_those_that_lack_something_are_told_apart(
    shelved: bool, cells: Cells, told: str, desk: Desk
) -> None:
    if shelved:
        desk.shelve()
    again = desk.again(desk.drop([{**cells, "action": "暂存"}], []))
    lines, _ = sentence(again, again, Known(desk.now, desk.facts.records), FileNames(), desk.ruleset)
    assert told in lines


def test_a_copied_row_is_sent_to_its_cure_and_not_into_its_red_cell(desk: Desk) -> None:
    """Whatever VIN is typed there, the row keeps the mark of the vehicle that it was copied from."""
    mark = desk.mark(desk.place(Type.FILING, State.ACCEPTED))
    made = case(desk, desk.drop([{"_mark": mark}, {"_mark": mark, "vin": OTHER_VIN}], []))
    told, _ = headed(made, desk.ruleset)
    assert "“车辆信息”第 3 行没有办理，要先办别的：请看“问题说明”和“修改建议”。" in told
    assert "深红色" not in told


def test_a_held_row_was_saved_and_nothing_says_that_no_record_changed(desk: Desk) -> None:
    """Confirmed in a later batch, it was told that the first one had changed no record."""
    held = desk.drop([{"production_date": "2018.06"}])
    later = desk.again(held, {2: {"confirmed": "是"}})
    known = Known(desk.now, desk.facts.records, open=frozenset(), latest=later.batch)
    told, _ = sentence(held, still_open(held, known, desk.ruleset), known, FileNames(), desk.ruleset)
    assert "没有改变任何记录" not in told
    assert "车辆 1 行待核实" in told


def test_a_draft_that_was_declared_with_other_values_is_said_to_be_changed(desk: Desk) -> None:
    outcome = desk.drop([{"action": "暂存"}])
    desk.again(outcome, {2: {"action": "申报", "colour": "红"}})
    told, _ = headed(case(desk, outcome), desk.ruleset)
    assert "内容有改动：请看“问题说明”" in told


@pytest.mark.parametrize(
    ("read", "told"), [(True, "本文件后来在批次 B2"), (False, "同名的文件后来在批次 B2")]
)
def test_a_file_that_was_refused_and_came_again_says_in_which_batch(
    read: bool, told: str, desk: Desk
) -> None:
    whole = desk.ruleset.finding("FILE-TOO-LARGE", size="31.4", limit="20")
    outcome = replace(desk.drop([{"vin": "?"}]), findings=(whole,))
    outcome = outcome if read else replace(outcome, rows=())
    known = Known(desk.now, open=frozenset(), since={("", 0): ("again", "B2")})
    said, _ = headed(Case(outcome, known), desk.ruleset)
    assert told in said
