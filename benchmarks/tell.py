"""What was measured, as docs/performance.md and its chart."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

Measured = Mapping[str, Any]
_LIBRARIES = ("pandas", "pandera", "openpyxl", "python-calamine", "lxml", "jinja2", "msgspec", "xlsxwriter")
_STAGES = ("claim", "parse", "check", "facts", "decide", "render", "commit", "publish", "answer", "rest")
_NAMES = {"script": "the script", "one": "vinbatch, one process", "pool": "vinbatch, default workers"}
_GOALS = {"one": 15, "pool": 25}  # times as fast as the script
_COLOURS = {"script": "#9AA5B1", "one": "#2E7D6B", "pool": "#12395B"}
_TEXT = """# Performance

Written by `make bench`; do not edit. Compared with `benchmarks/baseline.py`, the script that a good engineer
writes in an afternoon (pandas.read_excel, pandera, ElementTree, openpyxl, sqlite3): it does less (no marks,
drafts, changes, catalogue, receipts, recovery) and answers in the clerk's own workbook.

The mix: of 20 workbooks 16 clean, three with 5 % bad rows, one with 30 %; each with 200 vehicles and 200
parameter sets that the catalogue does not know. Script and vinbatch take turns in processes of their own;
whatever else the machine did slowed both, so look at the ratios.

{machine}

## Against the targets

| | target | measured | |
|---|---|---|---|
{targets}

## In pairs

Medians of {rounds} rounds, milliseconds a full workbook of the mix. Memory is the main process's largest.

| | elapsed | CPU | times as fast, elapsed | times as fast, CPU | peak MB |
|---|---|---|---|---|---|
{pairs}

![Milliseconds a workbook](pictures/performance.svg)

CPU of the workers is not counted in the last line.

## Where the time goes

CPU milliseconds a full workbook of the mix, one process.

| {stages} |
|{lines}|
| {times} |

Of this, inside of libraries written in C, for what answers, ledger and package are to hold:

| {libraries} | together |
|{under}---|
| {inside} | {together:.0f} |

What is left is Python: vinbatch's own, and that of pandas, pandera, jinja2 and xlsxwriter. {goal} times as
fast as the script would be {left:.0f} ms for everything, those libraries included:
[what that means](decisions.md#passes).

## By size

CPU milliseconds a workbook, ten at once, one process. So few at once carry what is made once a pass.

| vehicles | bad rows | the script | vinbatch | times as fast |
|---|---|---|---|---|
{sizes}

## As it grows

One pass with the default workers, with results, register and overview; the large ledger holds {records:,}
VINs of other days. What a pass costs whatever its workbooks, few of them carry.

| workbooks | VINs before | ms a workbook | peak MB |
|---|---|---|---|
{growth}

## To start

| | seconds |
|---|---|
{starts}
"""


def write(
    docs: Path,
    rounds: Sequence[Mapping[str, Measured]],
    libraries: Mapping[str, float],
    sizes: Mapping[tuple[int, float], tuple[Measured, Measured]],
    growth: Mapping[tuple[int, int], Measured],
    starts: Mapping[str, float],
) -> None:
    """docs/performance.md and docs/pictures/performance.svg."""
    one = rounds[0]["one"]["stages"]
    typical = {s: median(r["one"]["stages"].get(s, 0.0) for r in rounds) for s in _STAGES if s in one}
    text = _TEXT.format(
        machine=_machine(rounds),
        targets="\n".join(_targets(rounds, growth, starts)),
        rounds=len(rounds),
        pairs="\n".join(_pair(key, rounds) for key in _NAMES),
        stages=" | ".join(typical),
        lines="|".join("---" for _ in typical),
        times=" | ".join(f"{ms:.1f}" for ms in typical.values()),
        libraries=" | ".join(libraries),
        under="---|" * len(libraries),
        inside=" | ".join(f"{ms:.1f}" for ms in libraries.values()),
        together=sum(libraries.values()),
        goal=_GOALS["one"],
        left=median(r["script"]["cpu"] for r in rounds) / _GOALS["one"],
        sizes="\n".join(
            f"| {rows} | {share:.0%} | {a['cpu']:.0f} | {b['cpu']:.0f} | {a['cpu'] / b['cpu']:.1f} |"
            for (rows, share), (a, b) in sizes.items()
        ),
        records=max((known for _, known in growth), default=0),
        growth="\n".join(
            f"| {count:,} | {known:,} | {m['seconds']:.0f} | {m['peak']} |"
            for (count, known), m in growth.items()
        ),
        starts="\n".join(f"| {name} | {seconds:.2f} |" for name, seconds in starts.items()),
    )
    (docs / "pictures").mkdir(parents=True, exist_ok=True)
    (docs / "performance.md").write_text(text, "utf-8")
    (docs / "pictures" / "performance.svg").write_text(_chart(rounds), "utf-8")


def _pair(key: str, rounds: Sequence[Mapping[str, Measured]]) -> str:
    def of(what: str) -> float:
        return float(median(r[key][what] for r in rounds))

    def ratio(what: str) -> str:
        return f"{median(r['script'][what] / r[key][what] for r in rounds):.1f}"

    cpu = "–" if key == "pool" else ratio("cpu")
    peak = max(r[key]["peak"] for r in rounds)
    return f"| {_NAMES[key]} | {of('seconds'):.0f} | {of('cpu'):.0f} | {ratio('seconds')} | {cpu} | {peak} |"


def _targets(
    rounds: Sequence[Mapping[str, Measured]],
    growth: Mapping[tuple[int, int], Measured],
    starts: Mapping[str, float],
) -> Iterator[str]:
    """A line for each target, with what was measured and whether that is enough."""

    def line(what: str, target: float, measured: float, unit: str, *, least: bool = False) -> str:
        met = measured >= target if least else measured <= target
        bound = f"{'at least' if least else 'at most'} {target:g} {unit}"
        return f"| {what} | {bound} | {measured:.4g} {unit} | {'met' if met else '**not met**'} |"

    for key, target in _GOALS.items():
        ratio = median(r["script"]["seconds"] / r[key]["seconds"] for r in rounds)
        yield line(f"{_NAMES[key]}, elapsed beside the script", target, round(ratio, 1), "×", least=True)
    peak = max(m["peak"] for m in (*growth.values(), *(r[k] for r in rounds for k in ("one", "pool"))))
    yield line("peak memory of the main process", 400, peak, "MB")
    for name, most in (("one cold workbook", 1.0), ("--help", 0.1), ("empty run", 0.1)):
        yield line(name, most, round(starts[name], 2), "s")


def _machine(rounds: Sequence[Mapping[str, Measured]]) -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{len(os.sched_getaffinity(0))} cores of {model}; {platform.system()}, Python"
        f" {platform.python_version()}, SQLite {rounds[0]['one']['sqlite']}, {libraries}."
        f" Load average at the end: {os.getloadavg()[2]:.1f}."
    )


def _chart(rounds: Sequence[Mapping[str, Measured]]) -> str:
    """Three bars: milliseconds a workbook."""
    times = {key: median(r[key]["seconds"] for r in rounds) for key in _NAMES}
    most = max(times.values())
    bars = []
    for i, (key, ms) in enumerate(times.items()):
        y, wide = 20 + 46 * i, max(2.0, 420 * ms / most)
        ratio = "" if key == "script" else f" · {times['script'] / ms:.1f} ×"
        bars.append(
            f'<text x="200" y="{y + 19}" text-anchor="end">{_NAMES[key]}</text>'
            f'<rect x="212" y="{y}" width="{wide:.0f}" height="28" rx="3" fill="{_COLOURS[key]}"/>'
            f'<text x="{220 + wide:.0f}" y="{y + 19}">{ms:.0f} ms{ratio}</text>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="160" viewBox="0 0 760 160"'
        ' font-family="sans-serif" font-size="14" fill="#22303C">'
        f'<rect width="760" height="160" fill="#FFFFFF"/>{"".join(bars)}</svg>\n'
    )
