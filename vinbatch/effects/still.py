"""What stands still: a file that a watch has seen twice, unchanged, with the settle time in between.

A file's own times are those of its server's clock, and an upload that keeps the sender's mtime looks old from
its first byte; so a watch goes by what it saw itself. `run` cannot wait and proves it in `settle` instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vinbatch.effects.scan import Candidate, Seen

# An empty file is an upload that has only begun, or one whose sender is gone: then it is answered as empty.
EMPTY_SECONDS = 60.0


@dataclass
class Still:
    """The files of the inbox as last seen. `seconds` is how long one must not have changed."""

    seconds: float
    _since: dict[str, tuple[Seen, float]] = field(default_factory=dict)

    def look(self, candidates: Sequence[Candidate], now: float) -> list[Candidate]:
        """Those that stand still at `now` (monotonic seconds), if empty for longer; forgets what is gone."""
        since = {}
        for candidate in candidates:
            seen, at = self._since.get(candidate.path, (candidate.seen, now))
            since[candidate.path] = (candidate.seen, at if seen == candidate.seen else now)
        self._since = since
        return [c for c in candidates if now - since[c.path][1] >= self._needed(c)]

    def _needed(self, candidate: Candidate) -> float:
        return self.seconds if candidate.seen.size else max(self.seconds, EMPTY_SECONDS)

    def fresh(self) -> bool:
        """Whether anything is being looked at that may still move."""
        return bool(self._since)
