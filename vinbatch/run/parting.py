"""The workbooks of a command that is about more records than one may have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from vinbatch.model import Act, Order, Record, State, Type, structure_of
from vinbatch.noun import replace

Part = tuple[Sequence[Record], Order]


def parted(records: Sequence[Record], order: Order, most: int, users: Callable[[str], int]) -> Iterator[Part]:
    """The records in workbooks of at most `most` rows, each with what it asks for.

    `users` tells how many live records use a structure number. Parameters go only where no other record uses
    them, and who else is deleted in the same command does not count: so one workbook has all that use them.
    Where these are too many for one, the first are deleted alone, and the parameters with the last.
    """
    if order.act is not Act.DELETE_ALL or len(records) <= most:
        yield from ((part, order) for part in _cut(records, most))
        return
    together: dict[str, list[Record]] = {}
    for record in records:
        together.setdefault(structure_of(record.now), []).append(record)
    groups = [(_ahead(group, most, users(number)), group) for number, group in together.items()]
    ahead = [record for first, group in groups for record in group[:first]]
    yield from ((part, replace(order, act=Act.DELETE)) for part in _cut(ahead, most))
    yield from ((part, order) for part in _packed([group[first:] for first, group in groups], most))


def _ahead(group: Sequence[Record], most: int, users: int) -> int:
    """How many of those that share parameters go before: of more than fit, where nobody else uses them."""
    drafts = all((r.now.type, r.now.state) == (Type.FILING, State.DRAFT) for r in group)
    alike = len({r.department for r in group}) == 1  # or another's might be refused, and the parameters stay
    return max(0, len(group) - most) if drafts and alike and users == len(group) else 0


def _packed(groups: Sequence[Sequence[Record]], most: int) -> Iterator[Sequence[Record]]:
    part: list[Record] = []
    for group in groups:
        if part and len(part) + len(group) > most:
            yield from _cut(part, most)
            part = []
        part += group
    yield from _cut(part, most)


def _cut(records: Sequence[Record], most: int) -> Iterator[Sequence[Record]]:
    return (records[i : i + most] for i in range(0, len(records), most))
