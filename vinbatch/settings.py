"""The settings of a home, from `settings.toml`: checked once, frozen, and part of the ruleset's digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from vinbatch.errors import Faults
from vinbatch.layers import Table, Tables
from vinbatch.mail_settings import Mail, compile_mail
from vinbatch.noun import Noun, field, names, plain, replace
from vinbatch.slips import hint
from vinbatch.wording import LANGUAGES

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

TRIAL = "TRIAL"
USUAL_ZONE = "Asia/Shanghai"
SEVERITIES = ("stop", "ask", "note")
EVENTS = ("auto", "native", "polling", "off")

FINDING_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_SITE = re.compile(r"[A-Z0-9]{2,12}")
_CODE = re.compile(r"[0-9A-Z]{1,18}")
_VIN = re.compile(r"[0-9A-HJ-NPR-Z]{17}")


class Exemption(Noun, frozen=True):
    """A single VIN that need not pass the check digit, and why."""

    vin: str
    reason: str


class Limits(Noun, frozen=True):
    """How much at once. `rows` and `package` cannot exceed what customs' own import takes."""

    rows: int = 200  # asking rows of a workbook
    carried_rows: int = 5000  # rows of a sheet, untouched ones included
    part: int = 200  # records in one file of an extract
    file_megabytes: int = 20  # of a workbook in the inbox


class Worker(Noun, frozen=True):
    """The processes that open foreign files."""

    processes: int = 0  # 0: as many as there are processors, at most 4
    memory_megabytes: int = 512  # beyond what the imports take
    seconds: int = 60  # for one file


class Settings(Noun, frozen=True):
    """Everything a home decides for itself. `severities` are overrides, code → stop, ask or note."""

    site: str = TRIAL
    declarant_code: str = ""
    declarant_name: str = ""
    production: bool = False
    dxp_id: str = ""
    language: str = "zh"
    timezone: str = USUAL_ZONE
    settle_seconds: float = 2.0
    scan_seconds: float = 5.0
    events: str = "auto"
    log: str = "text"
    all_or_nothing: bool = False
    foreign_department: str = "note"
    overdue_days: int = 3
    unattended_hours: int = 2
    backup_days: int = 7
    refresh_minutes: int = 10
    staging: str = ""
    after_batch: tuple[str, ...] = ()
    exempt: tuple[Exemption, ...] = ()
    severities: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    worker: Worker = Worker()
    mail: Mail = field(default_factory=Mail)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone: what people and customs see is in it."""
        return _zone(self.timezone)

    def differing(self) -> dict[str, object]:
        """What this home decides otherwise than the packaged defaults, for the audit; JSON takes it."""
        usual = plain(Settings())
        return {key: value for key, value in plain(self).items() if value != usual[key]}

    def exemption(self, vin: str) -> str:
        """Why this VIN is exempt from the check digit, "" where it is not."""
        return next((e.reason for e in self.exempt if e.vin == vin), "")


_BELOW: Mapping[str, type[Noun]] = {"limits": Limits, "worker": Worker, "mail": Mail}


@cache
def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo  # 3 ms, which an idle pass need not pay

    return ZoneInfo(name)


def compile_settings(tables: Tables) -> Settings:
    """`tables` as of `read_tables(…, depth=0)`. RulesError names file, key and cure of all that is wrong."""
    faults = Faults()
    top = replace(tables.get((), Table("", "rules/settings.toml", {}, {})), faults=faults)
    settings = _settings(top)
    faults.tell()
    return settings


def _settings(top: Table) -> Settings:
    """What is wrong is kept with the table, and has its default here."""
    _only(top, Settings)
    usual = Settings()
    settings = Settings(
        site=_matching(top, "site", _SITE, "rule.site", TRIAL),
        declarant_code=_matching(top, "declarant_code", _CODE, "rule.code"),
        declarant_name=_bounded(top, "declarant_name", 100),
        production=top.flag("production"),
        dxp_id=_bounded(top, "dxp_id", 30),
        language=top.one_of("language", LANGUAGES, usual.language),
        timezone=_timezone(top),
        settle_seconds=_seconds(top, "settle_seconds", usual.settle_seconds),
        scan_seconds=_seconds(top, "scan_seconds", usual.scan_seconds),
        events=top.one_of("events", EVENTS, usual.events),
        log=top.one_of("log", ("text", "json"), usual.log),
        all_or_nothing=top.flag("all_or_nothing"),
        foreign_department=top.one_of("foreign_department", ("note", "refuse"), usual.foreign_department),
        overdue_days=top.within("overdue_days", usual.overdue_days, 1, 365),
        unattended_hours=top.within("unattended_hours", usual.unattended_hours, 0, 720),
        backup_days=top.within("backup_days", usual.backup_days, 0, 365),
        refresh_minutes=top.within("refresh_minutes", usual.refresh_minutes, 0, 1440),
        staging=top.text("staging"),
        after_batch=_after_batch(top),
        exempt=_exempt(top),
        severities=_severities(top),
        limits=_limits(top.below("limits")),
        worker=_worker(top.below("worker")),
        mail=compile_mail(top.below("mail"), names(Settings)),
    )
    _check_production(top, settings)
    return settings


def _only(table: Table, kind: type[Settings | Limits | Worker]) -> None:
    """Refuses keys that mean nothing in this table; one that belongs elsewhere is told where.

    Who takes the # away before a key, and not before the [table] above it, meets this.
    """
    for key in table.values:
        if key in names(kind):
            continue
        homes = [name for name, below in _BELOW.items() if key in names(below)]
        homes += ["severities"] * (kind is Settings and bool(FINDING_CODE.fullmatch(key)))
        if kind is not Settings and key in names(Settings):
            table.fault(key, "rule.below_table")
        elif homes:
            table.fault(key, "rule.belongs", table=homes[0])
        else:
            table.fault(key, "rule.unknown_key", hint=hint(key, names(kind)))


def _matching(table: Table, key: str, pattern: re.Pattern[str], problem: str, default: str = "") -> str:
    value = table.text(key, default)
    if value and not pattern.fullmatch(value):
        table.fault(key, problem, value=repr(value))
    return value


def _bounded(table: Table, key: str, most: int) -> str:
    value = table.text(key)
    if len(value) > most:
        table.fault(key, "rule.long", n=str(len(value)), most=str(most))
    return value


def _after_batch(top: Table) -> tuple[str, ...]:
    """A program with its arguments; no shell reads it, so that nothing in a file name is a command."""
    command = top.texts(key := "after_batch")
    if command and not command[0].startswith("/"):
        top.fault(key, "rule.program", value=repr(command[0]), key=key)
    return command


def _timezone(top: Table) -> str:
    name = top.text("timezone", USUAL_ZONE)
    if name == USUAL_ZONE:
        return name
    from zoneinfo import ZoneInfo  # not for the usual one, which cron would wait for every minute

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        top.fault("timezone", "rule.zone", value=repr(name))
    return name


def _seconds(top: Table, key: str, default: float) -> float:
    number = top.number(key)
    value = default if number is None else float(number)
    if not 0 < value <= 60:
        top.fault(key, "rule.seconds", value=f"{value:g}", usual=f"{default:g}")
    return value


def _exempt(top: Table) -> tuple[Exemption, ...]:
    found = []
    for item in top.rows("exempt"):
        vin, reason = item.get("vin"), item.get("reason")
        if set(item) != {"vin", "reason"} or not isinstance(vin, str) or not isinstance(reason, str):
            top.fault("exempt", "rule.exempt", value=str(item))
        elif not _VIN.fullmatch(vin) or not reason.strip():
            top.fault("exempt", "rule.exempt_vin", value=repr(vin))
        else:
            found.append(Exemption(vin, reason.strip()))
    return tuple(found)


def _severities(top: Table) -> Mapping[str, str]:
    table = top.below("severities")
    for key in table.values.keys() & set(names(Settings)):
        table.fault(key, "rule.below_table")
    return {code: table.one_of(code, SEVERITIES) for code in table.values if code not in names(Settings)}


def _limits(table: Table) -> Limits:
    _only(table, Limits)
    usual = Limits()
    return Limits(
        rows=table.within("rows", usual.rows, 1, 200),
        carried_rows=table.within("carried_rows", usual.carried_rows, 200, 5000),
        part=table.within("part", usual.part, 1, 200),
        file_megabytes=table.within("file_megabytes", usual.file_megabytes, 1, 200),
    )


def _worker(table: Table) -> Worker:
    _only(table, Worker)
    usual = Worker()
    return Worker(
        processes=table.within("processes", usual.processes, 0, 64),
        memory_megabytes=table.within("memory_megabytes", usual.memory_megabytes, 64, 65536),
        seconds=table.within("seconds", usual.seconds, 1, 3600),
    )


def _check_production(top: Table, settings: Settings) -> None:
    if not settings.production:
        return
    # As they were given: what is wrong in another way has been told.
    if top.values.get("site", TRIAL) == TRIAL:
        top.fault("site", "rule.trial", value=TRIAL)
    for key in ("declarant_code", "declarant_name"):
        if not str(top.values.get(key, "")).strip():
            top.fault(key, "rule.declarant", key=key)
