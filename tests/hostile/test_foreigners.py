"""Workbooks of other programs: each is answered with a reason or judged row by row; none is lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from foreigners import HELD, OURS, Foreigner, by_openpyxl, foreigners

ALL = os.environ.get("ATTACKS") == "all"
# Reasons that would say that a legal workbook was too much for us.
NO_REASON = {
    "VINBATCH-FAILED",
    "FILE-KILLS-READER",
    "FILE-TOO-SLOW",
    "FILE-TOO-HEAVY",
    "FILE-BOMB",
    "FILE-DAMAGED",
}
DONE = {"declared", "saved", "held", "refused", "unchanged", "deleted", "stored"}


def chosen() -> list[Foreigner]:
    """All that there are, or forty of them, the same each time."""
    every = list(foreigners())
    assert len(every) >= 200
    assert len({one.name for one in every}) == len(every)
    return every if ALL else random.Random(5).sample(every, 40)


def checked(files: list[Path]) -> dict[str, dict[str, object]]:
    command = [sys.executable, "-W", "error", "-m", "vinbatch", "check", "--json", *map(str, files)]
    done = subprocess.run(command, cwd=files[0].parent, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 3, 4), done.stderr
    assert "Traceback" not in done.stderr
    return {Path(told["file"]).name: told for told in json.loads(done.stdout)["files"]}


def wrong(told: dict[str, object], ours: int) -> str:
    """What is wrong with an answer; "" for nothing."""
    findings: list[dict[str, object]] = told["findings"]  # type: ignore[assignment]
    verdicts: dict[str, dict[str, str]] = told["verdicts"]  # type: ignore[assignment]
    codes = {str(f["code"]) for f in findings}
    if codes & NO_REASON:
        return f"it was too much: {codes}"
    if told["refused"]:
        return "" if any(f["row"] is None and f["message"] and f["cure"] for f in findings) else "no reason"
    judged = [v for rows in verdicts.values() for v in rows.values()]
    if len(judged) != told["rows"] or not set(judged) <= DONE:
        return f"{told['rows']} rows, {len(judged)} verdicts"
    return "" if told["rows"] == ours else f"{ours} rows in, {told['rows']} judged"


def test_each_is_refused_with_a_reason_or_judged_row_by_row(tmp_path: Path) -> None:
    made = {f"{one.name}.{one.ending}": one for one in chosen()}
    for name, one in made.items():
        (tmp_path / name).write_bytes(one.make())
    answers = checked([tmp_path / name for name in made])
    assert answers.keys() == made.keys()
    found = {name: wrong(answers[name], one.ours) for name, one in made.items()}
    assert {name: what for name, what in found.items() if what} == {}
    read = [name for name, one in made.items() if one.ours and not answers[name]["refused"]]
    assert len(read) > len([one for one in made.values() if one.ours]) * 0.6, "most of our forms are read"


if ALL:  # it takes ten seconds: make hostile

    def test_what_libreoffice_saves(tmp_path: Path) -> None:
        soffice = shutil.which("soffice")
        assert soffice, "make hostile needs LibreOffice"
        made = by_openpyxl(OURS["ours-zh"], ["chart", "comments", "validation"])
        (tmp_path / "ours.xlsx").write_bytes(made)
        files = []
        for i, kind in enumerate(("xlsx", "xlsm", "ods", "xls", "csv", "html")):
            out = tmp_path / str(i)
            command = [
                soffice,
                f"-env:UserInstallation=file://{tmp_path}/profile",
                "--headless",
                "--convert-to",
                kind,
            ]
            command += ["--outdir", str(out), str(tmp_path / "ours.xlsx")]
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            files.append((out / f"ours.{kind}").rename(tmp_path / f"saved.{kind}"))
        answers = checked(files)
        assert {name: answers[name]["refused"] for name in answers} == {
            "saved.xlsx": False,
            "saved.xlsm": False,
            "saved.ods": True,
            "saved.xls": True,
            "saved.csv": True,
            "saved.html": True,
        }
        assert answers["saved.xlsx"]["rows"] == HELD
