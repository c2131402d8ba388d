"""Every finding has a good example, which does not yield it, and a bad one, which yields exactly it.

An example is data: `vehicles` and `structures` lie over the sample row; `record`, `other` and `entry` are
what the ledger knows; `settings` are settings; `again` drops the same bytes twice; `repeat` repeats the
rows; `count` is how often the code is found; `also` are codes that cannot but come along.
A record that `waits` is held for its parameters.
`forgotten`: a restored ledger does not know a package with the vehicle.
`headings` adds, renames or leaves out columns of the vehicle sheet, or has lines `above` them; `agreed` are
pairs (WMI, country) that were confirmed. `file` names a workbook of tests/example_files.py. `raises` is a bug
of ours (tests/run), `receipt` an answer of customs (tests/lifecycle/test_receipts.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from desk import OTHER_VIN, Desk, codes
from example_files import FILES

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import Forgotten, Mark, Outcome, Rulebook, State, Type, structure_of
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules, digest_row

RULES = compile_rules(packaged_rulebook()).findings
UNUSED = "STRUCTURE-UNUSED"
ELSEWHERE = ("raises", "receipt")


def with_settings(rulebook: Rulebook, settings: Mapping[str, object]) -> Rulebook:
    """A home's settings.toml with these lines."""
    lines = "\n".join(f"{k} = {_toml(v)}" for k, v in settings.items())
    return replace(rulebook, home=(("settings.toml", lines),), digest=f"{rulebook.digest}{lines}")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return repr(value) if isinstance(value, int | float) else f'"{value}"'


def play(example: Mapping[str, Any]) -> Outcome:
    """Drop the workbook that the example describes."""
    return played(Desk(with_settings(packaged_rulebook(), example.get("settings", {}))), example)


def played(desk: Desk, example: Mapping[str, Any]) -> Outcome:
    """The same at this desk, whose rules have the settings already."""
    if "file" in example:
        return FILES[example["file"]](desk)
    if example.get("blind"):
        desk.facts = replace(desk.facts, blind=True)
    if example.get("forgotten"):
        lost = Forgotten("F0", "TRIAL-20260301-0002", Type.FILING, "x.zip", "", 1, desk.now)
        desk.facts = replace(desk.facts, forgotten={str(desk.sample("vehicle")["vin"]): lost})
    if "agreed" in example:
        desk.facts = replace(desk.facts, agreed=frozenset((a, b) for a, b in example["agreed"]))
    record = _place(desk, example["record"]) if "record" in example else None
    if "other" in example:
        _place(desk, example["other"])
    entry = None
    if "entry" in example:
        cells = {k: v for k, v in example["entry"].items() if not k.startswith("_")}
        entry = desk.shelve(revision=2, **cells)
        if example["entry"].get("_confirmed"):
            entry = replace(entry, confirmed=_asks(desk, entry))
            desk.facts = replace(desk.facts, entries={entry.number: entry})
    vehicles = [_marked(desk, _emptied(desk, row), record) for row in example.get("vehicles", [{}])]
    structures = [_marked_entry(desk, row, entry) for row in example.get("structures", [{}])]
    vehicles *= example.get("repeat", 1)
    structures *= example.get("repeat_structures", 1)
    if "headings" in example:
        return _with_headings(desk, example["headings"])
    outcome = desk.drop(vehicles, structures, digest="same")
    return desk.drop(vehicles, structures, digest="same") if example.get("again") else outcome


def _with_headings(desk: Desk, given: Mapping[str, Any]) -> Outcome:
    sheet = desk.sheet("vehicle", [{}], given.get("without", ()))
    head, row = list(sheet.rows[0]), list(sheet.rows[1])
    for key, text in given.get("rename", {}).items():
        head[head.index(desk.ruleset.field("vehicle", key).zh)] = text
    for text in given.get("add", ()):
        head.append(text)
        row.append(row[head.index(text)] if text in head[:-1] else "x")
    above = tuple((text,) for text in given.get("above", ()))
    return desk.put((replace(sheet, rows=(*above, tuple(head), tuple(row))), desk.sheet("structure", [{}])))


def _asks(desk: Desk, entry: Any) -> tuple[str, ...]:
    from vinbatch.lifecycle.asks import ask_of
    from vinbatch.lifecycle.catalogued import entry_findings

    found = entry_findings(desk.ruleset, 0, entry.values, draft=False)
    return tuple(ask_of(desk.ruleset, f, entry.values) for f in found)


def _place(desk: Desk, given: Mapping[str, Any]) -> Any:
    apart = ("type", "state", "department", "held", "asked", "vin", "waits")
    cells = {k: v for k, v in given.items() if k not in apart}
    record = desk.place(
        Type(given["type"]), State(given["state"]), given.get("vin"), held=given.get("held", False), **cells
    )
    if "department" in given or "asked" in given:
        asked = tuple(given.get("asked", ()))
        record = replace(record, department=given.get("department", record.department), asked=asked)
        desk.know(record)
    if given.get("waits"):
        desk.know(replace(record, held=(f"STRUCTURE-ASK:structure_no:{structure_of(record.now)}@1",)))
    return record


def _emptied(desk: Desk, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """`_empty`: no cell but those given."""
    if "_empty" not in row:
        return row
    return {**dict.fromkeys(desk.sample("vehicle"), ""), **{k: v for k, v in row.items() if k != "_empty"}}


def _marked(desk: Desk, row: Mapping[str, Any], record: Any) -> dict[str, Any]:
    mark = row.get("_mark")
    if mark in (True, "stale"):
        if record is None:
            sample = desk.sample("vehicle")
            mark = str(Mark(str(sample["vin"]), 1, digest_row(desk.ruleset, "vehicle", sample)))
        else:
            mark = desk.mark(record, stale=mark == "stale")
    return {**row, "_mark": mark}


def _marked_entry(desk: Desk, row: Mapping[str, Any], entry: Any) -> dict[str, Any]:
    mark = row.get("_mark")
    if mark in (True, "stale"):
        mark = desk.entry_mark(entry, stale=mark == "stale")
    return {**row, "_mark": mark}


PLAYED = [
    code
    for code, rule in RULES.items()
    if not any(k in rule.bad for k in ELSEWHERE) and rule.bad.get("file", "error-cell") in FILES
]


@pytest.mark.parametrize("code", RULES)
def test_every_finding_has_both_examples(code: str) -> None:
    assert RULES[code].good
    assert RULES[code].bad


@pytest.mark.parametrize("code", PLAYED)
def test_the_good_example_does_not_yield_the_code(code: str) -> None:
    assert code not in codes(play(RULES[code].good))


@pytest.mark.parametrize("code", PLAYED)
def test_the_bad_example_yields_exactly_the_code(code: str) -> None:
    bad = RULES[code].bad
    found = codes(play(bad))
    # Parameters that no stored vehicle uses are always told of: with any stop on the sample vehicle.
    assert set(found) - {UNUSED} == {code, *bad.get("also", [])} - {UNUSED}
    assert code in found
    assert found.count(code) == bad.get("count", found.count(code))


def test_the_sample_has_no_finding(rulebook: Rulebook) -> None:
    outcome = Desk(rulebook).drop()
    assert codes(outcome) == []
    assert Desk(rulebook).sample("vehicle")["vin"] != OTHER_VIN
