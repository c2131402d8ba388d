"""A part written anew where readers might take it differently: what is left is what Excel shows.

CDATA, comments, references to characters and elements of other namespaces are all legal, and calamine takes
some of them for cells, texts or nothing. Parts without any of these, nearly all, stay as they are.
"""

from __future__ import annotations

import io
import re
from xml.sax.saxutils import escape, quoteattr

from vinbatch.workbook.parts import MAX_INFLATED
from vinbatch.workbook.refused import RefusedError, damaged
from vinbatch.workbook.tags import walk

# No `<` stands within a tag: what passes over it is as slow as the part is long, from every place.
_ROOT = re.compile(rb"<[A-Za-z_][^<>]*>")
_PREFIX = re.compile(rb"xmlns:([\w.-]+)\s*=")
_OF_STYLES = re.compile(
    rb"<(?:[\w.-]+:)(?:xf|numFmts?|cellXfs|fonts?|strike)\b|<(?:xf|numFmt|font)\s[^<>]*xmlns"
)
_ODD_INDEX = re.compile(rb' t="s"(?: [cv]m="\d++")?+ ?+><v>(?!\d{0,9}</v>)')
# White space around a number, or a reference to a character in it.
_ODD_VALUE = re.compile(rb"<v>(?:\s|[^<&]*+(?:(?<=\s)<|&#))")
_XML = "http://www.w3.org/XML/1998/namespace"
_LEAVES = ("v", "t", "f")
_TABLES = ("sheetData", "sst", "cellXfs", "numFmts", "fonts")
_WITHIN = {"row": "sheetData", "c": "row"}
_FIRST = {"r": 0, "s": 1, "t": 2}  # the attributes of a cell in the order that every common program has
_MAX_DEPTH = 64
_MANY_PREFIXES = 64  # Excel declares ten
_OTHERS, _EXTENSION = "others", "extLst"


def plain_sheet(xml: bytes, part: str) -> bytes:
    """A sheet of which cells and values can be read in one way only. RefusedError where that is none."""
    table_end = max(0, xml.rfind(b"</sheetData>")) or len(xml)
    is_plain = not (_is_mixed(xml, table_end) or _ODD_VALUE.search(xml) or _ODD_INDEX.search(xml))
    return xml if is_plain else _Plain(part).run(xml)


def plain_texts(xml: bytes, part: str) -> bytes:
    """The same of shared texts, whose number in the row is what cells name them by."""
    return _Plain(part).run(xml) if _is_mixed(xml, len(xml)) else xml


def plain_styles(xml: bytes, part: str) -> bytes:
    """The same of styles. Those of Excel itself hold other namespaces, in places where nobody looks."""
    is_mixed = b":" in xml and _OF_STYLES.search(xml) is not None
    # Programs have their extensions behind all tables; in front, one may hold styles that nobody counts.
    is_mixed = is_mixed or xml.find(b"extLst", 0, max(0, xml.rfind(b"</cellXfs>"))) >= 0
    return _Plain(part).run(xml) if is_mixed else xml


def _is_mixed(xml: bytes, end: int) -> bool:
    """Whether there is markup, or any element of another namespace, up to this place."""
    declared = xml.find(b"?>") + 2 if xml.startswith(b"<?xml") else 0
    if (b"!" in xml and b"<!" in xml) or xml.find(b"<?", declared) >= 0:
        return True
    root = _ROOT.search(xml, declared)
    if root is None or xml.find(b"xmlns", root.end(), end) >= 0:
        return True
    prefixes = _PREFIX.findall(root[0])
    if len(prefixes) > _MANY_PREFIXES:  # each is a search through the whole part
        return True
    return any(xml.find(b"<%b:" % prefix, root.start(), end) >= 0 for prefix in prefixes)


class _Plain:
    """Where we are while the tags go by, and what was written of them."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.made = io.StringIO()  # a list of every tag took twenty times the memory of the part
        self.size = 0
        self.open: list[str] = []
        self.namespace: str | None = None
        self.is_begun = False  # a tag that is not closed yet: it may be empty
        self.left = 0  # how deep we are in what is left out
        self.why = ""
        self.kind: str | None = None
        self.leaf: list[str] | None = None

    def run(self, xml: bytes) -> bytes:
        walk(xml, self.part, self.start, self.end, self.text, spaced=True)
        return self.made.getvalue().encode("utf-8", "replace")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        uri, _, tag = name.rpartition(" ")
        if self.namespace is None:
            self.namespace = uri
            attributes = {"xmlns": uri} if uri else {}
        if self.left:
            self.left += 1
            # An element of ours in a wrapper of others: which of several is shown hangs on the program.
            if self.why == _OTHERS and uri == self.namespace and any(t in self.open for t in _TABLES):
                raise damaged(self.part)
        elif uri != self.namespace or tag == _EXTENSION:
            self.left, self.why = 1, _EXTENSION if tag == _EXTENSION else _OTHERS
        else:
            self._begin(tag, attributes)

    def end(self, _name: str) -> None:
        if self.left:
            self.left -= 1
            return
        tag = self.open.pop()
        if self.leaf is not None:
            self._write(escape(self._value(tag, "".join(self.leaf))))
            self.leaf = None
        if self.is_begun:
            self.is_begun = False
            self._put("/>")
        else:
            self._put(f"</{tag}>")

    def text(self, text: str) -> None:
        if self.leaf is not None and not self.left:
            self.leaf.append(text)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        above = self.open[-1] if self.open else ""
        is_astray = tag in _WITHIN and above != _WITHIN[tag]
        if self.leaf is not None or is_astray or len(self.open) > _MAX_DEPTH:
            raise damaged(self.part)
        if tag == "c":
            self.kind = attributes.get("t")
        self._write("")
        self._put(f"<{tag}{_written(attributes)}" if attributes else f"<{tag}")
        self.is_begun = True
        self.open.append(tag)
        self.leaf = [] if tag in _LEAVES else None

    def _value(self, tag: str, text: str) -> str:
        """What stands in a leaf; around a number, or that of a text, white space means nothing."""
        if tag != "v" or self.kind in ("str", "inlineStr"):
            return text
        number = text.strip(" \t\r\n")
        if self.kind == "s" and number and not (number.isascii() and number.isdigit()):
            raise damaged(self.part)
        return number

    def _write(self, text: str) -> None:
        """The text, behind the tag that it stands in."""
        if self.is_begun and (text or self.leaf is None):
            self.is_begun = False
            self._put(">")
        self._put(text)

    def _put(self, text: str) -> None:
        self.made.write(text)
        self.size += len(text)
        if self.size > MAX_INFLATED:
            raise RefusedError("FILE-BOMB", limit=str(MAX_INFLATED // 2**20))


def _written(attributes: dict[str, str]) -> str:
    own = {k: v for k, v in attributes.items() if " " not in k}
    if f"{_XML} space" in attributes:
        own["xml:space"] = attributes[f"{_XML} space"]
    names = sorted(own, key=lambda k: _FIRST.get(k, len(_FIRST))) if len(own) > 1 else own
    return "".join([f" {k}={_quoted(own[k])}" for k in names])


def _quoted(value: str) -> str:
    return f'"{value}"' if value.isalnum() else quoteattr(value)
