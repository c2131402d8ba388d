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
HEADS = ("time", "event", "detail", "source", "who")  # phrases of cli.*, as the columns of `Happened`


class Happened(Noun, frozen=True):
    """An event as people read it."""

    when: str
    kind: str
    what: str
    detail: str
    source: str
    who: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Its cells in a table, in the order of `HEADS`."""
        return self.when, self.what, self.detail, self.source, self.who


def happened(
    events: Iterable[Event], sources: Sources, ruleset: Ruleset, *, whole: bool = False
) -> tuple[Happened, ...]:
    """Events in words. `sources` tell of each batch its file, department, and owner or user.

    `whole`: with every value that was filed, not only what changed later.
    """
    return tuple(_happened(event, sources, ruleset, whole) for event in events)


def batches_of(events: Iterable[Event]) -> set[str]:
    """The batches whose sources `happened` asks for."""
    return {event.batch for event in events if event.batch}


def _happened(event: Event, sources: Sources, ruleset: Ruleset, whole: bool) -> Happened:
    body = event.body
    what = ruleset.word(f"@event.{body['kind']}")
    origin = sources.get(event.batch, Origin())
    file, who = origin.file, origin.who
    if body["kind"].startswith("reply-"):
        file, who = body["file"], body.get("user", "")
    elif origin.by_command:  # an auditor looks in vain for a file of this name
        file = ruleset.phrase("cli.by_command", name=file)
    sheet = body.get("sheet_name") or ruleset.word(f"@sheet.{body.get('sheet')}")
    place = f"{sheet}!{body.get('cell') or body['row']}" if body.get("row") else ""
    return Happened(
        when=local_time(datetime.fromisoformat(body["time"]), ruleset),
        kind=body["kind"],
        what=body["kind"] if what.startswith("@") else what,
        detail="\n".join(_particulars(body, ruleset, whole)),
        source=" ".join(t for t in (file, place, event.batch) if t),
        who=" ".join(t for t in (origin.department, who) if t),
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
    told += [_value(VEHICLE, key, value, ruleset) for key, value in filed.items()]
    told += [_difference(d, ruleset) for d in body.get("diff", ())]
    told += [_released(ask, ruleset) for ask in body.get("confirmed", ())]
    if body["kind"] in _SETTLED and body.get("how"):
        told.append(ruleset.word(f"@event.how_{body['how']}"))
    told += [ruleset.word(body["reason"])] if body.get("reason") else []
    told += [body["guid"]] if body.get("guid") else []
    if body["kind"] == "batch":
        told.append(f"{body['program']} · {ruleset.phrase('cli.rules')} {body['rules'][:16]}")
        told += [f"{key} = {value}" for key, value in _settings(body.get("settings", {}))]
    if body["kind"] == "receipt":
        told.append(f"{body['file']} {body.get('set_aside', '')}".strip())
    return told


def _released(ask: str, ruleset: Ruleset) -> str:
    """`已确认：车型年款…（车型年款 2031）` of an ask that was answered."""
    was = Question.read(ask)
    told = f"{ruleset.word('@severity.released')} {ruleset.title(was.code)}"
    return f"{told} · {was.value}" if was.field and was.value else told


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


def _value(sheet: str, key: str, value: Any, ruleset: Ruleset) -> str:
    """`车身颜色：白`."""
    return ruleset.word(f"@{sheet}.{key}|{_shown(sheet, key, value, ruleset)}")


def _shown(sheet: str, key: str, value: Any, ruleset: Ruleset) -> str:
    if value is None:
        return "–"
    value = tuple(value) if isinstance(value, list) else value
    known = key in ruleset.index(sheet)
    return ruleset.shown(ruleset.field(sheet, key), value) if known else str(value)
