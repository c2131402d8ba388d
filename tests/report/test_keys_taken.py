"""A field whose key the JSON of a record has for something else is refused at start."""

from __future__ import annotations

import pytest

from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.proof import prove

TABLE = '[{}]\nzh = "新"\nen = "New"\nkind = "text"\nlength = 9\nrequired = "never"\nexample = "a"\n'
OF_VEHICLE = "state batch structure type held held_for receipt updated overdue pending contradicted"


def own(rulebook: Rulebook, name: str) -> Rulebook:
    return replace(rulebook, home=(("fields.toml", TABLE.format(name)),), digest=f"taken {name}")


@pytest.mark.parametrize("name", [*(f"vehicle.{key}" for key in OF_VEHICLE.split()), "structure.revision"])
def test_a_key_that_is_taken_is_refused_with_the_remedy(name: str, rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        prove(own(rulebook, name))
    assert f"rules/fields.toml [{name}]" in refused.value.message
    assert "another key" in refused.value.cure


@pytest.mark.parametrize("name", ["structure.state", "vehicle.revision", "vehicle.state_no"])
def test_other_keys_are_not(name: str, rulebook: Rulebook) -> None:
    prove(own(rulebook, name))
