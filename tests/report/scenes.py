"""Batches as reports show them: each scene is an outcome, what the ledger would hold of it, and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from customs_desk import Customs
from desk import NOW, OTHER_VIN, Cells, Desk

from vinbatch import flow
from vinbatch.model import (
    Event,
    FileNames,
    Finding,
    Known,
    Origin,
    Outcome,
    Query,
    Reading,
    Rulebook,
    Severity,
    Source,
    StoredPackage,
)
from vinbatch.noun import Noun, replace

VINS = ("WBA13BJ03MCF12345", OTHER_VIN, "WBA13BJ07MCF12347", "WBA13BJ09MCF12348")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "a\u202egpj.xlsx",
    "a\x1b[2J\x07\x00b",
    "one\ntwo\r\nthree\u2028four",
    "{{ report.batch }}{% raw %}",
    "</style></title><svg onload=alert(1)>",
    "A" * 400,
)


class Scene(Noun, frozen=True):
    """What `flow.page` takes."""

    outcome: Outcome
    known: Known
    files: FileNames

    def page(self, rulebook: Rulebook) -> str:
        return flow.page(self.outcome, self.known, self.files, rulebook).decode()


def english(rulebook: Rulebook) -> Rulebook:
    """The rules of a home that reads English."""
    text = 'language = "en"\n'
    return replace(rulebook, home=(("settings.toml", text),), digest=f"{rulebook.digest} english")


def named(outcome: Outcome, name: str, **more: str) -> Outcome:
    """The outcome of a file of this name."""
    source = replace(outcome.reading.source, name=name, owner=more.get("owner", "wang.li"))
    reading = replace(outcome.reading, source=source, saved_by=more.get("saved_by", ""))
    return replace(outcome, reading=reading)


def told(outcome: Outcome, desk: Desk, customs: Customs | None = None, *, state: str = "published") -> Known:
    """What a ledger holds after this outcome and what customs said to it."""
    published = NOW.isoformat() if state == "published" else ""
    reason = "@doubt.power" if state == "doubt" else ""
    packages = tuple(
        StoredPackage(
            p.guid, p.batch, p.type.value, p.name, p.digest, len(p.vins), state, "", reason, published
        )
        for p in flow.render(outcome, desk.rulebook)
    )
    events = [
        _event(1, outcome.batch, "batch", NOW, file=outcome.reading.source.name, program="1", rules="0")
    ]
    events += [
        _event(2, outcome.batch, state, NOW, guid=p.guid, name=p.name, reason=reason) for p in packages
    ]
    replies = tuple(customs.replies) if customs else ()
    for receipt in dict.fromkeys(r.receipt for r in replies):
        later = NOW + timedelta(days=1)
        events.append(_event(9, outcome.batch, "receipt", later, file="回执.xml", receipt=receipt, guid=""))
    return Known(
        desk.now,
        desk.facts.records,
        replies=replies,
        head="5e" * 32,
        packages=packages,
        events=tuple(events),
        sources={outcome.batch: Origin(outcome.reading.source.name, "", "wang.li")},
    )


def _event(number: int, batch: str, kind: str, when: Any, vin: str = "", **more: str) -> Event:
    return Event(number, vin, batch, {"time": when.isoformat(), "kind": kind, **more}, "0" * 64)


def files(outcome: Outcome, known: Known, extracts: tuple[str, ...] = (), found: int = 0) -> FileNames:
    names = tuple(p.name for p in known.packages)
    unsent = tuple(p.name for p in known.packages if p.state != "published")
    return FileNames(names, extracts, found, f"{outcome.batch}_a.xlsx", "VIN申报模板.xlsx", unsent)


# ── the scenes ───────────────────────────────────────────────────────────────────────────────────


def good(rulebook: Rulebook) -> Scene:
    """Everything is declared, nothing answered yet."""
    desk = Desk(rulebook)
    outcome = named(desk.drop([{"vin": v} for v in VINS], department="进口部"), "三月宝马.xlsx")
    known = told(outcome, desk)
    return Scene(outcome, known, files(outcome, known))


def findings(rulebook: Rulebook) -> Scene:
    """Rows refused and held, beside one that is declared."""
    rows: list[Cells | None] = [
        {},
        {"vin": VINS[1], "ccc_no": 2021011101349006.0},
        {"vin": "WBA13BJ0XMCF12345"},
        None,
        {"vin": VINS[2], "production_date": 2021.1, "colour": ""},
        {"vin": VINS[3], "production_date": "2018.03"},
    ]
    desk = Desk(rulebook)
    outcome = named(desk.drop(rows), "三月第二批.xlsx")
    known = told(outcome, desk)
    return Scene(outcome, known, files(outcome, known))


def answered(rulebook: Rulebook) -> Scene:
    """Customs has accepted some, rejected one, and owes an answer to another."""
    desk = Desk(rulebook)
    outcome = named(desk.drop([{"vin": v} for v in VINS]), "三月宝马.xlsx")
    customs = Customs(desk)
    guid = customs.take(outcome)
    for vin in VINS[:2]:
        customs.say(guid, "120", vin)
    customs.say(guid, "-401", VINS[2], info="车辆型号与证书不符")
    desk.now = NOW + timedelta(days=8)
    known = told(outcome, desk, customs)
    return Scene(outcome, known, files(outcome, known))


def doubt(rulebook: Rulebook) -> Scene:
    """The power failed while the package was published."""
    desk = Desk(rulebook)
    outcome = named(desk.drop(), "三月宝马.xlsx")
    known = told(outcome, desk, state="doubt")
    return Scene(outcome, known, files(outcome, known))


def refused(rulebook: Rulebook) -> Scene:
    """A file that is no workbook."""
    finding = Finding("FILE-PROTECTED", Severity.STOP)
    reading = Reading(Source("旧表.xlsx", "d", owner="wang.li"), findings=(finding,))
    outcome = Outcome("TRIAL-20260302-0001", NOW, reading, findings=(finding,))
    known = told(outcome, Desk(rulebook))
    return Scene(outcome, known, files(outcome, known))


def asked(rulebook: Rulebook) -> Scene:
    """A sheet 查询: the history of a vehicle."""
    before = answered(rulebook)
    vin, batch = VINS[0], before.outcome.batch
    reading = Reading(Source("查.xlsx", "d", owner="wang.li"), queries=(Query(vins=(vin,)),))
    outcome = Outcome("TRIAL-20260310-0001", NOW, reading)
    guid = before.known.packages[0].guid
    diff = [{"sheet": "vehicle", "field": "colour", "old": "白", "new": "红"}]
    body: dict[str, Any] = {"sheet": "vehicle", "row": 2, "cell": "C2", "type": "filing", "guid": guid}
    events = (
        _event(1, batch, "declared", NOW, vin, **{**body, "diff": diff}),
        _event(2, batch, "published", NOW, guid=guid),
        _event(
            3,
            batch,
            "reply-applied",
            NOW,
            vin,
            file="回执.xml",
            status="120",
            state="accepted",
            at="20260302102231500",
            info="海关入库",
            guid=guid,
        ),
    )
    known = replace(
        before.known,
        packages=(),
        replies=(),
        events=(_event(4, outcome.batch, "batch", NOW, file="查.xlsx", program="1", rules="0"),),
        histories={vin: events},
    )
    return Scene(outcome, known, files(outcome, known, ("TRIAL-20260310-0001_查询结果.xlsx",), 51))


def hostile(rulebook: Rulebook) -> Scene:
    """Names and values that try to become something else than text."""
    rows: list[Cells | None] = [
        {"vin": VINS[0], "colour": text[:30], "ccc_no": text, "remark": text} for text in HOSTILE
    ]
    desk = Desk(rulebook)
    name = f"{''.join(HOSTILE[:7])}.xlsx"
    outcome = named(desk.drop(rows), name, owner=HOSTILE[1], saved_by=HOSTILE[0])
    known = told(outcome, desk)
    return Scene(outcome, known, replace(files(outcome, known), result=f"javascript:{HOSTILE[1]}"))


SCENES: Mapping[str, Callable[[Rulebook], Scene]] = {
    "good": good,
    "findings": findings,
    "answered": answered,
    "doubt": doubt,
    "refused": refused,
    "asked": asked,
}
