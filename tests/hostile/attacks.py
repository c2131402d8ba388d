"""Attacks: each a small named function that makes hostile files, with the answer that is due.

    @attack("FILE-BOMB")              refused, and this is the reason
    @attack("FILE-CUT-OFF", "FILE-DAMAGED")   one of these
    @attack(READ)                     its rows are judged: it looks worse than it is
    @attack(LEFT)                     never picked up: no regular file of our kind

A function returns the bytes of one workbook, or files by name, or writes into the folder that it is given.
"""

from __future__ import annotations

import inspect
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

READ, LEFT = "read", "left"


@dataclass(frozen=True)
class Attack:
    """`due` are codes of which one must be found, or READ, or LEFT."""

    name: str
    make: Callable[..., Any]
    due: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Puts the files of the attack into this folder."""
        made = self.make(folder) if "folder" in inspect.signature(self.make).parameters else _made(self.make)
        if isinstance(made, bytes):
            made = {f"{self.name}.xlsx": made}
        for name, data in (made or {}).items():
            (folder / name).write_bytes(data)


@cache
def _made(make: Callable[[], Any]) -> Any:
    """Two seconds for all of them, which are dropped, checked and shown."""
    return make()


ATTACKS: dict[str, Attack] = {}


def attack(*due: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the function into ATTACKS under its name."""

    def enter(make: Callable[..., Any]) -> Callable[..., Any]:
        add(make.__name__, make, *due)
        return make

    return enter


def add(name: str, make: Callable[..., Any], *due: str) -> None:
    """Enter one that is made in a loop."""
    assert name not in ATTACKS, name
    ATTACKS[name] = Attack(name, make, due)


def load() -> Mapping[str, Attack]:
    """All of them."""
    import attack_kinds
    import attack_names
    import attack_texts
    import attack_xml
    import attack_zips

    assert all((attack_kinds, attack_names, attack_texts, attack_xml, attack_zips))
    return ATTACKS


def chosen(many: int) -> dict[str, Attack]:
    """So many attacks, the same each time: of every due reason at least one. ATTACKS=all takes them all."""
    attacks = load()
    if os.environ.get("ATTACKS") == "all":
        return attacks
    first: dict[tuple[str, ...], str] = {}
    for name, attack in attacks.items():
        first.setdefault(attack.due, name)
    others = sorted(attacks.keys() - set(first.values()))
    more = random.Random(7).sample(others, max(0, many - len(first)))
    names = {*first.values(), *more, *(n for n, a in attacks.items() if a.make.__module__ == "attack_texts")}
    return {name: attack for name, attack in attacks.items() if name in names}
