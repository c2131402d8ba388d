"""The month that the manual tells happens as it says, and each picture of it is in the folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from vinbatch.model import Query
from vinbatch.ruleset import Ruleset
from vinbatch.store.ledger import Ledger

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
sys.path.insert(0, str(DOCS))
from pictures_play import Office, play  # noqa: E402


@dataclass
class Onlooker:
    """A camera without a film: the names of what it was shown, and the books."""

    seen: dict[str, bytes] = field(default_factory=dict)

    def sheet(self, name: str, book: bytes, sheet: str, columns: Sequence[str], last: int) -> None:
        self.seen[name] = book

    def first_page(self, name: str, book: bytes) -> None:
        self.seen[name] = book

    def page(self, name: str, page: Path, width: int, height: int) -> None:
        self.seen[name] = page.read_bytes()


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Onlooker]:
    office, onlooker = Office.open(tmp_path_factory.mktemp("month") / "home"), Onlooker()
    play(office, onlooker)
    return office, onlooker


def test_every_picture_is_made_by_the_play(month: tuple[Office, Onlooker]) -> None:
    assert set(month[1].seen) == {p.stem for p in (DOCS / "pictures").glob("*.png")}


def test_the_month_ends_as_the_manual_says(month: tuple[Office, Onlooker], ruleset: Ruleset) -> None:
    """One changed, one revoked, one that customs rejected, two accepted."""
    ledger = Ledger.open(month[0].root / ".vinbatch" / "ledger.db")
    with ledger:
        records = ledger.queries.records(Query(), ruleset.settings.zone)
        found = sorted(f"{r.now.type} {r.now.state}" for r in records)
    assert found == [
        "change accepted",
        "filing accepted",
        "filing accepted",
        "filing rejected",
        "revocation accepted",
    ]
