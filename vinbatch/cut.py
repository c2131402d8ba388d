"""What is too long to be read: the first of it, then `…`."""

from __future__ import annotations

from collections.abc import Sequence


def cut(text: str, most: int) -> str:
    """The text, or so many characters of it."""
    return text if len(text) <= most else f"{text[:most]}…"


def first_of(names: Sequence[str], most: int) -> tuple[str, ...]:
    """The names, or so many of them."""
    return (*names[:most], "…") if len(names) > most else tuple(names)
