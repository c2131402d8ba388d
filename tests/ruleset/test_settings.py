"""Every setting is documented once, in two languages, and what its comment promises is true."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import fields

from vinbatch.errors import RulesError
from vinbatch.layers import Table, read_tables
from vinbatch.model import Rulebook
from vinbatch.noun import Noun
from vinbatch.settings import Settings, compile_settings
from vinbatch.wording import packaged_folder

TEXT = (packaged_folder("rules") / "settings.toml").read_text("utf-8")
PACKAGED: dict[str, Any] = tomllib.loads(TEXT)
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
