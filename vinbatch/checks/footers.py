"""Lines that are no rows, and are told so: totals, who made the table, a sentence, the headings once more."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from vinbatch.checks.cells import carried
from vinbatch.checks.fillers import is_filler, unfinished
from vinbatch.checks.headed import is_heading
from vinbatch.checks.headings import Layout, cell_at
from vinbatch.model import FOOTER, HEADED, NAMED_BY, NOT_MEANT, Finding, Raw, Sheet
from vinbatch.ruleset import Ruleset
from vinbatch.ruleset.words import as_word, spoken

_SHORTEST_NAME = 6  # characters of a VIN or a number, whole or not: such a row is meant
_LONG_NAME = 11  # of one with words before it, such as 同上WBA…
# Cells beside the word that hold numbers, certificates and the like: fewer are a date and a telephone.
_DATA = 3
_SENTENCE = 5  # Chinese characters in the place of a name: fewer may be a word that was meant for one


def footers(
    token: str, sheet: Sheet, layout: Layout, rows: Collection[int], ruleset: Ruleset
) -> Mapping[int, Finding]:
    """Of these rows those that begin with a word `footer` and name nothing, have a sentence for a name and
    nothing else, or are headings once more; each with its stop.
    """
    name = NAMED_BY[token]
    ours = {column: key for key, column in layout.columns.items()}
    order = sorted((*ours, *layout.extra))
    found = {}
    for number in rows:
        cells = sheet.rows[number - 1]
        column, text = _first(cells, order)
        if column < 0 or not (
            is_heading(token, cells, layout, ruleset)
            or _is_sentence(name, cells, layout, ruleset)
            or (
                (_begins(text, ruleset) or _is_subtotal(text, ruleset))
                and not _named(cells, column, layout, name, ruleset)
            )
        ):
            continue
        key = ours.get(column, name)
        found[number] = ruleset.finding(FOOTER, sheet=token, row=number, field=key, value=text)
    return found


def alone(found: Sequence[Finding]) -> Sequence[Finding]:
    """Of what was found in a row that is not meant that alone: nobody is to fill it in. And of one that was
    read by the wrong headings: its cells are those of other columns.
    """
    return [f for f in found if f.code in NOT_MEANT] or [f for f in found if f.code == HEADED] or found


def _first(cells: Sequence[Raw], order: Sequence[int]) -> tuple[int, str]:
    """The leftmost cell that holds a text, and it; numbers, such as the total itself, are passed over."""
    for column in order:
        raw = cell_at(cells, column)
        if raw is not None and not isinstance(raw, int | float) and (text := carried(raw).strip()):
            return column, text
    return -1, ""


def _is_sentence(name: str, cells: Sequence[Raw], layout: Layout, ruleset: Ruleset) -> bool:
    """Whether all that a row says is a Chinese text where its name is due, which is no 待补."""
    text = _text(cells, layout.columns.get(name, -1))
    if text.isascii():  # quickly: as names are
        return False
    letters = [c for c in text if c.isalnum()]
    chinese = sum(unicodedata.category(c) == "Lo" for c in letters)
    if chinese < _SENTENCE or _is_name(text) or is_filler(text, ruleset):
        return False
    if chinese < len(letters) and unfinished(text, ruleset):  # DCB待补: a name that is to come
        return False
    beside = (column for key, column in layout.columns.items() if key != name)
    return not _marked(cells, layout) and not any(_text(cells, column) for column in beside)


def _text(cells: Sequence[Raw], column: int) -> str:
    raw = cells[column] if 0 <= column < len(cells) else None
    return "" if raw is None else carried(raw).strip()


def _named(cells: Sequence[Raw], first: int, layout: Layout, name: str, ruleset: Ruleset) -> bool:
    """Whether the row has a mark, names a vehicle or number beside its first word, or holds much else."""
    if _marked(cells, layout):
        return True
    beside = {column for column in layout.columns.values() if column != first and column < len(cells)}
    if layout.columns.get(name, -1) in beside and _is_name(carried(cells[layout.columns[name]])):
        return True
    return sum(_is_data(cells[column], ruleset) for column in beside) >= _DATA


def _marked(cells: Sequence[Raw], layout: Layout) -> bool:
    """Whether it has the mark of a record or of a name: that of a row without one, `@…`, names nothing."""
    mark = _text(cells, -1 if layout.mark is None else layout.mark)
    return mark != "" and not mark.startswith("@")


def _is_name(text: str) -> bool:
    """Whether it is meant for a VIN or a number, however written: wide, with Cyrillic, with too much."""
    letters = [c for c in unicodedata.normalize("NFKC", text) if c.isalnum()]
    if any(unicodedata.category(c) == "Lo" for c in letters):  # Chinese among them
        plain = [c for c in letters if c.isascii()]
        return len(plain) >= _LONG_NAME and not all(map(str.isdigit, plain))
    return len(text.strip()) >= _SHORTEST_NAME


def _is_data(raw: Raw, ruleset: Ruleset) -> bool:
    """Whether a cell holds a text with digits: numbers are what totals are made of."""
    if raw is None or isinstance(raw, int | float):
        return False
    text = carried(raw).strip()
    return len(text) >= _SHORTEST_NAME and any(map(str.isdigit, text)) and not _begins(text, ruleset)


def _begins(text: str, ruleset: Ruleset) -> bool:
    """Whether it is one of the words, or goes on behind it with no letter: 合计：3辆, 合计3辆, Total 3."""
    plain = as_word(text)
    words = _words(ruleset)
    if not plain.startswith(words):
        return False
    rests = (plain[len(word) :] for word in words if plain.startswith(word))
    return any(not rest[:1].isalpha() and rest[:1] not in ("-", "_") for rest in rests)


def _is_subtotal(text: str, ruleset: Ruleset) -> bool:
    """Whether it is one as Excel writes it below each group: `BMW-G30 汇总`, `银色 计数`."""
    _, blank, last = as_word(text).rpartition(" ")
    return bool(blank) and last in ruleset.words["footer"]["total"].forms


@lru_cache(maxsize=8)
def _words(ruleset: Ruleset) -> tuple[str, ...]:
    return tuple(map(as_word, spoken(ruleset.words["footer"])))
