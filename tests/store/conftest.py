"""What tests of the ledger share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from vinbatch.store.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path, empty_ledger: Path) -> Iterator[Ledger]:
    with Ledger.open(Path(shutil.copy(empty_ledger, tmp_path / "ledger.db"))) as opened:
        yield opened
