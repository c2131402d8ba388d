"""What the ledger says of how a home is: looked up once, then told by `status` and the overview."""

from __future__ import annotations

from datetime import datetime

from vinbatch.model import DOUBT, Forgotten, State, StoredPackage
from vinbatch.noun import Noun, field, replace
from vinbatch.ruleset import Ruleset
from vinbatch.run.condition import lasting
from vinbatch.run.condition.lasting import Since
from vinbatch.run.condition.slow import slow_patterns
from vinbatch.store import pace
from vinbatch.store.ledger import Ledger
from vinbatch.store.mails import Post
from vinbatch.store.queries import Status

_NOTHING = Status((), 0, (), (), 0)


class Stock(Noun, frozen=True):
    """What the ledger says; `unread` is why it could not be read, which the operator has to know first."""

    status: Status = _NOTHING
    packages: tuple[StoredPackage, ...] = ()
    unread: str = ""
    refused: str = ""  # why no pass begins: rules or templates are broken
    post: Post = field(default_factory=Post)
    untold: tuple[str, ...] = ()  # batches whose answer cannot be made
    forgotten: tuple[Forgotten, ...] = ()  # packages that the ledger, restored, does not know
    slow: tuple[tuple[str, str], ...] = ()  # batch and field, refused by a pattern that comes to no end
    kept: tuple[tuple[str, str], ...] = ()  # files of first and latest batch that the archive has to have
    results_only: tuple[str, ...] = ()  # batches of which a restore found nothing but a result
    began: datetime | None = None  # when the ledger was
    since: Since = field(default_factory=dict)  # alarm → when it began, as far as the ledger knows

    @property
    def doubtful(self) -> tuple[StoredPackage, ...]:
        """The packages in doubt."""
        return tuple(p for p in self.packages if p.state == DOUBT)

    @property
    def unpublished(self) -> tuple[StoredPackage, ...]:
        """The packages that the next pass publishes."""
        return tuple(p for p in self.packages if p.state != DOUBT)

    @property
    def rejected(self) -> int:
        """How many vehicles customs rejected."""
        return sum(n for _, state, n in self.status.counts if state == State.REJECTED)

    @classmethod
    def of(cls, ledger: Ledger, now: datetime, ruleset: Ruleset) -> Stock:
        """What this ledger says at `now`."""
        days = ruleset.settings.overdue_days
        found = cls(
            ledger.queries.status(now, days),
            ledger.packages.open(),
            post=ledger.mails.status(now, ruleset.settings.mail),
            untold=ledger.answers.untold(),
            forgotten=ledger.forgotten.open(),
            slow=slow_patterns(ledger, ruleset),
            kept=ledger.queries.outer_files(),
            results_only=ledger.results_only(),
            began=pace.began(ledger.db),
        )
        since = {
            **lasting.by_packages(ledger, found.doubtful, found.forgotten),
            **lasting.by_batches(ledger, found.results_only, found.untold, found.slow),
            **lasting.by_customs(found.status, days),
            "mail": found.post.turned_away,
        }
        return replace(found, since=since)
