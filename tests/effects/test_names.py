"""File names: shown, and built."""

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinbatch.effects.names import batch_in, beside, readable, slug

ENDINGS = (
    *("xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "xlt", "et", "ett", "csv", "tsv", "txt", "ods", "ots"),
    *("fods", "numbers", "doc", "docx", "rtf", "wps", "wpt", "odt", "pdf", "lnk", "zip", "rar", "7z"),
    *("htm", "html", "mht"),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("三月宝马.xlsx", "三月宝马"),
        ("三月 宝马(2).XLSX", "三月-宝马_2"),
        ("六月-2.xlsx", "六月_2"),
        ("2026-06-015.xlsx", "2026-06-015"),
        ("TRIAL-20260301-0001_六月_2.xlsx", "六月_2"),
        ("３月ＢＭＷ.xlsx", "3月BMW"),
        ("../../etc/passwd", "etc-passwd"),
        ("V1.2 保时捷.xlsx", "V1-2-保时捷"),
        ("a\nb\u202ec.xls", "a-b-c"),
        ("....", "file"),
        ("", "file"),
        (".xlsx", "xlsx"),
        ("TRIAL-20260301-0001_三月.xlsx", "三月"),
        ("TRIAL-20260301-100002_TRIAL-20260301-10002_TRIAL-20260301-0001_三月.xlsx", "三月"),
    ],
)
def test_a_slug_keeps_what_is_safe(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ending_that_says_only_that_it_is_a_file_is_left_out(ending: str) -> None:
    assert slug(f"三月.{ending}") == slug(f"三月.{ending.upper()}") == "三月"


@pytest.mark.parametrize(
    ("name", "batch"),
    [
        ("TRIAL-20260301-0001_三月-2.xlsx", "TRIAL-20260301-0001"),
        ("TRIAL-20260301-10002_TRIAL-20260301-0001_三月.xlsx", "TRIAL-20260301-0001"),
        ("三月_TRIAL-20260301-0001.xlsx", ""),
        ("三月-2.xlsx", ""),
    ],
)
def test_the_batch_that_a_name_begins_with(name: str, batch: str) -> None:
    assert batch_in(name) == batch


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_every_slug_is_a_safe_bounded_name_and_its_own_slug(name: str) -> None:
    made = slug(name)
    assert 1 <= len(made.encode()) <= 100
    assert not set(made) & set('/\\:*?"<>|. \n\0')
    assert "_" not in re.sub(r"_[0-9]{1,2}$", "", made)
    assert not re.search(r"-[0-9]{1,2}$", made), "as what lies beside a name of ours"
    assert not made.startswith("-")
    assert not made.endswith("-")
    assert slug(made) == made


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=60))
def test_every_name_of_a_file_system_is_shown_as_plain_text(raw: bytes) -> None:
    shown = readable(os.fsdecode(raw))
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert len(shown.splitlines()) <= 1
    assert "\0" not in shown


def test_names_of_old_chinese_archives_are_read() -> None:
    assert readable(os.fsdecode("三月宝马.xlsx".encode("gb18030"))) == "三月宝马.xlsx"


def test_half_a_character_is_shown_as_its_code() -> None:
    assert readable("a\ud800.xlsx") == r"a\ud800.xlsx"


def test_names_of_no_known_encoding_show_their_bytes() -> None:
    assert readable(os.fsdecode(b"\xff\xfe.xlsx")) == r"\xff\xfe.xlsx"


@pytest.mark.parametrize(
    ("name", "n", "expected"),
    [("a.xlsx", 1, "a.xlsx"), ("a.xlsx", 2, "a-2.xlsx"), ("a", 3, "a-3"), ("三.四.xlsx", 2, "三.四-2.xlsx")],
)
def test_names_beside_keep_their_ending(name: str, n: int, expected: str) -> None:
    assert beside(name, n) == expected


def test_a_name_beside_the_longest_name_still_fits() -> None:
    long = "三" * 83 + ".xlsx"
    assert len(beside(long, 12).encode()) <= 255
    assert beside(long, 12).endswith("三-12.xlsx")
