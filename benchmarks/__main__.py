"""`make bench`: vinbatch beside the script, by stages, by sizes, as it grows: docs/performance.md.

Every figure comes from a process of its own; script and vinbatch take turns, so that both see the same
machine. Other work on the machine slows both: the ratios are what holds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.ledgers import grow
from benchmarks.tell import write
from benchmarks.workbooks import SHARES, SIZES, mixed, press
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.ruleset import compile_rules
from vinbatch.store.ledger import Ledger

RULES = compile_rules(packaged_rulebook())
Measured = dict[str, Any]


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vinbatch-bench-") as folder:
        yield Path(folder)


def child(module: str, *given: object) -> Measured:
    """What a benchmark process tells of itself, per workbook in milliseconds."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, given)]
    told: Measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for key in ("seconds", "cpu"):
        if key in told:
            told[key] = told[key] / told["count"] * 1000
    told["stages"] = {k: v / told["count"] * 1000 for k, v in told.get("stages", {}).items()}
    return told


def script(folder: Path) -> Measured:
    with scratch() as out:
        return child("baseline", folder, out)


def vinbatch(folder: Path, engine: str = "serial", ledger: Path | None = None) -> Measured:
    with scratch() as out:
        more = ["--ledger", ledger] if ledger else []
        return child("stages", folder, out / "home", "--engine", engine, *more)


def pairs(rounds: int, count: int) -> list[dict[str, Measured]]:
    """Full workbooks of the mix: the script, one process, and the default workers, in turn."""
    with scratch() as folder:
        few, many = folder / "few", folder / "many"
        fill(few, mixed(RULES, 200, max(10, count // 5)))
        fill(many, mixed(RULES, 200, count))
        return [
            {"script": script(few), "one": vinbatch(many), "pool": vinbatch(many, "pool")}
            for _ in range(rounds)
        ]


def sizes() -> dict[tuple[int, float], tuple[Measured, Measured]]:
    """Rows, share of bad rows → the script and vinbatch in one process, ten workbooks each."""
    found = {}
    for rows in SIZES:
        for share in SHARES:
            with scratch() as folder:
                made = press(RULES, rows, share)
                fill(folder, ((f"w{i}.xlsx", made.copy(i)) for i in range(10)))
                found[rows, share] = script(folder), vinbatch(folder)
    return found


def libraries(count: int) -> dict[str, float]:
    """Library → milliseconds a full workbook that one process is inside of it."""
    with scratch() as folder:
        fill(folder, mixed(RULES, 200, count))
        found: dict[str, float] = child("libraries", folder, folder / "home")["libraries"]
        return found


def growth(counts: list[int], records: int, grown: Path | None) -> dict[tuple[int, int], Measured]:
    """Workbooks in one pass, VINs in the ledger before → the pass, with the default workers."""
    found = {}
    with scratch() as place:
        large = grown or place / "ledger.db"
        if not large.exists():
            with Ledger.open(large, create=True) as ledger:
                grow(ledger, records)
        for count in counts:
            folder = place / str(count)
            fill(folder, mixed(RULES, 200, count))
            for known, before in ((0, None), (records, large)):
                found[count, known] = vinbatch(folder, "pool", before)
                print(count, known, round(found[count, known]["seconds"], 1), file=sys.stderr)
    return found


def installed(folder: Path) -> Path:
    """The program as people install it: without hypothesis, which pandera loads where it finds it."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, str(Path(__file__).parent.parent)], check=True, capture_output=True)
    return folder / "bin" / "vinbatch"


def starts() -> dict[str, float]:
    """Seconds of whole commands, the best of five: the help, a run with nothing to do, one cold workbook.

    A run with nothing to do compares the home with what the last one saw; every five minutes it looks anew.
    """
    with scratch() as folder:
        home = str(folder / "home")
        command = [str(installed(folder / "venv"))]
        subprocess.run([*command, "init", home], check=True, capture_output=True)
        idle = [*command, "--home", home, "run"]
        note = folder / "home" / ".vinbatch" / "idle"
        while not note.exists():  # the first passes put things into the home
            subprocess.run(idle, check=True, capture_output=True)
        told = {"--help": best([*command, "--help"]), "empty run": best(idle)}
        told["empty run, a whole pass"] = best(idle, before=note.unlink)
        for i in range(3):
            path = folder / "home" / "inbox" / f"w{i}.xlsx"
            path.write_bytes(press(RULES, 200, 0.0).copy(i))
            time.sleep(3)  # it has stood still: nothing is waited for
            told["one cold workbook"] = min(best(idle, 1), told.get("one cold workbook", 99))
        return told


def best(command: list[str], times: int = 5, before: Callable[[], None] = lambda: None) -> float:
    took = []
    for _ in range(times):
        before()
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        took.append(time.perf_counter() - began)
    return min(took)


def fill(folder: Path, books: Iterator[tuple[str, bytes]]) -> None:
    folder.mkdir(exist_ok=True)
    for name, data in books:
        (folder / name).write_bytes(data)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=50, help="workbooks of a round")
    parser.add_argument("--growth", default="10,100,1000")
    parser.add_argument("--records", type=int, default=5_000_000, help="VINs in the large ledger")
    parser.add_argument("--grown", type=Path, help="the large ledger: made there, or taken from there")
    parser.add_argument("--docs", type=Path, default=Path(__file__).parent.parent / "docs")
    asked = parser.parse_args()
    rounds = pairs(asked.rounds, asked.count)
    for engine in ("one", "pool"):
        ratio = median(r["script"]["seconds"] / r[engine]["seconds"] for r in rounds)
        print(engine, f"{ratio:.1f} times as fast as the script", file=sys.stderr)
    counts = [int(n) for n in asked.growth.split(",") if n]
    grown = growth(counts, asked.records, asked.grown)
    write(asked.docs, rounds, libraries(20), sizes(), grown, starts())


if __name__ == "__main__":
    main()
