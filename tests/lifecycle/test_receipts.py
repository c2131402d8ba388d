"""What a receipt does: a test for each sentence of semantics section 6, and the examples of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from customs_desk import TIME, Customs, effects, place, problems
from desk import NOW, OTHER_VIN, Desk, codes

from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import Known, Outcome, Return, State, Type
from vinbatch.noun import replace
from vinbatch.report.customs import with_answers
from vinbatch.report.since import done_since, still_open
from vinbatch.ruleset import compile_rules

RULES = compile_rules(packaged_rulebook()).findings


def declare(customs: Customs, *vins: str) -> tuple[Outcome, str]:
    """A package with these vehicles (default: the sample) on its way; outcome and guid."""
    rows = [{"vin": v} if v else {} for v in vins or ("",)]
    outcome = customs.desk.drop([{**r, "confirmed": "是"} for r in rows])
    return outcome, customs.take(outcome)


# ── states ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "then"),
    [
        ("1", "declared"),
        ("2", "declared"),
        ("3", "declared"),
        ("300", "declared"),
        ("120", "accepted"),
        ("399", "accepted"),
        ("100", "rejected"),
        ("4", "rejected"),
        ("-1", "rejected"),
        ("-90210", "rejected"),
    ],
)
def test_what_a_code_means(customs: Customs, status: str, then: str) -> None:
    _, guid = declare(customs)
    customs.say(guid, status)
    assert customs.record().now.state.value == then


def test_a_whole_receipt_speaks_for_every_vehicle_of_the_package(customs: Customs) -> None:
    _, guid = declare(customs, "", OTHER_VIN)
    customs.say(guid, "120")
    assert {place(r) for r in customs.desk.facts.records.values()} == {"filing accepted"}


def test_a_receipt_with_vehicle_returns_speaks_only_for_those(customs: Customs) -> None:
    """Whatever its own ReturnStatus."""
    _, guid = declare(customs, "", OTHER_VIN)
    customs.receipt(receipt_xml(guid, (Return("120"), Return("100", OTHER_VIN, TIME, "证书不符"))))
    assert place(customs.record(OTHER_VIN)) == "filing rejected"
    (waiting,) = [v for v in customs.desk.facts.records if v != OTHER_VIN]
    assert place(customs.record(waiting)) == "filing declared"


def test_a_vehicle_return_without_a_status_keeps_no_other_back(customs: Customs) -> None:
    first, guid = declare(customs, "", OTHER_VIN)
    (vin,) = [d.vin for d in first.declarations if d.vin != OTHER_VIN]
    heard = customs.receipt(receipt_xml(guid, (Return("", OTHER_VIN), Return("120", vin))))
    assert place(customs.record(vin)) == "filing accepted"
    assert place(customs.record(OTHER_VIN)) == "filing declared"
    assert [(p.code, dict(p.params)["vin"]) for p in heard.problems] == [("RECEIPT-NO-STATUS", OTHER_VIN)]


def test_an_accepted_filing_is_in_force(customs: Customs) -> None:
    _, guid = declare(customs)
    customs.say(guid, "120")
    record = customs.record()
    assert record.accepted == record.now


def test_acceptance_raises_the_version_and_not_the_revision(customs: Customs) -> None:
    """A mark counts changes of data: an answer by customs makes no extract stale."""
    _, guid = declare(customs)
    before = customs.record()
    customs.say(guid, "120")
    after = customs.record()
    assert (after.version, after.revision) == (before.version + 1, before.revision)


@pytest.mark.parametrize("status", ["120", "100"])
def test_a_change_is_in_force_only_when_accepted(customs: Customs, status: str) -> None:
    first, guid = declare(customs)
    customs.say(guid, "120")
    changed = customs.desk.again(first, {2: {"action": "变更", "colour": "红"}})
    customs.say(customs.take(changed), status)
    record = customs.record()
    assert record.in_force is not None
    assert record.in_force.data["colour"] == (
        "红" if status == "120" else first.declarations[0].data["colour"]
    )


def test_a_rejected_revocation_leaves_the_accepted_data_in_force(customs: Customs) -> None:
    first, guid = declare(customs)
    customs.say(guid, "120")
    revoked = customs.desk.again(first, {2: {"action": "撤销", "revocation_reason": "退运"}})
    customs.say(customs.take(revoked), "100")
    record = customs.record()
    assert (place(record), record.in_force == record.accepted) == ("revocation rejected", True)
    assert record.in_force is not None


def test_an_accepted_revocation_has_its_date_and_nothing_is_in_force(customs: Customs) -> None:
    first, guid = declare(customs)
    customs.say(guid, "120")
    revoked = customs.desk.again(first, {2: {"action": "撤销", "revocation_reason": "退运"}})
    customs.say(customs.take(revoked), "120")
    record = customs.record()
    assert (record.revoked, record.in_force, record.live) == ("2026-03-02", None, False)


def test_a_wmi_and_country_that_customs_accepted_is_agreed(customs: Customs) -> None:
    outcome, guid = declare(customs)
    customs.say(guid, "120")
    assert (outcome.declarations[0].vin[:3], "DEU") in customs.desk.facts.agreed


def test_only_the_pairs_of_accepted_vehicles_are_agreed(customs: Customs) -> None:
    ford = "1FMEE5DP9NLB41601"
    outcome, guid = declare(customs, "", ford)
    mine = outcome.declarations[0].vin
    heard = customs.receipt(receipt_xml(guid, (Return("120", mine), Return("100", ford))))
    assert [wmi for wmi, _ in heard.agreed] == [mine[:3]]


@pytest.mark.parametrize(("vin", "named"), [("", "@receipt.whole"), (OTHER_VIN, OTHER_VIN)])
def test_an_unknown_code_names_whom_it_speaks_of(customs: Customs, vin: str, named: str) -> None:
    _, guid = declare(customs, OTHER_VIN)
    (problem,) = customs.say(guid, "77777", vin).problems
    assert (problem.code, problem.value, dict(problem.params)) == (
        "RECEIPT-UNKNOWN-CODE",
        "77777",
        {"vin": named},
    )


def test_a_reply_that_was_recorded_by_hand_names_who_did_it(customs: Customs) -> None:
    _, guid = declare(customs)
    heard = customs.receipt(receipt_xml(guid, (Return("120"),)), user="li")
    assert [r.user for r in heard.replies] == ["li"]


# ── once, in any order ───────────────────────────────────────────────────────────────────────────


def test_the_same_bytes_again_do_nothing(customs: Customs) -> None:
    _, guid = declare(customs)
    customs.say(guid, "120")
    again = customs.say(guid, "120")
    assert (again.records, again.replies, again.problems) == ((), (), ())


def test_another_file_that_says_the_same_is_history(customs: Customs) -> None:
    _, guid = declare(customs)
    customs.say(guid, "120")
    again = customs.say(guid, "399")
    assert (effects(again), again.records, again.problems) == (["repeated"], (), ())


@pytest.mark.parametrize("order", list(permutations(["2", "3", "120", "300"])))
def test_progress_and_a_final_answer_in_any_order_end_in_the_same_state(
    customs: Customs, order: tuple[str, ...]
) -> None:
    _, guid = declare(customs)
    for i, status in enumerate(order):
        customs.say(guid, status, time=f"2026030210000{i}000")
    heard = customs.record().now.heard
    assert heard is not None
    assert (place(customs.record()), heard.status) == ("filing accepted", "120")


def test_the_latest_progress_counts_whatever_comes_first(customs: Customs) -> None:
    _, guid = declare(customs)
    customs.say(guid, "3", time="20260302120000000")
    customs.say(guid, "2", time="20260302110000000")
    heard = customs.record().now.heard
    assert heard is not None
    assert heard.status == "3"


@pytest.mark.parametrize(("first", "second"), [("120", "100"), ("100", "120")])
def test_a_final_state_is_never_overwritten(customs: Customs, first: str, second: str) -> None:
    _, guid = declare(customs)
    customs.say(guid, first)
    before = customs.record()
    heard = customs.say(guid, second)
    assert problems(heard) == ["RECEIPT-CONTRADICTS"]
    assert customs.record() == before


def test_a_vin_foreign_to_the_package_is_set_aside_and_the_rest_applies(customs: Customs) -> None:
    outcome, guid = declare(customs)
    vin = outcome.declarations[0].vin
    heard = customs.receipt(receipt_xml(guid, (Return("120", vin, TIME), Return("120", OTHER_VIN, TIME))))
    assert problems(heard) == ["RECEIPT-FOREIGN-VIN"]
    assert place(customs.record()) == "filing accepted"


def test_a_late_answer_to_a_superseded_declaration_is_history(customs: Customs) -> None:
    """A receipt never speaks for a later declaration of the same VIN."""
    first, guid = declare(customs)
    customs.say(guid, "100")
    customs.desk.again(first, {2: {"action": "申报"}})
    heard = customs.say(guid, "120")
    assert (effects(heard), heard.records, heard.problems) == (["late"], (), ())
    assert place(customs.record()) == "filing declared"


@pytest.mark.parametrize(
    ("first", "cells", "stays", "second"),
    [
        ("100", {"action": "暂存"}, "filing draft", "120"),
        ("120", {"action": "变更暂存", "colour": "红"}, "change draft", "100"),
    ],
)
def test_a_contradiction_beneath_a_draft_needs_a_person(
    customs: Customs, first: str, cells: dict[str, str], stays: str, second: str
) -> None:
    """A draft goes nowhere: no later declaration has taken the place of the one beneath it."""
    outcome, guid = declare(customs)
    customs.say(guid, first)
    customs.desk.again(outcome, {2: cells})
    heard = customs.say(guid, second)
    assert (effects(heard), problems(heard), heard.records) == (["refused"], ["RECEIPT-CONTRADICTS"], ())
    assert place(customs.record()) == stays
    states = {"120": "@state.accepted", "100": "@state.rejected"}
    assert dict(heard.problems[0].params) == {"before": states[first], "after": states[second]}


@pytest.mark.parametrize(("status", "effect"), [("399", "repeated"), ("2", "progress")])
def test_what_customs_says_again_of_the_declaration_beneath_a_draft_is_not_late(
    customs: Customs, status: str, effect: str
) -> None:
    outcome, guid = declare(customs)
    customs.say(guid, "120")
    customs.desk.again(outcome, {2: {"action": "变更暂存", "colour": "红"}})
    assert effects(customs.say(guid, status)) == [effect]


def test_an_answer_to_a_declaration_before_the_one_beneath_a_draft_is_late(customs: Customs) -> None:
    outcome, guid = declare(customs)
    customs.say(guid, "100")
    second = customs.desk.again(outcome, {2: {"action": "申报"}})
    customs.say(customs.take(second), "100", time="1" * 17)
    customs.desk.again(second, {2: {"action": "暂存"}})
    assert effects(customs.say(guid, "120")) == ["late"]


def test_a_contradiction_is_told_though_the_draft_on_the_declaration_is_gone(customs: Customs) -> None:
    """Customs has the vehicle, and we have nothing of it: a person has to know, and his word closes it."""
    outcome, guid = declare(customs)
    customs.say(guid, "100")
    draft = customs.desk.again(outcome, {2: {"action": "暂存"}})
    customs.desk.again(draft, {2: {"action": "删除"}})
    assert problems(customs.say(guid, "120")) == ["RECEIPT-CONTRADICTS"]
    assert effects(customs.say(guid, "120", time="1" * 17, override=True)) == ["late"]


def test_an_override_waits_for_the_draft_to_go(customs: Customs) -> None:
    outcome, guid = declare(customs)
    customs.say(guid, "120")
    draft = customs.desk.again(outcome, {2: {"action": "变更暂存", "colour": "红"}})
    assert problems(customs.say(guid, "100", override=True)) == ["RECEIPT-UNDER-DRAFT"]
    customs.desk.again(draft, {2: {"action": "删除"}})
    customs.say(guid, "100", time="1" * 17, override=True)
    assert (place(customs.record()), customs.record().in_force) == ("filing rejected", None)


# ── times that are none to go by ─────────────────────────────────────────────────────────────────

ODD_TIMES = (
    "99999999999999999",  # no month, no day
    "20260229102231500",  # no such day
    "20260302246000",  # no such hour
    "99991231235959999",
    "20260303103001",  # a day and a second ahead: the desk's clock shows 09:30 of the day before
    "2026-03-02 10:22",  # not as customs writes it
)


@pytest.mark.parametrize("time", ODD_TIMES)
def test_an_answer_with_an_odd_time_counts_without_it_and_its_row_says_so(
    customs: Customs, time: str
) -> None:
    outcome, guid = declare(customs)
    heard = customs.say(guid, "120", time=time)
    (reply,) = heard.replies
    assert (reply.time, reply.doubted, heard.problems) == ("", time, ())
    assert place(customs.record()) == "filing accepted"
    known = Known(NOW, customs.desk.facts.records, replies=tuple(customs.replies))
    (told,) = with_answers(outcome, known, customs.desk.ruleset).findings[-1:]
    assert (told.code, told.row, dict(told.params)["time"]) == ("CUSTOMS-TIME", 2, time)


@pytest.mark.parametrize("time", ["", "20260302102231500", "20260303093000", "20000229000000"])
def test_a_time_that_may_be_true_is_taken(customs: Customs, time: str) -> None:
    """A clock may be a little ahead, and an answer may have no time at all."""
    _, guid = declare(customs)
    (reply,) = customs.say(guid, "120", time=time).replies
    assert (reply.time, reply.doubted) == (time, "")


@pytest.mark.parametrize("time", ODD_TIMES)
def test_an_odd_time_is_not_the_last_word(customs: Customs, time: str) -> None:
    """Progress of the year 9999 would hide all that customs says later."""
    _, guid = declare(customs)
    customs.say(guid, "2", time=time)
    customs.say(guid, "3", time=TIME)
    heard = customs.record().now.heard
    assert heard is not None
    assert heard.status == "3"


def test_a_revocation_accepted_at_an_odd_time_has_the_date_of_its_arrival(customs: Customs) -> None:
    first, guid = declare(customs)
    customs.say(guid, "120")
    revoked = customs.desk.again(first, {2: {"action": "撤销", "revocation_reason": "退运"}})
    customs.say(customs.take(revoked), "120", time="99999999999999999")
    assert customs.record().revoked == "2026-03-02"


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", list(Type))
def test_only_an_override_settles_a_contradiction_both_ways(customs: Customs, kind: Type) -> None:
    """Accepted by mistake, rejected by hand, accepted by hand: each time the data in force follow."""
    outcome, guid = declare(customs)
    edits = {Type.CHANGE: {"action": "变更", "colour": "红"}, Type.REVOCATION: {"action": "撤销"}}
    if kind in edits:
        customs.say(guid, "120")
        cells = {**edits[kind], "revocation_reason": "退运" if kind is Type.REVOCATION else ""}
        guid = customs.take(customs.desk.again(outcome, {2: cells}))
    before = customs.record()
    customs.say(guid, "120", time="20260302110000000")
    accepted = customs.record()
    back = customs.receipt(receipt_xml(guid, (Return("100", time="1" * 17),)), override=True, user="wang")
    rejected = customs.record()
    assert (effects(back), rejected.now.state) == (["overrode"], State.REJECTED)
    assert rejected.in_force == before.in_force
    assert rejected.previous == before.previous
    customs.receipt(receipt_xml(guid, (Return("120", time="2" * 17),)), override=True, user="wang")
    again = customs.record().in_force
    assert (again is None) == (accepted.in_force is None)
    assert again is None or accepted.in_force is None or again.data == accepted.in_force.data


def test_an_override_leaves_other_vehicles_of_the_package_alone(customs: Customs) -> None:
    _, guid = declare(customs, "", OTHER_VIN)
    customs.say(guid, "120")
    customs.receipt(receipt_xml(guid, (Return("100", OTHER_VIN, "1" * 17),)), override=True, user="wang")
    assert sorted(place(r) for r in customs.desk.facts.records.values()) == [
        "filing accepted",
        "filing rejected",
    ]


def test_a_rejected_filing_may_be_declared_again_and_a_receipt_answers_the_new_one(customs: Customs) -> None:
    first, guid = declare(customs)
    customs.say(guid, "100")
    second = customs.desk.again(first, {2: {"colour": "红"}})
    customs.say(customs.take(second), "120")
    assert place(customs.record()) == "filing accepted"


ROOT = '<VinReceipt xmlns="urn:vinbatch:vin-declaration:1">{}</VinReceipt>'
RETURN = "<VehicleReturn><Vin>{vin}</Vin><ReturnStatus>100</ReturnStatus></VehicleReturn>"


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (f"<Answers>{RETURN}</Answers>", "VehicleReturn"),
        (RETURN.replace("<VehicleReturn>", '<VehicleReturn xmlns="urn:other">'), "VehicleReturn"),
        (RETURN.replace("VehicleReturn", "Vehicle"), "Vin"),
        ("<VIN>{vin}</VIN>", "VIN"),
        (RETURN.replace("<Vin>", "<Of><Vin>").replace("</Vin>", "</Vin></Of>"), "Vin"),
        (RETURN.replace("</Vin>", "</Vin><ReturnStatus>120</ReturnStatus>"), "ReturnStatus × 2"),
        ("<Guid>00000000-0000-0000-0000-000000000000</Guid>", "Guid × 2"),
    ],
)
def test_what_is_meant_for_one_vehicle_is_never_heard_for_all(
    customs: Customs, inside: str, told: str
) -> None:
    outcome, guid = declare(customs, "", OTHER_VIN)
    said = f"<Guid>{guid}</Guid><ReturnStatus>120</ReturnStatus>" + inside.replace("{vin}", OTHER_VIN)
    heard = customs.receipt(ROOT.replace("{}", said).encode())
    assert [(p.code, p.value) for p in heard.problems] == [("RECEIPT-ASTRAY", told)]
    assert {customs.desk.facts.records[d.vin].now.state for d in outcome.declarations} == {State.DECLARED}


def test_an_element_that_says_nothing_of_vehicles_is_passed_over(customs: Customs) -> None:
    _, guid = declare(customs)
    said = f"<Guid>{guid}</Guid><Channel>7</Channel><ReturnStatus>120</ReturnStatus>"
    customs.receipt(ROOT.replace("{}", said).encode())
    assert customs.record().now.state is State.ACCEPTED


def test_several_reasons_are_told_together(customs: Customs) -> None:
    """A gateway that writes a line for each: its whole receipt was set aside."""
    outcome, guid = declare(customs)
    why = "<ReturnInfo>VIN已存在</ReturnInfo><ReturnInfo>CCC证书号不符</ReturnInfo>"
    inside = f"<Vin>{outcome.declarations[0].vin}</Vin><ReturnStatus>100</ReturnStatus>{why}"
    said = f"<Guid>{guid}</Guid><ReturnStatus>120</ReturnStatus><VehicleReturn>{inside}</VehicleReturn>"
    (reply,) = customs.receipt(ROOT.replace("{}", said).encode()).replies
    assert (reply.state, reply.info) == (State.REJECTED, "VIN已存在 CCC证书号不符")


# ── the examples of the rules ────────────────────────────────────────────────────────────────────

PLAYED = [code for code, rule in RULES.items() if "receipt" in rule.bad]


def play(example: Mapping[str, Any]) -> list[str]:
    """The codes of what is set aside and of what the row is told."""
    customs = Customs(Desk(packaged_rulebook()))
    first, guid = declare(customs)
    outcome = first
    if example.get("type") == "change":
        customs.say(guid, "120", time="1" * 17)
        outcome = customs.desk.again(outcome, {2: {"action": "变更", "colour": "红"}})
        guid = customs.take(outcome)
    vin = outcome.declarations[0].vin
    if "meanwhile" in example:
        outcome = customs.desk.again(outcome, {2: example["meanwhile"]})
    for i, status in enumerate(example.get("first", ())):
        customs.say(guid, status, time=f"2026030110000{i}000")
    if "draft" in example:
        customs.desk.again(outcome, {2: example["draft"]})
    if example.get("later"):
        customs.desk.again(outcome, {2: {"action": "申报"}})
    if "xml" in example:
        xml = example["xml"].replace("{guid}", guid).replace("{vin}", vin)
        heard = customs.receipt(xml.encode())
    else:
        said = example["status"], example.get("vin", "")
        heard = customs.say(guid, *said, override=example.get("override", False))
    now = NOW + timedelta(days=example.get("days", 0))
    records, replies = customs.desk.facts.records, tuple(customs.replies)
    known = Known(now, records, replies=replies, contradicted=customs.contradicted)
    if "after" in example:
        customs.desk.now += timedelta(hours=1)
        customs.desk.again(first, {2: example["after"]})
        known = replace(known, records=customs.desk.facts.records)
    answered = with_answers(outcome, known, customs.desk.ruleset)
    still = still_open(answered, known, customs.desk.ruleset)
    told = done_since(answered, still, known, customs.desk.ruleset)
    return [*problems(heard), *(c for c in codes(told) if c.startswith(("CUSTOMS-", "ROW-D")))]


@pytest.mark.parametrize("code", PLAYED)
def test_the_good_example_does_not_yield_the_code(code: str) -> None:
    assert code not in play(RULES[code].good["receipt"])  # type: ignore[arg-type]


@pytest.mark.parametrize("code", PLAYED)
def test_the_bad_example_yields_the_code(code: str) -> None:
    assert code in play(RULES[code].bad["receipt"])  # type: ignore[arg-type]


# ── after a revocation ───────────────────────────────────────────────────────────────────────────


def revoked(customs: Customs) -> Outcome:
    """The sample vehicle filed, accepted, revoked, and the revocation accepted."""
    first, guid = declare(customs)
    customs.say(guid, "120")
    outcome = customs.desk.again(first, {2: {"action": "撤销", "revocation_reason": "退运"}})
    customs.say(customs.take(outcome), "120")
    return outcome


def test_a_new_filing_is_asked_about_until_somebody_confirms(customs: Customs) -> None:
    """A held draft does not slip out by asking for it twice."""
    outcome = revoked(customs)
    for _ in range(2):
        outcome = customs.desk.again(outcome, {2: {"action": "申报"}})
        assert [j.verdict.value for j in outcome.rows if j.row.sheet == "vehicle"] == ["held"]
    outcome = customs.desk.again(outcome, {2: {"confirmed": "是"}})
    assert outcome.rows[0].verdict.value == "declared"


def test_a_dropped_draft_of_a_new_filing_gives_back_the_revocation_as_it_was(customs: Customs) -> None:
    outcome = revoked(customs)
    before = customs.record()
    held = customs.desk.again(outcome, {2: {"action": "申报"}})
    assert customs.record().in_force is None
    customs.desk.again(held, {2: {"action": "删除"}})
    after = customs.record()
    assert (after.now, after.accepted, after.revoked) == (before.now, before.accepted, before.revoked)
