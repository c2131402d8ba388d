"""What the workers of tests/workbook/test_read_workers.py do."""

import sys

from vinbatch.effects import pool
from vinbatch.model import Parsed, Rulebook, Source
from vinbatch.ruleset import compile_rules
from vinbatch.workbook.read import read


def parse(data: bytes) -> tuple[Parsed, list[str]]:
    """A workbook, and what its worker has imported."""
    rulebook = pool.initial()
    assert isinstance(rulebook, Rulebook)
    return read(Source("x.xlsx", "0"), data, compile_rules(rulebook)), sorted(sys.modules)
