"""The schema of the package, generated from the fields; the only module of this room that knows lxml."""

from __future__ import annotations

from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from vinbatch.customs.elements import declared_fields
from vinbatch.errors import RulesError
from vinbatch.model import STRUCTURE, VEHICLE, Field, Kind
from vinbatch.ruleset import Ruleset

NAMESPACE = "urn:vinbatch:vin-declaration:1"
_OWN = "declaration.xsd"

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


def xsd_text(ruleset: Ruleset) -> str:
    """The XSD as text: the integrator's `rules/declaration.xsd`, else the one made from the fields."""
    if _OWN in ruleset.tables:
        return ruleset.table(_OWN)
    return _FRAME.format(
        namespace=NAMESPACE,
        app_type=_pattern("[123]"),
        app_status=_pattern("[12]"),
        app_time=_pattern("[0-9]{14}"),
        guid=_pattern("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
        version=_pattern("1(\\.[0-9]+)?"),
        vehicle="".join(
            _element(f, optional=f.required != "always") for f in declared_fields(ruleset, VEHICLE)
        ),
        structure="".join(
            _element(f, optional=f.required != "always") for f in declared_fields(ruleset, STRUCTURE)
        ),
        lengths="".join(_length_type(n) for n in (10, 18, 30, 40, 100, 1000)),
    )


def _length_type(most: int) -> str:
    inner = f'<xs:restriction base="xs:string"><xs:maxLength value="{most}"/></xs:restriction>'
    return f'  <xs:simpleType name="Text{most}">{inner}</xs:simpleType>\n'


def _restricted(base: str, *facets: str) -> str:
    return f'<xs:simpleType><xs:restriction base="{base}">{"".join(facets)}</xs:restriction></xs:simpleType>'


def _pattern(pattern: str) -> str:
    return _restricted("xs:string", f"<xs:pattern value={quoteattr(pattern)}/>")


def _element(field: Field, *, optional: bool) -> str:
    occurs = ' minOccurs="0"' if optional else ""
    return f'      <xs:element name="{field.element}"{occurs}>{_type(field)}</xs:element>\n'


def _type(field: Field) -> str:
    if field.kind in (Kind.CHOICE, Kind.YESNO):
        return _restricted("xs:string", *(f'<xs:enumeration value="{escape(c)}"/>' for c in field.choices))
    if field.kind in (Kind.INT, Kind.DECIMAL):
        base = "xs:integer" if field.kind is Kind.INT else "xs:decimal"
        return _restricted(base, *_bounds(field))
    if field.kind is Kind.INTLIST:
        sign = field.separator if field.separator not in ".+*?|\\()[]{}^$" else f"\\{field.separator}"
        return _pattern(f"-?[0-9]+({sign}-?[0-9]+)*")
    if field.kind is Kind.COUNTRY:
        return _pattern("[A-Z]{3}")
    most = f'<xs:maxLength value="{field.length}"/>' if field.length else ""
    if field.kind is Kind.TEXT or not field.pattern:
        return _restricted("xs:string", '<xs:minLength value="1"/>', most)
    return _restricted("xs:string", f"<xs:pattern value={quoteattr(field.pattern)}/>")


def _bounds(field: Field) -> tuple[str, ...]:
    low = "" if field.low is None else f'<xs:minInclusive value="{field.low:g}"/>'
    high = "" if field.high is None else f'<xs:maxInclusive value="{_plain(field.high)}"/>'
    return low, high


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


@lru_cache(maxsize=4)
def _schema(ruleset: Ruleset) -> etree.XMLSchema:
    origin = f"rules/{_OWN}" if _OWN in ruleset.tables else "the XSD made from rules/fields.toml"
    try:
        return etree.XMLSchema(etree.fromstring(xsd_text(ruleset).encode(), _parser()))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as e:
        raise RulesError(f"{origin}: {e}", "mend it, or remove the file to use the generated one") from e


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def check_xml(xml: bytes, ruleset: Ruleset) -> None:
    """RulesError with line and reason where a rendered package is not valid."""
    cure = "mend templates/declaration.xml (or rules/declaration.xsd); nothing was declared"
    try:
        tree = etree.fromstring(xml, _parser())
    except etree.XMLSyntaxError as e:
        raise RulesError(f"templates/declaration.xml renders no XML: {e}", cure) from e
    try:
        _schema(ruleset).assertValid(tree)
    except etree.DocumentInvalid as e:
        told = str(e).replace(f"{{{NAMESPACE}}}", "")
        raise RulesError(f"templates/declaration.xml renders an invalid package: {told}", cure) from e
