"""What a wrong VIN, or a word in 操作, may have been meant to be: offered to read, never applied."""

from __future__ import annotations

from collections.abc import Collection

from vinbatch.checks import vin as vins
from vinbatch.model import VEHICLE, Param
from vinbatch.ruleset import Ruleset, fold
from vinbatch.ruleset.traditional import simplified
from vinbatch.ruleset.words import folded, spoken
from vinbatch.slips import nearest


def vins_meant(vin: str, others: Collection[str] = ()) -> Param:
    """The suggestions for a wrong VIN as words of the rules, or why there is none."""
    offered = vins.suggestions(vin, others)
    return tuple(_with_slip(vin, v) for v in offered) if offered else f"@meant.{_why_none(vin)}"


def _with_slip(vin: str, offered: str) -> str:
    """The places that differ, counted from 1, and what stands there: neighbours that swap, or characters."""
    places = [i for i in range(17) if vin[i] != offered[i]]
    if len(places) == 2 and not vins.has_foreign_letters(vin):
        return f"@meant.swapped|{offered}|{places[0] + 1}–{places[1] + 1}"
    numbers = "/".join(str(i + 1) for i in places)
    return f"@meant.replaced|{offered}|{numbers}|" + "/".join(f"{vin[i]}→{offered[i]}" for i in places)


def _why_none(vin: str) -> str:
    """Of a VIN with I, O or Q what else is wrong once they are digits; of others there is nothing to say."""
    digits = vins.repaired(vin)
    if not vins.has_foreign_letters(vin) or not vins.is_shaped(digits):
        return "none"
    if not vins.is_valid(digits):
        return "digit"
    return "elsewhere" if vins.has_serial(digits) else "serial"


def act_meant(text: str, ruleset: Ruleset) -> str:
    """The act that a word in 操作 may stand for, 撤消 → 撤销; "" where none is like it, and for 先不撤销."""
    plain = simplified(text.casefold())
    words = map(simplified, spoken(ruleset.words["unmeant"]))
    if any(no in (plain.split() if no.isascii() else plain) for no in words):
        return ""
    action, word = ruleset.field(VEHICLE, "action"), fold(text)
    known = {fold(choice): choice for choice in action.choices}
    known |= {fold(alias): choice for alias, choice in action.choice_aliases.items()}
    return folded(ruleset.words["meant_act"]).get(word, "") or known.get(nearest(word, known), "")
