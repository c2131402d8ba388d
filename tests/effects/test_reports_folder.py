"""Answers: whole, idempotent, never over what a person has open or has edited."""

import hashlib
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from vinbatch.effects import reports
from vinbatch.effects.home import Home
from vinbatch.errors import AccessError

NAME = "TRIAL-20260301-0001_三月.xlsx"
SECOND = "TRIAL-20260301-0001_三月-2.xlsx"
PUT = """
import sys; from pathlib import Path
from vinbatch.effects.home import Home
from vinbatch.effects.reports import put
print(put(Home(Path(sys.argv[1])), sys.argv[2], b"new", sys.argv[3]).name)
"""


HUGE = 8 * 2**40  # sparse: more than memory holds, and less than a file system takes


def grown(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)


def forbidden(path: Path) -> NoReturn:
    raise AssertionError(f"{path} is read")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def lying(home: Home) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in home.reports.iterdir() if p.name.startswith("TRIAL")}


def test_the_name_is_built_of_batch_and_slug() -> None:
    assert reports.result_name("TRIAL-20260301-0001", "三月.xls") == NAME
    assert reports.result_name("B", "a/../b.xlsx", ".html") == "B_a-b.html"


def test_a_first_answer_has_its_name(home: Home) -> None:
    assert reports.put(home, NAME, b"v1", None) == reports.Written(NAME, digest(b"v1"), beside=False)
    assert lying(home) == {NAME: b"v1"}


def test_a_refresh_replaces_what_we_last_put_there(home: Home) -> None:
    reports.put(home, NAME, b"v1", None)
    assert not reports.put(home, NAME, b"v2", digest(b"v1")).beside
    assert lying(home) == {NAME: b"v2"}


@pytest.mark.parametrize("last", [None, digest(b"v1"), lambda name: digest(b"v1")])
def test_what_a_person_edited_is_never_replaced(home: Home, last: reports.Last) -> None:
    (home.reports / NAME).write_bytes(b"edited")
    assert reports.put(home, NAME, b"v2", last) == reports.Written(SECOND, digest(b"v2"), beside=True)
    assert lying(home) == {NAME: b"edited", SECOND: b"v2"}


@pytest.mark.parametrize("owner", [f"~${NAME}", f".~lock.{NAME}#", f".~{NAME}"])
def test_what_is_open_is_never_replaced(home: Home, now: datetime, owner: str) -> None:
    reports.put(home, NAME, b"v1", None)
    (home.reports / owner).write_bytes(b"")
    assert reports.put(home, NAME, b"v2", digest(b"v1"), now).beside
    assert lying(home) == {NAME: b"v1", SECOND: b"v2"}


def test_an_owner_file_of_yesterday_counts_no_more(home: Home, now: datetime) -> None:
    reports.put(home, NAME, b"v1", None)
    (home.reports / f"~${NAME}").write_bytes(b"")
    assert not reports.put(home, NAME, b"v2", digest(b"v1"), now + timedelta(hours=25)).beside


def test_what_a_process_is_writing_is_open(home: Home) -> None:
    reports.put(home, NAME, b"v1", None)
    with (home.reports / NAME).open("ab"):
        assert reports.put(home, NAME, b"v2", digest(b"v1")).beside


def test_a_workbook_that_is_being_saved_is_missing_for_a_moment(home: Home, now: datetime) -> None:
    """Excel deletes the original and renames its own: a file put between would be overwritten."""
    (home.reports / f"~${NAME}").write_bytes(b"")
    assert reports.put(home, NAME, b"v2", None, now).beside


def test_the_answer_beside_is_refreshed_where_it_lies(home: Home) -> None:
    (home.reports / NAME).write_bytes(b"edited")
    last = {SECOND: digest(b"v2")}
    reports.put(home, NAME, b"v2", None)
    assert reports.put(home, NAME, b"v3", last.get).name == SECOND
    assert lying(home) == {NAME: b"edited", SECOND: b"v3"}


def test_a_killed_pass_writes_its_answer_once(home: Home) -> None:
    first = reports.put(home, NAME, b"v1", None)
    assert reports.put(home, NAME, b"v1", None) == first
    (home.reports / NAME).write_bytes(b"edited")
    beside = reports.put(home, NAME, b"v2", digest(b"v1"))
    assert reports.put(home, NAME, b"v2", digest(b"v1")) == beside
    assert len(lying(home)) == 2


def test_of_several_answers_those_are_written_whose_names_are_free(home: Home, tmp_path: Path) -> None:
    taken, open_, link, free = (f"TRIAL-{n}.xlsx" for n in range(4))
    (home.reports / taken).write_bytes(b"v1")
    (home.reports / f"~${open_}").write_bytes(b"")
    (home.reports / link).symlink_to(tmp_path / "none")
    assert reports.put_new(home, dict.fromkeys((taken, open_, link, free), b"v2")) == {free}
    (home.reports / link).unlink()
    assert lying(home) == {taken: b"v1", free: b"v2"}


def test_what_comes_between_look_and_writing_is_never_replaced(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(path: Path, _now: datetime) -> bool:
        path.write_bytes(b"theirs")
        return False

    monkeypatch.setattr(reports, "is_open", late)
    assert reports.put_new(home, {NAME: b"ours"}) == set()
    assert lying(home) == {NAME: b"theirs"}


def test_links_and_folders_are_never_replaced(home: Home, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"v1")
    (home.reports / NAME).symlink_to(tmp_path / "victim")
    (home.reports / SECOND).mkdir()
    assert reports.put(home, NAME, b"v2", digest(b"v1")).name.endswith("-3.xlsx")
    assert (tmp_path / "victim").read_bytes() == b"v1"


def test_a_share_that_holds_the_target_open_gets_the_answer_beside(
    home: Home, child: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    reports.put(home, NAME, b"v1", None)
    done = child(PUT, home.root, NAME, digest(b"v1"), inject=("rename:error=EBUSY:when=1",))
    assert done.stdout == f"{SECOND}\n"
    assert lying(home) == {NAME: b"v1", SECOND: b"new"}


def test_a_disk_that_is_full_is_told(
    home: Home, child: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = child(PUT, home.root, NAME, "", inject=("write:error=ENOSPC:when=1",))
    assert "AccessError" in done.stderr
    assert "free some space" in done.stderr
    assert lying(home) == {}


def test_an_answer_whose_names_are_all_taken_lies_there_once_under_its_digest(home: Home) -> None:
    for n in range(1, 100):
        (home.reports / reports.beside(NAME, n)).mkdir()
    other = f"TRIAL-20260301-0001_三月-{digest(b'v1')[:12]}.xlsx"
    assert reports.put(home, NAME, b"v1", None) == reports.Written(other, digest(b"v1"), beside=True)
    assert reports.put(home, NAME, b"v1", None).name == other
    (home.reports / other).write_bytes(b"edited")
    last = reports.put(home, NAME, b"v1", None).name
    assert last not in {other, NAME}
    assert (home.reports / last).read_bytes() == b"v1"


def test_a_receipt_whose_names_are_all_taken_is_set_aside_under_another(home: Home, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"receipt")
    home.set_aside.mkdir()
    for n in range(1, 99):
        (home.set_aside / reports.beside("r.xml", n)).write_bytes(b"other")
    (home.set_aside / "r-99.xml.txt").mkdir()
    for reason in ("why", "why again"):
        name = reports.set_aside(home, "r.xml", tmp_path / "kept", reason)
        assert name == f"r-{digest(b'receipt')[:12]}.xml"
        assert reason in (home.set_aside / f"{name}.txt").read_text("utf-8-sig")


def test_a_receipt_is_set_aside_beside_a_link_of_its_name(home: Home, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"receipt" * 99)  # no shorter than the link, which is told first
    home.set_aside.mkdir()
    (home.set_aside / "r.xml").symlink_to("away")
    assert reports.set_aside(home, "r.xml", tmp_path / "kept", "why") == "r-2.xml"


def test_no_reason_is_written_over_a_receipt_of_its_name(home: Home, tmp_path: Path) -> None:
    """A gateway that brings its notes along brought `r.xml.txt` first."""
    (tmp_path / "note").write_bytes(b"note")
    (tmp_path / "kept").write_bytes(b"receipt")
    assert reports.set_aside(home, "r.xml.txt", tmp_path / "note", "why") == "r.xml.txt"
    assert reports.set_aside(home, "r.xml", tmp_path / "kept", "why") == "r-2.xml"
    assert (home.set_aside / "r.xml.txt").read_bytes() == b"note"


def test_a_receipt_that_was_put_back_without_its_reason_is_set_aside_under_its_name(
    home: Home, tmp_path: Path
) -> None:
    """The reason of then stayed, as that of no file, and the receipt lay beside it as another."""
    (tmp_path / "kept").write_bytes(b"receipt")
    reports.set_aside(home, "r.xml", tmp_path / "kept", "why")
    (home.set_aside / "r.xml").unlink()
    assert reports.set_aside(home, "r.xml", tmp_path / "kept", "why again") == "r.xml"
    assert (home.set_aside / "r.xml.txt").read_text("utf-8-sig").startswith("why again")


def test_where_no_name_can_be_given_the_folder_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_put_new", lambda *_: False)
    with pytest.raises(AccessError, match="is taken"):
        reports.put(home, NAME, b"v1", None)


def test_a_name_is_never_a_path(home: Home) -> None:
    with pytest.raises(ValueError, match="not a name"):
        reports.put(home, "../x.xlsx", b"", None)


def test_killed_writers_litter_is_swept(home: Home) -> None:
    (home.reports / ".vinbatch-1-0.part").write_bytes(b"half")
    assert reports.sweep(home) == 1


def test_a_folder_of_set_aside_receipts_that_is_a_link_is_refused(home: Home) -> None:
    """Whoever may write the share could have a receipt of his put into the outbox, or among the rules."""
    home.set_aside.symlink_to(home.outbox)
    with pytest.raises(AccessError):
        home.check_reports()


def test_a_file_larger_than_any_answer_is_not_read_to_tell_that_it_is_none_of_ours(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(home.reports / NAME)
    monkeypatch.setattr(reports.disk, "blocks_of", forbidden)
    assert reports.put(home, NAME, b"v2", digest(b"v1")).name == SECOND
    assert not reports.withdraw(home, NAME, digest(b"v1"))
    assert (home.reports / NAME).stat().st_size == HUGE


def test_a_page_is_put_beside_a_file_that_fits_into_no_memory(home: Home) -> None:
    grown(home.reports / "index.html")
    assert reports.put_page(home, "index.html", b"<h1>overview</h1>\n")
    assert (home.reports / "index-2.html").read_bytes().startswith(b"<h1>overview</h1>\n")
    grown(home.reports / "index-2.html")
    assert reports.put_page(home, "index.html", b"<h1>later</h1>\n")
    assert (home.reports / "index-3.html").read_bytes().startswith(b"<h1>later</h1>\n")


def test_a_receipt_is_not_compared_with_a_file_of_another_size(home: Home, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"receipt")
    home.set_aside.mkdir()
    grown(home.set_aside / "r.xml")
    assert reports.set_aside(home, "r.xml", tmp_path / "kept", "why") == "r-2.xml"


def test_a_page_is_written_once_over_the_one_before_and_beside_what_is_not_ours(home: Home) -> None:
    assert [reports.put_page(home, "i.html", page) for page in (b"a", b"a", b"bc")] == [True, False, True]
    assert (home.reports / "i.html").read_bytes().startswith(b"bc")
    (home.reports / "i.html").write_bytes(b"a person's")
    assert reports.put_page(home, "i.html", b"d")
    assert (home.reports / "i.html").read_bytes() == b"a person's"
    assert (home.reports / "i-2.html").read_bytes().startswith(b"d")


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("a.xml", "a.xml"),
        (".a.xml", "a.xml"),
        ("a. ", "a"),
        ('a/b\\c:d*e?f"g<h>i|j.xml', "a_b_c_d_e_f_g_h_i_j.xml"),
        ("...", "file"),
        ("长" * 80 + ".xml", "长" * 33 + ".xml"),
        ("长" * 80 + ".ending-of-many-letters", "长" * 33 + ".ending-of-many-"),
    ],
)
def test_a_receipt_is_set_aside_under_a_name_that_every_share_takes(
    name: str, own: str, home: Home, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"<x/>")
    assert reports.set_aside(home, name, kept, "why") == own
