"""The home that the tests of this folder drop workbooks into."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_place import Audit, Fresh, Place, new_place, some

from vinbatch.cli.main import main
from vinbatch.ruleset import Ruleset


@pytest.fixture
def place(tmp_path: Path, ruleset: Ruleset, empty_ledger: Path) -> Place:
    return new_place(tmp_path / "home", ruleset, empty_ledger)


@pytest.fixture
def fresh() -> Fresh:
    """So many valid vehicles of one model, and its parameters."""
    return some


@pytest.fixture
def audit(capsys: pytest.CaptureFixture[str]) -> Audit:
    """`vinbatch audit` with these words: its exit code, and what it says on both."""

    def told(place: Place, *args: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["--home", str(place.root), "audit", *args])
        said = capsys.readouterr()
        return int(str(left.value.code)), said.out, said.err

    return told
