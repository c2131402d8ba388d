"""A line about how a home is, and whether it is an alarm: whether anybody but a clerk has to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from vinbatch.effects.inbox import Skipped
from vinbatch.noun import Noun
from vinbatch.ruleset import Ruleset

_STOPS = tuple(".:;,!?…。：；，！？")


class Notice(Noun, frozen=True):
    """`what` is the name by which monitoring and docs/alarms.md know it.

    `code` is the exit code of an alarm; 0 where a pass or a clerk sees to it, or nobody has to.
    `since` is since when it stands, or the first of what it counts; None where nobody knows.
    """

    what: str
    line: str
    code: int = 0
    since: datetime | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """For programs; the message is one line."""
        message, since = in_one(self.line.splitlines()), self.since.isoformat() if self.since else None
        return {"what": self.what, "exit_code": self.code, "since": since, "message": message}


def in_one(lines: Iterable[str]) -> str:
    """Lines as one: what has no stop at its end, and is more than a mark in front, gets one."""
    joined = ""
    for line in filter(None, map(str.strip, lines)):
        if not joined:
            gap = ""
        elif joined.endswith(_STOPS) or line.startswith("→"):
            gap = " "
        else:
            gap = "; " if joined[-1].isascii() and line[0].isascii() else "；"
        joined += gap + line
    return joined


def waits(skipped: Skipped, ruleset: Ruleset) -> str:
    """A file that is left where it is, and why: `尚未处理：a.xlsx（文件还开着 · 王芳）`, `不会办理：…`."""
    why = " · ".join(filter(None, (ruleset.word(skipped.reason), skipped.who)))
    never = skipped.reason.startswith("@ignored.")
    return ruleset.phrase("cli.ignored" if never else "cli.unready", name=skipped.path, why=why)
