"""Folders nested deeper than any path can name: each is made from the one above it."""

from __future__ import annotations

import os
from pathlib import Path


def nest(folder: Path, depth: int, name: str = "d") -> None:
    """So many folders of this name, each in the one before it."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
