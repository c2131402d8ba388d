"""Mails as people see them, in golden files, and what a home may make of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import golden
import pytest

from vinbatch.errors import RulesError
from vinbatch.mail_settings import Mail
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Act,
    Declaration,
    FileNames,
    Finding,
    Judged,
    Known,
    Letter,
    Outcome,
    Reading,
    Record,
    Reply,
    Row,
    Rulebook,
    Source,
    Standing,
    State,
    Type,
    Verdict,
)
from vinbatch.noun import replace
from vinbatch.report.batch_mail import batch_letter
from vinbatch.report.neighbour_mail import others_letter
from vinbatch.report.other_mail import _MOST as MOST_FILES
from vinbatch.report.other_mail import PLACE, Event, digest, gist, trouble_letter
from vinbatch.report.story import NOTHING, WAIT, Progress, Story, news, progress, recipients
from vinbatch.report.telling import Telling
from vinbatch.ruleset import Ruleset, compile_rules, in_language

GOLDEN = Path(__file__).parent / "golden-mail"
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
FORM = "VIN申报模板-2.xlsx"  # beside one that a person edited
BATCH = "BJ01-20260302-0007"
VINS = ["WBA13BJ05MC018807", "WBA13BJ0XNC018806", "WBA13BJ03MC018800"]


def outcome(ruleset: Ruleset, *verdicts: Verdict, findings: tuple[Finding, ...] = ()) -> Outcome:
    index = ruleset.index(VEHICLE)["vin"]
    width = len(ruleset.fields(VEHICLE))
    rows = []
    for i, verdict in enumerate(verdicts):
        values: list[str | None] = [None] * width
        values[index] = VINS[i]
        rows.append(Judged(Row(VEHICLE, i + 2, tuple(values)), verdict, Act.DECLARE))
    declared = tuple(
        Declaration(Type.FILING, VINS[i], {"vin": VINS[i]}, None, row=i + 2)
        for i, verdict in enumerate(verdicts)
        if verdict is Verdict.DECLARED
    )
    reading = Reading(Source("三月宝马.xlsx", "0" * 64, "北京", "wangfang"), findings=findings)
    return Outcome(BATCH, NOW, reading, tuple(rows), findings, declarations=declared)


def story(made: Outcome, *replies: Reply, attached: bool = True) -> Story:
    records = {}
    for one in made.declarations:
        said = next((r for r in replies if r.vin == one.vin), None)
        state = said.state if said else State.DECLARED
        standing = Standing(Type.FILING, state, BATCH, one.data, since=NOW, heard=said)
        records[one.vin] = Record(one.vin, 1, 1, standing, "北京", updated=NOW)
    known = Known(NOW, records, replies=replies, head="5d" * 32)
    packages = (f"{BATCH}-filing.zip",) if made.declarations else ()
    return Story(made, known, FileNames(packages, form=FORM), f"{BATCH}_三月宝马.xlsx", attached)


def mended(ruleset: Ruleset) -> Story:
    numeric = ruleset.finding(
        "CCC-NUMERIC", sheet=VEHICLE, row=3, field="ccc_no", value="2.02222110100012E+15"
    )
    return story(outcome(ruleset, Verdict.DECLARED, Verdict.REFUSED, Verdict.DECLARED, findings=(numeric,)))


def dealt_with(ruleset: Ruleset) -> Story:
    """The same after another batch has declared the row that was to be mended."""
    made = mended(ruleset)
    data = {"vin": VINS[1]}
    standing = Standing(Type.FILING, State.DECLARED, f"{BATCH[:-1]}9", data, since=NOW + timedelta(hours=1))
    records = {**made.known.records, VINS[1]: Record(VINS[1], 1, 1, standing, "北京", updated=NOW)}
    return replace(made, known=replace(made.known, records=records))


def revised(ruleset: Ruleset) -> Outcome:
    """Of another department a vehicle and the parameters of three drafts."""
    number = "SC2020010100001"
    diff = "车宽 1868 → 1870"
    findings = (
        ruleset.finding("DEPARTMENT-OTHER", sheet=VEHICLE, row=2, department="上海"),
        ruleset.finding("STRUCTURE-REVISED", sheet=STRUCTURE, row=2, number=number, diff=diff),
        ruleset.finding(
            "STRUCTURE-OTHERS", sheet=STRUCTURE, row=2, number=number, department="上海", count="3"
        ),
    )
    made = outcome(ruleset, Verdict.DECLARED, findings=findings)
    parameters = Row(STRUCTURE, 2, (number, *(None,) * (len(ruleset.fields(STRUCTURE)) - 1)))
    return replace(made, rows=(*made.rows, Judged(parameters, Verdict.STORED)))


def good(ruleset: Ruleset) -> Story:
    return story(outcome(ruleset, Verdict.DECLARED, Verdict.DECLARED), attached=False)


def refused(ruleset: Ruleset) -> Story:
    return story(outcome(ruleset, findings=(ruleset.finding("FILE-TOO-LARGE", size="31.4", limit="20"),)))


def answered(ruleset: Ruleset) -> Story:
    said = [
        Reply("G", VINS[0], "120", State.ACCEPTED, "20260302112233000", "", "r"),
        Reply("G", VINS[1], "100", State.REJECTED, "20260302112233000", "颜色与证书不符", "r"),
    ]
    return story(outcome(ruleset, Verdict.DECLARED, Verdict.DECLARED), *said)


def letters(ruleset: Ruleset) -> dict[str, Letter]:
    def one(of: Story, kind: str = "answers") -> Letter:
        return batch_letter(Telling(of, kind, ruleset))

    made = [
        gist(Telling(refused(ruleset), "refusals", ruleset)),
        gist(Telling(good(ruleset), "answers", ruleset)),
        gist(Telling(answered(ruleset), "receipts", ruleset)),
    ]
    other = ruleset.finding("DEPARTMENT-OTHER", sheet=VEHICLE, row=2, department="上海")
    doubt = {"name": f"{BATCH}-filing.zip", "guid": "0F" * 18, "reason": "@doubt.power"}
    return {
        "mend": one(mended(ruleset)),
        "good": one(good(ruleset)),
        "refused": one(refused(ruleset), "refusals"),
        "receipt": one(answered(ruleset), "receipts"),
        "digest": digest(made, "5d" * 32, FORM, ruleset),
        "others": others_letter(
            Telling(story(outcome(ruleset, Verdict.DECLARED, findings=(other,))), "answers", ruleset), "上海"
        ),
        "others_drafts": others_letter(Telling(story(revised(ruleset)), "answers", ruleset), "上海"),
        "trouble": trouble_letter([Event("doubt", BATCH, doubt, "2026-03-02 09:30:00")], "5d" * 32, ruleset),
    }


NAMES = ["mend", "good", "refused", "receipt", "digest", "others", "others_drafts", "trouble"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_as_it_was(name: str, lang: str, ruleset: Ruleset) -> None:
    letter = letters(in_language(ruleset, lang))[name]
    text = f"{letter.subject}\n\n{letter.text}"
    golden.same(GOLDEN / f"{name}.{lang}.txt", text.encode())
    golden.same(GOLDEN / f"{name}.{lang}.html", letter.html.encode())


def test_a_mail_loads_nothing_and_leads_nowhere(ruleset: Ruleset) -> None:
    for letter in letters(ruleset).values():
        for word in ("href", "src=", "url(", "<script", "<img", "<svg", "@import"):
            assert word not in letter.html, word


def test_a_repetition_says_so_in_both_parts(ruleset: Ruleset) -> None:
    letter = letters(ruleset)["good"]
    said = ruleset.phrase("mail.repeat")
    assert said in letter.text_again
    assert said in letter.html_again
    assert said not in letter.text + letter.html


def test_who_reads_english_is_told_the_names_of_the_sheets_that_he_has(ruleset: Ruleset) -> None:
    assert (
        "Mend the dark red cells of 车辆信息 (Vehicles), row 3"
        in letters(in_language(ruleset, "en"))["mend"].text
    )


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (["CCC-NUMERIC"], "改正深红色的单元格"),
        (["VIN-YEAR-CODE"], "黄色的单元格按原件核对：无误的在“核实确认”填“是”，有误的改正"),
        (["CCC-NUMERIC", "VIN-YEAR-CODE"], "改正深红色的单元格；黄色的按原件核对"),
        (["FIELD-REQUIRED-DRAFT"], "照上面说的补齐或填写"),
    ],
)
def test_the_next_steps_name_no_colour_that_no_cell_has(
    codes: list[str], told: str, ruleset: Ruleset
) -> None:
    """A draft with an empty cell is told to mend dark red cells and to verify yellow ones: it has neither."""
    verdicts = {"CCC-NUMERIC": Verdict.REFUSED, "VIN-YEAR-CODE": Verdict.HELD}
    params = {"VIN-YEAR-CODE": {"char": "U"}, "FIELD-REQUIRED-DRAFT": {"when": ""}}
    findings = tuple(
        ruleset.finding(code, sheet=VEHICLE, row=row, field="ccc_no", **params.get(code, {}))
        for row, code in enumerate(codes, 2)
    )
    made = outcome(ruleset, *(verdicts.get(code, Verdict.SAVED) for code in codes), findings=findings)
    of = story(made)
    draft = Standing(Type.FILING, State.DRAFT, BATCH, {}, since=NOW)
    drafts = {vin: Record(vin, 1, 1, draft, "北京", updated=NOW) for vin in VINS}
    of = replace(of, known=replace(of.known, records=drafts))
    assert f"\n2. {told}" in batch_letter(Telling(of, "answers", ruleset)).text


def test_another_department_is_told_what_was_changed_and_why_it_was_revoked(ruleset: Ruleset) -> None:
    """It read 变更 and 已申报, and had to ask what."""
    findings = (
        *(ruleset.finding("DEPARTMENT-OTHER", sheet=VEHICLE, row=n, department="上海") for n in (2, 3)),
        ruleset.finding("CHANGE-DIFFERENCES", sheet=VEHICLE, row=2, diff="车身颜色：黑 → 白"),
    )
    made = outcome(ruleset, Verdict.DECLARED, Verdict.DECLARED, findings=findings)
    first, second = made.declarations
    second = replace(second, data={**second.data, "revocation_reason": "车辆退运"})
    telling = Telling(story(replace(made, declarations=(first, second))), "answers", ruleset)
    text = others_letter(telling, "上海").text
    assert "已申报，变更内容：车身颜色：黑 → 白" in text
    assert "已申报，撤销原因：车辆退运" in text


def test_too_many_findings_are_told_by_their_kind(ruleset: Ruleset) -> None:
    found = tuple(ruleset.finding("CCC-NUMERIC", sheet=VEHICLE, row=3, field="ccc_no") for _ in range(29))
    letter = batch_letter(
        Telling(
            story(outcome(ruleset, Verdict.DECLARED, Verdict.REFUSED, findings=found)), "answers", ruleset
        )
    )
    assert letter.text.count("CCC-NUMERIC") == 1
    assert "车辆信息：3 · 29 处 · CCC-NUMERIC" in letter.text
    assert "每一行的问题见结果表“问题清单”" in letter.text


@pytest.mark.parametrize("name", ["a\n\n1. x.xlsx", "a\r\nBcc: x", "\u202egpj.xlsx", "</td></table><b>.xlsx"])
def test_a_name_stays_one_line_of_text(name: str, ruleset: Ruleset) -> None:
    made = outcome(ruleset, Verdict.DECLARED)
    source = replace(made.reading.source, name=name)
    telling = Telling(story(replace(made, reading=replace(made.reading, source=source))), "answers", ruleset)
    letter, plain = batch_letter(telling), letters(ruleset)["good"]
    assert letter.text.count("\n") == plain.text.count("\n")
    assert "\n" not in letter.subject
    assert "\u202e" not in letter.subject + letter.text + letter.html
    assert letter.html.count("<") == plain.html.count("<")


def test_a_home_may_have_its_own_words(rulebook: Rulebook) -> None:
    templates = tuple({**dict(rulebook.templates), "mail.txt": "{{ mail.lead }}\n"}.items())
    own = compile_rules(replace(rulebook, templates=templates, digest="own mail"))
    assert letters(own)["good"].text == (
        "等待海关答复：备案 2 辆。答复后结果表和报告会自动更新。现在不需做什么。\n"
    )


def test_a_broken_template_is_named(rulebook: Rulebook) -> None:
    templates = tuple({**dict(rulebook.templates), "mail.txt": "\n{{ mail.leed }}"}.items())
    broken = compile_rules(replace(rulebook, templates=templates, digest="broken mail"))
    with pytest.raises(RulesError, match=r"templates/mail\.txt, line 2"):
        letters(broken)


# ── news, and for whom ───────────────────────────────────────────────────────────────────────────

LONG, SHORT = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("before", "now", "quiet", "told"),
    [
        (None, Progress(), LONG, "answers"),
        (Progress(waiting=3), Progress(waiting=3), LONG, NOTHING),
        (Progress(waiting=3), Progress(accepted=2, waiting=1), LONG, NOTHING),
        (Progress(waiting=3), Progress(accepted=3), SHORT, "receipts"),
        (Progress(waiting=3), Progress(rejected=1, waiting=2), LONG, "receipts"),
        (Progress(waiting=3), Progress(rejected=1, waiting=2), SHORT, WAIT),
        (Progress(waiting=3), Progress(waiting=3, overdue=3), LONG, "receipts"),
        (Progress(waiting=3, unsent=2), Progress(waiting=3), SHORT, "receipts"),
        (Progress(waiting=3, unsent=2), Progress(waiting=3, unsent=1), LONG, NOTHING),
        (Progress(waiting=3), Progress(waiting=3, unsent=1), LONG, NOTHING),
        (Progress(accepted=3), Progress(accepted=3, contradicted=1), LONG, "receipts"),
        (Progress(accepted=3), Progress(accepted=3), LONG, NOTHING),
        (Progress(accepted=3), Progress(accepted=3, contradicted=1), SHORT, "receipts"),
        (Progress(accepted=3, contradicted=1), Progress(accepted=3, contradicted=2), SHORT, WAIT),
        (Progress(accepted=3, contradicted=2), Progress(accepted=3, contradicted=1), LONG, "receipts"),
        (Progress(accepted=1), Progress(rejected=1, corrected=1), SHORT, "receipts"),
        (Progress(rejected=1), Progress(accepted=1, corrected=1), SHORT, "receipts"),
        (Progress(accepted=1, corrected=1), Progress(rejected=1, corrected=2), SHORT, WAIT),
        (Progress(rejected=1, corrected=1), Progress(accepted=1, corrected=2), LONG, "receipts"),
    ],
)
def test_what_is_news(before: Progress | None, now: Progress, quiet: timedelta, told: str) -> None:
    assert news(before, quiet, now, refused=False) == told


def test_progress_is_read_back(ruleset: Ruleset) -> None:
    now = progress(answered(ruleset), ruleset)
    assert now == Progress(accepted=1, rejected=1) == Progress.read(str(now))


def test_progress_that_an_older_version_kept_is_read() -> None:
    assert Progress.read("3 1 0 0 1") == Progress(3, 1, 0, 0, 1)


def test_a_receipt_set_aside_names_vehicles_and_their_number(ruleset: Ruleset) -> None:
    about = {"name": "c3.xml", "codes": "RECEIPT-CONTRADICTS", "vins": f"{VINS[0]}, …", "n": "9"}
    letter = trouble_letter([Event("aside", BATCH, about, "")], "5d" * 32, ruleset)
    assert f"未采用其答复的车辆 9 辆：{VINS[0]}, …" in letter.text


MAIL = Mail(
    to=("all@x.cn",), departments={"北京": ("bj@x.cn",)}, kinds={"receipts": ("boss@x.cn", "bj@x.cn")}
)


@pytest.mark.parametrize(
    ("mail", "kind", "department", "work", "who"),
    [
        (MAIL, "answers", "", False, ("all@x.cn",)),
        (MAIL, "answers", "北京", False, ("bj@x.cn",)),
        (MAIL, "answers", "北京/三部", False, ("bj@x.cn",)),
        (MAIL, "answers", "上海", False, ("all@x.cn",)),
        (MAIL, "receipts", "北京", False, ("bj@x.cn", "boss@x.cn")),
        (MAIL, "trouble", "", True, ("all@x.cn",)),
        (replace(MAIL, kinds={"trouble": ("op@x.cn",)}), "trouble", "", True, ("op@x.cn",)),
        (replace(MAIL, mode="failures"), "answers", "", False, ()),
        (replace(MAIL, mode="failures"), "answers", "", True, ("all@x.cn",)),
        (replace(MAIL, only={"all@x.cn": ("refusals",)}), "answers", "", True, ()),
    ],
)
def test_who_gets_a_mail(mail: Mail, kind: str, department: str, work: bool, who: tuple[str, ...]) -> None:
    assert recipients(mail, kind, department, work) == who


def drafted(made: Story) -> Story:
    """With the drafts that its rows were saved as."""
    standing = Standing(Type.FILING, State.DRAFT, BATCH, {}, since=NOW)
    records = {vin: Record(vin, 1, 1, standing, "北京", updated=NOW) for vin in VINS}
    return replace(made, known=replace(made.known, records=records))


def test_a_digest_tells_drafts_that_lack_something_from_those_that_are_complete(ruleset: Ruleset) -> None:
    short = ruleset.finding("FIELD-REQUIRED-DRAFT", sheet=VEHICLE, row=2, field="ccc_no", when="@when.always")
    made = drafted(story(outcome(ruleset, Verdict.SAVED, Verdict.SAVED, findings=(short,))))
    told = digest([gist(Telling(made, "answers", ruleset))], "5d" * 32, FORM, ruleset).subject
    assert "1 已暂存，1 暂存待补" in told


@pytest.mark.parametrize(
    ("batches", "more", "subject"),
    [((3, 2, 1), [], "6 辆车逾期未获答复"), ((3, 1), ["aside"], "4 辆车逾期未获答复等 2 件事")],
)
def test_vehicles_that_are_overdue_are_counted_over_all_batches(
    batches: tuple[int, ...], more: list[str], subject: str, ruleset: Ruleset
) -> None:
    events = [Event("overdue", f"{BATCH[:-1]}{i}", {"n": str(n)}, "") for i, n in enumerate(batches)]
    about = {"name": "c3.xml", "codes": "RECEIPT-CONTRADICTS", "vins": "", "n": "9"}
    events += [Event(kind, BATCH, about, "") for kind in more]
    assert subject in trouble_letter(events, "5d" * 32, ruleset).subject


def test_a_digest_of_files_that_were_not_worked_has_their_cures_and_sends_to_no_cell(
    ruleset: Ruleset,
) -> None:
    made = gist(Telling(refused(ruleset), "refusals", ruleset))
    text = digest([made, made], "5d" * 32, FORM, ruleset).text
    assert text.count(f"→ {made.cure}\n") == 2
    assert ("深红色" in text, ruleset.phrase("mail.redo_these") in text) == (False, True)


def test_what_there_is_to_do_stands_line_by_line_in_both_parts(ruleset: Ruleset) -> None:
    """Eight sentences in one block are read by nobody."""
    told = Telling(mended(ruleset), "answers", ruleset)
    letter = batch_letter(told)
    lines = (*told.to_do, *told.left)
    assert len(lines) > 1
    assert "\n".join(lines) in letter.text
    assert "<br>".join(escape(one, quote=False) for one in lines) in letter.html


def test_a_digest_counts_no_row_that_a_later_batch_has_dealt_with(ruleset: Ruleset) -> None:
    """Its subject said that there is more to mend than its lines add up to."""
    before = gist(Telling(dealt_with(ruleset), "answers", ruleset))
    told = digest([before, gist(Telling(mended(ruleset), "answers", ruleset))], "5d" * 32, FORM, ruleset)
    assert (before.told, told.subject) == (
        "2 已申报，1 后来已另办",
        "2 个文件：4 已申报，1 待改，1 后来已另办",
    )


def test_a_digest_counts_no_row_of_a_file_that_was_not_worked(ruleset: Ruleset) -> None:
    """Nothing is to be mended in its result: the file itself is counted."""
    titled = ruleset.finding("FILE-TOO-LARGE", size="31.4", limit="20")
    made = story(outcome(ruleset, Verdict.REFUSED, Verdict.REFUSED, findings=(titled,)))
    told = digest([gist(Telling(made, "refusals", ruleset))], "5d" * 32, FORM, ruleset).subject
    assert told == "1 个文件：1 个文件未办理"


def test_an_answer_that_customs_was_quicker_than_says_what_it_rejected(ruleset: Ruleset) -> None:
    """Such a file stood among those to see to, and nothing said why."""
    made = gist(Telling(answered(ruleset), "answers", ruleset))
    told = digest([made, made], "5d" * 32, FORM, ruleset).subject
    assert (made.told, told) == ("2 已申报，退回 1", "2 个文件：4 已申报，退回 2")


def test_a_digest_of_what_customs_answered_says_which_rows_are_still_to_be_mended(ruleset: Ruleset) -> None:
    """Such a file stood among those to see to with 海关接收 alone."""
    said = [Reply("G", VINS[i], "120", State.ACCEPTED, "20260302112233000", "", "r") for i in (0, 2)]
    before = mended(ruleset)
    made = story(before.outcome, *said)
    assert gist(Telling(made, "receipts", ruleset)).told == "海关接收 2，1 待改"


def test_a_digest_counts_the_vehicles_that_customs_owes_an_answer(ruleset: Ruleset) -> None:
    made = [replace(gist(Telling(answered(ruleset), "receipts", ruleset)), overdue=n) for n in (1, 2)]
    assert "3 辆逾期未获答复" in digest(made, "5d" * 32, FORM, ruleset).subject


def test_a_reason_of_a_home_that_ends_with_a_stop_loses_it_in_a_subject(rulebook: Rulebook) -> None:
    home = (("findings.toml", '[FILE-TOO-LARGE]\nzh = "太大。"\n'),)
    ruleset = compile_rules(replace(rulebook, home=home, digest="with a stop"))
    assert gist(Telling(refused(ruleset), "refusals", ruleset)).told == "整份未办理，太大"


@pytest.mark.parametrize(("files", "told"), [(MOST_FILES, False), (MOST_FILES + 1, True)])
def test_a_digest_tells_of_more_files_only_where_there_are_more(
    files: int, told: bool, ruleset: Ruleset
) -> None:
    made = [gist(Telling(good(ruleset), "answers", ruleset))] * files
    more = ruleset.phrase("mail.more_files", n=files - MOST_FILES, place=PLACE)
    assert (more in digest(made, "5d" * 32, FORM, ruleset).text) is told
