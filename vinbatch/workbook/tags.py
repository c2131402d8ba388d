"""The tags and texts of a part as they go by."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from vinbatch.workbook.refused import damaged

Attributes = dict[str, str]


def walk(
    xml: bytes,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    *,
    spaced: bool = False,
) -> None:
    """Calls these in the order of the part; RefusedError where it is no XML.

    `spaced` names are those of their namespace, a space, and their own; others are as they are written.
    """
    parser = expat.ParserCreate(namespace_separator=" " if spaced else None)
    parser.buffer_text = True  # else each end of a line is a call
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as e:
        raise damaged(part) from e
