"""Where a schema lists words of the trade, it lists all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vinbatch.model import Severity, State, Type, Verdict

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def listed(schema: Any) -> Iterator[set[str]]:
    if isinstance(schema, dict):
        yield from [set(schema["enum"])] if "enum" in schema else []
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from listed(part)


@pytest.mark.parametrize("words", [Type, State, Verdict, Severity])
def test_a_list_of_words_has_all(words: type[Type | State | Verdict | Severity]) -> None:
    """Customs answers no draft: a list of what it answered lacks that one."""
    lists = [some for path in SCHEMAS.glob("*.json") for some in listed(json.loads(path.read_text("utf-8")))]
    ours = [some for some in lists if len(some & set(words)) > 1]
    assert ours
    assert [some for some in ours if not some >= set(words) - {State.DRAFT}] == []
