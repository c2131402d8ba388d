"""What the events say of everything but vehicles: the rows that the tables must hold, made from them anew."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vinbatch.model import DOUBT, DUE, PUBLISHED
from vinbatch.noun import Noun
from vinbatch.store.forgotten import REGAINED, VOID

_Body = Mapping[str, Any]
# Where a package stands after an event of this kind; after one of kind `released`, by its `how`.
_MOVES = {PUBLISHED: PUBLISHED, DOUBT: DOUBT, "resent": DUE}
_RELEASED = {"sent": PUBLISHED, "receipt": PUBLISHED, "send": DUE}
_SOURCE = ("department", "owner", "user", "saved_by")  # columns of a batch that its event names alike
_ENTRY = "entry "  # how the kinds of events about the catalogue begin


class Revision(Noun, frozen=True):
    """A revision of structure parameters: the digest of its body, "" where untold, and its batch."""

    digest: str
    batch: str


@dataclass
class Testimony:
    """Rows by their key, each as far as an event tells of its columns."""

    batches: dict[str, dict[str, object]] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)  # batch → digest of its outcome, where told
    packages: dict[str, dict[str, object]] = field(default_factory=dict)
    receipts: dict[str, dict[str, object]] = field(default_factory=dict)
    entries: dict[tuple[str, int, int], Revision] = field(
        default_factory=dict
    )  # number, generation, revision
    shelf: dict[str, tuple[int, int]] = field(default_factory=dict)  # number → generation, latest revision
    decided: dict[str, dict[str, object]] = field(default_factory=dict)  # guids of what a restore forgot
    floors: list[int | None] = field(default_factory=list)  # lowest revision after each restore, where told
    _generations: dict[str, int] = field(default_factory=dict)

    def hear(self, batch: str, body: _Body) -> None:
        """The next event that is no vehicle's."""
        kind = body["kind"]
        if kind.startswith(_ENTRY):
            self._entry(batch, body)
        elif kind in _HEARD:
            _HEARD[kind](self, batch, body)

    def batch(self, batch: str, body: _Body) -> None:
        """A workbook was worked."""
        told = {name: body[name] for name in _SOURCE if name in body}
        named = {"source_name": body["file"], "source_digest": body["digest"], "refused": body["refused"]}
        self.batches[batch] = {**named, **told, "taken": datetime.fromisoformat(body["time"])}
        if "outcome" in body:
            self.outcomes[batch] = body["outcome"]

    def package(self, batch: str, body: _Body) -> None:
        """A package was made."""
        named = {"batch": batch, "name": body["name"], "digest": body["digest"]}
        self.packages[body["guid"]] = {**named, "state": DUE, "reason": "", "published": ""}

    def moved(self, _: str, body: _Body) -> None:
        """It went out, or a step back; or nobody knows."""
        state = _RELEASED[body["how"]] if body["kind"] == "released" else _MOVES[body["kind"]]
        published = body["time"] if state == PUBLISHED else ""
        doubted = body["reason"] if state == DOUBT else ""  # of a release it is what a person said
        now = {"state": state, "reason": doubted, "published": published}
        self.packages[body["guid"]] |= now

    def receipt(self, _: str, body: _Body) -> None:
        """A receipt was heard, perhaps again."""
        told = {"name": body["file"], "guid": body["guid"], "heard": body["time"]}
        self.receipts[body["receipt"]] = {**told, "reasons": body.get("set_aside", "")}

    def settled(self, _: str, body: _Body) -> None:
        """A person decided about a forgotten package."""
        by = {"settled": body["time"], "user": body["user"], "reason": body["reason"], "name": body["name"]}
        self.decided[body["guid"]] = {"state": body["kind"], **by}

    def restored(self, _: str, body: _Body) -> None:
        """A backup took the ledger's place."""
        self.floors.append(body.get("floor"))

    def _entry(self, batch: str, body: _Body) -> None:
        """As `commits` writes them: a number that was deleted and is learnt again begins a new generation."""
        number, revision = body["number"], body["revision"]
        if revision is None:
            self.shelf.pop(number, None)
            return
        on_shelf = self.shelf.get(number)
        generation = on_shelf[0] if on_shelf else self._generations.get(number, 0) + 1
        self._generations[number] = generation
        self.shelf[number] = generation, revision
        self.entries[number, generation, revision] = Revision(body.get("entry", ""), batch)


_HEARD: Mapping[str, Callable[[Testimony, str, _Body], None]] = {
    "batch": Testimony.batch,
    "package": Testimony.package,
    PUBLISHED: Testimony.moved,
    DOUBT: Testimony.moved,
    "resent": Testimony.moved,
    "released": Testimony.moved,
    "receipt": Testimony.receipt,
    VOID: Testimony.settled,
    REGAINED: Testimony.settled,
    "restored": Testimony.restored,
}


def heard(db: sqlite3.Connection) -> Testimony:
    """All of it, in the order in which it happened."""
    said = Testimony()
    for batch, text in db.execute("SELECT batch, body FROM event WHERE vin = '' ORDER BY id"):
        said.hear(batch, json.loads(text))
    return said
