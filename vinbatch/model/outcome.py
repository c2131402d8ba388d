"""What deciding gives, and what becomes of it: changes, declarations, packages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vinbatch.model.ledger import Entry, Record
from vinbatch.model.reading import Finding, Mark, Reading, Row, refusal_of
from vinbatch.model.terms import VEHICLE, Act, Place, Type, Value, Verdict
from vinbatch.noun import Noun


class Diff(Noun, frozen=True):
    """One value of a record or entry that changed."""

    field: str
    old: Value
    new: Value
    sheet: str = VEHICLE

    @property
    def told(self) -> dict[str, Value]:
        """For the audit chain and the manifest."""
        return {"sheet": self.sheet, "field": self.field, "old": self.old, "new": self.new}


class RecordChange(Noun, frozen=True):
    """A record to write. `expected` is the version it must have now (0: none); record None deletes it."""

    vin: str
    expected: int
    kind: str  # declared, saved, held, changed …: the event's name
    record: Record | None
    sheet: str = ""
    row: int = 0
    diff: tuple[Diff, ...] = ()
    released: tuple[str, ...] = ()


class EntryChange(Noun, frozen=True):
    """A catalogue entry to write. `expected` is its latest revision now (0: none); entry None deletes it."""

    number: str
    expected: int
    kind: str  # learnt, revised, confirmed, deleted
    entry: Entry | None
    sheet: str = ""
    row: int = 0
    diff: tuple[Diff, ...] = ()
    released: tuple[str, ...] = ()


class Declaration(Noun, frozen=True):
    """One vehicle of a package, with the parameters it is declared with."""

    type: Type
    vin: str
    data: Mapping[str, Value]
    entry: Entry | None
    sheet: str = VEHICLE
    row: int = 0
    entry_row: int = 0  # the row of 结构参数 it came from, 0: from the catalogue
    diff: tuple[Diff, ...] = ()


class Judged(Noun, frozen=True):
    """A row with its verdict. `mark` is what the result workbook carries for it."""

    row: Row
    verdict: Verdict
    act: Act | None = None
    mark: Mark | None = None


UNREAD = "SHEET-UNREAD"
# The cells of a row stand beside their columns, by one, or since other headings stand above it: nothing else
# is told of them.
SHIFTED, HEADED = "ROW-SHIFTED", "ROW-OTHER-HEADINGS"
MISPLACED = frozenset({SHIFTED, HEADED})
LIST_ANSWERED = "LIST-ANSWERED"  # somebody wrote into 问题清单
FOOTER = "ROW-FOOTER"
OLDER = "MARK-OLDER"  # of an older result, and left to the later batch that has it
CALLED_OFF = "ACT-CALLED-OFF"
UNKNOWN_ACT = "ACT-UNKNOWN"
LEFT_ALONE = "LOOK-LEFT-ALONE"  # a cell crossed out, or masked, of a row that asks for nothing
COMMENT = "CELL-COMMENT"  # what people wrote onto a cell
COMMENT_LEFT_ALONE = "COMMENT-LEFT-ALONE"  # the same, of a row that asks for nothing
UNANSWERING = "CONFIRMED-DOUBTFUL"  # a 核实确认 that answers nothing
NOT_MEANT = frozenset({FOOTER, CALLED_OFF})  # the row is to be deleted, whatever else is wrong with it


class Outcome(Noun, frozen=True):
    """decide's answer for one workbook; stored whole, and everything people see is made from it."""

    batch: str
    now: datetime
    reading: Reading
    rows: tuple[Judged, ...] = ()
    findings: tuple[Finding, ...] = ()
    records: tuple[RecordChange, ...] = ()
    entries: tuple[EntryChange, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    agreed: tuple[tuple[str, str], ...] = ()  # (WMI, country) pairs that a person confirmed

    @property
    def refusal(self) -> Finding | None:
        """Why the file as a whole was refused; None where it was not."""
        return refusal_of(self.findings)

    @property
    def refused(self) -> bool:
        """Whether the file as a whole was refused."""
        return self.refusal is not None

    @property
    def to_mend(self) -> bool:
        """Whether rows were refused, held or not read, queries that cannot be read among them."""
        return bool(self.reading.unclear or self.unread) or any(
            j.verdict in (Verdict.REFUSED, Verdict.HELD) for j in self.rows
        )

    @property
    def unread(self) -> int:
        """How many rows stand in second sheets of vehicles or parameters, which nobody read."""
        return sum(int(str(dict(f.params)["count"])) for f in self.findings if f.code == UNREAD)

    @property
    def older(self) -> frozenset[Place]:
        """Rows of an older result, which are left to the later batch that has them."""
        return frozenset(f.place for f in self.findings if f.code == OLDER)


class Package(Noun, frozen=True):
    """What goes to customs: one per type and batch. `guid` is 36 characters, upper case."""

    name: str
    guid: str
    type: Type
    batch: str
    data: bytes
    digest: str
    vins: tuple[str, ...]


# Where a package stands on its way out.
DUE, PUBLISHING, PUBLISHED, DOUBT = "due", "publishing", "published", "doubt"


class StoredPackage(Noun, frozen=True):
    """A package as the ledger has it, and where it stands: `due`, `publishing`, `published`, or in `doubt`.

    `boot` is the kernel's boot id when its publishing began, `reason` a word of the rules, `published` the
    time (ISO, UTC).
    """

    guid: str
    batch: str
    type: str
    name: str
    digest: str
    vehicles: int
    state: str
    boot: str
    reason: str
    published: str
