"""What a home renames is still understood by its packaged name: the forms that clerks have go on working."""

from __future__ import annotations

import pytest
from desk import Desk, verdicts

from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.ruleset import Ruleset, compile_rules


def home(rulebook: Rulebook, text: str, name: str = "fields.toml") -> Ruleset:
    return compile_rules(replace(rulebook, home=((name, text),), digest=text))


@pytest.mark.parametrize(("key", "old"), [("zh", "车轮数"), ("en", "Wheels")])
def test_a_renamed_field_keeps_its_packaged_heading(rulebook: Rulebook, key: str, old: str) -> None:
    ruleset = home(rulebook, f"[structure.wheels]\n{key} = 'Räder'\n")
    for heading in (old, "Räder"):
        field = ruleset.heading("structure", heading)
        assert field is not None
        assert field.key == "wheels"


def test_a_list_of_aliases_of_its_own_takes_no_heading_away(rulebook: Rulebook) -> None:
    ruleset = home(rulebook, "[structure.wheels]\nzh = '轮子'\naliases = ['轮']\n")
    field = ruleset.heading("structure", "车轮数")
    assert field is not None
    assert field.aliases == ("轮", "车轮数")


def test_a_packaged_heading_that_names_another_field_now_is_that_field(rulebook: Rulebook) -> None:
    ruleset = home(rulebook, "[vehicle.colour]\nzh = '备注'\n[vehicle.remarks]\nzh = '车身颜色'\n")
    for heading, key in (("备注", "colour"), ("车身颜色", "remarks")):
        field = ruleset.heading("vehicle", heading)
        assert field is not None
        assert field.key == key


def test_a_form_of_before_goes_on_working(rulebook: Rulebook) -> None:
    """Sheets, fields and the hidden mark: all that a form is read by."""
    old = Desk(rulebook)
    sheets = (old.sheet("vehicle", [{}]), old.sheet("structure", [{}]))
    words = "[sheet.vehicle]\nzh = '车'\nen = 'Cars'\n[column.mark]\nzh = '记号'\nen = 'Sign'\n"
    fields = "[structure.wheels]\nzh = '轮子'\n[vehicle.ccc_no]\nzh = '证书'\n"
    home = (("fields.toml", fields), ("words.toml", words))
    outcome = Desk(replace(rulebook, home=home, digest="renamed")).put(sheets)
    assert verdicts(outcome) == {2: "declared"}
    assert not [f.code for f in outcome.findings if f.code.startswith("HEADING")]


def test_a_packaged_word_that_means_another_now_is_that_other(rulebook: Rulebook) -> None:
    words = "[sheet.vehicle]\nzh = '结构参数'\nen = 'Cars'\n[sheet.structure]\nzh = '参数'\nen = 'Sets'\n"
    sheet = home(rulebook, words, "words.toml").words["sheet"]
    assert "结构参数" in sheet["vehicle"].forms
    assert "结构参数" not in sheet["structure"].forms
