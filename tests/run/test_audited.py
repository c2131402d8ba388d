"""What an auditor is told of a vehicle: nothing that was asked, answered, sent or heard is left out."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from run_place import Fresh, Place, new_place, some

from vinbatch.cli.main import main
from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Return
from vinbatch.ruleset import Ruleset
from vinbatch.run.keeping import backup, restore

TIME = "20260302102231500"
Story = Callable[..., str]


@pytest.fixture(scope="module")
def once_asked(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, empty_ledger: Path) -> Place:
    """Refused for want of its parameters; held; confirmed and declared; rejected, in contradiction too; and
    the parameters revised after it.
    """
    place = new_place(tmp_path_factory.mktemp("asked") / "home", ruleset, empty_ledger)
    (vehicle,), sets = some(1)
    doubtful = {**vehicle, "production_date": "2024.06"}
    place.drop("北京/first.xlsx", place.sheet([vehicle]))
    place.run()
    place.drop("北京/second.xlsx", place.sheet([doubtful], sets))
    place.run()
    (place.root / "inbox" / "北京" / "third.xlsx").write_bytes(
        place.sheet([{**doubtful, "confirmed": "是"}], sets)
    )
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0003"])
    vin = str(vehicle["vin"])
    place.drop("receipts/r.xml", receipt_xml(package.guid, [Return("100", vin, TIME, "证书不符")]))
    place.now += timedelta(minutes=1)
    place.run()
    place.drop("receipts/s.xml", receipt_xml(package.guid, [Return("120", vin, TIME, "海关入库")]))
    place.run()
    place.drop("sets.xlsx", place.sheet([], [{**sets[0], "max_speed": 99, "confirmed": "是"}]))
    place.run()
    return place


@pytest.fixture
def asked(once_asked: Place, tmp_path: Path) -> Place:
    return once_asked.copied(tmp_path / "home")


def vin() -> str:
    return str(some(1)[0][0]["vin"])


@pytest.fixture
def story(capsys: pytest.CaptureFixture[str]) -> Story:
    def told(place: Place, *vins: str, code: int = 0) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["--home", str(place.root), "audit", "show", *(vins or (vin(),))])
        assert left.value.code == code
        return capsys.readouterr().out

    return told


def item(said: str, title: str) -> str:
    """The one paragraph that begins so, without number and time."""
    (found,) = [p for p in said.split("\n\n") if re.match(rf"\S+  [\d :-]+  {title}", p)]
    return found


def test_a_row_that_was_refused_is_told_with_what_it_said_and_why(asked: Place, story: Story) -> None:
    """No event tells of it, since nothing was stored."""
    told = item(story(asked), "对这一行的答复：未通过")
    assert "first.xlsx 车辆信息!C2 TRIAL-20260302-0001" in told
    assert "生产日期：" in told
    assert "错误 STRUCTURE-UNKNOWN 没有结构参数" in told


def test_a_vehicle_that_was_only_ever_refused_has_a_story(place: Place, fresh: Fresh, story: Story) -> None:
    (vehicle,), _ = fresh(1)
    place.drop("a.xlsx", place.sheet([vehicle]))
    place.run()
    told = story(place, str(vehicle["vin"]))
    assert "收件办理" in told
    assert "对这一行的答复：未通过" in told


def test_the_same_bytes_under_another_name_are_told_too(place: Place, fresh: Fresh, story: Story) -> None:
    (vehicle,), sets = fresh(1)
    data = place.sheet([vehicle], sets)
    place.drop("a.xlsx", data)
    place.run()
    place.drop("b.xlsx", data)
    place.run()
    assert "b.xlsx" in item(story(place, str(vehicle["vin"])), "对这一行的答复：无变化")


def test_why_it_was_held_and_what_was_confirmed_are_told(asked: Place, story: Story) -> None:
    said = story(asked)
    assert re.search("待核实 年款与生产日期不符 · 2024.06", item(said, "待核实  "))
    assert re.search("待核实 DATE-MODEL-YEAR VIN 第10位", item(said, "对这一行的答复：待核实"))
    assert "已确认 年款与生产日期不符 · 2024.06" in item(said, "已申报  ")


def test_who_dropped_the_workbook_has_not_brought_what_customs_answered(asked: Place, story: Story) -> None:
    """The receipt stood there as if it had come with the workbook, from its owner."""
    heard, *_ = [p for p in story(asked).split("\n\n") if "收到海关回执" in p]
    assert heard.splitlines()[1].strip() == "r.xml TRIAL-20260302-0003"


def test_why_a_receipt_was_set_aside_is_told_in_words(asked: Place, story: Story, ruleset: Ruleset) -> None:
    assert f"未采用：{ruleset.title('RECEIPT-CONTRADICTS')}" in story(asked)


def test_the_digests_of_workbook_package_and_receipt_are_told(asked: Place, story: Story) -> None:
    """With them anybody can tell whether the file in his hand is the one."""
    said = story(asked)
    with asked.ledger() as ledger:
        digests = [
            d for (d,) in ledger.db.execute("SELECT digest FROM package UNION SELECT digest FROM receipt")
        ]
        digests += [
            d
            for (d,) in ledger.db.execute(
                "SELECT source_digest FROM batch WHERE number < 'TRIAL-20260302-0004'"
            )
        ]
    assert len(digests) == 6
    assert all(f"SHA-256 {digest}" in said for digest in digests)


def test_the_revision_of_its_parameters_and_what_became_of_them_since_are_told(
    asked: Place, story: Story
) -> None:
    said = story(asked)
    assert re.search("结构参数 .* · 第1版", item(said, "对这一行的答复：已申报"))
    revised = item(said, "结构参数修订")
    assert "第2版" in revised
    assert "→ 99" in revised


def test_every_version_of_its_results_is_told(asked: Place, story: Story) -> None:
    said = story(asked)
    with asked.ledger() as ledger:
        written = [
            f"SHA-256 {version[1]}"
            for batch in ("TRIAL-20260302-0001", "TRIAL-20260302-0002", "TRIAL-20260302-0003")
            for version in ledger.answers.of(batch)
        ]
    assert len(written) > 3
    assert [
        line.strip() for p in said.split("\n\n") if "写出结果表" in p for line in p.splitlines()[-1:]
    ] == (sorted(written, key=said.index))


def test_a_mail_is_told_with_what_became_of_it(asked: Place, story: Story) -> None:
    db = sqlite3.connect(asked.home.ledger)
    db.execute(
        "INSERT INTO mail (message, kind, batch, subject, queued)"
        " VALUES ('<m@x>', 'answers', 'TRIAL-20260302-0003', 'third.xlsx：1 已申报',"
        " '2026-03-02T01:30:05+00:00')"
    )
    db.execute(
        "INSERT INTO mailing (mail, address, state, due, reply) VALUES (1, 'bj@x', 'sent', '', '250 ok')"
    )
    db.commit()
    db.close()
    told = item(story(asked), "邮件")
    assert "Message-ID <m@x>" in told  # the mail server is asked by it
    assert "third.xlsx：1 已申报" in told
    assert "→ bj@x · 已交邮件服务器 250 ok" in told


def test_what_was_typed_is_told_beside_what_was_read(place: Place, fresh: Fresh, story: Story) -> None:
    """Who typed which value was answered by what the program had made of it."""
    (vehicle,), sets = fresh(1)
    typed = f" {str(vehicle['vin']).lower()} "
    place.drop("a.xlsx", place.sheet([{**vehicle, "vin": typed}], sets))
    place.run()
    told = "".join(item(story(place, str(vehicle["vin"])), "对这一行的答复：已申报").split("\n    "))
    assert "CELL-CLEANED" in told
    assert f"原值 “{typed}”" in told


def test_settings_are_told_where_they_differ_from_those_of_the_batch_before(
    asked: Place, story: Story
) -> None:
    """Each batch repeated all of them: nobody saw that one had changed."""
    first, second, third = (p for p in story(asked).split("\n\n") if "收件办理" in p)
    assert re.search(r"^    [a-z_.]+ = ", first, re.M)
    assert not re.search(r"^    [a-z_.]+ = ", second + third, re.M)


def test_a_restore_since_is_told(place: Place, fresh: Fresh, tmp_path: Path, story: Story) -> None:
    """What happened between backup and restore is no more in the ledger that the story is read from."""
    (vehicle,), sets = fresh(1)
    place.drop("a.xlsx", place.sheet([vehicle], sets))
    place.run()
    backup(place.home, tmp_path / "b.db")
    restore(place.home, tmp_path / "b.db", place.now, "wang.li")
    told = item(story(place, str(vehicle["vin"])), "台账由备份恢复")
    assert "wang.li" in told
    assert "b.db" in told


def break_chain(asked: Place) -> None:
    db = sqlite3.connect(asked.home.ledger)
    ((name, sql),) = db.execute("SELECT name, sql FROM sqlite_schema WHERE name = 'event_stands'").fetchall()
    db.execute(f"DROP TRIGGER {name}")
    db.execute("UPDATE event SET body = replace(body, '证书不符', '海关入库')")
    db.execute(sql)
    db.commit()
    db.close()


def test_a_story_out_of_a_broken_chain_says_so(asked: Place, story: Story) -> None:
    break_chain(asked)
    assert "审计链完整" not in story(asked, code=6)


def test_a_program_that_asks_for_events_of_a_broken_chain_learns_it(asked: Place, story: Story) -> None:
    """They are told all the same: somebody has to look at them."""
    break_chain(asked)
    assert "海关入库" in story(asked, "--json", vin(), code=6)


def test_a_whole_one_says_that_it_is(asked: Place, story: Story) -> None:
    assert "审计链完整" in story(asked)
