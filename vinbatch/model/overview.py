"""What the overview of all batches shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from vinbatch.model.reading import Finding
from vinbatch.noun import Noun, field

INDEX_PAGE = "index.html"  # in reports/: the newest; closed months have pages of their own


class BatchLine(Noun, frozen=True):
    """A batch as the overview lists it. `rows` count (sheet, verdict), `by` is who brought it.

    `accepted` and `rejected` are its vehicles by customs' final answer, `overdue` those that have waited for
    one too long, `doubt` its packages in doubt; `result` and `report` are files in reports/. `open` are its
    rows that are still to be mended; a file that was refused as a whole, and has not come again, is one more.
    """

    batch: str
    taken: datetime
    source: str
    department: str = ""
    by: str = ""
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    refusal: Finding | None = None
    accepted: int = 0
    rejected: int = 0
    overdue: int = 0
    doubt: int = 0
    result: str = ""
    report: str = ""
    open: int = 0


class Day(Noun, frozen=True):
    """The vehicles of one day's batches, by verdict, and by what became of their declarations.

    `seconds` is the time in which half of those that were answered had their answer; None without any.
    """

    day: date
    rows: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0
    rejected: int = 0
    overdue: int = 0
    seconds: int | None = None


class Month(Noun, frozen=True):
    """All batches of a month of the site, `YYYYMM`. `to_mend` are rows still to be mended."""

    month: str
    batches: int
    declared: int
    to_mend: int
    accepted: int
    rejected: int
    overdue: int


class Span(Noun, frozen=True):
    """What happened from `since` to `until`, both inclusive: a day each, and the most frequent findings."""

    since: date
    until: date
    days: tuple[Day, ...] = ()
    findings: tuple[tuple[str, int], ...] = ()


class RegisterPart(Noun, frozen=True):
    """One file of the register: the name under which it lies, and whether another file has its own name."""

    number: int
    name: str
    vehicles: int
    beside: bool = False


class Unmended(Noun, frozen=True):
    """A file of which rows were refused and did not come back yet; `rows` 0: the whole file."""

    source: str
    department: str
    rows: int


class Overview(Noun, frozen=True):
    """What a page of the overview is made from. `month` "" is the index, `running` the month that it shows.

    The rest tells how the home is, on the index only: `standing` counts records by type and state, `news` are
    the lines of `status`, `unmended` those of the last days, the newest first, `beat` the last sign of a
    watch, `files` those that wait in the inbox, `form` names the empty form beside the page.
    """

    now: datetime
    month: str
    running: str
    span: Span
    lines: tuple[BatchLine, ...]
    head: str
    months: tuple[Month, ...] = ()
    register: tuple[RegisterPart, ...] = ()
    standing: tuple[tuple[str, str, int], ...] = ()
    held: int = 0
    overdue: int = 0
    doubt: int = 0
    aside: int = 0
    files: int = 0
    news: tuple[str, ...] = ()
    unmended: tuple[Unmended, ...] = ()
    beat: datetime | None = None
    form: str = ""
