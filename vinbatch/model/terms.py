"""The words of the trade that values are made of: types, states, acts, verdicts, severities."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | tuple[int, ...] | None
Param: TypeAlias = str | tuple[str, ...]  # of a finding's texts
Place: TypeAlias = tuple[str, int]  # sheet and row

# The layout of our workbooks: another major version is refused, an older minor one told of (semantics 4).
FORM_MAJOR, FORM_MINOR = 1, 0
FORM_VERSION = f"{FORM_MAJOR}.{FORM_MINOR}"
VEHICLE = "vehicle"
STRUCTURE = "structure"
NAMED_BY = {VEHICLE: "vin", STRUCTURE: "structure_no"}  # the field by which a row of each is known
# Stands in a cell whose value was lost, or looked otherwise: a stop until it is typed over.
REFILL = "#请重填"
# Written for an empty cell (domain section 5: an empty item is printed `-`; 不适用 also occurs).
PLACEHOLDERS = ("-", "—", "/", "无", "不适用", "N/A")
# Read as empty as well; of two hyphens that must not break NFKC makes the plain one of Unicode.
DASHES = ("–", "―", "‐", "‑", "−", "--", "––", "——", "‐‐", "‑‑", "−−", "---", "———", "//")
# What a row says to vinbatch: neither data of a vehicle nor anything that customs sees.
NOT_DATA = frozenset({"action", "confirmed"})


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


FINAL = (State.ACCEPTED, State.REJECTED)  # after these customs says no more of its own accord


class Act(StrEnum):
    """What a row may ask for; the words of the column 操作 are the choices of the field `action`."""

    DECLARE = "申报"
    SAVE = "暂存"
    CHANGE = "变更"
    SAVE_CHANGE = "变更暂存"
    REVOKE = "撤销"
    DELETE = "删除"
    DELETE_ALL = "删除含结构参数"


DELETING = frozenset({Act.DELETE, Act.DELETE_ALL})
# Acts that look at act, mark and reason only; every other cell of such a row is ignored.
BARE = DELETING | {Act.REVOKE}


class Verdict(StrEnum):
    """What became of a row: 已申报, 已暂存, 待核实, 未通过, 无变化, 已删除, 已入库."""

    DECLARED = "declared"
    SAVED = "saved"
    HELD = "held"
    REFUSED = "refused"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    STORED = "stored"


# The verdicts after which the same bytes never act on the row again (semantics section 4).
DONE = frozenset({Verdict.DECLARED, Verdict.SAVED, Verdict.DELETED, Verdict.STORED})


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


def number_ranges(numbers: Iterable[int]) -> list[str]:
    """5, 6, 7, 9 are `5–7` and `9`."""
    ranges: list[list[int]] = []
    for n in sorted(numbers):
        if ranges and n == ranges[-1][1] + 1:
            ranges[-1][1] = n
        else:
            ranges.append([n, n])
    return [str(a) if a == b else f"{a}–{b}" for a, b in ranges]
