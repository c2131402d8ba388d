"""Why a file cannot be read: raised deep inside of the reader, told as a finding at its door."""

from __future__ import annotations

from typing import Any

from vinbatch.model import Finding, Param
from vinbatch.ruleset import Ruleset


class RefusedError(Exception):
    """The file as a whole is refused; `code` and `params` are those of a finding of the rules."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, Any] = dict(params)

    def finding(self, ruleset: Ruleset) -> Finding:
        """The finding that a person reads."""
        return ruleset.finding(self.code, **self.params)


def damaged(part: str) -> RefusedError:
    """Something inside of the file contradicts itself; `part` says where."""
    return RefusedError("FILE-DAMAGED", part=part)
