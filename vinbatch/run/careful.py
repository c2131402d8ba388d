"""The one broad except of the house: a bug of ours on one workbook must not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from vinbatch.errors import VinbatchError

Item = TypeVar("Item")
Done = TypeVar("Done")
log = logging.getLogger("vinbatch")


def carefully(
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], list[Done]],
    failed: Callable[[Item], Done],
    name: Callable[[Item], str],
) -> list[Done]:
    """`work` on all items together; where that raises, on one at a time, with `failed` for the culprit.

    The traceback goes to the log. A VinbatchError passes through: rules, folders or the ledger are wrong,
    and no workbook is to blame.
    """
    try:
        return work(items)
    except VinbatchError:
        raise
    except Exception:
        log.exception("%s: failed", ", ".join(name(item) for item in items))
    if len(items) == 1:
        return [failed(items[0])]
    return [done for item in items for done in carefully([item], work, failed, name)]
