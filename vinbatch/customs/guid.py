"""The identity of a package, fixed before the first attempt to send it."""

from __future__ import annotations

import uuid

from vinbatch.model import Type

# Our own name space: any fixed one would do, it may never change.
_SPACE = uuid.UUID("6f2b3d0e-5a51-5c55-9b0c-7a1d0c3f9e42")


def guid_of(site: str, batch: str, kind: Type) -> str:
    """36 characters, upper case; the same for the same site, batch and type, whenever it is asked for."""
    return str(uuid.uuid5(_SPACE, f"{site}/{batch}/{kind}")).upper()
