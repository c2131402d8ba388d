"""What the repository promises about itself."""

import configparser
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_package_folder_is_named_in_setup_cfg() -> None:
    """A room that setup.cfg forgets would be missing from the wheel."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    named = set(config["options"]["packages"].split())
    rooms = {".".join(p.parent.relative_to(ROOT).parts) for p in (ROOT / "vinbatch").rglob("__init__.py")}
    assert named == rooms | {"vinbatch.rules", "vinbatch.templates"}
