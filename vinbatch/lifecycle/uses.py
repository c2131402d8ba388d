"""The vehicle rows of a workbook that use one set of structure parameters."""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.model import BARE, Act
from vinbatch.noun import Noun, field


class Uses(Noun, frozen=True):
    """The vehicle rows of the workbook with one number, and what each asks for.

    `may_change`: each of them may ask for 变更 as it stands. `waiting` counts by department those whose draft
    is held for a question about its parameters.
    """

    rows: tuple[tuple[int, Act | None], ...] = ()
    may_change: bool = False
    waiting: Mapping[str, int] = field(default_factory=dict)

    @property
    def acts(self) -> tuple[Act, ...]:
        """Of those that need its parameters."""
        return tuple(act for _, act in self.rows if act is not None and act not in BARE)

    @property
    def only_drafts(self) -> bool:
        """Whether all of them may be unfinished."""
        return bool(self.acts) and all(a in (Act.SAVE, Act.SAVE_CHANGE) for a in self.acts)

    @property
    def others(self) -> tuple[int, ...]:
        """The rows that do not ask for 变更."""
        return tuple(row for row, act in self.rows if act is not Act.CHANGE)

    @property
    def only_changes(self) -> bool:
        """Whether every vehicle row with this number asks for 变更."""
        return bool(self.rows) and not self.others
