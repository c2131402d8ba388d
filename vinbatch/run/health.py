"""How a home is: the one thing to do first, then what waits. `status` prints it, the overview shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from vinbatch.effects import failing
from vinbatch.effects.heartbeat import last_beat
from vinbatch.effects.home import Home
from vinbatch.effects.lock import WATCHES, Holder, holder
from vinbatch.effects.reports import count_aside
from vinbatch.errors import VinbatchError
from vinbatch.model import Due, Forgotten, State
from vinbatch.noun import Noun, field
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.run import keeping
from vinbatch.run.folders import Seen, look
from vinbatch.run.slow import slow_patterns
from vinbatch.store.ledger import Ledger
from vinbatch.store.mails import Post
from vinbatch.store.packages import DOUBT
from vinbatch.store.queries import Status

# A pass of 1,000 full workbooks takes five minutes, a restore of 5,000 batches one.
_HANGS = timedelta(hours=1)
_NAMED = 5  # batches in one line
_NOTHING = Status((), 0, (), 0, (), 0)


class Health(Noun, frozen=True):
    """Lines in the order of their weight; none means that all is well."""

    lines: tuple[str, ...]
    counts: tuple[tuple[str, str, int], ...]
    numbers: dict[str, Any]
    # for monitoring: that of the last pass where it failed;
    # 1 an answer that cannot be made; 5 rules or templates refused, or a pattern without end;
    # 6 not accessible, a full disk, a watch that is gone, or a run that hangs;
    # 7 the outbox is not accessible, a package in doubt or forgotten, or a batch of which a restore found the
    # result only; 8 mail that waits
    exit_code: int = 0

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        counts = [{"type": t, "state": s, "count": n} for t, s, n in self.counts]
        return {
            "version": 1,
            "well": not self.lines,
            "lines": _single(self.lines),
            "records": counts,
            **self.numbers,
        }


def _single(lines: Sequence[str]) -> list[str]:
    """Each a line: a program shows or sends the first alone."""
    return [line.strip() for told in lines for line in told.splitlines()]


def unseen(error: VinbatchError, lang: str) -> dict[str, Any]:
    """For programs, where no home can be looked at."""
    told = str(error.told(lang))
    why = {"exit_code": error.exit_code, "message": told}
    return {"version": 1, "well": False, "lines": _single([told]), "error": why}


class Stock(Noun, frozen=True):
    """What the ledger says; `unread` is why it could not be read, which the operator has to know first."""

    status: Status = _NOTHING
    packages: tuple[Due, ...] = ()
    unread: str = ""
    refused: str = ""  # why no pass begins: rules or templates are broken
    post: Post = field(default_factory=Post)
    untold: tuple[str, ...] = ()  # batches whose answer cannot be made
    forgotten: tuple[Forgotten, ...] = ()  # packages that the ledger, restored, does not know
    slow: tuple[tuple[str, str], ...] = ()  # batch and field, refused by a pattern that comes to no end
    kept: tuple[tuple[str, str], ...] = ()  # files of first and latest batch that the archive has to have
    results_only: tuple[str, ...] = ()  # batches of which a restore found nothing but a result

    @property
    def doubtful(self) -> tuple[Due, ...]:
        """The packages in doubt."""
        return tuple(p for p in self.packages if p.state == DOUBT)

    @property
    def unpublished(self) -> tuple[Due, ...]:
        """The packages that the next pass publishes."""
        return tuple(p for p in self.packages if p.state != DOUBT)

    @classmethod
    def of(cls, ledger: Ledger, now: datetime, ruleset: Ruleset) -> Stock:
        """Looked up."""
        status = ledger.queries.status(now, ruleset.settings.overdue_days)
        return cls(
            status,
            ledger.packages.open(),
            post=ledger.mails.status(now, ruleset.settings.mail),
            untold=ledger.answers.untold(),
            forgotten=ledger.forgotten.open(),
            slow=slow_patterns(ledger, ruleset),
            kept=ledger.queries.outer_files(),
            results_only=ledger.results_only(),
        )


def health(home: Home, stock: Stock, now: datetime, ruleset: Ruleset, *, on_page: bool = False) -> Health:
    """Looks at the folders; changes nothing. `on_page`: what clerks have to do is told without commands."""
    found = stock.status
    seen = look(home, stock.kept, now, ruleset)
    by = holder(home.lock_path)
    hung = by if by and by.what != WATCHES and now - by.since > _HANGS else None
    watch = [*_hung(hung, ruleset), *_watch(home, now, ruleset)]
    failed = failing.last(home)
    rejected = sum(n for _, state, n in found.counts if state == State.REJECTED)
    aside = count_aside(home)
    unsettled = keeping.unsettled(home, stock.results_only)
    clerks = "clerk" if on_page else "cli"
    lines = [
        *filter(None, [stock.refused, stock.unread]),
        *([told_failure(failed, ruleset)] if failed else []),
        *seen.gone,
        *_when("ledger_gone", home.ledger_gone, ruleset, name=str(home.ledger)),
        *_undecided(stock, ruleset),
        *told_unsettled(unsettled, ruleset),
        *_when("untold", len(stock.untold), ruleset, batch=stock.untold[0] if stock.untold else ""),
        *_slow_lines(stock, ruleset),
        *_when("unfinished", 0 if failed else len(found.unfinished), ruleset),
        *_when("unpublished", len(stock.unpublished), ruleset),
        *_overdue(found, ruleset),
        *watch,
        *_mail(stock.post, ruleset),
        *_when("aside", aside, ruleset, place=str(home.set_aside)),
        *_when("held", found.held, ruleset, clerks, by=_by([(d, n) for d, n, _ in found.clerks], ruleset)),
        *_when("rejected", rejected, ruleset, clerks, by=_by([(d, n) for d, _, n in found.clerks], ruleset)),
        *_waiting(seen, ruleset, cut_off=by is None and not failed),
        *seen.skipped(ruleset),
    ]
    numbers = _numbers(stock, home, rejected=rejected, aside=aside, waiting=seen.waiting)
    numbers["ignored"] = _ignored_numbers(seen, ruleset)
    numbers["hangs"] = _hung_numbers(hung) if hung else None
    numbers["results_only"] = list(unsettled)
    numbers["failed"] = _failure_numbers(failed, ruleset) if failed else None
    codes = {*seen.codes, failed.exit_code if failed else 0}
    codes |= _codes(accessible=not (stock.unread or watch or home.ledger_gone), settled=not unsettled)
    return Health(tuple(lines), found.counts, numbers, _code(stock, codes))


def told_failure(failed: failing.Failure, ruleset: Ruleset) -> str:
    """Why the last pass failed."""
    since, why = local_time(failed.since, ruleset), failed.told[ruleset.settings.language]
    return ruleset.phrase("cli.failed", since=since, why=why)


def _failure_numbers(failed: failing.Failure, ruleset: Ruleset) -> dict[str, Any]:
    message = failed.told[ruleset.settings.language]
    return {"since": failed.since.isoformat(), "exit_code": failed.exit_code, "message": message}


def _ignored_numbers(seen: Seen, ruleset: Ruleset) -> list[dict[str, str]]:
    return [{"path": one.path, "why": ruleset.word(one.reason)} for one in seen.ignored]


def _codes(*, accessible: bool, settled: bool) -> set[int]:
    return (
        set() if accessible and settled else {*({7} if not settled else ()), *({6} if not accessible else ())}
    )


def _code(stock: Stock, codes: Collection[int]) -> int:
    """The first that applies, in the order of the exit codes; `codes` are those of folders and watch."""
    applies = {
        1: bool(stock.untold),
        5: bool(stock.refused or stock.slow),
        7: bool(stock.doubtful or stock.forgotten),
        8: bool(stock.post.reply),
    }
    return next((code for code in (1, 5, 6, 7, 8) if applies.get(code) or code in codes), 0)


def _numbers(stock: Stock, home: Home, *, rejected: int, aside: int, waiting: int) -> dict[str, Any]:
    """For programs, by the keys of docs/schemas/status.json."""
    found = stock.status
    return {
        "doubt": [p.guid for p in stock.doubtful],
        "forgotten": [_forgotten(p) for p in stock.forgotten],
        "unpublished": [p.guid for p in stock.unpublished],
        "untold": list(stock.untold),
        "slow": [{"batch": batch, "field": at} for batch, at in stock.slow],
        "unfinished": list(found.unfinished),
        "held": found.held,
        "rejected": rejected,
        "departments": [{"department": d, "held": h, "rejected": r} for d, h, r in found.clerks],
        "set_aside": aside,
        "overdue": [vin for vin, _ in found.overdue],
        "waiting": waiting,
        "last_scan": _last_scan(home),
        "catalogue": found.entries,
        "mail": _mail_numbers(stock.post),
    }


def _when(phrase: str, count: int, ruleset: Ruleset, group: str = "cli", **params: str) -> list[str]:
    """The line, where there is anything to tell."""
    return [ruleset.phrase(f"{group}.{phrase}", n=count, **params)] if count else []


def _slow_lines(stock: Stock, ruleset: Ruleset) -> list[str]:
    batch, at = stock.slow[-1] if stock.slow else ("", "")
    return _when("slow", len(stock.slow), ruleset, batch=batch, at=at)


def _undecided(stock: Stock, ruleset: Ruleset) -> Iterator[str]:
    """The packages about which a person decides; of those forgotten the oldest first."""
    doubtful, forgotten = stock.doubtful, stock.forgotten
    if doubtful:
        yield ruleset.phrase("cli.doubt", n=len(doubtful), guid=doubtful[0].guid)
    if forgotten:
        vehicles, guid = sum(p.vehicles for p in forgotten), forgotten[0].guid
        yield ruleset.phrase("cli.forgotten", n=len(forgotten), vehicles=vehicles, guid=guid)


def told_unsettled(batches: Sequence[str], ruleset: Ruleset) -> list[str]:
    """That of these batches only a result is left since a restore; the first few by name."""
    names = ruleset.phrase("cli.comma").join(batches[:_NAMED]) + (" …" if batches[_NAMED:] else "")
    return _when("results_only", len(batches), ruleset, names=names)


def _forgotten(package: Forgotten) -> dict[str, Any]:
    return {
        "guid": package.guid,
        "batch": package.batch,
        "type": package.type.value,
        "vehicles": package.vehicles,
        "made": package.made.isoformat(),
    }


def _mail(post: Post, ruleset: Ruleset) -> list[str]:
    """Mail that was tried in vain, and who was refused of late; what is merely on its way is no trouble."""
    lines = []
    if post.reply:
        since = local_time(post.oldest, ruleset)
        lines += _when("mail_waits", post.waiting, ruleset, since=since, reply=post.reply)
    if post.until:
        lines += _when("mail_left", post.waiting, ruleset, until=local_time(post.until, ruleset))
    if post.refused:
        address, reply = post.refused[0]
        lines += _when("mail_refused", len(post.refused), ruleset, address=address, reply=reply)
    return lines


def _mail_numbers(post: Post) -> dict[str, Any]:
    return {
        "waiting": post.waiting,
        "oldest": post.oldest.isoformat() if post.oldest else None,
        "reply": post.reply,
        "until": post.until.isoformat() if post.until else None,
        "refused": [{"address": address, "reply": reply} for address, reply in post.refused],
    }


def _by(waiting: Sequence[tuple[str, int]], ruleset: Ruleset) -> str:
    """Whose they are, where there are departments: `（上海 2，北京 1）`."""
    told = [(department, n) for department, n in waiting if n]
    if not any(department for department, _ in told):
        return ""
    names = [f"{department or ruleset.phrase('cli.no_department')} {n}" for department, n in told]
    return ruleset.phrase("cli.departments", names=ruleset.phrase("cli.comma").join(names))


def _watch(home: Home, now: datetime, ruleset: Ruleset) -> list[str]:
    """A watch that hangs, or that was killed and nobody started again."""
    beat = last_beat(home.heartbeat)
    if beat is None:
        return []
    when = local_time(beat.beat, ruleset)
    if not beat.alive():
        return [ruleset.phrase("cli.watch_died", pid=beat.pid, when=when)]
    hangs = beat.hangs(now)
    return [ruleset.phrase("cli.watch_hangs", pid=beat.pid, when=when)] if hangs else []


def _hung(hung: Holder | None, ruleset: Ruleset) -> list[str]:
    """A run or a command that has held the home for too long: a watch has its heartbeat."""
    if hung is None:
        return []
    told = {"what": hung.what, "host": hung.host, "since": local_time(hung.since, ruleset)}
    return [ruleset.phrase("cli.hangs", "", pid=hung.pid, **told)]


def _hung_numbers(hung: Holder) -> dict[str, Any]:
    return {"what": hung.what, "pid": hung.pid, "host": hung.host, "since": hung.since.isoformat()}


def _waiting(seen: Seen, ruleset: Ruleset, *, cut_off: bool) -> list[str]:
    """The files that wait; whether some were taken by a run that is no more."""
    if seen.claimed and cut_off:
        return _when("claimed", seen.waiting, ruleset, taken=str(seen.claimed))
    return _when("waiting", seen.waiting, ruleset)


def _last_scan(home: Home) -> str | None:
    beat = last_beat(home.heartbeat)
    return beat.beat.isoformat() if beat else None


def _overdue(found: Status, ruleset: Ruleset) -> list[str]:
    if not found.overdue:
        return []
    days, vin = ruleset.settings.overdue_days, found.overdue[0][0]
    return [ruleset.phrase("cli.overdue", n=len(found.overdue), days=days, vin=vin)]
