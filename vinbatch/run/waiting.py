"""A file that is left where it is, and why, in one line."""

from __future__ import annotations

from vinbatch.effects.inbox import Skipped
from vinbatch.ruleset import Ruleset


def waits(skipped: Skipped, ruleset: Ruleset) -> str:
    """`尚未处理：a.xlsx（文件还开着 · 王芳）`; of what never is worked `不会办理：…`."""
    why = " · ".join(filter(None, (ruleset.word(skipped.reason), skipped.who)))
    never = skipped.reason.startswith("@ignored.")
    return ruleset.phrase("cli.ignored" if never else "cli.unready", name=skipped.path, why=why)
