"""`vinbatch demo`: the main job on sample workbooks, in a scratch home."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import click

from vinbatch import samples
from vinbatch.cli.context import Context
from vinbatch.cli.tables import say, table
from vinbatch.cli.work import print_pass
from vinbatch.effects import home as homes
from vinbatch.effects.disk import write_beside
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.run.passing import Clock, Machine
from vinbatch.workbook.form import build

_SAVED_BY_LIBREOFFICE = "三月保时捷.xlsx"


def demonstrate(folder: Path | None) -> int:
    """Drops three workbooks, runs, and shows what came out."""
    root = folder or Path(tempfile.mkdtemp(prefix="vinbatch-demo-"))
    ruleset = compile_rules(packaged_rulebook())
    homes.init(root, build(ruleset, "zh"), homes.guide_text())
    for name, data in sample_workbooks(ruleset).items():
        write_beside(root / "inbox" / name, data)
    context = Context(str(root))
    say(f"$ vinbatch --home {root} run")
    done = Machine(context.home, context.rulebook, Clock(lambda: datetime.now(UTC))).run()
    print_pass(done, context)
    say("")
    say(f"$ ls {root}")
    table(["", ""], _tree(root))
    say("")
    say(ruleset.phrase("cli.look", place=str(root)))
    click.echo(str(root))
    return 1 if done.failed else 0


def sample_workbooks(ruleset: Ruleset) -> dict[str, bytes]:
    """A clean one of 200 vehicles, one with mistakes, and one that LibreOffice saved."""
    clean = samples.workbook(ruleset, samples.vehicles(200, seed=7), samples.parameters())
    bad = samples.with_mistakes(samples.vehicles(32, seed=11), samples.parameters())
    saved = resources.files("vinbatch.demo_files").joinpath(_SAVED_BY_LIBREOFFICE).read_bytes()
    return {
        "一月进口车.xlsx": clean,
        "二月宝马与保时捷.xlsx": samples.workbook(ruleset, *bad),
        _SAVED_BY_LIBREOFFICE: saved,
    }


def _tree(root: Path) -> list[tuple[str, str]]:
    rows = []
    for part in ("outbox", "reports"):
        for path in sorted((root / part).iterdir()):
            if path.is_file():
                rows.append((f"{part}/{path.name}", f"{path.stat().st_size:,} B"))
    return rows
