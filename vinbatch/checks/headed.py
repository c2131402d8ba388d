"""Rows below a second row of headings with other columns: read by the first, their cells are misplaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from vinbatch.checks.cells import carried
from vinbatch.checks.headings import Layout, cell_at, reads_as
from vinbatch.model import HEADED, NAMED_BY, Finding, Raw, Sheet
from vinbatch.ruleset import Ruleset

_MOST_NAMED = 6  # columns


def is_heading(token: str, cells: Sequence[Raw], layout: Layout, ruleset: Ruleset) -> bool:
    """Whether a table begins here once more: people copy one below the other, with its headings."""
    raw = cell_at(cells, layout.columns.get(NAMED_BY[token]))
    text = "" if raw is None else carried(raw).strip()
    if not text or text[-1].isdigit():  # quickly: as most names end
        return False
    field = ruleset.heading(token, text)
    return field is not None and (field.key == NAMED_BY[token] or reads_as(token, cells, ruleset))


def headed(
    token: str,
    sheet: Sheet,
    layout: Layout,
    rows: Iterable[int],
    heads: Iterable[int],
    ruleset: Ruleset,
) -> Mapping[int, Finding]:
    """Of these rows those below other headings, one of the rows `heads`, with other columns than row 1."""
    found = {}
    under = {n: sheet.rows[n - 1] for n in heads if is_heading(token, sheet.rows[n - 1], layout, ruleset)}
    other: tuple[tuple[str, str], ...] = ()
    head = 0
    for number in rows if under else ():
        if number in under:
            head, other = number, _other(token, under[number], layout, ruleset)
        elif other:
            found[number] = ruleset.finding(
                HEADED,
                sheet=token,
                row=number,
                field=other[0][0],
                value="、".join(_held(sheet.rows[number - 1], other[:_MOST_NAMED], layout)),
                head=str(head),
                diff=tuple(f"@{token}.{key}|{text}" for key, text in other[:_MOST_NAMED]),
            )
    return found


def _held(cells: Sequence[Raw], other: Iterable[tuple[str, str]], layout: Layout) -> Iterator[str]:
    """What stands below those headings: `备注：左舵`."""
    for key, heading in other:
        raw = cell_at(cells, layout.columns[key])
        if raw is not None and (text := carried(raw).strip()):
            yield f"{heading}：{text}"


def _other(token: str, cells: Sequence[Raw], layout: Layout, ruleset: Ruleset) -> tuple[tuple[str, str], ...]:
    """The fields in whose column another one's heading stands here, each with that; () for the same order."""
    told = {key: " ".join(carried(cell_at(cells, at) or "").split()) for key, at in layout.columns.items()}
    means = {key: field.key for key, text in told.items() if (field := ruleset.heading(token, text))}
    return tuple((key, told[key]) for key, meant in means.items() if meant != key)
