"""What an integrator is told of an invalid package, and what the generated XSD can and cannot say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from vinbatch.customs.generated import xsd_text
from vinbatch.customs.plain import in_plain_words
from vinbatch.customs.xsd import check_xml
from vinbatch.errors import RulesError
from vinbatch.model import Rulebook, Type
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.wording import Said

GOLDEN = Path(__file__).with_name("golden.xml").read_text("utf-8")


def with_fields(rulebook: Rulebook, toml: str) -> Ruleset:
    return compile_rules(replace(rulebook, home=(("fields.toml", toml),), digest=toml))


def refusal(good: str, bad: str, ruleset: Ruleset) -> str:
    assert good in GOLDEN
    with pytest.raises(RulesError) as refused:
        check_xml(GOLDEN.replace(good, bad, 1).encode(), ruleset)
    assert refused.value.cure
    return refused.value.message


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("<Vin>WBA13BJ03MCF12345</Vin>", "", "021-001</StructureNo>): StructureNo: stands where Vin is"),
        ("<Length>4963<", "<Length>49630<", "Length: '49630' is more than 26000 (of CN530I-G30-2021-001)"),
        ("<Axles>2<", "<Axles>0<", "Axles: '0' is less than 1"),
        ("<Axles>2<", "<Axles>two<", "Axles: 'two' is not of its kind"),
        ("<Fuel>汽油<", "<Fuel>煤气<", "Fuel: '煤气' is none of '汽油', '柴油'"),
        ("<Colour>碳黑色<", f"<Colour>{'黑' * 80}<", "Colour: has 80 characters, at most 70 fit (of WBA13"),
        ("<Colour>碳黑色<", "<Colour><", "Colour: is empty"),
        (">2021.03<", ">2021-03<", "ProductionDate: '2021-03' is not of the shape"),
        ('" version="1.0"', '"', "VinMessage: lacks the attribute version"),
        ('" version="1.0"', '" version="1.0" lang="zh"', "VinMessage/@lang: is not allowed"),
        ("<Vehicles>", "<Vehicles>two", "Vehicles: holds text beside its elements"),
        ("    <Note>not for production</Note>\n", "", "BaseTransfer: lacks Note"),
        ("urn:vinbatch:vin-declaration:1", "urn:other:1", "VinMessage: is not the root, or not in"),
        ("</Vehicles>", "</Vehicle>", "renders no XML, line 34"),
        ('encoding="UTF-8"', 'encoding="ISO-8859-1"', "renders what calls itself ISO-8859-1, and"),
        ('encoding="UTF-8"', "encoding = 'gbk' standalone = 'yes'", "renders what calls itself gbk"),
        ("<VinMessage", '<!DOCTYPE V [<!ENTITY x "y">]>\n<VinMessage', "renders a DOCTYPE"),
    ],
)  # fmt: skip
def test_the_element_its_line_and_its_fault_are_named(
    good: str, bad: str, told: str, ruleset: Ruleset
) -> None:
    assert told in refusal(good, bad, ruleset)


def test_a_line_that_was_rendered_is_shown_with_its_number(ruleset: Ruleset) -> None:
    """It lies nowhere to be looked at. Of a package without lines its beginning is shown."""
    told = refusal("<Colour>碳黑色<", "<Colour><", ruleset)
    assert "line 21 of what it rendered (<Colour></Colour>): Colour: is empty" in told
    with pytest.raises(RulesError) as refused:
        check_xml(GOLDEN.replace("\n", " ").replace(">碳黑色<", "><").encode(), ruleset)
    assert 'line 1 of what it rendered (<?xml version="1.0"' in refused.value.message
    assert "…): Colour: is empty" in refused.value.message


def test_of_a_vin_that_is_wrong_itself_no_row_is_named_after_it(ruleset: Ruleset) -> None:
    told = refusal("<Vin>WBA13BJ03MCF12345<", "<Vin>WBA13BJ03MCF1234O<", ruleset)
    assert "WBA13BJ03MCF1234O" in told
    assert "(of " not in told


def test_a_value_that_an_own_xsd_does_not_take_is_no_fault_of_a_pattern_of_ours(
    rulebook: Rulebook, ruleset: Ruleset
) -> None:
    own = replace(rulebook, home=(("declaration.xsd", xsd_text(ruleset)),), digest="own as ours")
    for rules, at in ((ruleset, "rules/fields.toml [vehicle.ccc_no]"), (compile_rules(own), "templates/")):
        assert refusal(">2020011101345678<", ">2020X<", rules).startswith(at)


def test_of_several_faults_in_the_examples_the_first_is_told(ruleset: Ruleset) -> None:
    two = GOLDEN.replace("<Colour>碳黑色<", "<Colour><", 1).replace("<Axles>2<", "<Axles>0<", 1)
    with pytest.raises(
        RulesError, match=r"line 21 of what it rendered \(<Colour></Colour>\)\.*: Colour: is empty"
    ):
        check_xml(two.encode(), ruleset, trying=True)


def test_a_template_that_writes_prefixes_is_told_the_same(ruleset: Ruleset) -> None:
    """It was a bug of ours, told to the clerk, and the workbook was refused."""
    prefixed = re.sub(r"<(/?)(\w)", r"<\1g:\2", GOLDEN.replace("xmlns=", "xmlns:g="))
    with pytest.raises(RulesError) as refused:
        check_xml(prefixed.replace(">4963<", ">49630<", 1).encode(), ruleset)
    assert "Length: '49630' is more than 26000 (of CN530I-G30-2021-001)" in refused.value.message


def test_an_unknown_message_is_passed_on_without_namespaces() -> None:
    for said in ("Element '{urn:a:1}Vin': Something new.", "No element at all."):
        bare = (("said", said.replace("Element '{urn:a:1}Vin'", "Vin")),)
        assert in_plain_words(said) == Said("facet.other", bare)
        assert in_plain_words(said, "SCHEMAV_CVC_IDC") == Said("facet.unique", bare)


def test_large_and_fractional_limits_are_written_as_xsd_has_them(rulebook: Rulebook) -> None:
    """1e+06 is no whole number of XSD, 0.00001 must not become 1e-05."""
    own = with_fields(
        rulebook,
        "[structure.displacement]\nlow = 2\nhigh = 5000000\n[structure.co]\nlow = 0.00001\nhigh = 1000000\n",
    )
    assert '<xs:maxInclusive value="5000000"/>' in xsd_text(own)
    assert '<xs:minInclusive value="0.00001"/>' in xsd_text(own)
    check_xml(GOLDEN.encode(), own)


@pytest.mark.parametrize(
    "pattern", [r"^[0-9A-Z ]{1,30}$", r"(?:B48|S58).*", r"[A-Z](?!X).*", r".+?", r"(?i).*"]
)
def test_any_pattern_that_python_takes_leaves_the_xsd_sound(pattern: str, rulebook: Rulebook) -> None:
    own = with_fields(rulebook, f"[vehicle.engine_no]\nkind = 'code'\nlength = 30\npattern = '{pattern}'\n")
    check_xml(GOLDEN.encode(), own)
    with pytest.raises(RulesError, match="EngineNo"):
        check_xml(GOLDEN.replace("B48B20B 24681357", "9" * 40, 1).encode(), own)


def test_a_choice_with_quotes_is_one(rulebook: Rulebook) -> None:
    own = with_fields(
        rulebook,
        "[structure.cylinder_layout]\nchoices = ['直列', 'V列', 'W列', '水平对置', '其他', 'a\"b<c>&d']\n",
    )
    check_xml(GOLDEN.replace("直列", 'a"b&lt;c&gt;&amp;d', 1).encode(), own)


def test_revocations_are_not_judged_by_rules_that_came_later(rulebook: Rulebook) -> None:
    own = with_fields(
        rulebook,
        """
        [vehicle.seat_colour]
        zh = "座椅颜色"
        en = "Seat colour"
        kind = "text"
        required = "always"
        length = 20
        prompt_zh = "座椅的颜色。"
        prompt_en = "The colour of the seats."
        example = "黑"
        [structure.length]
        high = 4964
        """,
    )
    longer = GOLDEN.replace("<Length>4963<", "<Length>4965<").encode()
    check_xml(longer, own, Type.REVOCATION)
    for kind in (Type.FILING, Type.CHANGE):
        with pytest.raises(RulesError, match="lacks SeatColour"):
            check_xml(longer, own, kind)
    with pytest.raises(RulesError, match="Vin"):
        check_xml(longer.replace(b"<Vin>WBA13BJ03MCF12345</Vin>", b""), own, Type.REVOCATION)
    with pytest.raises(RulesError, match="Length: is empty"):
        check_xml(longer.replace(b"<Length>4965<", b"<Length><"), own, Type.REVOCATION)


@pytest.mark.parametrize("kind", Type)
def test_the_xsd_is_a_schema_by_itself(kind: Type, ruleset: Ruleset) -> None:
    etree.XMLSchema(etree.fromstring(xsd_text(ruleset, kind).encode()))
