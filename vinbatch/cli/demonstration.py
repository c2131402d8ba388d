"""`vinbatch demo`: the whole life of declarations on sample workbooks, in a scratch home.

Three workbooks are dropped, customs (the sandbox) answers, one vehicle is changed and another revoked by
sheet, and customs answers again: what a clerk does with files, an operator with three commands.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from vinbatch import flow, samples
from vinbatch.cli.context import Context
from vinbatch.cli.customs import print_played
from vinbatch.cli.tables import say, table
from vinbatch.cli.work import print_pass
from vinbatch.effects import guides, making
from vinbatch.effects.disk import write_beside
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.effects.sandbox import Sandbox
from vinbatch.model import Act, Order, Query, Record, State
from vinbatch.paths import is_file, is_folder
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run.passing import Clock, Machine
from vinbatch.wording import packaged_folder
from vinbatch.workbook.form import build

_SAVED_BY_LIBREOFFICE = "三月保时捷.xlsx"


@dataclass
class Stage:
    """The scratch home, and the two parties that play on it."""

    root: Path
    failed: int = 0

    @property
    def context(self) -> Context:
        """The home as a command finds it, with a clock of its own."""
        return Context(str(self.root))

    def tell(self, phrase: str, **params: str) -> None:
        """A line about what comes next."""
        say("\n" + self.context.ruleset.phrase(f"demo.{phrase}", **params))

    def drop(self, name: str, data: bytes) -> None:
        """Puts a workbook into the inbox."""
        write_beside(self.root / "inbox" / name, data)
        time.sleep(0.02)  # arrivals are told apart by their times

    def run(self) -> None:
        """One pass."""
        context = self.context
        say(f"$ vinbatch --home {self.root} run")
        clock = Clock(lambda: datetime.now(UTC), _wait_for_nobody)
        done = Machine(context.home, context.rulebook, clock).run()
        self.failed += done.failed
        print_pass(done, context)

    def customs(self) -> None:
        """Customs answers what lies in the outbox."""
        context = self.context
        say(f"$ vinbatch --home {self.root} sandbox")
        print_played(Sandbox(context.home, context.ruleset).play(datetime.now(UTC)), context, err=True)

    def accepted(self, count: int) -> list[Record]:
        """Some vehicles that customs has accepted."""
        context = self.context
        with context.reading() as ledger:
            found = ledger.queries.records(Query(states=(State.ACCEPTED,)), context.settings.zone)
            return [record for record, _ in zip(found, range(count), strict=False)]

    def ask(self, name: str, record: Record, order: Order, cells: Mapping[str, str]) -> None:
        """Drops an extract of one record with an act on its row, and other cells edited."""
        self.drop(name, flow.order([record], order, name, self.context.rulebook, cells))


def demonstrate(folder: Path | None) -> int:
    """Plays the whole circle and shows what came out."""
    root = folder or Path(tempfile.mkdtemp(prefix="vinbatch-demo-"))
    ruleset = compile_rules(packaged_rulebook())
    making.init(root, build(ruleset, "zh"), guides.guide_text())
    _refresh_always(root)
    stage = Stage(root)
    stage.tell("drop")
    for name, data in sample_workbooks(ruleset).items():
        stage.drop(name, data)
    stage.run()
    stage.tell("customs")
    stage.customs()
    stage.run()
    changed, revoked = stage.accepted(2)
    stage.tell("acts", changed=changed.vin, revoked=revoked.vin)
    stage.ask("变更.xlsx", changed, Order(Act.CHANGE), {"colour": "宝石红"})
    stage.ask("撤销.xlsx", revoked, Order(Act.REVOKE, reason="车辆退运出境"), {})
    stage.run()
    stage.customs()
    stage.run()
    stage.tell("story", vin=changed.vin)
    _show(stage, changed.vin)
    stage.tell("result", place=str(root))
    table(["", ""], _tree(root), err=True)
    say("")
    say(ruleset.phrase("cli.look", place=str(root)))
    click.echo(str(root))
    return 1 if stage.failed else 0


def _wait_for_nobody(_seconds: float) -> None:
    """Whether a file stands still is waited for: here, all are whole when they are dropped."""


def _refresh_always(root: Path) -> None:
    """The play takes seconds: ten minutes later nobody looks at its register and overview any more."""
    settings = root / "rules" / "settings.toml"
    write_beside(settings, b"refresh_minutes = 0\n" + settings.read_bytes())


def _show(stage: Stage, vin: str) -> None:
    """The vehicle's history, as `show` ends with it."""
    from vinbatch.cli.detail import print_history

    context = stage.context
    say(f"$ vinbatch --home {stage.root} show {vin}")
    with context.reading() as ledger:
        print_history(vin, ledger, context.ruleset, err=True)


def sample_workbooks(ruleset: Ruleset) -> dict[str, bytes]:
    """A clean one of 200 vehicles, one with mistakes, and one that LibreOffice saved."""
    clean = samples.workbook(ruleset, samples.vehicles(200, seed=7), samples.parameters())
    bad = samples.with_mistakes(samples.vehicles(32, seed=11), samples.parameters())
    saved = (packaged_folder("demo_files") / _SAVED_BY_LIBREOFFICE).read_bytes()
    return {
        "一月进口车.xlsx": clean,
        "二月宝马与保时捷.xlsx": samples.workbook(ruleset, *bad),
        _SAVED_BY_LIBREOFFICE: saved,
    }


def _tree(root: Path) -> list[tuple[str, str]]:
    rows = []
    for part in ("outbox", "reports", "reports/set-aside"):
        if not is_folder(root / part):
            continue
        for path in sorted((root / part).iterdir()):
            if is_file(path):
                rows.append((f"{part}/{path.name}", f"{path.stat().st_size:,} B"))
    return rows
