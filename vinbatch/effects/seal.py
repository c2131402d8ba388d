"""Pages that nobody edits carry the digest of what is above it: so any of ours is known, whatever became of
the ledger since.
"""

from __future__ import annotations

import hashlib

_LENGTH = len("<!--  -->\n") + 64


def seal(page: bytes) -> bytes:
    """The page with its digest below."""
    return page + _end(page)


def is_sealed(page: bytes) -> bool:
    """Whether these bytes are a page of ours, of whatever day, that nobody has touched."""
    return page.endswith(_end(memoryview(page)[:-_LENGTH]))


def _end(page: bytes | memoryview) -> bytes:
    return f"<!-- {hashlib.sha256(page).hexdigest()} -->\n".encode()
