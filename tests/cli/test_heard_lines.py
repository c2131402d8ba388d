"""What a run says of receipts, and why it leaves as it does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from vinbatch.cli.context import Context
from vinbatch.cli.work import pass_code, print_heard, print_leaving
from vinbatch.errors import AccessError, MailError, PublishError
from vinbatch.ruleset import Ruleset
from vinbatch.run.passed import Line, Pass
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


def test_the_last_line_names_the_code_that_a_run_leaves_with(
    capsys: pytest.CaptureFixture[str], ruleset: Ruleset
) -> None:
    """It named that of the rows, where mail counted more; mail alone has its line already."""
    context = cast(Context, SimpleNamespace(ruleset=ruleset, language="zh"))
    rows = Line("B", "a.xlsx", "", (), refused=False, to_mend=True)
    mail = MailError("mail.open", server="x")
    told = {}
    for name, done in {
        "rows": Pass(lines=[rows]),
        "rows and mail": Pass(lines=[rows], unsent=mail),
        "mail": Pass(unsent=mail),
        "receipts and outbox": Pass(
            unheard=AccessError("receipts.strange", place="r", name="n", init="i"),
            unpublished=PublishError("folder.locked", place="outbox"),
        ),
        "all": Pass(lines=[rows], unsent=mail, failed=1),
        "nothing": Pass(),
    }.items():
        print_leaving(done, context)
        lines = capsys.readouterr().err.splitlines()
        told[name] = pass_code(done), len(lines), [line.partition("退出码 ")[2] for line in lines[-1:]]
        assert "退出码" not in "".join(lines[:-1])
    assert told == {
        "rows": (3, 1, ["3）"]),
        "rows and mail": (8, 2, ["8）"]),
        "mail": (8, 0, []),
        "receipts and outbox": (6, 4, ["6）"]),
        "all": (1, 2, ["1）"]),
        "nothing": (0, 0, []),
    }
