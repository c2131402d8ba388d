"""An answer under way: each part whole where that can be made, else plain, else not at all.

What was dropped stops no pass: neither a report that it gives no end, nor what a process dies of.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from vinbatch.errors import BoundlessError
from vinbatch.model import FileNames, Rulebook
from vinbatch.noun import Noun
from vinbatch.run.answers.basis import Basis
from vinbatch.run.answers.parts import BOOKS, PAGE, Books, Part, Way

log = logging.getLogger("vinbatch")


class Make(Protocol):
    """Has a part made where its basis is.

    None where a process died of it, which it logs; BoundlessError where it has no end.
    """

    def __call__(self, way: Way[Part], names: FileNames, /) -> Part | None:
        """The part, made in this way for files of these names."""


def here(basis: Callable[[], Basis], rulebook: Rulebook) -> Make:
    """In this process; `basis` is asked once, for the first part."""
    asked = cache(basis)

    def make(way: Way[Part], names: FileNames, /) -> Part:
        return way(asked(), names, rulebook)

    return make


class Ready(Noun, frozen=True):
    """An answer that was made already, for files of these names; `given_up` are ways that came to nothing."""

    names: FileNames
    books: Books | None
    page: bytes | None
    given_up: frozenset[Way[Any]]


@dataclass
class Making:
    """One answer; what is `ready` of it is not made again. `law` is program and rules."""

    batch: str
    make: Make
    law: str = ""
    ready: Ready | None = None
    _given_up: set[Way[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.ready:
            self._given_up.update(self.ready.given_up)

    def books(self, kept: str = "") -> Books | None:
        """The workbooks; the result alone where that is to lie beside `kept`, a person's copy."""
        if self.ready and not kept:
            return self.ready.books
        return self._made(BOOKS, FileNames(kept=kept))

    def page(self, names: FileNames) -> bytes | None:
        """The report, which links to the result under the name that `names` has for it."""
        if self.ready and names == self.ready.names:
            return self.ready.page
        return self._made(PAGE, names)

    def all(self, names: FileNames) -> Ready:
        """Both, as they can be made."""
        books, page = self.books(), self.page(names)
        return Ready(names, books, page, frozenset(self._given_up))

    def untold(self) -> str:
        """By which law it is not what it should be: by another one it is made anew. "": it is."""
        return self.law if self._given_up else ""

    def _made(self, ways: Sequence[Way[Part]], names: FileNames) -> Part | None:
        """In the first of these ways that comes to something.

        Where none of a report does, it is this batch: the templates were tried at start.
        """
        for way in ways:
            if way not in self._given_up and (made := self._tried(way, names)) is not None:
                return made
        return None

    def _tried(self, way: Way[Part], names: FileNames) -> Part | None:
        made: Part | None = None
        try:
            made = self.make(way, names)
        except BoundlessError as e:  # that there is no more than a plain one, `status` says
            log.error("%s: the report has no end: %s", self.batch, e)
        if made is None:
            self._given_up.add(way)
        return made
