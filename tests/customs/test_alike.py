"""Different values that a home's own template writes the same: customs cannot tell one from the other."""

from __future__ import annotations

import pytest
from customs.test_untaken import LOOP, spoilt, with_template

from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.proof import alike, astray, prove, untaken, unused

Groups = dict[str, tuple[tuple[str, ...], ...]]


def of_structure(rulebook: Rulebook, written: str) -> Rulebook:
    """The packaged template with this of the parameters in place of all: y are their values."""
    codes = f"{{% for set in structures %}}{{% set y = set.values %}}<!-- {written} -->{{% endfor %}}"
    rows = "{%- for row in structures %}\n    <Structure>\n{{ row.elements }}    </Structure>\n{%- endfor %}"
    text = dict(rulebook.templates)["declaration.xml"]
    assert text.count(rows) == 1
    return spoilt(spoilt(rulebook, rows, ""), LOOP, codes + LOOP)


def found(rulebook: Rulebook) -> Groups:
    return dict(alike(rulebook))


def test_the_packaged_template_tells_all_apart(rulebook: Rulebook) -> None:
    assert found(rulebook) == {}


@pytest.mark.parametrize(
    ("written", "name", "same"),
    [
        ("{{ 'Y' if y.direct_injection == '是' else 'N' }}", "直接喷射", ("", "否")),
        ("{{ {'前轴': 1}[y.drive_axles] | default(2) }}", "驱动轴位置", ("", "后轴", "前轴/后轴", "其他")),
        ("{{ '%.1f' | format(y.net_power | float(0)) }}", "最大净功率", ("185", "185.01")),
        ("{{ y.axle_loads.split('/') | map('int') | sum }}", "轴荷", ("1090/1091", "1091/1090")),
        ("{{ y.wheelbase.split('+') | first }}", "轴距", ("2975", "2975+2976", "2975+2975+2975")),
    ],
)
def test_values_that_are_written_the_same_are_told(
    written: str, name: str, same: tuple[str, ...], rulebook: Rulebook
) -> None:
    assert found(of_structure(rulebook, written)) == {f"结构参数 · {name}": (same,)}


def test_a_text_that_is_cut_short_is_told(rulebook: Rulebook) -> None:
    own = spoilt(rulebook, "{{ row.elements }}    </Vehicle>", "{{ row.values.remarks[:20] }}</Vehicle>")
    ((long, shorter),) = found(own)["车辆信息 · 备注"]
    assert (len(long), len(shorter)) == (300, 299)


def test_types_of_declaration_that_look_the_same_are_told(rulebook: Rulebook) -> None:
    """`app_type` is a text: compared with a number it is always another, and all is declared as the last."""
    act = "{{ 1 if app_type == 1 else 2 if app_type == 2 else 3 }}"
    own = spoilt(rulebook, "<AppType>{{ app_type }}</AppType>", f"<AppType>{act}</AppType>")
    prove(own)
    assert found(own) == {"申报类型": (("备案", "变更", "撤销"),)}


def test_a_field_whose_empty_cell_alone_is_like_its_example_is_not_unused(rulebook: Rulebook) -> None:
    own = of_structure(rulebook, "{{ 'Y' if y.new_energy == '是' else 'N' }}")
    assert ("结构参数", "新能源车") not in unused(own)
    assert found(own) == {"结构参数 · 新能源车": (("", "否"),)}


@pytest.mark.parametrize(
    "written", ["{{ y.motor_power | float }}", "{{ [y.motor_power] | map('int') | sum }}"]
)
def test_a_number_made_of_an_empty_value_is_refused_at_start(written: str, rulebook: Rulebook) -> None:
    """Jinja2 makes 0 of it, and a petrol car would be declared with a motor of 0 kW."""
    own = of_structure(rulebook, f"{{% if y.net_power != '' %}}{written}{{% endif %}}")
    with pytest.raises(RulesError, match=r"line \d+: '' is no number, and int or float would declare 0"):
        prove(own)


def test_a_number_that_the_template_names_for_an_empty_value_counts(rulebook: Rulebook) -> None:
    prove(of_structure(rulebook, "{{ y.motor_power | float(0) }} {{ y.cylinders | int(default=0) }}"))


def test_one_number_made_of_a_list_of_numbers_is_found(rulebook: Rulebook) -> None:
    """Of 3600+1350 Jinja2 makes 0; the example has one wheelbase."""
    own = of_structure(rulebook, "{{ y.wheelbase | int }}")
    prove(own)
    ((name, values, why),) = untaken(own)
    assert (name, values[0]) == ("结构参数 · 轴距", "2975+2976")
    assert "'2975+2976' is no number" in str(why)


def test_a_certificate_with_its_version_is_tried(rulebook: Rulebook) -> None:
    rows = "{{ row.elements }}    </Vehicle>"
    own = spoilt(rulebook, rows, f"<!-- {{{{ row.values.ccc_no | int }}}} -->{rows}")
    names = [name for name, _, _ in untaken(own)]
    assert names == ["车辆信息 · CCC证书编号"]


# ── one vehicle's value with another ─────────────────────────────────────────────────────────────


def test_the_packaged_template_writes_each_vehicle_with_its_own(rulebook: Rulebook) -> None:
    assert list(astray(rulebook)) == []


COLOUR = "<!-- {{ row.values.colour }} -->"
KEPT = """{% if row.values.colour %}{% set kept.colour = row.values.colour %}{% endif %}
<!-- {{ kept.colour }} -->"""


@pytest.mark.parametrize(
    ("before", "within"),
    [
        ("{% set car = vehicles[0].values %}", "<!-- {{ car.colour }} -->"),
        ("", "<!-- {{ (vehicles | last).values.colour }} -->"),
        ("{% set kept = namespace(colour='') %}", KEPT),
    ],
    ids=["of the first", "of the last", "of the row before, where there is none"],
)
def test_a_value_of_one_vehicle_that_is_written_with_another_is_told(
    before: str, within: str, rulebook: Rulebook
) -> None:
    """A car of no colour would be declared with that of the one above it."""
    rows = "{{ row.elements }}    </Vehicle>"
    good = spoilt(rulebook, rows, COLOUR + rows)
    assert list(astray(good)) == []
    own = spoilt(spoilt(good, COLOUR, within), LOOP, before + LOOP)
    assert list(astray(own)) == ["车辆信息 · 车身颜色"]


def test_one_parameter_of_the_first_vehicle_with_all_is_told(rulebook: Rulebook) -> None:
    """At start all of them together are compared, and the others are right."""
    rows = "{{ row.elements }}    </Vehicle>"
    seats = "<!-- {{ structures[0].values.seats if structures }} -->"
    own = spoilt(rulebook, rows, seats + rows)
    prove(own)
    assert list(astray(own)) == ["结构参数 · 座位数(含驾驶员)"]


def test_where_a_package_has_one_vehicle_there_is_no_other(rulebook: Rulebook) -> None:
    """Its template takes the first of each as it should, and each of its fields was told."""
    text = dict(rulebook.templates)["declaration.xml"]
    first = text.replace("for row in vehicles", "for row in vehicles[:1]")
    assert list(astray(with_template(rulebook, first)))
    assert list(astray(with_template(rulebook, first, settings="[limits]\nrows = 1\n"))) == []
