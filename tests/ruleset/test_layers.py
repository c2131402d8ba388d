"""The tables of the rules: what a getter takes, what it says of the rest, and how a home lies over ours."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller

import pytest

from vinbatch.errors import Faults, RulesError
from vinbatch.layers import Table, check_names, read_tables, rule_files
from vinbatch.model import Rulebook
from vinbatch.noun import replace

Get = Callable[[Table], object]
TEXT: Get = methodcaller("text", "k", "d")
FLAG: Get = methodcaller("flag", "k", True)
WHOLE: Get = methodcaller("whole", "k", 7)
WITHIN: Get = methodcaller("within", "k", 2, 1, 3)
NUMBER: Get = methodcaller("number", "k")
TEXTS: Get = methodcaller("texts", "k")
ROWS: Get = methodcaller("rows", "k")
MAPPING: Get = methodcaller("mapping", "k")
PAIRS: Get = methodcaller("pairs", "k")
ONE_OF: Get = methodcaller("one_of", "k", ("a", "d"), "d")


def table(**values: object) -> Table:
    return Table("vehicle.colour", "rules/fields.toml", values, {})


@pytest.mark.parametrize(
    ("get", "value", "taken"),
    [
        (TEXT, "x", "x"),
        (FLAG, False, False),
        (WHOLE, 0, 0),
        (WITHIN, 1, 1),
        (WITHIN, 3, 3),
        (NUMBER, 1.5, 1.5),
        (TEXTS, ["x", "y"], ("x", "y")),
        (ROWS, [{"a": 1}], ({"a": 1},)),
        (MAPPING, {"a": 1}, {"a": 1}),
        (PAIRS, {"a": "b"}, {"a": "b"}),
        (ONE_OF, "a", "a"),
    ],
)
def test_a_value_of_the_right_kind_is_taken(get: Get, value: object, taken: object) -> None:
    assert get(table(k=value)) == taken


@pytest.mark.parametrize(
    ("get", "default"),
    [
        (TEXT, "d"),
        (FLAG, True),
        (WHOLE, 7),
        (WITHIN, 2),
        (NUMBER, None),
        (TEXTS, ()),
        (ROWS, ()),
        (MAPPING, {}),
        (PAIRS, {}),
        (ONE_OF, "d"),
    ],
)
def test_a_key_that_is_not_there_has_its_default(get: Get, default: object) -> None:
    assert get(table()) == default


@pytest.mark.parametrize(
    ("get", "value", "problem", "default"),
    [
        (TEXT, 5, "rule.no_text", "d"),
        (FLAG, 1, "rule.no_flag", True),
        (WHOLE, 1.5, "rule.no_whole", 7),
        (WHOLE, True, "rule.no_whole", 7),
        (WITHIN, 0, "rule.beyond", 2),
        (WITHIN, 4, "rule.beyond", 2),
        (NUMBER, "1", "rule.no_number", None),
        (NUMBER, True, "rule.no_number", None),
        (TEXTS, "x", "rule.no_texts", ()),
        (TEXTS, ["x", 1], "rule.no_texts", ()),
        (ROWS, {"a": 1}, "rule.no_rows", ()),
        (ROWS, [{"a": 1}, "x"], "rule.no_rows", ()),
        (MAPPING, [], "rule.table_wanted", {}),
        (PAIRS, {"a": "b", "c": 1}, "rule.no_pairs", {}),
        (ONE_OF, "b", "rule.unknown_value", "d"),
        (ONE_OF, 5, "rule.no_text", "d"),
    ],
)
def test_any_other_is_refused_at_its_key_or_kept_as_a_fault_beside_the_default(
    get: Get, value: object, problem: str, default: object
) -> None:
    with pytest.raises(RulesError) as refused:
        get(table(k=value))
    faults = Faults()
    assert get(replace(table(k=value), faults=faults)) == default
    for error in (refused.value, *faults.found):
        assert (error.key, error.params["at"]) == (problem, "rules/fields.toml [vehicle.colour] k")
    assert len(faults.found) == 1


def refused(tried: Callable[[], object]) -> RulesError:
    with pytest.raises(RulesError) as refused:
        tried()
    return refused.value


def test_what_is_missing_is_told_with_lines_to_write() -> None:
    error = refused(lambda: table(zh="x").need(("zh", "kind", "required", "separator", "unit")))
    lines = ('kind = "text"', 'required = "never"', 'separator = "/"', 'unit = "…"')
    assert (error.key, error.params["missing"]) == ("rule.missing_key", "kind, required, separator, unit")
    assert error.params["lines"] == "".join(f"\n        {line}" for line in lines)


def test_a_key_under_a_slip_of_its_name_is_not_missing_and_a_known_one_is_no_slip() -> None:
    table(lenght=5).need(("length",))
    assert refused(lambda: table(element="x").need(("length",), known=("element",))).key == "rule.missing_key"


@pytest.mark.parametrize(("fresh", "problem"), [(True, "rule.missing_or_slip"), (False, "rule.missing_key")])
def test_a_fresh_table_that_lacks_something_may_be_a_slip_for_another(fresh: bool, problem: str) -> None:
    fault = refused(lambda: replace(table(), fresh=fresh).need(("zh",), ("colour", "colours")))
    assert (fault.key, fault.params.get("like")) == (problem, "vehicle.colours" if fresh else None)


def test_what_is_wrong_with_a_key_is_wrong_where_it_stands_and_not_in_our_own_files() -> None:
    """Where the home has a part of the table, it is wrong by that part."""
    origins = {"a": "rules/fields.toml", "b": "packaged rules/fields.toml"}
    mixed = Table("", "rules/settings.toml", {}, origins)
    at = [mixed.refuse(key, "rule.no_text", value="").params["at"] for key in ("a", "b", "")]
    assert at == ["rules/fields.toml a", "rules/settings.toml b", "rules/settings.toml"]


def test_a_table_within_a_table_is_named_by_both() -> None:
    within = table(k={"a": 1}).below("k")
    assert (within.name, within.values, within.origin) == ("vehicle.colour.k", {"a": 1}, "rules/fields.toml")


# ── files laid over each other ───────────────────────────────────────────────────────────────────


def book(packaged: dict[str, str], home: dict[str, str]) -> Rulebook:
    return Rulebook(tuple(packaged.items()), tuple(home.items()), (), "")


def test_a_key_of_the_home_replaces_ours_and_all_others_stay() -> None:
    home = {
        "words.toml": "[a.b]\ny = 3\n",
        "words-own.toml": "[a.c]\nz = 4\n",
        "fields.toml": "[a.b]\nx = 5\n",
    }
    tables = read_tables(book({"words.toml": "[a.b]\nx = 1\ny = 2\n", "words.csv": "x"}, home), "words", 2)
    assert {path: (t.name, t.values, t.fresh) for path, t in tables.items()} == {
        ("a", "b"): ("a.b", {"x": 1, "y": 3}, False),
        ("a", "c"): ("a.c", {"z": 4}, True),
    }
    assert tables["a", "b"].origins == {"x": "packaged rules/words.toml", "y": "rules/words.toml"}


def test_one_table_in_two_files_is_refused_with_both_places() -> None:
    home = book({}, {"words-a.toml": "[sheet.vehicle]\nzh = '车'\n", "words-b.toml": "[sheet.vehicle]\n"})
    error = refused(lambda: read_tables(home, "words", 2))
    assert error.params == {"at": "rules/words-b.toml [sheet.vehicle]", "where": "rules/words-a.toml"}


def test_a_key_outside_of_the_tables_is_told_with_the_table_that_may_be_meant() -> None:
    ours = {"fields.toml": "[vehicle.vin]\n[vehicle.colour]\n"}
    for text, at, example in (
        ("length = 5\n", "length", "vehicle.vin"),
        ("[colur]\nlength = 5\n", "[colur] length", "vehicle.colour"),
    ):
        error = refused(lambda text=text: read_tables(book(ours, {"fields.toml": text}), "fields", 2))
        assert error.params == {"at": f"rules/fields.toml {at}", "example": example}


def test_a_home_may_have_each_file_of_ours_and_parts_of_two_of_them() -> None:
    ours = {"fields.toml": "", "findings-acts.toml": "", "wmi.csv": ""}
    files = ("fields.toml", "findings.toml", "receipts.toml", "settings.toml", "words.toml")
    assert rule_files(ours.items()) == (*files, "wmi.csv", "declaration.xsd")
    names = (*files, "findings-own.toml", "words-own.toml", "wmi.csv", "declaration.xsd")
    check_names(book(ours, dict.fromkeys(names, "")))


@pytest.mark.parametrize("name", ["fields-own.toml", "findings-own.csv", "feilds.toml", "wni.csv"])
def test_any_other_name_is_refused_with_its_nearest(name: str) -> None:
    error = refused(lambda: check_names(book({"wmi.csv": ""}, {name: ""})))
    assert (error.key, error.params["at"]) == ("rule.no_file", f"rules/{name}")


def test_a_part_with_another_sign_between_is_told_as_the_part_that_it_is(rulebook: Rulebook) -> None:
    error = refused(lambda: check_names(replace(rulebook, home=(("findings_own.toml", ""),))))
    assert "did you mean findings-own.toml?" in error.cure
