"""Long: collected only where somebody asks for it (make soak)."""

from __future__ import annotations

import os

collect_ignore_glob = [] if "SOAK" in os.environ else ["test_*.py"]
