"""No more of a chunk is in memory at once than fits: heavy workbooks are worked alone, in their order."""

from __future__ import annotations

import pytest
from run_place import Fresh, Place, verdicts

from vinbatch import samples
from vinbatch.effects.archive import Archive
from vinbatch.effects.inbox import Settled
from vinbatch.effects.pool import Here
from vinbatch.model import Source
from vinbatch.run.judging import chunks
from vinbatch.run.judging import portions as run_portions
from vinbatch.run.judging.judge import LIGHT, Dropped, parse_in_portions

LONG = "长" * 32_000


@pytest.fixture
def heavy(place: Place, fresh: Fresh) -> bytes:
    """Sixty rows that each remark more than anybody reads."""
    vehicles, sets = fresh(2)
    rows = [dict(v, remarks=LONG) for v in vehicles * 30]
    assert len(LONG) * len(rows) > LIGHT
    return place.sheet(rows, sets)


def portions(place: Place, books: list[bytes]) -> list[list[int]]:
    files = [Dropped(Source(f"{i}.xlsx", str(i)), data, len(data)) for i, data in enumerate(books)]
    with Here(place.rulebook) as workers:
        return [[i for i, _ in some] for some in parse_in_portions(workers, files, place.ruleset)]


def test_a_heavy_workbook_comes_alone_and_the_order_stays(place: Place, fresh: Fresh, heavy: bytes) -> None:
    light = place.sheet(*fresh(1))
    assert portions(place, [light, light, heavy, light, heavy]) == [[0, 1], [2], [3], [4]]


def test_parameters_are_worked_before_a_heavy_workbook_that_uses_them(
    place: Place, fresh: Fresh, heavy: bytes
) -> None:
    catalogue = place.sheet([], fresh(1)[1])
    assert portions(place, [heavy, catalogue]) == [[1], [0]]


def test_full_forms_are_no_burden(place: Place) -> None:
    models = samples.MODELS
    full = place.sheet(samples.vehicles(200, models=models), samples.parameters(models))
    assert portions(place, [full] * 3) == [[0, 1, 2]]


def test_many_bytes_are_not_read_before_their_turn(
    place: Place, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would lie in memory beside the chunk before them."""
    monkeypatch.setattr(run_portions, "CHUNK", 1)
    monkeypatch.setattr(chunks, "_AHEAD_BYTES", 0)
    vehicles, sets = fresh(2)
    for name, some in (("1.xlsx", vehicles[:1]), ("2.xlsx", vehicles[1:])):
        place.drop(name, place.sheet(some, sets))
    told: list[str] = []
    read = Settled.data

    def data(one: Settled, archive: Archive, megabytes: int) -> bytes | None:
        told.append(one.source.name)
        return read(one, archive, megabytes)

    monkeypatch.setattr(Settled, "data", data)
    machine = place.machine()
    machine.progress = lambda done, _all: told.append(f"{done} done")
    monkeypatch.setattr(chunks.Judging, "parameters_first", lambda _self, files, _most: files)
    machine.run()
    assert told == ["1.xlsx", "1 done", "2.xlsx", "2 done"]


def test_each_of_a_chunk_with_a_heavy_one_has_its_outcome(place: Place, fresh: Fresh, heavy: bytes) -> None:
    vehicles, sets = fresh(4)
    place.drop("1.xlsx", place.sheet(vehicles[2:3], sets))
    place.drop("2.xlsx", heavy)
    place.drop("3.xlsx", place.sheet(vehicles[2:], sets))
    done = {o.reading.source.name: list(verdicts(o).values()) for o in place.run().outcomes}
    assert done["1.xlsx"] == ["declared"]
    assert set(done["2.xlsx"]) == {"refused"}
    assert done["3.xlsx"] == ["unchanged", "declared"], "it knows what those before it did"
