"""What the overview is made from: sums that are kept with every commit, never the stored outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from vinbatch.model import VEHICLE, BatchLine, Day, Month, Span, Unmended
from vinbatch.noun import Noun
from vinbatch.store import counts
from vinbatch.store.codec import finding_from, outcome_from
from vinbatch.store.order import NEWEST_FIRST, OLDEST_FIRST
from vinbatch.store.writing import utc
from vinbatch.zipped import inflated

if TYPE_CHECKING:
    from vinbatch.store.ledger import Ledger

INDEX = "index"  # the page that shows the newest; all others are named by their month
_COLUMNS = (
    "batch, taken, source_name, department, CASE user WHEN '' THEN owner ELSE user END, refusal,"
    " accepted, rejected, line.overdue, doubt, result, report, open"
)
_MOST_FINDINGS = 8
_MOST_COUNTED = 1000  # older batches at one refresh: each costs the decoding of its outcome


class LastRefresh(Noun, frozen=True):
    """When register and overview were last brought up to date, and what of the folders they told."""

    at: datetime
    told: str


class Figures:
    """The sums of a ledger, and which pages they make due."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._db = ledger.db

    # ── what is due ──────────────────────────────────────────────────────────────────────────────

    def anything_due(self, month: str) -> bool:
        """Whether something changed since it was last told; the page of `month` itself is not written yet."""
        (due,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM register_due)"
            " OR EXISTS (SELECT 1 FROM page_due WHERE page = ? OR page < ?)"
            " OR EXISTS (SELECT 1 FROM line WHERE counted = 0)",
            (INDEX, month),
        ).fetchone()
        return bool(due)

    def first_since(self, moment: datetime) -> bool:
        """Whether there are batches now, and were none at this moment."""
        (first,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM line) AND NOT EXISTS"
            " (SELECT 1 FROM line JOIN batch ON number = line.batch WHERE taken <= ?)",
            (utc(moment),),
        ).fetchone()
        return bool(first)

    def months_due(self, month: str) -> tuple[str, ...]:
        """The closed months in which something changed, newest first."""
        rows = self._db.execute("SELECT page FROM page_due WHERE page < ? ORDER BY page DESC", (month,))
        return tuple(page for (page,) in rows)

    def page_written(self, page: str) -> None:
        """This page was written: it is due no more."""
        with self._ledger.transaction() as db:
            db.execute("DELETE FROM page_due WHERE page = ?", (page,))

    def refreshed(self) -> LastRefresh | None:
        """The last refresh; None before the first."""
        row = self._db.execute("SELECT at, told FROM refreshed WHERE what = ?", (INDEX,)).fetchone()
        return LastRefresh(datetime.fromisoformat(row[0]), row[1]) if row else None

    def refresh_done(self, now: datetime, told: str) -> None:
        """Everything that was due at this moment is written."""
        with self._ledger.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO refreshed VALUES (?, ?, ?)",
                (INDEX, utc(now), told),
            )

    def count_older(self) -> bool:
        """Counts batches of before these sums were kept; whether all are counted now.

        The oldest first: a later one takes over what an earlier one has left open.
        """
        rows = self._db.execute(
            "SELECT line.batch FROM line JOIN batch ON number = line.batch WHERE counted = 0"  # noqa: S608 - our own text
            f" ORDER BY {OLDEST_FIRST} LIMIT ?",
            (_MOST_COUNTED + 1,),
        ).fetchall()
        if rows:
            with self._ledger.transaction() as db:
                for (batch,) in rows[:_MOST_COUNTED]:
                    (stored,) = db.execute("SELECT outcome FROM batch WHERE number = ?", (batch,)).fetchone()
                    counts.keep(db, outcome_from(inflated(stored)))
                    db.execute("UPDATE line SET counted = 1 WHERE batch = ?", (batch,))
        return len(rows) <= _MOST_COUNTED

    # ── the sums ─────────────────────────────────────────────────────────────────────────────────

    def months(self) -> tuple[Month, ...]:
        """All months with batches, newest first."""
        rows = self._db.execute(
            "SELECT substr(day, 1, 6), count(*), sum(accepted), sum(rejected), sum(overdue), sum(open)"
            " FROM line GROUP BY 1 ORDER BY 1 DESC"
        ).fetchall()
        verdicts: dict[str, Counter[str]] = {}
        for month, verdict, n in self._db.execute(
            "SELECT substr(day, 1, 6), verdict, sum(number) FROM line JOIN verdict_count USING (batch)"
            " WHERE sheet = ? GROUP BY 1, 2",
            (VEHICLE,),
        ):
            verdicts.setdefault(month, Counter())[verdict] = n
        return tuple(_month(row, verdicts.get(row[0], Counter())) for row in rows)

    def lines(self, month: str, least: int = 0) -> tuple[BatchLine, ...]:
        """The batches of a month, newest first; where they are fewer than `least`, older ones too."""
        (number,) = self._db.execute(
            "SELECT count(*) FROM line WHERE day >= ? AND day < ?", _month_span(month)
        )
        if number[0] < least:
            return self._newest(least)
        return self._lines(f"WHERE day >= ? AND day < ? ORDER BY {NEWEST_FIRST}", _month_span(month))

    def unmended(self, since: date) -> tuple[Unmended, ...]:
        """Files of this day or later with what was refused and no later batch took over, the newest first.

        A VIN or number that was refused again under the same file name counts as it did last.
        """
        rows = self._db.execute(
            "SELECT source_name, department, sheet,"  # noqa: S608 - our own text
            " CASE name WHEN '' THEN line.batch ELSE name END,"
            " CASE sheet WHEN '' THEN max(open_row.row) ELSE count(*) END"
            " FROM line JOIN batch ON number = line.batch"
            " JOIN open_row ON open_row.batch = line.batch AND kind = 'refused'"
            f" WHERE day >= ? GROUP BY line.batch, sheet, name ORDER BY {OLDEST_FIRST}",
            (f"{since:%Y%m%d}",),
        )
        found: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
        for source, department, sheet, name, n in rows:
            mine = found.pop((source, department), {})
            mine[sheet, name] = n
            found[source, department] = mine
        return tuple(
            Unmended(*file, 0 if 0 in mine.values() else sum(mine.values()))
            for file, mine in reversed(found.items())
        )

    def _newest(self, most: int) -> tuple[BatchLine, ...]:
        """By their day first, which the index knows."""
        found = self._lines(f"ORDER BY day DESC, {NEWEST_FIRST} LIMIT ?", (most,))
        return tuple(sorted(found, key=lambda one: one.taken, reverse=True))

    def _lines(self, where: str, values: tuple[object, ...]) -> tuple[BatchLine, ...]:
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM line JOIN batch ON number = line.batch {where}",  # noqa: S608 - our own text
            values,
        ).fetchall()
        kept = self._counts([row[0] for row in rows])
        return tuple(_line(row, kept.get(row[0], {})) for row in rows)

    def _counts(self, batches: Iterable[str]) -> Mapping[str, Mapping[tuple[str, str], int]]:
        found: dict[str, dict[tuple[str, str], int]] = {}
        for batch in batches:
            rows = self._db.execute(
                "SELECT sheet, verdict, number FROM verdict_count WHERE batch = ?", (batch,)
            )
            found[batch] = {(sheet, verdict): n for sheet, verdict, n in rows}
        return found

    def span(self, since: date, until: date) -> Span:
        """Every day of it, also those on which nothing happened."""
        days = (f"{since:%Y%m%d}", f"{until:%Y%m%d}")
        rows: dict[str, Counter[str]] = {}
        for day, verdict, n in self._db.execute(
            "SELECT day, verdict, sum(number) FROM line JOIN verdict_count USING (batch)"
            " WHERE day BETWEEN ? AND ? AND sheet = ? GROUP BY 1, 2",
            (*days, VEHICLE),
        ):
            rows.setdefault(day, Counter())[verdict] = n
        sums = self._db.execute(
            "SELECT day, sum(accepted), sum(rejected), sum(overdue) FROM line"
            " WHERE day BETWEEN ? AND ? GROUP BY day",
            days,
        )
        told = {day: (yes, no, late) for day, yes, no, late in sums}
        delays = self._delays(days)
        found = []
        for i in range((until - since).days + 1):
            day = since + timedelta(days=i)
            key = f"{day:%Y%m%d}"
            yes, no, late = told.get(key, (0, 0, 0))
            found.append(Day(day, rows.get(key, {}), yes, no, late, delays.get(key)))
        return Span(since, until, tuple(found), self._findings(days))

    def _delays(self, days: tuple[str, str]) -> dict[str, int]:
        """Day → the median, by vehicles."""
        by_day: dict[str, list[tuple[int, int]]] = {}
        for day, seconds, n in self._db.execute(
            "SELECT day, seconds, number FROM line JOIN delay USING (batch)"
            " WHERE day BETWEEN ? AND ? ORDER BY day, seconds",
            days,
        ):
            by_day.setdefault(day, []).append((seconds, n))
        return {day: _median(some) for day, some in by_day.items()}

    def _findings(self, days: tuple[str, str]) -> tuple[tuple[str, int], ...]:
        rows = self._db.execute(
            "SELECT code, sum(number) FROM line JOIN finding_count USING (batch)"
            " WHERE day BETWEEN ? AND ? GROUP BY code ORDER BY 2 DESC, code LIMIT ?",
            (*days, _MOST_FINDINGS),
        )
        return tuple((code, n) for code, n in rows)


def _month_span(month: str) -> tuple[str, str]:
    """Days from and before, as text."""
    return f"{month}00", f"{month}99"


def _month(row: tuple[str, int, int, int, int, int], verdicts: Counter[str]) -> Month:
    month, batches, accepted, rejected, overdue, to_mend = row
    return Month(month, batches, verdicts["declared"], to_mend, accepted, rejected, overdue)


def _line(row: tuple[Any, ...], rows: Mapping[tuple[str, str], int]) -> BatchLine:
    batch, taken, source, department, by, refusal, *others = row
    found = finding_from(refusal) if refusal else None
    return BatchLine(batch, datetime.fromisoformat(taken), source, department, by, rows, found, *others)


def _median(weighted: list[tuple[int, int]]) -> int:
    """Of (value, how often), in ascending order."""
    half, seen = sum(n for _, n in weighted) / 2, 0
    for value, n in weighted:
        seen += n
        if seen >= half:
            return value
    return weighted[-1][0]
