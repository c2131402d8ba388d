"""Texts → a checked `Ruleset`, once for each digest; or a refusal that tells everything that is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from vinbatch.errors import Faults, RulesError
from vinbatch.layers import Table, Tables, check_names, read_tables
from vinbatch.model import FindingRule, Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset.countries import Countries, parse_countries
from vinbatch.ruleset.fields import SHEETS, compile_fields, compile_headings
from vinbatch.ruleset.findings import check_severity, compile_findings
from vinbatch.ruleset.needed import check_needed
from vinbatch.ruleset.receipts import compile_receipts
from vinbatch.ruleset.ruleset import Ruleset
from vinbatch.ruleset.words import compile_words
from vinbatch.settings import Settings, compile_settings
from vinbatch.slips import hint

Texts = tuple[tuple[str, str], ...]


def compile_rules(rulebook: Rulebook) -> Ruleset:
    """The checked ruleset of these texts, cached by their digest. RulesError names file, key and cure."""
    return _Compiling(rulebook).done()


class _Compiling:
    """Lets the cache see the digest alone: hashing a megabyte of texts at every call costs more."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def __hash__(self) -> int:
        return hash(self.rulebook.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Compiling) and other.rulebook.digest == self.rulebook.digest

    def done(self) -> Ruleset:
        return _compile(self)


@lru_cache(maxsize=8)
def _compile(key: _Compiling) -> Ruleset:
    try:
        return _compiled(key.rulebook)
    except RulesError:
        _tell_all(key.rulebook)
        raise


def _tell_all(rulebook: Rulebook) -> None:
    """RulesError with what is wrong in every file; what needs another file that is wrong has to wait."""
    faults = Faults()
    with faults.kept():
        check_names(rulebook)
    with faults.kept():
        compile_settings(read_tables(rulebook, "settings", 0))
    with faults.kept():
        compile_receipts(read_tables(rulebook, "receipts", 1))
    field_tables: Tables = {}
    words = compile_words(read_tables(replace(rulebook, home=()), "words", 2))
    with faults.kept():
        words = compile_words(read_tables(rulebook, "words", 2))
    with faults.kept():
        field_tables = read_tables(rulebook, "fields", 2)
        compile_fields(field_tables, words, _countries(rulebook))
    with faults.kept():
        found = read_tables(rulebook, "findings", 1)
        if field_tables:
            compile_findings(found, _keys(field_tables))
    faults.tell()


def _countries(rulebook: Rulebook) -> Countries:
    texts = {**dict(rulebook.packaged), **dict(rulebook.home)}
    if "countries.csv" not in texts:
        raise RulesError("rule.lost_file", at="rules/countries.csv")
    return parse_countries(texts["countries.csv"])


def _keys(field_tables: Tables) -> dict[str, list[str]]:
    return {sheet: [key for group, key in field_tables if group == sheet] for sheet in SHEETS}


def _compiled(rulebook: Rulebook) -> Ruleset:
    check_names(rulebook)
    settings = compile_settings(read_tables(rulebook, "settings", 0))
    home = tuple((name, text) for name, text in rulebook.home if name != "settings.toml")
    made, field_tables = _but_settings(rulebook.packaged, home)
    _check_severities(settings, made.findings)
    check_needed(field_tables, made.sheets, made.findings, settings)
    return replace(made, digest=rulebook.digest, settings=settings, templates=dict(rulebook.templates))


@lru_cache(maxsize=8)
def _but_settings(packaged: Texts, home: Texts) -> tuple[Ruleset, Tables]:
    """All that the settings have no part in, with the tables of the fields: most changes are of a setting."""
    rulebook = Rulebook(packaged, home, (), "")
    words = compile_words(read_tables(rulebook, "words", 2))
    countries = _countries(rulebook)
    field_tables = read_tables(rulebook, "fields", 2)
    sheets = compile_fields(field_tables, words, countries)
    texts = {**dict(packaged), **dict(home)}
    made = Ruleset(
        digest="",
        form_digest=hashlib.sha256(repr(sheets).encode("utf-8", "surrogatepass")).hexdigest(),
        settings=Settings(),
        sheets=sheets,
        findings=compile_findings(read_tables(rulebook, "findings", 1), _keys(field_tables)),
        receipts=compile_receipts(read_tables(rulebook, "receipts", 1)),
        countries=countries,
        words=words,
        tables={name: text for name, text in texts.items() if not name.endswith(".toml")},
        templates={},
        headings={sheet: compile_headings(fields, words) for sheet, fields in sheets.items()},
        indexes={sheet: {f.key: i for i, f in enumerate(fields)} for sheet, fields in sheets.items()},
        dropped={sheet: _dropped(field_tables, sheet) for sheet in sheets},
    )
    return made, field_tables


def _dropped(field_tables: Tables, sheet: str) -> frozenset[str]:
    return frozenset(k for (group, k), table in field_tables.items() if group == sheet and table.flag("off"))


def _check_severities(settings: Settings, findings: Mapping[str, FindingRule]) -> None:
    """Asks and notes may be weighed otherwise; no stop may."""
    faults = Faults()
    table = Table("severities", "rules/settings.toml", settings.severities, {}, faults=faults)
    for code, severity in settings.severities.items():
        if code not in findings:
            table.fault(code, "rule.no_code", hint=hint(code.upper(), list(findings)))
        else:
            check_severity(table, code, findings[code], severity, findings[code].severity)
    faults.tell()
