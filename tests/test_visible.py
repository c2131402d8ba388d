"""Text that came from others, as it is shown."""

import unicodedata

import pytest

from vinbatch.visible import visible

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def test_no_character_that_hides_or_steers_is_left() -> None:
    """Of all that Unicode has; tab and newline are layout, not disguise."""
    for number in range(0x110000):
        char = chr(number)
        due = unicodedata.category(char) in _UNSEEN and char not in "\t\n"
        if due:
            assert visible(char) == f"⟨U+{number:04X}⟩"


@pytest.mark.parametrize("text", ["海关入库（已审核）", "a\tb\nc", "\u3000\xa0é🚗", ""])
def test_what_can_be_seen_stays(text: str) -> None:
    assert visible(text) == text


def test_an_end_of_line_of_windows_is_one() -> None:
    assert visible("a\r\nb\rc") == "a\nb⟨U+000D⟩c"
