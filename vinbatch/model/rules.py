"""What the rules say: fields and findings; and the texts that they are compiled from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from vinbatch.model.terms import Severity
from vinbatch.noun import Noun, field


class Rulebook(Noun, frozen=True):
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


class Field(Noun, frozen=True):
    """A column, as the rules describe it.

    `required` names one of `vinbatch.checks.predicates.PREDICATES`. `low` and `high` bound numbers; of an
    intlist each item, or the sum where `bound` is "sum"; `separator` joins its items. `length` is the
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
    own_pattern: bool = False  # the pattern is the home's: nobody vouches that it comes to an end
    zero_empty: bool = False  # 0 counts as empty where the fuel is 电
    free: bool = False  # a text to people, where 待补 may be a part of what is said
    prompt_zh: str = ""
    prompt_en: str = ""
    example: str = ""
    ivi: str = ""

    def heading(self, lang: str) -> str:
        """What stands above its column."""
        return self.zh if lang == "zh" else self.en

    def prompt(self, lang: str) -> str:
        """Its rule in a sentence or two."""
        return self.prompt_zh if lang == "zh" else self.prompt_en

    @property
    def need(self) -> str:
        """How its heading is coloured: required, optional, or conditional."""
        return {"always": "required", "never": "optional"}.get(self.required, "conditional")


class FindingRule(Noun, frozen=True):
    """A finding's code, its severity, and its texts with `{placeholders}`; examples are for the tests.

    The titles name all findings of the code in a few words, where they are counted or grouped. `cells` are
    the keys of fields that may be what is wrong as well as the one of the finding. `where` tells where it is
    mended: in its `cell` and those, or those that its `diff` names; where its `link` leads, if that is
    another row; by deleting the `row` or another, or this one alone (`delete`); by an `act` in 操作; on the
    extract of a new `query`; in an empty `form`; by another `department`; or `nowhere`, as long as something
    else is not done, or for it is `done` already. A finding about a `sheet` or the `file` has no row. One
    told `afterwards` is of what was decided, or not asked for, by then: it keeps nothing back, and is a note.
    `never` are the severities that would make no sense of it; `usual` is the one that its texts are written
    for, and `asked` has those of a note that a home asks about. `own` are the keys of texts that the home has
    otherwise: they stand, whatever the severity.
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
    cells: tuple[str, ...] = ()
    where: str = "cell"
    afterwards: bool = False
    never: tuple[str, ...] = ()
    usual: Severity = Severity.NOTE
    own: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)  # by key of its texts
    good: Mapping[str, object] = field(default_factory=dict)
    bad: Mapping[str, object] = field(default_factory=dict)
