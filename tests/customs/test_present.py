"""A template that leaves vehicles out, or the guid, is refused: the vehicles would count as declared."""

from __future__ import annotations

import re

import pytest
from desk import OTHER_VIN, Desk
from hypothesis import given
from hypothesis import strategies as st

from vinbatch import flow
from vinbatch.customs.present import check_present
from vinbatch.errors import RulesError
from vinbatch.model import Declaration, Outcome, Rulebook, Type
from vinbatch.noun import replace
from vinbatch.proof import prove

VIN = "WBA13BJ03MCF12345"
LOOP = "{%- for row in vehicles %}"


def with_template(rulebook: Rulebook, old: str, new: str) -> Rulebook:
    texts = dict(rulebook.templates)
    text = texts["declaration.xml"].replace(old, new)
    assert text != texts["declaration.xml"]
    return replace(rulebook, templates=tuple({**texts, "declaration.xml": text}.items()), digest=old + new)


def two(rulebook: Rulebook, **cells: str) -> Outcome:
    return Desk(rulebook).drop([cells, {"vin": OTHER_VIN}])


FIRST_ALONE = (LOOP, "{%- for row in vehicles[:1] %}")
FIRST_AGAIN = ("{{ row.elements }}    </Vehicle>", "{{ vehicles[0].elements }}    </Vehicle>")
FIRST_OFTENER = ("<Note>{{ note }}</Note>", "<Note>{{ vehicles[0].values.vin }}</Note>")
NO_GUID = ("{{ guid }}", "00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (FIRST_ALONE, "without WBA13BJ03MCF12000: of 4 vehicles 3 are left out"),
        (FIRST_AGAIN, "without WBA13BJ03MCF12000"),
        (FIRST_OFTENER, "WBA13BJ03MCF12345 stands 2 times, and WBA13BJ03MCF12000 1 time"),
        (NO_GUID, "without its guid"),
    ],
)
def test_it_shows_before_anything_is_declared(spoilt: tuple[str, str], told: str, rulebook: Rulebook) -> None:
    with pytest.raises(RulesError) as refused:
        prove(with_template(rulebook, *spoilt))
    assert refused.value.exit_code == 5
    assert refused.value.message.startswith("templates/declaration.xml: ")
    assert told in refused.value.message


@pytest.mark.parametrize(
    "written",
    [
        "{ cop_name }",
        "｛｛ cop_name ｝｝",
        "{row.values.colour | upper}",
        "{ guid }",
        "{% vehicles | length %}",
    ],
)
def test_a_name_that_stands_where_its_value_is_due_is_told(written: str, rulebook: Rulebook) -> None:
    """It went to customs as it is: by most XSDs a text is a text."""
    raw = f"{{% raw %}}{written}{{% endraw %}}" if "%" in written else written
    with pytest.raises(RulesError) as refused:
        prove(with_template(rulebook, "<CopName>{{ cop_name }}</CopName>", f"<CopName>{raw}</CopName>"))
    assert refused.value.message == (
        f"templates/declaration.xml: {written} stands in the package as it is, and not its value"
    )


@pytest.mark.parametrize("written", ["{{ '{' ~ guid ~ '}' }}", "{noted}", "{a.b}", "{ }"])
def test_braces_around_what_is_no_name_of_ours_are_text(written: str, rulebook: Rulebook) -> None:
    prove(with_template(rulebook, "<CopName>{{ cop_name }}</CopName>", f"<CopName>{written}</CopName>"))


def test_a_template_that_leaves_out_what_no_trial_has_is_refused_when_it_does(rulebook: Rulebook) -> None:
    """Of two vehicles the second alone has no remark."""
    odd = "{%- for row in vehicles if row.values.remarks != 'not this' %}"
    own = with_template(rulebook, LOOP, odd)
    prove(own)
    with pytest.raises(RulesError, match="without WBA13BJ03MCF12345: of 2 vehicles 1 is left out"):
        flow.render(two(own, remarks="not this"), own)


def test_a_vin_in_a_remark_counts_for_no_vehicle(rulebook: Rulebook) -> None:
    (package,) = flow.render(two(rulebook, remarks=f"替换{OTHER_VIN}"), rulebook)
    assert len(package.vins) == 2


def test_a_vin_may_stand_in_longer_text(rulebook: Rulebook) -> None:
    own = with_template(
        rulebook,
        "<Note>{{ note }}</Note>",
        "<Note>{% for v in vehicles %}N1{{ v.values.vin }}{% endfor %}</Note>",
    )
    prove(own)
    assert len(flow.render(two(own), own)) == 1


def with_made(rulebook: Rulebook, written: str, settings: str = "") -> Rulebook:
    """Each vehicle shows this of parameters, which stand nowhere else."""
    row = "{{ row.elements }}    </Vehicle>\n{%- endfor %}"
    texts = dict(rulebook.templates)
    start, end = texts["declaration.xml"].split("  <Structures>")
    flat = start + "  <BaseTransfer>" + end.split("  <BaseTransfer>")[1]
    space = "targetNamespace='urn:vinbatch:vin-declaration:1' xmlns:xs='http://www.w3.org/2001/XMLSchema'"
    xsd = f"<xs:schema {space}><xs:element name='VinMessage'/></xs:schema>"
    text = flat.replace(row, row.replace("</Vehicle>", f"<Made>{written}</Made></Vehicle>"))
    assert text != flat
    home = (("declaration.xsd", xsd), *((("settings.toml", settings),) if settings else ()))
    templates = tuple({**texts, "declaration.xml": text}.items())
    return replace(rulebook, templates=templates, home=home, digest=text + settings)


OF_THE_FIRST = "{% if structures %}{% set set = structures[0] %}{{ set.values.country }}{% endif %}"
BY_NUMBER = 'selectattr("values.structure_no", "equalto", row.values.structure_no) | first'


def test_a_template_that_shows_the_first_parameters_with_every_vehicle_is_refused(rulebook: Rulebook) -> None:
    """Customs got the country of another car, and nobody was told."""
    prove(with_made(rulebook, OF_THE_FIRST.replace("structures[0]", f"structures | {BY_NUMBER}")))
    with pytest.raises(RulesError, match="shows those of the first"):
        prove(with_made(rulebook, OF_THE_FIRST))


def test_a_home_of_one_vehicle_a_workbook_may_show_the_first_parameters(rulebook: Rulebook) -> None:
    prove(with_made(rulebook, OF_THE_FIRST, "[limits]\nrows = 1\n"))


def test_a_template_that_fails_with_two_sets_is_told_so(rulebook: Rulebook) -> None:
    """It was said to show the first vehicle's parameters with both."""
    failing = "{% if structures | length > 1 %}{{ row.values.no_such }}{% endif %}"
    with pytest.raises(RulesError, match="of 2 vehicles together"):
        prove(
            with_made(rulebook, OF_THE_FIRST.replace("structures[0]", f"structures | {BY_NUMBER}") + failing)
        )


@given(st.lists(st.sampled_from([VIN, OTHER_VIN, VIN[:16], "ZH", "z", "中", "é", "😀", " ", "<Vin>", "\0"])))
def test_a_vin_is_found_in_every_run_of_capitals_and_digits(pieces: list[str]) -> None:
    text = "".join(pieces)
    runs = re.findall(r"[A-Z0-9]+", text)
    there = [run[i : i + 17] for run in runs for i in range(len(run)) if run[i : i + 17] in (VIN, OTHER_VIN)]
    counts = {vin: there.count(vin) for vin in (VIN, OTHER_VIN)}
    declarations = [Declaration(Type.FILING, vin, {}, None) for vin in counts]
    if all(counts.values()) and len(set(counts.values())) == 1:
        check_present(text + "guid", "guid", declarations)
    else:
        with pytest.raises(RulesError):
            check_present(text + "guid", "guid", declarations)
