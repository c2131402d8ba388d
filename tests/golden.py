"""Golden files: what people see, kept beside the tests. `make golden` writes them anew; read the diff."""

from __future__ import annotations

import os
from pathlib import Path

REWRITE = bool(os.environ.get("GOLDEN"))


def same(path: Path, data: bytes) -> None:
    """`data` is what the golden file at `path` holds; with GOLDEN=1 it becomes so."""
    if REWRITE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert path.is_file(), f"{path.name}: there is no such golden file, run `make golden`"
    assert path.read_bytes() == data, f"{path.name}: not as it was, run `make golden` and read the diff"
