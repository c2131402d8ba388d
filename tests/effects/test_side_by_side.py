"""What many threads make is all there, in its order, however few of them there are."""

import errno
import signal
import threading
import time
from pathlib import Path

import pytest
from few_threads import few_threads

from vinbatch.effects import disk
from vinbatch.effects.side_by_side import at_once


@pytest.mark.parametrize("count", [0, 1, 4, 5, 40])
def test_what_is_made_side_by_side_comes_in_order(count: int) -> None:
    assert at_once(lambda n: n * n, list(range(count))) == [n * n for n in range(count)]


def test_a_failure_is_told_when_all_have_ended(tmp_path: Path) -> None:
    def write(n: int) -> None:
        if n == 3:
            raise OSError(errno.ENOSPC, "full")
        disk.write_new(tmp_path / str(n), b"x")

    with pytest.raises(OSError, match="full"):
        at_once(write, list(range(20)))
    assert len(list(tmp_path.iterdir())) == 19


def test_who_interrupts_it_is_heard_when_no_thread_writes_any_more(request: pytest.FixtureRequest) -> None:
    """The lock was let go while answers were still written, which the pass behind it may write as well."""
    ended: list[int] = []
    # What a shell starts with & ignores interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))

    def write(n: int) -> None:
        if n == 0:
            signal.raise_signal(signal.SIGINT)
        time.sleep(0.1)
        ended.append(n)

    with pytest.raises(KeyboardInterrupt):
        at_once(write, list(range(40)))
    by_then = len(ended)
    time.sleep(0.3)
    assert (len(ended), by_then < 40) == (by_then, True)


def test_many_are_written_by_threads() -> None:
    assert threading.get_ident() not in at_once(lambda _: threading.get_ident(), list(range(20)))


@pytest.mark.parametrize("given", [0, 2])
def test_where_the_machine_gives_no_more_threads_all_is_done_all_the_same(given: int) -> None:
    """A pass stopped as a bug of ours under TasksMax or ulimit -v."""
    with few_threads(given):
        made = at_once(lambda n: n * n, list(range(20)))
    assert made == [n * n for n in range(20)]
