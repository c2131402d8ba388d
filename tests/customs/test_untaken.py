"""What the rules take and a home's own template or XSD does not: found before a row stops all work."""

from __future__ import annotations

import pytest

from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.proof import prove, untaken

LOOP = "{%- for row in vehicles %}"
ALL = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="urn:vinbatch:vin-declaration:1"
    xmlns="urn:vinbatch:vin-declaration:1" elementFormDefault="qualified">
  <xs:element name="VinMessage"><xs:complexType><xs:sequence>
    <xs:element name="Vehicle" maxOccurs="{most}"><xs:complexType><xs:sequence>
      <xs:element name="Vin"/><xs:element name="Colour" minOccurs="0"><xs:simpleType>
        <xs:restriction base="xs:string"><xs:maxLength value="{long}"/></xs:restriction>
      </xs:simpleType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="guid"/></xs:complexType></xs:element>
</xs:schema>"""
FLAT = """<VinMessage xmlns="urn:vinbatch:vin-declaration:1" guid="{{ guid }}">
{%- for row in vehicles %}
<Vehicle><Vin>{{ row.values.vin }}</Vin>
{%- if row.values.colour %}<Colour>{{ row.values.colour }}</Colour>{% endif %}</Vehicle>
{%- endfor %}</VinMessage>"""


def spoilt(rulebook: Rulebook, old: str, new: str) -> Rulebook:
    text = dict(rulebook.templates)["declaration.xml"]
    assert old in text
    return with_template(rulebook, text.replace(old, new))


def with_template(rulebook: Rulebook, text: str, **home: str) -> Rulebook:
    templates = {**dict(rulebook.templates), "declaration.xml": text}
    own = tuple((f"{name}.{'xsd' if name == 'declaration' else 'toml'}", made) for name, made in home.items())
    return replace(rulebook, templates=tuple(templates.items()), home=own, digest=f"{text}{home}")


def found(rulebook: Rulebook) -> list[tuple[str, int, str]]:
    return [(name, len(values), str(error)) for name, values, error in untaken(rulebook)]


def test_of_the_packaged_template_nothing(rulebook: Rulebook) -> None:
    assert found(rulebook) == []


def test_a_table_of_codes_that_lacks_a_choice(rulebook: Rulebook) -> None:
    """At start it passes: no example has the word."""
    codes = "{'': 0, '前轴': 1, '后轴': 2, '前轴/后轴': 3}"
    own = spoilt(
        rulebook,
        LOOP,
        f"{{% for set in structures if {codes}[set.values.drive_axles] %}}{{% endfor %}}{LOOP}",
    )
    prove(own)
    ((name, count, why),) = found(own)
    assert (name, count) == ("结构参数 · 驱动轴位置", 1)
    assert "there is no '其他'" in why


def test_a_table_of_countries_that_has_one(rulebook: Rulebook) -> None:
    own = spoilt(
        rulebook,
        LOOP,
        "{% for set in structures if {'DEU': 1}[set.values.country or 'DEU'] %}{% endfor %}" + LOOP,
    )
    prove(own)
    ((name, count, _),) = found(own)
    assert name == "结构参数 · 车辆制造国"
    assert count > 200


def test_a_text_that_is_longer_than_the_own_xsd_takes(rulebook: Rulebook) -> None:
    own = with_template(rulebook, FLAT, declaration=ALL.format(most=200, long=69))
    prove(own)
    ((name, _, why),) = found(own)
    assert name == "车辆信息 · 车身颜色"
    assert "has 70 characters, at most 69 fit" in why
    assert found(with_template(rulebook, FLAT, declaration=ALL.format(most=200, long=70))) == []


def test_a_number_that_the_template_writes_too_short(rulebook: Rulebook) -> None:
    """The most that the rules take, not the example."""
    own = spoilt(
        rulebook,
        LOOP,
        "{% if structures and structures[0].values.axles == '10' %}{{ 1 // 0 }}{% endif %}" + LOOP,
    )
    prove(own)
    assert [name for name, _, _ in found(own)] == ["结构参数 · 车轴数"]


def test_more_vehicles_than_the_own_xsd_takes(rulebook: Rulebook) -> None:
    xsd = ALL.format(most=50, long=70)
    own = with_template(rulebook, FLAT, declaration=xsd)
    prove(own)
    assert [(name, count) for name, count, _ in found(own)] == [("", 1)]
    fewer = "[limits]\nrows = 50\n"
    assert found(with_template(rulebook, FLAT, declaration=xsd, settings=fewer)) == []


def test_an_own_xsd_that_takes_one_vehicle_alone_is_refused_at_start(rulebook: Rulebook) -> None:
    xsd = ALL.format(most=1, long=70)
    with pytest.raises(RulesError, match="no package can be made of 4 vehicles together"):
        prove(with_template(rulebook, FLAT, declaration=xsd))
    prove(with_template(rulebook, FLAT, declaration=xsd, settings="[limits]\nrows = 1\n"))


@pytest.mark.parametrize(
    "written",
    [
        "{{ row.values.colour | safe }}",
        "{% autoescape false %}{{ row.values.colour }}{% endautoescape %}",
        "<![CDATA[{{ row.values.colour | safe }}]]>",
        "{{ row.values.colour }}<!-- {{ row.values.remarks }} -->",
    ],
)
def test_a_template_that_does_not_escape_is_refused_at_start(written: str, rulebook: Rulebook) -> None:
    text = FLAT.replace("{{ row.values.colour }}", written)
    with pytest.raises(RulesError, match=r"where a text has &, <, -- or \]\]> in it") as refused:
        prove(with_template(rulebook, text, declaration=ALL.format(most=200, long=70)))
    assert "| safe" in refused.value.cure
    assert "| safe" in refused.value.told("zh").cure


@pytest.mark.parametrize(
    "written",
    ["<![CDATA[{{ row.values.colour }}]]>", "{{ row.values.colour | replace('&', '&amp;') }}"],
)
def test_a_value_that_customs_would_read_with_its_escapes_is_refused_at_start(
    written: str, rulebook: Rulebook
) -> None:
    """Of `R&D` they got `R&amp;D`, by every rule a text like any other."""
    text = FLAT.replace("{{ row.values.colour }}", written)
    with pytest.raises(RulesError, match="of an & in Colour, customs would read &amp;") as refused:
        prove(with_template(rulebook, text, declaration=ALL.format(most=200, long=70)))
    assert "CDATA" in refused.value.cure


def test_a_text_of_the_template_itself_may_show_an_escape(rulebook: Rulebook) -> None:
    text = FLAT.replace(
        "{{ row.values.colour }}", "{{ 'R&amp;D' if row.values.remarks else row.values.colour }}"
    )
    prove(with_template(rulebook, text, declaration=ALL.format(most=200, long=70)))


def test_a_table_of_codes_for_a_free_text_stops_nothing(rulebook: Rulebook) -> None:
    """It was refused at start, as one that does not escape: doctor says what it lacks."""
    text = FLAT.replace("{{ row.values.colour }}", "{{ {'碳黑色': '02'}[row.values.colour] }}")
    own = with_template(rulebook, text, declaration=ALL.format(most=200, long=70))
    prove(own)
    assert [name for name, _, _ in found(own)] == ["车辆信息 · 车身颜色"]


def test_beside_a_table_of_codes_what_is_not_escaped_is_refused(rulebook: Rulebook) -> None:
    table = "{% if {'': 0, '首批样车': 1}[row.values.remarks or ''] %}{% endif %}"
    text = FLAT.replace("{{ row.values.colour }}", table + "{{ row.values.colour | safe }}")
    with pytest.raises(RulesError, match=r"where a text has &, <, -- or \]\]> in it"):
        prove(with_template(rulebook, text, declaration=ALL.format(most=200, long=70)))


def test_an_xsd_that_takes_a_value_once_is_not_tried_with_vehicles_that_are_alike(rulebook: Rulebook) -> None:
    """Those of one workbook have engine numbers of their own: with a unique one in its XSD a home stopped."""
    once = (
        """<xs:unique name="one"><xs:selector xpath="v:Vehicle"/><xs:field xpath="v:Colour"/></xs:unique>"""
    )
    xsd = ALL.replace("xmlns=", 'xmlns:v="urn:vinbatch:vin-declaration:1" xmlns=', 1)
    xsd = xsd.replace("</xs:element>\n</xs:schema>", f"{once}</xs:element>\n</xs:schema>")
    own = with_template(rulebook, FLAT, declaration=xsd.format(most=200, long=70))
    prove(own)
    assert found(own) == []
    with pytest.raises(RulesError, match="4 vehicles together"):
        prove(with_template(rulebook, FLAT, declaration=xsd.format(most=3, long=70)))
