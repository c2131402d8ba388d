"""A part of an answer is made whole, else plainly, else not at all; what failed once is not tried again."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import pytest
from desk import NOW, Desk

from vinbatch.errors import BoundlessError, RulesError
from vinbatch.model import FileNames, Known, Rulebook
from vinbatch.run.answers.basis import Basis
from vinbatch.run.answers.making import Making, Ready, here
from vinbatch.run.answers.parts import (
    Books,
    Way,
    plain_books,
    plain_page,
    whole_books,
    whole_page,
)

NAMES = FileNames(result="a.xlsx")
OTHER = FileNames(result="a-2.xlsx", kept="a.xlsx")
BOOKS = Books("a.xlsx", b"result", {})
DIED = None
ENDLESS = BoundlessError("template.page", at="report.html", why="more")


@dataclass
class Comes:
    """What comes of each way, where that is not the name of the way; and what was tried."""

    of: Mapping[Way[Any], Any]
    tried: list[Way[Any]] = field(default_factory=list)

    def __call__(self, way: Way[Any], names: FileNames, /) -> Any:
        self.tried.append(way)
        made = self.of.get(way, b"made")
        if isinstance(made, Exception):
            raise made
        return made


@pytest.mark.parametrize("whole", [DIED, ENDLESS], ids=["died", "endless"])
def test_a_page_that_cannot_be_made_is_a_plain_one_by_the_law_of_today(whole: BoundlessError | None) -> None:
    comes = Comes({whole_page: whole, plain_page: b"plain"})
    making = Making("B", comes, "law")
    assert (making.untold(), making.page(NAMES), making.untold()) == ("", b"plain", "law")


def test_under_another_name_it_is_plain_at_once() -> None:
    """A process would die of it once more."""
    comes = Comes({whole_page: DIED})
    making = Making("B", comes)
    making.page(NAMES)
    making.page(OTHER)
    assert comes.tried == [whole_page, plain_page, plain_page]


def test_that_one_part_is_plain_leaves_the_other_whole() -> None:
    comes = Comes({whole_books: DIED, plain_books: BOOKS})
    making = Making("B", comes)
    assert making.books() == BOOKS
    making.page(NAMES)
    assert comes.tried == [whole_books, plain_books, whole_page]


def test_where_not_even_a_plain_one_can_be_made_there_is_none(caplog: pytest.LogCaptureFixture) -> None:
    making = Making("B", Comes({whole_page: ENDLESS, plain_page: ENDLESS}))
    with caplog.at_level(logging.ERROR):
        assert making.page(NAMES) is None
    assert [record.message[:2] for record in caplog.records] == ["B:", "B:"]


def test_broken_rules_are_no_fault_of_the_batch() -> None:
    making = Making(
        "B", Comes({whole_page: RulesError("template.page", at="report.html", why="wrong")}), "law"
    )
    with pytest.raises(RulesError):
        making.page(NAMES)
    assert making.untold() == ""


def test_what_is_ready_is_made_again_only_where_it_is_to_say_something_else() -> None:
    """As the worker would have: what came to nothing there is not tried here."""
    comes = Comes({plain_page: b"anew"})
    making = Making("B", comes, "law", Ready(NAMES, BOOKS, b"page", frozenset([whole_page])))
    assert (making.books(), making.page(NAMES), comes.tried) == (BOOKS, b"page", [])
    assert (making.page(OTHER), comes.tried) == (b"anew", [plain_page])
    assert making.untold() == "law"


def test_a_basis_is_looked_up_once_for_all_parts(rulebook: Rulebook) -> None:
    asked: list[str] = []

    def basis() -> Basis:
        asked.append("basis")
        return basis_of(rulebook)

    making = Making("B", here(basis, rulebook))
    assert (making.books(), making.page(NAMES)) != (None, None)
    assert asked == ["basis"]


@pytest.mark.parametrize("way", [whole_books, plain_books])
def test_a_result_beside_a_persons_copy_says_why_and_the_others_lie_there(
    way: Way[Books], rulebook: Rulebook
) -> None:
    """A plain one did not."""
    books = way(basis_of(rulebook), OTHER, rulebook)
    sheet = openpyxl.load_workbook(io.BytesIO(books.result)).worksheets[0]
    told = {str(row[1].value): str(row[2].value) for row in sheet.iter_rows() if len(row) > 2}
    assert "a.xlsx" in told["为何另存"]
    assert books.others == {}


def basis_of(rulebook: Rulebook) -> Basis:
    """A workbook of one vehicle, and one file that it asked for."""
    outcome, known = Desk(rulebook).drop(), Known(NOW)
    return Basis(outcome, known, FileNames(extracts=("q.xlsx",)), lambda: known, lambda: (known,))


def test_others_are_made_beside_the_result_under_their_names(rulebook: Rulebook) -> None:
    books = whole_books(basis_of(rulebook), NAMES, rulebook)
    assert list(books.others) == ["q.xlsx"]
