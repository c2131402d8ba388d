"""Charts as geometry, which the template draws as SVG. What a piece is gives it its colour there."""

from __future__ import annotations

from collections.abc import Sequence

from vinbatch.noun import Noun

WIDTH, HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 6, 10, 26
_LABELS = 8  # words below the axis, at most
_STEPS = (1, 2, 4, 6, 8)


class Piece(Noun, frozen=True):
    """A part of a column. `key` is a verdict, a state, waiting or overdue."""

    key: str
    y: float
    height: float


class Column(Noun, frozen=True):
    """One day: what a pointer is told, and the pieces from the ground up."""

    x: float
    width: float
    title: str
    pieces: tuple[Piece, ...]


class Tick(Noun, frozen=True):
    """A word beside an axis."""

    at: float
    label: str


class Chart(Noun, frozen=True):
    """`legend` are (key, word); `line` are the corners of a line, "" for none; `table` says the same."""

    title: str
    columns: tuple[Column, ...]
    below: tuple[Tick, ...]
    beside: tuple[Tick, ...]
    legend: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    line: str = ""
    dots: tuple[tuple[float, float, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.table


class Series(Noun, frozen=True):
    """Values of one word, one a day; None where there is none."""

    key: str
    word: str
    values: tuple[float | None, ...]


def stacked(title: str, day: str, days: Sequence[str], series: Sequence[Series]) -> Chart:
    """Columns of the series on top of each other, the first one at the ground. `day` heads the table."""
    kept = [s for s in series if any(s.values)]
    totals = [sum(s.values[i] or 0 for s in kept) for i in range(len(days))]
    top = _round_up(max(totals, default=0))
    columns = []
    for i, name in enumerate(days):
        told = ", ".join(f"{s.word} {_number(s.values[i])}" for s in kept if s.values[i])
        if told:
            pieces = _pile([(s.key, s.values[i] or 0) for s in kept], top)
            columns.append(Column(*_slot(i, len(days)), f"{name}: {told}", pieces))
    table = [
        (name, *(_number(s.values[i]) if s.values[i] else "" for s in kept))
        for i, name in enumerate(days)
        if totals[i]
    ]
    legend = tuple((s.key, s.word) for s in kept)
    heads = (day, *(s.word for s in kept))
    return Chart(title, tuple(columns), _below(days), _beside(top), legend, heads, tuple(table))


def rate(title: str, day: str, days: Sequence[str], series: Series) -> Chart:
    """A line of percentages; days without one are passed over."""
    dots, table = [], []
    for i, (name, value) in enumerate(zip(days, series.values, strict=True)):
        if value is not None:
            x, width = _slot(i, len(days))
            text = f"{_number(round(value, 1))}%"
            dots.append((round(x + width / 2, 1), _height(value, 100), f"{name}: {text}"))
            table.append((name, text))
    line = " ".join(f"{x},{y}" for x, y, _ in dots)
    beside = tuple(Tick(_height(v, 100), f"{v}%") for v in (0, 50, 100))
    legend = ((series.key, series.word),)
    return Chart(title, (), _below(days), beside, legend, (day, series.word), tuple(table), line, tuple(dots))


def _slot(i: int, of: int) -> tuple[float, float]:
    """Left edge and width of the i-th column."""
    step = (WIDTH - _LEFT - _RIGHT) / max(of, 1)
    return round(_LEFT + i * step + step * 0.12, 1), round(step * 0.76, 1)


def _height(value: float, top: float) -> float:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * value / (top or 1), 1)


def _pile(parts: Sequence[tuple[str, float]], top: float) -> tuple[Piece, ...]:
    pieces, below = [], 0.0
    for key, value in parts:
        if value:
            y = _height(below + value, top)
            pieces.append(Piece(key, y, round(max(_height(below, top) - y, 0.5), 1)))
            below += value
    return tuple(pieces)


def _below(days: Sequence[str]) -> tuple[Tick, ...]:
    every = max(1, -(-len(days) // _LABELS))
    return tuple(
        Tick(round(_slot(i, len(days))[0] + _slot(i, len(days))[1] / 2, 1), days[i])
        for i in range(0, len(days), every)
    )


def _beside(top: float) -> tuple[Tick, ...]:
    return tuple(Tick(_height(v, top), _number(v)) for v in (0, top / 2, top)) if top else ()


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 6, 8, 10, 20 …: an axis ends on a number whose half is round, too."""
    power = 1.0
    while power * 10 < value:
        power *= 10
    return next((step * power for step in (*_STEPS, 10) if step * power >= value), value) if value else 0


def _number(value: float | None) -> str:
    return f"{value:g}" if value is not None and value < 1e6 else f"{value:,.0f}"
