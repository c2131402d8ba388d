"""What can go wrong outside of a row, each with its exit code and its cure.

    VinbatchError
    ├── UsageError          2   the command line is wrong
    ├── RulesError          5   rules, settings, templates or XSD are wrong: ours or the integrator's bug
    ├── AccessError         6   a folder or the database cannot be reached
    ├── PublishError        7   a package cannot be put into the outbox
    ├── MailError           8   mail cannot be sent; the work is done
    └── BusyError          11   another run holds this home

Findings are data (`vinbatch.model.Finding`); failures are exceptions. A file that cannot be read is a
finding, a folder that cannot be read is a failure.
"""

from __future__ import annotations


class VinbatchError(Exception):
    """A failure that a person can mend. `cure` says how, in the reader's language."""

    exit_code = 1

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message}\n{self.cure}" if self.cure else self.message

    def __reduce__(self) -> tuple[type[VinbatchError], tuple[str, str]]:
        # The default would hand only `message` to __init__ when it comes back from a worker process.
        return type(self), (self.message, self.cure)


class UsageError(VinbatchError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class RulesError(VinbatchError):
    """Rules, settings, templates or XSD are invalid. Never the fault of a workbook."""

    exit_code = 5


class AccessError(VinbatchError):
    """A folder or the database is not accessible."""

    exit_code = 6


class PublishError(VinbatchError):
    """A package cannot be published."""

    exit_code = 7


class MailError(VinbatchError):
    """The mail server cannot be reached or does not take our mail. Nothing of the work waits for it."""

    exit_code = 8


class BusyError(VinbatchError):
    """Another run holds this home."""

    exit_code = 11
