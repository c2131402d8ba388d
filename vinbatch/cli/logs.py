"""The log: lines on stderr for people, or one JSON object a line for programs. The platform rotates it."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

from vinbatch import __version__
from vinbatch.cli.tables import for_programs, in_json, shown


class AsText(logging.Formatter):
    """For people; what a dying reader said of a foreign file is in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Level and message, then the traceback."""
        return shown(super().format(record).replace("\t", "    "))


class AsJson(logging.Formatter):
    """`{"time", "level", "program", "message", "batch"?, "trace"?}`, UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "program": f"vinbatch {__version__}",
            "message": record.getMessage(),
        }
        if batch := getattr(record, "batch", ""):
            told["batch"] = batch
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return in_json(told, indent=None)


def configure(style: str) -> None:
    """Warnings and errors to stderr, of our own also what is only told; `style` is text or json.

    With json all that the command says there from now on is such a line.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if style == "json" else AsText("%(levelname)s %(message)s"))
    for_programs.handlers = [handler] if style == "json" else []
    for_programs.propagate = False
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("vinbatch").setLevel(logging.INFO)
