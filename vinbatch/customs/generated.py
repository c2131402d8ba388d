"""The XSD of the package as the fields make it, or the home's own in its place: text alone."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from vinbatch.customs.elements import declared_fields
from vinbatch.escaped import attribute
from vinbatch.model import STRUCTURE, VEHICLE, Field, Kind, Type
from vinbatch.ruleset import Ruleset

NAMESPACE = "urn:vinbatch:vin-declaration:1"
OWN = "declaration.xsd"
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
