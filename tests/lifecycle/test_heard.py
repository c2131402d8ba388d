"""What a receipt writes: the whole change of a record, the whole reply, the whole problem."""

from __future__ import annotations

from datetime import timedelta

import pytest
from customs_desk import TIME, Customs
from desk import OTHER_VIN, Desk

from vinbatch.customs.receipt import receipt_xml
from vinbatch.model import Heard, RecordChange, Reply, Return, Rulebook, State
from vinbatch.noun import replace


def filed(customs: Customs, *vins: str) -> str:
    rows = [{"vin": vin, "confirmed": "是"} if vin else {"confirmed": "是"} for vin in vins or ("",)]
    return customs.take(customs.desk.drop(rows))


def change(heard: Heard) -> RecordChange:
    (only,) = heard.records
    return only


def said(heard: Heard) -> list[tuple[str, str, dict[str, object]]]:
    return [(p.code, p.value, dict(p.params)) for p in heard.problems]


@pytest.mark.parametrize(
    ("status", "kind", "effect"), [("120", "accepted", "applied"), ("100", "rejected", "applied")]
)
def test_a_final_answer_changes_the_record_and_nothing_of_its_data(
    customs: Customs, status: str, kind: str, effect: str
) -> None:
    guid = filed(customs)
    before = customs.record()
    customs.desk.now += timedelta(days=1)
    heard = customs.say(guid, status, info="证书不符")
    (reply,) = heard.replies
    digest = reply.receipt
    assert len(digest) == 64
    assert reply == Reply(guid, before.vin, status, State(kind), TIME, "证书不符", digest)
    assert reply.effect.value == effect
    now = replace(before.now, state=State(kind), heard=reply)
    after = replace(before, version=before.version + 1, now=now, updated=customs.desk.now)
    if kind == "accepted":
        after = replace(after, accepted=now)
    assert change(heard) == RecordChange(before.vin, before.version, kind, after)


def test_progress_is_kept_as_the_last_word(customs: Customs) -> None:
    guid = filed(customs)
    before = customs.record()
    heard = customs.say(guid, "3")
    assert (change(heard).kind, change(heard).expected) == ("progress", before.version)
    record = change(heard).record
    assert record is not None
    assert record.now.state is State.DECLARED
    assert (record.version, record.now.heard) == (before.version + 1, heard.replies[0])
    assert heard.replies[0].effect.value == "progress"


def test_progress_of_the_same_moment_is_the_last_word_too(customs: Customs) -> None:
    guid = filed(customs)
    customs.say(guid, "2")
    customs.say(guid, "3")
    heard = customs.record().now.heard
    assert heard is not None
    assert heard.status == "3"


def test_progress_after_the_final_answer_changes_nothing(customs: Customs) -> None:
    guid = filed(customs)
    customs.say(guid, "120")
    heard = customs.say(guid, "3", time="9" * 17)
    assert (heard.records, [r.effect.value for r in heard.replies]) == ((), ["progress"])


def test_of_a_final_answer_and_progress_in_one_receipt_the_final_one_counts(customs: Customs) -> None:
    guid = filed(customs)
    vin = customs.record().vin
    data = receipt_xml(guid, (Return("3", vin, "9" * 17), Return("120", vin, TIME)))
    assert change(customs.receipt(data)).kind == "accepted"


def test_of_two_words_of_progress_in_one_receipt_the_later_counts(customs: Customs) -> None:
    guid = filed(customs)
    vin = customs.record().vin
    data = receipt_xml(guid, (Return("3", vin, "20260302110000000"), Return("2", vin, "20260302100000000")))
    assert [r.status for r in customs.receipt(data).replies] == ["3"]


def test_both_final_answers_in_one_receipt_are_a_problem_of_that_vehicle(customs: Customs) -> None:
    guid = filed(customs, "", OTHER_VIN)
    data = receipt_xml(
        guid, (Return("120", OTHER_VIN, TIME), Return("100", OTHER_VIN, TIME), Return("120", "", TIME))
    )
    heard = customs.receipt(data)
    assert ("RECEIPT-BOTH", OTHER_VIN, {}) in said(heard)
    assert OTHER_VIN not in {r.vin for r in heard.replies}


def test_a_contradiction_names_both_states(customs: Customs) -> None:
    guid = filed(customs)
    customs.say(guid, "120")
    heard = customs.say(guid, "100")
    before, after = "@state.accepted", "@state.rejected"
    assert said(heard) == [("RECEIPT-CONTRADICTS", customs.record().vin, {"before": before, "after": after})]
    assert [r.effect.value for r in heard.replies] == ["refused"]


def test_a_vehicle_foreign_to_the_package_names_its_batch(customs: Customs) -> None:
    guid = filed(customs)
    heard = customs.say(guid, "120", OTHER_VIN)
    assert said(heard) == [("RECEIPT-FOREIGN-VIN", OTHER_VIN, {"batch": customs.record().now.batch})]


def test_a_package_that_is_not_known_is_named(customs: Customs) -> None:
    guid = filed(customs)
    customs.sent.clear()
    assert said(customs.say(guid, "120")) == [("RECEIPT-UNKNOWN-GUID", guid, {})]


def revoked(customs: Customs) -> str:
    """The guid of a revocation that waits for its answer."""
    first = customs.desk.drop([{"confirmed": "是"}])
    customs.say(customs.take(first), "120")
    return customs.take(customs.desk.again(first, {2: {"action": "撤销", "revocation_reason": "退运"}}))


def test_a_revocation_without_a_time_is_of_the_day_at_the_site(customs: Customs) -> None:
    """It comes at 1:00 in Shanghai: in UTC that is still the day before."""
    guid = revoked(customs)
    customs.desk.now = customs.desk.now.replace(day=9, hour=17)
    customs.say(guid, "120", time="")
    assert customs.record().revoked == "2026-03-10"


def test_a_revocation_that_was_accepted_by_mistake_is_no_longer_dated(customs: Customs) -> None:
    guid = revoked(customs)
    customs.say(guid, "120")
    customs.receipt(receipt_xml(guid, (Return("100", time="9" * 17),)), override=True, user="wang")
    assert (customs.record().revoked, customs.record().live) == ("", True)


def test_a_revocation_agrees_no_country(customs: Customs) -> None:
    guid = revoked(customs)
    assert customs.say(guid, "120").agreed == ()


def test_where_a_home_asks_for_no_country_none_is_agreed(rulebook: Rulebook) -> None:
    fields = ("fields.toml", "[structure.country]\noff = true\n")
    settings = ("settings.toml", "[severities]\nWMI-COUNTRY = 'note'\n")
    customs = Customs(Desk(replace(rulebook, home=(fields, settings), digest="no country")))
    assert customs.say(filed(customs), "120").agreed == ()


def test_a_pair_that_customs_accepted_twice_is_agreed_once(customs: Customs) -> None:
    guid = filed(customs, "", OTHER_VIN)
    assert customs.say(guid, "120").agreed == (("WBA", "DEU"),)


def test_an_accepted_change_keeps_what_was_in_force_before(customs: Customs) -> None:
    first = customs.desk.drop([{"confirmed": "是"}])
    customs.say(customs.take(first), "120")
    force = customs.record().now
    customs.say(customs.take(customs.desk.again(first, {2: {"action": "变更", "colour": "红"}})), "120")
    record = customs.record()
    assert (record.accepted, record.previous, record.revoked) == (record.now, force, "")
