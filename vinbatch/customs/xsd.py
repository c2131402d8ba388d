"""A package held against its XSD."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

from vinbatch.customs.generated import NAMESPACE, OWN, xsd_text
from vinbatch.customs.plain import in_plain_words
from vinbatch.cut import cut
from vinbatch.errors import RulesError, UsageError
from vinbatch.model import STRUCTURE, VEHICLE, Field, Type
from vinbatch.ruleset import Ruleset
from vinbatch.visible import visible
from vinbatch.wording import Part, Said, heard

_ENCODING = re.compile(rb"""<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([^"'>]{1,40})""")
_TEMPLATE = "templates/declaration.xml"
_ESCAPES = ("&amp;", "&lt;")
_LONGEST = 160  # characters of a line that is shown
_ROWS = {"Vehicle": (VEHICLE, "vin"), "Structure": (STRUCTURE, "structure_no")}  # element → what names it


class _Parts(etree.Resolver):
    """The files that an XSD names, out of the home's rules: from nowhere else, whatever path it writes."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self.lost = ""

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:  # noqa: ARG002
        """The text of this name. Saying nothing would have lxml look on the disk."""
        name = system_url.removeprefix("./")
        if name in self._texts and name.endswith(".xsd"):
            return self.resolve_string(self._texts[name], context, base_url=name)
        self.lost = system_url
        raise LookupError(system_url)


@lru_cache(maxsize=8)
def _schema(ruleset: Ruleset, kind: Type) -> etree.XMLSchema:
    parts, reader = _Parts(ruleset.tables), parser()
    reader.resolvers.add(parts)
    try:
        return etree.XMLSchema(etree.fromstring(xsd_text(ruleset, kind).encode(), reader))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as e:
        if parts.lost:
            raise RulesError("xsd.no_part", at=f"rules/{OWN}", name=parts.lost) from e
        raise _unusable(ruleset, e) from e


def _unusable(ruleset: Ruleset, error: etree.LxmlError) -> RulesError:
    file, line, why = _fault(error)
    if OWN in ruleset.tables:
        at = file if file in ruleset.tables else OWN
        return RulesError("xsd.broken", at=f"rules/{at}", line=line, why=why)
    return RulesError("xsd.unmade", at="rules/fields.toml", why=why)


def _fault(error: etree.LxmlError) -> tuple[str, str, Said]:
    """File, line and words of the first thing that lxml found wrong.

    The log of a syntax error is one of the whole process: of that only the error itself counts.
    """
    if isinstance(error, etree.XMLSyntaxError):
        number: int = error.code  # type: ignore[attr-defined] # the stubs know neither this nor error_log
        code = next((name for name, n in vars(etree.ErrorTypes).items() if n == number), "")
        return error.filename or "", str(error.lineno), heard("xml", error.msg or "", code)
    log: Any = error.error_log
    first = next(iter(log), None)
    if first is None:
        return "", "1", heard("schema", str(error))
    group = "xml" if first.domain_name in ("PARSER", "NAMESPACE") else "schema"
    return first.filename, str(first.line), heard(group, first.message, first.type_name)


def parser() -> etree.XMLParser:
    """For what nobody vouches for: no entities, no network, no DTD, nothing huge; comments are no text."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def check_xml(
    xml: bytes, ruleset: Ruleset, kind: Type = Type.FILING, *, trying: bool = False, alike: bool = False
) -> None:
    """RulesError with line and reason, in plain words, where a rendered package is not valid.

    `trying` says that it holds the fields' examples, and that nobody declared anything; `alike` that its
    vehicles differ in their VINs alone: what the XSD takes once, such as an engine number, is not looked at.
    """
    schema = _schema(ruleset, kind)
    tree = _root(xml)
    try:
        if schema.validate(tree):
            return
    except etree.XMLSchemaValidateError as e:  # a pattern that comes to no end with a value
        raise _unusable(ruleset, e) from e
    every: Any = schema.error_log  # the stubs know nothing of it
    log = [e for e in every if not (alike and e.type_name == "SCHEMAV_CVC_IDC")]
    if alike and not log:
        return
    if trying:
        told: dict[str, Part] = {"why": in_plain_words(log[0].message, log[0].type_name)}
        if OWN in ruleset.tables:
            raise RulesError("xsd.examples", at=_TEMPLATE, **told, **_line(xml, log[0].line))
        raise RulesError("xsd.examples_made", at=_TEMPLATE, **told, **_line(xml, log[0].line))
    raise _invalid(xml, tree, log[0], ruleset)


def check_wellformed(xml: bytes) -> None:
    """RulesError where a rendered package is no XML, whatever the XSD says of its values."""
    _root(xml)


def check_escaped_once(xml: bytes, plain: bytes) -> None:
    """RulesError where a value with signs of XML is not read from it as it was written into it.

    `plain` is the same without such signs: what of escapes stands there is the template's own.
    """
    own = frozenset(_showing_escapes(plain))
    spoilt = next((name for name in _showing_escapes(xml) if name not in own), None)
    if spoilt is not None:
        raise RulesError("package.twice", at=_TEMPLATE, element=spoilt)


def _showing_escapes(xml: bytes) -> list[str]:
    return [
        etree.QName(element).localname
        for element in _root(xml).iter()
        if any(escape in text for text in _held(element) for escape in _ESCAPES)
    ]


def _held(element: etree._Element) -> list[str]:
    texts: list[Any] = [element.text, element.tail, *element.attrib.values()]  # the stubs allow bytes, too
    return [text for text in texts if text]


def _root(xml: bytes) -> etree._Element:
    """RulesError where it is no XML, has a document type, or says that its encoding is another than it is."""
    named = _ENCODING.match(xml)
    if named and named[1].upper() != b"UTF-8":
        # Some would be read without a complaint, by us and by customs, each letter as another one.
        raise RulesError("xsd.encoding", at=_TEMPLATE, name=named[1].decode("ascii", "replace"))
    try:
        tree = etree.fromstring(xml, parser())
    except etree.XMLSyntaxError as e:
        raise RulesError("xsd.no_xml", at=_TEMPLATE, why=_fault(e)[2], **_line(xml, e.lineno or 1)) from e
    if tree.getroottree().docinfo.internalDTD is not None:  # a document type could bring entities with it
        raise RulesError("xsd.doctype", at=_TEMPLATE)
    return tree


def _line(xml: bytes, number: int) -> dict[str, Part]:
    """Number and text of a line: what a template rendered lies nowhere, to be looked at."""
    lines = xml.split(b"\n")
    text = visible(lines[number - 1].decode("utf-8", "replace").strip()) if number <= len(lines) else ""
    shown = Said("flaw.shown", (("text", cut(text, _LONGEST)),)) if text else ""
    return {"line": str(number), "shown": shown}


def read_package(xml: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Guid, AppType and VINs. ValueError where it is no XML, UsageError where it has another format."""
    try:
        root = etree.fromstring(xml, parser())
    except etree.XMLSyntaxError as e:
        raise ValueError(f"no XML: {e}") from e
    spaces = {"v": NAMESPACE}
    kind = root.findtext("v:Head/v:AppType", namespaces=spaces) or ""
    vins = tuple(vin.text or "" for vin in root.findall("v:Vehicles/v:Vehicle/v:Vin", spaces))
    guid = root.get("guid")
    if not guid or not vins:
        raise UsageError("sandbox.foreign")
    return guid, kind, vins


def _invalid(xml: bytes, tree: etree._Element, error: Any, ruleset: Ruleset) -> RulesError:
    """Where and why, and the cure: for a value that is one of the rules or the place it was kept in."""
    told: dict[str, Part] = {"why": in_plain_words(error.message, error.type_name), **_line(xml, error.line)}
    # The path has the prefixes of the package; where one stands for two names, the line alone is told.
    prefixes = {prefix: uri for one in tree.iter() for prefix, uri in one.nsmap.items() if prefix}
    place: Any = tree.xpath(error.path, namespaces=prefixes) if error.path else []
    row = place[0].getparent() if place else None
    if row is None or etree.QName(row).localname not in _ROWS or row[0] is place[0]:
        return RulesError("xsd.invalid", at=_TEMPLATE, **told)
    field = _field_of(place[0], ruleset)
    if "[facet 'pattern']" in error.message and field is not None and OWN not in ruleset.tables:
        at = f"rules/fields.toml [{field.sheet}.{field.key}] pattern"
        return RulesError("xsd.invalid_pattern", at=at, row=_name(row, ruleset), **told)
    if "[facet" in error.message:
        return RulesError("xsd.invalid_value", at=_TEMPLATE, row=_name(row, ruleset), **told)
    return RulesError("xsd.invalid_row", at=_TEMPLATE, row=_name(row, ruleset), **told)


def _field_of(element: Any, ruleset: Ruleset) -> Field | None:
    sheet, _ = _ROWS[etree.QName(element.getparent()).localname]
    named = etree.QName(element).localname
    return next((f for f in ruleset.fields(sheet) if f.element == named and f.pattern), None)


def _name(row: Any, ruleset: Ruleset) -> str:
    """Its VIN or number, wherever it stands in the row; what stands first where it has none."""
    sheet, key = _ROWS[etree.QName(row).localname]
    named = {f.element for f in ruleset.fields(sheet) if f.key == key}
    return next((e.text for e in row if etree.QName(e).localname in named), row[0].text) or ""
