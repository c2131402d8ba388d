"""Acts by command: the sheet that a clerk would have dropped, worked in the same order of effects.

A command reads the records under the lock, writes a workbook of them with the act filled in, and hands that
in. So it is parsed, checked, decided, archived, answered and told of like any other; nothing is decided here:
`choosing` says which records it is about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from vinbatch import flow
from vinbatch.effects import inbox, received, works_as
from vinbatch.effects.clock import check_clock, check_order
from vinbatch.effects.lock import HomeLock
from vinbatch.errors import PackageError, UsageError
from vinbatch.model import (
    DUE,
    PUBLISHED,
    Order,
    Outcome,
    Return,
    Source,
)
from vinbatch.noun import Noun
from vinbatch.paths import is_there
from vinbatch.ruleset import Ruleset
from vinbatch.run.answers.after import after_answers
from vinbatch.run.choosing import Choose, Left
from vinbatch.run.mail.posting import post
from vinbatch.run.parting import parted
from vinbatch.run.passed import Pass
from vinbatch.run.passing import Machine
from vinbatch.run.receipts import ENDING, Arrived, HeardFile
from vinbatch.run.steps import COMMAND, Steps
from vinbatch.store.forgotten import REGAINED, VOID
from vinbatch.store.ledger import Ledger
from vinbatch.visible import visible

WAIT = 60.0  # seconds that a command waits for a pass to end


@dataclass
class Done:
    """What a command did."""

    report: Pass
    outcomes: list[Outcome] = field(default_factory=list)
    left: tuple[Left, ...] = ()


@contextmanager
def at_work(machine: Machine, what: str) -> Iterator[Steps]:
    """The home under the lock, what a killed pass left sent and answered.

    After the act: register and overview, under the rules of a pass; after_batch; mail.
    """
    machine.check_rules()
    check_clock(machine.clock.now(), machine.home.settings.zone)
    check_order(machine.home, machine.clock.now())
    with (
        HomeLock(machine.home.lock_path, WAIT, what=what, zone=machine.home.settings.zone),
        machine.opened() as steps,
    ):
        works_as.keep(machine.home, steps.ledger.queries.last_batch)
        steps.recover()
        steps.answer()
        yield steps
        steps.renew()
        steps.refresh(looked=False)
        steps.look_for_mail()
    after_answers(machine)
    post(machine, steps.report)


def hand_in(machine: Machine, source: Source, data: bytes) -> Pass:
    """One workbook that a command brings: the same order of effects, without an inbox."""
    with at_work(machine, "import") as steps:
        _work_on(steps, source, data)
        return steps.report


_OF_A_COMMAND = {
    "package.unmade": "package.command_unmade",
    "package.unmade_together": "package.command_unmade_together",
}


def _work_on(steps: Steps, source: Source, data: bytes) -> None:
    from vinbatch.run.judging.judge import Dropped

    now, settings = steps.machine.clock.now(), steps.home.settings
    steps.archive.put(data)
    claim = f"{COMMAND}{inbox.new_id()}"
    taken = steps.ledger.take(source, claim, now, settings.site, settings.zone)
    with steps.judging() as judging:
        try:
            for worked in judging.work(judging.chunk([(Dropped(source, data, len(data)), taken)])):
                steps.keep(worked)
        except PackageError as e:  # no workbook lies anywhere that another pass would find
            raise e.under(_OF_A_COMMAND) from e


def carry_out(machine: Machine, name: str, order: Order, choose: Choose, user: str) -> Done:
    """The act on the chosen records, in workbooks of at most 200 rows. `name` is that of the command."""
    with at_work(machine, name) as steps:
        chosen = choose(steps.ledger)
        done = Done(steps.report, left=chosen.left)
        most = min(steps.home.settings.limits.rows, steps.home.settings.limits.part)
        for records, asked in parted(chosen.records, order, most, steps.ledger.queries.users):
            # Two equal commands must not be the same bytes: those would never be acted on again.
            title = f"vinbatch {name} {inbox.new_id()}"
            data = flow.order(records, asked, title, machine.rulebook)
            source = Source(f"{name}.xlsx", hashlib.sha256(data).hexdigest(), user=user)
            _work_on(steps, source, data)
        done.outcomes += [steps.ledger.outcome(line.batch) for line in steps.report.lines]
        return done


# ── packages and receipts ────────────────────────────────────────────────────────────────────────


def resend(machine: Machine, guid: str, user: str) -> tuple[str, Pass]:
    """The same bytes under the same guid once more; the package's name, and what was published."""
    with at_work(machine, "resend") as steps:
        package = steps.ledger.packages.may_resend(guid)
        if is_there(steps.home.outbox / package.name):
            raise UsageError("package.untaken", name=package.name)
        steps.ledger.packages.resend(guid, now=machine.clock.now(), user=user)
        steps.publish()
        return package.name, steps.report


# What a package that came back is, where the same was said of it before: then its receipts are heard again.
_SAID = {"sent": (PUBLISHED,), "send": (DUE, PUBLISHED)}


class Released(Noun, frozen=True):
    """A package about which a person decided, and what customs had answered to it meanwhile."""

    name: str
    heard: tuple[HeardFile, ...] = ()
    out: bool = False  # whether it went into the outbox before this was said


def release(machine: Machine, guid: str, user: str, how: str, reason: str = "") -> Released:
    """A person decides: `sent`, `send` (the next pass sends it), or of a forgotten one `void`."""
    with at_work(machine, "release") as steps:
        lost = steps.ledger.forgotten.get(guid)
        if lost is not None:
            from vinbatch.run.regaining import decided  # seldom: after a restore

            heard = decided(steps, lost, how, user, reason)
            steps.answer()
            return Released(lost.name, tuple(heard))
        package = steps.ledger.packages.get(guid)
        if how == VOID:
            raise UsageError("forgotten.none", at=guid)
        regained = steps.ledger.forgotten.state(package.guid) == REGAINED
        said_before = regained and package.state in _SAID[how]
        if not said_before:
            sent, now = how == "sent", machine.clock.now()
            steps.ledger.packages.release(guid, sent=sent, now=now, user=user, reason=reason)
        if not regained:
            return Released(package.name)
        from vinbatch.run.regaining import hear_archived  # killed before it had heard everything

        heard = hear_archived(steps, {package.guid})
        steps.answer()
        return Released(package.name, heard, out=said_before and package.state == PUBLISHED)


class ByHand(Noun, frozen=True):
    """An answer of customs that came by other ways. `vin` "" is every vehicle of the package."""

    guid: str
    accepted: bool
    info: str = ""
    vin: str = ""
    override: bool = False


def record_answer(machine: Machine, answer: ByHand, user: str) -> tuple[HeardFile, Pass]:
    """Writes the receipt that customs would have sent and hears it as any other."""
    with at_work(machine, "receipt") as steps:
        steps.ledger.packages.get(answer.guid)
        now = machine.clock.now()
        time = (
            now.astimezone(machine.ruleset.settings.zone).strftime("%Y%m%d%H%M%S")
            + f"{now.microsecond // 1000:03d}"
        )
        status = _code(machine.ruleset, "accepted" if answer.accepted else "rejected")
        vin = _vin_of(steps.ledger, answer)
        said = Return(status, visible(vin), time, visible(answer.info))  # what was copied may hold anything
        data = flow.write_receipt(answer.guid.strip().upper(), said)
        steps.archive.put(data)
        name = f"receipt-{time}{ENDING}"
        digest = hashlib.sha256(data).hexdigest()
        received.tag(steps.archive, [digest], steps.ledger.replies.names)
        heard = steps.hall().hear(Arrived(name, digest, data, len(data), user, answer.override), now)
        steps.answer()
        return heard, steps.report


def _vin_of(ledger: Ledger, answer: ByHand) -> str:
    """The VIN whole; of the vehicles of the package its end is enough."""
    sent = ledger.replies.sent(answer.guid.strip().upper())
    wanted = answer.vin.strip().upper()
    found = [d.vin for d in sent.declarations if d.vin.endswith(wanted)] if sent and len(wanted) >= 6 else []
    return found[0] if len(found) == 1 else wanted


def _code(ruleset: Ruleset, meaning: str) -> str:
    """The usual return code of this meaning: 120 and 100, else the first that the rules have."""
    codes: Mapping[str, str] = {
        code: c.meaning for code, c in ruleset.receipts.items() if c.meaning == meaning
    }
    usual = {"accepted": "120", "rejected": "100"}[meaning]
    return usual if usual in codes else next(iter(codes), usual)
