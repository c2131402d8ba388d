"""audit files, audit find: the very bytes of what came in and went out, and whether a file is one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import force_option, write_into
from vinbatch.cli.tables import say, table, warn
from vinbatch.cli.vins import names_of
from vinbatch.effects.names import readable, slug
from vinbatch.errors import AccessError, UsageError
from vinbatch.model import Event, Kept, Query, Version

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger

_SUMS = "SHA256SUMS"
_SHOWN = 8  # characters of a digest that tell files of one name apart
# Kind of event → kind of file, and where its name and its digest stand.
_FILES = {
    "batch": ("source", "file", "digest"),
    "package": ("package", "name", "digest"),
    "forgotten": ("package", "name", "digest"),
    "receipt": ("receipt", "file", "receipt"),
}


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="VIN|BATCH...")
@click.option("-o", "--output", metavar="DIR", type=click.Path(), help="Write them there, with SHA256SUMS.")
@force_option
@pass_context
def files(context: Context, names: Sequence[str], output: str | None, force: bool) -> int:
    """The workbooks, packages, receipts and results of a VIN or batch, out of the archive.

    Each is compared with the digest that stands in the chain of events (of results: in the ledger). Exit 6
    where one is missing or is another.
    """
    found: dict[tuple[str, str], Kept] = {}
    with context.auditing() as ledger:
        for name in names_of(names):
            for kept in _of(name, ledger, context):
                found.setdefault((kept.digest, kept.batch), kept)
    _print(found.values(), context)
    return _write(Path(output), list(found.values()), context, force=force) if output else 0


def _of(name: str, ledger: Ledger, context: Context) -> Iterator[Kept]:
    """Of a batch all that it has; of a VIN what its story names."""
    from vinbatch.store.passages import passages, versions

    if "-" in name:
        events: Sequence[Event] = ledger.queries.batch_events(name)
        yield from _named(events, versions(ledger.db, [name]))
        if not events:
            raise UsageError("ledger.no_batch", at=name)
        return
    records = ledger.queries.records(Query(vins=(name,)), context.ruleset.settings.zone)
    vins = [record.vin for record in records] or [name]
    for vin, rows in passages(ledger.db, vins).items():
        batches = {row.batch for row in rows}
        events = ledger.queries.story(vin, batches)
        if not events:
            raise UsageError("usage.unknown_vins", vins=name)
        yield from _named(events, versions(ledger.db, batches))


def _named(events: Iterable[Event], results: Iterable[Version]) -> Iterator[Kept]:
    for event in events:
        if event.body["kind"] in _FILES:
            kind, name, digest = _FILES[event.body["kind"]]
            # What a restore forgot was made long before that.
            at = datetime.fromisoformat(event.body.get("made", event.body["time"]))
            yield Kept(event.batch, kind, event.body[name], event.body[digest], at)
    for one in results:
        yield Kept(one.batch, "result", one.name, one.digest, one.at)


def _print(found: Iterable[Kept], context: Context) -> None:
    from vinbatch.report.words import local_time

    ruleset = context.ruleset
    rows = [
        (k.batch, ruleset.word(f"@kept.{k.kind}"), local_time(k.at, ruleset), readable(k.name), k.digest)
        for k in found
    ]
    heads = [
        ruleset.word("@column.batch"),
        "",
        ruleset.phrase("cli.time"),
        ruleset.phrase("cli.file"),
        "SHA-256",
    ]
    table(heads, rows)


def _write(folder: Path, found: Sequence[Kept], context: Context, *, force: bool) -> int:
    """All that are whole; AccessError at the end for the first that is not."""
    from vinbatch.effects.archive import Archive

    archive = Archive(context.home.archive)
    whole: dict[str, tuple[str, bytes]] = {}
    faults: list[AccessError] = []
    for kept in found:
        try:
            whole[name_of(kept)] = kept.digest, archive.get(kept.digest)
        except AccessError as e:
            faults.append(e)
            warn(str(e.told(context.language)))
    sums = "".join(f"{digest}  {name}\n" for name, (digest, _) in sorted(whole.items()))
    data = {name: data for name, (_, data) in whole.items()}
    write_into(folder, {**data, _SUMS: sums.encode()}, force=force)
    say(context.ruleset.phrase("cli.handed_out", n=len(whole), name=str(folder)))
    if faults:
        raise faults[0]
    return 0


def name_of(kept: Kept) -> str:
    """Of what it is and its digest: neither two receipts of one name nor a name of others do any harm."""
    ending = PurePath(readable(kept.name)).suffix[:_SHOWN]
    plain = ending if ending[1:].isalnum() else ""
    return f"{kept.batch}_{kept.kind}_{kept.digest[:_SHOWN]}_{slug(PurePath(kept.name).stem)}{plain}"


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@pass_context
def find(context: Context, paths: Sequence[str]) -> int:
    """What a file is: a workbook that was dropped, a package, a receipt, a result; byte for byte.

    Exit 2 where one is none of them: it was changed since, or never was ours.
    """
    from vinbatch.effects.disk import reaching
    from vinbatch.store.passages import of_digest

    strangers = []
    with context.reading() as ledger:
        for path in map(Path, paths):
            with reaching(path), path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if found := list(of_digest(ledger.db, digest)):
                _print(found, context)
            elif not _print_aside(digest, path, context):
                strangers.append(readable(path.name))
    if strangers:
        raise UsageError("audit.stranger", at=", ".join(strangers))
    return 0


def _print_aside(digest: str, path: Path, context: Context) -> bool:
    """Whether a ledger that a restore took away has it: the present one knows nothing of that time."""
    from vinbatch.run.keeping import taken_away
    from vinbatch.store.ledger import Ledger
    from vinbatch.store.passages import of_digest

    for kept in reversed(taken_away(context.home)):
        with suppress(AccessError), Ledger.read_only(kept) as ledger:
            if found := list(of_digest(ledger.db, digest)):
                names = {"name": readable(path.name), "kept": readable(str(kept))}
                say(context.ruleset.phrase("cli.found_aside", **names))
                _print(found, context)
                return True
    return False
