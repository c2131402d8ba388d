"""File events that wake a watch early."""

from __future__ import annotations

import subprocess
import sys

import pytest
from nesting import nested

from vinbatch.effects.bell import Bell
from vinbatch.effects.home import Home


def test_events_ring_the_bell_and_our_own_claims_do_not(home: Home) -> None:
    (home.claims / "1").mkdir(parents=True)
    with Bell(home, "native") as bell:
        (home.claims / "1" / "a.xlsx").write_bytes(b"x")
        assert not bell.wait(0.5)
        (home.inbox / "a.xlsx").write_bytes(b"x")
        assert bell.wait(5)


def test_a_file_of_a_department_rings_the_bell(home: Home) -> None:
    (home.inbox / "华东").mkdir()
    with Bell(home, "native") as bell:
        (home.inbox / "华东" / "a.xlsx").write_bytes(b"x")
        assert bell.wait(5)


_RUNG_BY_SIGNALS = """
import pathlib, signal
from vinbatch.effects.bell import Bell
from vinbatch.effects.home import Home
bell = Bell(Home(pathlib.Path()), "off")
signal.signal(signal.SIGALRM, lambda *_: bell.ring())
signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
for _ in range(10_000):
    bell.wait(0.001)
signal.setitimer(signal.ITIMER_REAL, 0)
"""


def test_a_signal_may_ring_at_any_moment() -> None:
    """SIGTERM rings it in the thread that waits, also between two steps of waiting."""
    assert subprocess.run([sys.executable, "-c", _RUNG_BY_SIGNALS], timeout=60, check=False).returncode == 0


def test_a_bell_that_cannot_hear_is_no_failure(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: Bell) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(Bell, "_start", full)
    with Bell(home, "native") as bell:
        assert not bell.wait(0.01)
    assert "每隔几秒" in caplog.text


def test_folders_without_end_make_the_bell_deaf_and_no_more(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """Until Python 3.12 `os.walk` calls itself for each folder; since then the bell hears in all of them."""
    with nested(home.inbox, 1200), Bell(home, "native") as bell:
        assert not bell.wait(0.01)
    assert ("每隔几秒" in caplog.text) == (sys.version_info < (3, 12))
