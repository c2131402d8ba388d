"""Packages on their way out: due → publishing → published, or in doubt until a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vinbatch.errors import UsageError
from vinbatch.model import DOUBT, DUE, FINAL, PUBLISHED, PUBLISHING, StoredPackage
from vinbatch.store import audit, forgotten, mails
from vinbatch.store.order import OLDEST_FIRST

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger

_COLUMNS = "guid, batch, type, name, digest, vehicles, state, boot, reason, published"


class Packages:
    """The packages of a ledger. Every step but the first is an event."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open(self) -> tuple[StoredPackage, ...]:
        """All that are not published, oldest batch first."""
        return self._select(f"state <> '{PUBLISHED}'", ())

    def of(self, batches: Sequence[str]) -> tuple[StoredPackage, ...]:
        """The packages of these batches."""
        marks = ", ".join("?" * len(batches))
        return self._select(f"batch IN ({marks})", batches)

    def guids(self) -> frozenset[str]:
        """Those of all packages that the ledger knows."""
        return frozenset(guid for (guid,) in self._ledger.db.execute("SELECT guid FROM package"))

    def get(self, guid: str) -> StoredPackage:
        """The one of this guid. UsageError where there is none, with what became of it."""
        wanted = guid.strip().upper()
        found = self._select("guid = ?", (wanted,))
        if found:
            return found[0]
        match self._ledger.forgotten.state(wanted):
            case forgotten.OPEN:
                raise UsageError("package.forgotten", at=guid)
            case forgotten.VOID:
                raise UsageError("package.void", at=guid)
        raise UsageError("package.none", at=guid)

    def _select(self, where: str, values: Sequence[str]) -> tuple[StoredPackage, ...]:
        rows = self._ledger.db.execute(
            f"SELECT {_COLUMNS} FROM package LEFT JOIN batch ON number = package.batch"  # noqa: S608 - our own text
            f" WHERE {where} ORDER BY {OLDEST_FIRST}, type",
            tuple(values),
        )
        return tuple(StoredPackage(*row) for row in rows)

    def digests(self) -> list[tuple[str, str]]:
        """Name and digest of each, as the table has them."""
        return self._ledger.db.execute("SELECT name, digest FROM package ORDER BY name").fetchall()

    def publishing(self, guids: Iterable[str], boot: str) -> None:
        """Said before the rename, so that a crash leaves a trace of what was under way."""
        with self._ledger.transaction() as db:
            db.executemany(
                "UPDATE package SET state = ?, boot = ? WHERE guid = ?",
                [(PUBLISHING, boot, g) for g in guids],
            )

    def published(self, guids: Iterable[str], now: datetime) -> None:
        """They lie in the outbox, whole."""
        self._move(guids, PUBLISHED, now, {})

    def doubt(self, guid: str, reason: str, now: datetime) -> None:
        """Nobody but a person can tell whether the gateway has it."""
        self._move([guid], DOUBT, now, {"reason": reason})

    def release(self, guid: str, *, sent: bool, now: datetime, user: str, reason: str = "") -> StoredPackage:
        """A person has decided: it was sent, or it is to be sent. UsageError unless it is in doubt."""
        package = self.get(guid)
        if package.state != DOUBT:
            raise UsageError("package.certain", at=guid, state=package.state)
        how = {"user": user, "how": "sent" if sent else "send", **({"reason": reason} if reason else {})}
        self._move([package.guid], PUBLISHED if sent else DUE, now, how, kind="released")
        return package

    def regained(self, guid: str, now: datetime) -> None:
        """Committed anew after a restore: the file went out long ago."""
        self._move([guid], PUBLISHED, now, {"how": "sent"}, kind="released")

    def may_resend(self, guid: str) -> StoredPackage:
        """The package, where it may be sent again. UsageError once there is a final answer."""
        package = self.get(guid)
        if package.state == DOUBT:
            raise UsageError("package.doubt", at=guid)
        withheld = self._ledger.forgotten.holding(package.guid)
        if withheld is not None:
            raise UsageError("package.withheld", at=guid, other=withheld.guid)
        final = [r.vin for r in self._ledger.replies.of(package.guid) if r.state in FINAL]
        if final:
            raise UsageError("package.final", at=guid, n=str(len(set(final))), vin=final[0])
        return package

    def resend(self, guid: str, *, now: datetime, user: str) -> None:
        """Due again with the same bytes and the same guid. UsageError once there is a final answer."""
        package = self.may_resend(guid)
        if package.state == PUBLISHED:
            self._move([package.guid], DUE, now, {"user": user}, kind="resent")

    def _move(
        self,
        guids: Iterable[str],
        state: str,
        now: datetime,
        more: Mapping[str, str],
        kind: str = "",
    ) -> None:
        packages = [self.get(g) for g in guids]
        at = now.isoformat()
        doubted = more["reason"] if state == DOUBT else ""
        published = at if state == PUBLISHED else ""
        with self._ledger.transaction() as db:
            db.executemany(
                "UPDATE package SET state = ?, reason = ?, published = ? WHERE guid = ?",
                [(state, doubted, published, p.guid) for p in packages],
            )
            # Answers tell whether it was sent.
            db.executemany("UPDATE batch SET answer_due = 1 WHERE number = ?", [(p.batch,) for p in packages])
            audit.append(
                db,
                (
                    ("", p.batch, {"time": at, "kind": kind or state, "guid": p.guid, "name": p.name, **more})
                    for p in packages
                ),
            )
            if state == PUBLISHED and self._ledger.mailing:
                mails.sent(db, (p.batch for p in packages))
            if state == DOUBT and self._ledger.mailing:
                for p in packages:
                    about = {"name": p.name, "guid": p.guid, "reason": more["reason"]}
                    mails.trouble(db, DOUBT, p.batch, about, at)
