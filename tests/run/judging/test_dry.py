"""Looking for `check` takes no lock, and still is not fooled by a pass that comes meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from run_place import Fresh, Place

from vinbatch.effects.pool import Pool
from vinbatch.model import Facts, Source
from vinbatch.report.customs import with_answers
from vinbatch.run.answers.later import as_it_stands
from vinbatch.run.judging import dry
from vinbatch.run.judging.judge import Dropped, Keys
from vinbatch.store.ledger import Ledger


def test_a_pass_that_commits_while_check_looks_is_seen(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    vehicles, sets = fresh(2)
    place.drop("a.xlsx", place.sheet(vehicles[:1], sets))
    place.run()
    vin = str(vehicles[1]["vin"])
    facts, looks = Ledger.facts, []

    def slow(ledger: Ledger, *asked: Sequence[str]) -> Facts:
        looks.append(asked)
        if len(looks) == 1:
            monkeypatch.setattr(Ledger, "facts", facts)
            place.drop("b.xlsx", place.sheet(vehicles[1:], sets))
            place.run()
            monkeypatch.setattr(Ledger, "facts", slow)
            return Facts()  # what it had read before
        return facts(ledger, *asked)

    monkeypatch.setattr(Ledger, "facts", slow)
    found = dry.looker(place.root)(Keys(frozenset([vin]), frozenset(), frozenset()))
    assert list(found.records) == [vin]
    assert len(looks) == 2


def test_it_tells_a_row_as_its_result_would(place: Place, fresh: Fresh) -> None:
    """Of a vehicle that waits for customs it said to mend a cell too, and the result to mend nothing."""
    vehicles, sets = fresh(1)
    place.drop("a.xlsx", place.sheet(vehicles, sets))
    place.run()
    data = place.sheet([{**vehicles[0], "colour": "待补", "production_date": "2021-3-41"}], sets)
    dropped = Dropped(Source("b.xlsx", "b"), data, len(data))
    with Pool(1, 512, 60, place.rulebook) as pool:
        files = [lambda: dropped]
        (checked,) = dry.check_files(files, pool, dry.looker(place.root), place.rulebook, place.now)
    place.drop("b.xlsx", data)
    (outcome,) = place.run().outcomes
    with place.ledger() as ledger:
        told = with_answers(*as_it_stands(outcome.batch, ledger, place.rulebook, place.now), place.ruleset)
    said = [(f.code, f.severity.value, f.moot) for f in checked.findings]
    assert said == [(f.code, f.severity.value, f.moot) for f in told.findings]
    assert [code for code, severity, _ in said if severity == "stop"] == ["RECORD-WAITS"]


def test_a_country_that_was_confirmed_for_the_maker_is_not_asked_about_again(
    place: Place, fresh: Fresh
) -> None:
    """As a pass does not: what the ledger holds counts beside what earlier files of the check decide."""
    vehicles, (parameters, *_) = fresh(2)
    sets = [{**parameters, "country": "DEU" if parameters["country"] != "DEU" else "USA"}]
    place.drop("a.xlsx", place.sheet([{**vehicles[0], "confirmed": "是"}], sets))
    place.run()
    data = place.sheet(vehicles[1:])
    dropped = Dropped(Source("b.xlsx", "b"), data, len(data))
    with Pool(1, 512, 60, place.rulebook) as pool:
        (checked,) = dry.check_files(
            [lambda: dropped], pool, dry.looker(place.root), place.rulebook, place.now
        )
    assert [f.code for f in checked.findings] == ["WMI-COUNTRY-AGREED"]
