"""What ends a forgotten package: it is brought back, or it is void; receipts meanwhile wait."""

from __future__ import annotations

import copy
import io
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from run_place import Audit, Fresh, Place, new_place, some, verdicts

from vinbatch import flow
from vinbatch.cli.main import vinbatch
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import received
from vinbatch.effects.archive import Archive
from vinbatch.errors import PublishError, UsageError
from vinbatch.model import Forgotten, Known, Return, State, Type
from vinbatch.ruleset import Ruleset
from vinbatch.run import commands
from vinbatch.run.keeping import backup, restore
from vinbatch.run.verifying import verify_beside

ACCEPTED = "120"


def forgotten(place: Place) -> tuple[Forgotten, ...]:
    with place.ledger() as ledger:
        return ledger.forgotten.open()


def release(place: Place, guid: str, how: str, reason: str = "") -> commands.Released:
    return commands.release(place.machine(), guid, "li", how, reason)


class Forgetful:
    """A home with two vehicles declared after the backup that it will be restored from."""

    def __init__(self, place: Place, fresh: Fresh, tmp_path: Path) -> None:
        self.place, self.saved = place, tmp_path / "b.db"
        vehicles, sets = fresh(3)
        self.first, *self.vins = [str(v["vin"]) for v in vehicles]
        place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
        place.run()
        backup(place.home, self.saved)
        self.data = place.sheet(vehicles[1:], sets)
        place.drop("b.xlsx", self.data)
        place.run()

    def copied(self, folder: Path) -> Forgetful:
        """The same in another folder, to be worked on."""
        other = copy.copy(self)
        other.place, other.saved = self.place.copied(folder / "home"), folder / "b.db"
        shutil.copy(self.saved, other.saved)
        return other

    def forget(self) -> Forgotten:
        """Restores; the oldest package that was forgotten."""
        self.place.now += timedelta(hours=1)
        restore(self.place.home, self.saved, self.place.now, "wang")
        return forgotten(self.place)[0]

    def take_away(self) -> None:
        """The gateway empties the outbox."""
        for path in self.place.home.outbox.glob("*.zip"):
            path.unlink()

    def answer(self, guid: str, name: str = "1.xml") -> None:
        xml = receipt_xml(guid, (Return(ACCEPTED, time="20260302102231500"),))
        (self.place.root / "inbox" / "receipts" / name).write_bytes(xml)

    def standing(self) -> set[tuple[Type, State, str]]:
        with self.place.ledger() as ledger:
            return {(r.now.type, r.now.state, r.now.batch) for r in ledger.records(self.vins).values()}


def backed_up(place: Place, tmp_path: Path) -> Path:
    """The backup of a home that has declared nothing yet."""
    place.drop("0.xlsx", b"no workbook")
    place.run()
    backup(place.home, tmp_path / "b.db")
    return tmp_path / "b.db"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, empty_ledger: Path) -> Forgetful:
    folder = tmp_path_factory.mktemp("forgetful")
    return Forgetful(new_place(folder / "home", ruleset, empty_ledger), some, folder)


@pytest.fixture
def forgetful(once: Forgetful, tmp_path: Path) -> Forgetful:
    return once.copied(tmp_path)


def test_a_package_that_customs_has_comes_back_as_it_was(forgetful: Forgetful) -> None:
    """Record by record what the lost ledger held, under the guid that customs knows; nothing goes out."""
    place = forgetful.place
    with place.ledger() as ledger:
        before, (sent,) = ledger.records(forgetful.vins), ledger.packages.of(["TRIAL-20260302-0002"])
    lost, outbox = forgetful.forget(), place.outbox()
    release(place, lost.guid, "sent")
    place.run()
    with place.ledger() as ledger:
        assert ledger.records(forgetful.vins) == before
        (package,) = ledger.packages.of([lost.batch])
        assert (package.guid, package.digest, package.state) == (sent.guid, sent.digest, "published")
        assert (ledger.forgotten.open(), ledger.queries.verify() > 0) == ((), True)
    assert place.outbox() == outbox


def test_its_workbook_dropped_again_was_done_already(forgetful: Forgetful) -> None:
    release(forgetful.place, forgetful.forget().guid, "sent")
    forgetful.place.drop("b.xlsx", forgetful.data)
    assert set(verdicts(forgetful.place.run().outcomes[0]).values()) == {"unchanged"}


def test_receipts_find_it_after_it_came_back(forgetful: Forgetful) -> None:
    lost = forgetful.forget()
    release(forgetful.place, lost.guid, "sent")
    forgetful.answer(lost.guid)
    forgetful.place.run()
    assert forgetful.standing() == {(Type.FILING, State.ACCEPTED, lost.batch)}


def test_a_receipt_that_came_before_the_restore_is_heard_again(forgetful: Forgetful) -> None:
    with forgetful.place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0002"])
    forgetful.answer(package.guid)
    forgetful.place.run()
    lost = forgetful.forget()
    release(forgetful.place, lost.guid, "sent")
    assert forgetful.standing() == {(Type.FILING, State.ACCEPTED, lost.batch)}


def test_what_customs_answered_to_known_packages_is_heard_again_by_the_next_pass(
    forgetful: Forgetful,
) -> None:
    """Of two answers that contradict each other the first holds, as it did."""
    place = forgetful.place
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
        (vin,) = (d.vin for d in ledger.outcome("TRIAL-20260302-0001").declarations)
    for name, status in (("1.xml", ACCEPTED), ("2.xml", "100")):
        xml = receipt_xml(package.guid, (Return(status, vin, time="20260302102231500"),))
        place.drop(f"receipts/{name}", xml)
        place.run()
    forgetful.forget()
    with place.ledger() as ledger:
        assert ledger.records([vin])[vin].now.state is State.DECLARED
    assert len(place.run().heard) == 2
    with place.ledger() as ledger:
        assert ledger.records([vin])[vin].now.state is State.ACCEPTED
        assert ledger.queries.verify() > 0
    assert place.run().heard == []


def guid_of_batch(place: Place, batch: str) -> str:
    with place.ledger() as ledger:
        return ledger.packages.of([batch])[0].guid


@pytest.mark.parametrize("batch", ["TRIAL-20260302-0001", "TRIAL-20260302-0002"])
def test_what_was_dropped_as_a_workbook_is_heard_by_no_restore(forgetful: Forgetful, batch: str) -> None:
    """Who may drop files plays customs otherwise: the guid of any package can be worked out."""
    place, guid = forgetful.place, guid_of_batch(forgetful.place, batch)
    forged = receipt_xml(guid, (Return(ACCEPTED, time="20260302102231500"),))
    place.drop("forged.xml", forged)
    place.run()
    lost = forgetful.forget()
    (told,) = place.run().heard
    assert [f.code for f in told.problems] == ["RECEIPT-UNPROVEN"]
    assert (place.home.set_aside / told.set_aside).read_bytes() == forged
    assert release(place, lost.guid, "sent").heard == ()
    vins = [forgetful.first, *forgetful.vins]
    with place.ledger() as ledger:
        states = {r.now.state for r in ledger.records(vins).values()}
    assert states == {State.DECLARED}


def test_one_that_is_true_is_heard_from_the_folder_of_receipts(forgetful: Forgetful) -> None:
    place, guid = forgetful.place, guid_of_batch(forgetful.place, "TRIAL-20260302-0001")
    place.drop("answer.xml", receipt_xml(guid, (Return(ACCEPTED, time="20260302102231500"),)))
    place.run()
    forgetful.forget()
    (told,) = place.run().heard
    (place.home.set_aside / told.set_aside).rename(place.home.receipts / "answer.xml")
    (heard,) = place.run().heard
    assert [r.state for r in heard.replies] == [State.ACCEPTED]


@pytest.mark.parametrize("lost", ["tags", "ledgers"])
def test_an_answer_is_known_by_its_tag_or_by_a_ledger_that_a_restore_took_away(
    forgetful: Forgetful, lost: str
) -> None:
    """A home of before the tags has ledgers; a disk that was lost leaves a copy of the archive."""
    place, guid = forgetful.place, guid_of_batch(forgetful.place, "TRIAL-20260302-0001")
    forgetful.answer(guid)
    place.run()
    forgetful.forget()
    if lost == "tags":
        shutil.rmtree(place.home.archive / "receipts")
    else:
        for path in place.home.own.glob("ledger-before-*"):
            path.unlink()
    (heard,) = place.run().heard
    assert [r.state for r in heard.replies] == [State.ACCEPTED]


def test_an_answer_that_was_given_by_command_is_heard_again(forgetful: Forgetful) -> None:
    place, guid = forgetful.place, guid_of_batch(forgetful.place, "TRIAL-20260302-0001")
    commands.record_answer(place.machine(), commands.ByHand(guid, accepted=True), "li")
    forgetful.forget()
    for path in place.home.own.glob("ledger-before-*"):
        path.unlink()
    (heard,) = place.run().heard
    assert [r.state for r in heard.replies] == [State.ACCEPTED]


def test_a_command_after_a_restore_hears_them_first(forgetful: Forgetful) -> None:
    """An accepted package is not sent again for want of its answer."""
    place = forgetful.place
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    forgetful.answer(package.guid)
    place.run()
    forgetful.forget()
    with pytest.raises(UsageError):
        commands.resend(place.machine(), package.guid, "li")


def test_a_receipt_that_comes_meanwhile_waits_and_is_heard_with_the_release(forgetful: Forgetful) -> None:
    lost = forgetful.forget()
    forgetful.answer(lost.guid)
    (heard,) = forgetful.place.run().heard
    assert [f.code for f in heard.problems] == ["RECEIPT-FORGOTTEN"]
    assert not list(forgetful.place.home.set_aside.glob("*"))
    assert len(release(forgetful.place, lost.guid, "sent").heard) == 1
    assert forgetful.standing() == {(Type.FILING, State.ACCEPTED, lost.batch)}


def test_an_answer_by_hand_says_what_to_do_first(forgetful: Forgetful) -> None:
    lost = forgetful.forget()
    with pytest.raises(UsageError, match="--sent"):
        commands.record_answer(forgetful.place.machine(), commands.ByHand(lost.guid, accepted=True), "li")


def test_a_filing_and_its_revocation_come_back_in_their_order(forgetful: Forgetful) -> None:
    """Each is decided on what the one before it did; a later one first is refused with the earlier's guid."""
    place, vin = forgetful.place, forgetful.vins[0]
    for number in ("1", "2"):
        with place.ledger() as ledger:
            guid = ledger.packages.of([ledger.records([vin])[vin].now.batch])[0].guid
        forgetful.answer(guid, f"{number}.xml")
        place.run()
        if number == "1":
            args = ["--home", str(place.root), "revoke", vin, "--reason", "退运"]
            place.now += timedelta(minutes=1)
            assert vinbatch.main(args, standalone_mode=False) == 0
    with place.ledger() as ledger:
        before = ledger.records([vin])[vin]
    assert not before.live
    first = forgetful.forget()
    second = forgotten(place)[1]
    with pytest.raises(UsageError, match=first.guid):
        release(place, second.guid, "sent")
    release(place, first.guid, "sent")
    release(place, second.guid, "sent")
    with place.ledger() as ledger:
        after = ledger.records([vin])[vin]
    assert (after.now.data, after.now.state, after.live) == (before.now.data, before.now.state, False)


def test_rows_of_others_in_its_workbook_are_not_worked_again(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """A draft of the same workbook may have been mended since: only the declarations come back."""
    vehicles, sets = fresh(3)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.run()
    backup(place.home, tmp_path / "b.db")
    place.drop("b.xlsx", place.sheet([vehicles[1], {**vehicles[2], "action": "暂存"}], sets))
    place.run()
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    release(place, forgotten(place)[0].guid, "sent")
    with place.ledger() as ledger:
        assert set(ledger.records([str(v["vin"]) for v in vehicles[1:]])) == {vehicles[1]["vin"]}


def test_what_was_agreed_in_a_batch_that_is_void_needs_no_second_confirmation(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """The second workbook was declared because the first had the question answered; it is no question now."""
    vehicles, sets = fresh(3)
    saved = backed_up(place, tmp_path)
    odd = [{**s, "country": "DEU" if s["country"] != "DEU" else "USA"} for s in sets]
    for name, cells in (("b.xlsx", {**vehicles[0], "confirmed": "是"}), ("c.xlsx", vehicles[1])):
        place.drop(name, place.sheet([cells], odd))
        assert verdicts(place.run().outcomes[0]) == {2: "declared"}
    for path in place.home.outbox.glob("*.zip"):
        path.unlink()
    restore(place.home, saved, place.now, "wang")
    first, second = forgotten(place)
    release(place, first.guid, "void", "customs says no")
    release(place, second.guid, "sent")
    assert forgotten(place) == ()


def test_without_its_workbook_nothing_changes_and_the_cure_is_said(forgetful: Forgetful) -> None:
    shutil.rmtree(forgetful.place.home.archive)
    lost = forgetful.forget()
    with pytest.raises(UsageError, match="archive"):
        release(forgetful.place, lost.guid, "sent")
    assert forgetful.standing() == set()


def test_why_one_cannot_come_back_is_said_beside_its_vehicle(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    vehicles, sets = fresh(1)
    saved = backed_up(place, tmp_path)
    for name, data in (("p.xlsx", place.sheet([], sets)), ("b.xlsx", place.sheet(vehicles))):
        place.drop(name, data)
        place.run()
    restore(place.home, saved, place.now, "wang")
    with pytest.raises(UsageError, match=f"{vehicles[0]['vin']}: .*{sets[0]['structure_no']}"):
        release(place, forgotten(place)[0].guid, "sent")


def test_parameters_imported_after_the_backup_are_asked_for(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """Their workbook makes no package: dropped again it goes in, and then the package comes back."""
    vehicles, sets = fresh(1)
    saved = backed_up(place, tmp_path)
    parameters = place.sheet([], sets)
    for name, data in (("p.xlsx", parameters), ("b.xlsx", place.sheet(vehicles))):
        place.drop(name, data)
        place.run()
    restore(place.home, saved, place.now, "wang")
    (lost,) = forgotten(place)
    with pytest.raises(UsageError, match=str(vehicles[0]["vin"])):
        release(place, lost.guid, "sent")
    place.drop("p.xlsx", parameters)
    place.run()
    release(place, lost.guid, "sent")
    assert forgotten(place) == ()


@pytest.fixture
def revised(place: Place, fresh: Fresh, tmp_path: Path) -> tuple[str, bytes]:
    """A vehicle that a restore forgot, and the sheet with the revision of its parameters, forgotten too."""
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.run()
    backup(place.home, tmp_path / "b.db")
    revised = place.sheet([], [{**sets[0], "max_speed": 99, "confirmed": "是"}])
    for name, data in (("p.xlsx", revised), ("b.xlsx", place.sheet(vehicles[1:]))):
        place.drop(name, data)
        place.run()
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    return str(vehicles[1]["vin"]), revised


def taken_back(place: Place, sheet: bytes) -> None:
    """The package of `revised`: refused with the older parameters, taken once the later ones came again."""
    (lost,) = forgotten(place)
    with pytest.raises(UsageError, match=r"第2版 → .*第1版"):
        release(place, lost.guid, "sent")
    place.drop("p.xlsx", sheet)
    place.run()
    release(place, lost.guid, "sent")
    assert forgotten(place) == ()


def test_parameters_revised_after_the_backup_are_asked_for(place: Place, revised: tuple[str, bytes]) -> None:
    """Customs had been told the second revision; the ledger took the vehicle back with the first."""
    vin, sheet = revised
    taken_back(place, sheet)
    with place.ledger() as ledger:
        (record,) = ledger.records([vin]).values()
        stood = {e.revision: e for e in ledger.queries.revisions(str(record.now.data["structure_no"]))}
    assert stood[record.now.structure_revision or 0].values["max_speed"] == 99


def test_under_other_rules_an_older_revision_of_the_parameters_is_not_taken_for_that_of_then(
    place: Place, revised: tuple[str, bytes]
) -> None:
    """What the same values are made into may be another, and so cannot be compared."""
    _, sheet = revised
    settings = place.root / "rules" / "settings.toml"
    settings.write_text(f'dxp_id = "DXP1"\n{settings.read_text("utf-8")}', "utf-8")
    taken_back(place, sheet)


def test_a_forgotten_package_is_handed_out_with_the_time_when_it_was_made(
    forgetful: Forgetful, audit: Audit
) -> None:
    """The hour of the restore stood there, as if it had been declared then."""
    forgetful.forget()
    _, told, _ = audit(forgetful.place, "files", forgetful.vins[0])
    (line,) = (line for line in told.splitlines() if "filing.zip" in line)
    assert "2026-03-02 09:30:00" in line


def test_released_again_it_hears_what_a_killed_command_had_not(forgetful: Forgetful) -> None:
    """Killed between the commit and the last receipt: the same command finishes it."""
    lost = forgetful.forget()
    release(forgetful.place, lost.guid, "sent")
    data = receipt_xml(lost.guid, (Return(ACCEPTED, time="20260302102231500"),))
    archive = Archive(forgetful.place.home.archive)
    received.tag(archive, [archive.put(data)], tuple)
    assert len(release(forgetful.place, lost.guid, "sent").heard) == 1
    assert forgetful.standing() == {(Type.FILING, State.ACCEPTED, lost.batch)}


@pytest.mark.parametrize(("gone", "said"), [(False, "下次运行时放入 outbox"), (True, "此前已放入 outbox")])
def test_said_to_be_sent_again_it_is_told_where_it_is(
    forgetful: Forgetful, capsys: pytest.CaptureFixture[str], gone: bool, said: str
) -> None:
    """Said twice the next run publishes nothing: the command itself did, before it was heard."""
    place, lost = forgetful.place, forgetful.forget()
    forgetful.take_away()
    if gone:
        release(place, lost.guid, "send")
    args = ["--home", str(place.root), "release", lost.guid, "--send"]
    assert vinbatch.main(args, standalone_mode=False) == 0
    assert said in capsys.readouterr().err


def test_one_that_came_back_and_is_in_doubt_since_can_be_released(forgetful: Forgetful) -> None:
    """The power went while it was sent again: that it was forgotten once is no answer to this doubt."""
    place, lost = forgetful.place, forgetful.forget()
    forgetful.take_away()
    release(place, lost.guid, "send")
    with place.machine().open_ledger() as ledger:
        ledger.packages.doubt(lost.guid, "@doubt.power", place.now)
    release(place, lost.guid, "sent")
    with place.ledger() as ledger:
        assert ledger.packages.get(lost.guid).state == "published"


def change_and_filing(place: Place, vins: Sequence[str]) -> bytes:
    """An extract: the first of these, which is filed, changes its colour; the second, a draft, is filed."""
    with place.ledger() as ledger:
        data = flow.extract(Known(place.now, ledger.records(vins)), place.rulebook)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["车辆信息"]
    column = {str(cell.value).split("\n")[0]: cell.column for cell in sheet[1]}
    rows = {sheet.cell(n, column["车辆识别代号(VIN)"]).value: n for n in (2, 3)}
    sheet.cell(rows[vins[0]], column["车身颜色"], "红")
    for vin, act in zip(vins, ("变更", "申报"), strict=True):
        sheet.cell(rows[vin], column["操作"], act)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_one_that_is_about_to_go_out_is_not_called_sent(forgetful: Forgetful) -> None:
    """It came back to be sent, and the outbox refuses: said to be sent, it would still go out."""
    place, lost = forgetful.place, forgetful.forget()
    forgetful.take_away()
    release(place, lost.guid, "send")
    place.home.outbox.rename(place.root / "elsewhere")
    with pytest.raises(UsageError, match="due"):
        release(place, lost.guid, "sent")


@pytest.mark.parametrize(("how", "state"), [("sent", "published"), ("send", "due")])
def test_a_word_about_one_package_of_a_batch_is_none_about_the_other(
    place: Place, fresh: Fresh, tmp_path: Path, how: str, state: str
) -> None:
    """The gateway may have taken one of them only: the other is in doubt, until a person speaks of it."""
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet([vehicles[0], {**vehicles[1], "action": "暂存"}], sets))
    place.run()
    with place.ledger() as ledger:
        (filed,) = ledger.packages.of(["TRIAL-20260302-0001"])
    xml = receipt_xml(filed.guid, (Return(ACCEPTED, time="20260302102231500"),))
    (place.root / "inbox" / "receipts" / "1.xml").write_bytes(xml)
    place.run()
    backup(place.home, tmp_path / "b.db")
    place.drop("b.xlsx", change_and_filing(place, [str(v["vin"]) for v in vehicles]))
    assert verdicts(place.run().outcomes[0]) == {2: "declared", 3: "declared"}
    for path in place.home.outbox.glob("*.zip"):
        path.unlink()
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    one, other = forgotten(place)
    release(place, one.guid, how)
    with place.ledger() as ledger:
        assert [ledger.packages.get(p.guid).state for p in (one, other)] == [state, "doubt"]
    release(place, other.guid, "sent")
    with place.ledger() as ledger:
        assert (forgotten(place), ledger.packages.get(other.guid).state) == ((), "published")
        assert [part.name for part in verify_beside(ledger, place.home, files=True) if part.wrong] == []


def test_an_older_package_of_a_forgotten_vehicle_is_not_sent_again(
    place: Place, fresh: Fresh, tmp_path: Path
) -> None:
    """Customs rejected the first filing and has the second: the ledger knows neither."""
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    place.run()
    backup(place.home, tmp_path / "b.db")
    with place.ledger() as ledger:
        (first,) = ledger.packages.of(["TRIAL-20260302-0001"])
    xml = receipt_xml(first.guid, (Return("100", time="20260302102231500"),))
    (place.root / "inbox" / "receipts" / "1.xml").write_bytes(xml)
    place.run()
    place.drop("b.xlsx", place.sheet([{**vehicles[0], "action": "申报"}], sets))
    assert verdicts(place.run().outcomes[0]) == {2: "declared"}
    for path in place.home.outbox.glob("*.zip"):
        path.unlink()
    restore(place.home, tmp_path / "b.db", place.now, "wang")
    with pytest.raises(UsageError, match=forgotten(place)[0].guid):
        commands.resend(place.machine(), first.guid, "li")


def test_send_puts_the_same_bytes_into_the_outbox(forgetful: Forgetful) -> None:
    lost = forgetful.forget()
    path = forgetful.place.home.outbox / lost.name
    data = path.read_bytes()
    forgetful.take_away()
    release(forgetful.place, lost.guid, "send")
    forgetful.place.run()
    assert path.read_bytes() == data


def test_void_frees_the_vehicles_and_is_audited(forgetful: Forgetful) -> None:
    lost = forgetful.forget()
    forgetful.take_away()
    release(forgetful.place, lost.guid, "void", "customs deleted it")
    with forgetful.place.ledger() as ledger:
        event = ledger.queries.history(forgetful.vins[0])[-1].body
    assert (event["kind"], event["user"], event["reason"]) == ("void", "li", "customs deleted it")
    forgetful.place.drop("b.xlsx", forgetful.data)
    assert set(verdicts(forgetful.place.run().outcomes[0]).values()) == {"declared"}


def test_who_makes_a_package_void_hears_that_its_result_still_says_declared(
    forgetful: Forgetful, capsys: pytest.CaptureFixture[str]
) -> None:
    """No ledger renews it: the clerk read in it that there is nothing to do."""
    lost = forgetful.forget()
    forgetful.take_away()
    home = ["--home", str(forgetful.place.root)]
    with pytest.raises(SystemExit):
        vinbatch([*home, "release", lost.guid, "--void", "--reason", "customs deleted it"])
    said = capsys.readouterr()
    assert "仍写着已申报" in said.out + said.err


def test_what_lies_in_the_outbox_is_not_void(forgetful: Forgetful) -> None:
    lost = forgetful.forget()
    with pytest.raises(UsageError, match=lost.name):
        release(forgetful.place, lost.guid, "void", "no")


def test_nothing_is_void_while_nobody_can_see_the_outbox(forgetful: Forgetful) -> None:
    """It may lie there, on a share that is gone, for the gateway to take."""
    lost, outbox = forgetful.forget(), forgetful.place.home.outbox
    outbox.rename(outbox.with_name("elsewhere"))
    with pytest.raises(PublishError):
        release(forgetful.place, lost.guid, "void", "no")
    assert forgotten(forgetful.place) == (lost,)


def test_what_customs_answered_is_not_void(forgetful: Forgetful) -> None:
    lost = forgetful.forget()
    forgetful.take_away()
    forgetful.answer(lost.guid)
    forgetful.place.run()
    with pytest.raises(UsageError, match="--sent"):
        release(forgetful.place, lost.guid, "void", "no")


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-32"])
def test_nor_is_what_it_answered_in_an_encoding_of_wide_characters(
    encoding: str, forgetful: Forgetful
) -> None:
    """In UTF-32 it was heard when it came and by no restore: the vehicles were freed, and declared twice."""
    with forgetful.place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0002"])
    xml = receipt_xml(package.guid, (Return(ACCEPTED, time="20260302102231500"),)).decode()
    forgetful.place.drop("receipts/1.xml", xml.replace("UTF-8", encoding).encode(encoding))
    (heard,) = forgetful.place.run().heard
    assert not heard.problems
    lost = forgetful.forget()
    forgetful.take_away()
    with pytest.raises(UsageError, match="--sent"):
        release(forgetful.place, lost.guid, "void", "no")
    release(forgetful.place, lost.guid, "sent")
    assert forgetful.standing() == {(Type.FILING, State.ACCEPTED, lost.batch)}


def test_an_answer_to_a_void_package_is_an_alarm(forgetful: Forgetful) -> None:
    lost = forgetful.forget()
    forgetful.take_away()
    release(forgetful.place, lost.guid, "void", "customs says no")
    forgetful.answer(lost.guid)
    (heard,) = forgetful.place.run().heard
    assert ([f.code for f in heard.problems], bool(heard.set_aside)) == (["RECEIPT-VOID"], True)


def test_a_decision_survives_a_later_restore(forgetful: Forgetful, tmp_path: Path) -> None:
    lost = forgetful.forget()
    forgetful.take_away()
    release(forgetful.place, lost.guid, "void", "customs says no")
    backup(forgetful.place.home, tmp_path / "c.db")
    forgetful.place.now += timedelta(hours=1)
    assert restore(forgetful.place.home, tmp_path / "c.db", forgetful.place.now, "wang").unknown == ()


@pytest.mark.parametrize("how", ["sent", "void"])
def test_who_comes_back_to_a_void_package_is_told_what_it_is(forgetful: Forgetful, how: str) -> None:
    """It was said that there is none, and that the guid be copied whole."""
    lost = forgetful.forget()
    forgetful.take_away()
    release(forgetful.place, lost.guid, "void", "customs says no")
    with pytest.raises(UsageError) as caught:
        release(forgetful.place, f" {lost.guid.lower()}", how, "it has")
    assert caught.value.key == "package.void"


@pytest.mark.parametrize(("guid", "key"), [("", "forgotten.none"), ("9149", "package.none")])
def test_void_is_for_no_package_that_the_ledger_knows_and_none_that_there_is_not(
    place: Place, fresh: Fresh, guid: str, key: str
) -> None:
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    with place.ledger() as ledger:
        (known,) = ledger.packages.guids()
    with pytest.raises(UsageError) as caught:
        release(place, guid or known, "void", "customs says no")
    assert caught.value.key == key


def test_void_needs_a_reason(forgetful: Forgetful, capsys: pytest.CaptureFixture[str]) -> None:
    lost = forgetful.forget()
    args = ["--home", str(forgetful.place.root), "release", lost.guid, "--void"]
    assert vinbatch.main(args, standalone_mode=False) == 2
    assert "--reason" in capsys.readouterr().err
    assert forgotten(forgetful.place) == (lost,)
