"""Writes the generated pages of this folder: `make docs`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from vinbatch.customs.xsd import xsd_text
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.report import guide
from vinbatch.ruleset import compile_rules
from vinbatch.wording import packaged_folder

PACKAGE = Path(__file__).resolve().parent.parent / "vinbatch"


def pages() -> dict[str, str]:
    """File name → text."""
    ruleset = compile_rules(packaged_rulebook())
    settings = (packaged_folder("rules") / "settings.toml").read_text("utf-8")
    return {
        "fields.md": guide.fields_md(ruleset),
        "codes.md": guide.codes_md(ruleset),
        "settings.md": guide.settings_md(settings),
        "schemas/declaration.xsd": xsd_text(ruleset),
        "modules.md": "\n".join(modules()) + "\n",
    }


def modules() -> Iterator[str]:
    """Every module by its room, with the first sentence of its docstring."""
    yield "<!-- Generated from the modules by `make docs`. -->\n\n# Modules\n"
    yield "What each says of itself. Which room may know which: [architecture](architecture.md).\n"
    for room in sorted({path.parent for path in PACKAGE.rglob("*.py")}):
        yield f"\n## {room.relative_to(PACKAGE.parent)}/\n\n| module | what it says |\n|---|---|"
        for path in sorted(room.glob("*.py")):
            if said := ast.get_docstring(ast.parse(path.read_text("utf-8"))):
                first = " ".join(said.split("\n\n")[0].split()).replace("|", "\\|")
                yield f"| [`{path.stem}`](../{path.relative_to(PACKAGE.parent)}) | {first} |"


if __name__ == "__main__":
    for name, text in pages().items():
        (Path(__file__).parent / name).write_text(text, "utf-8")
