"""One pass of vinbatch over a folder: how long it is inside libraries that are written in C, and in which.

`python -m benchmarks.libraries DIR HOME`. What is inside of them no change to vinbatch's own Python takes
away. The profiler that tells it slows Python down, so nothing else of this pass is a measure of anything.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.stages import filled
from vinbatch.customs.xsd import check_xml
from vinbatch.run.engines import SERIAL

# Beginnings of the module, or of that of the object whose method it is → the name to tell it by.
LIBRARIES = {
    "sqlite3": "SQLite",
    "python_calamine": "calamine",
    "builtins.Calamine": "calamine",
    "isal": "ISA-L",
    "igzip": "ISA-L",
    "zlib": "zlib",
    "msgspec": "msgspec",
    "_hashlib": "SHA-256",
    "numpy": "pandas",
    "pandas": "pandas",
}
_CHECK = check_xml.__code__  # calls of lxml are none that a profiler sees; this does little else


class Inside:
    """Seconds of this thread inside of each library; hand `seen` to `sys.setprofile`."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._began = 0.0

    def seen(self, frame: Any, event: str, called: Callable[..., Any]) -> None:
        """A call, or its end. Where C calls back into Python only the last stretch counts: too little."""
        if event in ("call", "return") and frame.f_code is _CHECK:
            self.seconds["lxml"] += time.thread_time() * (1 if event == "return" else -1)
        elif event == "c_call":
            self._began = time.thread_time()
        elif event == "c_return" or event == "c_exception":
            took = time.thread_time() - self._began
            name = _library(called)
            if name:
                self.seconds[name] += took


def _library(called: Callable[..., Any]) -> str:
    owner = getattr(called, "__self__", None)
    kind = type(owner)
    module = getattr(called, "__module__", None) or f"{kind.__module__}.{kind.__qualname__}"
    return next((name for start, name in LIBRARIES.items() if module.startswith(start)), "")


def main() -> dict[str, Any]:
    """Milliseconds a workbook, by library."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("home", type=Path)
    asked = parser.parse_args()
    machine, count = filled(asked.folder, asked.home, SERIAL)
    inside = Inside()
    sys.setprofile(inside.seen)
    try:
        done = machine.run()
    finally:
        sys.setprofile(None)
    assert len(done.answered) == count
    told = {name: seconds / count * 1000 for name, seconds in inside.seconds.items()}
    return {"count": count, "libraries": dict(sorted(told.items(), key=lambda item: -item[1]))}


if __name__ == "__main__":
    print(json.dumps(main()))
