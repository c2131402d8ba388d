"""What each check across fields looks at: said once, for the checks and for homes that take a field away.

A check sees no other values than these (`seen`), so that none can stand on a field that is not named here.
"""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.model import STRUCTURE, VEHICLE, Value
from vinbatch.noun import Noun


class Compared(Noun, frozen=True):
    """The field that a finding is about, and the parameters that it is compared with."""

    about: str
    others: tuple[str, ...]
    sheet: str = STRUCTURE

    @property
    def name(self) -> str:
        """The field as rules name it."""
        return f"{self.sheet}.{self.about}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """All of the parameter set that it looks at."""
        return (self.about, *self.others) if self.sheet == STRUCTURE else self.others


COMPARED: Mapping[str, Compared] = {
    "LENGTH-SUM": Compared("length", ("overhang_front", "overhang_rear", "wheelbase", "category")),
    "MASS-GROSS-KERB": Compared("gross_mass", ("kerb_mass",)),
    "AXLE-LOADS-COUNT": Compared("axle_loads", ("axles",)),
    "AXLE-LOADS-SUM": Compared("axle_loads", ("gross_mass", "category")),
    "WHEELBASE-COUNT": Compared("wheelbase", ("axles", "category")),
    "TRACK-REAR-COUNT": Compared("track_rear", ("axles", "category")),
    "FUEL-DISPLACEMENT": Compared("displacement", ("fuel",)),
    "FUEL-CO2": Compared("co2", ("fuel",)),
    "FUEL-NEW-ENERGY": Compared("new_energy", ("fuel",)),
    "NEW-ENERGY-NO-MOTOR": Compared("new_energy", ("fuel",)),
    "SEATS-M1": Compared("seats", ("category",)),
    "SEATS-BUS": Compared("seats", ("category",)),
    "CATEGORY-MASS": Compared("gross_mass", ("category",)),
    "CO2-CONSUMPTION": Compared("co2", ("fuel", "fuel_consumption")),
    "WMI-COUNTRY": Compared("vin", ("country",), VEHICLE),
}


def seen(code: str, parameters: Mapping[str, Value]) -> dict[str, Value]:
    """What the check of this code sees of a parameter set."""
    return {key: parameters[key] for key in COMPARED[code].parameters if key in parameters}
