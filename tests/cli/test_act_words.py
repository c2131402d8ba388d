"""What who typed a command is told: he has no row to mend, and no sheet to drop again."""

from __future__ import annotations

from shell import Shell

from vinbatch import samples
from vinbatch.ruleset import Ruleset

ONE = samples.MODELS[:1]


def save(shell: Shell, ruleset: Ruleset, **cells: str) -> list[str]:
    """Two drafts that share their parameters, the second with these cells; their VINs."""
    first, second = ({**v, "action": "暂存"} for v in samples.vehicles(2, models=ONE))
    shell.drop("a.xlsx", samples.workbook(ruleset, [first, {**second, **cells}], samples.parameters(ONE)))
    shell.at_home("run")
    return [str(first["vin"]), str(second["vin"])]


def test_parameters_that_another_vehicle_uses_stay_without_the_option(shell: Shell, ruleset: Ruleset) -> None:
    vin, _ = save(shell, ruleset)
    told = shell.at_home("delete", vin, "--with-structure").stdout
    assert "只删除车辆的，去掉 --with-structure 再运行" in told
    assert "操作" not in told


def test_what_keeps_a_whole_command_back_is_named_by_its_vehicles(shell: Shell, ruleset: Ruleset) -> None:
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text(f"all_or_nothing = true\n{settings.read_text('utf-8')}", "utf-8")
    save(shell, ruleset, ccc_no="")
    told = shell.at_home("declare", "--all").stdout
    assert "先处理写明了问题的车，或只写其余的 VIN，再运行" in told
    assert "重新放入" not in told


def test_what_is_asked_of_a_vehicle_stands_between_signs_of_its_language(
    shell: Shell, ruleset: Ruleset
) -> None:
    settings = shell.home / "rules" / "settings.toml"
    settings.write_text(f'language = "en"\n{settings.read_text("utf-8")}', "utf-8")
    save(shell, ruleset, engine_no="墨绿", production_date="2011.03")
    told = shell.at_home("declare", "--all").stdout
    assert "has no digit" in told
    assert "is model year" in told
    assert "；" not in told
