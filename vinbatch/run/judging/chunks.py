"""A chunk of workbooks: parse → check → facts → decide → render, and what happens when we have a bug."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property, partial
from types import TracebackType

from vinbatch import flow
from vinbatch.effects.archive import Archive
from vinbatch.effects.inbox import Settled
from vinbatch.effects.pool import Died, Pool, Workers
from vinbatch.errors import VinbatchError
from vinbatch.model import Facts, Outcome, Package, Parsed, Rulebook
from vinbatch.noun import Noun
from vinbatch.ruleset import compile_rules
from vinbatch.run.answers.ahead import get_ready_here
from vinbatch.run.hands import Hands
from vinbatch.run.isolating import isolating_bugs
from vinbatch.run.judging import readying
from vinbatch.run.judging.judge import (
    Begun,
    Dropped,
    Keys,
    LookUp,
    are_parameters_only,
    begin_parsing,
    decide_in_order,
    failed_outcome,
    keys_of,
    leads,
    parse_all,
    parse_in_portions,
)
from vinbatch.run.judging.portions import Numbered, portions
from vinbatch.store.commits import Law, Prepared
from vinbatch.store.ledger import Ledger
from vinbatch.store.taking import Taken

# A chunk of more bytes is not read before its turn: it would be in memory beside the one before it.
_AHEAD_BYTES = 16 * 2**20
log = logging.getLogger("vinbatch")
MakeReady = Callable[[Outcome], Callable[[], readying.Ready]]


class Job(Noun, frozen=True):
    """One workbook of a chunk: its batch, and the time that its batch was taken with."""

    file: Dropped
    batch: str
    now: datetime


class Worked(Noun, frozen=True):
    """A workbook that was judged, ready to be committed; `prepared` where a worker did that.

    `failed` says that we have a bug.
    """

    outcome: Outcome
    packages: tuple[Package, ...] = ()
    prepared: Prepared | None = None
    failed: bool = False


class Chunk(Noun, frozen=True):
    """Jobs that are worked together. `begun` is what workers began to parse of them; `alone` says that an
    earlier pass may have died of the one job.
    """

    jobs: tuple[Job, ...]
    alone: bool = False
    begun: Begun | None = None


class Judging:
    """The chunks of a pass being judged, with its workers, rules and ledger."""

    def __init__(self, rulebook: Rulebook, ledger: Ledger, archive: Archive, hands: Hands, law: Law) -> None:
        self._rulebook, self._ledger, self._archive = rulebook, ledger, archive
        self._limits = compile_rules(rulebook).settings
        self._stack = ExitStack()
        self._pool, self._beat = hands.workers(), hands.beat
        self.helpers = self._pool if hands.engine.shares else None
        makers = readying.makers(self.helpers)
        self._make_ready = partial(readying.begin, makers, rulebook=rulebook, law=law)
        self._readied = False

    def __enter__(self) -> Judging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def parameters_first(self, files: Sequence[Numbered], most_at_once: int) -> list[Numbered]:
        """Parameters-only workbooks first, else as they came.

        Within one chunk deciding sees to it; for more, every file is looked into beforehand. What was under
        way when a pass died comes in chunks of its own.
        """
        if len(list(portions(files))) <= 1:
            return list(files)
        flags: list[bool] = []
        for i in range(0, len(files), most_at_once):  # as many as may be in memory together
            some = [self._file(one) for one, _ in files[i : i + most_at_once]]
            flags += are_parameters_only(self._pool, some)
        order = sorted(range(len(files)), key=lambda i: not flags[i])
        return [files[i] for i in order]

    def ahead(self, portions: Iterable[list[Numbered]]) -> Iterator[tuple[list[Numbered], Chunk]]:
        """Each portion with its chunk; workers parse that of the next one while the caller works this one."""
        waiting: list[Numbered] = []
        chunk: Chunk | None = None
        for portion in portions:
            if waiting and chunk is None:
                chunk = self._chunk_of(waiting)
            light = sum(one.size for one, _ in portion) <= _AHEAD_BYTES
            begun = self._chunk_of(portion) if light else None
            if chunk is not None:
                yield waiting, chunk
            waiting, chunk = portion, begun
        if waiting:
            yield waiting, chunk or self._chunk_of(waiting)

    def _chunk_of(self, portion: Sequence[Numbered]) -> Chunk:
        return self.chunk([(self._file(one), taken) for one, taken in portion])

    def chunk(self, files: Sequence[tuple[Dropped, Taken]]) -> Chunk:
        """These files as a chunk, begun to be parsed unless it is one to be careful with."""
        jobs = tuple(Job(file, taken.batch, taken.now) for file, taken in files)
        if len(files) == 1 and files[0][1].tries > 0 and isinstance(self._pool, Pool):
            return Chunk(jobs, alone=True)
        begun = begin_parsing(self._pool, [job.file for job in jobs])
        self._get_answerers_ready()
        return Chunk(jobs, begun=begun)

    def _get_answerers_ready(self) -> None:
        """Behind what is to be parsed first: while that is judged, workers get ready to answer it."""
        if not self._readied and isinstance(self.helpers, Pool):
            self.helpers.begin(get_ready_here, range(self.helpers.workers))
        self._readied = True

    def work(self, chunk: Chunk) -> Iterator[list[Worked]]:
        """Outcomes and packages of a chunk, as many at once as fit into memory; nothing is written.

        Whoever asks for more has committed what he got.
        """
        if chunk.alone and isinstance(self._pool, Pool):
            yield [work_apart(chunk.jobs[0], self._pool, self._apart, self._look_up, self._rulebook)]
        else:
            yield from work_chunk(chunk, self._pool, self._look_up, self._rulebook, self._make_ready)

    @cached_property
    def _apart(self) -> Pool:
        """One worker for all that a pass may have died of: it imports pandas, which takes a second."""
        worker = self._limits.worker
        pool = Pool(1, worker.memory_megabytes, worker.seconds, self._rulebook, beat=self._beat)
        return self._stack.enter_context(pool)

    def _file(self, one: Settled) -> Dropped:
        """The bytes as archived; what is too large is not brought into memory, and refused for its size."""
        data = one.data(self._archive, self._limits.limits.file_megabytes)
        return Dropped(one.source, data, one.size)

    def _look_up(self, keys: Keys) -> Facts:
        return self._ledger.facts(*keys.asked)


def work_chunk(
    chunk: Chunk,
    pool: Workers,
    look_up: LookUp,
    rulebook: Rulebook,
    make_ready: MakeReady,
) -> Iterator[list[Worked]]:
    """Outcomes and packages of a chunk, portion by portion; its jobs share one `now`. Nothing is written.

    A bug on one workbook does not stop the others: the chunk is judged again one workbook at a time, and
    the one that raises is refused as VINBATCH-FAILED. RulesError passes through: it is no workbook's fault.
    """
    jobs, ruleset = chunk.jobs, compile_rules(rulebook)
    for portion in parse_in_portions(pool, [j.file for j in jobs], ruleset, chunk.begun):
        yield _work_portion([(jobs[i], parsed) for i, parsed in portion], look_up, rulebook, make_ready)


def _work_portion(
    portion: Sequence[tuple[Job, Parsed]], look_up: LookUp, rulebook: Rulebook, make_ready: MakeReady
) -> list[Worked]:
    done: list[Worked] = []

    def seeing(keys: Keys) -> Facts:
        """The ledger's facts, and what workbooks before this one did: it is not committed yet."""
        facts = look_up(keys)
        for worked in done:
            facts = flow.after(facts, worked.outcome)
        return facts

    def work(some: Sequence[tuple[Job, Parsed]]) -> list[Worked]:
        worked = _judge(some, seeing, rulebook, make_ready)
        done.extend(worked)
        return worked

    ruleset = compile_rules(rulebook)
    return isolating_bugs(
        portion,
        work,
        lambda one: _failed(one[0], rulebook),
        lambda one: one[0].file.source.name,
        lambda one: leads(one[1], ruleset),
    )


def work_apart(job: Job, parsers: Workers, apart: Workers, look_up: LookUp, rulebook: Rulebook) -> Worked:
    """The same for a workbook that an earlier pass may have died of: judged where it can harm nobody.

    What dies there, alone and twice, is refused as VINBATCH-FAILED, and not tried by the next pass again.
    """
    from vinbatch.run.judging.apart import check_apart, decide_apart  # with pandas, which workers need first

    ruleset = compile_rules(rulebook)
    (parsed,) = parse_all(parsers, [job.file], ruleset)
    (reading,) = apart.map(check_apart, [parsed])
    if not isinstance(reading, Died):
        facts = look_up(keys_of([reading], ruleset))
        (done,) = apart.map(decide_apart, [(reading, facts, job.batch, job.now)])
        if isinstance(done, VinbatchError):
            raise done
        if not isinstance(done, Died):
            return Worked(*done)
        reading = done
    log.error(
        "%s: a process died of judging it (%s) %s", job.file.source.name, reading.reason, reading.detail
    )
    return _failed(job, rulebook)


def _judge(
    some: Sequence[tuple[Job, Parsed]], look_up: LookUp, rulebook: Rulebook, make_ready: MakeReady
) -> list[Worked]:
    now = some[0][0].now
    readings = flow.check([parsed for _, parsed in some], rulebook)
    decided = decide_in_order(readings, [job.batch for job, _ in some], look_up, rulebook, now)
    begun = {i: (outcome, make_ready(outcome)) for i, outcome in decided}
    done = []
    for i in sorted(begun):  # each goes as it is asked for: texts of a whole chunk would be there twice
        outcome, ready = begun.pop(i)
        done.append(Worked(outcome, *ready()))
    return done


def _failed(job: Job, rulebook: Rulebook) -> Worked:
    return Worked(failed_outcome(job.file.source, job.batch, job.now, rulebook), failed=True)
