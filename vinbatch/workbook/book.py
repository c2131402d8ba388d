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
# Of the types of relations, and of the attribute that names one. Others may end in the same word.
_OFFICE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_EXTENSION = "extLst"


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

    Those of the root's own namespace alone, and none in an extension: Excel passes over what it does not
    know there, whatever it is called.
    """
    found: list[tuple[str, Attributes]] = []
    own: str | None = None
    within: list[bool] = []  # for each element that we are in from the first on that is passed over

    def start(name: str, attributes: Attributes) -> None:
        nonlocal own
        namespace, _, tag = name.rpartition(" ")
        own = namespace if own is None else own
        if within or namespace != own or tag == _EXTENSION:
            within.append(tag == _EXTENSION)
            # In a wrapper of others: which of several counts hangs on the program.
            if namespace == own and tag in wanted and not any(within):
                raise damaged(part)
        elif tag in wanted:
            found.append((tag, dict(map(_attribute, attributes.items()))))

    def end(_: str) -> None:
        if within:
            within.pop()

    walk(xml, part, start, end, spaced=True)
    return found


def _attribute(named: tuple[str, str]) -> tuple[str, str]:
    """`r:id`, whatever its prefix; others keep their namespace, and are none that anybody asks for."""
    namespace, _, name = named[0].rpartition(" ")
    return (f"r:{name}" if namespace in _OFFICE else named[0]), named[1]


def local(name: str) -> str:
    """A name without its namespace prefix: some programs write `<x:row>`."""
    return name.rpartition(":")[2]


def _workbook_path(parts: Parts) -> str | None:
    path, root = "xl/workbook.xml", "_rels/.rels"
    relation = _only(_relations(parts, ""), "officeDocument", root) if root in parts else None
    if relation is not None:
        path = _resolve("", relation.get("Target", ""))
    if path not in parts:
        path = "xl/workbook.xml"
    is_other = any(m in parts for m in ("word/document.xml", "ppt/presentation.xml", "xl/workbook.bin"))
    return path if path in parts and not is_other else None


def _relations(parts: Parts, path: str) -> list[Attributes]:
    folder, name = posixpath.split(path)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    return [attributes for _, attributes in elements(parts.xml(part), part, "Relationship")]


def _is_of(relation: Attributes, kind: str) -> bool:
    return relation.get("Type", "").lower() in [f"{office}/{kind}".lower() for office in _OFFICE]


def _only(relations: list[Attributes], kind: str, part: str) -> Attributes | None:
    """The relation of this kind. RefusedError where there are several: readers differ about which counts."""
    found = [relation for relation in relations if _is_of(relation, kind)]
    if len(found) > 1:
        raise damaged(part)
    return found[0] if found else None


def _resolve(path: str, target: str) -> str:
    """The part that a relation of the part `path` means; it cannot leave the zip."""
    target = target.replace("\\", "/")
    if not target.startswith("/"):
        target = posixpath.join(posixpath.dirname(path), target)
    return fold_name(posixpath.normpath(target))


def _sheet(parts: Parts, path: str, attributes: Attributes, by_id: dict[str, Attributes]) -> SheetPart | None:
    """A worksheet; None for a chart sheet or a dialogue, which hold no cells."""
    relation = by_id.get(attributes.get("r:id", ""))
    if relation is None:
        raise damaged(path)
    if not _is_of(relation, "worksheet"):
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
    relation = _only(relations, kind, path)
    part = _resolve(path, relation.get("Target", "")) if relation is not None else None
    return parts.xml(part) if part is not None and part in parts else b""


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
