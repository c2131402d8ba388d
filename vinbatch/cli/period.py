"""audit list: what happened in a period, for an auditor who does not ask about one vehicle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import force_option, write_all
from vinbatch.cli.tables import say
from vinbatch.cli.usage import day
from vinbatch.cli.vins import vins_in
from vinbatch.effects.names import readable
from vinbatch.errors import UsageError
from vinbatch.model import Event

if TYPE_CHECKING:
    from vinbatch.report.history import Happened
    from vinbatch.ruleset import Ruleset
    from vinbatch.store.ledger import Ledger

# As `report.period` has them, which a help text need not load.
_QUESTIONS = ("all", "declared", "again", "revoked", "confirmed", "deleted", "decided", "catalogue")
_OTHERS = ("commanded", "rules")  # about whole batches
_AT_ONCE = 1000  # events


@click.command("list")
@click.option(
    "--what",
    type=click.Choice((*_QUESTIONS, *_OTHERS)),
    default="declared",
    show_default=True,
    help="again: a filing of a VIN that had been filed before, rejected or revoked since;"
    " confirmed: a question was answered, by 是 (yes) on its row or --confirm;"
    " commanded: by command and no file;"
    " decided: release, resend, restore, receipt --override; rules: the first batch under other ones.",
)
@click.option("--from", "since", metavar="YYYY-MM-DD", help="On this day or later.")
@click.option("--to", "until", metavar="YYYY-MM-DD", help="On this day or before.")
@click.option(
    "--compare",
    metavar="FILE",
    type=click.Path(),
    help="Customs' list, a text or CSV: VINs in one of both only.",
)
@click.option("-o", "--output", metavar="FILE.csv", type=click.Path(), help="As a table for Excel.")
@force_option
@pass_context
def list_events(
    context: Context,
    what: str,
    since: str | None,
    until: str | None,
    compare: str | None,
    output: str | None,
    force: bool,
) -> int:
    """What happened in a period: event by event, who, by which file, and what must agree about it."""
    from vinbatch.report.period import chosen
    from vinbatch.store import period
    from vinbatch.store.conditions import midnight

    if output and Path(output).suffix.lower() != ".csv":
        raise UsageError("usage.csv", at=readable(Path(output).name))
    listed = vins_in(Path(compare)) if compare else None
    ruleset, first, last = context.ruleset, day(since), day(until)
    zone = ruleset.settings.zone
    begin = midnight(first, zone) if first else None
    end = midnight(last, zone, days=1) if last else None
    with context.auditing() as ledger:
        base, found = chosen(period.events(ledger.db, end), what, period.commanded(ledger.db), begin)
        vins = {event.id: event.vin for event in found}
        told = _told(list(vins), base, ledger, ruleset, whole=what in ("all", "rules"))
        if output:
            write_all({Path(output): _csv(told, ruleset)}, force=force)
            say(ruleset.phrase("cli.listed", name=output, n=len(vins)))
        else:
            _print(told)
        _tell_sums(vins.values(), ledger, begin, end, ruleset)
        _tell_gaps(context, ledger, begin, end)
    if compare and listed is not None:
        _tell_compared(readable(Path(compare).name), listed, {*vins.values()} - {""}, ruleset)
    return 0


def _told(
    numbers: Sequence[int], before: Event | None, ledger: Ledger, ruleset: Ruleset, *, whole: bool
) -> Iterator[tuple[Event, Happened]]:
    """The events of these numbers in words. A few are read at a time: a million do not fit into memory, and
    who reads on while somebody looks at them keeps the ledger's `-wal` from being emptied.
    """
    from vinbatch.report.history import batches_of, happened
    from vinbatch.store import period

    for start in range(0, len(numbers), _AT_ONCE):
        events = tuple(period.of_numbers(ledger.db, numbers[start : start + _AT_ONCE]))
        sources = ledger.queries.sources(batches_of(events))
        yield from zip(events, happened(events, sources, ruleset, whole=whole, before=before), strict=True)
        before = next((e for e in reversed(events) if e.body["kind"] == "batch"), before)


def _print(told: Iterable[tuple[Event, Happened]]) -> None:
    from vinbatch.cli.detail import tell_happened

    for event, what in told:
        tell_happened(str(event.id), what, event.vin)


def _csv(told: Iterable[tuple[Event, Happened]], ruleset: Ruleset) -> bytes:
    from vinbatch.report.history import APART
    from vinbatch.report.listing import table_csv

    time = ruleset.phrase("list.time", zone=str(ruleset.settings.zone))
    apart = (ruleset.phrase(f"list.{key}") for key in APART)
    heads = ["#", "VIN", time, ruleset.phrase("cli.event"), *apart, ruleset.phrase("cli.detail"), "SHA-256"]
    rows = (
        [str(event.id), event.vin, what.when, what.what, *what.apart, what.detail, event.hash]
        for event, what in told
    )
    return table_csv(chain([heads], rows))


def _tell_compared(name: str, theirs: Collection[str], ours: Collection[str], ruleset: Ruleset) -> None:
    """How many VINs of another's list are ours too, and which are of one of both only."""
    from vinbatch.cli.detail import tell_folded

    theirs, ours = frozenset(theirs), frozenset(ours)
    both = len(theirs & ours)
    tell_folded(ruleset.phrase("cli.compared", name=name, n=len(theirs), both=both))
    for word, vins in (("compared_theirs", theirs - ours), ("compared_ours", ours - theirs)):
        tell_folded(ruleset.phrase(f"cli.{word}", n=len(vins), vins=" ".join(sorted(vins)) or "–"))


def _tell_gaps(context: Context, ledger: Ledger, begin: datetime | None, end: datetime | None) -> None:
    """Restores by which this ledger lacks a part of the period: "0 events" of it is no answer."""
    from vinbatch.cli.detail import tell_folded
    from vinbatch.report.words import local_time
    from vinbatch.run.keeping import stem_of, taken_away
    from vinbatch.store import period

    ruleset = context.ruleset
    for since, until, had_more in period.gaps(ledger.db, begin, end):
        times = {"since": local_time(since, ruleset), "until": local_time(until, ruleset)}
        aside = taken_away(context.home) if had_more else ()
        kept = [path for path in aside if path.name.startswith(stem_of(until))]
        told = {"kept": readable(kept[0])} if kept else {}
        tell_folded(ruleset.phrase("cli.gap" if kept else "cli.gap_alone", **times, **told))


def _tell_sums(
    vins: Collection[str],
    ledger: Ledger,
    begin: datetime | None,
    end: datetime | None,
    ruleset: Ruleset,
) -> None:
    """How many these are; and of all that was declared, what events, packages and customs say of it."""
    from vinbatch.cli.detail import tell_folded
    from vinbatch.report.words import listed
    from vinbatch.store import period

    vehicles = len({*vins} - {""})
    count = "list_count" if vehicles or not vins else "list_others"
    zone = str(ruleset.settings.zone)
    tell_folded(ruleset.phrase(f"cli.{count}", n=len(vins), vehicles=vehicles, zone=zone))
    sums = period.counted(ledger.db, begin, end)
    types = [f"{ruleset.word(f'@type.{name}')} {n}" for name, n in sorted(sums.declared.items())]
    tell_folded(
        ruleset.phrase(
            "cli.list_sums",
            n=sums.total,
            types=listed(types, ruleset) or "–",
            packages=sums.packages,
            vehicles=sums.vehicles,
            accepted=sums.accepted,
            rejected=sums.rejected,
            waiting=sums.vehicles - sums.accepted - sums.rejected,
        )
    )
