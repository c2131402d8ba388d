"""Runs vinbatch in forked children that have everything imported already: a crash test needs hundreds.

Reads one JSON request a line: {"home": …, "plant": …, "hold": true}. Answers the child's pid; with `hold`
the child stops itself until it gets SIGCONT, so that strace can attach. Then answers its wait status.
With `warm` the pass runs here.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import plants

from vinbatch.cli.main import main
from vinbatch.run.judging import chunks  # noqa: F401 - pandas and pandera come with it


def child(request: dict[str, str]) -> None:
    if request.get("hold"):
        os.kill(os.getpid(), signal.SIGSTOP)
    log = Path(request["home"]).with_name("stderr")
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    plants.plant(request.get("plant", ""))
    try:
        main(["--home", request["home"], "run", "--engine", request.get("engine", "serial")])
    except SystemExit as e:
        os._exit(int(e.code or 0))


def warm(request: dict[str, str]) -> int:
    """A pass in this process: children inherit compiled rules, schemas and the shell of the form."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            main(["--home", request["home"], "run", "--engine", "serial"])
    except SystemExit as e:
        return int(e.code or 0)
    return 0


def serve() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if request.get("warm"):
            print(warm(request), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            try:
                child(request)
            finally:
                os._exit(99)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(status, flush=True)


if __name__ == "__main__":
    serve()
