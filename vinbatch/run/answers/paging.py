"""The report of an answer, and a plain one where the real one has no end: what was dropped stops no pass."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from vinbatch.errors import BoundlessError
from vinbatch.model import FileNames, Known, Outcome, Rulebook

log = logging.getLogger("vinbatch")


@dataclass
class Paged:
    """The report of one batch, under the names that its files get; `plain` once it is a plain one.

    `law` is program and rules: by another one it is made anew.
    """

    batch: str
    make: Callable[[FileNames], bytes]
    plainly: Callable[[FileNames], bytes]
    law: str
    plain: bool = False

    def page(self, names: FileNames) -> bytes | None:
        """None where not even a plain one can be made. The template was tried at start: it is this batch."""
        if not self.plain:
            try:
                return self.make(names)
            except BoundlessError as e:
                tell(self.batch, e)
                self.plain = True
        try:
            return self.plainly(names)
        except BoundlessError as e:
            tell(self.batch, e)
            return None

    def untold(self) -> str:
        """By which law it is not what it should be; "": it is."""
        return self.law if self.plain else ""


def tell(batch: str, error: BoundlessError) -> None:
    """Into the log; that there is no more than a plain one, `status` says."""
    log.error("%s: the report has no end: %s", batch, error)


def plain_page(outcome: Outcome, known: Known, names: FileNames, rulebook: Rulebook) -> bytes:
    """That it was worked, and whom to ask."""
    from vinbatch.report.html import plain_report_page
    from vinbatch.ruleset import compile_rules

    return plain_report_page(outcome, known, names, compile_rules(rulebook))
