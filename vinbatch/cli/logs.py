"""The log: lines on stderr for people, or one JSON object a line for programs. The platform rotates it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from vinbatch import __version__


class AsJson(logging.Formatter):
    """`{"time", "level", "message", "trace"?}`, UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "program": f"vinbatch {__version__}",
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def configure(style: str) -> None:
    """Warnings and errors to stderr; `style` is text or json."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if style == "json" else logging.Formatter("%(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
