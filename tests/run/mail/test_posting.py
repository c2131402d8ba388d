"""Mail of passes, over a real server: everything is told, once, to those whom it concerns."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from forked import Forked
from run_place import SETTINGS, Fresh, Place
from smtp_desk import DROP, MAIL, Postmaster, mail_server

from vinbatch import flow
from vinbatch.effects.home import Home
from vinbatch.effects.lock import HomeLock
from vinbatch.errors import RulesError
from vinbatch.model import Return
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset
from vinbatch.run import commands, keeping
from vinbatch.run.condition.health import health
from vinbatch.run.condition.stock import Stock
from vinbatch.run.engines import SERIAL, Engine
from vinbatch.run.mail.postbox import Postbox
from vinbatch.run.mail.posting import post
from vinbatch.run.passing import Pass
from vinbatch.run.receipts import Hall
from vinbatch.store.ledger import Ledger
from vinbatch.store.mails import Post


@pytest.fixture(scope="module")
def one_server() -> Iterator[Postmaster]:
    """On one port: with each other port all that is made of the rules would be made anew."""
    with mail_server() as master:
        yield master


@pytest.fixture
def server(one_server: Postmaster) -> Postmaster:
    one_server.forget()
    return one_server


@pytest.fixture
def place(place: Place, server: Postmaster) -> Place:
    configure(place, server)
    return place


def configure(place: Place, server: Postmaster, more: str = "", top: str = "") -> None:
    text = top + SETTINGS + MAIL.format(port=server.port) + more
    (place.root / "rules" / "settings.toml").write_text(text, "utf-8")


def run(place: Place) -> Pass:
    machine = place.machine()
    machine.engine = Engine(SERIAL)
    done = machine.run()
    post(machine, done)
    return done


def later(place: Place, **time: float) -> None:
    place.now += timedelta(**time)


def customs_says(place: Place, *returns: Return) -> None:
    with place.ledger() as ledger:
        (guid,) = ledger.db.execute("SELECT guid FROM package ORDER BY batch DESC LIMIT 1").fetchone()
    for i, one in enumerate(returns):
        receipt = flow.write_receipt(guid, one)
        (place.root / "inbox" / "receipts" / f"{place.now:%H%M%S}-{i}.xml").write_bytes(receipt)


def vins(place: Place) -> list[str]:
    with place.ledger() as ledger:
        return [v for (v,) in ledger.db.execute("SELECT vin FROM record ORDER BY id")]


@pytest.mark.parametrize("name", ["mail.html", "mail.txt"])
def test_a_broken_mail_template_stops_the_pass_before_anything_is_taken(
    name: str, place: Place, fresh: Fresh
) -> None:
    (place.root / "templates" / name).write_text("\n{{ mail.leed }}", "utf-8")
    dropped = place.drop("a.xlsx", place.sheet(*fresh(1)))
    with pytest.raises(RulesError, match=name.replace(".", r"\.")):
        place.machine().run()
    assert dropped.exists()


def test_a_home_that_sends_no_mail_does_not_look_at_its_template(place: Place, fresh: Fresh) -> None:
    (place.root / "templates" / "mail.html").write_text("{{ mail.leed }}", "utf-8")
    (place.root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    assert len(place.machine().run().lines) == 1


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def test_a_batch_is_told_of_once(place: Place, server: Postmaster, fresh: Fresh) -> None:
    vehicles, sets = fresh(3)
    vehicles[1]["ccc_no"] = 2022221101000119.0
    place.drop("三月宝马.xlsx", place.sheet(vehicles, sets))
    run(place)
    run(place)
    (got,) = server.got
    assert got["Subject"] == "三月宝马.xlsx：2 已申报，1 待改"
    assert got.recipients == ("clerk@example.cn",)
    assert "E3 CCC证书编号" in got.text
    assert "第16位已经丢失" in got.text
    assert got["Message-ID"] == "<TRIAL-20260302-0001.answers.1.zh@example.cn>"
    (name,) = place.reports()
    assert got.attachments() == {name: (place.home.reports / name).read_bytes()}
    with place.ledger() as ledger:
        head = got.text.split("审计链首：")[1].split()[0]
        assert ledger.queries.knows_head(head)


def test_a_refused_file_is_told_with_its_cure(place: Place, server: Postmaster) -> None:
    place.drop("坏.xlsx", b"hello")
    run(place)
    (got,) = server.got
    assert got["Subject"].startswith("坏.xlsx：整份未办理，")
    assert got["X-Vinbatch-Kind"] == "refusals"


def test_a_large_result_is_named_and_not_attached(place: Place, server: Postmaster, fresh: Fresh) -> None:
    configure(place, server, "attach_megabytes = 0\n")
    vehicles, sets = fresh(1)
    vehicles[0]["ccc_no"] = "x"
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    run(place)
    (got,) = server.got
    assert got.attachments() == {}
    assert f"结果表：reports/{place.reports()[0]}" in got.text


def test_a_receipt_answers_the_first_mail(place: Place, server: Postmaster, fresh: Fresh) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(2)))
    run(place)
    first, second = vins(place)
    customs_says(place, Return("100", first, info="颜色不符"), Return("120", second))
    run(place)
    answer, receipt = server.got
    assert receipt["Subject"] == "a.xlsx：海关接收 1，退回 1"
    assert receipt["In-Reply-To"] == receipt["References"] == answer["Message-ID"]
    # Outlook gathers by this, not by the subject, which tells the news of each.
    assert receipt["Thread-Topic"] == answer["Thread-Topic"] == "a.xlsx · TRIAL-20260302-0001"
    assert receipt["Message-ID"] != answer["Message-ID"]
    assert "颜色不符" in receipt.text


def test_vehicles_accepted_one_by_one_are_told_of_when_all_are(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(3)))
    run(place)
    for vin in vins(place):
        later(place, minutes=1)
        customs_says(place, Return("120", vin))
        run(place)
    assert server.subjects() == ["a.xlsx：3 已申报", "a.xlsx：海关接收 3"]


def test_progress_is_no_news(place: Place, server: Postmaster, fresh: Fresh) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    run(place)
    customs_says(place, Return("3"))
    run(place)
    assert len(server.got) == 1


def test_rejections_that_trickle_in_are_told_in_few_mails(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(5)))
    run(place)
    for vin in vins(place)[:4]:
        later(place, minutes=3)
        customs_says(place, Return("100", vin))
        run(place)
    assert server.subjects()[1:] == ["a.xlsx：退回 4，等待答复 1"]


def by_hand(place: Place, *, accepted: bool, override: bool = False) -> None:
    """A person records an answer, a minute after whatever was before."""
    later(place, minutes=1)
    machine = place.machine()
    machine.engine = Engine(SERIAL)
    with place.ledger() as ledger:
        (guid,) = ledger.db.execute("SELECT guid FROM package").fetchone()
    _, done = commands.record_answer(machine, commands.ByHand(guid, accepted, "电话", "", override), "zhang")
    post(machine, done)


def test_an_answer_that_is_doubted_and_then_corrected_is_told_at_once(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    """An accepted vehicle became a rejected one, and nobody was told."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    run(place)
    by_hand(place, accepted=True)
    by_hand(place, accepted=False)
    by_hand(place, accepted=False, override=True)
    by_hand(place, accepted=True, override=True)
    later(place, minutes=10)
    run(place)
    assert server.subjects()[1:] == [
        "a.xlsx：海关接收 1",
        "a.xlsx：海关接收 1，1 辆答复前后不一致",
        "a.xlsx：退回 1，更正答复 1 次",
        "a.xlsx：海关接收 1，更正答复 2 次",
    ]


def test_the_operator_is_told_whose_answer_contradicts(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(6)))
    run(place)
    for status in ("120", "100"):
        later(place, minutes=1)
        customs_says(place, Return(status))
        run(place)
    (told,) = (got for got in server.got if got["X-Vinbatch-Kind"] == "trouble")
    assert f"未采用其答复的车辆 6 辆：{', '.join(vins(place)[:5])}, …" in told.text


def test_what_was_worked_without_a_mail_server_is_not_told_later(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    (place.root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    run(place)
    with place.ledger() as ledger:
        assert ledger.db.execute("SELECT sum(mail_due) FROM batch").fetchone() == (0,)
        assert ledger.db.execute("SELECT count(*) FROM mail").fetchone() == (0,)
    configure(place, server)
    run(place)
    assert server.got == []


# ── to whom ──────────────────────────────────────────────────────────────────────────────────────


def test_departments_kinds_and_languages(place: Place, server: Postmaster, fresh: Fresh) -> None:
    configure(
        place,
        server,
        '[mail.departments]\n"北京" = ["bj@example.cn"]\n[mail.kinds]\nrefusals = ["boss@example.cn"]\n'
        '[mail.only]\n"bj@example.cn" = ["answers"]\n[mail.languages]\n"boss@example.cn" = "en"\n',
    )
    place.drop("北京/a.xlsx", place.sheet(*fresh(1)))
    place.drop("北京/b.xlsx", b"hello")
    place.drop("c.xlsx", b"hello, you")
    run(place)
    told = sorted((got.recipients, got["Subject"][:14]) for got in server.got)
    assert told == [
        (("bj@example.cn",), "a.xlsx：1 已申报"),
        (("boss@example.cn",), "b.xlsx: not wo"),
        (("boss@example.cn",), "c.xlsx: not wo"),
        (("clerk@example.cn",), "c.xlsx：整份未办理，这"),
    ]


def test_a_department_is_told_that_another_has_answered_for_its_held_vehicles(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    """Their result was renewed, and nobody looks at a result of which nothing is told."""
    configure(
        place,
        server,
        '[mail.departments]\n"北京" = ["bj@example.cn"]\n"上海" = ["sh@example.cn"]\n',
        'foreign_department = "refuse"\n',
    )
    vehicles, (one,) = fresh(2)
    odd = {**one, "length": int(one["length"]) + 50}
    place.drop("北京/a.xlsx", place.sheet(vehicles, [odd]))
    run(place)
    later(place, hours=1)
    place.drop("上海/b.xlsx", place.sheet([], [{**odd, "confirmed": "是"}]))
    run(place)
    (got,) = [got for got in server.got if got["X-Vinbatch-Kind"] == "others"]
    assert got.recipients == ("bj@example.cn",)
    assert got["Subject"] == "上海 核实或改正了贵部门 2 辆待核实的车所等的结构参数（b.xlsx）"
    assert "要接着办理，在它们的“核实确认”填“是”，再放入收件夹" in got.text


def test_a_mail_counts_nothing_as_to_mend_that_the_next_workbook_has_mended(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    """Both in one pass: its subject said that one is to be mended, and its first line that none is."""
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet([vehicles[0], {**vehicles[1], "production_date": "2035.01"}], sets))
    place.drop("b.xlsx", place.sheet(vehicles[1:], []))
    run(place)
    assert [got["Subject"] for got in server.got] == ["a.xlsx：1 已申报，1 后来已另办", "b.xlsx：1 已申报"]


def test_the_other_department_is_told(place: Place, server: Postmaster, fresh: Fresh) -> None:
    configure(
        place,
        server,
        '[mail.departments]\n"北京" = ["bj@example.cn"]\n"上海" = ["sh@example.cn"]\n',
    )
    vehicles, sets = fresh(1)
    vehicles[0]["action"] = "暂存"
    place.drop("北京/a.xlsx", place.sheet(vehicles, sets))
    run(place)
    vehicles[0]["action"] = "申报"
    place.drop("上海/b.xlsx", place.sheet(vehicles, sets))
    run(place)
    others = [got for got in server.got if got["X-Vinbatch-Kind"] == "others"]
    assert [got.recipients for got in others] == [("bj@example.cn",)]
    assert others[0]["Subject"] == "上海 办理了贵部门备案的 1 辆车（b.xlsx）"
    assert vins(place)[0] in others[0].text


def test_mode_failures_tells_only_of_work(place: Place, server: Postmaster, fresh: Fresh) -> None:
    configure(place, server, 'mode = "failures"\n')
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    run(place)
    vehicles[1]["ccc_no"] = "x"
    place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
    run(place)
    assert server.subjects() == ["b.xlsx：1 待改"]


def test_mode_failures_is_silent_where_a_later_batch_has_dealt_with_what_was_refused(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    configure(place, server, 'mode = "failures"\n')
    vehicles, sets = fresh(2)
    right = vehicles[1]["ccc_no"]
    vehicles[1]["ccc_no"] = "x"
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    run(place)
    later(place, hours=1)
    place.drop("b.xlsx", place.sheet([{**vehicles[1], "ccc_no": right, "action": "暂存"}], []))
    run(place)
    customs_says(place, Return("120", vin=str(vehicles[0]["vin"])))
    run(place)
    assert server.subjects() == ["a.xlsx：1 已申报，1 待改"]


def test_mode_digest_makes_one_mail_of_a_run(place: Place, server: Postmaster, fresh: Fresh) -> None:
    configure(place, server, 'mode = "digest"\n')
    place.drop("a.xlsx", place.sheet(*fresh(2)))
    place.drop("b.xlsx", b"hello")
    run(place)
    assert server.subjects() == ["2 个文件：2 已申报，1 个文件未办理"]
    assert server.got[0].text.index("b.xlsx") < server.got[0].text.index("a.xlsx")


def test_a_burst_makes_one_mail(place: Place, server: Postmaster) -> None:
    for i in range(130):
        place.drop(f"{i}.xlsx", f"hello {i}".encode())
    run(place)
    assert server.subjects() == ["130 个文件：130 个文件未办理"]
    assert "另有 30 个" in server.got[0].text


def test_the_operator_is_told_once(place: Place, server: Postmaster, fresh: Fresh) -> None:
    configure(place, server, '[mail.kinds]\ntrouble = ["op@example.cn"]\n')
    (place.root / "inbox" / "receipts" / "r.xml").write_bytes(b"<VinReceipt/>")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    run(place)
    later(place, days=4)
    for _ in range(3):
        run(place)
    told = [got for got in server.got if got.recipients == ("op@example.cn",)]
    assert [got["Subject"] for got in told] == [
        "需要处理：回执 r.xml 无法采用",
        "需要处理：1 辆车逾期未获答复",
    ]
    assert "reports/set-aside" in told[0].text
    # Another home with this sender counts its troubles from 1 too, and servers drop what they know.
    assert told[0]["Message-ID"].startswith("<TRIAL.trouble.")


def test_the_operator_is_told_of_a_receipt_that_nothing_vouches_for(
    place: Place, server: Postmaster, fresh: Fresh, tmp_path: Path
) -> None:
    configure(place, server, '[mail.kinds]\ntrouble = ["op@example.cn"]\n')
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    run(place)
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    place.drop("forged.xml", flow.write_receipt(package.guid, Return("120", time="20260302102231500")))
    run(place)
    keeping.backup(place.home, tmp_path / "b.db")
    keeping.restore(place.home, tmp_path / "b.db", place.now, "wang")
    for _ in range(2):
        later(place, minutes=11)
        run(place)
    told = [got for got in server.got if got.recipients == ("op@example.cn",)]
    assert ["无法采用" in str(got["Subject"]) for got in told] == [True]
    assert "RECEIPT-UNPROVEN" in told[0].text


def test_the_operator_is_told_of_a_receipt_that_a_bug_of_ours_set_aside(
    place: Place, server: Postmaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Hall, "_hear", broken)
    place.drop("receipts/r.xml", b"<VinReceipt/>")
    run(place)
    assert ["VINBATCH-FAILED" in got.text for got in server.got] == [True]


def test_another_folder_of_receipts_is_told_once_and_so_is_its_end(place: Place, server: Postmaster) -> None:
    run(place)
    away = place.home.inbox / "away"
    place.home.receipts.rename(away)
    place.home.receipts.mkdir()
    for _ in range(3):
        run(place)
    place.home.receipts.rmdir()
    away.rename(place.home.receipts)
    later(place, minutes=11)
    for _ in range(2):
        run(place)
    assert server.subjects() == ["需要处理：回执文件夹被换掉", "已恢复：回执文件夹可用"]


def test_an_outbox_that_is_gone_is_told_once_each_time(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    configure(place, server, '[mail.kinds]\ntrouble = ["op@example.cn"]\n')
    vehicles, sets = fresh(2)
    outbox = place.root / "outbox"
    for number, vehicle in enumerate(vehicles):
        outbox.rename(place.root / "away")
        place.drop(f"{number}.xlsx", place.sheet([vehicle], sets))
        for _ in range(2):
            run(place)
        (place.root / "away").rename(outbox)
        run(place)
    assert server.subjects("op@example.cn") == ["需要处理：发件夹不可用", "已恢复：发件夹可用"] * 2
    assert len(place.outbox()) == 2


def without_outbox(place: Place, server: Postmaster, fresh: Fresh, more: str = "") -> Path:
    """A workbook is dropped, and the outbox is gone; the operator has an address of his own."""
    configure(place, server, f'{more}[mail.kinds]\ntrouble = ["op@example.cn"]\n')
    outbox = place.root / "outbox"
    outbox.rmdir()
    place.drop("三月.xlsx", place.sheet(*fresh(1)))
    return outbox


def test_the_end_of_an_outage_that_nobody_was_told_of_is_not_told(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    outbox = without_outbox(place, server, fresh)
    place.run()  # it dies before it mails
    outbox.mkdir()
    run(place)
    assert server.subjects("op@example.cn") == []


def test_packages_that_went_out_after_all_are_told_to_whom_was_told_otherwise(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    outbox = without_outbox(place, server, fresh, 'mode = "failures"\n')
    run(place)
    run(place)
    outbox.mkdir()
    for _ in range(2):
        run(place)
    told = server.subjects("clerk@example.cn")
    assert told == ["三月.xlsx：1 已申报，报文未确定送出", "三月.xlsx：报文已送出，等待答复 1"]


def test_an_outage_that_a_person_ended_is_over(place: Place, server: Postmaster, fresh: Fresh) -> None:
    """Its package was brought to customs by hand: the next outage is told again."""
    configure(place, server, '[mail.kinds]\ntrouble = ["op@example.cn"]\n')
    vehicles, sets = fresh(2)
    outbox = place.root / "outbox"
    for number, vehicle in enumerate(vehicles):
        outbox.rmdir()
        place.drop(f"{number}.xlsx", place.sheet([vehicle], sets))
        run(place)
        with place.machine().open_ledger() as ledger:
            (due,) = ledger.packages.open()
            ledger.packages.doubt(due.guid, "@doubt.gone", place.now)
        commands.release(place.machine(), due.guid, "op", "sent")
        outbox.mkdir()
        run(place)
    told = [got["Subject"] for got in server.got if got.recipients == ("op@example.cn",)]
    assert told.count("需要处理：发件夹不可用") == 2


# ── at least once, and no oftener than it must ───────────────────────────────────────────────────


def drop_bad(place: Place, name: str = "坏.xlsx") -> None:
    place.drop(name, name.encode())


def states(place: Place) -> list[tuple[str, str]]:
    with place.ledger() as ledger:
        return list(ledger.db.execute("SELECT address, state FROM mailing ORDER BY mail, address"))


def test_a_server_that_is_down_keeps_the_mail(place: Place, fresh: Fresh) -> None:
    with mail_server() as gone:
        configure(place, gone)
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    done = run(place)
    assert place.outbox()
    assert done.unsent is not None
    assert done.unsent.exit_code == 8
    found = told(place)
    assert (found.waiting, found.oldest) == (1, place.now)
    assert not run(place).mail_waits  # its time has not come
    with mail_server() as back:
        configure(place, back)
        later(place, minutes=2)
        run(place)
    assert len(back.got) == 1


def test_a_letter_that_waits_for_its_next_try_keeps_the_next_pass_a_whole_one(
    place: Place, fresh: Fresh
) -> None:
    with mail_server() as gone:
        configure(place, gone)
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    run(place)
    done = run(place)
    assert (done.idle, done.mail_waits, done.at_rest) == (True, False, False)


def told(place: Place) -> Post:
    """As status does, by the settings of now."""
    with place.ledger() as ledger:
        return ledger.mails.status(place.now, place.machine().ruleset.settings.mail)


def test_an_outage_is_over_with_the_first_letter_that_goes_through(place: Place, fresh: Fresh) -> None:
    """What waited because of it goes at once: nothing is told of it any more."""
    with mail_server() as gone:
        configure(place, gone)
    for minutes in (0, 2, 4):
        later(place, minutes=minutes)
        place.drop(f"{minutes}.xlsx", place.sheet(*fresh(1)))
        assert run(place).unsent is not None
    with mail_server() as back:
        configure(place, back)
        place.drop("b.xlsx", place.sheet(*fresh(1)))
        run(place)
    assert len(back.got) == 4
    assert told(place) == Post()


def test_letters_do_not_wait_for_their_next_try_once_the_settings_are_mended(
    place: Place, server: Postmaster, fresh: Fresh
) -> None:
    with mail_server() as gone:
        configure(place, gone)
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    run(place)
    later(place, minutes=2)
    run(place)  # from now on it waits for two minutes
    configure(place, server)
    run(place)
    assert [got["Subject"] for got in server.got] == ["a.xlsx：1 已申报"]


def test_letters_do_not_wait_for_their_next_try_once_the_password_is_mended(
    place: Place, fresh: Fresh
) -> None:
    word = place.root / "word"
    word.write_text("wrong\n")
    word.chmod(0o600)
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    with mail_server(Postmaster(users={"vin": "right"})) as server:
        configure(place, server, 'user = "vin"\npassword_file = "word"\n')
        run(place)
        word.write_text("right\n")
        run(place)
    assert server.subjects() == ["a.xlsx：1 已申报"]


def test_a_letter_in_doubt_does_not_come_again_with_each_that_goes_through(
    place: Place, server: Postmaster
) -> None:
    server.data = [DROP]
    drop_bad(place)
    run(place)
    server.data = []
    drop_bad(place, "坏2.xlsx")
    run(place)
    assert [one["X-Vinbatch-Repeat"] for one in server.got] == ["None", "None"]
    assert told(place).reply


def test_a_refused_recipient_is_told_until_the_settings_or_the_server_are_mended(
    place: Place, server: Postmaster
) -> None:
    server.rcpt = {"clerk@example.cn": "550 no such user"}
    drop_bad(place)
    run(place)
    assert told(place).refused == (("clerk@example.cn", "550 no such user"),)
    with place.ledger() as ledger:
        seen = health(place.home, Stock.of(ledger, place.now, place.ruleset), place.now, place.ruleset)
    assert [(one.what, one.code, one.since) for one in seen.alarms] == [("mail", 8, place.now)]
    configure(place, server, '[mail.departments]\n"上海" = ["clerk@example.cn"]\n')
    assert told(place).refused, "still a reader, of another department"
    text = (place.root / "rules" / "settings.toml").read_text("utf-8")
    (place.root / "rules" / "settings.toml").write_text(text.replace("clerk@", "clark@"), "utf-8")
    assert told(place).refused == ()
    configure(place, server)
    server.rcpt = {}
    drop_bad(place, "坏2.xlsx")
    run(place)
    assert told(place).refused == ()


@pytest.mark.parametrize(("minutes", "alarms"), [(29, []), (30, [("mail", 8)])])
def test_a_greylisted_letter_is_an_alarm_once_it_has_waited_for_half_an_hour(
    minutes: int, alarms: list[tuple[str, int]], place: Place, server: Postmaster
) -> None:
    """And not because another one, which nobody has tried yet, waits with it."""
    server.data = ["451 greylisted"]
    drop_bad(place)
    assert run(place).unsent is None
    begun = place.now
    drop_bad(place, "坏2.xlsx")
    later(place, minutes=minutes)
    with place.ledger() as ledger:
        seen = health(place.home, Stock.of(ledger, place.now, place.ruleset), place.now, place.ruleset)
    assert told(place).vain == begun
    assert [(one.what, one.code) for one in seen.alarms] == alarms
    assert any("451 greylisted" in line for line in seen.lines)


def test_mail_that_was_turned_off_is_told_for_days_and_no_alarm(place: Place, ruleset: Ruleset) -> None:
    """What is left would be given up then; who turns mail off need do nothing."""
    with mail_server() as gone:
        configure(place, gone)
    drop_bad(place)
    run(place)
    configure(place, gone, '[mail.kinds]\ntrouble = ["x@example.cn"]\n')
    text = (place.root / "rules" / "settings.toml").read_text("utf-8")
    mended = text.replace('to = ["clerk@', 'to = ["clark@')
    (place.root / "rules" / "settings.toml").write_text(mended, "utf-8")
    assert (told(place).waiting, told(place).reply) == (1, ""), "an address that nobody writes to any more"
    (place.root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    found = told(place)
    assert (found.waiting, found.reply, found.until) == (1, "", place.now + timedelta(days=5))
    with place.ledger() as ledger:
        seen = health(place.home, Stock.of(ledger, place.now, ruleset), place.now, ruleset)
    assert seen.exit_code == 0
    assert any("不再需要的，不用处理" in line for line in seen.lines)
    later(place, days=5)
    assert told(place) == Post()


def test_tries_become_rarer_and_end_after_days(place: Place, server: Postmaster) -> None:
    server.data = ["451 later"]
    drop_bad(place)
    run(place)
    machine = place.machine()
    waits = []
    for tries in range(1, 12):
        assert len(server.got) == tries
        with place.ledger() as ledger:
            (due,) = ledger.db.execute("SELECT due FROM mailing").fetchone()
        waits.append(datetime.fromisoformat(due) - place.now)
        place.now += waits[-1]
        post(machine, Pass(mail_waits=True))
    assert waits[0] < timedelta(minutes=2)
    assert waits == sorted(waits)
    assert waits[-2] == waits[-1] == timedelta(hours=1)
    for days, state in ((4, "queued"), (1, "refused"), (1, "refused")):
        later(place, days=days)
        post(machine, Pass(mail_waits=True))
        assert states(place) == [("clerk@example.cn", state)]
    assert len(server.got) == 12 + 2, "then no more"


def test_partial_refusals_are_recorded(place: Place, server: Postmaster) -> None:
    configure(place, server, '[mail.kinds]\nrefusals = ["gone@example.cn", "full@example.cn"]\n')
    server.rcpt = {"gone@example.cn": "550 no such user", "full@example.cn": "452 mailbox full"}
    drop_bad(place)
    done = run(place)
    assert set(done.unmailed) == {"gone@example.cn", "full@example.cn"}
    assert states(place) == [
        ("clerk@example.cn", "sent"),
        ("full@example.cn", "queued"),
        ("gone@example.cn", "refused"),
    ]
    server.rcpt.clear()
    later(place, minutes=2)
    run(place)
    assert server.got[-1].recipients == ("full@example.cn",)
    assert server.got[-1]["X-Vinbatch-Repeat"] == "None"


def test_a_letter_in_doubt_goes_out_again_as_the_same(place: Place, server: Postmaster) -> None:
    server.data = [DROP, "250 ok"]
    drop_bad(place)
    run(place)
    later(place, minutes=2)
    run(place)
    first, again = server.got
    assert first["Message-ID"] == again["Message-ID"]
    assert (first["X-Vinbatch-Repeat"], again["X-Vinbatch-Repeat"]) == ("None", "possible")
    assert "如已收到过同样的邮件" in again.text
    assert "如已收到过同样的邮件" in again.html
    assert "如已收到过同样的邮件" not in first.text
    assert states(place) == [("clerk@example.cn", "sent")]


def test_a_server_that_takes_letters_and_says_nothing_gets_few_copies(
    place: Place, server: Postmaster
) -> None:
    """It got one an hour for five days: each may have been delivered."""
    server.data = [DROP]
    drop_bad(place)
    run(place)
    machine = place.machine()
    for _ in range(6 * 24):
        later(place, hours=1)
        post(machine, Pass(mail_waits=True))
    assert states(place) == [("clerk@example.cn", "refused")]
    assert len(server.got) < 20


def test_a_letter_whose_sender_was_killed_each_time_is_told(place: Place, server: Postmaster) -> None:
    """As by `timeout 300`, where the server takes longer to reply: status said that all was well."""
    server.rcpt = {"clerk@example.cn": "451 later"}
    drop_bad(place)
    run(place)
    with place.machine().open_ledger() as ledger:
        ledger.db.execute("UPDATE mailing SET reply = ''")  # as it is queued
        ledger.deliveries.sending(1, ["clerk@example.cn"])
    assert told(place).vain == place.now


def test_while_one_posts_another_leaves(place: Place, server: Postmaster) -> None:
    drop_bad(place)
    machine = place.machine()
    machine.engine = Engine(SERIAL)
    done = machine.run()
    with HomeLock(place.home.mail_lock_path):
        post(machine, done)
    assert server.got == []
    run(place)
    assert len(server.got) == 1


RUN = [sys.executable, "-m", "vinbatch", "--home"]


def start(place: Place, command: str = "run") -> subprocess.Popen[bytes]:
    return subprocess.Popen([*RUN, str(place.root), command], stderr=subprocess.PIPE)


def until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


def test_killed_between_sending_and_marking_it_repeats(place: Place, server: Postmaster) -> None:
    """And the kernel frees its lock: nobody has to remove anything."""
    server.slow = 60
    drop_bad(place)
    process = start(place)
    until(lambda: bool(server.got))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert states(place) == [("clerk@example.cn", "sending")]
    server.slow = 0
    later(place, days=2000)  # the killed one went by the clock
    run(place)
    first, again = server.got
    assert first["Message-ID"] == again["Message-ID"]
    assert again["X-Vinbatch-Repeat"] == "possible"


def test_two_at_once_send_each_letter_once(place: Place, server: Postmaster) -> None:
    server.slow = 0.2
    for i in range(6):
        drop_bad(place, f"{i}.xlsx")
    processes = [start(place), start(place)]
    codes = [process.wait(60) for process in processes]
    for process in processes:
        process.communicate()
    assert set(codes) <= {0, 4, 11}
    run(place)
    assert len(server.got) == len({got["Message-ID"] for got in server.got}) == 6


def test_killed_between_commit_and_mail_nothing_is_lost(place: Place, server: Postmaster) -> None:
    drop_bad(place)
    machine = place.machine()
    machine.engine = Engine(SERIAL)
    machine.run()  # and never posts
    run(place)
    assert len(server.got) == 1


def test_a_restored_ledger_repeats_what_waited_and_says_so(place: Place, server: Postmaster) -> None:
    server.data = ["451 later", "250 ok"]
    drop_bad(place)
    run(place)
    with Ledger.open(place.home.ledger) as ledger:
        ledger.deliveries.doubt_all()
    later(place, minutes=2)
    run(place)
    assert server.got[-1]["X-Vinbatch-Repeat"] == "possible"


def test_a_bug_on_one_batch_keeps_no_other_from_being_told(
    place: Place, server: Postmaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vinbatch.run.mail import letters

    whole = letters.batch_letter

    def broken(telling: letters.Telling) -> object:
        if telling.outcome.reading.source.name == "b.xlsx":
            raise ZeroDivisionError
        return whole(telling)

    monkeypatch.setattr(letters, "batch_letter", broken)
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        drop_bad(place, name)
    assert run(place).failed == 1
    assert [subject[:6] for subject in server.subjects()] == ["a.xlsx", "c.xlsx"]
    monkeypatch.undo()
    run(place)
    assert server.subjects()[-1].startswith("b.xlsx")


# ── commands and the watch ───────────────────────────────────────────────────────────────────────


def test_exit_8_and_what_status_and_doctor_say(place: Place, fresh: Fresh, forked: Forked) -> None:
    def command(*args: str, minutes: int = 0) -> subprocess.CompletedProcess[str]:
        now = f"{place.now.timestamp() + minutes * 60:.0f}"
        return forked(["--home", str(place.root), *args], place.root, os.environ | {"SOURCE_DATE_EPOCH": now})

    with mail_server() as gone:
        configure(place, gone)
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    done = command("run", "--engine", "serial")
    assert done.returncode == 8
    assert done.stderr.count("没有像邮件服务器那样应答") == 1
    assert "does not answer" not in done.stderr
    assert done.stderr.count("Traceback") == 0
    for minutes, code in ((29, 0), (31, 8)):  # a server that is away for a moment is nobody's alarm
        status = command("status", "--json", minutes=minutes)
        told = json.loads(status.stdout)["mail"]
        assert (status.returncode, told["waiting"]) == (code, 1)
        assert "未能发出" in command("status", minutes=minutes).stdout
    assert command("doctor").returncode == 8


def test_doctor_tries_the_server(place: Place, server: Postmaster, forked: Forked) -> None:
    run(place)
    done = forked(["--home", str(place.root), "doctor"], place.root)
    assert f"127.0.0.1:{server.port}（plain）可用" in done.stdout
    assert server.got == []


def test_a_server_that_hangs_does_not_hold_the_watch_up(place: Place, server: Postmaster) -> None:
    entered: list[Pass] = []

    def hangs(_machine: object, report: Pass) -> None:
        entered.append(report)
        time.sleep(600)

    box = Postbox(hangs, parting=0.01)
    box.put(place.machine(), Pass(mail_waits=True))
    until(lambda: bool(entered))
    box.put(place.machine(), Pass(mail_waits=True))
    box.close()


def test_a_watch_mails_and_ends_with_a_letter_under_way(place: Place, server: Postmaster) -> None:
    process = start(place, "watch")
    drop_bad(place)
    until(lambda: len(server.got) == 1)
    server.slow = 60
    drop_bad(place, "b.xlsx")
    until(lambda: len(server.got) == 2)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert [state for _, state in states(place)] == ["sent", "sending"]


def test_a_watch_without_mail_starts_no_thread(place: Place) -> None:
    box = Postbox(post)
    box.put(place.machine(), Pass())
    assert box._thread is None
    box.close()


# ── names ────────────────────────────────────────────────────────────────────────────────────────

NAMES = [
    "=HYPERLINK(1).xlsx",
    "<b>x</b>&amp;.xlsx",
    "a\u202egpj.xlsx",
    "Bcc: x@y.cn.xlsx",
    "三" * 80 + ".xlsx",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_a_name(place: Place, server: Postmaster, name: str) -> None:
    drop_bad(place, name)
    run(place)
    (got,) = server.got
    assert got.recipients == ("clerk@example.cn",)
    assert "\u202e" not in got["Subject"] + got.text + got.html
    assert "<b>" not in got.html.split("<title>")[1].split("</title>")[0]
    assert "href" not in got.html
    assert "src=" not in got.html


def test_a_newline_in_a_name_forges_no_line(place: Place, server: Postmaster) -> None:
    drop_bad(place, "a\n\n1. 车辆信息 第 2 行.xlsx")
    run(place)
    assert "\n1. 车辆信息" not in server.got[0].text


def test_a_home_of_an_older_setting_keeps_its_mail(place: Place, server: Postmaster) -> None:
    """The queue stays where the server is taken out of the settings, and goes out when it is back."""
    server.data = ["451 later", "250 ok"]
    drop_bad(place)
    run(place)
    home = Home(place.root, replace(place.ruleset.settings))
    (place.root / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    later(place, minutes=5)
    assert not run(place).mail_waits
    configure(place, server)
    run(place)
    assert len(server.got) == 2
    assert home.ledger.exists()
