"""How much memory a process of the benchmark has taken at most."""

from __future__ import annotations

from pathlib import Path


def peak() -> int:
    """Megabytes of this process since its program began.

    `getrusage` has those of the process that forked it in it, too: a parent with a gigabyte was told of each.
    """
    lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024
