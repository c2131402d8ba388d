"""The columns of `query`, as a person reads them and as files have them."""

from __future__ import annotations

import csv
import io
import os
import re

import pytest
from shell import Shell

from vinbatch import samples
from vinbatch.effects.owner import user_name
from vinbatch.model import NOT_DATA
from vinbatch.ruleset import Ruleset

ONE = samples.MODELS[:1]
NOW, AT = {"SOURCE_DATE_EPOCH": "1772418600"}, "2026-03-02 10:30:00"
BATCH = "TRIAL-20260302-0001"


@pytest.fixture
def worked(shell: Shell, ruleset: Ruleset) -> Shell:
    """A vehicle that customs rejected, one that waits for it, and one that is held."""
    vehicles = samples.vehicles(3, models=ONE)
    vehicles[2]["production_date"] = "2018.03"
    shell.drop("a.xlsx", samples.workbook(ruleset, vehicles, samples.parameters(ONE)))
    shell("--home", str(shell.home), "run", "--engine", "serial", env=NOW)
    (package,) = (shell.home / "outbox").glob("*.zip")
    guid = re.search(r"[0-9A-F-]{36}", shell.at_home("show", str(vehicles[0]["vin"])).stdout)
    assert guid is not None
    assert package.name == f"{BATCH}-filing.zip"
    answer = ("--guid", guid[0], "--vin", str(vehicles[0]["vin"]), "--rejected", "--info", "品牌有误")
    done = shell("--home", str(shell.home), "receipt", *answer, env=NOW)
    assert done.returncode == 0, done.stderr
    return shell


def ask(shell: Shell, *options: str) -> str:
    done = shell("--home", str(shell.home), "query", *options, env=NOW)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_table_has_vin_type_state_batch_number_and_time(worked: Shell) -> None:
    lines = [re.split(r" {2,}", line) for line in ask(worked).splitlines()]
    number = ONE[0].values["structure_no"]
    vins = [vehicle["vin"] for vehicle in samples.vehicles(3, models=ONE)]
    assert lines == [
        ["VIN", "申报类型", "当前状态", "批次号", "结构参数编号", "更新时间"],
        [vins[0], "备案", "海关接收失败", BATCH, number, AT],
        [vins[1], "备案", "已申报", BATCH, number, AT],
        [vins[2], "备案", "暂存 · 待核实", BATCH, number, AT],
    ]


def test_a_csv_has_every_field_and_what_customs_said(worked: Shell, ruleset: Ruleset) -> None:
    ask(worked, "-o", "x.csv")
    heads, *rows = csv.reader(io.StringIO((worked.folder / "x.csv").read_text("utf-8-sig")))
    fields = [f.heading("zh") for f in ruleset.fields("vehicle") if f.key not in NOT_DATA]
    assert heads == [*fields, "申报类型", "当前状态", "批次号", "海关回执", "海关答复前后不一致"]
    assert [row[len(fields) :] for row in rows] == [
        [
            "备案",
            "海关接收失败",
            BATCH,
            f"100 海关退单 · {AT} · 品牌有误 · 由 {user_name(os.getuid())} 人工登记",
            "",
        ],
        ["备案", "已申报", BATCH, "", ""],
        ["备案", "暂存", BATCH, "", ""],
    ]
