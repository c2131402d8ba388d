"""What every command starts from: the home, its rules, the clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinbatch.effects import works_as
from vinbatch.effects.home import Home, find_home
from vinbatch.effects.names import readable
from vinbatch.effects.rulebook import packaged_rulebook, read_rulebook, stated_language
from vinbatch.errors import AccessError, RulesError, VinbatchError
from vinbatch.layers import read_tables
from vinbatch.model import Rulebook
from vinbatch.paths import is_there
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.settings import TRIAL, Settings, compile_settings
from vinbatch.wording import USUAL, Said

if TYPE_CHECKING:
    from vinbatch.run.passing import Machine
    from vinbatch.store.ledger import Ledger

_EPOCH_DIGITS = 11  # of SOURCE_DATE_EPOCH: until the year 5138
# Failures of a ledger whose cures, to migrate or to restore it, are of the home's own.
_OF_THE_HOME = ("ledger.damaged", "ledger.unread", "ledger.older", "backup.none")


@dataclass
class Context:
    """The option --home and what follows from it, looked up once and only when asked for."""

    option: str | None = None
    other: Path | None = None  # a ledger in the place of the home's: `audit --ledger`

    @cached_property
    def root(self) -> Path:
        """The folder of the home. AccessError with the cure where there is none."""
        return find_home(self.option, os.environ, Path.cwd())

    @cached_property
    def maybe_root(self) -> Path | None:
        """The home where one is found: a home that was named must be there, a current folder need not."""
        try:
            return self.root
        except AccessError:
            if self.option or os.environ.get("VINBATCH_HOME"):
                raise
            return None

    @cached_property
    def rulebook(self) -> Rulebook:
        """The home's rules; the packaged ones where there is no home."""
        root = self.maybe_root
        return packaged_rulebook() if root is None else read_rulebook(root)

    @cached_property
    def ruleset(self) -> Ruleset:
        """The compiled rules. RulesError where they are wrong."""
        return compile_rules(self.rulebook)

    @cached_property
    def settings(self) -> Settings:
        """The settings alone: all that an idle pass needs of the rules."""
        try:
            return compile_settings(read_tables(self.rulebook, "settings", 0))
        except RulesError:
            compile_rules(self.rulebook)  # tells what is wrong with all rules
            raise

    @cached_property
    def language(self) -> str:
        """What the reader reads, also where rules and settings cannot be: then the usual."""
        try:
            settings = self.settings
        except VinbatchError:
            return self._stated
        return (settings.site == TRIAL and self._worked) or settings.language

    @property
    def _stated(self) -> str:
        try:
            return stated_language(self.root) or self._worked or USUAL
        except VinbatchError:
            return USUAL

    @property
    def _worked(self) -> str:
        """What its readers read while it had settings of its own."""
        return works_as.language(self.maybe_root) if self.maybe_root else ""

    @cached_property
    def home(self) -> Home:
        """The home with its folders. AccessError for who has no right to look into ours."""
        home = Home(self.root, self.settings)
        home.check_own()
        return home

    @cached_property
    def now(self) -> datetime:
        """The moment that this command works with; a trial home obeys SOURCE_DATE_EPOCH."""
        fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
        if fixed.isdecimal() and len(fixed) <= _EPOCH_DIGITS and self.settings.site == TRIAL:
            return datetime.fromtimestamp(int(fixed), UTC)
        return datetime.now(UTC)

    def fresh_now(self) -> datetime:
        """The clock, for a pass that waits in between; fixed where SOURCE_DATE_EPOCH fixes it."""
        fixed = os.environ.get("SOURCE_DATE_EPOCH")
        return self.now if fixed and self.settings.site == TRIAL else datetime.now(UTC)

    def machine(self) -> Machine:
        """What works on the home."""
        from vinbatch.run.passing import Clock, Machine

        return Machine(self.home, self.rulebook, Clock(self.fresh_now))

    def check_site(self) -> None:
        """RulesError where the settings are not those that the home worked under."""
        works_as.check(self.home, self._last_batch)

    def _last_batch(self) -> str:
        try:
            with self.reading() as ledger:
                return ledger.queries.last_batch()
        except VinbatchError:
            return ""  # told as the ledger's

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        """The ledger, to look at; an empty one in memory where nothing was worked yet."""
        from vinbatch.store.ledger import Ledger

        path, other = self.ledger, self.other is not None
        try:
            with Ledger.read_only(path, made=other) if is_there(path) else Ledger.empty() as ledger:
                yield ledger
        except AccessError as e:
            if self.other is None or e.key not in _OF_THE_HOME:
                raise
            why = Said(e.key, tuple((name, part) for name, part in e.params.items() if name != "at"))
            raise AccessError("audit.no_ledger", at=readable(path), why=why) from e

    @property
    def ledger(self) -> Path:
        """Where the ledger lies that is looked at."""
        return self.other or self.home.ledger

    @contextmanager
    def auditing(self) -> Iterator[Ledger]:
        """The same, to tell of its events: where one cannot be read, AccessError says which was changed."""
        import sqlite3

        with self.reading() as ledger:
            try:
                yield ledger
            except (ValueError, LookupError, sqlite3.OperationalError):
                ledger.queries.verify()
                raise


pass_context = click.make_pass_decorator(Context)
