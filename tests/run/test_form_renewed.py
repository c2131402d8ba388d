"""The form in reports/ is the one of the rules, and a person's own copy stays his."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from run_place import DEALER, SETTINGS, Fresh, Place

from vinbatch.effects import forms, guides
from vinbatch.effects.seal import seal
from vinbatch.report import form as report_form
from vinbatch.report.form import empty_form


def form(place: Place, name: str = "VIN申报模板.xlsx") -> Path:
    return place.root / "reports" / name


def another_field(place: Place, text: str = DEALER) -> None:
    (place.root / "rules" / "fields.toml").write_text(text, "utf-8")


def test_a_new_field_stands_in_the_form_after_the_next_pass(place: Place) -> None:
    place.run()
    before = form(place).read_bytes()
    another_field(place)
    place.run()
    assert form(place).read_bytes() == empty_form(place.rulebook) != before


def test_the_form_follows_the_language_of_the_settings(place: Place) -> None:
    place.run()
    (place.root / "rules" / "settings.toml").write_text(f'language = "en"\n{SETTINGS}', "utf-8")
    place.run()
    assert form(place, "VIN form.xlsx").read_bytes() == empty_form(place.rulebook)


def test_a_form_that_a_person_edited_is_not_replaced_and_answers_name_the_new_one(place: Place) -> None:
    place.run()
    form(place).write_bytes(b"her own")
    another_field(place)
    place.run()
    assert form(place).read_bytes() == b"her own"
    assert form(place, "VIN申报模板-2.xlsx").read_bytes() == empty_form(place.rulebook)
    assert forms.current(place.home) == "VIN申报模板-2.xlsx"


def test_a_result_names_the_form_that_is_the_current_one(place: Place) -> None:
    """In its facts; no finding names the one that a person may have edited."""
    place.run()
    form(place).write_bytes(b"her own")
    another_field(place)
    place.drop("a.xlsx", place.sheet([{"vin": "?"}]))
    batch = place.run().outcomes[0].batch
    summary = next(s for s in place.parsed(place.result(batch)).sheets if s.name == "结果汇总")
    facts = {row[1]: row[2] for row in summary.rows if len(row) > 2}
    assert facts["空白模板"] == "reports 文件夹中的 VIN申报模板-2.xlsx"
    rules = (text for name, text in place.rulebook.packaged if name.startswith("findings"))
    assert not [line for text in rules for line in text.splitlines() if "VIN申报模板" in line]


def test_the_form_beside_an_edited_one_is_renewed_in_its_place(place: Place) -> None:
    place.run()
    form(place).write_bytes(b"her own")
    another_field(place)
    place.run()
    another_field(place, DEALER.replace("Dealer", "Seller"))
    place.run()
    assert form(place, "VIN申报模板-2.xlsx").read_bytes() == empty_form(place.rulebook)
    assert not form(place, "VIN申报模板-3.xlsx").exists()


def manual(place: Place, name: str = "使用手册.html") -> Path:
    return place.root / "reports" / name


def of_an_older_version(place: Place) -> None:
    """The home as another version left it: its manual, and the law that it was made by."""
    place.run()
    manual(place).write_bytes(seal(b"<h1>old</h1>\n"))
    (place.root / ".vinbatch" / "form").unlink()


def test_the_manual_is_renewed_by_the_first_pass_of_another_version(place: Place) -> None:
    of_an_older_version(place)
    place.run()
    assert manual(place).read_bytes() == seal(guides.manual())
    assert not manual(place, "使用手册-2.html").exists()


def test_a_manual_that_a_person_edited_stays_and_the_new_one_goes_beside_it_once(place: Place) -> None:
    of_an_older_version(place)
    manual(place).write_bytes(seal(b"<h1>old</h1>\n") + b"her own words")
    place.run()
    assert b"her own words" in manual(place).read_bytes()
    assert manual(place, "使用手册-2.html").read_bytes() == seal(guides.manual())
    manual(place, "使用手册-2.html").write_bytes(seal(b"<h1>between</h1>\n"))
    (place.root / ".vinbatch" / "form").unlink()
    place.run()
    assert manual(place, "使用手册-2.html").read_bytes() == seal(guides.manual())
    assert not manual(place, "使用手册-3.html").exists()


def test_a_home_that_reads_english_gets_no_chinese_manual(place: Place) -> None:
    manual(place).unlink(missing_ok=True)
    (place.root / "rules" / "settings.toml").write_text(f'language = "en"\n{SETTINGS}', "utf-8")
    place.run()
    assert not manual(place).exists()


def emptied(place: Place) -> None:
    """As a new share that was mounted over reports/ shows the folder."""
    shutil.rmtree(place.root / "reports")
    (place.root / "reports").mkdir()


def test_a_pass_puts_back_into_an_empty_folder_what_every_home_has(
    place: Place, fresh: Fresh, caplog: pytest.LogCaptureFixture
) -> None:
    """Form, manual, overview and register; that the share may be another one is for a person to see."""
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    place.run()
    place.run()
    caplog.clear()
    emptied(place)
    place.run()
    lying = sorted(path.name for path in (place.root / "reports").iterdir())
    assert lying == ["VIN申报模板.xlsx", "index.html", "register.xlsx", "使用手册.html"]
    (told,) = caplog.records
    assert f"{place.root / 'reports'} 里的总览 index.html 不见了" in told.getMessage()


def test_an_idle_pass_under_known_rules_makes_no_form(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.run()

    def never(_rules: object) -> bytes:
        raise AssertionError("a form was made")

    monkeypatch.setattr(report_form, "empty_form", never)
    place.run()
    another_field(place)
    with pytest.raises(AssertionError):
        place.run()


@pytest.mark.parametrize("text", ["", "no json", "[]", json.dumps({"rules": 1, "name": "a", "put": []})])
def test_a_note_that_cannot_be_read_makes_the_form_once_more(place: Place, text: str) -> None:
    place.run()
    (place.root / ".vinbatch" / "form").write_text(text, "utf-8")
    place.run()
    assert forms.current(place.home) == "VIN申报模板.xlsx"
    assert not form(place, "VIN申报模板-2.xlsx").exists()
