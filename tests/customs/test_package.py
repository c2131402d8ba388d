"""Packages: what customs gets, and what happens to an integrator's template."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import golden
import pytest
from desk import OTHER_VIN, Desk
from lxml import etree

from vinbatch import flow, samples
from vinbatch.customs.generated import xsd_text
from vinbatch.customs.package import guid_of
from vinbatch.customs.xsd import check_xml
from vinbatch.errors import PackageError, RulesError
from vinbatch.model import Outcome, Package, Rulebook, State, Type
from vinbatch.noun import replace
from vinbatch.proof import prove, repeated, unused
from vinbatch.ruleset import Ruleset, compile_rules

SCHEMA = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:vinbatch:vin-declaration:1">'
    '<xs:element name="VinMessage" {}/></xs:schema>'
)
GOLDEN = Path(__file__).with_name("golden.xml")
SPACE = {"d": "urn:vinbatch:vin-declaration:1"}


def opened(package: Package) -> tuple[bytes, dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        return archive.read("declaration.xml"), json.loads(archive.read("manifest.json"))


def two(rulebook: Rulebook, **cells: str) -> tuple[Desk, Outcome]:
    desk = Desk(rulebook)
    return desk, desk.drop([{}, {"vin": OTHER_VIN, **cells}])


def with_template(rulebook: Rulebook, text: str) -> Rulebook:
    templates = {**dict(rulebook.templates), "declaration.xml": text}
    return replace(rulebook, templates=tuple(templates.items()), digest=f"{rulebook.digest}{text}")


def test_the_package_of_two_vehicles_is_the_golden_one(rulebook: Rulebook) -> None:
    _, outcome = two(rulebook)
    (package,) = flow.render(outcome, rulebook)
    xml, _ = opened(package)
    golden.same(GOLDEN, xml)


def test_default_namespace_no_prefixes_and_double_quotes(rulebook: Rulebook) -> None:
    xml, _ = opened(flow.render(two(rulebook)[1], rulebook)[0])
    first = xml.decode().splitlines()[1]
    assert first.startswith('<VinMessage xmlns="urn:vinbatch:vin-declaration:1" guid="')
    assert 'version="1.0">' in first
    assert b"</d:" not in xml


def test_name_guid_and_head(rulebook: Rulebook) -> None:
    _, outcome = two(rulebook)
    (package,) = flow.render(outcome, rulebook)
    tree = etree.fromstring(opened(package)[0])
    head = {etree.QName(e).localname: e.text for e in tree.find("d:Head", SPACE)}  # type: ignore[union-attr]
    assert package.name == f"{outcome.batch}-filing.zip"
    assert tree.get("guid") == package.guid == guid_of("TRIAL", outcome.batch, Type.FILING)
    assert head == {
        "BatchNo": outcome.batch,
        "AppType": "1",
        "AppStatus": "2",
        "AppTime": "20260302093000",
        "CopCode": "TRIAL",
        "CopName": "TRIAL",
        "VehicleCount": "2",
        "StructureCount": "1",
    }


def test_only_a_trial_says_of_itself_that_it_is_one(rulebook: Rulebook) -> None:
    settings = 'site = "GZ01"\nproduction = true\ndeclarant_code = "4401"\ndeclarant_name = "甲"\n'
    real = replace(rulebook, home=(("settings.toml", settings),), digest=settings)
    notes = []
    for own in (rulebook, real):
        tree = etree.fromstring(opened(flow.render(two(own)[1], own)[0])[0])
        notes.append(tree.findtext("d:BaseTransfer/d:Note", namespaces=SPACE))
    assert notes == ["not for production", ""]


def test_a_guid_is_fixed_by_site_batch_and_type() -> None:
    guid = guid_of("A", "A-20260302-0001", Type.FILING)
    assert guid == guid_of("A", "A-20260302-0001", Type.FILING)
    others = {
        guid_of("B", "A-20260302-0001", Type.FILING),
        guid_of("A", "A-20260302-0002", Type.FILING),
        guid_of("A", "A-20260302-0001", Type.CHANGE),
    }
    assert guid not in others
    assert len(others) == 3
    assert (len(guid), guid) == (36, guid.upper())


def test_equal_outcomes_give_equal_bytes_in_any_process(rulebook: Rulebook) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom desk import Desk\nfrom vinbatch import flow\n"
        "from vinbatch.effects.rulebook import packaged_rulebook as book\n"
        "print(flow.render(Desk(book()).drop(), book())[0].digest)"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent.parent)],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == flow.render(Desk(rulebook).drop(), rulebook)[0].digest


def test_hostile_texts_are_carried_as_they_are(rulebook: Rulebook) -> None:
    hostile = "<b>&\"' ]]> =1+1 😀 ﷽"
    _, outcome = two(rulebook, remarks=hostile)
    tree = etree.fromstring(opened(flow.render(outcome, rulebook)[0])[0])
    assert [e.text for e in tree.iterfind(".//d:Vehicle/d:Remarks", SPACE)][-1] == hostile


def test_every_sample_is_valid(rulebook: Rulebook, ruleset: Ruleset) -> None:
    desk = Desk(rulebook)
    blank = {f.key: "" for f in ruleset.fields("structure")}
    empty = {f.key: "" for f in ruleset.fields("vehicle")}
    outcome = desk.drop(
        [{**empty, **v} for v in samples.vehicles(20)], [{**blank, **s} for s in samples.parameters()]
    )
    (package,) = flow.render(outcome, rulebook)
    assert len(package.vins) == 20


# ── the XSD ──────────────────────────────────────────────────────────────────────────────────────

SPOILT = [
    ("<Vin>WBA13BJ03MCF12345</Vin>", ""),
    ("<Vin>WBA13BJ03MCF12345</Vin>", "<Vin>WBA13BJ03MCF1234O</Vin>"),
    ("<ProductionDate>2021.03</ProductionDate>", "<ProductionDate>2021-03</ProductionDate>"),
    ("<Length>4963</Length>", "<Length>49630</Length>"),
    ("<Fuel>汽油</Fuel>", "<Fuel>煤气</Fuel>"),
    ("<VehicleCount>2</VehicleCount>", "<VehicleCount>none</VehicleCount>"),
    ("<Vehicles>", "<Vehicles><Lorry/>"),
]


@pytest.mark.parametrize(("good", "bad"), SPOILT)
def test_the_xsd_refuses_what_is_spoilt(good: str, bad: str, ruleset: Ruleset) -> None:
    xml = GOLDEN.read_text("utf-8")
    check_xml(xml.encode(), ruleset)
    assert good in xml
    with pytest.raises(RulesError):
        check_xml(xml.replace(good, bad).encode(), ruleset)


def test_an_integrators_xsd_replaces_the_generated_one(rulebook: Rulebook, ruleset: Ruleset) -> None:
    strict = xsd_text(ruleset).replace('name="Remarks" minOccurs="0"', 'name="Remarks"')
    own = compile_rules(replace(rulebook, home=(("declaration.xsd", strict),), digest="own xsd"))
    with pytest.raises(RulesError, match="Remarks"):
        check_xml(GOLDEN.read_bytes().replace("<Remarks>首批样车</Remarks>".encode(), b""), own)


def test_a_broken_xsd_is_named(rulebook: Rulebook) -> None:
    own = compile_rules(replace(rulebook, home=(("declaration.xsd", "<xs:schema>"),), digest="bad xsd"))
    with pytest.raises(RulesError, match=r"rules/declaration\.xsd"):
        check_xml(GOLDEN.read_bytes(), own)


TYPES = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="Filled"><xs:restriction base="xs:string">
    <xs:minLength value="1"/>
  </xs:restriction></xs:simpleType>
</xs:schema>"""
ENDLESS = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Flat"><xs:simpleType>
  <xs:restriction base="xs:string"><xs:pattern value="(a|aa)+"/></xs:restriction>
</xs:simpleType></xs:element></xs:schema>"""
IN_PARTS = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:include schemaLocation="{}"/><xs:element name="Flat" type="Filled"/>
</xs:schema>"""


def in_parts(rulebook: Rulebook, place: str, *others: tuple[str, str]) -> Rulebook:
    """A gateway's XSD of several files, and a template for it."""
    home = (("declaration.xsd", IN_PARTS.format(place)), *others)
    vins = "{% for row in vehicles %} {{ row.values.vin }}{% endfor %}"
    flat = with_template(rulebook, f"<Flat>{{{{ guid }}}}{vins}</Flat>")
    return replace(flat, home=home, digest=f"{place} {others}")


@pytest.mark.parametrize("place", ["types.xsd", "./types.xsd", "more.xsd"])
def test_an_own_xsd_may_include_others_of_the_home(place: str, rulebook: Rulebook) -> None:
    more = ("more.xsd", TYPES.partition("\n")[0] + '<xs:include schemaLocation="types.xsd"/></xs:schema>')
    own = in_parts(rulebook, place, ("types.xsd", TYPES), *([more] if place == "more.xsd" else []))
    prove(own)
    with pytest.raises(RulesError, match="Flat: is empty"):
        check_xml(b"<Flat/>", compile_rules(own))


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("minLength", "minLenght", "第 3 行"),
        ("<xs:minLength", "<q:minLength", "冒号前的命名空间前缀没有声明"),
        ("</xs:schema>", "</xs:schem>", "开始标签和结束标签对不上"),
    ],
)
def test_of_several_xsds_the_broken_one_is_named(good: str, bad: str, told: str, rulebook: Rulebook) -> None:
    with pytest.raises(RulesError, match=r"rules/types\.xsd: is no XSD") as refused:
        prove(in_parts(rulebook, "types.xsd", ("types.xsd", TYPES.replace(good, bad))))
    assert told in refused.value.told("zh").message


@pytest.mark.parametrize("known", [True, False])
def test_an_own_xsd_includes_nothing_else(known: bool, rulebook: Rulebook, tmp_path: Path) -> None:
    """Who may edit a template need not be trusted with the machine."""
    other = tmp_path / "types.xsd"
    if known:
        other.write_text(TYPES, "utf-8")
    with pytest.raises(RulesError) as refused:
        prove(in_parts(rulebook, str(other)))
    assert f"names {other}, which is no file in rules/" in refused.value.message


def test_an_xsd_that_no_other_names_is_refused(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError, match=r"rules/typs\.xsd: no XSD names this file"):
        compile_rules(in_parts(rulebook, "types.xsd", ("typs.xsd", TYPES)))


def test_another_root_without_an_own_xsd_is_told_where_to_put_one(rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        prove(with_template(rulebook, "<Flat>{{ guid }}</Flat>"))
    assert "put its XSD into the home as rules/declaration.xsd" in refused.value.cure
    assert "rules/declaration.xsd" in refused.value.told("zh").cure


def test_a_pattern_that_the_xsd_comes_to_no_end_with_is_told(rulebook: Rulebook) -> None:
    own = compile_rules(replace(rulebook, home=(("declaration.xsd", ENDLESS),), digest="endless"))
    with pytest.raises(RulesError, match=r"rules/declaration\.xsd: is no XSD that can be used, line 1: "):
        check_xml(f"<Flat>{'a' * 60}!</Flat>".encode(), own)


def test_a_whole_field_of_the_home_over_a_packaged_one_is_found(rulebook: Rulebook) -> None:
    """A table that changes some keys is meant to."""
    keys = 'kind = "text"\nlength = 9\nrequired = "never"\nexample = "x"\n'
    text = f'[vehicle.colour]\nzh = "甲"\nen = "A"\n{keys}[vehicle.paint]\nzh = "乙"\nen = "B"\n{keys}'
    text += "[vehicle.ccc_no]\nrequired = 'never'\n"
    own = replace(rulebook, home=(("fields.toml", text),), digest="whole")
    assert repeated(own) == ("[vehicle.colour]",)


def test_a_field_that_the_template_never_looks_at_is_found(rulebook: Rulebook) -> None:
    """Also one of a condition alone is looked at; one that it cannot do without is."""
    assert list(unused(rulebook)) == []
    whole = dict(rulebook.templates)["declaration.xml"]
    text = whole.replace("{{ row.elements }}    </Vehicle>", "{{ row.values.vin[0] }}</Vehicle>")
    asked = "{% if vehicles[0].values.colour %}<C/>{% endif %}"
    names = [*unused(with_template(rulebook, text + asked))]
    assert ("车辆信息", "CCC证书编号") in names
    assert {("车辆信息", "车身颜色"), ("车辆信息", "车辆识别代号(VIN)")} & {*names} == set()


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("batchno", "batch"), ("vehicles[0].values.ccc_nr", "ccc_no"), ("vehicles[0].element", "elements")],
)
def test_a_slip_in_the_template_is_told_with_the_nearest_name(
    wrong: str, meant: str, rulebook: Rulebook
) -> None:
    with pytest.raises(RulesError, match=rf"line 1: there is no .*, did you mean {meant}\?"):
        prove(with_template(rulebook, f"<V>{{{{ {wrong} }}}}</V>"))


@pytest.mark.parametrize("name", ["colour", "values.guid"])
def test_a_name_that_stands_elsewhere_is_told_where(name: str, rulebook: Rulebook) -> None:
    with pytest.raises(RulesError, match=r"a value of a row is row\.values\.KEY, one of the head, .* alone"):
        prove(with_template(rulebook, f"<V>{{{{ vehicles[0].{name} }}}}</V>"))


# ── the template ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{% for %}", "line 1"),
        ("<VinMessage>{{ nobody }}</VinMessage>", "there is no 'nobody'"),
        ("<VinMessage>{{ batch.upper.missing }}</VinMessage>", "missing"),
        ("<VinMessage>", "no XML"),
        ("<VinMessage/>", "invalid package"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ 1 / 0 }}", "zero"),
    ],
)
def test_a_broken_template_is_refused_with_its_name(text: str, named: str, rulebook: Rulebook) -> None:
    _, outcome = two(rulebook)
    with pytest.raises(RulesError) as refused:
        flow.render(outcome, with_template(rulebook, text))
    assert refused.value.exit_code == 5
    assert "declaration.xml" in str(refused.value)
    assert named in str(refused.value)


@pytest.mark.parametrize("text", ["<VinMessage>{{ nobody }}</VinMessage>", "<VinMessage/>", "{% for %}"])
def test_a_broken_template_shows_before_anything_is_declared(text: str, rulebook: Rulebook) -> None:
    prove(rulebook)
    with pytest.raises(RulesError, match=r"declaration\.xml"):
        prove(with_template(rulebook, text))


@pytest.mark.parametrize(
    ("xsd", "told"),
    [
        ("<xs:schema", "rules/declaration.xsd: is no XSD"),
        ('<a xmlns="urn:a"/>', "rules/declaration.xsd: is no XSD"),
        (SCHEMA.format('type="xs:integer"'), "VinMessage"),
        (SCHEMA.format('type="None"'), "rules/declaration.xsd: is no XSD"),
    ],
)
def test_an_xsd_of_the_integrator_is_tried_before_anything_is_declared(
    xsd: str, told: str, rulebook: Rulebook
) -> None:
    with pytest.raises(RulesError) as refused:
        prove(replace(rulebook, home=(("declaration.xsd", xsd),), digest=xsd))
    assert told in refused.value.message
    assert "rules/declaration.xsd" in str(refused.value)


@pytest.mark.parametrize("sheet_key", ["vehicle.colour", "structure.roof_load"])
def test_a_template_that_cannot_do_without_an_optional_field_shows_before_work(
    sheet_key: str, rulebook: Rulebook
) -> None:
    """It would break on the first row that leaves it empty, with every workbook of the home behind it."""
    sheet, key = sheet_key.split(".")
    text = dict(rulebook.templates)["declaration.xml"]
    asked = f"{{% for one in {sheet}s if not one.values.{key} %}}{{{{ nobody }}}}{{% endfor %}}"
    with pytest.raises(RulesError) as refused:
        prove(with_template(rulebook, text + asked))
    assert refused.value.message.startswith(f"where {sheet_key} is empty")
    assert "there is no 'nobody'" in refused.value.message


def test_an_xsd_that_insists_on_optional_fields_names_them_all(rulebook: Rulebook, ruleset: Ruleset) -> None:
    strict = xsd_text(ruleset)
    for name in ("Remarks", "Colour"):
        strict = strict.replace(f'name="{name}" minOccurs="0"', f'name="{name}"')
    with pytest.raises(RulesError) as refused:
        prove(replace(rulebook, home=(("declaration.xsd", strict),), digest="insists"))
    assert "where vehicle.remarks is empty" in refused.value.message
    assert "where vehicle.colour is empty" in refused.value.message
    assert "declaration.xsd" in refused.value.message
    assert 'required = "always"' in refused.value.message


def test_what_only_some_vehicles_need_is_tried_without(rulebook: Rulebook, ruleset: Ruleset) -> None:
    """An electric car has no engine number: tried where another field says so."""
    strict = xsd_text(ruleset).replace('name="EngineNo" minOccurs="0"', 'name="EngineNo"')
    with pytest.raises(RulesError, match=r"everything that may be empty \(M1 电 是\) is empty"):
        prove(replace(rulebook, home=(("declaration.xsd", strict),), digest="engines only"))


def test_a_table_of_codes_that_lacks_a_word_is_not_called_a_field_left_empty(rulebook: Rulebook) -> None:
    """The cure for that, to demand the field, would have mended nothing."""
    asked = "{% for set in structures %}<!-- {{ {'否': 'N'}[set.values.new_energy] }} -->{% endfor %}"
    text = dict(rulebook.templates)["declaration.xml"] + asked
    with pytest.raises(
        PackageError, match=r"^no package can be made of a vehicle of M1 汽油 是: "
    ) as refused:
        prove(with_template(rulebook, text))
    assert "a table of codes" in refused.value.cure


def test_a_field_that_must_be_filled_in_is_not_tried_empty(rulebook: Rulebook, ruleset: Ruleset) -> None:
    """The cure that the message names."""
    text = '[vehicle.colour]\nrequired = "always"\n'
    own = replace(rulebook, home=(("fields.toml", text),), digest="colour always")
    assert 'name="Colour">' in xsd_text(compile_rules(own))
    asked = "{% if not vehicles[0].values.colour %}{{ nobody }}{% endif %}"
    prove(with_template(own, dict(rulebook.templates)["declaration.xml"] + asked))


@pytest.mark.parametrize("declared", ["one", "two"])
def test_a_package_that_cannot_be_made_names_file_and_vehicle(
    declared: str, rulebook: Rulebook, ruleset: Ruleset
) -> None:
    """Not the template's line alone: somebody has to find the workbook."""
    _, outcome = two(rulebook, colour="")
    row = "selectattr('values.colour', 'equalto', '') | list | length"
    asked = f"{{% if vehicles | {row} %}}{{{{ nobody }}}}{{% endif %}}"
    spoilt = with_template(rulebook, dict(rulebook.templates)["declaration.xml"] + asked)
    some = outcome if declared == "two" else replace(outcome, declarations=outcome.declarations[1:])
    with pytest.raises(PackageError) as refused:
        flow.render(some, spoilt)
    assert f"batch {outcome.batch} ({outcome.reading.source.name})" in refused.value.message
    assert OTHER_VIN in refused.value.message
    assert "there is no 'nobody'" in refused.value.message
    assert "inbox/.claims/" in refused.value.cure
    again = pickle.loads(pickle.dumps(refused.value))
    assert again.told("zh") == refused.value.told("zh")


def test_vehicles_that_fail_only_together_are_not_blamed(rulebook: Rulebook) -> None:
    _, outcome = two(rulebook)
    asked = "{% if vehicles | length > 1 %}{{ nobody }}{% endif %}"
    with pytest.raises(PackageError, match="though that of each vehicle alone can"):
        flow.render(outcome, with_template(rulebook, dict(rulebook.templates)["declaration.xml"] + asked))


@pytest.mark.parametrize(("named", "told"), [("<Vin>WBA</Vin>", "WBA"), ("", "20")])
def test_an_invalid_row_is_called_by_its_vin_wherever_that_stands(
    named: str, told: str, rulebook: Rulebook
) -> None:
    """Not by what a gateway puts first, unless it wants no VIN there."""
    fields = '<xs:element name="CccNo"/><xs:element name="Vin" minOccurs="0"/>'
    fields += '<xs:element name="Doors" type="xs:integer"/>'
    holds = "<xs:complexType><xs:sequence>{}</xs:sequence></xs:complexType></xs:element>"
    rows = '<xs:element name="Vehicle">' + holds.format(fields)
    xsd = (
        SCHEMA.format("")
        .replace(" />", ">" + holds.format(rows))
        .replace("targetNamespace", 'elementFormDefault="qualified" targetNamespace')
    )
    own = compile_rules(replace(rulebook, home=(("declaration.xsd", xsd),), digest="vin second"))
    row = f"<Vehicle><CccNo>20</CccNo>{named}<Doors>{{}}</Doors></Vehicle>"
    xml = '<VinMessage xmlns="urn:vinbatch:vin-declaration:1">' + row + "</VinMessage>"
    check_xml(xml.format(4).encode(), own)
    with pytest.raises(RulesError, match=rf"\(of {told}\)"):
        check_xml(xml.format("four").encode(), own)


def test_a_reason_of_revocation_is_tried_in_revocations_only(rulebook: Rulebook) -> None:
    """It is in no filing: what is tried is what can be declared."""
    text = dict(rulebook.templates)["declaration.xml"]
    reason = "vehicles[0].values.revocation_reason"
    asked = f"{{% if (app_type == '3') != ({reason} != '') %}}{{{{ nobody }}}}{{% endif %}}"
    prove(with_template(rulebook, text + asked))


def test_a_template_that_wants_parameters_of_a_revocation_shows_before_work(rulebook: Rulebook) -> None:
    """A revocation has none: the first one stopped every workbook of the home."""
    asked = "{{ structures[0].values.country }}"
    text = dict(rulebook.templates)["declaration.xml"].replace("{{ note }}", asked)
    with pytest.raises(PackageError) as refused:
        prove(with_template(rulebook, text))
    assert refused.value.message.startswith(
        "of filings and changes packages can be made, of a revocation none"
    )
    assert "templates/declaration.xml, line " in refused.value.message
    assert "structures is empty" in refused.value.cure
    prove(with_template(rulebook, text.replace(asked, f"{{% if structures %}}{asked}{{% endif %}}")))


def test_page_and_package_are_told_of_in_one_go(rulebook: Rulebook) -> None:
    broken = {**dict(rulebook.templates), "declaration.xml": "<a>", "overview.html": "{{ nobody }}"}
    with pytest.raises(RulesError) as refused:
        prove(replace(rulebook, templates=tuple(broken.items()), digest="two broken"))
    assert "templates/declaration.xml" in refused.value.message
    assert "templates/overview.html" in refused.value.message


def test_a_package_of_too_many_vehicles_is_never_made(rulebook: Rulebook) -> None:
    _, outcome = two(rulebook)
    many = replace(outcome, declarations=outcome.declarations * 101)
    with pytest.raises(ValueError, match="202 vehicles, a package takes 200"):
        flow.render(many, rulebook)


def test_a_package_takes_two_hundred(rulebook: Rulebook) -> None:
    _, outcome = two(rulebook)
    (package,) = flow.render(replace(outcome, declarations=outcome.declarations * 100), rulebook)
    assert len(package.vins) == 200


def test_a_template_may_place_values_itself(rulebook: Rulebook) -> None:
    packaged = dict(rulebook.templates)["declaration.xml"]
    text = packaged.replace("<Note>{{ note }}</Note>", "<Note>{{ vehicles[0].values.colour }}</Note>")
    xml, _ = opened(flow.render(two(rulebook)[1], with_template(rulebook, text))[0])
    assert "<Note>碳黑色</Note>" in xml.decode()


@pytest.mark.parametrize("key", ["items", "copy", "keys", "values", "update", "get", "pop"])
def test_a_field_may_have_the_name_of_a_method(key: str, rulebook: Rulebook) -> None:
    table = f'[vehicle.{key}]\nzh = "新"\nen = "New"\nkind = "text"\nlength = 9\nrequired = "never"\n'
    table += 'example = "A-1"\n'
    packaged = dict(rulebook.templates)["declaration.xml"]
    text = packaged.replace("<Note>{{ note }}</Note>", f"<Note>{{{{ vehicles[0].values.{key} }}}}</Note>")
    own = replace(with_template(rulebook, text), home=(("fields.toml", table),), digest=key)
    prove(own)
    xml, _ = opened(flow.render(two(own)[1], own)[0])
    assert "<Note>A-1</Note>" in xml.decode()


# ── the manifest ─────────────────────────────────────────────────────────────────────────────────


def test_the_cell_of_every_value_follows_from_the_manifest(rulebook: Rulebook) -> None:
    desk, outcome = two(rulebook)
    _, manifest = opened(flow.render(outcome, rulebook)[0])
    columns = manifest["sheets"]["vehicle"]["columns"]
    assert manifest["sheets"]["vehicle"]["name"] == "车辆信息"
    assert columns["vin"] == "C"
    assert [(v["vin"], v["row"]) for v in manifest["vehicles"]] == [
        (desk.sample("vehicle")["vin"], 2),
        (OTHER_VIN, 3),
    ]
    assert manifest["structures"] == [
        {"number": desk.sample("structure")["structure_no"], "revision": 1, "sheet": "structure", "row": 2}
    ]


def test_parameters_out_of_the_catalogue_name_their_revision(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    desk.shelve(revision=3)
    _, manifest = opened(flow.render(desk.drop([{}], []), rulebook)[0])
    number = desk.sample("structure")["structure_no"]
    assert manifest["vehicles"][0]["structure"] == {"number": number, "revision": 3}


def test_a_change_has_its_differences_and_a_package_of_its_own(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    record = desk.place(Type.FILING, State.ACCEPTED)
    outcome = desk.drop([{"_mark": desk.mark(record), "action": "变更", "colour": "红"}, {"vin": OTHER_VIN}])
    packages: Mapping[Type, Package] = {p.type: p for p in flow.render(outcome, rulebook)}
    assert set(packages) == {Type.FILING, Type.CHANGE}
    xml, manifest = opened(packages[Type.CHANGE])
    assert b"<AppType>2</AppType>" in xml
    assert manifest["vehicles"][0]["diff"] == [
        {"sheet": "vehicle", "field": "colour", "old": "碳黑色", "new": "红"}
    ]


def test_a_revocation_carries_its_reason(rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    record = desk.place(Type.FILING, State.ACCEPTED)
    row = {"_mark": desk.mark(record), "action": "撤销", "revocation_reason": "车辆退运"}
    (package,) = flow.render(outcome := desk.drop([row]), rulebook)
    xml, _ = opened(package)
    assert outcome.declarations[0].entry is None  # so are revocations tried at start
    assert package.name.endswith("-revocation.zip")
    assert "<RevocationReason>车辆退运</RevocationReason>" in xml.decode()


def test_what_was_confirmed_and_exempt_is_told(rulebook: Rulebook) -> None:
    exempt = 'exempt = [{ vin = "WBA13BJ03MCF12346", reason = "使馆车辆" }]\n'
    book = replace(rulebook, home=(("settings.toml", exempt),), digest="exempt")
    outcome = Desk(book).drop(
        [{"vin": "WBA13BJ03MCF12346"}, {"vin": OTHER_VIN, "production_date": "2019.03", "confirmed": "是"}]
    )
    _, manifest = opened(flow.render(outcome, book)[0])
    assert manifest["vehicles"][0]["exempt"] == "使馆车辆"
    assert manifest["vehicles"][1]["confirmed"] == ["DATE-MODEL-YEAR"]


def test_the_digests_are_those_of_source_rules_and_xml(rulebook: Rulebook) -> None:
    import hashlib

    _, outcome = two(rulebook)
    xml, manifest = opened(flow.render(outcome, rulebook)[0])
    assert manifest["digests"] == {
        "source": outcome.reading.source.digest,
        "rules": rulebook.digest,
        "xml": hashlib.sha256(xml).hexdigest(),
    }
