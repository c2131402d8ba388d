"""Folders nested deeper than any path can name: each is made from the one above it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def nested(folder: Path, depth: int, name: str = "d") -> Iterator[None]:
    """So many folders of this name, each in the one before; gone at the end: pytest could not tidy up."""
    here = os.open(folder, os.O_RDONLY)
    try:
        for _ in range(depth):
            os.mkdir(name, dir_fd=here)
            here = _go(name, here)
        yield
    finally:
        for _ in range(depth):
            here = _go("..", here)
            os.rmdir(name, dir_fd=here)
        os.close(here)


def _go(name: str, here: int) -> int:
    there = os.open(name, os.O_RDONLY, dir_fd=here)
    os.close(here)
    return there
