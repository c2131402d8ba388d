"""A short run of the fuzzer; `make fuzz` is the long one."""

from __future__ import annotations

import fuzz


def test_mutated_forms_are_judged_or_refused_with_a_reason() -> None:
    """The same mutants each time: a new failure is a change of ours."""
    told = fuzz.run("short", fuzz.count(), 4)
    assert told.total() >= fuzz.CHUNK
    assert told["judged"]


def test_a_mutant_is_told_by_its_seed() -> None:
    assert fuzz.mutant("a:1") == fuzz.mutant("a:1")
    assert fuzz.mutant("a:1") != fuzz.mutant("a:2")
