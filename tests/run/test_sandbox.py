"""The sandbox as the other side: packages out, receipts in, whatever it answers."""

from __future__ import annotations

import json
import re
import zipfile

import pytest
from run_place import Place

from vinbatch import samples
from vinbatch.effects.sandbox import SCRIPT, Play, Played, Sandbox
from vinbatch.errors import UsageError
from vinbatch.model import Known, Query, Record

# One vehicle for each ending that the script names, and one that it does not.
ENDINGS = ("90", *SCRIPT)


@pytest.fixture
def vins(place: Place) -> dict[str, str]:
    """Ending → VIN of a declared vehicle."""
    models = samples.MODELS[:1]
    vehicles = [v for v in samples.vehicles(120, models=models) if str(v["vin"])[-2:] in ENDINGS]
    place.drop("a.xlsx", place.sheet(vehicles[: len(ENDINGS)], samples.parameters(models)))
    place.run()
    found = {str(v["vin"])[-2:]: str(v["vin"]) for v in vehicles[: len(ENDINGS)]}
    assert set(found) == set(ENDINGS)
    return found


def play(place: Place) -> list[Played]:
    return Sandbox(place.home, place.ruleset).play(place.now)


def records(place: Place) -> dict[str, Record]:
    with place.ledger() as ledger:
        return {r.vin: r for r in ledger.queries.records(Query(), place.ruleset.settings.zone)}


def states(place: Place, vins: dict[str, str]) -> dict[str, str]:
    found = records(place)
    return {ending: found[vin].now.state.value for ending, vin in vins.items()}


def test_every_ending_is_answered_as_the_script_says(place: Place, vins: dict[str, str]) -> None:
    (played,) = play(place)
    assert dict(played.plays) == {p.value: 1 for p in Play}
    place.run()
    assert states(place, vins) == {
        "90": "accepted",
        "91": "rejected",
        "92": "declared",
        "93": "accepted",
        "94": "accepted",
        "95": "accepted",
        "96": "rejected",
    }


def test_a_slow_answer_comes_the_next_time(place: Place, vins: dict[str, str]) -> None:
    for _ in range(2):
        play(place)
        place.run()
    assert states(place, vins)["92"] == "accepted"


def test_only_the_contradiction_is_set_aside(place: Place, vins: dict[str, str]) -> None:
    play(place)
    heard = place.run().done.heard
    assert [p.code for h in heard for p in h.problems] == ["RECEIPT-CONTRADICTS"]
    assert [p.value for h in heard for p in h.problems] == [vins["95"]]


def test_the_outbox_is_empty_afterwards_and_a_second_play_has_nothing_to_do(
    place: Place, vins: dict[str, str]
) -> None:
    play(place)
    assert not list(place.home.outbox.glob("*.zip"))
    assert play(place) == []


def test_a_package_that_is_not_valid_is_rejected_whole(place: Place, vins: dict[str, str]) -> None:
    (path,) = place.home.outbox.glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["declaration.xml"] = files["declaration.xml"].replace(b"<CccNo>", b"<CccNo>X")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    (played,) = play(place)
    assert "CccNo" in played.problem
    place.run()
    assert set(states(place, vins).values()) == {"rejected"}


def test_what_is_no_package_is_left_and_told(place: Place) -> None:
    path = place.home.outbox / "x.zip"
    path.write_bytes(b"PK")
    assert [(p.name, p.receipts, p.left) for p in play(place)] == [("x.zip", 0, True)]
    assert path.read_bytes() == b"PK"
    assert list(place.home.receipts.glob("*.xml")) == []


@pytest.mark.parametrize("lost", [b" guid=", b"<Vehicles>", b"urn:vinbatch:vin-declaration:1"])
def test_a_package_in_another_format_is_left_and_told(
    place: Place, vins: dict[str, str], lost: bytes
) -> None:
    """An integrator's own format has no guid, or no VINs, where the packaged template has them."""
    (path,) = place.home.outbox.glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        data = archive.read("declaration.xml")
    data = data.replace(
        lost, lost.replace(b"guid", b"id").replace(b"Vehicles", b"Cars").replace(b":1", b":2")
    )
    data = data.replace(b"</Vehicles>", b"</Cars>") if lost == b"<Vehicles>" else data
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("declaration.xml", data)
    (played,) = play(place)
    assert "只认自带模板的格式" in played.problem
    assert path.exists()
    assert not list((place.home.own / "sandbox" / "taken").iterdir())
    assert list(place.home.receipts.glob("*.xml")) == []


def test_a_production_home_is_refused(place: Place) -> None:
    (place.home.rules / "settings.toml").write_text(
        'site = "AB"\nproduction = true\ndeclarant_code = "1"\ndeclarant_name = "甲"\n', "utf-8"
    )
    with pytest.raises(UsageError, match="production"):
        Sandbox(place.home, place.ruleset)


def test_the_full_circle_with_a_change_and_a_revocation(place: Place, vins: dict[str, str]) -> None:
    """File, accept, change, accept, revoke, accept: what is in force follows."""
    from test_passing import edited

    from vinbatch import flow

    vin = vins["90"]

    def act(**cells: str) -> None:
        place.drop(
            "x.xlsx",
            edited(flow.extract(Known(place.now, {vin: records(place)[vin]}), place.rulebook), cells),
        )
        place.run()
        play(place)
        place.run()

    play(place)
    place.run()
    act(操作="变更", 车身颜色="红")
    changed = records(place)[vin].in_force
    assert changed is not None
    assert changed.data["colour"] == "红"
    act(操作="撤销", 撤销原因="退运")
    assert records(place)[vin].in_force is None
    manifests = sorted((place.home.own / "sandbox" / "taken").iterdir())
    with zipfile.ZipFile(next(p for p in manifests if "change" in p.name)) as archive:
        (vehicle,) = json.loads(archive.read("manifest.json"))["vehicles"]
    assert [(d["field"], d["new"]) for d in vehicle["diff"]] == [("colour", "红")]


def test_what_is_delivered_at_once_was_answered_within_the_second(place: Place, vins: dict[str, str]) -> None:
    """An auditor reads both times: customs answered before it was heard."""
    play(place)
    told = [p.read_text("utf-8") for p in place.home.receipts.iterdir() if p.suffix == ".xml"]
    times = {t for text in told for t in re.findall(r"\b2\d{16}\b", text)}
    second = f"{place.now.astimezone(place.ruleset.settings.zone):%Y%m%d%H%M%S}"
    assert {t[:14] for t in times} == {second}
