"""A program of the operator's own: run with a limit, without a shell, and nothing of it is left behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from vinbatch.effects import disk
from vinbatch.errors import RulesError
from vinbatch.noun import Noun
from vinbatch.paths import is_file, is_there
from vinbatch.wording import Said

_KEPT = 4000  # bytes of what it says: the end tells why
_LOOK = 0.1  # seconds between two looks at whether it has ended
_FIRST = 256  # bytes of a first line that Linux looks at
_BINARY = b"\x7fELF"

_SETTING = "rules/settings.toml after_batch"
MAY_BE_WELL = "usage.script"  # a file that is not there may be one that the program is to make


def check_program(command: Sequence[str]) -> None:
    """RulesError where the program, its interpreter, or what is likely its script, is not there.

    An interpreter is there, whatever it is to run.
    """
    name, *arguments = command
    if not os.access(name, os.X_OK) or not is_file(Path(name)):
        raise RulesError("usage.program", at=_SETTING, name=name)
    if flaw := _first_line_flaw(name):
        raise RulesError("usage.first_line", at=_SETTING, name=name, why=flaw)
    if arguments and arguments[0].startswith("/") and not is_there(Path(arguments[0])):
        raise RulesError("usage.script", at=_SETTING, name=arguments[0])


def _first_line_flaw(name: str) -> Said | None:
    """Why Linux cannot begin this script: it says no more than that no such file is there."""
    try:
        with Path(name).open("rb") as script:
            begins = script.read(_FIRST)
    except OSError:
        return None  # may be run, and not be read
    if not begins.startswith(b"#!"):
        return None if b"\0" in begins or begins.startswith(_BINARY) else Said("why.no_interpreter")
    first = begins.splitlines(keepends=True)[0]
    if first.endswith(b"\r\n"):
        return Said("why.windows")
    interpreter = os.fsdecode(first[2:].split(maxsplit=1)[0]) if first[2:].strip() else ""
    if not interpreter:
        return Said("why.no_interpreter")
    if os.access(interpreter, os.X_OK) and is_file(Path(interpreter)):
        return None
    return Said("why.interpreter", (("name", interpreter),))


class Ended(Noun, frozen=True):
    """How it ended: `code` is its exit code, negative for a signal, None: did not start, or overran."""

    code: int | None
    said: str
    trouble: Said | None = None


def run_program(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> Ended:
    """Runs it in `folder` with this environment, stdin empty; whatever happens, it is over on return.

    It is the leader of a session of its own: when it ends, or its time is over, or we are interrupted, its
    whole process group is killed. The end of what it says on stdout and stderr comes back.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the settings name it, and nobody else
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as e:
        flaw = _first_line_flaw(command[0]) if os.access(command[0], os.X_OK) else None
        return Ended(None, "", Said("log.not_started", (("why", flaw or disk.why(e)),)))
    said, ended = bytearray(), False
    try:
        ended = _listen(process, said, time.monotonic() + seconds)
    finally:
        # Before it is waited for: until then its number is nobody else's.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        if process.stdout:
            process.stdout.close()
    text = bytes(said).decode("utf-8", "replace").strip()
    return Ended(code, text) if ended else Ended(None, text, Said("log.overran", (("n", f"{seconds:g}"),)))


def _listen(process: subprocess.Popen[bytes], said: bytearray, deadline: float) -> bool:
    """Takes in what it says until it has ended: True, or its time is over: False."""
    if process.stdout is None:
        raise ValueError("started without a pipe")
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            # Asked before reading: what it said before it ended is then in the pipe.
            ended = _has_ended(process)
            if selector.get_map() and not _read(pipe, said):
                selector.unregister(pipe)
            if ended:
                return True
            if selector.get_map():
                selector.select(min(_LOOK, max(0.0, deadline - time.monotonic())))
            else:
                time.sleep(_LOOK)
    return False


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it is dead, without taking it off the list of processes."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _read(pipe: int, said: bytearray) -> bool:
    """All that is in the pipe, of which the end is kept; False at its end."""
    for _ in range(64):  # a child that never stops talking must not keep us from looking at the clock
        try:
            data = os.read(pipe, 65536)
        except BlockingIOError:
            return True
        if not data:
            return False
        said += data
        del said[:-_KEPT]
    return True
