"""Long: collected only where somebody asks for it (make crash)."""

from __future__ import annotations

import os

collect_ignore_glob = [] if "CRASH" in os.environ else ["test_*.py"]
