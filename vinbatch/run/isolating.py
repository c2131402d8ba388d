"""The one broad except of the house: a bug of ours on one workbook must not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from vinbatch.errors import VinbatchError

Item = TypeVar("Item")
Done = TypeVar("Done")
log = logging.getLogger("vinbatch")


def _nothing_leads(_item: object) -> bool:
    return False


def isolating_bugs(
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], list[Done]],
    failed: Callable[[Item], Done],
    name: Callable[[Item], str],
    leads: Callable[[Item], bool] = _nothing_leads,
) -> list[Done]:
    """`work` on all items together; where that raises, on one at a time, with `failed` for the culprit.

    One at a time those that lead come first; what is done is given in the order of the items. The traceback
    goes to the log. A VinbatchError passes through: rules, folders or the ledger are wrong, and no item is to
    blame.
    """
    try:
        return work(items)
    except VinbatchError:
        raise
    except Exception:
        log.exception("%s: failed", ", ".join(name(item) for item in items))
    if len(items) == 1:
        return [failed(items[0])]
    order = sorted(range(len(items)), key=lambda i: not _leads(leads, items[i]))
    done = {i: isolating_bugs([items[i]], work, failed, name) for i in order}
    return [one for i in range(len(items)) for one in done[i]]


def _leads(leads: Callable[[Item], bool], item: Item) -> bool:
    """It may be the culprit: then this raises too, and it is told when its turn comes."""
    try:
        return leads(item)
    except Exception:
        return False
