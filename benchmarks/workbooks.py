"""Workbooks by the thousand: deterministic, every VIN its own, every parameter set learnt anew.

Of each size and share of bad rows one workbook is written by XlsxWriter; its copies have other VINs and
numbers in their shared texts, which costs a few milliseconds instead of hundreds.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from vinbatch import samples
from vinbatch.checks.vin import check_digit
from vinbatch.ruleset import Ruleset

SIZES = (10, 50, 200)
SHARES = (0.0, 0.05, 0.30)
# What arrives in a year: of 20 workbooks 16 clean, three with 5 % bad rows, one with 30 %.
MIX = (0, 0, 0, 0, 0.05, 0, 0, 0, 0, 0.30, 0, 0, 0, 0, 0.05, 0, 0, 0, 0, 0.05)
_TEXTS = "xl/sharedStrings.xml"
_VEHICLES: tuple[Callable[[samples.Cells], object], ...] = (
    lambda row: row.update(vin=f"{str(row['vin'])[:16]}{(int(str(row['vin'])[16]) + 1) % 10}"),
    lambda row: row.update(vin=str(row["vin"])[:-1]),
    lambda row: row.update(ccc_no=int(str(row["ccc_no"])[:16])),
    lambda row: row.update(production_date="2021-05"),
    lambda row: (row.pop("engine_no", None), row.pop("motor_no", None)),
    lambda row: row.update(colour="黑" * 80),
)
_STRUCTURES: tuple[Callable[[samples.Cells], object], ...] = (
    lambda row: row.update(gross_mass=1200),
    lambda row: row.update(length="4,923 mm"),
    lambda row: row.pop("country"),
)


@dataclass(frozen=True)
class Press:
    """A workbook to make copies of."""

    parts: tuple[tuple[str, bytes], ...]
    vins: tuple[str, ...]

    @classmethod
    def of(cls, ruleset: Ruleset, rows: int, share: float) -> Press:
        """So many vehicles, each with parameters of its own, of which that share has a mistake."""
        dice = random.Random(f"{rows} {share}")
        vehicles, sets = samples.vehicles(rows), []
        for i, vehicle in enumerate(vehicles):
            vehicle["vin"] = _vin(str(vehicle["vin"]), i)
            sets.append(_set(samples.MODELS[i % len(samples.MODELS)], i, dice))
            vehicle["structure_no"] = sets[-1]["structure_no"]
        vins = tuple(str(v["vin"]) for v in vehicles)
        for i in dice.sample(range(rows), round(rows * share)):
            dice.choice(_VEHICLES)(vehicles[i])
            if dice.random() < 0.3:
                dice.choice(_STRUCTURES)(sets[i])
        with zipfile.ZipFile(io.BytesIO(samples.workbook(ruleset, vehicles, sets))) as book:
            return cls(tuple((n, book.read(n)) for n in book.namelist()), vins)

    def copy(self, number: int) -> bytes:
        """The workbook with other VINs and structure numbers: no two numbers give the same."""
        first = number * len(self.vins)
        fresh = {old.encode(): _vin(old, first + i).encode() for i, old in enumerate(self.vins)}
        known = re.compile(b"|".join((*fresh, rb"-W[0-9]{4}-")))
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
            for name, part in self.parts:
                if name == _TEXTS:
                    part = known.sub(lambda m: fresh.get(m[0], b"-W%04d-" % number), part)
                book.writestr(name, part)
        return made.getvalue()


def _vin(like: str, serial: int) -> str:
    body = f"{like[:11]}{serial % 10**6:06d}"
    return f"{body[:8]}{check_digit(body)}{body[9:]}"


def _set(model: samples.Model, number: int, dice: random.Random) -> samples.Cells:
    """A variant of the model: other masses and limits, as other equipment gives."""
    made = dict(model.values)
    made["structure_no"] = f"{made['structure_no']}-W0000-{number:03d}"
    for key in ("kerb_mass", "roof_load", "max_speed", "noise_passby"):
        if isinstance(made.get(key), int | float):
            made[key] = round(float(made[key]) - dice.randrange(0, 12), 1)
    return made


@lru_cache(maxsize=16)
def press(ruleset: Ruleset, rows: int, share: float) -> Press:
    """The press for workbooks of this size and share of bad rows."""
    return Press.of(ruleset, rows, share)


def mixed(ruleset: Ruleset, rows: int, count: int, first: int = 0) -> Iterator[tuple[str, bytes]]:
    """So many workbooks of the mix: name and bytes."""
    for number in range(first, first + count):
        yield f"w{number:05d}.xlsx", press(ruleset, rows, MIX[number % len(MIX)]).copy(number)
