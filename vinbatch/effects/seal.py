"""Pages that nobody edits carry the digest of what is above it: so any of ours is known, whatever became of
the ledger since.
"""

from __future__ import annotations

import hashlib

_LENGTH = len("<!--  -->\n") + 64


def seal(page: bytes) -> bytes:
    """The page with its digest below."""
    return page + f"<!-- {hashlib.sha256(page).hexdigest()} -->\n".encode()


def is_sealed(page: bytes) -> bool:
    """Whether these bytes are a page of ours, of whatever day, that nobody has touched."""
    return seal(page[:-_LENGTH]) == page
