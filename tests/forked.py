"""vinbatch as a process of its own for every call, without what each would import and compile again.

Run as a program it is the server: it has worked a first workbook under SETTINGS, reads one JSON request a
line and forks for it. `Forked` is its client. A test of starting up, of signals or of a terminal starts a
real program instead.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SETTINGS = "settle_seconds = 0.01\n[worker]\nprocesses = 1\n"  # of a home that the server has compiled for


class Server:
    """A program that forks for each request: a line of JSON in, lines out. Use as a context manager."""

    def __init__(self, program: Path, env: Mapping[str, str]) -> None:
        self._program, self._env = program, env

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(self._program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONWARNINGS": "error"} | dict(self._env),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def ask(self, request: object) -> Any:
        """The first line of the answer."""
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return self.read()

    def read(self) -> Any:
        """The next line of an answer."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


class Forked(Server):
    """Calls of `vinbatch`, each in a child of the server."""

    def __init__(self) -> None:
        super().__init__(Path(__file__), {"OPENBLAS_NUM_THREADS": "1"})

    def __call__(
        self, args: Sequence[str], folder: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One command, in this folder and with these variables instead of ours."""
        return self._asked(args, folder, env, "")

    def program(
        self, script: Path, folder: Path, *args: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """This script, as Python would run it: processes that it starts find it as their main program too."""
        return self._asked(args, folder, env, str(script))

    def _asked(
        self, args: Sequence[str], folder: Path, env: Mapping[str, str] | None, script: str
    ) -> subprocess.CompletedProcess[str]:
        code, out, err = self.ask([list(args), str(folder), dict(os.environ if env is None else env), script])
        return subprocess.CompletedProcess(list(args), code, out, err)


def serve() -> None:
    """Until nobody asks any more."""
    from vinbatch.cli import main

    _warm(main)
    for line in sys.stdin:
        args, folder, env, script = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            pid = os.fork()
            if not pid:
                os.chdir(folder)
                os.environ.clear()
                os.environ.update(env)
                sys.argv = [script or "vinbatch", *args]
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                _leave(main, args, script)
            _, status = os.waitpid(pid, 0)
            print(json.dumps([os.waitstatus_to_exitcode(status), _said(out), _said(err)]), flush=True)


def _warm(main: Any) -> None:
    """Children inherit modules, compiled rules, schemas and templates, and the shell of the form."""
    import vinbatch.run.judging.dry  # noqa: F401
    from vinbatch import samples
    from vinbatch.effects.rulebook import packaged_rulebook
    from vinbatch.ruleset import compile_rules

    book = samples.workbook(compile_rules(packaged_rulebook()), samples.vehicles(1), samples.parameters())
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        home = Path(folder, "home")
        for args in (["init", str(home)], ["run", "--engine", "serial"], ["status"]):
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
                main(args if "init" in args else ["--home", str(home), *args])
            (home / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
            (home / "inbox" / "a.xlsx").write_bytes(book)


def _leave(main: Any, args: Sequence[str], script: str) -> None:
    import multiprocessing.util
    import runpy
    import traceback

    code: Any = 1
    try:
        if script:
            runpy.run_path(script, run_name="__main__")
        else:
            main(args)
    except SystemExit as e:
        code = e.code or 0
    except BaseException:
        traceback.print_exc()
    multiprocessing.util._exit_function()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _said(stream: Any) -> str:
    stream.seek(0)
    return str(stream.read().decode("utf-8"))


if __name__ == "__main__":
    serve()
