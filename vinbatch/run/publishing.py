"""The ledger's side of publishing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from vinbatch.effects.heartbeat import no_beat
from vinbatch.noun import Noun
from vinbatch.run.passed import Pass
from vinbatch.store.ledger import Ledger


class Publishing(Noun, frozen=True):
    """What `effects.outbox.publish` says of each package on its way: what went out before it fails, too."""

    ledger: Ledger
    now: Callable[[], datetime]
    report: Pass
    beat: Callable[[], None] = no_beat

    def publishing(self, guids: Sequence[str], boot: str) -> None:
        """These are about to be renamed into the outbox."""
        self.ledger.packages.publishing(guids, boot)

    def published(self, guids: Sequence[str]) -> None:
        """These lie in the outbox."""
        self.ledger.packages.published(guids, self.now())
        self.report.published += guids

    def doubt(self, guid: str, reason: str) -> None:
        """Of this one a person has to decide whether it went out."""
        self.ledger.packages.doubt(guid, reason, self.now())
        self.report.doubtful.append(guid)
