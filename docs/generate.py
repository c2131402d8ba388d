"""Writes the generated pages of this folder, most of them out of the rules: `make docs`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from vinbatch.counted import of_many
from vinbatch.customs.generated import xsd_text
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import NOT_DATA, Field
from vinbatch.ruleset import ROWLESS, Ruleset, compile_rules
from vinbatch.wording import packaged_folder

_NOTE = "<!-- Generated from rules/ by `make docs`. -->\n"
PACKAGE = Path(__file__).resolve().parent.parent / "vinbatch"


def pages() -> dict[str, str]:
    """File name → text."""
    ruleset = compile_rules(packaged_rulebook())
    settings = (packaged_folder("rules") / "settings.toml").read_text("utf-8")
    return {
        "fields.md": fields_md(ruleset),
        "codes.md": codes_md(ruleset),
        "settings.md": settings_md(settings),
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


def fields_md(ruleset: Ruleset) -> str:
    """docs/fields.md: every column of the form."""
    parts = [
        _NOTE,
        "# Fields\n",
        "Where they come from and how to change them: [rules](rules.md). Beside its element in",
        "the package stands its like in the EU's certificate of conformity (IVI), where that has one.\n",
    ]
    for sheet in ruleset.sheets:
        parts.append(
            f"## {ruleset.word(f'@sheet.{sheet}', 'zh')} · {ruleset.word(f'@sheet.{sheet}', 'en')}\n"
        )
        heads = ("key", "heading", "English", "kind", "rule", "element", "of the EU's CoC")
        parts.append(_table(heads, (_field(f) for f in ruleset.fields(sheet))))
    return "\n".join(parts)


def _field(field: Field) -> tuple[str, ...]:
    unit = f" ({field.unit})" if field.unit else ""
    return (
        f"`{field.key}`",
        field.zh + unit,
        field.en,
        field.kind.value,
        field.prompt_zh,
        "" if field.key in NOT_DATA else f"`{field.element}`",
        f"`{field.ivi}`" if field.ivi else "",
    )


def codes_md(ruleset: Ruleset) -> str:
    """docs/codes.md: every finding with its texts."""
    rowless = sorted(r.code for r in ruleset.findings.values() if r.where in ROWLESS)
    afterwards = sorted(r.code for r in ruleset.findings.values() if r.afterwards)
    never = sorted(r.code for r in ruleset.findings.values() if r.never)
    parts = [
        _NOTE,
        "# Findings\n",
        "**stop** refuses the row, **ask** holds it until 核实确认 = 是, **note** only tells. A home",
        "may raise a severity, and make an ask a note, in `rules/settings.toml`: `[severities]`.",
        "No stop can be lowered. About a sheet or the file are stop or note, never ask (there is no row",
        "to hold):",
        ", ".join(f"`{code}`" for code in rowless) + ".\n",
        "Notes of what is done, or not asked for, by the time that they are told, which cannot be raised:",
        ", ".join(f"`{code}`" for code in afterwards) + ".\n",
        "Some may not be all three, for nobody could mend or answer them then; a slip is told at start:",
        ", ".join(f"`{c}` not {' or '.join(ruleset.findings[c].never)}" for c in never) + ".\n",
    ]
    heads = ("code", "severity", "名称 · title", "问题说明", "修改建议", "what", "how to mend it")
    rows = (
        (
            f"`{r.code}`",
            r.severity.value,
            f"{r.title_zh} · {r.title_en}",
            r.zh,
            r.cure_zh,
            of_many(r.en),
            of_many(r.cure_en),
        )
        for r in sorted(ruleset.findings.values(), key=lambda r: r.code)
    )
    parts.append(_table(heads, rows))
    return "\n".join(parts)


def settings_md(text: str) -> str:
    """docs/settings.md: the packaged settings with their comments."""
    return "\n".join(
        (
            _NOTE,
            "# Settings\n",
            "A home's `rules/settings.toml` gives only what differs from these defaults. A typing error",
            "is refused at start (exit 5) with the file, the key, and the nearest known one. `vinbatch",
            "init` writes all of them into it, commented out, in one language.\n",
            "```toml",
            text.replace("#zh ", "# ").rstrip(),
            "```\n",
        )
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |"]
    lines.append("|" + "---|" * lines[0].count(" | ") + "---|")
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for name, text in pages().items():
        (Path(__file__).parent / name).write_text(text, "utf-8")
