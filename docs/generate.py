"""Writes the generated pages of this folder: `make docs`."""

from pathlib import Path

from vinbatch.effects.rulebook import packaged_folder, packaged_rulebook
from vinbatch.report import guide
from vinbatch.ruleset import compile_rules


def pages() -> dict[str, str]:
    """File name → text."""
    ruleset = compile_rules(packaged_rulebook())
    settings = (packaged_folder("rules") / "settings.toml").read_text("utf-8")
    return {
        "fields.md": guide.fields_md(ruleset),
        "codes.md": guide.codes_md(ruleset),
        "settings.md": guide.settings_md(settings),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        Path(__file__).with_name(name).write_text(text, "utf-8")
