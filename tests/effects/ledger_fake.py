"""A ledger of packages as one JSON file: what publish needs of the real one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vinbatch.effects import disk


@dataclass(frozen=True)
class Due:
    guid: str
    name: str
    digest: str
    state: str = "due"
    boot: str = ""


class Book:
    """guid → name, digest, state, boot; each mark is durable when it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def packages(self) -> dict[str, list[str]]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def commit(self, due: Due) -> None:
        self._write({due.guid: [due.name, due.digest, due.state, due.boot]})

    def dues(self) -> list[Due]:
        return [Due(guid, *rest) for guid, rest in self.packages.items() if rest[2] != "published"]

    def states(self) -> dict[str, str]:
        return {guid: rest[2] for guid, rest in self.packages.items()}

    def publishing(self, guids: Sequence[str], boot: str) -> None:
        self._mark(guids, "publishing", boot)

    def published(self, guids: Sequence[str]) -> None:
        self._mark(guids, "published", "")

    def doubt(self, guid: str, reason: str) -> None:
        self._mark([guid], "doubt", reason)

    def beat(self) -> None:
        """There is no watch."""

    def _mark(self, guids: Sequence[str], state: str, boot: str) -> None:
        packages = self.packages
        self._write({guid: [*packages[guid][:2], state, boot] for guid in guids})

    def _write(self, changes: dict[str, list[str]]) -> None:
        disk.write_beside(self.path, json.dumps({**self.packages, **changes}).encode())
