"""`vinbatch doctor`: everything that a home needs, checked one by one, each with what to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

import click

from vinbatch.cli.checkup import BAD, NOTE, OK, Found, cared_for, clock, failed, folders, growth
from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.tables import tell
from vinbatch.effects import failing, kernel, mounted
from vinbatch.effects.build import program
from vinbatch.effects.home import Home
from vinbatch.effects.layout import check_layout, others_may
from vinbatch.effects.own import check_own
from vinbatch.effects.owner import may_work
from vinbatch.effects.program import check_program
from vinbatch.effects.rulebook import unread
from vinbatch.errors import AccessError, RulesError, VinbatchError, first_code
from vinbatch.mail_settings import TROUBLE
from vinbatch.model import Rulebook
from vinbatch.noun import Noun
from vinbatch.paths import is_file, is_folder
from vinbatch.ruleset import Ruleset
from vinbatch.run import keeping
from vinbatch.run.condition.alarms import waits
from vinbatch.run.condition.folders import (
    check_archive,
    check_inbox,
    check_receipts,
    form_lost,
    ignored,
    strange_results,
)
from vinbatch.run.condition.health import told_failure, told_unsettled
from vinbatch.run.condition.unattended import forbidden, unattended
from vinbatch.wording import packaged_folder

_SIGNS = {OK: "✓", NOTE: "!", BAD: "✗"}
_MOST_NAMES = 10  # fields in one line
_MOST_VALUES = 5  # of one of them
_LONGEST = 20  # characters of a value that is shown


@click.command()
@pass_context
def doctor(context: Context) -> int:
    """Check folders, rights, file systems, clock, rules and disks; say what to do."""
    found = list(_everything(context))
    for one in found:
        tell(f"{_SIGNS[one.level]} {one.what}" + (f"\n    → {one.cure}" if one.cure else ""))
    return first_code(one.exit_code for one in found if one.level == BAD)


def _everything(context: Context) -> Iterator[Found]:
    from vinbatch.proof import prove

    try:
        ruleset = context.ruleset
        home = context.home
    except VinbatchError as e:
        yield failed(e, context.language)
        return
    yield Found(OK, f"vinbatch {program()}")
    yield Found(OK, ruleset.phrase("doctor.rules", digest=ruleset.digest[:16]))
    yield from _own_rules(context, ruleset)
    tell = _Telling(ruleset, context.language)
    yield from tell.of("templates", lambda: prove(context.rulebook))
    yield from _repeated(context, ruleset)
    yield from _unused(context, ruleset)
    yield from _untaken(context, ruleset)
    yield from tell.of("site", context.check_site)
    yield from tell.of("workers", kernel.check_workers)
    yield from tell.of("kept", lambda: check_own(home))
    yield from tell.of("layout", lambda: check_layout(home))
    yield from tell.of("inbox", lambda: check_inbox(home))
    yield from tell.of("receipts", lambda: check_receipts(home))
    yield from _others_may(home, ruleset)
    yield from (Found(NOTE, waits(one, ruleset)) for one in ignored(home, context.now))
    yield from _told_reports(home, ruleset, tell)
    yield from tell.of("outbox", lambda: mounted.check_outbox(home))
    whole = tuple(tell.of("ledger", lambda: _ledger(context)))
    yield from whole
    yield from _left_behind(context, ruleset, whole)
    if last := failing.last(home):
        yield Found(BAD, told_failure(last, ruleset), exit_code=last.exit_code)
    waits_long = unattended(home, context.now, ruleset), forbidden(home, context.now, ruleset)
    for told in chain.from_iterable(waits_long):
        yield Found(BAD if told.code else NOTE, told.line, exit_code=told.code)
    if home.settings.after_batch:
        yield from tell.of("after", lambda: check_program(home.settings.after_batch))
    yield from folders(home, ruleset)
    yield from cared_for(context, home, ruleset)
    yield from growth(context, home, context.now, ruleset)
    yield from clock(home, context.now, ruleset)
    yield from _mail(home, ruleset, context.rulebook)


def _own_rules(context: Context, ruleset: Ruleset) -> Iterator[Found]:
    """What the home lays over the packaged rules and templates, so that an upgrade surprises nobody."""
    named = [f"rules/{name}" for name, text in context.rulebook.home if _says_something(text)]
    folder = context.home.templates
    named += [f"templates/{name}" for name, _ in context.rulebook.templates if is_file(folder / name)]
    if named:
        yield Found(OK, ruleset.phrase("doctor.own", names=", ".join(named)))
    packaged = {name: str(packaged_folder(name)) for name in ("rules", "templates")}
    yield Found(OK, ruleset.phrase("doctor.packaged", "", **packaged))
    if names := unread(context.home.root):
        yield Found(NOTE, ruleset.phrase("doctor.unread", names=", ".join(names)))


def _unused(context: Context, ruleset: Ruleset) -> Iterator[Found]:
    """What the home's own template of the package leaves out: after an upgrade that may be a new field."""
    from vinbatch.proof import alike, astray, unused

    if not is_file(context.home.templates / "declaration.xml"):
        return
    try:
        fields, same = list(unused(context.rulebook)), list(alike(context.rulebook))
        strange = list(astray(context.rulebook))
    except RulesError:
        return  # told as the template's
    if fields:
        sheets = {sheet: [name for other, name in fields if other == sheet] for sheet, _ in fields}
        told = "".join(f"\n    {sheet}: {', '.join(names)}" for sheet, names in sheets.items())
        yield Found(NOTE, ruleset.phrase("doctor.unused", n=len(fields), names=told))
    if same:
        told = "".join(f"\n    {name}: {_told_alike(groups, ruleset)}" for name, groups in same)
        yield Found(
            NOTE, ruleset.phrase("doctor.alike", n=len(same), names=told), ruleset.phrase("doctor.alike_cure")
        )
    if strange:
        what = ruleset.phrase("doctor.astray", n=len(strange), names=", ".join(strange))
        yield Found(NOTE, what, ruleset.phrase("doctor.astray_cure"))


def _told_alike(groups: Sequence[Sequence[str]], ruleset: Ruleset) -> str:
    return "; ".join(_told_values(group, " = ", ruleset) for group in groups[:_MOST_VALUES])


def _untaken(context: Context, ruleset: Ruleset) -> Iterator[Found]:
    """What a clerk may write and the home's own template or XSD refuses: it would stop the rows of all."""
    from vinbatch.proof import prove, untaken

    if "declaration.xsd" not in ruleset.tables and not is_file(context.home.templates / "declaration.xml"):
        return
    try:
        prove(context.rulebook)
        found = list(untaken(context.rulebook))
    except RulesError:
        return  # told as the template's
    if found:
        told = "".join(f"\n    {_told_untaken(*one, ruleset)}" for one in found[:_MOST_NAMES])
        more = " …" if len(found) > _MOST_NAMES else ""
        line = ruleset.phrase("doctor.untaken", n=len(found), names=told + more)
        yield Found(NOTE, line, ruleset.phrase("doctor.untaken_cure"))


def _told_untaken(name: str, values: Sequence[str], error: RulesError, ruleset: Ruleset) -> str:
    message = error.told(ruleset.settings.language).message
    if not name:
        return message
    told = _told_values(values, ", ", ruleset)
    return ruleset.phrase("doctor.untaken_one", name=name, values=told, why=message)


def _told_values(values: Sequence[str], joint: str, ruleset: Ruleset) -> str:
    shown = [v if len(v) <= _LONGEST else ruleset.phrase("doctor.long", n=len(v)) for v in values]
    more = f" … ({len(shown)})" if len(shown) > _MOST_VALUES else ""
    return joint.join(v or ruleset.phrase("doctor.empty") for v in shown[:_MOST_VALUES]) + more


def _repeated(context: Context, ruleset: Ruleset) -> Iterator[Found]:
    """What may be two fields, one of the home's and one of an upgrade, or a change that is meant."""
    from vinbatch.proof import repeated

    if names := repeated(context.rulebook):
        yield Found(NOTE, ruleset.phrase("doctor.repeated", n=len(names), names=", ".join(names)))


def _says_something(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


class _Telling(Noun, frozen=True):
    ruleset: Ruleset
    language: str

    def of(self, name: str, check: Callable[[], None]) -> Iterator[Found]:
        """That it is well, or its failure with the cure."""
        try:
            check()
        except VinbatchError as e:
            yield failed(e, self.language)
        else:
            yield Found(OK, self.ruleset.phrase(f"doctor.{name}"))


def _writable(path: Path) -> None:
    if not is_folder(path) or not may_work(path, path.stat().st_uid, moving=True):
        raise AccessError("folder.unwritable", place=str(path))


def _others_may(home: Home, ruleset: Ruleset) -> Iterator[Found]:
    """Rights by which who drops files could play customs, or change what is being worked."""
    try:
        found = others_may(home)
    except VinbatchError:
        return  # told as the inbox's
    for what, place in found:
        told = ruleset.phrase(f"doctor.may_{what}", "", place=place)
        yield Found(NOTE, told, ruleset.phrase(f"doctor.may_{what}_cure", "", place=place))


def _told_reports(home: Home, ruleset: Ruleset, tell: _Telling) -> Iterator[Found]:
    found = tuple(tell.of("reports", lambda: mounted.check_reports(home)))
    yield from found
    if all(one.level == OK for one in found):
        yield from (Found(NOTE, told.line) for told in form_lost(home, ruleset))


def _ledger(context: Context) -> None:
    """Local, readable, its chain whole, and the archive not left behind."""
    from vinbatch.store.disk import require_local

    require_local(context.home.own)
    _writable(context.home.own)
    context.home.check_ledger()
    with context.reading() as ledger:
        ledger.check_pages()
        ledger.queries.verify()
        check_archive(context.home, ledger.queries.outer_files())


def _left_behind(context: Context, ruleset: Ruleset, looked: Sequence[Found]) -> Iterator[Found]:
    """What the ledger holds and nobody declares: batches that a restore forgot, values without a field.

    `looked` is what was found of its pages and its chain: what is broken besides them is met here.
    """
    try:
        with context.reading() as ledger:
            restored, kept = ledger.results_only(), ledger.queries.kept_keys()
            strange = strange_results(context.home, ledger)
    except VinbatchError as e:
        if all(one.level == OK for one in looked):  # else told as the ledger's
            yield failed(e, context.language)
        return
    for told in told_unsettled(keeping.unsettled(context.home, restored), ruleset):
        yield Found(BAD, told.line, exit_code=told.code)
    if strange:
        line = ruleset.phrase("doctor.strange", n=len(strange), batch=strange[-1])
        ours = strange[-1].startswith(f"{ruleset.settings.site}-")
        yield Found(NOTE, line, ruleset.phrase("doctor.strange_ours" if ours else "doctor.strange_cure"))
    gone = [f"{sheet}.{key}" for sheet, keys in kept.items() for key in sorted(ruleset.gone(sheet, keys))]
    if gone:
        yield Found(NOTE, ruleset.phrase("doctor.gone", n=len(gone), names=", ".join(gone[:_MOST_NAMES])))


def _mail(home: Home, ruleset: Ruleset, rulebook: Rulebook) -> Iterator[Found]:
    """Connects and logs in, as a letter would; whether anybody gets one. Without a server, its templates."""
    mail = home.settings.mail
    if not mail.host:
        yield from _mail_templates(ruleset, rulebook)
        return
    from vinbatch.effects.mail import Courier

    try:
        with Courier(mail, home.root, os.environ) as courier:
            courier.connect()
    except VinbatchError as e:
        yield failed(e, ruleset.settings.language)
    else:
        told: dict[str, str | int] = {"host": mail.host, "port": mail.at_port, "security": mail.security}
        yield Found(OK, ruleset.phrase("doctor.mail", "", **told))
    with suppress(OSError):  # told as the inbox's
        if strange := [name for name in mail.departments if not is_folder(home.inbox / name)]:
            what = ruleset.phrase("doctor.no_department", n=len(strange), names=", ".join(strange))
            yield Found(NOTE, what, ruleset.phrase("doctor.no_department_cure"))
    if not mail.readers:
        yield Found(NOTE, ruleset.phrase("doctor.nobody"), ruleset.phrase("doctor.nobody_cure"))
    elif not mail.kinds.get(TROUBLE):
        yield Found(NOTE, ruleset.phrase("doctor.no_operator"), ruleset.phrase("doctor.no_operator_cure"))


def _mail_templates(ruleset: Ruleset, rulebook: Rulebook) -> Iterator[Found]:
    """They are tried at start where mail is on: nothing is wrong yet, but will be when it is turned on."""
    from vinbatch.proof import prove_mail

    try:
        prove_mail(rulebook)
    except RulesError as e:
        told = e.told(ruleset.settings.language)
        yield Found(NOTE, ruleset.phrase("doctor.mail_broken", "", why=told.message), told.cure)
