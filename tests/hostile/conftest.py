"""Attacks are made of the workbooks that tests/workbook makes, and aimed at homes that tests/run makes."""

from __future__ import annotations

import sys
from pathlib import Path

for _room in ("workbook", "run"):
    sys.path.insert(0, str(Path(__file__).parents[1] / _room))
