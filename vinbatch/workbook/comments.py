"""What people wrote onto cells: notes of every Excel, WPS and LibreOffice, and the threads of newer Excels.

Rare, and so looked for only where a sheet's relations name such a part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from vinbatch.noun import Noun
from vinbatch.workbook.book import Attributes, CommentPart, local
from vinbatch.workbook.refused import RefusedError, damaged
from vinbatch.workbook.survey import Place, area_of

MAX_COMMENTS = 20_000  # of a sheet
_MOST_TAGS = 40 * MAX_COMMENTS  # with all their fonts and sizes
_MOST_KEPT = 1000  # characters of a cell; the checks show fewer
_STUB = "tc="  # the author of a note that stands for a thread, where a program knows none
_STUB_BEGINS = re.compile(r".*?linkid=870924\s+[^\n:：]*[:：]", re.DOTALL)
_ESCAPED_END = re.compile(r"_x000[adAD]_")


class _Comment(Noun, frozen=True):
    place: Place
    author: str
    text: str
    threaded: bool
    resolved: bool


def comments_of(parts: tuple[CommentPart, ...], rows: int, columns: int) -> tuple[tuple[int, int, str], ...]:
    """Row, column and text, in one line, of what is written onto cells within these bounds.

    Empty ones say nothing, and threads that were resolved are settled; an answer in a thread counts with it.
    RefusedError where a part is no XML, or has too many.
    """
    if not parts:
        return ()
    found = [comment for part in parts for comment in _read(part)]
    threads = {c.place for c in found if c.threaded}
    resolved = {c.place for c in found if c.resolved}
    texts: dict[Place, list[str]] = {}
    for c in found:
        inside = c.place[0] <= rows and c.place[1] <= columns
        if inside and c.text and c.place not in resolved and (c.threaded or c.place not in threads):
            texts.setdefault(c.place, []).append(c.text)
    return tuple((*place, " / ".join(texts[place])[:_MOST_KEPT]) for place in sorted(texts))


def _read(part: CommentPart) -> Iterator[_Comment]:
    if part.xml.count(b"<") > _MOST_TAGS:
        raise RefusedError("FILE-EXCESSIVE", what="@reading.comments", limit=str(MAX_COMMENTS))
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    try:
        parser.Parse(part.xml, True)
    except expat.ExpatError as e:
        raise damaged(part.part) from e
    for attributes, threaded, text in reader.found:
        area = area_of(attributes.get("ref", ""))
        if area is None:
            continue
        author = "" if threaded else reader.author(attributes.get("authorId", ""))
        done = threaded and attributes.get("done", "").lower() in ("1", "true")
        yield _Comment(area[:2], author, _said(text, author), threaded, done)


def _said(text: str, author: str) -> str:
    """In one line, without the name that Excel and WPS begin it with."""
    text = _ESCAPED_END.sub(" ", text).strip()
    if author.startswith(_STUB):
        text = _STUB_BEGINS.sub("", text, count=1)
    elif author and text.startswith((f"{author}:", f"{author}：")):
        text = text[len(author) + 1 :]
    return " ".join(text.split())


class _Reader:
    """Hears the tags of a part; `found` has of each comment attributes, whether it is threaded, and text."""

    def __init__(self) -> None:
        self.found: list[tuple[Attributes, bool, str]] = []
        self.authors: list[str] = []
        self._of: tuple[Attributes, bool] | None = None
        self._texts: list[str] = []
        self._left = 0
        self._hears = self._aside = False

    def author(self, number: str) -> str:
        """The name that a comment gives by its number; "" where there is none."""
        known = number.isascii() and number.isdigit() and len(number) < 8 and int(number) < len(self.authors)
        return self.authors[int(number)].strip() if known else ""

    def start(self, tag: str, attributes: Attributes) -> None:
        name = local(tag)
        if name in ("comment", "threadedComment"):
            self._of = {local(k): v for k, v in attributes.items()}, name == "threadedComment"
            self._texts, self._left = [], _MOST_KEPT
        elif name == "author":
            self._texts, self._left = [], _MOST_KEPT
        elif name == "rPh":  # how a character is read, in a <t> of its own
            self._aside = True
        of_thread = self._of is not None and self._of[1]
        self._hears = not self._aside and (name in ("author", "t") or (name == "text" and of_thread))

    def data(self, text: str) -> None:
        if self._hears and self._left > 0:
            self._texts.append(text[: self._left])
            self._left -= len(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        self._hears, self._aside = False, self._aside and name != "rPh"
        if name == "author":
            self.authors.append("".join(self._texts))
        elif name in ("comment", "threadedComment") and self._of is not None:
            self.found.append((*self._of, "".join(self._texts)))
            self._of = None
