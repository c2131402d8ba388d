"""Whether what a template rendered holds values, and of every vehicle that counts as declared by it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from string import ascii_uppercase, digits

from vinbatch.errors import RulesError
from vinbatch.model import Declaration, Value

_LENGTH = 17
# Each capital and digit, what a VIN is in, as one byte, and all else as another: `find` is six times as quick
# as a regular expression.
_VIN, _ELSE = b"V", b" "
_SHAPE = bytes(_VIN[0] if chr(c) in ascii_uppercase + digits else _ELSE[0] for c in range(256))
# A name of the context, or a value of a row, in braces that Jinja2 takes for text: one pair, or wide ones.
_HEAD = "guid|version|batch|app_type|app_status|app_time|cop_code|cop_name|dxp_id|note|vehicles|structures"
_UNFILLED = re.compile(
    rf"(?:\{{|｛+)%?\s*(?:(?:{_HEAD})\b|\w+\.(?:values|elements)\b)[^{{}}｛｝<>]*(?:\}}|｝+)"
)
_AT = "templates/declaration.xml"


def check_filled(text: str) -> None:
    """RulesError where a name stands in what was rendered of examples, and not its value."""
    if found := _UNFILLED.search(text):
        raise RulesError("package.unfilled", at=_AT, text=found[0])


def check_own_sets(alone: Sequence[str], beside: Sequence[str]) -> None:
    """RulesError where a vehicle's parameters make a difference alone, and none beside one that has others.

    Both are rendered once with these and once with other parameters.
    """
    if alone[0] != alone[1] and beside[0] == beside[1]:
        raise RulesError("package.one_set", at=_AT)


def check_present(text: str, guid: str, declarations: Sequence[Declaration]) -> None:
    """RulesError where the guid or a VIN does not stand in it, or one VIN oftener than another.

    One pass over the text, whatever the number of vehicles.
    """
    if guid not in text:
        raise RulesError("package.no_guid", at=_AT)
    vins = [d.vin for d in declarations]
    counts = Counter(_vins_in(text, frozenset(vins)))
    missing = [vin for vin in vins if not counts[vin]]
    if missing:
        raise RulesError("package.no_vehicle", at=_AT, vin=missing[0], n=str(len(missing)), of=str(len(vins)))
    if len(set(counts.values())) > 1:
        _check_even(counts, declarations)


def _check_even(counts: Counter[str], declarations: Sequence[Declaration]) -> None:
    """A VIN that another value names, such as a remark, stands there once more by right."""
    named = frozenset(_vins_in(" ".join(_others(declarations)), counts))
    due = min(counts.values())
    for vin, n in counts.items():
        if n > due and vin not in named:
            least = next(v for v, times in counts.items() if times == due)
            raise RulesError("package.uneven", at=_AT, vin=vin, n=str(n), other=least, times=str(due))


def _others(declarations: Sequence[Declaration]) -> Iterator[str]:
    for declaration in declarations:
        yield from _texts(v for key, v in declaration.data.items() if key != "vin")
        yield from _texts(declaration.entry.values.values() if declaration.entry else ())


def _texts(values: Iterable[Value]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))


def _vins_in(text: str, vins: Collection[str]) -> Iterator[str]:
    for run in _runs(text):
        for i in range(len(run) - _LENGTH + 1):
            if run[i : i + _LENGTH] in vins:
                yield run[i : i + _LENGTH]


def _runs(text: str) -> Iterator[str]:
    """Capitals and digits that stand side by side, as many as a VIN has or more."""
    shape = text.encode("ascii", "replace").translate(_SHAPE) + _ELSE  # a byte a character
    at = shape.find(_VIN * _LENGTH)
    while at >= 0:
        end = shape.find(_ELSE, at)
        yield text[at:end]
        at = shape.find(_VIN * _LENGTH, end)
