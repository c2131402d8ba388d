"""Every reason that the room gives has its words."""

import re
from pathlib import Path

import pytest

from vinbatch import effects
from vinbatch.ruleset import Ruleset

TOKENS = sorted(
    {
        token
        for path in Path(effects.__file__).parent.glob("*.py")
        for token in re.findall(r'"(@[a-z]+\.[a-z]+)"', path.read_text(encoding="utf-8"))
    }
)


def test_the_room_gives_reasons() -> None:
    assert {"@unready.open", "@ignored.special", "@doubt.power"} <= set(TOKENS)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_reason_is_told_in_both_languages(ruleset: Ruleset, token: str, lang: str) -> None:
    assert ruleset.word(token, lang)
