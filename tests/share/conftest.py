"""A share without events needs FUSE: collected only where somebody asks for it (make share)."""

from __future__ import annotations

import os

collect_ignore_glob = [] if "SHARE" in os.environ else ["test_*.py"]
