"""From files to outcomes, with nothing written: what a pass and a dry run have in common."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import cast

from vinbatch import flow
from vinbatch.checks.headings import holds_parameters_only
from vinbatch.effects import pool as pools
from vinbatch.lifecycle.marks import cell
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Facts,
    Finding,
    Outcome,
    Parsed,
    Reading,
    Rulebook,
    Source,
    tells_apart,
)
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset, compile_rules

log = logging.getLogger("vinbatch")


class Keys(Noun, frozen=True):
    """What a chunk of readings asks the ledger for."""

    vins: frozenset[str]
    numbers: frozenset[str]
    digests: frozenset[str]
    marks: frozenset[str] = frozenset()  # of refused rows on no record, as the ledger knows them

    @property
    def asked(self) -> tuple[list[str], ...]:
        """What the ledger is asked for, in the order of its look-up."""
        return tuple(map(sorted, (self.vins, self.numbers, self.digests, self.marks)))


LookUp = Callable[[Keys], Facts]


class Dropped(Noun, frozen=True):
    """A file as it was dropped; `data` None where it is too large to be brought into memory."""

    source: Source
    data: bytes | None
    size: int = 0


class Heavy(Noun, frozen=True):
    """Instead of what was parsed: more than may be in memory beside the others of its chunk."""


Begun = Callable[[], list[Parsed | Heavy | pools.Died]]

# What the cells of one workbook of a chunk may weigh: a full form weighs a fifth. Judging, answering and all
# that is in between take six times that, and 25 of them have to stay below 400 MB.
LIGHT = 3 * 2**19
_CELL = 32  # what a cell weighs beside its text


def parse_light_here(item: tuple[Source, bytes]) -> Parsed | Heavy:
    """Runs in a worker: what is not heavy."""
    parsed = parse_here(item)
    return parsed if _weight(parsed) <= LIGHT else Heavy()


def _weight(parsed: Parsed) -> int:
    rows = [row for sheet in parsed.sheets for row in sheet.rows]
    empty = sum(row.count(None) for row in rows)
    texts = sum(map(len, map(str, chain.from_iterable(rows)))) - empty * len(str(None))
    return _CELL * (sum(map(len, rows)) - empty) + texts


def parse_here(item: tuple[Source, bytes]) -> Parsed:
    """Runs in a worker: the rules went there once, when it started."""
    source, data = item
    return flow.parse(source, data, given_rulebook())


def parameters_only_here(item: tuple[Source, bytes]) -> bool:
    """Runs in a worker: whether a workbook is a catalogue import; False for what cannot be read."""
    source, data = item
    return flow.holds_parameters_only(source, data, given_rulebook())


def rules_ready_here() -> None:
    """Runs in a worker: what its first workbook would wait for."""
    compile_rules(given_rulebook())


def given_rulebook() -> Rulebook:
    """In a worker: the rules that its pool was given."""
    rulebook = pools.initial()
    if not isinstance(rulebook, Rulebook):
        raise TypeError("this pool was given no rules")
    return rulebook


def parse_all(pool: pools.Workers, files: Sequence[Dropped], ruleset: Ruleset) -> list[Parsed]:
    """One task a file; a file that kills its worker, or takes too long, is refused with the reason."""
    return cast(list[Parsed], _answers(pool.map(parse_here, _small(files)), files, ruleset))


def begin_parsing(pool: pools.Workers, files: Sequence[Dropped]) -> Begun:
    """Workers begin; `parse_in_portions` asks for what they have."""
    return pool.begin(parse_light_here, _small(files))


def parse_in_portions(
    pool: pools.Workers, files: Sequence[Dropped], ruleset: Ruleset, begun: Begun | None = None
) -> Iterator[list[tuple[int, Parsed]]]:
    """A chunk, parsed: each workbook with its place in it, and no more at once than fits into memory.

    `begun` is what workers began of it already. Usually that is all of them, in their order. A heavy one
    comes alone; then parameters-only workbooks come before all others, which within one portion deciding
    sees to.
    """
    given = begun or begin_parsing(pool, files)
    answers = _answers(given(), files, ruleset)
    order = list(range(len(files)))
    if any(isinstance(answer, Heavy) for answer in answers):
        flags = are_parameters_only(pool, files)
        order.sort(key=lambda i: not flags[i])
    together: list[tuple[int, Parsed]] = []
    for i in order:
        answer = answers[i]
        if not isinstance(answer, Heavy):
            together.append((i, answer))
            continue
        if together:
            yield together
        together = []
        yield [(i, parse_all(pool, [files[i]], ruleset)[0])]
    if together:
        yield together


def _answers(
    given: Sequence[Parsed | Heavy | pools.Died], files: Sequence[Dropped], ruleset: Ruleset
) -> list[Parsed | Heavy]:
    """What workers gave, and a refusal for each file that was too large for them or killed one."""
    answers = iter(given)
    parsed: list[Parsed | Heavy] = []
    for file in files:
        if file.data is None:
            parsed.append(Parsed(file.source, refusal=too_large(file.size, ruleset)))
            continue
        answer = next(answers)
        if isinstance(answer, pools.Died):
            log.warning("%s: its reader died (%s) %s", file.source.name, answer.reason, answer.detail)
            parsed.append(Parsed(file.source, refusal=ruleset.finding(_DIED[answer.reason])))
        else:
            parsed.append(answer)
    return parsed


def are_parameters_only(pool: pools.Workers, files: Sequence[Dropped]) -> list[bool]:
    """For each file, whether it is a catalogue import; one whose reader dies is none."""
    answers = iter(pool.map(parameters_only_here, _small(files)))
    return [file.data is not None and next(answers) is True for file in files]


def _small(files: Sequence[Dropped]) -> list[tuple[Source, bytes]]:
    return [(f.source, f.data) for f in files if f.data is not None]


def too_large(size: int, ruleset: Ruleset) -> Finding:
    """Why a file of so many bytes is not looked into."""
    limit = ruleset.settings.limits.file_megabytes
    return ruleset.finding("FILE-TOO-LARGE", size=f"{size / 2**20:.1f}", limit=str(limit))


_DIED = {
    "memory": "FILE-TOO-HEAVY",
    "time": "FILE-TOO-SLOW",
    "crash": "FILE-KILLS-READER",
    "error": "FILE-KILLS-READER",
}


def keys_of(readings: Iterable[Reading], ruleset: Ruleset) -> Keys:
    """The VINs, numbers and files that these readings name, marks included."""
    vins: set[str] = set()
    numbers: set[str] = set()
    digests: set[str] = set()
    marks: set[str] = set()
    for reading in readings:
        digests.add(reading.source.digest)
        for row in reading.rows:
            number = cell(ruleset, row, "structure_no")
            vin = cell(ruleset, row, "vin") if row.sheet == VEHICLE else None
            if isinstance(vin, str):
                vins.add(vin)
            if isinstance(number, str):
                numbers.add(number)
            if row.mark is not None:
                (vins if row.sheet == VEHICLE else numbers).add(row.mark.key)
                if not row.mark.revision and tells_apart(row, row.mark):
                    marks.add(row.mark.known_by)
    return Keys(frozenset(vins), frozenset(numbers), frozenset(digests), frozenset(marks))


def leads(parsed: Parsed, ruleset: Ruleset) -> bool:
    """Whether it is to be judged before the others, where that is done one at a time: a catalogue import."""
    return holds_parameters_only(parsed.sheets, ruleset)


def parameters_only(reading: Reading) -> bool:
    """Whether a workbook holds parameters and no vehicle: a catalogue import, worked before all others."""
    sheets = {row.sheet for row in reading.rows}
    return sheets == {STRUCTURE}


def decide_in_order(
    readings: Sequence[Reading],
    batches: Sequence[str],
    look_up: LookUp,
    rulebook: Rulebook,
    now: datetime,
) -> Iterator[tuple[int, Outcome]]:
    """Each outcome with its place, as soon as it is decided; as if workbooks were worked one after another.

    Workbooks that hold parameters only are decided before the others (semantics section 4). Without a home
    each stands alone: no VIN has a record.

    Rows in are rows out. ValueError otherwise: the workbook is refused as our bug, nothing of it declared.
    """
    ruleset = compile_rules(rulebook)
    facts = look_up(keys_of(readings, ruleset))
    for i in sorted(range(len(readings)), key=lambda i: not parameters_only(readings[i])):
        outcome = flow.decide(readings[i], facts, rulebook, batches[i], now)
        if len(outcome.rows) != len(readings[i].rows):
            raise ValueError(f"{batches[i]}: {len(readings[i].rows)} rows in, {len(outcome.rows)} out")
        yield i, outcome
        if not facts.blind:
            facts = flow.after(facts, outcome)


def failed_outcome(source: Source, batch: str, now: datetime, rulebook: Rulebook) -> Outcome:
    """A workbook that hit a bug of ours: refused as VINBATCH-FAILED, nothing of it is stored."""
    finding = compile_rules(rulebook).finding("VINBATCH-FAILED")
    return Outcome(batch, now, Reading(source), findings=(finding,))
