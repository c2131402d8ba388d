"""`make mutants`: how many changes of the rooms named in ROOMS no test notices.

pytest collects once; then each mutant is a fork of that process, in which one unit of the living module is
replaced and the tests that run through its lines are run, those of its room first, until one fails. Tests in
other processes do not see the change, so only tests within this one count.

    python tests/mutants/run.py [--share 0.5] [--seed 7] [--jobs 2] [PART-OF-A-MODULE'S-PATH ...]
    python tests/mutants/run.py --again REPORT [--tests lifecycle/test_new.py ...]  what survived
"""

from __future__ import annotations
import __future__

import argparse
import ast
import gc
import importlib
import os
import pickle
import random
import re
import resource
import select
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache, partial
from itertools import zip_longest
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from operators import Mutant, Unit, mutants, mutated, units

ROOT = Path(__file__).resolve().parents[2]
FILES = ("layers.py", "model/question.py", "settings.py")
RUN = ("run", "run/answers", "run/condition", "run/judging", "run/mail")
ROOMS = ("ruleset", "lifecycle", "checks", "customs", "report", "workbook", "store", "effects", *RUN, *FILES)
# They end processes and remove folders: a change of theirs may reach beyond its test.
SPARED = ("effects/heartbeat.py", "effects/parts.py", "effects/program.py", "effects/scratch.py")
# The room of their tests.
HOME = {
    "vinbatch.layers": "ruleset",
    "vinbatch.model.question": "model",
    "vinbatch.settings": "ruleset",
}
TESTS = (
    "lifecycle",
    "checks",
    "ruleset",
    "customs",
    "model",
    "report/test_asked_elsewhere.py",
    "report/test_following.py",
    "report/test_report.py",
    "report/test_sentence.py",
    "run/test_answered_elsewhere.py",
    "run/test_regaining.py",
    "test_examples.py",
    "test_flow.py",
    "test_new_field.py",
)
# The tests of rooms that are long to try: they are run for these rooms alone.
BESIDE = {
    "customs": (
        "customs",
        "docs/test_integrator.py",
        "hostile/test_forged_receipts.py",
        "lifecycle/test_heard.py",
        "lifecycle/test_receipts.py",
        "report/test_contradicted.py",
        "report/test_receipt_column.py",
        "run/test_receipt_files.py",
        "run/test_regaining.py",
        "run/test_sandbox.py",
        "test_escaped.py",
        "test_flow.py",
        "test_new_field.py",
        "test_templating.py",
    ),
    "report": (
        "report",
        "checks/test_stand_ins.py",
        "lifecycle/test_receipts.py",
        "lifecycle/test_settled.py",
        "lifecycle/test_waiting.py",
        "run/answers",
        "run/judging/test_dry.py",
        "run/mail",
        "run/test_answered_elsewhere.py",
        "run/test_audited.py",
        "run/test_looked_into.py",
        "run/test_overview.py",
        "run/test_register.py",
    ),
    "workbook": (
        "workbook",
        "report/test_following.py",
        "test_escaped.py",
        "test_new_field.py",
        "test_round_trip.py",
    ),
    "store": (
        "store",
        "run/condition/test_alarms.py",
        "run/test_audited.py",
        "run/mail",
        "run/test_keeping.py",
        "run/test_opened.py",
        "run/test_overview.py",
        "run/test_receipt_files.py",
        "run/test_regaining.py",
        "run/test_renewed.py",
        "run/test_verifying.py",
    ),
    "effects": (
        "effects",
        "run/condition/test_unattended.py",
        "run/condition/test_upkeep.py",
        "run/test_form_renewed.py",
        "run/test_keeping.py",
        "run/test_kept_rules.py",
        "run/test_ledger_guard.py",
        "run/test_lost_clock.py",
        "run/test_sandbox.py",
    ),
    "run": ("run", "report/test_asked_elsewhere.py", "test_flow.py"),
}
# What these are about happens in a browser, in LibreOffice, in other processes of vinbatch, or for minutes.
ELSEWHERE = (
    "report/test_browser.py",
    "run/answers/test_after_batch.py",
    "run/test_cluster.py",
    "run/test_killed.py",
    "run/test_life.py",
    "run/test_restore_killed.py",
    "run/test_together.py",
    "workbook/test_read_programs.py",
    "workbook/test_read_workers.py",
)
MOST_SECONDS = 12.0  # of processor time: of tests as timed under the tracer, without a mutant
# By the clock: on a busy machine a test that is only slow is no test that failed.
MOST_CLOCK = 1200.0
# Lines that few tests run may be those of a value, made at import, or of a cached function: then every test
# counts that runs through the module.
FEW = 10
CONTROLS = 5  # mutants whose tests are run without a change first
KILLED, SURVIVED, UNSEEN = "killed", "survived", "not run by any test"


class Tracer:
    """Which tests run which lines of the rooms, and how long each takes."""

    def __init__(self, files: set[str]) -> None:
        self.files = files
        self.lines: dict[tuple[str, int], set[int]] = defaultdict(set)
        self.seconds: dict[int, float] = {}
        self.now = 0

    def __call__(self, frame: FrameType, event: str, _arg: object) -> Any:
        if frame.f_code.co_filename not in self.files:
            return None
        self.lines[frame.f_code.co_filename, frame.f_lineno].add(self.now)
        return self


class Session:
    """The plugin: takes the place of pytest's loop over the collected tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.failed = False

    def pytest_configure(self) -> None:
        """Failing examples are neither shrunk nor kept."""
        from hypothesis import Phase, settings  # not before pytest has seen its plugin

        phases = [Phase.explicit, Phase.generate]
        settings.register_profile("mutants", phases=phases, derandomize=True, database=None)
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        paths = chosen(self.options.modules)
        rng = random.Random(self.options.seed)
        every = [m for name, path in paths.items() for m in mutants(name, path.read_text("utf-8"))]
        some = rng.sample(every, round(len(every) * self.options.share))
        if self.options.again:
            before = Counter(map(nameless, Path(self.options.again).read_text("utf-8").splitlines()))
            some = [m for m in every if before[nameless(f"{line_of(m)}: {SURVIVED}")]]
        for name in paths:
            importlib.import_module(name)
        gc.freeze()
        tracer = self.in_a_fork(lambda: self.trace(session, {str(p) for p in paths.values()}))
        print(
            f"{len(tracer[1])} of {len(session.items)} tests pass; {len(some)} of {len(every)} mutants",
            flush=True,
        )
        self.control(session, tracer, paths, some[:CONTROLS])
        report(self.judge(session, tracer, paths, some), len(some))
        return True

    def trace(self, session: pytest.Session, files: set[str]) -> bytes:
        tracer = Tracer(files)
        for i in range(len(session.items)):
            tracer.now = i
            began = time.process_time()
            sys.settrace(tracer)
            self.failed = False
            self.run(session, [i])
            sys.settrace(None)
            tracer.seconds[i] = time.process_time() - began
            if self.failed:
                del tracer.seconds[i]
        homes = [(item.path.relative_to(ROOT / "tests").parts[0], item.path.stem) for item in session.items]
        return pickle.dumps((dict(tracer.lines), tracer.seconds, homes))

    def run(self, session: pytest.Session, tests: list[int]) -> None:
        """These tests until one fails; each leaves standing what the next of them needs, as pytest asks."""
        items = [session.items[at] for at in tests]
        for item, after in zip_longest(items, items[1:]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self.failed:
                return

    def in_a_fork(self, work: Callable[[], bytes]) -> Any:
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reader)
            silent()
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(work())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            made = pickle.loads(pipe.read())
        os.waitpid(pid, 0)
        return made

    def control(
        self, session: pytest.Session, traced: Any, paths: dict[str, Path], some: list[Mutant]
    ) -> None:
        """Units that are put in place unchanged must not be noticed: else every figure would lie."""
        for mutant in some:
            path = paths[mutant.module]
            tests = tests_of(mutant, traced, str(path), self.options.most)
            work = partial(self.suffer, session, mutant, path, tests, lambda unit, _: unit)
            if tests and self.in_a_fork(lambda work=work: pickle.dumps(work())):
                raise SystemExit(f"{mutant.module} {mutant.unit}: noticed though nothing was changed")

    def judge(
        self, session: pytest.Session, traced: Any, paths: dict[str, Path], some: list[Mutant]
    ) -> Iterator[tuple[Mutant, str]]:
        running: dict[int, tuple[Mutant, float, int]] = {}
        todo = some[::-1]
        while todo or running:
            while todo and len(running) < self.options.jobs:
                mutant = todo.pop()
                tests = tests_of(mutant, traced, str(paths[mutant.module]), self.options.most)
                if not tests:
                    yield mutant, UNSEEN
                    continue
                pid = os.fork()
                if not pid:
                    silent()
                    os._exit(self.suffer(session, mutant, paths[mutant.module], tests))
                running[pid] = (mutant, time.monotonic() + MOST_CLOCK, os.pidfd_open(pid))
            select.select([fd for _, _, fd in running.values()], [], [], 1.0)
            for pid, (mutant, end, fd) in list(running.items()):
                if time.monotonic() > end:
                    os.kill(pid, signal.SIGKILL)
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    os.close(fd)
                    del running[pid]
                    yield mutant, KILLED if status else SURVIVED

    def suffer(
        self,
        session: pytest.Session,
        mutant: Mutant,
        path: Path,
        tests: list[int],
        change: Callable[[Unit, Mutant], Unit] = mutated,
    ) -> bool:
        """In a fork: put the mutant in place and run its tests. Whether it was noticed: any way will do."""
        most = 30 + 4 * int(self.options.most)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        self.failed = False
        try:
            put(mutant, path, change)
            self.run(session, tests)
        except BaseException:
            return True
        return self.failed


def chosen(parts: list[str]) -> dict[str, Path]:
    """Module → its file, of the rooms or of those whose path has one of these parts."""
    found = [p for room in ROOMS for p in sorted((ROOT / "vinbatch").glob(room)) if p.suffix == ".py"]
    found += [p for room in ROOMS for p in sorted((ROOT / "vinbatch" / room).glob("*.py"))]
    found = [p for p in found if p.relative_to(ROOT / "vinbatch").as_posix() not in SPARED]
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in found if p.stem != "__init__"}
    return {n: p for n, p in names.items() if not parts or any(part in str(p) for part in parts)}


def tests_for(parts: list[str]) -> list[str]:
    """The files and folders of tests that the chosen modules ask for."""
    rooms = {HOME.get(name, name.split(".")[1]) for name in chosen(parts)}
    found = list(TESTS) if rooms - set(BESIDE) else []
    return found + [test for room, tests in BESIDE.items() if room in rooms for test in tests]


def tests_of(mutant: Mutant, traced: Any, file: str, most: float) -> list[int]:
    """The tests that run through the lines of the mutant, as many as the time allows.

    First those of its module's own files (`test_read_cells` is of `read`), then its room's, which ask for
    its details.
    """
    lines, seconds, homes = traced
    exact = {t for n in range(mutant.line, mutant.last + 1) for t in lines.get((file, n), ())}
    found = exact
    if len(exact) < FEW:
        found = exact | {t for (f, _), tests in lines.items() if f == file for t in tests}
    tests, spent = [], 0.0
    room, own = HOME.get(mutant.module, mutant.module.split(".")[1]), f"test_{mutant.module.split('.')[-1]}"

    def order(test: int) -> tuple[bool, bool, bool, float]:
        return test not in exact, homes[test][0] != room, not homes[test][1].startswith(own), seconds[test]

    for test in sorted(found & set(seconds), key=order):
        spent += seconds[test]
        if tests and spent > most:
            break
        tests.append(test)
    return tests


def put(mutant: Mutant, path: Path, change: Callable[[Unit, Mutant], Unit]) -> None:
    """Replace the unit in the living module, everywhere where its value is known."""
    module = sys.modules[mutant.module]
    unit = change(units(path.read_text("utf-8"))[mutant.unit], mutant)
    if isinstance(unit, ast.FunctionDef):
        unit.decorator_list = []
    names = dict(vars(module)) if isinstance(unit, ast.FunctionDef) else vars(module)
    old = vars(module).get(mutant.unit)
    exec(compile(ast.Module([unit], []), str(path), "exec", __future__.annotations.compiler_flag), names)
    if isinstance(unit, ast.FunctionDef):
        new, living = names[unit.name], function_of(module, mutant.unit)
        living.__code__, living.__defaults__ = new.__code__, new.__defaults__
        living.__kwdefaults__ = new.__kwdefaults__
    else:
        new = names[mutant.unit]
        for other in [m for n, m in sys.modules.items() if n.startswith("vinbatch.")]:
            for name, value in list(vars(other).items()):
                if value is old and name == mutant.unit:
                    setattr(other, name, new)
    forget()


def function_of(module: ModuleType, name: str) -> Any:
    """The function itself, without what decorators put around it."""
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part]
    if isinstance(found, cached_property):
        found = found.func
    found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    return getattr(found, "__wrapped__", found)


def forget() -> None:
    """Nothing that was worked out without the mutant is kept."""
    kind = type(lru_cache(lambda: None))
    for name, module in list(sys.modules.items()):
        if name.startswith("vinbatch."):
            for value in list(vars(module).values()):
                if isinstance(value, kind):
                    value.cache_clear()


def line_of(mutant: Mutant) -> str:
    return f"{mutant.module}:{mutant.line} {mutant.unit}: {mutant.what}"


def nameless(line: str) -> str:
    """A line of a report without its line number: that moves."""
    return re.sub(r":\d+ ", " ", line, count=1)


def silent() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def report(judged: Iterator[tuple[Mutant, str]], total: int) -> None:
    """A line for each that was not noticed, then the counts of each module."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for done, (mutant, fate) in enumerate(judged, start=1):
        counts[mutant.module][fate] += 1
        if not done % 100:
            print(f"… {done} of {total}", flush=True)
        if fate != KILLED:
            print(f"{line_of(mutant)}: {fate}", flush=True)
    for module, fates in sorted(counts.items()):
        share = fates[KILLED] / fates.total()
        print(f"{share:5.0%} {module}: {dict(fates)}")
    killed, run = sum(c[KILLED] for c in counts.values()), sum(c.total() for c in counts.values())
    print(f"{killed / max(run, 1):5.1%} of {run} killed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--most", type=float, default=MOST_SECONDS, help="seconds of tests for a mutant")
    parser.add_argument("--again", metavar="REPORT", help="only what survived by this report")
    parser.add_argument("--tests", nargs="*", help="instead of those of the rooms")
    options = parser.parse_args()
    tests = [str(ROOT / "tests" / t) for t in options.tests or tests_for(options.modules)]
    arguments = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist"]
    arguments += [f"--ignore={ROOT / 'tests' / t}" for t in ELSEWHERE]
    sys.exit(pytest.main([*arguments, *tests], plugins=[Session(options)]))


if __name__ == "__main__":
    main()
