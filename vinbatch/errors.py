"""What can go wrong outside of a row, each with its exit code and its cure.

    VinbatchError
    ├── UsageError          2   the command line is wrong
    ├── RulesError          5   rules, settings, templates or XSD are wrong: ours or the integrator's bug
    │   └── BoundlessError      a template that has no end, by itself or with what it was given
    ├── AccessError         6   a folder or the database cannot be reached
    ├── PublishError        7   a package cannot be put into the outbox
    ├── MailError           8   mail cannot be sent; the work is done
    └── BusyError          11   another run holds this home

Findings are data (`vinbatch.model.Finding`); failures are exceptions. A file that cannot be read is a
finding, a folder that cannot be read is a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from vinbatch.wording import Part, Wording, tell

_FIRST = (1, 5, 6, 7, 8, 4, 3)  # of several exit codes the first that applies (README)


def first_code(codes: Iterable[int]) -> int:
    """Of several exit codes the one to leave with; 0 without any."""
    told = {*codes} - {0}
    return next((code for code in _FIRST if code in told), max(told, default=0))


class VinbatchError(Exception):
    """A failure that a person can mend: a key of `rules/errors*.toml`, and what fills its sentence.

    `told` is what a person reads, in his language; tracebacks and `str` have English. `at` stands before
    the sentence. `language` is that of `message` and `cure`: whoever raises it to a program says which.
    """

    exit_code = 1
    language = "en"

    def __init__(self, key: str, /, **params: Part) -> None:
        super().__init__(key)
        self.key = key
        self.params = params

    def told(self, lang: str) -> Wording:
        """What went wrong and how to mend it, in "zh" or "en"."""
        return tell(self.key, self.params, lang)

    @property
    def message(self) -> str:
        """What went wrong."""
        return self.told(self.language).message

    @property
    def cure(self) -> str:
        """How to mend it."""
        return self.told(self.language).cure

    def __str__(self) -> str:
        return str(self.told("en"))

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would hand only the key to __init__ when it comes back from a worker process.
        return _made_again, (type(self), self.key, self.params)


def _made_again(kind: type[VinbatchError], key: str, params: dict[str, Part]) -> VinbatchError:
    return kind(key, **params)


class BugError(VinbatchError):
    """An error of ours that ended a pass, for `status` to tell: nobody raises it."""


class UsageError(VinbatchError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class RulesError(VinbatchError):
    """Rules, settings, templates or XSD are invalid. Never the fault of a workbook."""

    exit_code = 5


class BoundlessError(RulesError):
    """A rendering took more steps, or made more text, than any needs: by itself, or by what it was given."""


class SeveralRulesError(RulesError):
    """All that is wrong with a file, told in one go."""

    def __init__(self, errors: Sequence[RulesError]) -> None:
        super().__init__("rule.several", n=str(len(errors)))
        self.errors = tuple(errors)

    def told(self, lang: str) -> Wording:
        """How many there are and, on the same line, the first; each with its cure on a line below it."""
        lines = []
        for error in self.errors:
            message, cure = error.told(lang)
            lines += [message, f"    → {cure}"]
        lines[0] = super().told(lang).message + (" " if lang == "en" else "") + lines[0]
        return Wording("\n".join(lines), "")

    def __reduce__(self) -> tuple[Any, ...]:
        return SeveralRulesError, (self.errors,)


class PackageError(RulesError):
    """A package that cannot be made: of which rows, and what is wrong there."""

    def __init__(self, key: str, error: RulesError, /, **params: Part) -> None:
        super().__init__(key, **params)
        self.error = error

    def told(self, lang: str) -> Wording:
        """Whose package it is before what is wrong; both cures."""
        whose, wrong = super().told(lang), self.error.told(lang)
        colon, semicolon = ("：", "；") if lang == "zh" else (": ", "; ")
        return Wording(f"{whose.message}{colon}{wrong.message}", f"{wrong.cure}{semicolon}{whose.cure}")

    def under(self, keys: Mapping[str, str]) -> PackageError:
        """The same with the sentence that these keys have for it."""
        return PackageError(keys.get(self.key, self.key), self.error, **self.params)

    def __reduce__(self) -> tuple[Any, ...]:
        return _package_again, (self.key, self.error, self.params)


def _package_again(key: str, error: RulesError, params: dict[str, Part]) -> PackageError:
    return PackageError(key, error, **params)


class Faults:
    """What is found wrong with a file, kept until all of it is found."""

    def __init__(self) -> None:
        self.found: list[RulesError] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is refused within is kept, and the work goes on behind it."""
        try:
            yield
        except SeveralRulesError as e:
            self.found += e.errors
        except RulesError as e:
            self.found.append(e)

    def tell(self) -> None:
        """Raises what was found: one as it is, several together. What is told alike was one, met twice."""
        found = list({str(error): error for error in self.found}.values())
        if found:
            raise found[0] if len(found) == 1 else SeveralRulesError(found)


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
