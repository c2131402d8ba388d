"""Which parts of a zip make the workbook: its sheets, shared texts, formats, and what it says of itself."""

from __future__ import annotations

import posixpath

from vinbatch.noun import Noun
from vinbatch.workbook.kinds import check_members
from vinbatch.workbook.parts import Parts, fold_name
from vinbatch.workbook.refused import RefusedError, damaged
from vinbatch.workbook.tags import Attributes, walk

MAX_SHEETS = 256
_TRUE = ("1", "true", "on")
_COMMENTS = ("/comments", "/threadedComment")


class CommentPart(Noun, frozen=True):
    """What is written onto the cells of a sheet: the part's name, and it."""

    part: str
    xml: bytes


class SheetPart(Noun, frozen=True):
    """A sheet as the workbook lists it; `xml` is its part."""

    name: str
    hidden: bool
    part: str
    xml: bytes
    comments: tuple[CommentPart, ...] = ()


class Book(Noun, frozen=True):
    """The parts that a reader needs, inflated; b"" where the workbook has none."""

    sheets: tuple[SheetPart, ...]
    texts: bytes
    styles: bytes
    epoch_1904: bool
    uncalculated: bool  # it asks to be calculated when opened: a program wrote it that cannot calculate
    saved_by: str


def open_book(parts: Parts) -> Book:
    """The workbook of these parts. RefusedError where the zip is none, or its parts do not fit together."""
    path = _workbook_path(parts)
    if path is None:
        check_members(parts.members.keys(), parts.read("mimetype") if "mimetype" in parts else b"")
        raise AssertionError("check_members refuses every zip without a workbook")
    relations = _relations(parts, path)
    listed: list[Attributes] = []
    epoch_1904 = uncalculated = False
    for tag, attributes in elements(parts.xml(path), path, "sheet", "workbookPr", "calcPr"):
        if tag == "sheet":
            listed.append(attributes)
        elif tag == "workbookPr":
            epoch_1904 = attributes.get("date1904", "").strip().lower() in _TRUE
        elif tag == "calcPr":
            uncalculated = attributes.get("fullCalcOnLoad", "").strip().lower() in _TRUE
    if not listed:
        raise damaged(path)
    if len(listed) > MAX_SHEETS:
        raise RefusedError("FILE-EXCESSIVE", what="@reading.sheets", limit=str(MAX_SHEETS))
    by_id = {r.get("Id", ""): r for r in relations}
    if len(by_id) < len(relations):  # readers differ about which of two counts
        raise damaged(path)
    return Book(
        sheets=tuple(s for s in (_sheet(parts, path, a, by_id) for a in listed) if s is not None),
        texts=_optional(parts, path, relations, "sharedStrings"),
        styles=_optional(parts, path, relations, "styles"),
        epoch_1904=epoch_1904,
        uncalculated=uncalculated,
        saved_by=_saved_by(parts),
    )


def elements(xml: bytes, part: str, *wanted: str) -> list[tuple[str, Attributes]]:
    """The start tags of these names in order. RefusedError where it is no XML.

    Those of the root's own namespace alone: Excel passes over all others, whatever they are called.
    """
    found: list[tuple[str, Attributes]] = []
    own: str | None = None

    def start(name: str, attributes: Attributes) -> None:
        nonlocal own
        namespace, _, tag = name.rpartition(" ")
        own = namespace if own is None else own
        if tag in wanted and namespace == own:
            found.append((tag, dict(map(_attribute, attributes.items()))))

    walk(xml, part, start, spaced=True)
    return found


def _attribute(named: tuple[str, str]) -> tuple[str, str]:
    """Without the namespace of `r:id`; others keep theirs, and are none that anybody asks for."""
    namespace, _, name = named[0].rpartition(" ")
    return (name if namespace.endswith("/relationships") else named[0]), named[1]


def local(name: str) -> str:
    """A name without its namespace prefix: some programs write `<x:row>`."""
    return name.rpartition(":")[2]


def _workbook_path(parts: Parts) -> str | None:
    path = "xl/workbook.xml"
    if "_rels/.rels" in parts:
        for relation in _relations(parts, ""):
            if relation.get("Type", "").endswith("/officeDocument"):
                path = _resolve("", relation.get("Target", ""))
    if path not in parts:
        path = "xl/workbook.xml"
    is_other = any(m in parts for m in ("word/document.xml", "ppt/presentation.xml", "xl/workbook.bin"))
    return path if path in parts and not is_other else None


def _relations(parts: Parts, path: str) -> list[Attributes]:
    folder, name = posixpath.split(path)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    return [attributes for _, attributes in elements(parts.xml(part), part, "Relationship")]


def _resolve(path: str, target: str) -> str:
    """The part that a relation of the part `path` means; it cannot leave the zip."""
    target = target.replace("\\", "/")
    if not target.startswith("/"):
        target = posixpath.join(posixpath.dirname(path), target)
    return fold_name(posixpath.normpath(target))


def _sheet(parts: Parts, path: str, attributes: Attributes, by_id: dict[str, Attributes]) -> SheetPart | None:
    """A worksheet; None for a chart sheet or a dialogue, which hold no cells."""
    relation = by_id.get(attributes.get("id", ""))
    if relation is None:
        raise damaged(path)
    if not relation.get("Type", "").endswith("/worksheet"):
        return None
    part = _resolve(path, relation.get("Target", ""))
    hidden = attributes.get("state", "visible") != "visible"
    return SheetPart(attributes.get("name", ""), hidden, part, parts.xml(part), _comments(parts, part))


def _comments(parts: Parts, part: str) -> tuple[CommentPart, ...]:
    """The notes and threads of a sheet. Every program has that word in the names of such parts."""
    folder, name = posixpath.split(part)
    if not parts.commented or posixpath.join(folder, "_rels", f"{name}.rels") not in parts:
        return ()
    of_comments = (r for r in _relations(parts, part) if r.get("Type", "").endswith(_COMMENTS))
    names = dict.fromkeys(_resolve(part, r.get("Target", "")) for r in of_comments)
    return tuple(CommentPart(name, parts.xml(name)) for name in names if name in parts)


def _optional(parts: Parts, path: str, relations: list[Attributes], kind: str) -> bytes:
    for relation in relations:
        if relation.get("Type", "").endswith(f"/{kind}"):
            part = _resolve(path, relation.get("Target", ""))
            if part in parts:
                return parts.xml(part)
    return b""


def _saved_by(parts: Parts) -> str:
    """Last-modified-by as docProps/core.xml claims; whatever is wrong there is no reason to refuse."""
    part = "docProps/core.xml"
    if part not in parts:
        return ""
    collected: list[str] = []
    inside = False

    def start(tag: str, _: Attributes) -> None:
        nonlocal inside
        inside = local(tag) == "lastModifiedBy"

    def end(_: str) -> None:
        nonlocal inside
        inside = False

    def data(text: str) -> None:
        if inside:
            collected.append(text)

    try:
        walk(parts.xml(part), part, start, end, data)
    except RefusedError:
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in "".join(collected)).split())[:200]
