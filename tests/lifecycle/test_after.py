"""What the next workbook of a pass sees: the users of a structure number as records come and go."""

from __future__ import annotations

import pytest
from desk import NOW

from vinbatch.lifecycle.after import after
from vinbatch.model import (
    Facts,
    Outcome,
    Reading,
    Record,
    RecordChange,
    Source,
    Standing,
    State,
    Type,
    Users,
)
from vinbatch.noun import replace

CCC = "2020011101345678"


def draft(vin: str, ccc: str = CCC) -> Record:
    data = {"vin": vin, "structure_no": "S", "ccc_no": ccc}
    return Record(vin, 1, 1, Standing(Type.FILING, State.DRAFT, "B-1", data))


def users(before: Users, records: tuple[Record, ...], *changes: RecordChange) -> Users:
    """The users of the number S once these changes are committed."""
    facts = Facts(records={r.vin: r for r in records}, users={"S": before})
    outcome = Outcome("B-2", NOW, Reading(Source("a.xlsx", "")), records=changes)
    return after(facts, outcome).users["S"]


def test_a_new_record_is_counted_named_and_gives_its_certificate() -> None:
    come = RecordChange("V1", 0, "saved", draft("V1", f"{CCC}(A0)"))
    assert users(Users(), (), come) == Users(1, 0, ("V1",), CCC, "V1", {"": 1})


def test_a_record_that_is_written_again_is_counted_once() -> None:
    again = RecordChange("V1", 1, "saved", draft("V1"))
    before = Users(2, 0, ("V1", "V2"), CCC, "V2", {"": 2})
    assert users(before, (draft("V1"),), again) == Users(2, 0, ("V2", "V1"), CCC, "V2", {"": 2})


def test_a_draft_that_is_declared_leaves_those_of_its_department() -> None:
    record = replace(draft("V1"), department="上海")
    done = replace(record, now=replace(record.now, state=State.DECLARED))
    before = Users(2, 0, ("V1", "V2"), CCC, "V2", {"上海": 1, "北京": 1})
    after_it = users(before, (record,), RecordChange("V1", 1, "declared", done))
    assert (after_it.firm, after_it.drafts) == (1, {"北京": 1})


@pytest.mark.parametrize(("gone", "certificate"), [("V1", ("", "")), ("V2", (CCC, "V1"))])
def test_a_certificate_goes_with_the_record_that_gave_it_and_with_no_other(
    gone: str, certificate: tuple[str, str]
) -> None:
    before = Users(2, 0, ("V1", "V2"), CCC, "V1")
    left = users(before, (draft("V1"), draft("V2")), RecordChange(gone, 1, "deleted", None))
    assert (left.live, left.certificate, left.certificate_vin) == (1, *certificate)


def test_a_sample_names_the_first_205_and_all_are_counted() -> None:
    """Five to name, beyond the 200 that one workbook may delete."""
    sample = tuple(f"V{n}" for n in range(204))
    come = [RecordChange(vin, 0, "saved", draft(vin)) for vin in ("A", "B")]
    left = users(Users(204, 0, sample, CCC, "V0"), (), *come)
    assert (left.live, left.sample) == (206, (*sample, "A"))
