"""The checked rules, as every other room asks them for fields, findings, words and settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from vinbatch.counted import counted
from vinbatch.errors import RulesError
from vinbatch.model import NOT_DATA, Field, Finding, FindingRule, Param, Severity, Value
from vinbatch.noun import Noun, field, replace
from vinbatch.ruleset.countries import Countries
from vinbatch.ruleset.findings import PLACEHOLDER, ROWLESS
from vinbatch.ruleset.receipts import ReturnCode
from vinbatch.ruleset.values import show
from vinbatch.ruleset.words import Word, fold
from vinbatch.settings import Settings
from vinbatch.slips import nearest
from vinbatch.wording import LANGUAGES

# Before what a heading says beside its name: 发动机号（必填）, 车身颜色 Colour.
_BESIDE = re.compile(r"[(（\[【/\s]")


class Told(Noun, frozen=True):
    """A finding in the reader's language: what it is, and how to mend it."""

    what: str
    cure: str


class Ruleset(Noun, frozen=True, eq=False):
    """Everything the rules say, checked. Compiled from a `Rulebook` where it is used, never sent about.

    One object per digest: what other rooms make of the rules may be cached by it.
    """

    digest: str
    form_digest: str  # of the fields alone: a form is old when its columns are, not when a setting changed
    settings: Settings
    sheets: Mapping[str, tuple[Field, ...]]
    findings: Mapping[str, FindingRule]
    receipts: Mapping[str, ReturnCode]
    countries: Countries
    words: Mapping[str, Mapping[str, Word]]
    tables: Mapping[str, str]
    templates: Mapping[str, str]
    headings: Mapping[str, Mapping[str, Field]]
    indexes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    dropped: Mapping[str, frozenset[str]] = field(default_factory=dict)  # keys of fields that are off

    def fields(self, sheet: str) -> tuple[Field, ...]:
        """The fields of a sheet ("vehicle", "structure") in column order."""
        return self.sheets[sheet]

    def index(self, sheet: str) -> Mapping[str, int]:
        """Key → position in `Row.values`."""
        return self.indexes[sheet]

    def field(self, sheet: str, key: str) -> Field:
        """The field of this key. KeyError where the rules have none."""
        return self.sheets[sheet][self.indexes[sheet][key]]

    def heading(self, sheet: str, text: str) -> Field | None:
        """The field that a column's heading means, in any of its languages and spellings."""
        return self.headings[sheet].get(fold(text))

    def gone(self, sheet: str, keys: Collection[str]) -> frozenset[str]:
        """Those of these keys of data that are of no field any more, and that nobody has said to be off."""
        return frozenset(keys) - self.indexes[sheet].keys() - self.dropped[sheet] - NOT_DATA

    def nearest(self, sheet: str, text: str) -> Field | None:
        """The field whose heading is most like this one, or what it begins with."""
        like = nearest(fold(text), self.headings[sheet])
        if like:
            return self.headings[sheet][like]
        return self.heading(sheet, _BESIDE.split(text.strip(), maxsplit=1)[0])

    def as_written(self, heading: str) -> str:
        """A heading without what a result says of a column that was not read, in either language."""
        for lang in LANGUAGES:
            heading = heading.removesuffix(self.phrase("result.heading_unread", lang, heading=""))
        return heading

    def named_column(self, heading: str) -> str:
        """The same in one line, as findings name the column."""
        return " ".join(self.as_written(heading).split())

    def shown(self, field: Field, value: Value) -> str:
        """The form a person sees; it reads back as the same value."""
        return show(field, value, self.countries)

    def table(self, name: str) -> str:
        """The text of a table of the rules, such as `wmi.csv`. KeyError where there is none."""
        return self.tables[name]

    def template(self, name: str) -> str:
        """The text of a template. RulesError where there is none."""
        if name not in self.templates:
            raise RulesError("rule.lost_template", at=f"templates/{name}")
        return self.templates[name]

    # ── findings and words ───────────────────────────────────────────────────────────────────────

    def finding(
        self,
        code: str,
        /,
        *,
        sheet: str = "",
        row: int = 0,
        field: str = "",
        value: str = "",
        **params: Param,
    ) -> Finding:
        """A finding with its severity in rules and settings. KeyError for unknown code or params: our bug."""
        rule = self.findings[code]
        if set(params) != set(rule.params):
            raise KeyError(f"{code} takes {sorted(rule.params)}, not {sorted(params)}")
        return Finding(code, self.severity(code), sheet, row, field, value, tuple(params.items()))

    def severity(self, code: str) -> Severity:
        """What rules and settings make of findings of this code. KeyError for an unknown one."""
        return Severity(self.settings.severities.get(code, self.findings[code].severity))

    def cells(self, finding: Finding) -> tuple[str, ...]:
        """The fields whose cells are to be seen to, the finding's own first; none for a whole row."""
        rule = self.findings.get(finding.code)
        own = (finding.field,) if finding.field else ()
        if not own or rule is None:
            return own
        if rule.where == "link":
            return () if finding.linked else own
        more = {"cell": rule.cells, "act": ("action",)}.get(rule.where, ())
        more = _named(finding) if rule.where == "diff" else more
        own = own if rule.where in ("cell", "diff", "row", "delete", *ROWLESS) else ()
        here = self.indexes.get(finding.sheet, {})
        return (*own, *(key for key in more if key in here and key not in own))

    def title(self, code: str, lang: str = "") -> str:
        """What findings of this code are called; the code itself where it is one of an older version."""
        rule = self.findings.get(code)
        if rule is None:
            return code
        return rule.title_zh if (lang or self.settings.language) == "zh" else rule.title_en

    def tell(self, finding: Finding, lang: str = "") -> Told:
        """What a finding says, and its cure, in "zh" or "en" (default: that of the settings)."""
        lang = lang or self.settings.language
        rule = self.findings.get(finding.code)
        if rule is None:  # a code of an older version, out of the ledger
            return Told(finding.code, "")
        known = {
            "value": finding.value,
            "row": str(finding.row),
            "sheet": self.word(f"@sheet.{finding.sheet}", lang) if finding.sheet else "",
            "field": self.word(f"@{finding.sheet}.{finding.field}", lang) if finding.field else "",
            **{name: self._param(value, lang) for name, value in finding.params},
        }
        texts = self._texts(rule, finding, lang)
        what, cure = (PLACEHOLDER.sub(lambda m: known.get(m[1], ""), counted(text, known)) for text in texts)
        if finding.moot:
            return Told(what, self.word(finding.moot, lang))
        # What was asked has been answered: nobody is to confirm it again.
        return Told(what, self.phrase("result.released", lang) if finding.released else cure)

    def _texts(self, rule: FindingRule, finding: Finding, lang: str) -> tuple[str, str]:
        """What it is and its cure, by the severity that it was found with; rules have those of the usual one.

        What is asked of an act that holds no draft is a stop until 是 answers it.
        """
        what, cure = (rule.zh, rule.cure_zh) if lang == "zh" else (rule.en, rule.cure_en)
        own, stop = f"cure_{lang}" in rule.own, finding.severity is Severity.STOP
        strict = stop and self.severity(rule.code) is Severity.STOP
        if rule.usual is Severity.ASK and not own:
            if strict:
                return what, self.phrase("result.cure_strict", lang)
            if finding.severity is Severity.NOTE:
                return what, self.phrase("result.cure_lenient", lang)
        asked = finding.severity is Severity.ASK or (stop and not strict)
        if rule.usual is Severity.NOTE and asked:
            return self._asked(rule, lang, what, cure)
        return what, cure

    def _asked(self, rule: FindingRule, lang: str, what: str, cure: str) -> tuple[str, str]:
        """Those of a note that a home asks about: its own before the packaged ones."""
        said, asks = f"asked_cure_{lang}", self.phrase("result.cure_asked", lang)
        if lang not in rule.own or f"asked_{lang}" in rule.own:
            what = rule.asked.get(lang, what)
        if f"cure_{lang}" in rule.own and said not in rule.own:
            stop_sign = "。" if lang == "zh" else ". "
            return what, f"{cure.rstrip('。. ')}{stop_sign}{asks}"
        return what, rule.asked.get(f"cure_{lang}", asks)

    def _param(self, value: Param, lang: str) -> str:
        parts = (value,) if isinstance(value, str) else value
        words = [self.word(part, lang) for part in parts]
        # Between VINs, each with its slip behind it or bare, a comma with a blank: after 、 no program breaks
        # the line, it breaks the VIN.
        return (", " if lang != "zh" or all(word[:17].isascii() for word in words) else "、").join(words)

    def word(self, token: str, lang: str = "") -> str:
        """A word: `@act.申报`, `@vehicle.colour`, `@vehicle.colour|白 → 黑`, `@link.structure|5`,
        `@title.CCC-CLASS`, what findings of a code are called.

        A word with `{m}` and `{k}` beside `{n}` shares out what follows at its bars.
        Anything else is shown as it stands: it came from a person.
        """
        lang = lang or self.settings.language
        if not token.startswith("@"):
            return token
        name, bar, rest = token.partition("|")
        told = _told(self, name, lang)
        if told is None:
            return token
        if "{n}" in told:
            parts = rest.split("|") if "{m}" in told else [rest]
            shared = dict(zip("nmk", parts, strict=False))
            return PLACEHOLDER.sub(lambda found: shared.get(found[1], ""), counted(told, shared))
        return told + ("：" if lang == "zh" else ": ") + rest if bar else told

    def phrase(self, token: str, lang: str = "", **params: str | int) -> str:
        """A sentence of the rules, `group.token`, with its `{placeholders}` filled in. KeyError: our bug."""
        group, _, key = token.partition(".")
        told = self.words[group][key].told(lang or self.settings.language)
        return counted(told, params).format(**params)


def _named(finding: Finding) -> tuple[str, ...]:
    """The fields of its own sheet that its difference names: `@structure.width|1868 → 1870` is `width`."""
    diff = dict(finding.params).get("diff", ())
    start = f"@{finding.sheet}."
    parts = (diff,) if isinstance(diff, str) else diff
    return tuple(p.removeprefix(start).partition("|")[0] for p in parts if p.startswith(start))


@lru_cache(maxsize=2048)
def _told(ruleset: Ruleset, name: str, lang: str) -> str | None:
    group, _, key = name[1:].partition(".")
    if group in ruleset.sheets:
        if key not in ruleset.indexes[group]:
            return key
        return ruleset.field(group, key).heading(lang)
    if group == "title":
        return ruleset.title(key, lang)
    word = ruleset.words.get(group, {}).get(key)
    return word.told(lang) if word else None


@lru_cache(maxsize=8)
def in_language(ruleset: Ruleset, lang: str) -> Ruleset:
    """The rules for a reader of another language than the home's; "" is the home's.

    Sheets keep the names that they have in the home's workbooks, with his own beside: that is where he will
    look for them.
    """
    home = ruleset.settings.language
    if lang in ("", home):
        return ruleset
    sheets = {}
    for token, word in ruleset.words["sheet"].items():
        both = f"{word.told(home)} ({word.told(lang)})"
        sheets[token] = Word(both, both)
    settings = replace(ruleset.settings, language=lang)
    return replace(ruleset, settings=settings, words={**ruleset.words, "sheet": sheets})
