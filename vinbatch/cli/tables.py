"""Tables and lines: data to stdout, messages to stderr. On a terminal they fit its width.

Names and texts of others are in nearly everything that is said, and a terminal obeys what it is shown: so
all of it goes through `shown`, or through `in_json`.
"""

from __future__ import annotations

import logging
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from itertools import zip_longest
from typing import TextIO

import click

from vinbatch.visible import visible

# What moves the cursor, turns the direction of the text, hides, or is half a character: escaped in JSON.
_OBEYED = frozenset(("Cc", "Cf", "Zl", "Zp", "Cs", "Cn"))
_NOT_ASCII = re.compile(r"[^\x20-\x7e\n]")


def shown(text: str) -> str:
    """Text that nothing obeys: on lines of its own, whatever characters it came with."""
    return visible(text).replace("\t", " ")


def in_json(told: object, *, indent: int | None = 1) -> str:
    r"""The same for programs, with nothing lost: such characters stand there by their numbers.

    Bytes of a file's name that are no text stand as `\xNN`: JSON has no place for them.
    """
    import json

    return _NOT_ASCII.sub(_escaped, json.dumps(told, ensure_ascii=False, indent=indent))


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    if unicodedata.category(char) not in _OBEYED:
        return char
    if unicodedata.category(char) == "Cs":  # half a character: strict readers refuse it, and all beside it
        number = ord(char)
        return f"\\\\x{number - 0xDC00:02x}" if 0xDC80 <= number <= 0xDCFF else f"\\\\u{number:04x}"
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def tell(text: str) -> None:
    """A line of data, on stdout."""
    click.echo(shown(text))


# Has a handler where messages are to be lines for programs too (`logs.configure`).
for_programs = logging.getLogger("vinbatch").getChild("said")


def warn(text: str, level: int = logging.WARNING) -> None:
    """What went wrong; a person is told of which program."""
    say(text if for_programs.handlers else f"vinbatch: {text}", level)


def say(text: str, level: int = logging.INFO, batch: str = "") -> None:
    """A message for the person at the terminal or the log of cron; or a line of the log for programs.

    A log on a full disk takes nothing; what was done is done, and must not fail for that.
    """
    if for_programs.handlers:
        for_programs.log(level, "%s", text, extra={"batch": batch})
        return
    with suppress(OSError):
        click.echo(shown(text), err=True)


def folded(line: str, width: int) -> list[str]:
    """The line in parts that are no wider than so many columns, of which Chinese takes two each."""
    from rich.cells import cell_len

    text = shown(line)
    if "\n" not in text and cell_len(text) <= width:  # most are, and rich takes its time
        return [text.rstrip()]
    from rich.console import Console
    from rich.text import Text

    return [part.plain.rstrip() for part in Text(text).wrap(Console(width=width), width)]


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, err: bool = False) -> None:
    """A table; in a pipe it is as wide as it needs to be, so that no text is cut."""
    stream = sys.stderr if err else sys.stdout
    cells = [[shown(str(cell)) for cell in row] for row in rows]
    with suppress(OSError) if err else nullcontext():
        if stream.isatty():
            _fitted(heads, cells, stream)
        else:
            stream.writelines(_aligned([list(heads), *cells] if any(heads) else cells))


def _fitted(heads: Sequence[str], rows: Sequence[Sequence[str]], terminal: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(*heads, box=None, pad_edge=False, header_style="bold", show_header=any(heads))
    for row in rows:
        made.add_row(*map(Text, row))  # Text: no markup
    Console(file=terminal, highlight=False, markup=False).print(made)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Each column as wide as its widest line. rich would take a millisecond a row."""
    from rich.cells import cell_len

    widths = [
        max(cell_len(line) for cell in column for line in cell.split("\n"))
        for column in zip(*rows, strict=True)
    ]
    for row in rows:
        for line in zip_longest(*(cell.split("\n") for cell in row), fillvalue=""):
            padded = (part + " " * (width - cell_len(part)) for part, width in zip(line, widths, strict=True))
            yield "  ".join(padded).rstrip() + "\n"
