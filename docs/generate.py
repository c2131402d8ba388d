"""Writes the generated pages of this folder: `make docs`."""

from pathlib import Path

from vinbatch.customs.xsd import xsd_text
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.report import guide
from vinbatch.ruleset import compile_rules
from vinbatch.wording import packaged_folder


def pages() -> dict[str, str]:
    """File name → text."""
    ruleset = compile_rules(packaged_rulebook())
    settings = (packaged_folder("rules") / "settings.toml").read_text("utf-8")
    return {
        "fields.md": guide.fields_md(ruleset),
        "codes.md": guide.codes_md(ruleset),
        "settings.md": guide.settings_md(settings),
        "schemas/declaration.xsd": xsd_text(ruleset),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (Path(__file__).parent / name).write_text(text, "utf-8")
