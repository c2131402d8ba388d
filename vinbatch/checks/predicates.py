"""When a field must be filled in: the closed list of conditions that `required` may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from vinbatch.memo import Memo
from vinbatch.model import Field, Value
from vinbatch.ruleset import Ruleset

Values = Mapping[str, Value]
Predicate = Callable[[Values, Values | None], bool]


def known(ruleset: Ruleset, sheet: str, values: Values) -> Values:
    """Without the values of fields that the rules no longer have: records and catalogue may keep such."""
    index = ruleset.index(sheet)
    if index.keys() >= values.keys():
        return values
    return {key: value for key, value in values.items() if key in index}


def has_engine(structure: Values) -> bool:
    """Category not O, and fuel neither 电 nor 氢燃料电池 (domain section 5); False while one is missing."""
    category, fuel = text_of(structure, "category"), text_of(structure, "fuel")
    return bool(category and fuel) and category[0] != "O" and fuel not in ("电", "氢燃料电池")


def has_motor(structure: Values) -> bool:
    """The fuel contains 电, as that of a hybrid and 氢燃料电池 do."""
    return "电" in text_of(structure, "fuel")


def text_of(values: Values, key: str) -> str:
    """The text of a field, "" where there is none."""
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _category(structure: Values | None) -> str:
    return text_of(structure or {}, "category")[:1]


def _always(_values: Values, _structure: Values | None) -> bool:
    return True


def _never(_values: Values, _structure: Values | None) -> bool:
    return False


def _if_engine(_values: Values, structure: Values | None) -> bool:
    return structure is not None and has_engine(structure)


def _if_motor(_values: Values, structure: Values | None) -> bool:
    return structure is not None and has_motor(structure) and structure.get("new_energy") == "是"


def _if_revocation(values: Values, _structure: Values | None) -> bool:
    return values.get("action") == "撤销"


def _if_not_o(_values: Values, structure: Values | None) -> bool:
    return _category(structure) not in ("", "O")


def _if_m_or_n(_values: Values, structure: Values | None) -> bool:
    return _category(structure) in ("M", "N")


def _if_m_n_or_o(_values: Values, structure: Values | None) -> bool:
    return _category(structure) in ("M", "N", "O")


# The values are those of the row, the structure its parameters (None while unknown: then silent).
PREDICATES: Mapping[str, Predicate] = {
    "always": _always,
    "never": _never,
    "if_engine": _if_engine,
    "if_motor": _if_motor,
    "if_revocation": _if_revocation,
    "if_not_o": _if_not_o,
    "if_m_or_n": _if_m_or_n,
    "if_m_n_or_o": _if_m_n_or_o,
}

# All that the conditions look at, of the row and of its parameters.
_OF_ROW = ("action",)
OF_STRUCTURE = ("category", "fuel", "new_energy")
_Seen = tuple[Value, ...]
Required = tuple[tuple[Field, ...], tuple[str, ...]]


def required(ruleset: Ruleset, sheet: str, values: Values, structure: Values | None) -> Required:
    """The fields that must be filled in on a row of these values, in column order, and their keys."""
    row = tuple(map(values.get, _OF_ROW))
    params = None if structure is None else tuple(map(structure.get, OF_STRUCTURE))
    return _required(ruleset, sheet)[row, params]


@lru_cache(maxsize=16)
def _required(ruleset: Ruleset, sheet: str) -> Memo[tuple[_Seen, _Seen | None], Required]:
    def made(seen: tuple[_Seen, _Seen | None]) -> Required:
        row, params = seen
        values = dict(zip(_OF_ROW, row, strict=True))
        structure = None if params is None else dict(zip(OF_STRUCTURE, params, strict=True))
        due = {word for word, holds in PREDICATES.items() if holds(values, structure)}
        fields = tuple(f for f in ruleset.fields(sheet) if f.required in due)
        return fields, tuple(f.key for f in fields)

    return Memo(made)
