"""`audit verify`: events, tables, archive and outbox, each against what the events say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from vinbatch.effects import disk, kept_rules
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.names import readable
from vinbatch.errors import AccessError
from vinbatch.paths import is_file
from vinbatch.run.keeping import taken_away
from vinbatch.store.compared import CHANGED, MISSING, STRANGER, Part
from vinbatch.store.ledger import Ledger
from vinbatch.store.period import laws
from vinbatch.store.verifying import kept_files, verify_tables
from vinbatch.store.verifying_schema import verify_schema


def verify_beside(ledger: Ledger, home: Home, *, files: bool, outbox: bool = True) -> Iterator[Part]:
    """Part by part what stands beside the events; `files` reads every file of the archive again. Of what lies
    in the `outbox` a ledger of before knows nothing.
    """
    yield verify_schema(ledger.db)
    yield from verify_tables(ledger.db)
    if files:
        yield _archive(ledger, Archive(home.archive))
        yield _rules(ledger, Archive(home.archive))
        if outbox:
            yield verify_outbox(ledger, home)


def unknown_head(ledger: Ledger, home: Home, head: str) -> AccessError:
    """Why the chain may not know a head that was printed: events are gone, or a restore went behind it."""
    restores = [_restore(told, home) for told in ledger.queries.restores()]
    kept = next((path for path in taken_away(home) if _knows(path, head)), None)
    if kept is not None:
        told = "; ".join(restores) or "–"
        return AccessError("audit.head_aside", head=head, kept=readable(kept), restores=told)
    if restores:
        return AccessError("audit.head_restored", head=head, restores="; ".join(restores))
    return AccessError("audit.head", head=head)


def _restore(told: Mapping[str, Any], home: Home) -> str:
    at = datetime.fromisoformat(told["time"]).astimezone(home.settings.zone)
    return f"{at:%Y-%m-%d %H:%M:%S} ← {readable(told['file'])}"


def _knows(path: Path, head: str) -> bool:
    """A damaged one, or one of another version, knows nothing."""
    with suppress(AccessError), Ledger.read_only(path) as ledger:
        return ledger.queries.knows_head(head)
    return False


def _archive(ledger: Ledger, archive: Archive) -> Part:
    part = Part("archive")
    seen: set[str] = set()
    for what, digest in kept_files(ledger.db):
        if digest in seen:
            continue
        seen.add(digest)
        part.count += 1
        path = archive.path(digest)
        with disk.reaching(path):
            try:
                whole = disk.hash_file(path) == digest
            except FileNotFoundError:
                part.note(MISSING, f"{what} {digest[:16]}")
                continue
        if not whole:
            part.note(CHANGED, f"{what} {digest[:16]}")
    return part


def _rules(ledger: Ledger, archive: Archive) -> Part:
    """Rules and templates as they were; trial builds kept none."""
    part = Part("rules")
    for digest in sorted({law.rules for law in laws(ledger.db)}):
        part.count += 1
        try:
            part.partly += kept_rules.read(archive, digest) is None
        except AccessError as e:
            if e.key != "archive.damaged":  # what cannot be read was not changed for that
                raise
            part.note(CHANGED, digest)
    return part


def verify_outbox(ledger: Ledger, home: Home) -> Part:
    """Packages that the gateway has not taken away yet, and such as nobody but us may lay there."""
    part = Part("outbox")
    known = _may_lie(ledger)
    strangers = []
    for path in _zips(home):
        with disk.reaching(path):
            try:
                digest = disk.hash_file(path)
            except FileNotFoundError:
                continue  # taken away
        part.count += 1
        if path.name not in known:
            strangers.append(path.name)
        elif digest != known[path.name]:
            part.note(CHANGED, readable(path.name))
    if strangers:
        # A pass that works meanwhile commits a package before it lies there.
        with Ledger.read_only(home.ledger) as later:
            known = _may_lie(later)
        for name in strangers:
            if name not in known:
                part.note(STRANGER, readable(name))
    return part


def _may_lie(ledger: Ledger) -> Mapping[str, str]:
    """Name → digest of each package that was made, or that waits for a decision after a restore."""
    lost = {one.name: one.digest for one in ledger.forgotten.open()}
    return lost | dict(ledger.packages.digests())


def _zips(home: Home) -> list[Path]:
    with disk.reaching(home.outbox):
        try:
            return sorted(p for p in home.outbox.iterdir() if p.suffix.lower() == ".zip" and is_file(p))
        except FileNotFoundError:
            return []
