"""What an auditor finds of the time between a backup and the restore of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from run_place import Audit, Fresh, Place, new_place, some

from vinbatch.ruleset import Ruleset
from vinbatch.run.keeping import backup, restore, taken_away

DELETED = ("list", "--what", "deleted")


@pytest.fixture(scope="module")
def once_restored(tmp_path_factory: pytest.TempPathFactory, ruleset: Ruleset, empty_ledger: Path) -> Place:
    """On 2 March two are saved and the ledger is copied; on the 3rd one draft is deleted; the 4th brings the
    ledger of the 2nd back.
    """
    folder = tmp_path_factory.mktemp("restored")
    place = new_place(folder / "home", ruleset, empty_ledger)
    vehicles, sets = some(2)
    drafts = [{**v, "action": "暂存"} for v in vehicles]
    place.drop("a.xlsx", place.sheet(drafts, sets))
    place.run()
    backup(place.home, folder / "saved.db")
    place.now += timedelta(days=1)
    place.drop("b.xlsx", place.sheet([{**vehicles[0], "action": "删除"}]))
    place.run()
    place.now += timedelta(days=1)
    restore(place.home, folder / "saved.db", place.now, "wang")
    return place


@pytest.fixture
def restored(once_restored: Place, tmp_path: Path) -> Place:
    return once_restored.copied(tmp_path / "home")


def kept(place: Place) -> str:
    (path,) = taken_away(place.home)
    return str(path)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), True),
        (("--from", "2026-03-03", "--to", "2026-03-03"), True),
        (("--to", "2026-03-01"), False),
        (("--from", "2026-03-05"), False),
    ],
)
def test_a_list_of_a_time_that_the_ledger_lacks_says_so(
    restored: Place, audit: Audit, options: tuple[str, ...], told: bool
) -> None:
    """No event is no answer there: what was deleted then stands in the ledger that was taken away."""
    _, said, _ = audit(restored, *DELETED, *options)
    said = "".join(said.split())
    assert ("共0个事件" in said, kept(restored) in said) == (True, told)


def test_a_list_names_no_ledger_that_is_not_there(restored: Place, audit: Audit) -> None:
    """As where the disk was lost: nothing was taken away then."""
    name = kept(restored)
    Path(name).unlink()
    _, said, _ = audit(restored, *DELETED)
    said = "".join(said.split())
    assert ("注意：台账于" in said, Path(name).stem in said) == (True, False)


def test_a_list_names_no_ledger_that_had_no_more_than_the_backup(
    place: Place, fresh: Fresh, audit: Audit, tmp_path: Path
) -> None:
    """As after a snapshot, where its own ledger is backed up and restored: what is lost stands in neither."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    place.now += timedelta(days=1)
    backup(place.home, tmp_path / "same.db")
    restore(place.home, tmp_path / "same.db", place.now, "wang")
    _, said, _ = audit(place, "list")
    said = "".join(said.split())
    assert ("注意：台账于" in said, Path(kept(place)).stem in said) == (True, False)


def test_the_ledger_that_was_taken_away_answers_as_the_present_one(restored: Place, audit: Audit) -> None:
    code, said, _ = audit(restored, "--ledger", kept(restored), *DELETED)
    assert (code, "b.xlsx" in said) == (0, True)


def test_the_ledger_that_was_taken_away_is_verified_without_the_outbox_and_the_note_of_now(
    restored: Place, audit: Audit
) -> None:
    vehicles, _ = some(3)
    restored.drop("c.xlsx", restored.sheet(vehicles[2:]))
    restored.run()
    assert list(restored.home.outbox.glob("*.zip"))
    assert audit(restored, "--ledger", kept(restored), "verify")[0] == 0
    assert not (restored.home.own / "checked").exists()


@pytest.mark.parametrize("question", ["verify", "list", "show"])
def test_a_file_that_is_no_ledger_says_nothing_of_the_one_of_the_home(
    restored: Place, audit: Audit, question: str
) -> None:
    """Its reader was told to restore a backup of a ledger that is whole."""
    (other := restored.root / "notes.db").write_bytes(b"no ledger")
    more = ("WBA13BJ07MC031222",) if question == "show" else ()
    code, _, told = audit(restored, "--ledger", str(other), question, *more)
    assert (code, "notes.db：查不了这个文件" in told, "再从备份恢复" in told) == (6, True, False)


@pytest.mark.parametrize("question", ["verify", "list"])
def test_an_empty_file_is_no_ledger_that_is_whole(restored: Place, audit: Audit, question: str) -> None:
    """A backup that a full disk had cut off to nothing was verified: exit 0, 0 events."""
    (other := restored.root / "empty.db").touch()
    code, said, told = audit(restored, "--ledger", str(other), question)
    assert (code, said, "empty.db：查不了这个文件" in told) == (6, "", True)


def test_damage_that_shows_as_it_is_read_is_no_reason_to_restore_the_ledger_of_the_home(
    restored: Place, audit: Audit
) -> None:
    data = Path(kept(restored)).read_bytes()
    (other := restored.root / "torn.db").write_bytes(data[: len(data) // 2] + bytes(len(data) // 2))
    code, _, told = audit(restored, "--ledger", str(other), "verify")
    assert (code, "torn.db：查不了这个文件" in told, "再从备份恢复" in told) == (6, True, False)


def test_a_ledger_that_is_not_there_is_a_wrong_command_line(restored: Place, audit: Audit) -> None:
    code, _, told = audit(restored, "--ledger", str(restored.root / "gone.db"), "list")
    assert (code, "gone.db" in told, "Invalid value" in told) == (2, True, False)


def test_the_event_of_a_restore_has_the_head_of_the_ledger_that_was_taken_away(
    restored: Place, audit: Audit
) -> None:
    """Who edits that one afterwards cannot make it end so."""
    _, said, _ = audit(restored, "--ledger", kept(restored), "verify")
    head = next(word for word in said.split() if len(word) == 64)
    assert head in "".join(audit(restored, "list", "--what", "decided")[1].split())


def test_a_result_of_that_time_is_found_in_the_ledger_that_was_taken_away(
    restored: Place, audit: Audit
) -> None:
    """It was called none of ours, as if somebody had forged it."""
    (result,) = (restored.root / "reports").glob("*_b.xlsx")
    code, said, noted = audit(restored, "find", str(result))
    assert (code, "_b.xlsx" in said, kept(restored) in noted) == (0, True, True)


def test_a_restore_over_a_ledger_that_cannot_be_read_tells_nothing_of_it(
    restored: Place, tmp_path: Path
) -> None:
    backup(restored.home, tmp_path / "again.db")
    restored.home.ledger.write_bytes(b"no ledger")
    restore(restored.home, tmp_path / "again.db", restored.now + timedelta(hours=1), "wang")
    with restored.ledger() as ledger:
        assert "left" not in ledger.queries.restores()[-1]
