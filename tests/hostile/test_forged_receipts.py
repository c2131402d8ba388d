"""Receipts from somebody who can write into their folder: nothing is lost, overwritten, opened or alive."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import inert
import pytest
from attack_texts import RULES
from run_place import SETTINGS, Place

from vinbatch import samples
from vinbatch.cli.main import main
from vinbatch.customs.generated import NAMESPACE
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import guides, making
from vinbatch.model import Query, Return
from vinbatch.workbook.form import build

ONE = samples.MODELS[:1]
TIME, LATER, FUTURE = "20260302102231500", "20260302112231500", "20990305102231500"
STEERING = "a\u202eb\x9b31mc\u2066d\u200be\u061cf =cmd|'/c calc'!A1 <script>evil()</script>"
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    making.init(tmp_path / "home", build(RULES), guides.guide_text())
    (tmp_path / "home" / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    return Place(tmp_path / "home")


@pytest.fixture
def sent(place: Place) -> tuple[str, list[str]]:
    """The guid and the VINs of a package on its way."""
    vehicles = samples.vehicles(3, models=ONE)
    place.drop("a.xlsx", place.sheet(vehicles, samples.parameters(ONE)))
    place.run()
    with place.ledger() as ledger:
        (package,) = ledger.packages.of(["TRIAL-20260302-0001"])
    return package.guid, [str(v["vin"]) for v in vehicles]


def states(place: Place) -> dict[str, str]:
    with place.ledger() as ledger:
        found = ledger.queries.records(Query(), place.ruleset.settings.zone)
        return {r.vin: r.now.state.value for r in found}


def said(place: Place, *command: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit):
        main(["--home", str(place.root), *command])
    return out.getvalue() + err.getvalue()


def entity(inside: str) -> bytes:
    text = f'<!DOCTYPE x [{inside}]><VinReceipt xmlns="{NAMESPACE}"><Guid>&l9;</Guid></VinReceipt>'
    return text.encode()


def test_a_flood_of_forgeries_leaves_the_declarations_as_they_were(
    place: Place, sent: tuple[str, list[str]], tmp_path: Path
) -> None:
    guid, vins = sent
    (tmp_path / "secret").write_text("SECRET")
    forged = {
        "guid": receipt_xml("00000000-0000-0000-0000-000000000001", (Return("120", time=TIME),)),
        "vin": receipt_xml(guid, (Return("120", "WBA13BJ05MCF99999", TIME),)),
        "code": receipt_xml(guid, (Return("12\u202e0", vins[0], TIME),)),
        "laughs": entity(f'<!ENTITY l0 "ha">{LAUGHS}'),
        "file": entity(f'<!ENTITY l9 SYSTEM "file://{tmp_path}/secret">'),
        "net": entity('<!ENTITY % l9 SYSTEM "http://127.0.0.1:9/x">%l9;'),
        "junk": b"\x00" * 1000,
        "deep": b"<a>" * 5000,
        "empty": b"",
        "a\r\nERROR forged\x1b[2J\u202e": b"junk",
    }
    for name, data in forged.items():
        for n in range(20):
            place.drop(f"receipts/{name}{n}.xml", data + b" " * n)
    place.run()
    assert set(states(place).values()) == {"declared"}
    assert not list(place.home.receipts.glob("*.xml"))
    aside = [p for p in place.home.set_aside.iterdir() if p.suffix == ".xml"]
    assert len(aside) >= len(forged) - 1
    for note in place.home.set_aside.glob("*.txt"):
        inert.terminal(note.read_text("utf-8-sig").encode())
        assert "SECRET" not in note.read_text("utf-8")
    inert.terminal(said(place, "status").encode())
    place.drop("receipts/true.xml", receipt_xml(guid, (Return("120", time=TIME),)))
    place.run()
    assert set(states(place).values()) == {"accepted"}


def test_forgeries_after_the_answer_change_nothing(place: Place, sent: tuple[str, list[str]]) -> None:
    """Duplicates, contradictions, out of order, from the future."""
    guid, vins = sent
    first = receipt_xml(guid, (Return("120", time=LATER),))
    place.drop("receipts/1.xml", first)
    place.run()
    place.drop("receipts/2.xml", first)
    place.drop("receipts/3.xml", receipt_xml(guid, (Return("100", time=TIME),)))
    place.drop("receipts/4.xml", receipt_xml(guid, (Return("100", vins[0], FUTURE),)))
    place.drop("receipts/5.xml", receipt_xml(guid, (Return("1", time=FUTURE),)))
    place.run()
    assert set(states(place).values()) == {"accepted"}
    assert sorted(p.name for p in place.home.set_aside.glob("*.xml")) == ["3.xml", "4.xml"]


def test_words_of_a_receipt_are_safe_wherever_they_are_shown(
    place: Place, sent: tuple[str, list[str]], tmp_path: Path
) -> None:
    guid, vins = sent
    place.drop(
        "receipts/r.xml", receipt_xml(guid, (Return("100", vins[0], TIME, STEERING.replace("\x1b", "")),))
    )
    place.run()
    result = place.result("TRIAL-20260302-0001")
    inert.workbook(result)
    texts = str(place.parsed(result).sheets)
    assert "⟨U+202E⟩" in texts
    told = [texts, *(p.read_text("utf-8") for p in (place.root / "reports").glob("*.html"))]
    told += [said(place, "show", vins[0]), said(place, "audit", "show", vins[0])]
    said(place, "query", "-o", str(tmp_path / "q.csv"))
    told.append((tmp_path / "q.csv").read_text("utf-8-sig"))
    for text in told:
        assert not set(text) & set("\u202e\x9b\u2066\u200b\u061c")
    for page in (place.root / "reports").glob("*.html"):
        inert.page(page.read_text("utf-8"))
