"""By what a batch was decided is there a year later, as it was."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from run_place import DEALER, Audit, Fresh, Place

from vinbatch.effects import kept_rules
from vinbatch.effects.archive import Archive
from vinbatch.effects.rulebook import read_rulebook
from vinbatch.errors import AccessError, RulesError
from vinbatch.run.passing import Machine


@pytest.fixture
def changed(place: Place, fresh: Fresh) -> tuple[Place, str, str]:
    """A batch under the packaged rules and one under a field more; with both digests."""
    (first, second), sets = fresh(2)
    place.drop("a.xlsx", place.sheet([first], sets))
    place.run()
    before = read_rulebook(place.root).digest
    (place.root / "rules" / "fields.toml").write_text(DEALER, "utf-8")
    place.drop("b.xlsx", place.sheet([second], sets))
    place.run()
    return place, before, read_rulebook(place.root).digest


def test_the_texts_of_each_batch_come_back_as_they_were(
    changed: tuple[Place, str, str], audit: Audit, tmp_path: Path
) -> None:
    """The digest in its event named rules that nobody had any more."""
    place, before, after = changed
    (place.root / "rules" / "fields.toml").unlink()
    assert audit(place, "rules", before, "-o", str(tmp_path / "before"))[0] == 0
    assert audit(place, "rules", after[:12], "-o", str(tmp_path / "after"))[0] == 0
    assert not (tmp_path / "before" / "home" / "fields.toml").exists()
    assert (tmp_path / "after" / "home" / "fields.toml").read_text("utf-8") == DEALER
    assert (tmp_path / "after" / "templates" / "declaration.xml").exists()


def test_who_only_looks_keeps_none(place: Place) -> None:
    place.machine().check_rules(keep=False)
    assert not (place.home.archive / "rules").exists()
    assert not (place.home.own / "rules.checked").exists()


def test_the_list_says_which_batches_were_decided_by_which(
    changed: tuple[Place, str, str], audit: Audit
) -> None:
    place, before, after = changed
    _, first, second = audit(place, "rules")[1].splitlines()
    assert (before in first, "TRIAL-20260302-0001" in first, "✓" in first) == (True, True, True)
    assert (after in second, "TRIAL-20260302-0002" in second) == (True, True)


def test_rules_that_were_rewritten_are_told(changed: tuple[Place, str, str], audit: Audit) -> None:
    """`audit verify` works each digest out anew, of the packaged rules of then too."""
    place, _, after = changed
    path = place.home.archive / "rules" / f"{after}.json.gz"
    text = gzip.decompress(path.read_bytes()).replace(b"dealer", b"trader")
    path.chmod(0o600)
    path.write_bytes(gzip.compress(text))
    code, out, _ = audit(place, "verify")
    assert code == 6
    assert f"{after}：内容与事件不符" in out
    assert audit(place, "rules", after, "-o", str(place.root.parent / "x"))[0] == 6


@pytest.mark.parametrize(
    "spoilt", [b"", b"\x1f\x8b", gzip.compress(b"[]", mtime=0), gzip.compress(b"1", mtime=0)], ids=range(4)
)
def test_what_is_no_such_file_is_damaged_and_no_bug(changed: tuple[Place, str, str], spoilt: bytes) -> None:
    place, _, after = changed
    path = place.home.archive / "rules" / f"{after}.json.gz"
    path.chmod(0o600)
    path.write_bytes(spoilt)
    with pytest.raises(AccessError):
        kept_rules.read(Archive(place.home.archive), after)


def test_rules_that_cannot_be_read_are_not_told_as_changed(
    changed: tuple[Place, str, str], audit: Audit
) -> None:
    """An auditor who might not look into that folder was told that somebody had tampered with it."""
    place, _, after = changed
    path = place.home.archive / "rules" / f"{after}.json.gz"
    path.unlink()
    path.mkdir()
    code, out, err = audit(place, "verify")
    assert (code, "内容与事件不符" in out, f"{path}：这是文件夹" in err) == (6, False, True)


def test_rules_of_before_they_were_kept_are_counted_and_no_difference(
    changed: tuple[Place, str, str], audit: Audit, tmp_path: Path
) -> None:
    place, before, _ = changed
    (place.home.archive / "rules" / f"{before}.json.gz").unlink()
    code, out, _ = audit(place, "verify")
    assert (code, "1 份没有存档" in out) == (0, True)
    assert audit(place, "rules", before, "-o", str(tmp_path / "x"))[0] == 2


def test_a_home_whose_rules_were_proved_before_they_were_kept_keeps_them_with_its_next_pass(
    changed: tuple[Place, str, str],
) -> None:
    place, _, after = changed
    path = place.home.archive / "rules" / f"{after}.json.gz"
    path.unlink()
    place.run()
    assert path.exists()


def test_broken_rules_are_not_kept(place: Place) -> None:
    """Nothing is ever decided by them."""
    machine = place.machine()
    (place.root / "rules" / "fields.toml").write_text("[vehicle.vin]\nkind = 'nonsense'\n", "utf-8")
    book = read_rulebook(place.root)
    with pytest.raises(RulesError):
        Machine(machine.home, book, machine.clock, engine=machine.engine).run()
    assert not kept_rules.has(Archive(machine.home.archive), book.digest)


def test_a_home_whose_first_pass_came_no_further_than_its_rules_is_none_that_lost_its_ledger(
    place: Place, fresh: Fresh
) -> None:
    place.home.ledger.unlink()
    place.machine().check_rules()
    (vehicle,), sets = fresh(1)
    place.drop("a.xlsx", place.sheet([vehicle], sets))
    assert len(place.run().lines) == 1
