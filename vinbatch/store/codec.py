"""The nouns as JSON, and back. (`noun` makes them what msgspec can read.)"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from vinbatch.model import Entry, Finding, Letter, Outcome, Record

T = TypeVar("T")
UndecodableError = msgspec.DecodeError  # of a text that is no noun, or not this one


class BrokenTextError(UndecodableError):
    """A text that is no JSON any more, or not of the noun that we wrote: the file that holds it is broken."""


_ENCODER = msgspec.json.Encoder(order="deterministic")
_AS_IT_COMES = msgspec.json.Encoder()


def _decoded(kind: type[T], text: str | bytes) -> T:
    try:
        thing: T = _decoder(cast("Any", kind)).decode(text)
    except msgspec.DecodeError as e:
        raise BrokenTextError(str(e)) from e
    return thing


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Made when it is first needed: an idle pass reads no outcome."""
    return msgspec.json.Decoder(kind)


def encode(thing: object) -> str:
    """Deterministic JSON text of a noun, or of a plain mapping."""
    return encoded(thing).decode()


def written(body: Mapping[str, object]) -> str:
    """JSON text of a mapping, its keys as they come."""
    return _AS_IT_COMES.encode(body).decode()


def encoded(thing: object) -> bytes:
    """The same JSON text, as UTF-8."""
    return _ENCODER.encode(thing)


def stored_digest(data: bytes) -> str:
    """SHA-256 of a noun as it is stored: its event carries it."""
    return hashlib.sha256(data).hexdigest()


def outcome_from(text: str | bytes) -> Outcome:
    """An outcome as it was stored.

    No disk has made it another: it was inflated, which checks it, or made just now. So what is none is a bug
    of ours, or of a newer build, and no damage that a backup mends.
    """
    outcome: Outcome = _decoder(cast("Any", Outcome)).decode(text)
    return outcome


def record_from(text: str | bytes) -> Record:
    """A record as it was stored."""
    return _decoded(Record, text)


def entry_from(text: str | bytes) -> Entry:
    """A catalogue entry as it was stored."""
    return _decoded(Entry, text)


def finding_from(text: str | bytes) -> Finding:
    """A finding as it was stored."""
    return _decoded(Finding, text)


def letter_from(text: str | bytes) -> Letter:
    """A letter as it was queued."""
    return _decoded(Letter, text)


def texts_from(text: str | bytes) -> Mapping[str, str]:
    """Texts by name."""
    return _decoded(dict[str, str], text)
