"""The findings: codes with severity, texts and cures in two languages, from `findings*.toml`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from vinbatch.counted import CHOICE
from vinbatch.errors import Faults
from vinbatch.layers import Table, Tables
from vinbatch.model import STRUCTURE, VEHICLE, FindingRule, Severity
from vinbatch.settings import FINDING_CODE
from vinbatch.slips import hint

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"[{}]\S{0,20}")
# What a text may always name: the original value, the field's heading, the row and the sheet.
BUILT_IN = ("value", "field", "row", "sheet")

# Where a finding speaks of no row: an ask holds rows until somebody confirms them, and there is none.
ROWLESS = ("sheet", "file")

# Why a finding may not have this severity.
_NEVER: Mapping[str, str] = {
    Severity.STOP: "rule.never_stop",
    Severity.ASK: "rule.never_ask",
    Severity.NOTE: "rule.never_note",
}

_TEXTS = ("zh", "cure_zh", "en", "cure_en")
_TITLES = ("title_zh", "title_en")  # what findings of this code are called where they are counted
_ASKED = tuple(f"asked_{key}" for key in _TEXTS)  # the same, of a note that a home has made an ask
_BOUNDS = ("afterwards", "never")  # the severities that make no sense of a code
_KEYS = ("severity", *_TITLES, *_TEXTS, *_ASKED, "params", "cells", "where", *_BOUNDS, "good", "bad")
_HERE = ("cell", "diff", "link", "row", "delete", "act")
_WHERE = (*_HERE, "query", "form", "department", "nowhere", "done", *ROWLESS)
_ROWS = {"vehicles": VEHICLE, "structures": STRUCTURE}
# What an example may set up; `tests/test_examples.py` says what each does.
_EXAMPLE_KEYS = (
    *_ROWS,
    "headings",
    "file",
    "record",
    "other",
    "entry",
    "settings",
    "again",
    "raises",
    "repeat",
    "repeat_structures",
    "count",
    "also",
    "agreed",
    "blind",
    "receipt",
    "forgotten",
)
_ROW_KEYS = ("_mark", "_row", "_empty")


def compile_findings(tables: Tables, keys: Mapping[str, Collection[str]]) -> dict[str, FindingRule]:
    """Code → rule. `keys` are the field keys of each sheet: the examples may name no others."""
    rules, faults = {}, Faults()
    codes = [code for (code,), table in tables.items() if not table.fresh]
    for (code,), table in tables.items():
        with faults.kept():
            rules[code] = _rule(code, table, keys, codes)
    faults.tell()
    return rules


def check_severity(table: Table, key: str, rule: FindingRule, severity: str, usual: str) -> None:
    """Refuses one that is below a stop, the `usual` one, an ask where no row can be held, of what is done by
    then more than a note, and what would make no sense of this code.
    """
    if usual == Severity.STOP and severity != Severity.STOP:
        table.fault(key, "rule.strong")
    elif severity == Severity.ASK and rule.where in ROWLESS:
        table.fault(key, "rule.no_ask")
    elif rule.afterwards and severity != Severity.NOTE:
        table.fault(key, "rule.no_raise")
    elif severity in rule.never:
        left = (s for s in Severity if s not in rule.never and s != severity)
        table.fault(key, _NEVER[severity], left=" / ".join(f'"{s}"' for s in left))


def _rule(
    code: str, table: Table, keys: Mapping[str, Collection[str]], codes: Collection[str]
) -> FindingRule:
    if not FINDING_CODE.fullmatch(code):
        raise table.refuse("", "rule.code_shape", hint=hint(code.upper(), codes))
    if table.fresh:
        raise table.refuse("", "rule.no_finding", hint=hint(code, codes))
    with table.together() as told:
        told.only(_KEYS)
        _check_bounds(told)
        told.need(("severity", *_TITLES, *_TEXTS), codes)
        params = told.texts("params")
        cells = told.texts("cells")
        where = told.one_of("where", _WHERE, "cell")
        afterwards = told.flag("afterwards")
        never = told.texts("never")
        severity = Severity(told.one_of("severity", tuple(Severity), Severity.ASK))
    fields = sorted({key for sheet in keys.values() for key in sheet})
    for name in (name for name in cells if name not in fields):
        raise table.refuse("cells", "rule.no_field", name=name, hint=hint(name, fields))
    _check_filled(table)
    _check_texts(table, (*params, *BUILT_IN))
    good, bad = _examples(table, keys)
    usual = Severity(str(table.packaged.get("severity", severity)))
    rule = FindingRule(
        code=code,
        severity=severity,
        title_zh=table.text("title_zh"),
        title_en=table.text("title_en"),
        zh=table.text("zh"),
        cure_zh=table.text("cure_zh"),
        en=table.text("en"),
        cure_en=table.text("cure_en"),
        params=params,
        cells=cells,
        where=where,
        afterwards=afterwards,
        never=never,
        usual=usual,
        own=tuple(key for key in (*_TEXTS, *_ASKED) if table.is_own(key)),
        asked={key: table.text(f"asked_{key}") for key in _TEXTS if table.text(f"asked_{key}")},
        good=good,
        bad=bad,
    )
    check_severity(table, "severity", rule, severity, usual)
    return rule


def _check_bounds(table: Table) -> None:
    """Refuses a home's own: it would be declared unasked, or asked for ever."""
    for key in _BOUNDS:
        if table.is_own(key) and table.values[key] != table.packaged.get(key):
            table.fault(key, "rule.programs")


def _check_filled(table: Table) -> None:
    """What has a cure keeps one."""
    for key in (*_TITLES, *_TEXTS):
        due = not key.startswith("cure") or table.packaged.get(key)
        if due and not table.text(key).strip():
            raise table.refuse(key, "rule.empty")


def _check_texts(table: Table, allowed: Collection[str]) -> None:
    for key in (*_TEXTS, *_ASKED):
        text = table.text(key)
        for name in (*PLACEHOLDER.findall(text), *(found[0] for found in CHOICE.findall(text))):
            if name not in allowed:
                raise table.refuse(key, "rule.placeholder", name=f"{{{name}}}", known=", ".join(allowed))
        left = _BRACE.search(PLACEHOLDER.sub("", CHOICE.sub("", text)))
        if left:
            raise table.refuse(key, "rule.brace", name=left[0], known=", ".join(allowed))


def _examples(
    table: Table, keys: Mapping[str, Collection[str]]
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    good, bad = table.mapping("good"), table.mapping("bad")
    for key, example in (("good", good), ("bad", bad)):
        _check_example(table, key, example, keys)
    if bad and good == bad:
        raise table.refuse("bad", "rule.same_examples")
    return good, bad


def _check_example(
    table: Table, key: str, example: Mapping[str, object], keys: Mapping[str, Collection[str]]
) -> None:
    for name, value in example.items():
        if name not in _EXAMPLE_KEYS:
            raise table.refuse(key, "rule.example_key", name=name, hint=hint(name, _EXAMPLE_KEYS))
        if name not in _ROWS:
            continue
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise table.refuse(key, "rule.example_rows", name=name)
        known = (*keys[_ROWS[name]], *_ROW_KEYS)
        for cell in (c for row in value for c in row if c not in known):
            raise table.refuse(key, "rule.example_field", cell=cell, name=name, hint=hint(cell, known))
