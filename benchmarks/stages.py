"""One pass of vinbatch over a folder, timed stage by stage: `python -m benchmarks.stages DIR HOME`.

Runs in a process of its own, so that its peak memory is its own. The stages are timed where `run` calls
them, and each counts what it does itself: what is left over is `rest`.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import resource
import shutil
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.memory import peak
from vinbatch import flow
from vinbatch.effects import guides, inbox, making, outbox, reports
from vinbatch.effects import home as homes
from vinbatch.effects.rulebook import read_rulebook
from vinbatch.model import Facts, FileNames, Known, Parsed, Source
from vinbatch.ruleset import compile_rules
from vinbatch.run.engines import Engine
from vinbatch.run.judging import chunks  # noqa: F401 - with all that a first workbook would have to import
from vinbatch.run.passing import Clock, Machine
from vinbatch.store.ledger import Ledger
from vinbatch.workbook.form import build

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
STAGES: tuple[tuple[str, Any, str], ...] = (
    ("parse", flow, "parse"),
    ("parse", flow, "holds_parameters_only"),
    ("check", flow, "check"),
    ("facts", Ledger, "facts"),
    ("decide", flow, "decide"),
    ("decide", flow, "after"),
    ("render", flow, "render"),
    ("commit", Ledger, "commit"),
    ("publish", outbox, "publish"),
    ("answer", flow, "answer"),
    ("answer", flow, "page"),
    ("answer", reports, "put_new"),
    ("answer", reports, "put"),
    ("claim", inbox, "claim_all"),
    ("claim", inbox, "settle"),
    ("claim", Ledger, "take_all"),
    ("claim", inbox, "drop"),
)


class Watch:
    """CPU seconds of this process by stage; a stage within another is taken out of that one."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def on(self, stage: str, owner: Any, name: str) -> None:
        """Put a clock around a function, where its callers look it up."""
        setattr(owner, name, self._timed(stage, getattr(owner, name)))

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            began = time.process_time()
            try:
                return function(*given, **named)
            finally:
                took = time.process_time() - began
                self.seconds[stage] += took - self._inner.pop()
                self._inner[-1] += took

        return timed


def make_home(root: Path, ledger: Path | None) -> Machine:
    """A fresh trial home, with a ledger that has seen other days."""
    making.init(root, build(compile_rules(read_rulebook(root))), guides.guide_text())
    rulebook = read_rulebook(root)
    home = homes.Home(root, compile_rules(rulebook).settings)
    if ledger:
        shutil.copyfile(ledger, home.ledger)
        os.sync()  # gigabytes that are still being written: every fsync of the pass would wait for them
    return Machine(home, rulebook, Clock(lambda: NOW, lambda _: None))


def warm_up(machine: Machine, data: bytes) -> None:
    """What is compiled once a process, on a workbook that is not counted."""
    rulebook = machine.rulebook
    parsed: Parsed = flow.parse(Source("warm.xlsx", ""), data, rulebook)
    outcome = flow.decide(flow.check([parsed], rulebook)[0], Facts(), rulebook, "WARM", NOW)
    flow.render(outcome, rulebook)
    flow.answer(outcome, Known(NOW), FileNames(), rulebook)


def filled(folder: Path, home: Path, engine: str, ledger: Path | None = None) -> tuple[Machine, int]:
    """A fresh home with the workbooks of a folder in its inbox, warm; and how many they are."""
    machine = make_home(home, ledger)
    machine.engine = Engine(engine)
    sources = sorted(folder.glob("*.xlsx"))
    warm_up(machine, sources[-1].read_bytes())
    for path in sources:
        shutil.copy(path, home / "inbox" / path.name)
    return machine, len(sources)


def main() -> dict[str, Any]:
    """Seconds, CPU seconds of all processes, peak megabytes of this one, and seconds by stage."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("home", type=Path)
    parser.add_argument("--engine", default="serial")
    parser.add_argument("--ledger", type=Path)
    asked = parser.parse_args()
    machine, count = filled(asked.folder, asked.home, asked.engine, asked.ledger)
    watch = Watch()
    for stage, owner, name in STAGES:
        watch.on(stage, owner, name)
    began, before = time.perf_counter(), _cpu()
    done = machine.run()
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    assert len(done.lines) == len(done.answered) == count
    assert not done.failed
    watch.seconds["rest"] = cpu - sum(watch.seconds.values())
    return {
        "count": count,
        "seconds": seconds,
        "cpu": cpu,
        "peak": peak(),
        "stages": dict(watch.seconds),
        "sqlite": sqlite3.sqlite_version,
    }


def _cpu() -> float:
    """User and system seconds, those of ended children with them."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    print(json.dumps(main()))
