"""VINs that stand beside other vehicles' rows: what is left where somebody sorts their column alone.

Each row looks right by itself. Positions 1 to 8 of a VIN tell maker and model (GB 16735), and with them the
engine: where two models each have the parameters of both, rows were mixed. Of one model nothing can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from vinbatch.checks.vin import is_shaped
from vinbatch.cut import first_of
from vinbatch.lifecycle.bench import Weighed
from vinbatch.model import Entry

_HEAD = 8
_FILLER = "ZZZ"  # for what a maker does not tell
_LEAST = 2  # models that have both parameters
_ALIKE = 0.05  # displacements that differ by less may be one engine, rounded
_MOST = 20  # numbers of one model: such a head tells nothing
_MOST_NAMED = 5  # models
_Pair = tuple[str, str]


def crossed_vins(
    weighed: Iterable[Weighed], catalogue: Mapping[str, Entry]
) -> Mapping[int, tuple[tuple[str, ...], _Pair]]:
    """Row that files or changes → the heads that have the parameters of both numbers, and these.

    Rows that are refused count, and so do drafts that are left as they are: each would go out later, alone
    and unasked. Who keeps the number that customs accepted is not asked: there was a time for that.
    """
    entries: dict[str, Entry] = {}
    rows: dict[tuple[str, str], list[int]] = {}
    numbers: dict[str, set[str]] = {}
    for w in weighed:
        intent, vin = w.intent, w.intent.vin
        number = intent.structure_no
        entry = w.entry or catalogue.get(number)
        if entry is None or _FILLER in vin[:_HEAD] or not is_shaped(vin) or not intent.counts:
            continue
        head = vin[:_HEAD]
        entries[number] = entry
        numbers.setdefault(head, set()).add(number)
        asked = rows.setdefault((head, number), [])
        if intent.with_contents and not w.stopped and number != intent.accepted_with("structure_no"):
            asked.append(intent.row.number)
    both: dict[_Pair, list[str]] = {}
    for head, some in numbers.items():
        if len(some) <= _MOST:
            for one, other in combinations(sorted(some), 2):
                if _differ(entries[one], entries[other]):
                    both.setdefault((one, other), []).append(head)
    named = {pair: _named(heads) for pair, heads in both.items() if len(heads) >= _LEAST}
    return {
        row: (heads, pair)
        for pair, heads in named.items()
        for head in both[pair]
        for number in pair
        for row in rows[head, number]
    }


def _named(heads: Iterable[str]) -> tuple[str, ...]:
    """Some of them, where there are many."""
    return first_of(sorted(heads), _MOST_NAMED)


def _differ(one: Entry, other: Entry) -> bool:
    """Whether no model has both: they burn something else, or have engines of different size."""
    fuels = {str(e.values.get("fuel") or "") for e in (one, other)} - {""}
    if len(fuels) > 1:
        return True
    sizes = [v for e in (one, other) if isinstance(v := e.values.get("displacement"), int | float) and v]
    return len(sizes) > 1 and abs(sizes[0] - sizes[1]) > _ALIKE * max(sizes)
