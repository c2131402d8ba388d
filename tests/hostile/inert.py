"""Nothing of the input has come alive: in workbooks, packages, pages, tables, on the terminal."""

from __future__ import annotations

import csv
import email
import email.policy
import email.utils
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from lxml import etree

_ACTIVE_PARTS = ("vbaproject", "externallink", "embeddings", "activex", "connections", "customui", "ddelink")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def workbook(data: bytes) -> None:
    """No formula, no error cell, no link that leaves the workbook, no part that runs; well-formed."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        for name in z.namelist():
            assert not any(part in name.lower() for part in _ACTIVE_PARTS), name
            if name.endswith((".xml", ".rels")):
                _part(name, z.read(name))


@cache
def _part(name: str, data: bytes) -> None:
    """Most parts are the same in every workbook."""
    for element in etree.fromstring(data, _PARSER).iter(etree.Element):
        _element(name, element)


def _element(part: str, element: etree._Element) -> None:
    tag = etree.QName(element).localname
    assert element.get("TargetMode") != "External", part
    if not part.startswith("xl/worksheets/"):
        return
    assert tag not in ("f", "oleObject", "control", "legacyDrawing", "webPublishItem"), (part, tag)
    if tag == "c":
        assert element.get("t") in (None, "n", "inlineStr", "s"), element.get("t")
    if tag == "hyperlink":
        assert not [key for key in element.attrib if key.endswith("}id")], "a link out of the workbook"


def package(data: bytes) -> dict[str, dict[str, str]]:
    """The vehicles of a package: VIN → element → text. Well-formed; elements are those of the form only."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        assert sorted(z.namelist()) == ["declaration.xml", "manifest.json"]
        xml = z.read("declaration.xml")
    assert b"<!" not in xml
    tree = etree.fromstring(xml, _PARSER)
    vehicles = {}
    for vehicle in tree.iter("{*}Vehicle"):
        texts = {etree.QName(e).localname: e.text or "" for e in vehicle}
        assert not any(len(e) for e in vehicle), "an element within a value"
        vehicles[texts["Vin"]] = texts
    return vehicles


# A link to a file beside the page: we built its name; a slug keeps the letters of what it came from.
_BESIDE = re.compile(r"\./[^/\\:?#<>\"']+")


class _Page(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("evil", "iframe", "object", "embed", "base"), tag
        # The overview's search: it goes nowhere, its page may connect to nothing.
        assert tag != "form" or not {"action", "formaction", "method"} & {key for key, _ in attrs}
        for key, value in attrs:
            assert not key.startswith("on"), key
            told = (
                key in ("title", "alt", "value")
                or key.startswith("data-")
                or (key == "href" and _BESIDE.fullmatch(value or ""))
            )
            assert "evil" not in (value or "") or told, (key, value)
            assert not (value or "").strip().lower().startswith(("javascript:", "file:", "\\\\")), value

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:
            assert "evil" not in data, "text of a workbook within a script or style"


def page(text: str) -> None:
    """No element, attribute or address that a workbook brought."""
    parser = _Page()
    parser.feed(text)
    parser.close()


_HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Thread-Topic", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Vinbatch-Kind", "X-Vinbatch-Batch", "MIME-Version", "Content-Type",
}  # fmt: skip


_TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "b", "br", "span",
}  # fmt: skip
_ATTRIBUTES = {
    "lang", "charset", "name", "content", "class", "style", "role", "width", "height", "align", "valign",
    "colspan", "cellpadding", "cellspacing", "border", "bgcolor",
}  # fmt: skip


class _Letter(HTMLParser):
    """Tables and words: what a mail may be made of."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, tag
        for key, value in attrs:
            assert key in _ATTRIBUTES, (tag, key)
            assert "url(" not in (value or ""), value

    def handle_comment(self, data: str) -> None:
        assert data.startswith("[if mso]>"), data


def mail(data: bytes, sender: str, known: Collection[str]) -> None:
    """Our headers and parts and no others, to whom we wrote, with nothing to load, to follow or to run."""
    letter = email.message_from_bytes(data, policy=email.policy.SMTP)
    assert not letter.defects
    assert len(letter.keys()) == len(set(letter.keys()))
    assert set(letter.keys()) <= _HEADERS
    assert letter["From"] == sender
    assert {address for _, address in email.utils.getaddresses([letter["To"]])} <= set(known)
    for value in letter.values():
        terminal(str(value).encode())
        assert "\n" not in str(value)
    kinds = [part.get_content_type() for part in letter.walk() if not part.is_multipart()]
    assert kinds[:2] == ["text/plain", "text/html"]
    assert kinds[2:] in ([], ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"])
    text, html, *attached = (part.get_content() for part in letter.walk() if not part.is_multipart())
    terminal(text.replace("\r", "").encode())
    terminal(html.replace("\r", "").encode())
    page(html)
    looked = _Letter()
    looked.feed(html)
    looked.close()
    for one in attached:
        workbook(one)


def table(data: bytes) -> None:
    """No field of a CSV begins as a formula."""
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for field in row:
            assert not field.startswith(_FORMULA), field


def terminal(said: bytes) -> None:
    """Text and line ends only: nothing that moves the cursor, turns the direction, or names a link."""
    for char in said.decode("utf-8"):
        assert char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp", "Cs"), repr(char)


def snapshot(folder: Path, *but: Path) -> dict[str, int]:
    """Everything below a folder with its size, but for what lies below `but`."""
    return {
        str(p): p.lstat().st_size if not p.is_dir() else -1
        for p in sorted(folder.rglob("*"))
        if not any(p == b or b in p.parents for b in but)
    }
