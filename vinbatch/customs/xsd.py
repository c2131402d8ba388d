"""The schema of the package, generated from the fields; the only module of this room that knows lxml."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lxml import etree

from vinbatch.customs.elements import declared_fields
from vinbatch.customs.plain import in_plain_words
from vinbatch.errors import RulesError, UsageError
from vinbatch.escaped import attribute
from vinbatch.model import STRUCTURE, VEHICLE, Field, Kind, Type
from vinbatch.ruleset import Ruleset
from vinbatch.wording import Said, heard

NAMESPACE = "urn:vinbatch:vin-declaration:1"
OWN = "declaration.xsd"
_ENCODING = re.compile(rb"""<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([^"'>]{1,40})""")
_TEMPLATE = "templates/declaration.xml"
_ROWS = {"Vehicle": (VEHICLE, "vin"), "Structure": (STRUCTURE, "structure_no")}  # element → what names it
# Escapes that both languages of patterns mean alike; of \w, \s and the like each has its own characters.
_ALIKE = re.compile(r"\\[].*+?|(){}[\\^$dnrt-]")
# What Python's regular expressions have beside those, and those of XSD don't, or mean otherwise.
_PYTHON_ONLY = re.compile(r"\\|\(\?|[*+?}][?+]|\{(?![0-9]+(?:,[0-9]*)?\})|-\[|\[[^]]*\[|\[\^?\]|(?<!\[)[\^$]")
_GROUP = re.compile(r"(\\.)|\(\?:")

_FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}"
    xmlns="{namespace}" elementFormDefault="qualified">
  <xs:element name="VinMessage">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="Head">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="BatchNo" type="Text40"/>
              <xs:element name="AppType">{app_type}</xs:element>
              <xs:element name="AppStatus">{app_status}</xs:element>
              <xs:element name="AppTime">{app_time}</xs:element>
              <xs:element name="CopCode" type="Text18"/>
              <xs:element name="CopName" type="Text100"/>
              <xs:element name="VehicleCount" type="Count"/>
              <xs:element name="StructureCount" type="xs:nonNegativeInteger"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="Vehicles">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="Vehicle" type="Vehicle" maxOccurs="200"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="Structures">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="Structure" type="Structure" minOccurs="0" maxOccurs="200"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="BaseTransfer">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="CopCode" type="Text18"/>
              <xs:element name="CopName" type="Text100"/>
              <xs:element name="DxpMode" type="Text10"/>
              <xs:element name="DxpId" type="Text30"/>
              <xs:element name="Note" type="Text1000"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
      <xs:attribute name="guid" use="required">{guid}</xs:attribute>
      <xs:attribute name="version" use="required">{version}</xs:attribute>
    </xs:complexType>
  </xs:element>
  <xs:complexType name="Vehicle">
    <xs:sequence>
{vehicle}    </xs:sequence>
  </xs:complexType>
  <xs:complexType name="Structure">
    <xs:sequence>
{structure}    </xs:sequence>
  </xs:complexType>
  <xs:simpleType name="Count">
    <xs:restriction base="xs:positiveInteger"><xs:maxInclusive value="200"/></xs:restriction>
  </xs:simpleType>
{lengths}</xs:schema>
"""


def xsd_text(ruleset: Ruleset, kind: Type = Type.FILING) -> str:
    """The XSD of a type as text: the integrator's `rules/declaration.xsd`, else the one made from the fields.

    A revocation repeats what customs accepted, whatever the rules have come to ask since: its fields may be
    missing, and have no limits.
    """
    if OWN in ruleset.tables:
        return ruleset.table(OWN)
    describe = _recorded if kind is Type.REVOCATION else _element
    return _FRAME.format(
        namespace=NAMESPACE,
        app_type=_pattern("[123]"),
        app_status=_pattern("[12]"),
        app_time=_pattern("[0-9]{14}"),
        guid=_pattern("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
        version=_pattern("1(\\.[0-9]+)?"),
        vehicle="".join(map(describe, declared_fields(ruleset, VEHICLE))),
        structure="".join(map(describe, declared_fields(ruleset, STRUCTURE))),
        lengths="".join(_length_type(n) for n in (10, 18, 30, 40, 100, 1000)),
    )


def _length_type(most: int) -> str:
    inner = f'<xs:restriction base="xs:string"><xs:maxLength value="{most}"/></xs:restriction>'
    return f'  <xs:simpleType name="Text{most}">{inner}</xs:simpleType>\n'


def _restricted(base: str, *facets: str) -> str:
    return f'<xs:simpleType><xs:restriction base="{base}">{"".join(facets)}</xs:restriction></xs:simpleType>'


def _facet(name: str, value: str | int) -> str:
    return f'<xs:{name} value="{attribute(str(value))}"/>'


def _pattern(pattern: str) -> str:
    return _restricted("xs:string", _facet("pattern", pattern))


def _element(field: Field) -> str:
    occurs = "" if field.required == "always" else ' minOccurs="0"'
    return f'      <xs:element name="{field.element}"{occurs}>{_type(field)}</xs:element>\n'


def _recorded(field: Field) -> str:
    if field.kind is Kind.VIN:
        return _element(field)
    filled = _restricted("xs:string", _facet("minLength", 1))
    return f'      <xs:element name="{field.element}" minOccurs="0">{filled}</xs:element>\n'


def _type(field: Field) -> str:
    if field.kind in (Kind.CHOICE, Kind.YESNO):
        return _restricted("xs:string", *(_facet("enumeration", c) for c in field.choices))
    if field.kind in (Kind.INT, Kind.DECIMAL):
        base = "xs:integer" if field.kind is Kind.INT else "xs:decimal"
        return _restricted(base, *_bounds(field))
    if field.kind is Kind.INTLIST:
        return _pattern(f"[0-9]+({_literal(field.separator)}[0-9]+)*")
    if field.kind is Kind.COUNTRY:
        return _pattern("[A-Z]{3}")
    return _restricted("xs:string", *_text_facets(field))


def _literal(sign: str) -> str:
    return f"\\{sign}" if sign in ".+*?|\\()[]{}^$-" else sign


def _text_facets(field: Field) -> list[str]:
    """Not empty, not too long, and of the pattern where XSD can say it: the checks judged it already."""
    facets = [_facet("minLength", 1)]
    if field.length:
        facets.append(_facet("maxLength", field.length))
    pattern = _GROUP.sub(lambda m: m[1] or "(", field.pattern)
    if pattern and not _PYTHON_ONLY.search(_ALIKE.sub("x", pattern)):
        facets.append(_facet("pattern", pattern))
    return facets


def _bounds(field: Field) -> list[str]:
    facets = []
    for name, limit, whole in (
        ("minInclusive", field.low, math.ceil),
        ("maxInclusive", field.high, math.floor),
    ):
        if limit is not None:
            # Neither 1e+06 nor, for whole numbers, 0.5 is a number of XSD.
            number = whole(limit) if field.kind is Kind.INT else format(Decimal(str(limit)), "f")
            facets.append(_facet(name, number))
    return facets


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
        line, why = str(log[0].line), in_plain_words(log[0].message, log[0].type_name)
        if OWN in ruleset.tables:
            raise RulesError("xsd.examples", at=_TEMPLATE, line=line, why=why)
        raise RulesError("xsd.examples_made", at=_TEMPLATE, line=line, why=why)
    raise _invalid(tree, log[0], ruleset)


def check_wellformed(xml: bytes) -> None:
    """RulesError where a rendered package is no XML, whatever the XSD says of its values."""
    _root(xml)


def _root(xml: bytes) -> etree._Element:
    """RulesError where it is no XML, has a document type, or says that its encoding is another than it is."""
    named = _ENCODING.match(xml)
    if named and named[1].upper() != b"UTF-8":
        # Some would be read without a complaint, by us and by customs, each letter as another one.
        raise RulesError("xsd.encoding", at=_TEMPLATE, name=named[1].decode("ascii", "replace"))
    try:
        tree = etree.fromstring(xml, parser())
    except etree.XMLSyntaxError as e:
        raise RulesError("xsd.no_xml", at=_TEMPLATE, line=str(e.lineno), why=_fault(e)[2]) from e
    if tree.getroottree().docinfo.internalDTD is not None:  # a document type could bring entities with it
        raise RulesError("xsd.doctype", at=_TEMPLATE)
    return tree


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


def _invalid(tree: etree._Element, error: Any, ruleset: Ruleset) -> RulesError:
    """Where and why, and the cure: for a value that is one of the rules or the place it was kept in."""
    line, why = str(error.line), in_plain_words(error.message, error.type_name)
    # The path has the prefixes of the package; where one stands for two names, the line alone is told.
    prefixes = {prefix: uri for one in tree.iter() for prefix, uri in one.nsmap.items() if prefix}
    place: Any = tree.xpath(error.path, namespaces=prefixes) if error.path else []
    row = place[0].getparent() if place else None
    if row is None or etree.QName(row).localname not in _ROWS or row[0] is place[0]:
        return RulesError("xsd.invalid", at=_TEMPLATE, line=line, why=why)
    field = _field_of(place[0], ruleset)
    if "[facet 'pattern']" in error.message and field is not None and OWN not in ruleset.tables:
        at = f"rules/fields.toml [{field.sheet}.{field.key}] pattern"
        return RulesError("xsd.invalid_pattern", at=at, line=line, why=why, row=_name(row, ruleset))
    if "[facet" in error.message:
        return RulesError("xsd.invalid_value", at=_TEMPLATE, line=line, why=why, row=_name(row, ruleset))
    return RulesError("xsd.invalid_row", at=_TEMPLATE, line=line, why=why, row=_name(row, ruleset))


def _field_of(element: Any, ruleset: Ruleset) -> Field | None:
    sheet, _ = _ROWS[etree.QName(element.getparent()).localname]
    named = etree.QName(element).localname
    return next((f for f in ruleset.fields(sheet) if f.element == named and f.pattern), None)


def _name(row: Any, ruleset: Ruleset) -> str:
    """Its VIN or number, wherever it stands in the row; what stands first where it has none."""
    sheet, key = _ROWS[etree.QName(row).localname]
    named = {f.element for f in ruleset.fields(sheet) if f.key == key}
    return next((e.text for e in row if etree.QName(e).localname in named), row[0].text) or ""
