"""Answers made ahead: by workers, while the pass goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from vinbatch.effects.pool import ERROR, Died, Workers
from vinbatch.errors import VinbatchError
from vinbatch.lifecycle.refit import refit
from vinbatch.model import FileNames, Known, Outcome, Reading, Rulebook, Source
from vinbatch.noun import Noun
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.basis import Basis
from vinbatch.run.answers.making import Making, Ready, here
from vinbatch.run.answers.parts import BOOKS, PAGE
from vinbatch.run.answers.telling import Answered, Teller
from vinbatch.run.isolating import isolating_bugs
from vinbatch.run.judging.judge import given_rulebook
from vinbatch.store.codec import outcome_from
from vinbatch.zipped import inflated

log = logging.getLogger("vinbatch")
_NEVER = datetime.min.replace(tzinfo=UTC)


class Packed(Noun, frozen=True):
    """A basis as it goes to a worker, and the names that the files of the answer are to have.

    `outcome` is the stored one as the ledger keeps it: pickled as an object, that of a full workbook is eight
    times as long, and takes 9 ms. `paged` is what is known with the history.
    """

    batch: str
    outcome: bytes
    known: Known
    paged: Known
    files: FileNames
    names: FileNames

    def basis(self, rulebook: Rulebook) -> Basis:
        """The same to make an answer from; it has no extracts, which take the ledger."""
        outcome = refit(outcome_from(inflated(self.outcome)), compile_rules(rulebook))
        return Basis(outcome, self.known, self.files, lambda: self.paged, tuple)


def made_ahead(packed: Packed) -> Ready | VinbatchError:
    """Runs in a worker. Broken rules are no death, but a value."""
    rulebook = given_rulebook()
    try:
        return Making(packed.batch, here(lambda: packed.basis(rulebook), rulebook)).all(packed.names)
    except VinbatchError as e:
        return e


def get_ready_here(_number: int) -> None:
    """Runs in a worker: the imports, forms and templates that its first answer would wait for."""
    rulebook, known = given_rulebook(), Known(_NEVER)
    nothing = Basis(Outcome("", _NEVER, Reading(Source("", ""))), known, FileNames(), lambda: known, tuple)
    with suppress(VinbatchError):  # it is told of the first answer
        BOOKS[0](nothing, FileNames(), rulebook)
        PAGE[0](nothing, FileNames(), rulebook)


class Ahead(Noun, frozen=True):
    """Answers that workers have begun to make."""

    teller: Teller
    packed: tuple[Packed, ...]
    given: Callable[[], list[Ready | VinbatchError | Died]]

    @staticmethod
    def begin(teller: Teller, due: Sequence[str], workers: Workers) -> Ahead:
        """These batches as they stand now; not those that give an extract, which takes the ledger."""
        found = isolating_bugs(due, lambda some: [_packed(b, teller) for b in some], lambda _b: None, str)
        packed = tuple(one for one in found if one is not None)
        return Ahead(teller, packed, workers.begin(made_ahead, packed))

    @property
    def batches(self) -> frozenset[str]:
        """The batches whose answers are begun."""
        return frozenset(one.batch for one in self.packed)

    def put(self, apart: Callable[[Sequence[str]], list[Answered]]) -> list[Answered]:
        """Write them; a bug of ours leaves one due, and is told. `apart` makes those whose maker died.

        One is left due, too, where a package moved since: the answer says otherwise, and is made again.
        """
        made: list[Making] = []
        failed: list[Answered] = []
        died: list[str] = []
        rulebook, law = self.teller.rulebook, self.teller.law
        for packed, ready in zip(self.packed, self.given(), strict=True):
            if isinstance(ready, VinbatchError):
                raise ready
            if self.teller.ledger.packages.of([packed.batch]) != packed.paged.packages:
                continue
            if not isinstance(ready, Died):
                otherwise = here(partial(packed.basis, rulebook), rulebook)
                made.append(Making(packed.batch, otherwise, law, ready))
            elif ready.reason == ERROR:
                log.error("%s: failed %s", packed.batch, ready.detail)
                failed.append(Answered(packed.batch, failed=True))
            else:
                died.append(packed.batch)
        return self.teller.tell(made) + failed + apart(died)


def _packed(batch: str, teller: Teller) -> Packed | None:
    basis = teller.basis(batch)
    if basis.outcome.reading.queries:
        return None
    _, names = teller.names(batch, basis.outcome.reading.source.name)
    outcome = teller.ledger.stored_outcome(batch)
    return Packed(batch, outcome, basis.known, basis.history(), basis.files, names)
