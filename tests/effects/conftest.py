"""A home in a temporary folder, processes of our own, and strace to make system calls fail or kill."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vinbatch.effects.archive import Archive
from vinbatch.effects.home import Home
from vinbatch.effects.making import init

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def home(tmp_path: Path) -> Home:
    init(tmp_path / "home", b"form", "guide\n")
    return Home(tmp_path / "home")


@pytest.fixture
def archive(home: Home) -> Archive:
    return Archive(home.archive)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def _command(script: str, args: tuple[object, ...], inject: tuple[str, ...]) -> list[str]:
    python = [sys.executable, "-c", script, *map(str, args)]
    if not inject:
        return python
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    expressions = ["-e", "trace=" + ",".join(one.split(":")[0] for one in inject)]
    expressions += [part for one in inject for part in ("-e", f"inject={one}")]
    # The filter lets all other calls run at full speed, but strace 6.1 forgets to send a signal under it.
    fast = [] if any("signal=" in one for one in inject) else ["--seccomp-bpf"]
    return ["strace", "-f", *fast, "-qqq", "-o", os.devnull, *expressions, *python]


# Byte code would be written with renames of its own, and they would be counted.
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def child() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script with arguments; `inject` are strace's: ("rename:signal=KILL:when=1",)."""

    def run(script: str, *args: object, inject: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            _command(script, args, inject),
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a script that talks on its pipes, and ends it with the test."""
    started: list[subprocess.Popen[str]] = []

    def run(script: str, *args: object, inject: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            _command(script, args, inject),
            env=_ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def traced(tmp_path: Path) -> Callable[..., list[str]]:
    """Runs a script and returns its calls that order effects, each `call name-of-file`."""

    def run(script: str, *args: object) -> list[str]:
        if shutil.which("strace") is None:
            pytest.skip("strace is not installed")
        log = tmp_path / "strace.log"
        calls = "trace=fsync,rename,renameat2,unlink"
        command = ["strace", "-f", "--seccomp-bpf", "-qqq", "-y", "-o", str(log), "-e", calls]
        python = [sys.executable, "-c", script, *map(str, args)]
        subprocess.run(
            [*command, *python], env=_ENVIRONMENT, check=True, timeout=60, stdout=subprocess.DEVNULL
        )
        found = re.findall(r"(fsync|rename\w*|unlink)\((.*)\) += 0", log.read_text())
        return [f"{call} {_last(text)}" for call, text in found]

    return run


def _last(arguments: str) -> str:
    """The name of the last file that a call names."""
    return re.findall(r"/([^/\"<>]+)[\">]", arguments)[-1]
