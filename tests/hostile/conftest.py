"""Attacks are made of the workbooks that tests/workbook makes."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "workbook"))
