"""What a run says of receipts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from vinbatch.cli.context import Context
from vinbatch.cli.work import print_heard
from vinbatch.ruleset import Ruleset
from vinbatch.run.receipts import HeardFile


def test_a_flood_of_receipts_that_cannot_be_used_is_told_in_few_lines(
    ruleset: Ruleset, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cron mails what a run says; all of them lie in set-aside with their reasons."""
    problems = (ruleset.finding("VINBATCH-FAILED"),)
    heard = [HeardFile(f"{n}.xml", problems=problems, set_aside=f"{n}.xml") for n in range(5000)]
    print_heard(heard, cast(Context, SimpleNamespace(ruleset=ruleset)))
    said = capsys.readouterr().err.splitlines()
    assert len(said) < 30
    assert said[-1] == "另有 4980 份未能采用：见 reports/set-aside"
