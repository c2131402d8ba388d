"""What a comparison found: one `Part` for each kind of thing, with everything of it that does not agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from vinbatch.noun import Noun

Key = TypeVar("Key", bound=Any)  # sorts
Stored = TypeVar("Stored")
Due = TypeVar("Due")

CHANGED, MISSING, STRANGER, GONE, MISCOUNTED = "changed", "missing", "stranger", "gone", "miscounted"
REWRITTEN, DROPPED, FOREIGN = "rewritten", "dropped", "foreign"


class Wrong(Noun, frozen=True):
    """What does not agree: `how` is changed, missing, or stranger where no event tells of it.

    Where there is no event to compare with: gone from its place, or miscounted. Of the schema: rewritten,
    dropped, or foreign.
    """

    how: str
    what: str


@dataclass
class Part:
    """One kind of thing that was compared: how many, how many of them not in full, and what is wrong."""

    name: str
    count: int = 0
    partly: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    added: list[str] = field(default_factory=list)  # not ours, and harmless

    def note(self, how: str, what: str) -> None:
        """Something does not agree."""
        self.wrong.append(Wrong(how, what))

    def matched(
        self,
        rows: Iterable[tuple[Key, Stored]],
        due: Mapping[Key, Due],
        name: Callable[[Key, Stored | Due], str] = lambda key, _: str(key),
    ) -> Iterator[tuple[Key, Stored, Due]]:
        """Each row with what is due of it. One of which nothing is said is noted, and one that is missing."""
        left = dict(due)
        for key, stored in rows:
            told = left.pop(key, None)
            if told is None:
                self.note(STRANGER, name(key, stored))
            else:
                yield key, stored, told
        for key in sorted(left):
            self.note(MISSING, name(key, left[key]))

    def compare(self, what: str, stored: Mapping[str, object], due: Mapping[str, object]) -> None:
        """One row with what its events say of its columns; those that differ are named."""
        differ = [name for name, value in due.items() if stored[name] != value]
        if differ:
            self.note(CHANGED, f"{what} · {', '.join(differ)}")
