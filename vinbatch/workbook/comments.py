"""What people wrote onto cells: notes of every Excel, WPS and LibreOffice, and the threads of newer Excels.

Rare, and so looked for only where a sheet's relations name such a part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vinbatch.noun import Noun
from vinbatch.workbook.book import CommentPart, local
from vinbatch.workbook.refused import RefusedError
from vinbatch.workbook.survey import Place, area_of
from vinbatch.workbook.tags import Attributes, walk

MAX_COMMENTS = 20_000  # of a sheet
_MOST_TAGS = 40 * MAX_COMMENTS  # with all their fonts and sizes
_MOST_KEPT = 1000  # characters of a cell; the checks show fewer
_LAST_KEPT = 300  # of them from its end: what was answered last
_STUB = "tc="  # the author of a note that stands for a thread, where a program knows none
# It begins with a name in brackets and what old programs do to it, in the language of Excel, and a heading.
_LINK = "linkid=870924"
_PARAGRAPH = re.compile(r"\n[ \r]{0,4}\n")
_HEADING = re.compile(r"\s{0,8}[^\n:：]{1,30}[:：]")
# Google's spreadsheet tells who wrote each comment of a thread, and when.
_GOOGLE = re.compile(
    r"^[=-]{3,}[ \r]*\nID#\S+[ \r]*\n[^\n]*\(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)[ \r]*(?:\n|$)", re.MULTILINE
)
_ESCAPED_END = re.compile(r"_x000[adAD]_")


class _Comment(Noun, frozen=True):
    place: Place
    text: str
    thread: str = ""  # which one it belongs to
    threaded: bool = False
    resolved: bool = False
    stub: bool = False


def comments_of(parts: tuple[CommentPart, ...], rows: int, columns: int) -> tuple[tuple[int, int, str], ...]:
    """Row, column and text, in one line, of what is written onto cells within these bounds.

    Empty ones say nothing, and threads that were resolved are settled; an answer in a thread counts with it.
    RefusedError where a part is no XML, or has too many.
    """
    if not parts:
        return ()
    found = [comment for part in parts for comment in _read(part)]
    threads: dict[Place, list[str]] = {}
    for c in found:
        if c.threaded:
            threads.setdefault(c.place, []).append(c.text)
    repeated = {place: {said[0], " / ".join(said), " ".join(said)} for place, said in threads.items()}
    settled = {(c.place, c.thread) for c in found if c.resolved}
    texts: dict[Place, list[str]] = {}
    for c in found:
        inside = c.place[0] <= rows and c.place[1] <= columns
        # What programs that know no threads show of these; a cell may have a note of its own beside them.
        again = not c.threaded and c.place in threads and (c.stub or c.text in repeated[c.place])
        if inside and c.text and not again and (c.place, c.thread) not in settled:
            texts.setdefault(c.place, []).append(c.text)
    return tuple((*place, _short(" / ".join(texts[place]))) for place in sorted(texts))


def _short(text: str) -> str:
    if len(text) <= _MOST_KEPT:
        return text
    return f"{text[: _MOST_KEPT - _LAST_KEPT - 1]}…{text[-_LAST_KEPT:]}"


def _read(part: CommentPart) -> Iterator[_Comment]:
    if part.xml.count(b"<") > _MOST_TAGS:
        raise RefusedError("FILE-EXCESSIVE", what="@reading.comments", limit=str(MAX_COMMENTS))
    reader = _Reader()
    walk(part.xml, part.part, reader.start, reader.end, reader.data)
    for attributes, threaded, text in reader.found:
        area = area_of(attributes.get("ref", ""))
        if area is None:
            continue
        if threaded:
            thread = (attributes.get("parentId") or attributes.get("id", "")).lower()
            done = attributes.get("done", "").lower() in ("1", "true")
            yield _Comment(area[:2], _line(text), f"#{thread}", threaded, done)
        else:
            author = reader.author(attributes.get("authorId", ""))
            stub = author.startswith(_STUB) or _LINK in text
            yield _Comment(area[:2], _said(text, author, stub), stub=stub)


def _said(text: str, author: str, stub: bool) -> str:
    """In one line, without what Excel, WPS and Google begin it with."""
    text = _ESCAPED_END.sub(" ", text).strip()
    if stub:
        text = _of_thread(text)
    elif author and text.startswith((f"{author}:", f"{author}：")):
        text = text[len(author) + 1 :]
    elif "ID#" in text:
        text = " / ".join(filter(None, map(_line, _GOOGLE.split(text))))
    return _line(text)


def _of_thread(stub: str) -> str:
    """What stands below the reading matter of a stub, and its heading."""
    told = _PARAGRAPH.split(stub, maxsplit=2)
    is_whole = len(told) > 2 and told[0].startswith("[")
    said = told[2] if is_whole else stub.partition(_LINK)[2] or stub
    heading = _HEADING.match(said)
    return said[heading.end() :] if heading else said


def _line(text: str) -> str:
    return " ".join(_ESCAPED_END.sub(" ", text).split())


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
