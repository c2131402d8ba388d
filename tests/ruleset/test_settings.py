"""Every setting is documented once, in two languages, and what its comment promises is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import tomli
from msgspec.structs import fields

from vinbatch.errors import RulesError
from vinbatch.layers import Table, read_tables
from vinbatch.model import Rulebook
from vinbatch.noun import Noun
from vinbatch.settings import Settings, compile_settings
from vinbatch.wording import packaged_folder

TEXT = (packaged_folder("rules") / "settings.toml").read_text("utf-8")
PACKAGED: dict[str, Any] = tomli.loads(TEXT)
FREE = (
    "severities",
    "departments",
    "kinds",
    "only",
    "languages",
)  # tables whose keys are names of the home's own choice
HAN = re.compile(r"[一-鿿]")


def keys_of(settings: Any, table: str = "") -> Iterator[str]:
    """`site`, `limits.rows`: every setting that the program knows."""
    for f in fields(settings):
        value = getattr(settings, f.name)
        if isinstance(value, Noun):
            yield from keys_of(value, f"{f.name}.")
        elif f.name not in FREE:
            yield f"{table}{f.name}"


def comments() -> dict[str, str]:
    """What is said above each setting; lines that follow each other share it."""
    found: dict[str, str] = {}
    table, said, fresh = "", "", True
    for line in TEXT.splitlines():
        if line.startswith("#"):
            said, fresh = (f"{said}\n{line}" if not fresh else line), False
        elif line.startswith("["):
            table, fresh = f"{line.strip('[]')}.", True
        elif line:
            found[table + line.partition(" = ")[0]] = said
            fresh = True
    return found


SAID = comments()


def given(key: str, value: object) -> Settings:
    """The settings where a home gives this value."""
    table, _, name = key.rpartition(".")
    values: dict[str, object] = {table: {name: value}} if table else {name: value}
    return compile_settings({(): Table("", "rules/settings.toml", values, {})})


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(SAID) == set(keys_of(Settings()))


def test_the_packaged_settings_are_the_defaults(rulebook: Rulebook) -> None:
    assert compile_settings(read_tables(rulebook, "settings", 0)) == Settings()


@pytest.mark.parametrize("key", list(SAID))
def test_a_setting_is_read(key: str) -> None:
    """One that only has its default and its comment would take anything, and do nothing."""
    with pytest.raises(RulesError):
        given(key, {"no": "value"})


@pytest.mark.parametrize("key", list(SAID))
def test_a_setting_is_explained_in_both_languages(key: str) -> None:
    lines = SAID[key].splitlines()
    assert any(line.startswith("#zh ") and HAN.search(line) for line in lines)
    assert any(line.startswith("# ") and not HAN.search(line) for line in lines)


def value_of(key: str) -> object:
    table, _, name = key.rpartition(".")
    return PACKAGED[table][name] if table else PACKAGED[name]


@pytest.mark.parametrize("key", [k for k in list(SAID) if type(value_of(k)) is int])
def test_the_limits_of_a_number_are_those_of_its_comment(key: str) -> None:
    english = re.search(r"(\d+) to (\d+)", SAID[key])
    chinese = re.search(r"(\d+) 到 (\d+)", SAID[key])
    assert english
    assert chinese
    assert english.groups() == chinese.groups()
    low, high = map(int, english.groups())
    for allowed in (low, high):
        given(key, allowed)
    for beyond in (low - 1, high + 1):
        with pytest.raises(RulesError):
            given(key, beyond)


@pytest.mark.parametrize(
    "key", ["language", "events", "log", "foreign_department", "mail.security", "mail.mode"]
)
def test_every_word_that_a_setting_knows_is_in_its_comment(key: str) -> None:
    with pytest.raises(RulesError) as refused:
        given(key, "?")
    words = refused.value.cure.removeprefix("known: ").split(", ")
    assert len(words) >= 2
    for line in ("#zh ", "# "):
        said = "\n".join(x for x in SAID[key].splitlines() if x.startswith(line))
        assert [w for w in words if not re.search(rf"(?<![a-z]){w}(?![a-z])", said)] == []


def refused(key: str, value: object) -> str:
    with pytest.raises(RulesError) as failure:
        given(key, value)
    return str(failure.value)


def test_a_home_that_sets_nothing_has_the_defaults() -> None:
    assert compile_settings({}) == Settings()


CHOSEN = {
    "site": "AB12",
    "declarant_code": "9132X",
    "declarant_name": "甲",
    "dxp_id": "DXP1",
    "language": "en",
    "timezone": "Europe/Berlin",
    "settle_seconds": 3.5,
    "scan_seconds": 7.5,
    "events": "polling",
    "log": "json",
    "all_or_nothing": True,
    "foreign_department": "refuse",
    "overdue_days": 4,
    "refresh_minutes": 11,
    "staging": "/srv/stage",
    "limits.rows": 199,
    "limits.carried_rows": 4999,
    "limits.part": 198,
    "limits.file_megabytes": 19,
    "worker.processes": 2,
    "worker.memory_megabytes": 513,
    "worker.seconds": 61,
}


@pytest.mark.parametrize("key", list(CHOSEN))
def test_what_a_home_chooses_is_set_and_nothing_else(key: str) -> None:
    table, _, name = key.rpartition(".")
    told = given(key, CHOSEN[key]).differing()
    assert list(told) == [table or name]
    value = told[table][name] if table else told[name]  # type: ignore[index]
    assert value == CHOSEN[key]


@pytest.mark.parametrize(
    ("key", "longest", "beyond"),
    [
        ("site", "A" * 12, "A" * 13),
        ("site", "A1", "A"),
        ("declarant_code", "Z" * 18, "Z" * 19),
        ("declarant_name", "甲" * 100, "甲" * 101),
        ("dxp_id", "x" * 30, "x" * 31),
        ("settle_seconds", 60, 60.1),
        ("scan_seconds", 0.01, 0),
    ],
)
def test_a_setting_may_be_so_much_and_no_more(key: str, longest: object, beyond: object) -> None:
    assert getattr(given(key, longest), key) == longest
    assert key in refused(key, beyond)


def test_seconds_that_are_refused_come_with_the_usual_ones() -> None:
    assert "2" in refused("settle_seconds", 61)
    assert "5" in refused("scan_seconds", 61)


VIN = "WBA13BJ05MCF12345"


def test_an_exemption_is_of_one_vin_and_keeps_its_reason() -> None:
    settings = given("exempt", [{"vin": VIN, "reason": " 海关已确认 "}])
    assert (settings.exemption(VIN), settings.exemption(VIN[:-1] + "6")) == ("海关已确认", "")


@pytest.mark.parametrize(
    "item",
    [
        {"vin": VIN},
        {"vin": VIN, "reason": "x", "until": "2027"},
        {"vin": VIN, "reason": 5},
        {"vin": 5, "reason": "x"},
        {"vin": VIN, "reason": " "},
        {"vin": VIN.lower(), "reason": "x"},
        {"vin": VIN + "1", "reason": "x"},
        {"vin": VIN.replace("W", "O"), "reason": "x"},
    ],
)
def test_an_exemption_without_a_whole_vin_or_a_reason_is_refused(item: dict[str, object]) -> None:
    assert "exempt" in refused("exempt", [item])


def produced(**values: object) -> Settings:
    whole = {"production": True, "site": "AB", "declarant_code": "1", "declarant_name": "甲"}
    return compile_settings({(): Table("", "rules/settings.toml", {**whole, **values}, {})})


def test_production_with_site_code_and_name_is_let_be() -> None:
    assert produced().production


@pytest.mark.parametrize(
    ("key", "value"), [("site", "TRIAL"), ("declarant_code", ""), ("declarant_name", " ")]
)
def test_production_demands_each_of_site_code_and_name(key: str, value: str) -> None:
    with pytest.raises(RulesError) as failure:
        produced(**{key: value})
    told = str(failure.value)
    assert [k for k in ("settings.toml site", "declarant_code", "declarant_name") if k in told] == [
        "settings.toml site" if key == "site" else key
    ]


def test_a_program_has_a_whole_path() -> None:
    assert "after_batch" in refused("after_batch", ["after.sh"])
    assert given("after_batch", ["/bin/true", "x"]).after_batch == ("/bin/true", "x")


def test_an_unknown_time_zone_is_named() -> None:
    assert "Mars/Olympus" in refused("timezone", "Mars/Olympus")


def test_the_zone_is_that_of_its_name() -> None:
    assert given("timezone", "Europe/Berlin").zone.key == "Europe/Berlin"


def test_a_severity_of_the_home_is_kept_by_its_code() -> None:
    assert given("severities", {"VIN-SERIAL": "note"}).severities == {"VIN-SERIAL": "note"}
    assert "VIN-SERIAL" in refused("severities", {"VIN-SERIAL": "weak"})
