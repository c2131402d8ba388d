"""Many files at once: a disk makes fifty of them durable in the time of five."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

_MANY = 5  # files: fewer are not worth threads
_SIDE_BY_SIDE = 8


def at_once(write: Callable[[Item], Made], items: Sequence[Item], many: int = _MANY) -> list[Made]:
    """What `write` makes of each, in their order, many side by side: they wait for the disk together.

    All have ended when the first failure is raised; who interrupts it waits for those that have begun. Where
    the machine gives no more threads (TasksMax, ulimit) those that there are do all of it.
    """
    if len(items) < many:
        return [write(item) for item in items]
    left = iter(enumerate(items))
    made: dict[int, Made] = {}
    failed: dict[int, BaseException] = {}

    def work() -> None:
        for i, item in left:  # the next of a list is taken by one thread alone
            try:
                made[i] = write(item)
            except BaseException as e:
                failed[i] = e

    threads = [threading.Thread(target=work) for _ in range(min(_SIDE_BY_SIDE, len(items)))]
    try:
        with suppress(RuntimeError):
            for thread in threads:
                thread.start()
        _join(threads)
        work()  # all of it, where no thread could begin
    except BaseException:  # the lock that is let go next is theirs too
        for _ in left:
            pass
        _join(threads)
        raise
    if failed:
        raise failed[min(failed)]
    return [made[i] for i in range(len(items))]


def _join(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        with suppress(RuntimeError):  # it has not begun, and finds nothing left if it does
            thread.join()
