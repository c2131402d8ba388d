"""The command line. Heavy imports wait at each command's door: cron runs `vinbatch run` every minute."""

from vinbatch.cli.main import main

__all__ = ["main"]
