"""The ledger: one transaction a chunk, a chain of events, and facts as the lifecycle thinks of them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desk import NOW, OTHER_VIN, Cells, Desk, on
from hypothesis import given, settings
from hypothesis import strategies as st

from vinbatch import flow
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.errors import AccessError, UsageError
from vinbatch.model import (
    EntryChange,
    Facts,
    Outcome,
    Query,
    Reading,
    Record,
    RecordChange,
    Rulebook,
    Source,
    State,
    Type,
)
from vinbatch.noun import replace
from vinbatch.store import taking
from vinbatch.store.codec import encode, encoded, outcome_from
from vinbatch.store.commits import Law, StaleError, prepare, write, write_records
from vinbatch.store.disk import require_local
from vinbatch.store.ledger import Ledger
from vinbatch.store.migrating import SCHEMA, migrate, statements
from vinbatch.store.schema import SCHEMA_1
from vinbatch.store.schema.beside import SCHEMA_BESIDE
from vinbatch.store.schema.gone import SCHEMA_GONE
from vinbatch.store.verifying import verify_tables

ZONE = ZoneInfo("Asia/Shanghai")
DUMP = Path(__file__).with_name("schema-1.sql")


def commit(ledger: Ledger, outcome: Outcome, rulebook: Rulebook) -> Outcome:
    """Take a batch for this outcome and commit it under its number."""
    source = outcome.reading.source
    taken = ledger.take(source, f"claim of {outcome.batch}", outcome.now, "TRIAL", ZONE)
    assert taken.batch == outcome.batch
    ledger.commit([(outcome, flow.render(outcome, rulebook))], Law("rules"))
    return outcome


def looked_up(ledger: Ledger, facts: Facts) -> Facts:
    return ledger.facts([*facts.records, OTHER_VIN], [*facts.entries, *facts.users], list(facts.seen))


# ── what is stored is what was decided ───────────────────────────────────────────────────────────

VINS = ["WBA13BJ03MCF12345", OTHER_VIN, "WBA13BJ07MCF12347"]
ROWS = st.fixed_dictionaries(
    {
        "vin": st.sampled_from(VINS),
        "action": st.sampled_from(["", "申报", "暂存", "删除", "删除含结构参数"]),
        "colour": st.sampled_from(["红", "黑"]),
        "structure_no": st.sampled_from(["S-1", "S-2"]),
        "confirmed": st.sampled_from(["", "是"]),
        "production_date": st.sampled_from(["2021.03", "2018.03"]),
    }
)
SETS = st.fixed_dictionaries(
    {"structure_no": st.sampled_from(["S-1", "S-2"]), "width": st.sampled_from(["1868", "1870"])}
)
DROPS = st.lists(st.tuples(st.lists(ROWS, max_size=3), st.lists(SETS, max_size=2)), min_size=1, max_size=5)


@settings(max_examples=30, deadline=None)
@given(DROPS)
def test_facts_looked_up_are_the_facts_that_deciding_left(drops: list[tuple[list[dict], list[dict]]]) -> None:  # type: ignore[type-arg]
    """`after` and the ledger tell the same story, whatever was dropped."""
    import tempfile

    desk = Desk(packaged_rulebook())
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder, "l.db"), create=True) as ledger:
        for vehicles, sets in drops:
            if not vehicles and not sets:
                continue
            commit(ledger, desk.drop(vehicles, sets), desk.rulebook)
        found, kept = looked_up(ledger, desk.facts), desk.facts
        assert found.records == kept.records
        assert found.entries == kept.entries
        assert found.seen == kept.seen
        assert found.agreed == kept.agreed
        live = {n: u for n, u in kept.users.items() if u.live}
        assert {n: (u.live, u.firm, set(u.sample)) for n, u in found.users.items()} == {
            n: (u.live, u.firm, set(u.sample)) for n, u in live.items()
        }
        assert ledger.queries.verify() >= 0


def test_what_workers_prepared_is_stored_as_what_the_ledger_makes_itself(
    tmp_path: Path, rulebook: Rulebook
) -> None:
    """Engines differ in who makes the texts; the chain of events and the stored bytes must not."""
    law, stored = Law("rules"), []
    drops = (([{}, {"vin": "x"}], [{}]), ([{"action": "撤销", "revocation_reason": "x"}], []))
    for engine in ("workers", "serial"):
        desk = Desk(rulebook)
        with Ledger.open(tmp_path / f"{engine}.db", create=True) as ledger:
            for rows, sets in drops:
                outcome = desk.drop(rows, sets)
                made = flow.render(outcome, rulebook)
                there = outcome_from(encoded(outcome))
                prepared = {outcome.batch: prepare(there, made, law)} if engine == "workers" else {}
                ledger.take(outcome.reading.source, outcome.batch, outcome.now, "TRIAL", ZONE)
                ledger.commit([(outcome, made)], law, prepared)
            tables = ("record", "entry", "shelf", "event", "package", "batch", "open_row", "line")
            stored.append([ledger.db.execute(f"SELECT * FROM {table}").fetchall() for table in tables])
    assert stored[0] == stored[1]
    assert len(stored[0][3]) > 4


def change_draft(desk: Desk) -> Record:
    """A draft to S-2 over an accepted filing on S-1."""
    draft = desk.place(Type.CHANGE, State.DRAFT)
    assert draft.accepted is not None
    force = on(draft.accepted, "S-1")
    return replace(draft, now=on(draft.now, "S-2"), accepted=force, before=force)


def test_the_ledger_counts_who_stands_on_a_number_beside_a_change_as_deciding_does(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    """A change draft to S-2 over a filing on S-1: both numbers have it as a user, till customs accepts."""
    draft = change_draft(Desk(rulebook))
    accepted = replace(draft, version=4, now=replace(draft.now, state=State.ACCEPTED), before=None)
    accepted = replace(accepted, accepted=accepted.now)
    told = []
    for expected, record in ((0, draft), (3, accepted), (4, None)):
        with ledger.db:
            write_records(ledger.db, [RecordChange(draft.vin, expected, "test", record)])
        users = ledger.facts([], ["S-1", "S-2"], []).users
        kept = Desk(rulebook)
        if record is not None:
            kept.know(record)
        assert users == kept.facts.users
        told.append({number: (u.live, u.firm) for number, u in users.items()})
    assert told == [{"S-1": (1, 1), "S-2": (1, 1)}, {"S-2": (1, 1)}, {}]


def made_anew(ledger: Ledger, script: str, *names: str) -> None:
    """What a script made is dropped, and the script applied, as to a ledger of before it."""
    with ledger.db:
        for name in names:
            ledger.db.execute(f"DROP {name}")
        for statement in statements(script):
            ledger.db.execute(statement)


def test_a_ledger_of_schema_8_learns_who_stands_on_a_number_beside_a_change(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    draft = change_draft(Desk(rulebook))
    assert draft.accepted is not None
    revoked = replace(draft.accepted, type=Type.REVOCATION)
    waits = replace(draft, vin=OTHER_VIN, now=replace(draft.now, state=State.DECLARED), before=None)
    anew = replace(draft, vin=VINS[2], now=replace(draft.now, type=Type.FILING), before=revoked)
    changes = [draft, waits, anew]
    with ledger.db:
        write_records(ledger.db, [RecordChange(r.vin, 0, "test", r) for r in changes])
    kept = ledger.db.execute("SELECT * FROM beside ORDER BY 1, 2").fetchall()
    made_anew(ledger, SCHEMA_BESIDE, "TRIGGER beside_inserted", "TRIGGER beside_deleted", "TABLE beside")
    assert ledger.db.execute("SELECT * FROM beside ORDER BY 1, 2").fetchall() == kept
    assert [vin for _, vin, _ in kept] == sorted([draft.vin, OTHER_VIN])


def test_an_outcome_comes_back_as_it_was(rulebook: Rulebook) -> None:
    outcome = Desk(rulebook).drop([{}, {"vin": "?"}, {"production_date": 2021.1, "vin": OTHER_VIN}])
    assert outcome_from(encode(outcome)) == outcome


def test_the_stored_outcome_is_what_the_answer_is_made_from(ledger: Ledger, rulebook: Rulebook) -> None:
    outcome = commit(ledger, Desk(rulebook).drop(), rulebook)
    assert ledger.answers.due() == (outcome.batch,)
    assert ledger.outcome(outcome.batch) == outcome
    ledger.answers.answered(outcome.batch, "a.xlsx", "digest", NOW)
    assert ledger.answers.due() == ()
    assert ledger.placing.ours("a.xlsx") == ("digest",)


def test_a_record_that_stands_on_an_older_revision_is_decided_by_that(ledger: Ledger, desk: Desk) -> None:
    record = desk.place(Type.FILING, State.ACCEPTED)
    first, second = (desk.shelve(revision=n, width=1800 + n) for n in (1, 2))
    entries = tuple(EntryChange(first.number, n - 1, "learnt", e) for n, e in ((1, first), (2, second)))
    outcome = Outcome("B", NOW, Reading(Source("x", "d")), entries=entries)
    with ledger.db:
        write_records(ledger.db, [RecordChange(record.vin, 0, "test", record)])
        write(ledger.db, outcome, (), prepare(outcome, (), Law("rules")))
    facts = ledger.facts([record.vin], [], [])
    assert facts.entries == {first.number: second}
    assert facts.former == {(first.number, 1): first}


def test_parameters_that_nobody_has_have_no_users(ledger: Ledger) -> None:
    assert ledger.queries.users("S-1") == 0


def test_a_stale_outcome_stores_nothing(ledger: Ledger, rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    commit(ledger, desk.drop(), rulebook)
    stale = Desk(rulebook, count=1).drop([{"colour": "红"}])
    with pytest.raises(StaleError):
        commit(ledger, stale, rulebook)
    with pytest.raises(UsageError):
        ledger.outcome(stale.batch)
    assert ledger.queries.verify() == len(list(ledger.db.execute("SELECT id FROM event")))


def test_a_number_that_was_deleted_may_be_learnt_again(ledger: Ledger, rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    saved = commit(ledger, desk.drop([{"action": "暂存"}]), rulebook)
    commit(ledger, desk.again(saved, {2: {"action": "删除含结构参数"}}), rulebook)
    assert list(ledger.queries.entries()) == []
    commit(ledger, desk.drop(), rulebook)
    assert [e.revision for e in ledger.queries.entries()] == [2]
    kept = ledger.db.execute("SELECT generation, revision FROM entry ORDER BY rowid").fetchall()
    assert kept == [(1, 1), (2, 2)]


def test_what_was_deleted_is_remembered_by_its_last_revision(ledger: Ledger, rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    saved = commit(ledger, desk.drop([{"action": "暂存"}]), rulebook)
    edited = commit(ledger, desk.again(saved, {2: {"action": "暂存", "colour": "红"}}), rulebook)
    commit(ledger, desk.again(edited, {2: {"action": "删除含结构参数"}}), rulebook)
    ((vin, number),) = [(c.vin, str(c.record.now.data["structure_no"])) for c in saved.records if c.record]
    facts = ledger.facts([vin], [number], [])
    assert (facts.gone_vins, facts.gone_numbers) == ({vin: 2}, {number: 1})


def test_an_older_ledger_remembers_what_was_deleted_in_it(ledger: Ledger, rulebook: Rulebook) -> None:
    """Out of the events: the migration that brings the table finds what its trigger would have kept."""
    desk = Desk(rulebook)
    saved = commit(ledger, desk.drop([{"action": "暂存"}]), rulebook)
    edited = commit(ledger, desk.again(saved, {2: {"action": "暂存", "colour": "红"}}), rulebook)
    commit(ledger, desk.again(edited, {2: {"action": "删除"}}), rulebook)
    commit(ledger, desk.drop([{"action": "暂存", "vin": OTHER_VIN}]), rulebook)
    kept = ledger.db.execute("SELECT * FROM gone").fetchall()
    made_anew(ledger, SCHEMA_GONE, "TRIGGER record_gone", "TABLE gone", "TABLE revision_floor")
    assert ledger.db.execute("SELECT * FROM gone").fetchall() == kept == [(saved.records[0].vin, 2)]


# ── batches ──────────────────────────────────────────────────────────────────────────────────────


def test_the_ten_thousandth_batch_of_a_day_is_answered_after_those_before_it(ledger: Ledger) -> None:
    for number, claim in ((10000, "b"), (9999, "a")):
        taken = ledger.take(Source(f"{claim}.xlsx", claim * 64), claim, NOW, "TRIAL", ZONE)
        ledger.db.execute(
            "UPDATE batch SET number = ?, answer_due = 1 WHERE number = ?", (f"TRIAL-1-{number}", taken.batch)
        )
    assert ledger.answers.due() == ("TRIAL-1-9999", "TRIAL-1-10000")


def test_the_same_claim_gets_the_same_batch_and_time(ledger: Ledger) -> None:
    first = ledger.take(Source("a", "d"), "claim", NOW, "TRIAL", ZONE)
    later = ledger.take(Source("a", "d"), "claim", NOW.replace(day=9), "TRIAL", ZONE)
    assert later == first
    assert (first.batch, later.now) == ("TRIAL-20260302-0001", NOW)


def test_a_claim_whose_file_changed_begins_anew(ledger: Ledger) -> None:
    ledger.take(Source("a", "d"), "claim", NOW, "TRIAL", ZONE)
    assert ledger.take(Source("a", "other"), "claim", NOW, "TRIAL", ZONE).batch == "TRIAL-20260302-0002"


def test_claims_are_taken_together_or_not_at_all(ledger: Ledger) -> None:
    with pytest.raises(AttributeError):
        ledger.take_all([(Source("a", "d"), "one"), (None, "two")], NOW, "TRIAL", ZONE)  # type: ignore[list-item]
    assert taking.taken(ledger.db, "one") is None


def test_the_day_is_that_of_the_site_and_numbers_grow_to_five_digits(ledger: Ledger) -> None:
    evening = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # already the 3rd in Shanghai
    ledger.db.execute("INSERT INTO counter VALUES ('TRIAL-20260303', 9998)")
    numbers = [ledger.take(Source("a", "d"), str(i), evening, "TRIAL", ZONE).batch for i in range(2)]
    assert numbers == ["TRIAL-20260303-9999", "TRIAL-20260303-10000"]


# ── the chain ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("statement", ["UPDATE event SET body = '{}'", "DELETE FROM event"])
def test_events_are_neither_changed_nor_deleted(statement: str, ledger: Ledger, rulebook: Rulebook) -> None:
    commit(ledger, Desk(rulebook).drop(), rulebook)
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        ledger.db.execute(statement)


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE event SET body = replace(body, 'declared', 'accepted') WHERE vin <> ''",
        "UPDATE event SET vin = 'X' WHERE vin <> ''",
        "DELETE FROM event WHERE id = 2",
        "INSERT INTO event (vin, batch, body, hash) VALUES ('', '', '{}', 'x')",
    ],
)
def test_what_was_tampered_with_is_found(tamper: str, ledger: Ledger, rulebook: Rulebook) -> None:
    commit(ledger, Desk(rulebook).drop(), rulebook)
    ledger.db.executescript("DROP TRIGGER event_is_kept; DROP TRIGGER event_stands;" + tamper)
    with pytest.raises(AccessError, match="chain"):
        ledger.queries.verify()


def test_a_vin_has_its_history_with_row_and_guid(ledger: Ledger, rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    saved = commit(ledger, desk.drop([{"action": "暂存"}]), rulebook)
    commit(ledger, desk.again(saved, {2: {"action": "申报", "colour": "红"}}), rulebook)
    events = ledger.queries.history(saved.records[0].vin)
    assert [e.body["kind"] for e in events] == ["saved", "declared"]
    assert events[1].body["row"] == 2
    assert len(events[1].body["guid"]) == 36
    assert events[1].body["diff"] == [{"sheet": "vehicle", "field": "colour", "old": "碳黑色", "new": "红"}]


def test_the_head_moves_with_every_event(ledger: Ledger, rulebook: Rulebook) -> None:
    before = ledger.head()
    commit(ledger, Desk(rulebook).drop(), rulebook)
    assert ledger.head() != before
    assert len(ledger.head()) == 64


# ── packages ─────────────────────────────────────────────────────────────────────────────────────


def test_a_package_goes_its_way_and_each_step_is_an_event(ledger: Ledger, rulebook: Rulebook) -> None:
    commit(ledger, Desk(rulebook).drop(), rulebook)
    (due,) = ledger.packages.open()
    assert due.state == "due"
    ledger.packages.publishing([due.guid], "boot")
    assert [(p.state, p.boot) for p in ledger.packages.open()] == [("publishing", "boot")]
    ledger.packages.doubt(due.guid, "power", NOW)
    ledger.packages.release(due.guid, sent=False, now=NOW, user="wang")
    assert [p.state for p in ledger.packages.open()] == ["due"]
    ledger.packages.published([due.guid], NOW)
    assert ledger.packages.open() == ()
    kinds = [row[0] for row in ledger.db.execute("SELECT json_extract(body, '$.kind') FROM event")]
    assert kinds[-3:] == ["doubt", "released", "published"]


def test_only_what_is_in_doubt_can_be_released(ledger: Ledger, rulebook: Rulebook) -> None:
    commit(ledger, Desk(rulebook).drop(), rulebook)
    (due,) = ledger.packages.open()
    with pytest.raises(UsageError):
        ledger.packages.release(due.guid, sent=True, now=NOW, user="wang")
    with pytest.raises(UsageError):
        ledger.packages.release("no such guid", sent=True, now=NOW, user="wang")


def test_a_guid_is_unique(ledger: Ledger, rulebook: Rulebook) -> None:
    desk = Desk(rulebook)
    outcome = commit(ledger, desk.drop(), rulebook)
    packages = flow.render(outcome, rulebook)
    other = replace(desk.drop([{"vin": OTHER_VIN}]), declarations=())
    ledger.take(other.reading.source, "other", NOW, "TRIAL", ZONE)
    with pytest.raises(sqlite3.IntegrityError):
        ledger.commit([(other, packages)], Law("rules"))


# ── queries ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), 2),
        (Query(vins=(OTHER_VIN,)), 1),
        (Query(vins=(OTHER_VIN[-6:],)), 1),
        (Query(vins=(OTHER_VIN[-6:].lower(), "WBA13BJ03MCF12345")), 2),
        (Query(vins=("BJ05MCF12346",)), 1),
        (Query(vins=("ZZ05MCF12346",)), 0),
        (Query(batches=("TRIAL-20260302-0001",)), 2),
        (Query(types=(Type.CHANGE,)), 0),
        (Query(states=(State.DRAFT,)), 1),
        (Query(held=True), 1),
        (Query(structures=("CN530I-G30-2021-001",)), 2),
        (Query(since=date(2026, 3, 2), until=date(2026, 3, 2)), 2),
        (Query(since=date(2026, 3, 3)), 0),
        (Query(until=date(2026, 3, 1)), 0),
        (Query(since=date(1, 1, 1), until=date(9999, 12, 31)), 2),
    ],
)
def test_records_are_found_by_every_condition(
    query: Query, found: int, ledger: Ledger, rulebook: Rulebook
) -> None:
    commit(ledger, Desk(rulebook).drop([{}, {"vin": OTHER_VIN, "production_date": "2018.03"}]), rulebook)
    assert len(list(ledger.queries.records(query, ZONE))) == found


def test_what_a_sheet_asks_for_again_and_again_is_looked_up_once(ledger: Ledger, rulebook: Rulebook) -> None:
    """One query filled down over 5,000 rows read all records as often, and kept all others waiting."""
    commit(ledger, Desk(rulebook).drop([{"vin": OTHER_VIN}, {"production_date": "2018.03"}]), rulebook)
    drafts, none = Query(states=(State.DRAFT,)), Query(vins=("ZZ05MCF12346",))
    asked = [drafts, Query(), none, drafts, none, Query(vins=(OTHER_VIN,))]
    told: list[str] = []
    ledger.db.set_trace_callback(told.append)
    numbered = [replace(query, row=row) for row, query in enumerate(asked, start=2)]
    found, missed, _ = ledger.queries.answers(numbered, ZONE, 5000)
    ledger.db.set_trace_callback(None)
    looked = [sql for sql in told if "SELECT id FROM record" in sql]
    assert (list(found), missed) == (["WBA13BJ03MCF12345", OTHER_VIN], [4, 6])
    assert [sql.endswith("LIMIT 1") for sql in looked] == [False, False, True, True]


@pytest.mark.parametrize(("most", "vins", "more"), [(1, 1, True), (2, 2, False), (3, 2, False)])
def test_a_sheet_that_finds_a_large_ledger_gets_a_part_of_it(
    most: int, vins: int, more: bool, ledger: Ledger, rulebook: Rulebook
) -> None:
    """All of a million records came into memory, and then into five thousand workbooks."""
    commit(ledger, Desk(rulebook).drop([{"vin": OTHER_VIN}, {}]), rulebook)
    asked = [Query(row=2), Query(vins=(OTHER_VIN,), row=3), Query(batches=("B",), row=4)]
    found, missed, beyond = ledger.queries.answers(asked, ZONE, most)
    assert (len(found), missed, beyond) == (vins, [4], more)


def test_a_state_is_looked_up_without_reading_every_record(ledger: Ledger) -> None:
    """5,000 rows that ask for what customs rejected since some day took as many readings of the ledger."""
    told: list[str] = []
    ledger.db.set_trace_callback(told.append)
    ledger.queries.answers([Query(states=(State.REJECTED,), since=date(2026, 3, 1))], ZONE, 5000)
    ledger.db.set_trace_callback(None)
    (asked,) = [sql for sql in told if "SELECT id FROM record" in sql]
    plan = ledger.db.execute(f"EXPLAIN QUERY PLAN {asked}").fetchone()[3]
    assert "record_place (type=? AND state=? AND updated>?)" in plan


def test_too_short_a_vin_is_refused(ledger: Ledger) -> None:
    with pytest.raises(UsageError):
        list(ledger.queries.records(Query(vins=("12345",)), ZONE))


def test_the_questions_of_a_draft_are_found_whether_it_is_held_for_them_or_was_saved(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    asked: Cells = {"production_date": "2018.03"}
    rows: list[Cells | None] = [
        asked,
        {**asked, "vin": OTHER_VIN, "action": "暂存"},
        {"vin": "WBA13BJ07MCF12347"},
    ]
    outcome = commit(ledger, Desk(rulebook).drop(rows), rulebook)
    found = ledger.queries.asks(c.record for c in outcome.records if c.record)
    assert {vin: [f.code for f in asks] for vin, asks in found.items()} == {
        "WBA13BJ03MCF12345": ["DATE-MODEL-YEAR"],
        OTHER_VIN: ["DATE-MODEL-YEAR"],
    }


def test_of_a_draft_whose_batch_is_not_known_nothing_is_asked(ledger: Ledger, rulebook: Rulebook) -> None:
    """As after a restore that found nothing but its record."""
    held = Desk(rulebook).place(Type.FILING, State.DRAFT, held=True)
    assert ledger.queries.asks([held]) == {}


def test_status_counts_and_finds_what_is_overdue(ledger: Ledger, rulebook: Rulebook) -> None:
    commit(ledger, Desk(rulebook).drop([{}, {"vin": OTHER_VIN, "production_date": "2018.03"}]), rulebook)
    now = ledger.queries.status(NOW, 3)
    assert set(now.counts) == {("filing", "declared", 1), ("filing", "draft", 1)}
    assert (now.held, now.overdue, now.unfinished) == (1, (), ())
    late = ledger.queries.status(NOW.replace(day=9), 3)
    assert [vin for vin, _ in late.overdue] == ["WBA13BJ03MCF12345"]


def test_a_batch_finds_the_vehicles_that_a_later_one_took_on(ledger: Ledger, rulebook: Rulebook) -> None:
    """Whoever has the result of March asks for its vehicles, wherever their records have gone since."""
    desk = Desk(rulebook)
    commit(ledger, desk.drop([{"action": "暂存"}, {"vin": OTHER_VIN, "action": "暂存"}]), rulebook)
    later = commit(ledger, desk.drop([{"colour": "红"}]), rulebook)
    first = "TRIAL-20260302-0001"

    def found(*batches: str) -> list[str]:
        return [r.vin for r in ledger.queries.records(Query(batches=batches), ZONE)]

    assert found(first) == ["WBA13BJ03MCF12345", OTHER_VIN]
    assert found(later.batch) == ["WBA13BJ03MCF12345"]
    assert found("TRIAL-20260302-0009") == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT body FROM record WHERE vin IN (SELECT value FROM json_each('[]'))",
        "SELECT number, live, firm FROM usage WHERE number IN (SELECT value FROM json_each('[]'))",
        "SELECT vin FROM record WHERE structure_no = 'x' AND live = 1 ORDER BY id LIMIT 205",
        "SELECT outcome FROM batch WHERE source_digest IN (SELECT value FROM json_each('[]'))",
        "SELECT body FROM record WHERE (substr(vin, -6) = 'x' AND substr(vin, -8) = 'y')",
        "SELECT body FROM record WHERE batch = 'x' OR vin IN (SELECT vin FROM event WHERE batch = 'x')",
        "SELECT number FROM batch WHERE answer_due = 1 ORDER BY number",
        "SELECT body FROM event WHERE vin = 'x' AND vin <> '' ORDER BY id",
    ],
)
def test_look_ups_use_an_index(sql: str, ledger: Ledger) -> None:
    plan = " ".join(row[3] for row in ledger.db.execute(f"EXPLAIN QUERY PLAN {sql}"))
    for table in ("record", "usage", "batch", "event"):
        assert f"SCAN {table} " not in f"{plan} " or "USING" in plan


def test_of_the_users_of_a_number_only_those_are_read_that_follow_its_newest_revision(
    ledger: Ledger, rulebook: Rulebook
) -> None:
    number = Desk(rulebook).sample("structure")["structure_no"]
    told: list[str] = []
    ledger.db.set_trace_callback(told.append)
    ledger.facts([], [str(number)], [])
    ledger.db.set_trace_callback(None)
    (asked,) = [sql for sql in told if "GROUP BY structure_no, department" in sql]
    plan = " ".join(row[3] for row in ledger.db.execute(f"EXPLAIN QUERY PLAN {asked}"))
    assert "INDEX record_follows (structure_no=?)" in plan


@pytest.mark.parametrize(
    ("vehicle", "structure", "waiting"),
    [
        ({}, {"overhang_front": 100}, 1),
        ({"action": "暂存"}, {"overhang_front": 100}, 0),
        ({"production_date": "2018.06"}, {}, 0),
        ({}, {"confirmed": "否", "overhang_front": 100}, 0),
    ],
    ids=["asked", "saved", "of its own", "denied on their row"],
)
def test_the_ledger_counts_who_waits_for_parameters_as_the_pass_does(
    ledger: Ledger, rulebook: Rulebook, vehicle: Cells, structure: Cells, waiting: int
) -> None:
    desk = Desk(rulebook)
    commit(ledger, desk.drop([vehicle], [structure]), rulebook)
    number = str(desk.sample("structure")["structure_no"])
    told: list[str] = []
    ledger.db.set_trace_callback(told.append)
    assert ledger.facts([], [number], []).users[number].waiting == ({"": waiting} if waiting else {})
    ledger.db.set_trace_callback(None)
    assert desk.facts.users[number].waiting == ({"": waiting} if waiting else {})
    (asked,) = [sql for sql in told if "held = 1" in sql]
    plan = " ".join(row[3] for row in ledger.db.execute(f"EXPLAIN QUERY PLAN {asked}"))
    assert "INDEX record_follows (structure_no=?)" in plan


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_committed_outlives_a_power_cut(ledger: Ledger) -> None:
    """Journal and disk are waited for, and no row points nowhere."""
    kept = ("journal_mode", "synchronous", "foreign_keys")
    assert [ledger.db.execute(f"PRAGMA {name}").fetchone()[0] for name in kept] == ["wal", 2, 1]


def test_what_sqlite_says_of_a_file_that_it_cannot_open_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="unable to open database file"):
        Ledger.open(tmp_path)


def test_looking_leaves_no_trace(tmp_path: Path, rulebook: Rulebook) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path, create=True) as ledger:
        commit(ledger, Desk(rulebook).drop(), rulebook)
    before = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    with Ledger.read_only(path) as ledger:
        assert len(list(ledger.queries.records(Query(), ZONE))) == 1
    assert {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()} == before


def test_a_reader_sees_what_a_writer_has_committed(tmp_path: Path, rulebook: Rulebook) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path, create=True) as writer:
        commit(writer, Desk(rulebook).drop(), rulebook)
        with Ledger.read_only(path) as reader:
            assert len(list(reader.queries.records(Query(), ZONE))) == 1


def test_a_ledger_that_a_first_pass_is_making_is_an_empty_one_to_who_looks(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    maker = sqlite3.connect(path, isolation_level=None)
    maker.execute("PRAGMA journal_mode = WAL")
    maker.execute("BEGIN IMMEDIATE")
    maker.execute("CREATE TABLE soon (id)")
    try:
        with Ledger.read_only(path) as ledger:
            assert ledger.queries.status(datetime.now(UTC), 3).counts == ()
    finally:
        maker.close()


def test_a_migration_that_is_under_way_is_waited_for(tmp_path: Path) -> None:
    """The reader comes before the writer has committed; what it sees is the migrated ledger, whole."""
    path = tmp_path / "old.db"
    old = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    old.executescript(DUMP.read_text("utf-8"))
    old.execute("PRAGMA journal_mode = WAL")
    old.execute("BEGIN IMMEDIATE")
    old.execute("INSERT INTO agreed VALUES ('ZZZ', 'DE')")
    old.execute("COMMIT")  # its -wal is there: somebody writes
    asked = threading.Event()

    def migrates() -> None:
        asked.wait()
        migrate(old)

    writer = threading.Thread(target=migrates)
    writer.start()
    try:
        asked.set()
        with Ledger.read_only(path) as ledger:
            assert ledger.queries.verify() > 0
    finally:
        writer.join()
        old.close()


def test_of_two_that_open_an_older_ledger_at_once_one_waits_for_the_other(tmp_path: Path) -> None:
    """A watch that mails opens it beside a run: one of both left with 6, "database is locked"."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as first, ThreadPoolExecutor(2) as threads:
        first.executescript(DUMP.read_text("utf-8"))
        first.execute("PRAGMA journal_mode = WAL")
        first.execute("BEGIN IMMEDIATE")
        first.execute("INSERT INTO agreed VALUES ('ZZZ', 'DE')")
        opened = [threads.submit(lambda: Ledger.open(path).close()) for _ in range(2)]
        wait(opened, timeout=0.3)  # both have read what is old by the time they may write
        first.execute("COMMIT")
        assert [one.result() for one in opened] == [None, None]


def test_an_older_ledger_that_nobody_migrates_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript(DUMP.read_text("utf-8"))
    old.close()
    with pytest.raises(AccessError, match="older"):
        Ledger.read_only(path)


def schema(db: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND name NOT LIKE '_sqlite%' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [(name, " ".join(sql.split())) for name, sql in rows]


def test_a_ledger_of_schema_1_opens_and_is_like_a_fresh_one(tmp_path: Path, ledger: Ledger) -> None:
    """The dump is what the first version wrote; it is never regenerated."""
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript(DUMP.read_text("utf-8"))
    old.close()
    with Ledger.open(tmp_path / "old.db") as opened:
        assert schema(opened.db) == schema(ledger.db)
        assert opened.db.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        assert len(list(opened.queries.records(Query(), ZONE))) == 1
        assert opened.queries.verify() > 0


def test_what_the_first_schema_wrote_agrees_as_far_as_its_events_tell(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as old, old:
        old.executescript(DUMP.read_text("utf-8"))
    old.close()
    with Ledger.open(tmp_path / "old.db") as opened:
        parts = {part.name: (part.partly, part.wrong) for part in verify_tables(opened.db)}
        opened.db.execute("UPDATE package SET vehicles = 2")
        opened.db.execute("UPDATE batch SET owner = 'x'")
        wrong = [one.what for part in verify_tables(opened.db) for one in part.wrong]
    assert parts.pop("records") == parts.pop("entries") == parts.pop("batches") == (1, [])
    assert set(map(str, parts.values())) == {"(0, [])"}
    assert wrong == ["TRIAL-20260302-0001-filing.zip · vehicles", "TRIAL-20260302-0001 · owner"]


def test_parameters_do_not_take_a_page_each(ledger: Ledger) -> None:
    """A full set is some 1,300 bytes, more than a quarter of a page."""
    (before,) = ledger.db.execute("PRAGMA page_count").fetchone()
    rows = [(f"N{i}", 1, 1, "B", "2026", "x" * 1300) for i in range(400)]
    with ledger.transaction() as db:
        db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", rows)
    (after,) = ledger.db.execute("PRAGMA page_count").fetchone()
    assert after - before < 300


def test_migrations_are_listed_with_their_time(ledger: Ledger) -> None:
    names = {name for (name,) in ledger.db.execute("SELECT name FROM _sqlite_migrations")}
    assert names == {f"schema_{number}" for number in range(1, SCHEMA + 1)}
    migrate(ledger.db)  # again: nothing to do
    assert len(statements(SCHEMA_1)) > 20


def test_a_newer_ledger_is_refused_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path, create=True) as ledger:
        ledger.db.execute("PRAGMA user_version = 99")
    with pytest.raises(AccessError, match="newer") as refused:
        Ledger.open(path)
    assert refused.value.exit_code == 6


@pytest.mark.parametrize("look", [Ledger.open, Ledger.read_only])
def test_a_ledger_that_is_refused_is_closed(tmp_path: Path, look: Callable[[Path], Ledger]) -> None:
    """Also while somebody still holds the failure, and with it all that led there."""
    path = tmp_path / "ledger.db"
    with Ledger.open(path, create=True) as ledger:
        ledger.db.execute("PRAGMA user_version = 99")
    with pytest.raises(AccessError) as refused:
        look(path)
    held = [fd.readlink() for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()]
    assert [file.name for file in held if file.parent == tmp_path] == []
    assert refused.value.exit_code == 6


def test_a_network_file_system_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"1 0 0:1 / / rw - ext4 /dev/sda rw\n2 1 0:2 / {tmp_path} rw shared:1 - cifs //server/share rw\n"
    )
    monkeypatch.setattr("vinbatch.store.disk._MOUNTS", mounts)
    with pytest.raises(AccessError, match="cifs"):
        require_local(tmp_path)


# ── the chain ────────────────────────────────────────────────────────────────────────────────────


def tampered(ledger: Ledger, *statements: str) -> Ledger:
    for statement in ("DROP TRIGGER event_is_kept", "DROP TRIGGER event_stands", *statements):
        ledger.db.execute(statement)
    return ledger


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = replace(body, 'x.xlsx', 'y.xlsx') WHERE id = 1",
        "UPDATE event SET batch = 'TRIAL-20260302-0009' WHERE id = 2",
        "UPDATE event SET vin = 'WBA13BJ05MCF12346' WHERE id = 2",
        "UPDATE event SET hash = '0' WHERE id = 2",
        "DELETE FROM event WHERE id = 2",
        "INSERT INTO event SELECT 0, vin, batch, body, hash FROM event WHERE id = 1",
    ],
)
def test_a_changed_removed_or_inserted_event_breaks_the_chain(
    ledger: Ledger, rulebook: Rulebook, statement: str
) -> None:
    outcome = Desk(rulebook).drop()
    commit(ledger, replace(outcome, reading=replace(outcome.reading, source=Source("x.xlsx", "d"))), rulebook)
    assert ledger.queries.verify() > 3
    with pytest.raises(AccessError, match="broken"):
        tampered(ledger, statement).queries.verify()


def test_events_cut_off_at_the_end_show_against_a_printed_head(ledger: Ledger, rulebook: Rulebook) -> None:
    commit(ledger, Desk(rulebook).drop(), rulebook)
    head = ledger.head()
    assert ledger.queries.knows_head(head)
    tampered(ledger, "DELETE FROM event WHERE id = (SELECT max(id) FROM event)")
    assert ledger.queries.verify() > 0, "the rest is whole"
    assert not ledger.queries.knows_head(head)


def test_the_status_walks_only_what_waits_or_is_to_be_mended(ledger: Ledger) -> None:
    """The overview asks whenever it is written, over millions of records."""
    asked: list[str] = []
    ledger.db.set_trace_callback(asked.append)
    ledger.queries.status(NOW, 7)
    ledger.db.set_trace_callback(None)
    plans = [row[3] for sql in asked for row in ledger.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert sorted(plan for plan in plans if "record" in plan) == [
        "SCAN record USING INDEX record_to_mend",
        "SEARCH record USING INDEX record_waiting (declared<?)",
    ]


def test_asking_what_is_overdue_walks_only_what_waits(ledger: Ledger) -> None:
    """Every pass asks, also an idle one over millions of records."""
    asked: list[str] = []
    ledger.db.set_trace_callback(asked.append)
    ledger.queries.overdue(NOW)
    ledger.db.set_trace_callback(None)
    (plan,) = {row[3] for row in ledger.db.execute(f"EXPLAIN QUERY PLAN {asked[0]}") if "record" in row[3]}
    assert "SEARCH record USING INDEX record_waiting" in plan


def test_a_statement_that_is_none_is_our_bug_and_no_fault_of_the_disk(tmp_path: Path) -> None:
    with (
        pytest.raises(sqlite3.OperationalError, match="no such column"),
        Ledger.open(tmp_path / "ledger.db", create=True) as ledger,
    ):
        ledger.db.execute("SELECT missing FROM record")


def test_so_it_is_within_a_transaction(ledger: Ledger) -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax error"), ledger.transaction() as db:
        db.execute("SELEC 1")


def test_a_disk_that_takes_no_more_is_no_bug(ledger: Ledger) -> None:
    ledger.db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(AccessError, match="full"), ledger.transaction() as db:
        db.execute("CREATE TABLE more (a)")
