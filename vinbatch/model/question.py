"""Questions as the ledger keeps them: what a row was asked, about which value.

They are kept as text, `code:field:value`, since a confirmation answers the same question about the same value
and no other; about parameters `@revision` stands behind, the one of the catalogue that was asked about, and
about a comment, in a line of its own, what it said.
"""

from __future__ import annotations

from collections.abc import Iterable

from vinbatch.model.outcome import COMMENT, UNANSWERING
from vinbatch.noun import Noun

PARAMETERS = "STRUCTURE-ASK"  # of a vehicle, which says where to answer: on the row of its parameters
COUNTRY = "WMI-COUNTRY"
REASON_ALONE = "REVOCATION-REASON-ALONE"
SAYS_NO = "CONFIRMED-NO"  # 核实确认 does
OF_PARAMETERS = frozenset({COUNTRY, PARAMETERS})  # what is asked of a vehicle because of its parameters
_ON_ROW = f"{PARAMETERS}-ROW"
_NUMBER = "structure_no"
# What a workbook showed beside its values, or in its other rows: an extract has neither, and asks none of it.
# Some are notes, unless a home asks about them.
_SHOWN = frozenset(
    {
        "ACT-UNSAID",
        "CELL-CLEANED",
        COMMENT,
        "CELL-MASKED",
        "CELL-STRUCK",
        "CELL-UNREAD",
        UNANSWERING,
        "DATE-CELL",
        "DATE-OCTOBER",
        "DEPARTMENT-OTHER",
        "ENGINE-TWICE",
        "FIELD-GONE",
        "MOTOR-TWICE",
        "RECORD-REPLACED",
        REASON_ALONE,
        "ROW-STRUCK",
        "VALUES-IN-STEP",
        "VIN-REPLACED",
        "VINS-CROSSED",
    }
)


class Question(Noun, frozen=True):
    """What was asked. `value` is the cell as people see it, with those of other cells that count; `revision`
    that of the parameters which a vehicle was asked about: with the next it is another question. `said` is
    the comment that was asked about: another one is another question, whatever the cell holds.
    """

    code: str
    field: str
    value: str
    revision: int | None = None
    said: str = ""

    @classmethod
    def read(cls, text: str) -> Question:
        """The question that is kept as this text."""
        code, field, value = text.split(":", 2)
        if code in OF_PARAMETERS:  # those of old ledgers have no revision
            about, at, revision = value.rpartition("@")
            if at and revision.isdecimal():
                return cls(code, field, about, int(revision))
        if code == COMMENT:  # those of trial builds do not say it
            value, _, said = value.partition("\n")
            return cls(code, field, value, said=said)
        return cls(code, field, value)

    @property
    def text(self) -> str:
        """What the ledger keeps."""
        told = f"{self.code}:{self.field}:{self.value}" + (f"\n{self.said}" if self.said else "")
        return told if self.revision is None else f"{told}@{self.revision}"

    @property
    def called(self) -> str:
        """What it is called, as a word of the rules; of a comment with what it said."""
        return f"@title.{self.code}" + (f"|{self.said}" if self.said else "")

    @property
    def shown(self) -> bool:
        """Whether it was asked for what the workbook showed: the values alone do not raise it again."""
        return self.code in _SHOWN

    @property
    def of_their_row(self) -> bool:
        """Whether it was asked of the row of a vehicle's parameters, and is kept beside the vehicle's own."""
        return self.code == _ON_ROW or (self.code, self.field) == (SAYS_NO, _NUMBER)


class AboutParameters(Noun, frozen=True):
    """What a draft has open about its parameters, those of one number.

    `asked`: they were asked about, at whatever revision. `on_row`: their own row showed something that is
    stored nowhere. `denied`: their own row said 否; once that cell is blank, nothing else tells.
    """

    number: str
    asked: bool = False
    on_row: bool = False
    denied: bool = False

    @classmethod
    def of(cls, asks: Iterable[str], number: str) -> AboutParameters:
        """Of all that a draft was asked."""
        there = {q.code for ask in asks if (q := Question.read(ask)).field == _NUMBER and q.value == number}
        return cls(number, PARAMETERS in there, _ON_ROW in there, SAYS_NO in there)

    @property
    def open(self) -> bool:
        """Whether anything about them is open."""
        return self.asked or self.on_row_alone

    @property
    def on_row_alone(self) -> bool:
        """Whether only their own row can answer: nothing that the catalogue learns from others does."""
        return self.on_row or self.denied

    @property
    def elsewhere(self) -> bool:
        """Whether another workbook may answer."""
        return self.asked and not self.on_row_alone

    @property
    def of_row(self) -> tuple[str, ...]:
        """What a draft keeps of their row, beside the questions that its own row was asked."""
        codes = ((self.denied, SAYS_NO), (self.on_row, _ON_ROW))
        return tuple(Question(code, _NUMBER, self.number).text for is_so, code in codes if is_so)


def denied_numbers(asks: Iterable[str]) -> frozenset[str]:
    """The parameters whose own row said 否, of all that some drafts were asked: each is read once."""
    read = map(Question.read, asks)
    return frozenset(was.value for was in read if (was.code, was.field) == (SAYS_NO, _NUMBER))
