"""`vinbatch xsd`: what the gateway's side checks packages against, as the home's fields make it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree
from shell import Shell

from vinbatch import samples
from vinbatch.effects.rulebook import read_rulebook
from vinbatch.ruleset import compile_rules

OWN_FIELD = """[vehicle.interior]
zh = "内饰颜色"
en = "Interior colour"
kind = "text"
length = 20
required = "never"
after = "colour"
example = "米"
"""
MODEL = samples.MODELS[:1]


def schema(text: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(text.encode()))


def test_it_takes_the_packages_of_the_home_and_no_others(shell: Shell) -> None:
    """With a field that the home added, which the packaged XSD refuses."""
    packaged = shell.at_home("xsd").stdout
    (shell.home / "rules" / "fields.toml").write_text(OWN_FIELD, "utf-8")
    own = compile_rules(read_rulebook(shell.home))
    vehicles = [{**v, "interior": "米"} for v in samples.vehicles(1, models=MODEL)]
    shell.drop("a.xlsx", samples.workbook(own, vehicles, samples.parameters(MODEL)))
    assert shell.work().returncode == 0
    (package,) = (shell.home / "outbox").glob("*.zip")
    tree = etree.fromstring(zipfile.ZipFile(package).read("declaration.xml"))
    done = shell.at_home("xsd")
    assert (done.returncode, done.stderr) == (0, "")
    assert schema(done.stdout).validate(tree)
    assert not schema(packaged).validate(tree)


def test_that_of_a_revocation_asks_for_less(shell: Shell) -> None:
    filing, revocation = (shell.at_home("xsd", "--type", t).stdout for t in ("filing", "revocation"))
    assert '<xs:element name="CccNo" minOccurs="0">' not in filing
    assert '<xs:element name="CccNo" minOccurs="0">' in revocation
    schema(revocation)


def test_it_is_written_where_one_says_and_over_nothing(shell: Shell, tmp_path: Path) -> None:
    place = tmp_path / "declaration.xsd"
    assert shell.at_home("xsd", "-o", str(place)).returncode == 0
    assert place.read_text("utf-8") == shell.at_home("xsd").stdout
    place.write_text("mine", "utf-8")
    assert shell.at_home("xsd", "-o", str(place)).returncode == 2
    assert shell.at_home("xsd", "-o", str(place), "--force").returncode == 0
    assert place.read_text("utf-8") != "mine"


def test_where_the_home_has_its_own_that_is_given_and_said(shell: Shell) -> None:
    text = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>\n"
    (shell.home / "rules" / "declaration.xsd").write_text(text, "utf-8")
    done = shell.at_home("xsd")
    assert (done.returncode, done.stdout) == (0, text)
    assert "本工作目录自己的 rules/declaration.xsd" in done.stderr


def test_without_a_home_it_is_that_of_the_packaged_fields(shell: Shell) -> None:
    docs = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "declaration.xsd"
    assert shell("xsd").stdout == docs.read_text("utf-8")
