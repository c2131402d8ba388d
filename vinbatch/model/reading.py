"""What the reader and the checks give: cells, rows, findings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeAlias

from vinbatch.model.terms import Param, Place, Severity, State, Type, Value
from vinbatch.noun import Noun, field


class OddKind(StrEnum):
    """Why a cell's value cannot be taken as it stands."""

    ERROR = "error"  # an error cell: text is #N/A, #REF! …
    UNCALCULATED = "uncalculated"  # a formula without a stored value: text is the formula
    MERGED = "merged"  # part of a merged range: text is the range, value the anchor's value or None
    FORMATTED = "formatted"  # a number of one decimal: its number format ("" unknown) and value


class Odd(Noun, frozen=True):
    """A cell whose plain value would lie."""

    kind: OddKind
    text: str
    value: str | float | None = None


_BLANK = hashlib.sha256().hexdigest()[:12]  # what the mark of a row without a cell of data ends with
_TELLING = 3  # cells; of what is typed below the data few have as many
Raw: TypeAlias = str | int | float | bool | datetime | date | time | Odd | None


class Sheet(Noun, frozen=True):
    """One sheet as read. `rows[i]` is Excel row i + 1, `rows[i][j]` column j + 1; nothing is skipped.

    `struck` are the cells (row, column; 1-based) that are crossed out, `unseen` those whose format shows
    nothing, `masked` those whose format shows something else, `comments` those that people wrote something
    onto, with it: what the reader of a sheet does not see as it reads.
    """

    name: str
    rows: tuple[tuple[Raw, ...], ...]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    struck: tuple[tuple[int, int], ...] = ()
    unseen: tuple[tuple[int, int], ...] = ()
    masked: tuple[tuple[int, int], ...] = ()
    comments: tuple[tuple[int, int, str], ...] = ()


class Source(Noun, frozen=True):
    """Where bytes came from. `digest` is the SHA-256 of the bytes, in hex; `department` "" is the inbox."""

    name: str
    digest: str
    department: str = ""
    owner: str = ""  # as the file system names him
    user: str = ""  # of the command, where a command brought it


_LINK = "@link.structure|"


class Finding(Noun, frozen=True):
    """One thing found. Without `row` it speaks of the whole file.

    `params` fill the placeholders of the code's texts; a value that starts with "@" is a word of the
    rules (`@act.申报`, `@state.draft`, `@vehicle.colour`), shown in the reader's language.
    `value` is the original as it was read, as text.
    """

    code: str
    severity: Severity
    sheet: str = ""
    row: int = 0
    field: str = ""
    value: str = ""
    params: tuple[tuple[str, Param], ...] = ()
    released: bool = False  # an ask that a person confirmed: now a note, shown as 已确认
    moot: str = ""  # the word that says what comes first, or is done instead, for who reads it; never stored

    @property
    def place(self) -> Place:
        """Where it stands: of the whole file at row 0 of no sheet."""
        return self.sheet, self.row

    @property
    def linked(self) -> int:
        """The row of 结构参数 that it leads to and that is to be seen to instead, 0 for none."""
        link = str(next((value for name, value in self.params if name == "link"), ""))
        return int(link.removeprefix(_LINK)) if link.startswith(_LINK) else 0


class Parsed(Noun, frozen=True):
    """parse's answer: the sheets, or the reason why there are none."""

    source: Source
    sheets: tuple[Sheet, ...] = ()
    saved_by: str = ""  # last-modified-by as the workbook claims
    refusal: Finding | None = None


class Mark(Noun, frozen=True):
    """The hidden column 记录标识: `VIN@revision:digest`, or `number@revision:digest`.

    A refused row keeps its mark. Where it was edited before it was refused again, the digest of what it says
    by then stands behind that, as `now`: so its older results are told from the newest.
    """

    key: str
    revision: int
    digest: str
    now: str = ""

    def __str__(self) -> str:
        return f"{self.known_by}:{self.now}" if self.now else self.known_by

    @property
    def known_by(self) -> str:
        """What the row is known again by, whatever was mended in it."""
        return f"{self.key}@{self.revision}:{self.digest}"

    @property
    def says(self) -> str:
        """The digest of what the row said in the result that has this mark."""
        return self.now or self.digest


class Row(Noun, frozen=True):
    """A data row, cleaned. `values` follow `Ruleset.fields(sheet)`.

    `leftovers` are the cells without a cleaned value: what the result workbook shows there
    (the original text, or the token #请重填 where the original was lost). `extra` are the cells of
    columns that we do not know, in the order of `Reading.extra`. `unedited`: its cells say what
    they said when its mark was written, though by the rules of today they say something else.
    """

    sheet: str
    number: int
    values: tuple[Value, ...]
    mark: Mark | None = None
    leftovers: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()
    unedited: bool = False

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.sheet, self.number

    @property
    def marked(self) -> bool:
        """Whether it carries a record's mark, or an entry's: those of refused rows have revision 0."""
        return self.mark is not None and self.mark.revision > 0


def tells_apart(row: Row, mark: Mark) -> bool:
    """Whether a mark tells which row it was. Rows without a VIN that say little, such as 合计, are alike in
    all workbooks, and so are those without a cell of data: they are known again in their result alone.
    """
    said = len(row.values) - row.values.count(None) + len(row.leftovers)
    return bool(mark.key) or (mark.digest != _BLANK and said >= _TELLING)


class Query(Noun, frozen=True):
    """Conditions for records, joined by AND; within one, several values by OR.

    `vins` are whole or their last 6 or more characters; `batches` are those that a record came by, whatever
    batch it is in now; dates are days of the site, inclusive; `row` is the one of the sheet 查询, 0 for none.
    """

    vins: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    types: tuple[Type, ...] = ()
    states: tuple[State, ...] = ()
    structures: tuple[str, ...] = ()
    held: bool | None = None
    since: date | None = None
    until: date | None = None
    owed_since: datetime | None = None  # declared before this moment, and not answered
    row: int = 0


class Unclear(Noun, frozen=True):
    """A row of the sheet 查询 that cannot be understood, as it was written: column token → text."""

    number: int
    cells: Mapping[str, str]


class Reading(Noun, frozen=True):
    """check's answer for one workbook: typed rows and everything found without looking anything up.

    `columns[sheet]` maps the key of each field that has a column in the source to its column number
    (1-based); a key that is missing there has no column. `keys[sheet]` are the fields that the values of its
    rows are of, in their order: the rules may have others by the time that an answer is made anew.
    """

    source: Source
    saved_by: str = ""
    rows: tuple[Row, ...] = ()
    columns: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # our sheet → the name it had
    findings: tuple[Finding, ...] = ()
    queries: tuple[Query, ...] = ()  # of the sheet 查询, those that can be understood
    unclear: tuple[Unclear, ...] = ()  # and those that cannot
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether the file as a whole is refused."""
        return refusal_of(self.findings) is not None


def refusal_of(findings: Iterable[Finding]) -> Finding | None:
    """The stop among these that is of no row: the file as a whole is refused for it."""
    return next((f for f in findings if not f.row and f.severity is Severity.STOP), None)
