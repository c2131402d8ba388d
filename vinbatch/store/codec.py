"""The nouns as JSON, and back. (`noun` makes them what msgspec can read.)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from vinbatch.model import Entry, Finding, Letter, Outcome, Record, Value

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder(order="deterministic")
_OUTCOME = msgspec.json.Decoder(Outcome)
_RECORD = msgspec.json.Decoder(Record)
_ENTRY = msgspec.json.Decoder(Entry)
_LETTER = msgspec.json.Decoder(Letter)
_TEXTS = msgspec.json.Decoder(dict[str, str])
_FINDING = msgspec.json.Decoder(Finding)
_VALUES = msgspec.json.Decoder(dict[str, Value])


def encode(thing: object) -> str:
    """Deterministic JSON text of a noun, or of a plain mapping."""
    return encoded(thing).decode()


def encoded(thing: object) -> bytes:
    """The same, as UTF-8."""
    return _ENCODER.encode(thing)


def outcome_from(text: str | bytes) -> Outcome:
    """An outcome as it was stored."""
    return _OUTCOME.decode(text)


def record_from(text: str | bytes) -> Record:
    """A record as it was stored."""
    return _RECORD.decode(text)


def entry_from(text: str | bytes) -> Entry:
    """A catalogue entry as it was stored."""
    return _ENTRY.decode(text)


def finding_from(text: str | bytes) -> Finding:
    """A finding as it was stored."""
    return _FINDING.decode(text)


def values_from(text: str | bytes) -> Mapping[str, Value]:
    """Field values by key."""
    return _VALUES.decode(text)


def letter_from(text: str | bytes) -> Letter:
    """A letter as it was queued."""
    return _LETTER.decode(text)


def texts_from(text: str | bytes) -> Mapping[str, str]:
    """Texts by name."""
    return _TEXTS.decode(text)
