"""The nouns. Plain frozen dataclasses that pickle: they travel between processes and into the ledger.

Values are cleaned cell contents: text, whole numbers, decimals, or a tuple of whole numbers
(wheelbases, axle loads); None is an empty cell. A row's number is the one Excel shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeAlias

Value: TypeAlias = str | int | float | tuple[int, ...] | None
Param: TypeAlias = str | tuple[str, ...]  # of a finding's texts

VEHICLE = "vehicle"
STRUCTURE = "structure"
# Written for an empty cell (domain section 5: an empty item is printed `-`; 不适用 also occurs).
PLACEHOLDERS = ("-", "—", "/", "无", "不适用", "N/A")


def column_letters(number: int) -> str:
    """1 is A, 26 Z, 27 AA: cell addresses are computed, never stored."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Type(StrEnum):
    """What a declaration is: 备案, 变更, 撤销. The value is its name in JSON and in file names."""

    FILING = "filing"
    CHANGE = "change"
    REVOCATION = "revocation"


class State(StrEnum):
    """Where a declaration stands: 暂存, 已申报, 海关接收成功, 海关接收失败."""

    DRAFT = "draft"
    DECLARED = "declared"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Act(StrEnum):
    """What a row may ask for; the words of the column 操作 are the choices of the field `action`."""

    DECLARE = "申报"
    SAVE = "暂存"
    CHANGE = "变更"
    SAVE_CHANGE = "变更暂存"
    REVOKE = "撤销"
    DELETE = "删除"
    DELETE_ALL = "删除含结构参数"


class Verdict(StrEnum):
    """What became of a row: 已申报, 已暂存, 待核实, 未通过, 无变化, 已删除, 已入库."""

    DECLARED = "declared"
    SAVED = "saved"
    HELD = "held"
    REFUSED = "refused"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    STORED = "stored"


class Severity(StrEnum):
    """A stop refuses the row, an ask holds it until a person confirms, a note only tells."""

    STOP = "stop"
    ASK = "ask"
    NOTE = "note"


class Effect(StrEnum):
    """What came of a reply."""

    APPLIED = "applied"  # the declaration has its final state by it
    PROGRESS = "progress"  # it goes on waiting, or had its final state already
    REPEATED = "repeated"  # the final state that it had
    LATE = "late"  # a later declaration of the VIN has taken its place: history only
    REFUSED = "refused"  # it contradicts the final state
    OVERRODE = "overrode"  # it contradicted, and a person settled it


# ── what the reader gives ────────────────────────────────────────────────────────────────────────


class OddKind(StrEnum):
    """Why a cell's value cannot be taken as it stands."""

    ERROR = "error"  # an error cell: text is #N/A, #REF! …
    UNCALCULATED = "uncalculated"  # a formula without a stored value: text is the formula
    MERGED = "merged"  # part of a merged range: text is the range, value the anchor's value or None
    FORMATTED = "formatted"  # a number of one decimal: its number format ("" unknown) and value


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell whose plain value would lie."""

    kind: OddKind
    text: str
    value: str | float | None = None


Raw: TypeAlias = str | int | float | bool | datetime | date | time | Odd | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as read. `rows[i]` is Excel row i + 1, `rows[i][j]` column j + 1; nothing is skipped."""

    name: str
    rows: tuple[tuple[Raw, ...], ...]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where bytes came from. `digest` is the SHA-256 of the bytes, in hex; `department` "" is the inbox."""

    name: str
    digest: str
    department: str = ""
    owner: str = ""  # as the file system names him
    user: str = ""  # of the command, where a command brought it


@dataclass(frozen=True, slots=True)
class Finding:
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


@dataclass(frozen=True, slots=True)
class Parsed:
    """parse's answer: the sheets, or the reason why there are none."""

    source: Source
    sheets: tuple[Sheet, ...] = ()
    saved_by: str = ""  # last-modified-by as the workbook claims
    refusal: Finding | None = None


# ── what the checks give ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Mark:
    """The hidden column 记录标识: `VIN@revision:digest`, or `number@revision:digest`."""

    key: str
    revision: int
    digest: str

    def __str__(self) -> str:
        return f"{self.key}@{self.revision}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Row:
    """A data row, cleaned. `values` follow `Ruleset.fields(sheet)`.

    `leftovers` are the cells without a cleaned value: what the result workbook shows there
    (the original text, or the token #请重填 where the original was lost). `extra` are the cells of
    columns that we do not know, in the order of `Reading.extra`.
    """

    sheet: str
    number: int
    values: tuple[Value, ...]
    mark: Mark | None = None
    leftovers: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions for records, joined by AND; within one, several values by OR.

    `vins` are whole or their last 6 or more characters; dates are days of the site, inclusive.
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


@dataclass(frozen=True, slots=True)
class Unclear:
    """A row of the sheet 查询 that cannot be understood, as it was written: column token → text."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """check's answer for one workbook: typed rows and everything found without looking anything up.

    `columns[sheet]` maps the key of each field that has a column in the source to its column number
    (1-based); a key that is missing there has no column. `last_row[sheet]` is the last Excel row.
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

    @property
    def refused(self) -> bool:
        """Whether the file as a whole is refused."""
        return any(not f.row and f.severity is Severity.STOP for f in self.findings)


# ── what the ledger knows ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reply:
    """What customs answered to one declaration: to this VIN within the package of this guid.

    `state` is what the return code means; progress leaves it at DECLARED. `time` are the digits of
    ReturnTime (yyyyMMddHHmmssSSS, the site's time zone), "" where there are none. `receipt` is the SHA-256 of
    the receipt, `effect` what came of it, `user` who recorded it by command.
    """

    guid: str
    vin: str
    status: str
    state: State
    time: str = ""
    info: str = ""
    receipt: str = ""
    effect: Effect = Effect.APPLIED
    user: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One declaration of a record: what it says and where it stands.

    `structure_revision` is the catalogue revision that it was declared with; None follows the latest.
    `since` is when it was declared or drafted (UTC), `heard` customs' last word on it.
    """

    type: Type
    state: State
    batch: str
    data: Mapping[str, Value]
    structure_revision: int | None = None
    since: datetime | None = None
    heard: Reply | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A VIN. `now` is its latest declaration or draft, `accepted` the one that customs last accepted.

    `before` is what a change draft returns to when it is dropped, `previous` what was in force before customs
    accepted the latest change. `version` rises with every change of data or state, `revision` with changes of
    data only. `held` are the asks that a draft waits for, each `code:field:value`: a confirmation answers the
    same question about the same value. Times are UTC.
    """

    vin: str
    version: int
    revision: int
    now: Standing
    department: str = ""
    accepted: Standing | None = None
    before: Standing | None = None
    previous: Standing | None = None
    held: tuple[str, ...] = ()
    revoked: str = ""  # of an accepted revocation: its date, YYYY-MM-DD
    updated: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether it still stands: everything but an accepted revocation."""
        return not (self.now.type is Type.REVOCATION and self.now.state is State.ACCEPTED)

    @property
    def in_force(self) -> Standing | None:
        """What customs has accepted and nobody has revoked."""
        filed = self.now.type is Type.FILING and self.now.state is not State.ACCEPTED
        return self.accepted if self.live and not filed else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter set of the catalogue, one revision of it. `confirmed` are its released asks."""

    number: str
    revision: int
    values: Mapping[str, Value]
    confirmed: tuple[str, ...] = ()
    batch: str = ""
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Users:
    """The live records that use a structure number.

    `firm` counts those beyond filing drafts and rejected filings; `sample` names the first 205 VINs;
    `certificate` is the CCC certificate (first 16 digits) first on record and `certificate_vin` its VIN.
    """

    live: int = 0
    firm: int = 0
    sample: tuple[str, ...] = ()
    certificate: str = ""
    certificate_vin: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything looked up for a chunk of readings, as it stood before the first of them."""

    records: Mapping[str, Record] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)  # the latest revision of each number
    former: Mapping[tuple[str, int], Entry] = field(default_factory=dict)  # revisions that records stand on
    users: Mapping[str, Users] = field(default_factory=dict)
    # source digest → (sheet, row) that an earlier drop of these bytes acted on → its batch
    seen: Mapping[str, Mapping[tuple[str, int], str]] = field(default_factory=dict)
    # (WMI, country) pairs that were confirmed or accepted by customs
    agreed: frozenset[tuple[str, str]] = frozenset()
    blind: bool = False  # nothing was looked up: a check without a home


# ── what decide gives ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Diff:
    """One value of a record or entry that changed."""

    field: str
    old: Value
    new: Value
    sheet: str = VEHICLE


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record to write. `expected` is the version it must have now (0: none); record None deletes it."""

    vin: str
    expected: int
    kind: str  # declared, saved, held, changed …: the event's name
    record: Record | None
    sheet: str = ""
    row: int = 0
    diff: tuple[Diff, ...] = ()
    released: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A catalogue entry to write. `expected` is its latest revision now (0: none); entry None deletes it."""

    number: str
    expected: int
    kind: str  # learnt, revised, confirmed, deleted
    entry: Entry | None
    sheet: str = ""
    row: int = 0
    diff: tuple[Diff, ...] = ()
    released: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """One vehicle of a package, with the parameters it is declared with."""

    type: Type
    vin: str
    data: Mapping[str, Value]
    entry: Entry | None
    sheet: str = VEHICLE
    row: int = 0
    entry_row: int = 0  # the row of 结构参数 it came from, 0: from the catalogue
    diff: tuple[Diff, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with its verdict. `mark` is what the result workbook carries for it."""

    row: Row
    verdict: Verdict
    act: Act | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
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
    def refused(self) -> bool:
        """Whether the file as a whole was refused."""
        return any(not f.row and f.severity is Severity.STOP for f in self.findings)


@dataclass(frozen=True, slots=True)
class Package:
    """What goes to customs: one per type and batch. `guid` is 36 characters, upper case."""

    name: str
    guid: str
    type: Type
    batch: str
    data: bytes
    digest: str
    vins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A package and where it stands: `due`, `publishing`, `published`, or in `doubt`.

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


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the audit chain as it was stored. `body` has time, kind, and what the kind needs."""

    id: int
    vin: str
    batch: str
    body: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Files:
    """Names of files that came of a batch: packages, extracts asked for, its result; and of the form."""

    packages: tuple[str, ...] = ()
    extracts: tuple[str, ...] = ()
    found: int = 0  # records in the extracts
    result: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger holds at `now` for an answer or an extract, in the order in which it is shown.

    `asks` are the questions that held drafts wait for, by VIN; `replies` what customs answered to the
    batch's packages; `head` is the head of the audit chain. `packages` are those of the batch, `events` its
    own; `histories` those of the vehicles that were asked for, by VIN; `sources` where a batch came from: its
    file, department, and owner or user.
    """

    now: datetime
    records: Mapping[str, Record] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    asks: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    replies: tuple[Reply, ...] = ()
    head: str = ""
    packages: tuple[Due, ...] = ()
    events: tuple[Event, ...] = ()
    histories: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to people: the bytes of the result workbook."""

    batch: str
    workbook: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it goes out: its texts, and those that say that it may be a repetition.

    `references` is the Message-ID of the mail that it answers. `attachment` is a digest in the archive, under
    the name `attachment_name`; "" where there is none.
    """

    subject: str
    text: str
    html: str
    text_again: str
    html_again: str
    references: str = ""
    attachment: str = ""
    attachment_name: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a command asks of every record that it is about: the cells that a clerk would fill in.

    `marked` False leaves the record marks out, so that 核实确认 answers every ask, also one that nobody was
    held for: who gives the command answers for it.
    """

    act: Act
    reason: str = ""
    confirmed: bool = False
    marked: bool = True


# ── what customs answers ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Return:
    """One answer of a receipt: `status` is customs' return code; `vin` "" speaks for the whole package."""

    status: str
    vin: str = ""
    time: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as read. With returns for single vehicles it speaks for those only (semantics section 6)."""

    guid: str
    digest: str
    returns: tuple[Return, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A package that a receipt may speak for: what was declared with it."""

    guid: str
    batch: str
    type: Type
    declarations: tuple[Declaration, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a receipt does: records to write, replies to keep, and what of it cannot be used."""

    records: tuple[RecordChange, ...] = ()
    replies: tuple[Reply, ...] = ()
    problems: tuple[Finding, ...] = ()
    agreed: tuple[tuple[str, str], ...] = ()  # (WMI, country) pairs that customs accepted


# ── what the overview shows ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch as the overview lists it. `rows` count (sheet, verdict), `by` is who brought it.

    `accepted` and `rejected` are its vehicles by customs' final answer, `overdue` those that have waited for
    one too long, `doubt` its packages in doubt; `result` and `report` are files in reports/.
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


@dataclass(frozen=True, slots=True)
class Day:
    """The vehicles of one day's batches, by verdict, and by what became of their declarations.

    `seconds` is the time in which half of those that were answered had their answer; None without any.
    """

    day: date
    rows: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0
    rejected: int = 0
    overdue: int = 0
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """All batches of a month of the site, `YYYYMM`. `to_mend` are rows that were refused or held."""

    month: str
    batches: int
    declared: int
    to_mend: int
    accepted: int
    rejected: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Span:
    """What happened from `since` to `until`, both inclusive: a day each, and the most frequent findings."""

    since: date
    until: date
    days: tuple[Day, ...] = ()
    findings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterPart:
    """One file of the register: the name under which it lies, and whether another file has its own name."""

    number: int
    name: str
    vehicles: int
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """What a page of the overview is made from. `month` "" is the index, `running` the month that it shows.

    The rest tells how the home is, on the index only: `standing` counts records by type and state, `news` are
    the lines of `status`, `beat` the last sign of a watch, `files` those that wait in the inbox.
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
    beat: datetime | None = None


# ── rules ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules, templates and tables as texts, read once. The digest stands for all of them.

    `packaged` and `home` map file names (`fields.toml`, `wmi.csv` …) to texts; the home's lie over the
    packaged ones table by table. `templates` are already laid over each other file by file.
    """

    packaged: tuple[tuple[str, str], ...]
    home: tuple[tuple[str, str], ...]
    templates: tuple[tuple[str, str], ...]
    digest: str


class Kind(StrEnum):
    """How a field's cell is read."""

    VIN = "vin"
    CODE = "code"
    CCC = "ccc"
    MONTH = "month"
    TEXT = "text"
    CHOICE = "choice"
    YESNO = "yesno"
    INT = "int"
    DECIMAL = "decimal"
    INTLIST = "intlist"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Field:
    """A column, as the rules describe it.

    `required` names a predicate of `vinbatch.checks.across.PREDICATES`. `low` and `high` bound numbers; of
    an intlist each item, or the sum where `bound` is "sum"; `separator` joins its items. `length` is the
    most characters. `choices` are the words as stored; `choice_aliases` other words for them.
    """

    sheet: str
    key: str
    zh: str
    en: str
    kind: Kind
    required: str
    element: str
    aliases: tuple[str, ...] = ()
    unit: str = ""
    choices: tuple[str, ...] = ()
    choice_aliases: Mapping[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    bound: str = "each"
    separator: str = "/"
    length: int | None = None
    pattern: str = ""
    zero_empty: bool = False  # 0 counts as empty where the fuel is 电
    prompt_zh: str = ""
    prompt_en: str = ""
    example: str = ""
    ivi: str = ""


@dataclass(frozen=True, slots=True)
class FindingRule:
    """A finding's code, its severity, and its texts with `{placeholders}`; examples are for the tests.

    The titles name all findings of the code in a few words, where they are counted or grouped.
    """

    code: str
    severity: Severity
    title_zh: str
    title_en: str
    zh: str
    cure_zh: str
    en: str
    cure_en: str
    params: tuple[str, ...] = ()
    good: Mapping[str, object] = field(default_factory=dict)
    bad: Mapping[str, object] = field(default_factory=dict)
