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


@pytest.mark.parametrize(
    "char", ["\u034f", "\u115f", "\u17b4", "\u180b", "\u2800", "\u3164", "\uffa0", "\U000e0100", "\U000e01ef"]
)
def test_a_letter_that_is_drawn_as_nothing_is_told(char: str) -> None:
    assert char.isprintable()
    assert visible(f"黑{char}色") == f"黑⟨U+{ord(char):04X}⟩色"


@pytest.mark.parametrize("text", ["✔\ufe0f", "海关入库（已审核）", "a\tb\nc", "\u3000\xa0é🚗", ""])
def test_what_can_be_seen_stays(text: str) -> None:
    assert visible(text) == text


def test_an_end_of_line_of_windows_is_one() -> None:
    assert visible("a\r\nb\rc") == "a\nb⟨U+000D⟩c"
