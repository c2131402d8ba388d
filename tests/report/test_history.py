"""Events in words."""

from __future__ import annotations

import pytest

from vinbatch.model import Event, Origin
from vinbatch.report.history import happened, value_words
from vinbatch.ruleset import Ruleset


@pytest.mark.parametrize(
    ("kind", "how", "told"),
    [
        ("released", "send", "海关没有收到，要发出（--send）"),
        ("released", "sent", "海关已收到（--sent）"),
        ("released", "receipt", "由海关回执确定"),
        ("regained", "doubt", "同批次的报文一并恢复，本报文待决定"),
        ("void", "void", "海关没有收到，不再发出（--void）"),
    ],
)
def test_how_a_package_was_settled_is_told(kind: str, how: str, told: str, ruleset: Ruleset) -> None:
    """Sent again or not is what an auditor asks first."""
    body = {"time": "2026-03-02T01:30:00+00:00", "kind": kind, "guid": "G", "how": how}
    (found,) = happened([Event(1, "", "B", body, "h")], {}, ruleset)
    assert found.detail.splitlines() == [told, "报文 G"]


@pytest.mark.parametrize(
    ("kind", "by_command", "told"),
    [
        ("published", False, "部门 北京 · 文件所有者 wang.li"),
        ("published", True, "部门 北京 · 操作用户 wang.li"),
        ("released", False, "操作用户 operator"),
    ],
)
def test_of_everybody_it_is_said_what_he_is(kind: str, by_command: bool, told: str, ruleset: Ruleset) -> None:
    """`北京 wang.li` told a judge neither which is which, nor whether he dropped a file or gave a command."""
    body = {"time": "2026-03-02T01:30:00+00:00", "kind": kind, "guid": "G", "user": "operator"}
    origin = Origin("a.xlsx", "北京", "wang.li", by_command)
    (found,) = happened([Event(1, "", "B", body, "h")], {"B": origin}, ruleset)
    assert found.by == told


@pytest.mark.parametrize(
    ("by_command", "told"), [(True, "declare.xlsx（由命令办理） B"), (False, "declare.xlsx B")]
)
def test_an_act_by_command_is_told_from_a_file_that_was_dropped(
    by_command: bool, told: str, ruleset: Ruleset
) -> None:
    body = {"time": "2026-03-02T01:30:00+00:00", "kind": "published", "guid": "G"}
    origin = Origin("declare.xlsx", "", "wang.li", by_command)
    (found,) = happened([Event(1, "", "B", body, "h")], {"B": origin}, ruleset)
    assert (found.source, found.who) == (told, "wang.li")


@pytest.mark.parametrize("kind", ["released", "void", "regained", "resent"])
def test_who_decided_about_a_package_is_named_and_not_whose_workbook_it_was(
    kind: str, ruleset: Ruleset
) -> None:
    body = {"time": "2026-03-02T01:30:00+00:00", "kind": kind, "guid": "G", "user": "operator"}
    origin = Origin("a.xlsx", "北京", "wang.li")
    (found,) = happened([Event(1, "", "B", body, "h")], {"B": origin}, ruleset)
    assert (found.source, found.who) == ("a.xlsx B", "operator")


def test_what_customs_answered_was_brought_by_nobody_of_the_department(ruleset: Ruleset) -> None:
    body = {
        "time": "2026-03-02T01:30:00+00:00",
        "kind": "receipt",
        "guid": "G",
        "file": "r.xml",
        "receipt": "d",
    }
    origin = Origin("a.xlsx", "北京", "wang.li")
    (found,) = happened([Event(1, "", "B", body, "h")], {"B": origin}, ruleset)
    assert (found.source, found.who) == ("r.xml B", "")


def batch(**more: object) -> Event:
    body = {"time": "2026-03-02T01:30:00+00:00", "kind": "batch", "program": "1", "rules": "0", **more}
    return Event(1, "", "B", body, "h")


@pytest.mark.parametrize(("whole", "told"), [(True, True), (False, False)])
def test_who_last_saved_a_workbook_is_told_with_the_whole(whole: bool, told: bool, ruleset: Ruleset) -> None:
    (found,) = happened([batch(saved_by="lisi")], {}, ruleset, whole=whole)
    assert (ruleset.phrase("cli.saved_by", name="lisi") in found.detail.splitlines()) is told


def test_who_saved_it_is_not_told_where_no_file_says_so(ruleset: Ruleset) -> None:
    (found,) = happened([batch()], {}, ruleset, whole=True)
    assert len(found.detail.splitlines()) == 1


def test_a_batch_tells_the_settings_that_say_something(ruleset: Ruleset) -> None:
    settings = {"site": "BJ01", "mail": {"host": "mx", "to": []}, "proxy": "", "gone": None}
    (found,) = happened([batch(settings=settings)], {}, ruleset)
    assert found.detail.splitlines()[1:] == ['site = "BJ01"', 'mail.host = "mx"']


def test_a_value_stands_after_the_name_of_its_field(ruleset: Ruleset) -> None:
    assert value_words("colour", "白", ruleset) == "车身颜色：白"


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ("DATE-MODEL-YEAR:production_date:2024.06", "已确认 年款与生产日期不符 · 2024.06"),
        ("ROW-STRUCK::WBA", "已确认 整行带删除线"),
    ],
    ids=["a cell", "the row"],
)
def test_what_was_confirmed_is_told_with_the_value_of_its_cell(ask: str, told: str, ruleset: Ruleset) -> None:
    body = {"time": "2026-03-02T01:30:00+00:00", "kind": "declared", "confirmed": [ask]}
    (found,) = happened([Event(1, "", "B", body, "h")], {}, ruleset)
    assert found.detail == told


def test_why_a_receipt_was_set_aside_stands_beside_it(ruleset: Ruleset) -> None:
    body = {"time": "2026-03-02T01:30:00+00:00", "kind": "receipt", "file": "r.xml", "receipt": "d"}
    (found,) = happened([Event(1, "", "", {**body, "set_aside": "RECEIPT-UNKNOWN"}, "h")], {}, ruleset)
    assert "RECEIPT-UNKNOWN" in found.detail
