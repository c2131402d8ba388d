"""What the repository promises about itself."""

import configparser
import re
from pathlib import Path

import vinbatch.run

ROOT = Path(__file__).parent.parent


def test_every_package_folder_is_named_in_setup_cfg() -> None:
    """A room that setup.cfg forgets would be missing from the wheel."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    named = set(config["options"]["packages"].split())
    rooms = {".".join(p.parent.relative_to(ROOT).parts) for p in (ROOT / "vinbatch").rglob("__init__.py")}
    assert named == rooms | {"vinbatch.rules", "vinbatch.templates"}


def test_the_room_of_a_pass_tells_where_each_of_its_modules_belongs() -> None:
    """Forty of them: whoever looks for one finds it by what it is about."""
    named = re.findall(r"`(\w+)`", vinbatch.run.__doc__ or "")
    modules = {p.stem for p in (ROOT / "vinbatch" / "run").glob("*.py")} - {"__init__"}
    assert sorted(named) == sorted(modules)
