"""Which lines of a result stand for a comment: 问题说明 says so, and keeps what it said.

A result has no comments. What it says goes with its row, whatever program saves it, and makes no more than
the words of a question: a line that is not told of there is one that somebody drew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from vinbatch.checks.cells import original
from vinbatch.checks.headings import Layout, blank, cell_at
from vinbatch.model import COMMENT, COMMENT_LEFT_ALONE, Sheet
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset, fold
from vinbatch.ruleset.words import folded
from vinbatch.wording import LANGUAGES

_NAME = re.compile(r"\{([a-z_]+)\}")
_NUMBERED = r"(?:\d{1,2}\. )?"
# Of what a comment says the end is the last one that fits: it may have such words itself.
_SOUGHT = {"at": "(?P<at>.+?)", "said": "(?P<said>.+)", "n": "(?P<n>.+?)"}


class StandIn(Noun, frozen=True):
    """On this row the line through the field `line` stands for what was written onto the cell `at`, a word of
    the rules: `@vehicle.colour`, `@column.verdict`.

    `alone`: and for nothing else but other comments.
    """

    row: int
    at: str
    said: str
    line: str
    alone: bool


def stand_ins(token: str, sheet: Sheet, layout: Layout, ruleset: Ruleset) -> tuple[StandIn, ...]:
    """Those of this sheet whose line is still there, by row."""
    if not sheet.struck or "problems" not in layout.own:
        return ()
    struck = set(sheet.struck)
    found = []
    for row in sorted({row for row, _ in struck if 1 < row <= len(sheet.rows)}):
        cells = sheet.rows[row - 1]
        told = cell_at(cells, layout.own["problems"])
        for one in _told(token, row, "" if blank(told) else original(told), ruleset):
            column = layout.columns.get(one.line)
            if column is not None and (row, column + 1) in struck and not blank(cell_at(cells, column)):
                found.append(one)
    return tuple(found)


def _told(token: str, row: int, text: str, ruleset: Ruleset) -> Iterator[StandIn]:
    for line in text.splitlines():
        for pattern, alone in _patterns(ruleset):
            if told := pattern.match(line):
                at, through = _column(token, told["at"], ruleset), ruleset.heading(token, told["n"])
                if at and through is not None:
                    yield StandIn(row, at, told["said"], through.key, alone)
                break


def _column(token: str, heading: str, ruleset: Ruleset) -> str:
    known = ruleset.heading(token, heading)
    if known is not None:
        return f"@{token}.{known.key}"
    own = folded(ruleset.words["column"]).get(fold(heading), "")
    return f"@column.{own}" if own else ""


@lru_cache(maxsize=8)
def _patterns(ruleset: Ruleset) -> tuple[tuple[re.Pattern[str], bool], ...]:
    """How it is told, in either language, and whether the line stands for nothing else."""
    found: dict[str, bool] = {}
    for code in (COMMENT, COMMENT_LEFT_ALONE):
        rule = ruleset.findings[code]
        for lang in LANGUAGES:
            for word, alone in (("@line.instead", True), ("@line.too", False)):
                through = ruleset.word(f"{word}|{{n}}", lang)
                text = rule.zh if lang == "zh" else rule.en
                if "{at}" in text and "{line}" in text:  # a home's own may say less
                    whole = text.replace("{comment}", "“{said}”").replace("{line}", through)
                    found[_pattern(whole)] = alone
    return tuple((re.compile(_NUMBERED + pattern), alone) for pattern, alone in found.items())


def _pattern(text: str) -> str:
    """A text of the rules as a regular expression. A cell may hold a page of such words: where one of its
    parts is found it stays, or a page takes minutes.
    """
    first, *parts = _NAME.split(text)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return re.escape(first) + "".join(
        f"(?>{_SOUGHT.get(name, '.*?')}{re.escape(after)})" for name, after in pairs
    )
