"""What the run tells that finishes the work of one that was cut off."""

from __future__ import annotations

import pytest
from run_place import Place

from vinbatch.cli.work import EXIT_FILE, pass_code


def test_a_file_that_a_cut_off_run_had_worked_is_told_with_its_code(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was committed, and its claim was still there; its line would be in no log."""
    place.drop("a.xlsx", b"no workbook")
    with monkeypatch.context() as patched:

        def cut_off(*_: object) -> str:
            raise KeyboardInterrupt

        patched.setattr("vinbatch.run.steps.inbox.drop", cut_off)
        with pytest.raises(KeyboardInterrupt):
            place.machine().run()
    done = place.machine().run()
    assert [line.file for line in done.lines] == ["a.xlsx"]
    assert pass_code(done) == EXIT_FILE
    again = place.machine().run()
    assert (again.lines, pass_code(again)) == ([], 0)
