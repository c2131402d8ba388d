"""What libraries really say when people slip, and that a reader of Chinese has a sentence for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from vinbatch.customs.xsd import check_xml
from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import compile_rules
from vinbatch.slips import parse
from vinbatch.templating import render
from vinbatch.wording import Said, texts

TOML = {
    "a = ": "no_value",
    "a = yes": "no_value",
    "a b = 1": "no_equals",
    "= 1": "key",
    "a = 1 2": "more",
    'a = "x\nb = 1': "line_end",
    'a = "x': "string",
    "a = 'x": "string",
    'a = "\\x"': "backslash",
    'a = "\\uD800"': "backslash",
    "a = [1": "array",
    "a = {b = 1": "inline",
    "a = {b = 1, b = 2}": "inline_twice",
    "[a": "table",
    "a = 2021-02-30": "date",
}
JINJA = {
    "{% for x in [] %}": "end",
    "{% if 1 %}{% endfor %}": "closed",
    "{% endif %}": "stray",
    "{% fro x in [] %}": "tag",
    "{{ 1|uper }}": "filter",
    "{{ ([] | first).x }}": "none",
    "{{ 1 is foo }}": "test",
    "{# a": "comment",
    "{{ ‘x’ }}": "character",
    "{{ 1 }": "cut",
    "{{ 1": "cut",
    "{{ 1 2 }}": "token",
    "{% set %}": "expression",
    "{% block a %}{% endblock %}{% block a %}{% endblock %}": "twice",
    "{{ ''.__class__ }}": "unsafe",
}
XML = {
    "": "empty",
    "<a><b></a></b>": "tags",
    "<a><b>": "unfinished",
    "<a/><b/>": "unfinished",
    "<a>1 < 2</a>": "name",
    "<a>&nbsp;</a>": "entity",
    "<a>x &y</a>": "entity",
    "<a b=1/>": "attribute",
    "<a b='1'c='2'/>": "attribute",
    "<a b='1' b='2'/>": "attribute_twice",
    "<g:a/>": "namespace",
    "\n<?xml version='1.0'?><a/>": "late",
    "<a>\x01</a>": "character",
}
_XSD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'
SCHEMA = {
    _XSD.format('<xs:element name="a" type="Text40"/>'): "no_such_type",
    _XSD.format('<xs:element name="a" nmae="b"/>'): "attribute",
    _XSD.format("<xs:attributeGroup/>"): "no_attribute",
    _XSD.format('<xs:element name="a" minOccurs="x"/>'): "attribute",
    _XSD.format('<xs:elemnt name="a"/>'): "element",
    _XSD.format('<xs:element name="a"/><xs:element name="a"/>'): "twice",
    "<schema/>": "root",
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>": "xml.unfinished",
}


def told(error: RulesError, key: str) -> None:
    """This sentence, and after it the library's own words, marked as such."""
    why = error.params["why"]
    assert isinstance(why, Said)
    assert why.key == key
    said = dict(why.params)["said"]
    assert f"（原文：{said}）" in error.told("zh").message
    assert str(said) in error.told("en").message


@pytest.mark.parametrize("text", TOML, ids=repr)
def test_toml(text: str) -> None:
    with pytest.raises(RulesError) as refused:
        parse("rules/x.toml", text)
    told(refused.value, f"toml.{TOML[text]}")


@pytest.mark.parametrize("text", JINJA, ids=repr)
def test_templates(text: str, rulebook: Rulebook) -> None:
    book = replace(rulebook, templates=(("declaration.xml", text),), digest=text)
    with pytest.raises(RulesError) as refused:
        render(compile_rules(book), "declaration.xml", {}, "template.declaration")
    told(refused.value, f"jinja.{JINJA[text]}")


@pytest.mark.parametrize("text", XML, ids=repr)
def test_what_a_template_renders(text: str, rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        check_xml(text.encode(), compile_rules(rulebook))
    told(refused.value, f"xml.{XML[text]}")


@pytest.mark.parametrize("text", SCHEMA, ids=repr)
def test_an_xsd_of_the_home(text: str, rulebook: Rulebook) -> None:
    book = replace(rulebook, home=(("declaration.xsd", text),), digest=text)
    with pytest.raises(RulesError) as refused:
        check_xml(b"<a/>", compile_rules(book))
    told(refused.value, SCHEMA[text] if "." in SCHEMA[text] else f"schema.{SCHEMA[text]}")


def codes() -> Iterator[str]:
    for text in texts().values():
        yield from text.get("code", ())


def test_every_code_is_one_of_the_library() -> None:
    assert [code for code in codes() if not hasattr(etree.ErrorTypes, code)] == []
