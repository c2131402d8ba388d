"""Real forms, mutated: whatever comes out is judged row by row or refused with a reason, and never worse.

    make fuzz FUZZ_SECONDS=600 SEED=7

A mutant is told by its seed: SEED:NUMBER makes the same bytes again.
"""

from __future__ import annotations

import io
import random
import re
import sys
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import sha256

import inert
from attack_texts import RULES, TEXTS
from foreign import zipped
from openpyxl import load_workbook

from vinbatch import flow, samples
from vinbatch.cli.work import exit_code
from vinbatch.effects.pool import Pool
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import Facts, FileNames, Known, Outcome, Source
from vinbatch.run.judging import readying
from vinbatch.run.judging.chunks import Chunk, Job, Worked, work_chunk
from vinbatch.run.judging.judge import Dropped
from vinbatch.store.commits import Law
from vinbatch.workbook.form import build
from vinbatch.workbook.read import read

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
RULEBOOK = packaged_rulebook()
READY = partial(readying.begin, None, rulebook=RULEBOOK, law=Law(""))
CHUNK = 10
SECONDS, MEGABYTES = 30, 384  # of a worker
Members = dict[str, bytes]


# ── what is mutated ──────────────────────────────────────────────────────────────────────────────


@cache
def originals() -> tuple[bytes, ...]:
    """A form as a clerk fills it, the empty one, a result with its marks, and what openpyxl makes of one."""
    models = samples.MODELS[:3]
    filled = samples.workbook(RULES, samples.vehicles(6, models=models), samples.parameters(models))
    spoilt = samples.vehicles(6, models=models)
    spoilt[1]["production_date"] = 2021.1
    spoilt[2]["vin"] = "WBA13BJO3MCF1234"
    spoilt[3]["action"] = "暂存"
    mixed = samples.workbook(RULES, spoilt, samples.parameters(models))
    job = Job(Dropped(Source("a.xlsx", "0" * 64), mixed, len(mixed)), "TRIAL-20260302-0001", NOW)
    with Pool(1, MEGABYTES, SECONDS, RULEBOOK) as pool:
        ((worked,),) = work_chunk(Chunk((job,)), pool, lambda _wanted: Facts(), RULEBOOK, READY)
    out = io.BytesIO()
    load_workbook(io.BytesIO(filled)).save(out)
    return filled, mixed, build(RULES), answer(worked.outcome), out.getvalue()


def answer(outcome: Outcome) -> bytes:
    """The result workbook, as a pass would write it where the ledger holds nothing."""
    known = Known(outcome.now, {}, {}, {}, (), "0" * 64)
    return flow.answer(outcome, known, FileNames((), (), 0), RULEBOOK).workbook


# ── mutations ────────────────────────────────────────────────────────────────────────────────────

_NUMBERS = ("-1", "0", "NaN", "1e308", "99999999999", "4294967296", "0.5", "", "٣", "65536", "1048577")
_TYPES = ("s", "str", "n", "b", "e", "d", "inlineStr", "x", "")
_ATTRIBUTE = re.compile(rb'\s([\w:]+)="([^"]*)"')
_VALUE = re.compile(rb"<(v|t|f)( [^>]*)?>([^<]*)</\1>")
_ELEMENT = re.compile(
    rb"<(c|row|si|sheet|Relationship|xf|numFmt|mergeCell|is|v)\b[^>]*?(?:/>|>.*?</\1>)", re.DOTALL
)
_TYPE = re.compile(rb' t="\w*"')


def flip_bytes(r: random.Random, data: bytes) -> bytes:
    """Some bytes of the file are others."""
    out = bytearray(data)
    for _ in range(r.choice((1, 1, 2, 8, 64))):
        out[r.randrange(len(out))] = r.randrange(256)
    return bytes(out)


def cut(r: random.Random, data: bytes) -> bytes:
    """A piece is missing, or stands there twice."""
    a, b = sorted(r.randrange(len(data)) for _ in range(2))
    return r.choice((data[:a], data[:a] + data[b:], data[:b] + data[a:]))


def _in_part(change: Callable[[random.Random, bytes], bytes]) -> Callable[[random.Random, bytes], bytes]:
    def mutate(r: random.Random, data: bytes) -> bytes:
        made = members(data)
        names = [n for n in made if n.endswith((".xml", ".rels"))]
        likely = [n for n in names if "sheet" in n or "shared" in n or "styles" in n]
        name = r.choice(likely if r.random() < 0.8 and likely else names)
        made[name] = change(r, made[name])
        return zipped(dict(made))

    return mutate


def members(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        return {i.filename: z.read(i) for i in z.infolist()}


def swap_parts(r: random.Random, data: bytes) -> bytes:
    """Two parts stand in each other's place, one is missing, or bears another name."""
    made = members(data)
    a, b = r.sample(sorted(made), 2)
    how = r.randrange(4)
    if how == 0:
        made[a], made[b] = made[b], made[a]
    elif how == 1:
        del made[a]
    elif how == 2:
        made[b] = made[a]
    else:
        made[a.upper() if r.random() < 0.5 else f"{a}x"] = made.pop(a)
    return zipped(dict(made))


def _replaced(
    r: random.Random, pattern: re.Pattern[bytes], xml: bytes, new: Callable[[re.Match[bytes]], bytes]
) -> bytes:
    found = list(pattern.finditer(xml))
    for hit in sorted(r.sample(found, min(len(found), r.choice((1, 1, 3)))), key=lambda m: -m.start()):
        xml = xml[: hit.start()] + new(hit) + xml[hit.end() :]
    return xml


def change_attribute(r: random.Random, xml: bytes) -> bytes:
    return _replaced(r, _ATTRIBUTE, xml, lambda m: b' %b="%b"' % (m[1], r.choice(_NUMBERS).encode()))


def drop_attribute(r: random.Random, xml: bytes) -> bytes:
    return _replaced(r, _ATTRIBUTE, xml, lambda _m: b"")


def change_value(r: random.Random, xml: bytes) -> bytes:
    """Another number, or a text that would come alive."""

    def new(m: re.Match[bytes]) -> bytes:
        text = r.choice(_NUMBERS) if r.random() < 0.5 else r.choice(list(TEXTS.values()))[:2000]
        safe = "".join(c for c in text if c.isprintable()).replace("&", "&amp;").replace("<", "&lt;")
        return b"<%b%b>%b</%b>" % (m[1], m[2] or b"", safe.encode("utf-8", "replace"), m[1])

    return _replaced(r, _VALUE, xml, new)


def change_type(r: random.Random, xml: bytes) -> bytes:
    return _replaced(r, _TYPE, xml, lambda _m: b' t="%b"' % r.choice(_TYPES).encode())


def drop_element(r: random.Random, xml: bytes) -> bytes:
    return _replaced(r, _ELEMENT, xml, lambda _m: b"")


def double_element(r: random.Random, xml: bytes) -> bytes:
    return _replaced(r, _ELEMENT, xml, lambda m: m[0] + m[0])


def move_element(r: random.Random, xml: bytes) -> bytes:
    """One element takes the place of another."""
    found = list(_ELEMENT.finditer(xml))
    return _replaced(r, _ELEMENT, xml, lambda _m: r.choice(found)[0])


def formula(r: random.Random, xml: bytes) -> bytes:
    made = r.choice((b"<f>A1</f>", b"<f/>", b'<f t="shared" si="0"/>'))
    return _replaced(r, _VALUE, xml, lambda m: made + (m[0] if r.random() < 0.5 else b""))


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    flip_bytes,
    cut,
    swap_parts,
    *map(
        _in_part,
        (
            flip_bytes,
            change_attribute,
            change_attribute,
            drop_attribute,
            change_value,
            change_value,
            change_type,
            drop_element,
            double_element,
            move_element,
            formula,
        ),
    ),
)


_APART = (zipfile.BadZipFile, zlib.error, LookupError, ValueError, EOFError, NotImplementedError, OSError)


def mutant(seed: str) -> bytes:
    """The mutant of this seed. What can be taken apart no more is left to the next mutation as it is."""
    r = random.Random(seed)
    data = r.choice(originals())
    for _ in range(r.choice((1, 1, 1, 2, 3))):
        mutate = r.choice(MUTATIONS)
        try:
            data = mutate(r, data)
        except _APART:
            break
    return data


# ── what must hold ───────────────────────────────────────────────────────────────────────────────


def judge(worked: Worked) -> None:
    """A reason or a verdict for every row, and all of them at their place in a result that is inert."""
    outcome = worked.outcome
    assert not worked.failed, "a bug of ours: see the traceback"
    assert exit_code(outcome) in (0, 3, 4)
    assert outcome.refused or outcome.rows or outcome.reading.queries
    assert not outcome.refused or any(not f.row for f in outcome.findings)
    codes = {f.code for f in outcome.findings}
    assert not codes & {"FILE-TOO-SLOW", "FILE-TOO-HEAVY", "FILE-KILLS-READER"}, codes
    assert len(outcome.rows) == len(outcome.reading.rows)
    result = answer(outcome)
    inert.workbook(result)
    sheets = {s.name: s for s in read(Source("r.xlsx", ""), result, RULES).sheets}
    for judged in outcome.rows:
        sheet = sheets[RULES.word(f"@sheet.{judged.row.sheet}")]
        column = sheet.rows[0].index(RULES.word("@column.verdict"))
        told = sheet.rows[judged.row.number - 1][column]
        assert told == RULES.word(f"@verdict.{judged.verdict.value}"), (judged.row.number, told)
    for package in worked.packages:
        inert.package(package.data)


def run(seed: str, numbers: Iterator[int], seconds: float) -> Counter[str]:
    """Mutants until the time is over; how often each answer came. AssertionError names the seed."""
    told: Counter[str] = Counter()
    until = time.monotonic() + seconds
    with Pool(0, MEGABYTES, SECONDS, RULEBOOK) as pool:
        while time.monotonic() < until:
            some = [f"{seed}:{next(numbers)}" for _ in range(CHUNK)]
            for name, worked in zip(some, _work(some, pool), strict=True):
                try:
                    judge(worked)
                except Exception as e:
                    raise AssertionError(f"the mutant {name}: {e!r}") from e
                files = [f.code for f in worked.outcome.findings if not f.row and f.code.startswith("FILE-")]
                told[files[0] if worked.outcome.refused and files else "judged"] += 1
    return told


def _work(some: Sequence[str], pool: Pool) -> list[Worked]:
    jobs = []
    for i, name in enumerate(some, start=1):
        data = mutant(name)
        source = Source(f"{i}.xlsx", sha256(data).hexdigest())
        jobs.append(Job(Dropped(source, data, len(data)), f"TRIAL-20260302-{i:04d}", NOW))
    portions = work_chunk(Chunk(tuple(jobs)), pool, lambda _wanted: Facts(), RULEBOOK, READY)
    return [worked for portion in portions for worked in portion]


def count() -> Iterator[int]:
    n = 0
    while True:
        n += 1
        yield n


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 300
    chosen = sys.argv[2] if len(sys.argv) > 2 else str(random.SystemRandom().randrange(10**6))
    print(f"seed {chosen}, {length:g} seconds", flush=True)
    found = run(chosen, count(), length)
    print(f"{found.total()} mutants:", ", ".join(f"{code} {n}" for code, n in found.most_common()))
