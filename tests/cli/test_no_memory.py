"""A machine without enough memory: no trace-back of Python, but what is missing and who gives it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# A limit that is there from the start may already stop the interpreter: it comes when all is loaded.
_LIMITED = """
import resource, sys
from vinbatch.cli import work
from vinbatch.cli.main import main
from vinbatch.run.judging import dry

pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + 16 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (most, most))
main(sys.argv[1:])
"""


def test_a_command_without_memory_says_so(tmp_path: Path) -> None:
    """In all its words, or where there is no memory for these either, in two of them."""
    large = tmp_path / "large.xlsx"
    large.write_bytes(b"\0" * 19 * 2**20)
    command = [sys.executable, "-c", _LIMITED, "check", str(large)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 6
    assert "\nvinbatch: 内存不足" in done.stderr
    assert "Traceback" not in done.stderr
