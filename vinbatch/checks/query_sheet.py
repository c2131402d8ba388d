"""The sheet 查询: one row a query, blank = any (semantics section 5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from vinbatch.checks.cells import unquoted
from vinbatch.checks.headings import QUERY
from vinbatch.checks.vin import ALPHABET
from vinbatch.model import Finding, Query, State, Type, Unclear
from vinbatch.ruleset import Ruleset, fold
from vinbatch.ruleset.words import folded

_SHORTEST_VIN, _LONGEST_VIN = 6, 17
_CERTIFICATE = 16  # digits
_JOKERS = frozenset("*?%")  # in no number: who finds nothing by BMW-G30* believes that nothing is there
_REVOKED, _HELD = "revoked", "held"
_DAY = re.compile(r"((?:19|20)[0-9]{2})\D{1,2}(1[0-2]|0?[1-9])\D{1,2}(3[01]|[12][0-9]|0?[1-9])(?:日|\s.*)?")
Cells = Sequence[tuple[str, str]]


def read_queries(
    rows: Sequence[tuple[int, Cells]], ruleset: Ruleset
) -> tuple[tuple[Query, ...], tuple[Unclear, ...], tuple[Finding, ...]]:
    """The queries that can be understood, the rows of the others, and what is wrong with them."""
    queries: list[Query] = []
    unclear: list[Unclear] = []
    findings: list[Finding] = []
    for number, typed in rows:
        cells = [(key, unquoted(unicodedata.normalize("NFKC", text).strip())) for key, text in typed]
        wrong = [_wrong(number, key, text, ruleset) for key, text in cells if not _fits(key, text, ruleset)]
        wrong = wrong or _backwards(number, dict(cells), ruleset)
        findings += wrong
        if wrong:
            unclear.append(Unclear(number, dict(cells)))
        else:
            queries.append(_query(number, dict(cells), ruleset))
    return tuple(queries), tuple(unclear), tuple(findings)


def _fits(key: str, text: str, ruleset: Ruleset) -> bool:
    if key == "vin":
        return len(text) >= _SHORTEST_VIN and _may_be_vin(text)
    if key in ("type", "state"):
        return fold(text) in folded(ruleset.words[key]) or (key == "state" and _shown_as(text, ruleset) != "")
    if key in ("from", "to"):
        return _day(text) is not None
    return _JOKERS.isdisjoint(text)


def _shown_as(text: str, ruleset: Ruleset) -> str:
    """What is no state of the ledger, and shown as one: revoked, and held; "" for anything else."""
    words = {_REVOKED: ruleset.words["overview"]["revoked"], _HELD: ruleset.words["verdict"]["held"]}
    return next((token for token, word in words.items() if text and fold(text) in word.forms), "")


def _wrong(number: int, key: str, text: str, ruleset: Ruleset) -> Finding:
    if key == "vin" and not _may_be_vin(text):
        columns = tuple(f"@query.{name}" for name in ruleset.words["query"])
        return ruleset.finding(
            "QUERY-NOT-VIN", sheet=QUERY, row=number, field=key, value=text, columns=columns
        )
    return ruleset.finding("QUERY-CONDITION", sheet=QUERY, row=number, field=key, value=text)


def _backwards(number: int, cells: Mapping[str, str], ruleset: Ruleset) -> list[Finding]:
    """A last day before the first: no vehicle can be found by it."""
    first, last = _day(cells.get("from", "")), _day(cells.get("to", ""))
    if first is None or last is None or first <= last:
        return []
    return [
        ruleset.finding(
            "QUERY-BACKWARDS", sheet=QUERY, row=number, field="to", value=cells["to"], first=cells["from"]
        )
    ]


def _may_be_vin(text: str) -> bool:
    """Whether it may be a VIN or its end: not with other characters, nor the number of a certificate."""
    number = len(text) >= _CERTIFICATE and text.isdecimal()
    return len(text) <= _LONGEST_VIN and not number and frozenset(ALPHABET).issuperset(text.upper())


def _query(row: int, cells: Mapping[str, str], ruleset: Ruleset) -> Query:
    def some(key: str) -> tuple[str, ...]:
        return (cells[key].upper(),) if key in cells else ()

    def token(key: str) -> str:
        return folded(ruleset.words[key])[fold(cells[key])]

    types = (Type(token("type")),) if "type" in cells else ()
    shown = _shown_as(cells.get("state", ""), ruleset)
    states = (State(token("state")),) if "state" in cells and not shown else ()
    if shown == _REVOKED:  # of which type it was before is no matter: by now it is a revocation
        types, states = (Type.REVOCATION,), (State.ACCEPTED,)
    return Query(
        vins=some("vin"),
        batches=some("batch"),
        types=types,
        states=states,
        held=True if shown == _HELD else None,
        structures=some("structure_no"),
        since=_day(cells.get("from", "")),
        until=_day(cells.get("to", "")),
        row=row,
    )


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:  # 31 February
        return None
