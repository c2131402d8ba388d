"""`audit verify`: events, tables, archive and outbox, each against what the events say."""

from __future__ import annotations

from collections.abc import Iterator

from vinbatch.effects import disk
from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.store.ledger import Ledger
from vinbatch.store.verifying import CHANGED, MISSING, Part, kept_files, verify_tables


def verify_beside(ledger: Ledger, home: Home, *, files: bool) -> Iterator[Part]:
    """Part by part what stands beside the events; `files` reads every file of the archive again."""
    yield from verify_tables(ledger.db)
    if files:
        yield _archive(ledger, Archive(home.archive))
        yield _outbox(ledger, home)


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


def _outbox(ledger: Ledger, home: Home) -> Part:
    """Packages that the gateway has not taken away yet."""
    part = Part("outbox")
    for name, digest in ledger.packages.digests():
        path = home.outbox / name
        with disk.reaching(path):
            try:
                whole = disk.hash_file(path) == digest
            except FileNotFoundError:
                continue  # taken away
        part.count += 1
        if not whole:
            part.note(CHANGED, name)
    return part
