"""Events of the audit chain in words: what happened to a vehicle, when, where it came from, who."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from vinbatch.model import VEHICLE, Event, Origin, Question, Reply, State
from vinbatch.noun import Noun, replace
from vinbatch.report.customs import reply_words
from vinbatch.report.words import local_time
from vinbatch.ruleset import Ruleset

Sources = Mapping[str, Origin]
_SETTLED = ("released", "regained", "void")  # by a person or a receipt, and `how`
_DECIDED = (*_SETTLED, "resent", "restored")  # by a person whom the event names, where it names one
APART = ("type", "file", "place", "batch", "department", "owner", "guid")  # phrases of list.*
HEADS = ("time", "event", "detail", "source", "who")  # phrases of cli.*, as the columns of `Happened`


class Happened(Noun, frozen=True):
    """An event as people read it."""

    when: str
    kind: str
    what: str
    detail: str
    source: str
    who: str
    by: str = ""  # the same with words for what they are
    apart: tuple[str, ...] = ()  # the same, each for itself, in the order of `APART`

    @property
    def columns(self) -> tuple[str, ...]:
        """Its cells in a table, in the order of `HEADS`."""
        return self.when, self.what, self.detail, self.source, self.who


def happened(
    events: Iterable[Event],
    sources: Sources,
    ruleset: Ruleset,
    *,
    whole: bool = False,
    before: Event | None = None,
) -> tuple[Happened, ...]:
    """Events in words. `sources` tell of each batch its file, department, and owner or user.

    `whole`: with every value that was filed. By which rules is told, and of settings what the batch before
    had otherwise: of the first batch here that is `before`.
    """
    told = []
    for event in events:
        told.append(_happened(event, sources, ruleset, whole, before))
        before = event if event.body["kind"] == "batch" else before
    return tuple(told)


def batches_of(events: Iterable[Event]) -> set[str]:
    """The batches whose sources `happened` asks for."""
    return {event.batch for event in events if event.batch}


def _happened(
    event: Event, sources: Sources, ruleset: Ruleset, whole: bool, before: Event | None
) -> Happened:
    body = event.body
    what = ruleset.word(f"@event.{body['kind'].replace(' ', '_')}")
    origin = sources.get(event.batch, Origin())
    file, department, who = origin.file, origin.department, origin.who
    # Who dropped the workbook has no part in what customs answered, nor in what an operator decided.
    if body["kind"].startswith(("receipt", "reply-")):
        file, department, who = body["file"], "", body.get("user", "")
    elif body["kind"] in _DECIDED:
        department, who = "", body.get("user", "")
    owns = file == origin.file and not origin.by_command and body["kind"] not in _DECIDED
    by = (("by_department", department), ("by_owner" if owns else "by_user", who))
    if origin.by_command and file == origin.file:  # an auditor looks in vain for a file of this name
        file = ruleset.phrase("cli.by_command", name=file)
    kind = ruleset.word(f"@type.{body['type']}") if "type" in body else ""
    sheet = body.get("sheet_name") or ruleset.word(f"@sheet.{body.get('sheet')}")
    place = f"{sheet}!{body.get('cell') or body['row']}" if body.get("row") else ""
    return Happened(
        when=local_time(datetime.fromisoformat(body["time"]), ruleset),
        kind=body["kind"],
        what=body["kind"] if what.startswith("@") else what,
        detail="\n".join((*_particulars(body, ruleset, whole), *_law(body, before, ruleset))),
        source=" ".join(t for t in (file, place, event.batch) if t),
        who=" ".join(t for t in (department, who) if t),
        by=" · ".join(ruleset.phrase(f"cli.{key}", name=name) for key, name in by if name),
        apart=(kind, file, place, event.batch, department, who, str(body.get("guid", ""))),
    )


def _particulars(body: Mapping[str, Any], ruleset: Ruleset, whole: bool) -> Sequence[str]:
    told = []
    if "type" in body:
        told.append(ruleset.word(f"@type.{body['type']}"))
    if body["kind"].startswith("reply-"):
        state = State(body["state"])
        said = Reply(body["guid"], "", body["status"], state, body["at"], body["info"])
        told.append(reply_words(replace(said, doubted=body.get("doubted", "")), ruleset))
    filed = body.get("data", {}) if whole else {}
    order = ruleset.index(VEHICLE)
    keys = sorted(filed, key=lambda key: (order.get(key, len(order)), key))
    told += [value_words(key, filed[key], ruleset) for key in keys]
    told += [_difference(d, ruleset) for d in body.get("diff", ())]
    told += [_asked(ask, "@verdict.held", ruleset) for ask in body.get("held", ())]
    told += [_asked(ask, "@severity.released", ruleset) for ask in body.get("confirmed", ())]
    if body["kind"] in _SETTLED and body.get("how"):
        told.append(ruleset.word(f"@event.how_{body['how']}"))
    told += [ruleset.word(body["reason"])] if body.get("reason") else []
    told += [ruleset.phrase("cli.guid", guid=body["guid"])] if body.get("guid") else []
    if body["kind"] == "restored":
        told.append(ruleset.phrase("cli.restored", name=body["file"], n=body["events"]))
        if "left" in body:
            told.append(ruleset.phrase("cli.restored_left", n=body["left"], head=body["left_head"]))
    if "set_aside" in body:
        told.append(ruleset.phrase("cli.aside", reason=_titles(body["set_aside"], ruleset)))
    if "number" in body:
        revision = body.get("revision")
        told.append(body["number"] + (f" · {ruleset.phrase('cli.revision', n=revision)}" if revision else ""))
    return [*told, *(_things(body, ruleset) if whole else ())]


def _things(body: Mapping[str, Any], ruleset: Ruleset) -> Iterator[str]:
    """What lies in the archive: name and SHA-256."""
    if body["kind"] == "batch" and body.get("saved_by"):
        yield ruleset.phrase("cli.saved_by", name=body["saved_by"])
    if body["kind"] in ("package", "forgotten"):
        yield body["name"]
    digest = body["receipt"] if body["kind"] == "receipt" else body.get("digest")
    if digest:
        yield f"SHA-256 {digest}"


def _law(body: Mapping[str, Any], before: Event | None, ruleset: Ruleset) -> Iterator[str]:
    """By what a batch was decided; of the settings what differs from those of the batch `before`."""
    if body["kind"] != "batch":
        return
    was = before.body if before else {}
    other = was and was["rules"] != body["rules"]
    rules = ruleset.phrase("cli.rules_other" if other else "cli.rules")
    yield f"vinbatch {body['program']} · {rules} {body['rules'][:16]}"
    now, then = (dict(_settings(one.get("settings", {}))) for one in (body, was))
    for key in (*now, *(key for key in then if key not in now)):
        if now.get(key) != then.get(key):
            yield f"{key} = {now.get(key, '–')}"


def _asked(ask: str, word: str, ruleset: Ruleset) -> str:
    """`已确认 年款与生产日期不符 · 2031.05` of an ask that was answered, `待核实 …` of one that holds."""
    was = Question.read(ask)
    parts = (f"{ruleset.word(word)} {ruleset.title(was.code)}", was.value if was.field else "", was.said)
    return " · ".join(filter(None, parts))


def _titles(codes: str, ruleset: Ruleset) -> str:
    """Reasons in words, each with its code."""
    return "; ".join(f"{ruleset.title(code)} ({code})" for code in codes.split())


def _settings(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Each setting about as it was written, on a line of its own; what is empty says nothing."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{above}{key}.")
        elif value not in ("", [], None):
            yield f"{above}{key}", json.dumps(value, ensure_ascii=False)


def _difference(diff: Mapping[str, Any], ruleset: Ruleset) -> str:
    """`车身颜色：白 → 红`."""
    sheet, key = diff["sheet"], diff["field"]
    old, new = (_shown(sheet, key, diff[when], ruleset) for when in ("old", "new"))
    return ruleset.word(f"@{sheet}.{key}|{old} → {new}")


def value_words(key: str, value: Any, ruleset: Ruleset) -> str:
    """`车身颜色：白`, of a vehicle."""
    return ruleset.word(f"@vehicle.{key}|{_shown(VEHICLE, key, value, ruleset)}")


def _shown(sheet: str, key: str, value: Any, ruleset: Ruleset) -> str:
    if value is None:
        return "–"
    value = tuple(value) if isinstance(value, list) else value
    known = key in ruleset.index(sheet)
    return ruleset.shown(ruleset.field(sheet, key), value) if known else str(value)
