"""How a home is: the one thing to do first, then what waits. `status` prints it, the overview shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from vinbatch.effects import failing
from vinbatch.effects.heartbeat import last_beat
from vinbatch.effects.home import Home
from vinbatch.effects.lock import WATCHES, Holder, holder
from vinbatch.effects.names import readable
from vinbatch.effects.reports import count_aside
from vinbatch.errors import VinbatchError, first_code
from vinbatch.noun import Noun, replace
from vinbatch.paths import is_there
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset
from vinbatch.run import keeping
from vinbatch.run.condition import lasting
from vinbatch.run.condition.alarms import Notice
from vinbatch.run.condition.folders import Seen, look
from vinbatch.run.condition.status import Looked, numbers
from vinbatch.run.condition.stock import Stock
from vinbatch.run.condition.unattended import forbidden, unattended
from vinbatch.run.condition.unseen import told_unseen
from vinbatch.run.condition.upkeep import uncopied
from vinbatch.store.mails import Post
from vinbatch.store.queries import Status

# A pass of 1,000 full workbooks takes five minutes, a restore of 5,000 batches one.
_HANGS = timedelta(hours=1)
_NAMED = 5  # batches in one line
# A connection that was refused once, or a server that greylists whom it does not know: both are over after
# a few of the tries, which come 1, 2, 4, 8 … minutes apart.
_VAIN = timedelta(minutes=30)


class Health(Noun, frozen=True):
    """Notices in the order of their weight; none means that all is well."""

    notices: tuple[Notice, ...]
    counts: tuple[tuple[str, str, int], ...]
    numbers: dict[str, Any]

    @property
    def lines(self) -> tuple[str, ...]:
        """For people."""
        return tuple(one.line for one in self.notices)

    @property
    def alarms(self) -> tuple[Notice, ...]:
        """What an operator has to see to."""
        return tuple(one for one in self.notices if one.code)

    @property
    def exit_code(self) -> int:
        """For monitoring: 0 without an alarm."""
        return first_code(one.code for one in self.notices)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        counts = [{"type": t, "state": s, "count": n} for t, s, n in self.counts]
        return {
            "version": 1,
            "well": not self.notices,
            "exit_code": self.exit_code,
            "alarms": [one.as_json() for one in self.alarms],
            "lines": _single(self.lines),
            "records": counts,
            **self.numbers,
        }


def _single(lines: Sequence[str]) -> list[str]:
    """Each a line: a program shows or sends the first alone."""
    return [line.strip() for told in lines for line in told.splitlines()]


def unseen(error: VinbatchError, lang: str) -> dict[str, Any]:
    """For programs, where no home can be looked at."""
    notice = Notice("error", str(error.told(lang)), error.exit_code)
    return {
        "version": 1,
        "well": False,
        "exit_code": notice.code,
        "alarms": [notice.as_json()],
        "lines": _single([notice.line]),
        "error": {"exit_code": notice.code, "message": notice.line},
    }


def health(home: Home, stock: Stock, now: datetime, ruleset: Ruleset, *, on_page: bool = False) -> Health:
    """Looks at the folders; changes nothing. `on_page`: what clerks have to do is told without commands, and
    what lies in the home by where it lies there, since they see it as a share.
    """
    seen = look(home, stock.kept, now, ruleset)
    by = holder(home.lock_path)
    hung = by if by and by.what != WATCHES and now - by.since > _HANGS else None
    failed = failing.last(home)
    unsettled = keeping.unsettled(home, stock.results_only)
    aside = count_aside(home)
    hangs, standing = tuple(_hung(hung, ruleset)), tuple(_watch(home, now, ruleset))
    broken = tuple(_broken(home, stock, failed, seen, ruleset))
    why = any(one.code for one in (*hangs, *broken, *standing))  # then it is told why nothing is worked
    notices = (
        *hangs,  # first: no other cure works before
        *broken,
        *(() if why else unattended(home, now, ruleset, seen.sight)),
        *forbidden(home, now, ruleset, seen.sight),
        *_undecided(stock, unsettled, ruleset),
        *_when("untold", len(stock.untold), ruleset, 1, batch=stock.untold[0] if stock.untold else ""),
        *_slow(stock, ruleset),
        *_when("unfinished", 0 if failed or hung else len(stock.status.unfinished), ruleset),
        *_when("unpublished", len(stock.unpublished), ruleset, 7 if is_there(home.outage) else 0),
        *_overdue(stock.status, ruleset),
        *standing,
        *_mail(stock.post, now, ruleset),
        *_when("set_aside", aside, ruleset, 4, phrase="set_aside_waits", place=str(home.set_aside)),
        *(() if on_page else uncopied(home, stock.began, now, ruleset)),
        *_clerks(stock, ruleset, "clerk" if on_page else "cli"),
        *told_unseen(home, seen.sight, ruleset),
        *_waiting(seen, ruleset, cut_off=by is None and not failed),
        *(Notice("unready", line) for line in seen.skipped(ruleset)),
    )
    notices = tuple(lasting.dated(notices, {**stock.since, **lasting.by_notes(home)}, home, ruleset))
    # The first line is what an operator has to do.
    notices = tuple(sorted(notices, key=lambda one: not one.code))
    looked = Looked(home, stock, seen, failed, hung, unsettled, aside)
    if on_page:
        notices = tuple(replace(one, line=_within(home, one.line)) for one in notices)
    return Health(notices, stock.status.counts, numbers(looked, ruleset))


def _within(home: Home, line: str) -> str:
    """The line with the home's own folders named without where it lies on this machine."""
    return re.sub(rf"(?<![\w./-]){re.escape(readable(home.root))}/", "", line, flags=re.ASCII)


def _broken(
    home: Home, stock: Stock, failed: failing.Failure | None, seen: Seen, ruleset: Ruleset
) -> Iterator[Notice]:
    """What keeps passes from beginning or ending, and folders and disks that are gone or full.

    That the last pass failed is no other trouble where one of these says why.
    """
    lang = ruleset.settings.language
    unread = [Notice("rules", stock.refused, 5)] if stock.refused else []
    unread += [Notice("ledger", stock.unread, 6)] if stock.unread else []
    gone = list(seen.gone)
    try:
        home.check_ledger_kept()
    except VinbatchError as e:
        gone.append(Notice("ledger", str(e.told(lang)), 6))
    yield from unread
    if failed and not any(failed.told[lang] in one.line for one in (*unread, *gone)):
        yield Notice("failed", told_failure(failed, ruleset), failed.exit_code, failed.since)
    yield from gone


def told_failure(failed: failing.Failure, ruleset: Ruleset) -> str:
    """Why the last pass failed."""
    since, why = local_time(failed.since, ruleset), failed.told[ruleset.settings.language]
    return ruleset.phrase("cli.failed", since=since, why=why)


def _when(
    what: str,
    count: int,
    ruleset: Ruleset,
    code: int = 0,
    *,
    phrase: str = "",
    group: str = "cli",
    **params: str,
) -> Iterator[Notice]:
    """The line, where there is anything to tell; `phrase` is its sentence where that has another name."""
    if count:
        yield Notice(what, ruleset.phrase(f"{group}.{phrase or what}", n=count, **params), code)


def _slow(stock: Stock, ruleset: Ruleset) -> Iterator[Notice]:
    batch, at = stock.slow[-1] if stock.slow else ("", "")
    return _when("slow", len(stock.slow), ruleset, 5, batch=batch, at=at)


def _undecided(stock: Stock, unsettled: Sequence[str], ruleset: Ruleset) -> Iterator[Notice]:
    """The packages about which a person decides; of those forgotten the oldest first."""
    doubtful, forgotten = stock.doubtful, stock.forgotten
    if doubtful:
        yield from _when("doubt", len(doubtful), ruleset, 7, guid=doubtful[0].guid)
    if forgotten:
        vehicles, guid = sum(p.vehicles for p in forgotten), forgotten[0].guid
        line = ruleset.phrase("cli.forgotten", n=len(forgotten), vehicles=vehicles, guid=guid)
        yield Notice("forgotten", line, 7)
    yield from told_unsettled(unsettled, ruleset)


def told_unsettled(batches: Sequence[str], ruleset: Ruleset) -> Iterator[Notice]:
    """That of these batches only a result is left since a restore; the first few by name."""
    names = ruleset.phrase("cli.comma").join(batches[:_NAMED]) + (" …" if batches[_NAMED:] else "")
    return _when("results_only", len(batches), ruleset, 7, names=names)


def _mail(post: Post, now: datetime, ruleset: Ruleset) -> Iterator[Notice]:
    """Mail that was tried in vain, and who was refused of late; what is merely on its way is no trouble.

    An alarm is what has waited for long in vain. Who took the server out of the settings knows it.
    """
    if post.vain:
        told = {"since": local_time(post.vain, ruleset), "reply": post.reply}
        code = 8 if now - post.vain >= _VAIN else 0
        for one in _when("mail", post.waiting, ruleset, code, phrase="mail_waits", **told):
            yield replace(one, since=post.vain)
    if post.until:
        until = local_time(post.until, ruleset)
        yield from _when("mail", post.waiting, ruleset, phrase="mail_left", until=until)
    if post.refused:
        address, reply = post.refused[0]
        told = {"address": address, "reply": reply}
        yield from _when("mail", len(post.refused), ruleset, 8, phrase="mail_refused", **told)


def _clerks(stock: Stock, ruleset: Ruleset, group: str) -> Iterator[Notice]:
    """What clerks have to mend."""
    found = stock.status
    held = _by([(d, n) for d, n, _ in found.clerks], ruleset)
    yield from _when("held", found.held, ruleset, group=group, by=held)
    by = _by([(d, n) for d, _, n in found.clerks], ruleset)
    yield from _when("rejected", stock.rejected, ruleset, group=group, by=by)


def _by(waiting: Sequence[tuple[str, int]], ruleset: Ruleset) -> str:
    """Whose they are, where there are departments: `（上海 2，北京 1）`."""
    told = [(department, n) for department, n in waiting if n]
    if not any(department for department, _ in told):
        return ""
    names = [f"{department or ruleset.phrase('cli.no_department')} {n}" for department, n in told]
    return ruleset.phrase("cli.departments", names=ruleset.phrase("cli.comma").join(names))


def _watch(home: Home, now: datetime, ruleset: Ruleset) -> Iterator[Notice]:
    """A watch that hangs, or that was killed and nobody started again."""
    beat = last_beat(home.heartbeat)
    if beat is None:
        return
    alive = beat.alive()
    if not alive or beat.hangs(now):
        phrase = "cli.watch_hangs" if alive else "cli.watch_died"
        line = ruleset.phrase(phrase, pid=beat.pid, when=local_time(beat.beat, ruleset))
        yield Notice("watch", line, 6, beat.beat)


def _hung(hung: Holder | None, ruleset: Ruleset) -> Iterator[Notice]:
    """A run or a command that has held the home for too long: a watch has its heartbeat."""
    if hung:
        told = {"what": hung.what, "host": hung.host, "since": local_time(hung.since, ruleset)}
        yield Notice("hangs", ruleset.phrase("cli.hangs", "", pid=hung.pid, **told), 6, hung.since)


def _waiting(seen: Seen, ruleset: Ruleset, *, cut_off: bool) -> Iterator[Notice]:
    """The files that wait; whether some were taken by a run that is no more."""
    if seen.claimed and cut_off:
        return _when("waiting", seen.waiting, ruleset, phrase="claimed", taken=str(seen.claimed))
    return _when("waiting", seen.waiting, ruleset)


def _overdue(found: Status, ruleset: Ruleset) -> Iterator[Notice]:
    if found.overdue:
        days, vin = ruleset.settings.overdue_days, found.overdue[0][0]
        line = ruleset.phrase("cli.overdue", n=len(found.overdue), days=days, vin=vin)
        yield Notice("overdue", line, 4)
