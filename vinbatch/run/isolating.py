"""The one broad except of the house: a bug of ours on one workbook must not stop the others."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from vinbatch.effects import disk
from vinbatch.errors import VinbatchError
from vinbatch.store.looking import damage

Item = TypeVar("Item")
Done = TypeVar("Done")
log = logging.getLogger("vinbatch")
# What the machine has no more of, or cannot read: a module that is loaded late, a temporary file.
_OF_THE_MACHINE = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}
    | {errno.ESTALE, errno.ENOTCONN}
)


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
    blame. So does what the machine refuses, or a ledger that is damaged, as AccessError.
    """
    try:
        return work(items)
    except VinbatchError:
        raise
    except OSError as e:
        if e.errno in _OF_THE_MACHINE:
            raise disk.failure(Path(str(e.filename or "")), e) from e
        log.exception("%s: failed", _named(items, name))
    except Exception as e:
        if broken := damage(e):
            raise broken from e
        log.exception("%s: failed", _named(items, name))
    if len(items) == 1:
        return [failed(items[0])]
    order = sorted(range(len(items)), key=lambda i: not _leads(leads, items[i]))
    done = {i: isolating_bugs([items[i]], work, failed, name) for i in order}
    return [one for i in range(len(items)) for one in done[i]]


def _named(items: Sequence[Item], name: Callable[[Item], str]) -> str:
    return ", ".join(name(item) for item in items)


def _leads(leads: Callable[[Item], bool], item: Item) -> bool:
    """It may be the culprit: then this raises too, and it is told when its turn comes."""
    try:
        return leads(item)
    except Exception:
        return False
