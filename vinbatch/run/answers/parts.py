"""What an answer consists of, and how each part is made: of a basis alone, in whichever process that is.

It has two parts, since the page names the books. Each is made whole or, where that cannot be, plainly. No
other module says so: `making` tries these ways; `answering`, `ahead` and `apart` differ in where the basis is
looked up and where a way runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from vinbatch import flow
from vinbatch.model import FileNames, Rulebook
from vinbatch.noun import Noun, replace
from vinbatch.report.words import conditions, local_time
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.basis import Basis


class Books(Noun, frozen=True):
    """The workbooks of an answer: the result, and by file name all others: extracts that 查询 asked for.

    `source` is the name of what was dropped.
    """

    source: str
    result: bytes
    others: Mapping[str, bytes]


Part = TypeVar("Part", Books, bytes)
# How a part is made for files of these names. It is importable by name: workers are sent it.
Way = Callable[[Basis, FileNames, Rulebook], Part]


def whole_books(basis: Basis, names: FileNames, rulebook: Rulebook) -> Books:
    """All of them; the result alone where that is to lie beside `names.kept`: the others are put already."""
    files = replace(basis.files, kept=names.kept)
    result = flow.answer(basis.outcome, basis.known, files, rulebook).workbook
    return _books(basis, result, {} if names.kept else _extracts(basis, rulebook))


def plain_books(basis: Basis, names: FileNames, rulebook: Rulebook) -> Books:
    """A result that says no more than that the batch was worked, and whom to ask."""
    from vinbatch.report.plain import plain_workbook

    files = replace(basis.files, kept=names.kept)
    return _books(basis, plain_workbook(basis.outcome, basis.known, files, compile_rules(rulebook)), {})


def whole_page(basis: Basis, names: FileNames, rulebook: Rulebook) -> bytes:
    """The report; `names` has the one that the result has got."""
    return flow.page(basis.outcome, basis.history(), basis.named(names), rulebook)


def plain_page(basis: Basis, names: FileNames, rulebook: Rulebook) -> bytes:
    """A report that says no more than a plain result."""
    from vinbatch.report.html import plain_report_page

    return plain_report_page(basis.outcome, basis.known, basis.named(names), compile_rules(rulebook))


BOOKS: tuple[Way[Books], ...] = (whole_books, plain_books)
PAGE: tuple[Way[bytes], ...] = (whole_page, plain_page)


def _books(basis: Basis, result: bytes, extracts: Mapping[str, bytes]) -> Books:
    return Books(basis.outcome.reading.source.name, result, extracts)


def _extracts(basis: Basis, rulebook: Rulebook) -> dict[str, bytes]:
    """What the sheet 查询 asked for, by file name."""
    ruleset = compile_rules(rulebook)
    asked = conditions(basis.outcome.reading.queries, ruleset)
    about = f"{basis.outcome.batch} · {local_time(basis.known.now, ruleset)} · {asked}"
    named = zip(basis.files.extracts, basis.extracts(), strict=True)
    return {name: flow.extract(known, rulebook, about=about) for name, known in named}
