"""The house's values: what a struct must be that stands in for a dataclass."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinbatch.model import Mark, Source
from vinbatch.noun import indented, names, plain, replace

JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)
MARK = Mark("VIN", 3, "0123456789ab")


@given(JSON)
def test_indented_is_json_of_the_same_value(value: Any) -> None:
    assert json.loads(indented(value)) == value


def test_indented_gives_each_level_a_space() -> None:
    assert indented({"a": [1, {"b": "中"}]}).decode() == '{\n "a": [\n  1,\n  {\n   "b": "中"\n  }\n ]\n}'


def test_a_noun_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        MARK.revision = 4  # type: ignore[misc]


def test_nouns_of_equal_fields_are_equal_and_one_key() -> None:
    assert len({MARK, Mark("VIN", 3, "0123456789ab"), replace(MARK, revision=4)}) == 2


def test_a_noun_pickles() -> None:
    assert pickle.loads(pickle.dumps(MARK)) == MARK


def test_plain_is_a_mapping_of_the_names() -> None:
    source = Source("a.xlsx", "d", owner="wang")
    assert tuple(plain(source)) == names(Source)
    assert plain(source)["owner"] == "wang"
