"""vinbatch in a process that rights count for: root is let into everything, and tests may run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_TAKEN = "-dac_override,-dac_read_search,-fowner"  # what root has beyond the owner of a file


def ordinary(home: Path, *args: str, epoch: str = "") -> subprocess.CompletedProcess[str]:
    """A command at this home, by somebody who may do what the mode bits say. Skips where nobody can be."""
    command = [sys.executable, "-m", "vinbatch", "--home", str(home), *args]
    if os.getuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root cannot do without its rights here")
        command = ["setpriv", "--bounding-set", _TAKEN, *command]
    env = {**os.environ, "SOURCE_DATE_EPOCH": epoch}  # the time of a trial; "" is now
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)
