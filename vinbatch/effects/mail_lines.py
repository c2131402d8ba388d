"""What goes over the connection to a mail server: lines that it says, and a letter as DATA takes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BufferedReader
from math import inf

_MOST_LINES = 500  # of one reply; servers have about twenty extensions
_BLOCK = 1 << 16


class Lines:
    """What a server says, line by line: one that never ends its reply is broken, and not to be waited for."""

    def __init__(self, file: BufferedReader, seconds: float | None) -> None:
        self.file, self._left = file, _MOST_LINES
        self._until = time.monotonic() + 2 * seconds if seconds else inf

    def readline(self, most: int) -> bytes:
        """The next line. OSError where the reply has too many, or comes too slowly, be it byte by byte."""
        self._left -= 1
        line = b""
        while not line.endswith(b"\n") and len(line) < most:
            if self._left < 0 or time.monotonic() > self._until:
                raise OSError("its reply does not end")
            come = self.file.peek(1)[: most - len(line)]
            if not come:
                break
            line += self.file.read(come.find(b"\n") + 1 or len(come))
        return line

    def close(self) -> None:
        """Close what is read from."""
        self.file.close()


def dotted_blocks(data: bytes) -> Iterator[bytes]:
    """As DATA takes it, in portions: a line that begins with a dot gets another, a lone dot ends."""
    whole = _dotted(data)
    for at in range(0, len(whole), _BLOCK):
        yield whole[at : at + _BLOCK]


def _dotted(data: bytes) -> bytes:
    body = data if data.endswith(b"\r\n") else data + b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    return (b"." + body if body.startswith(b".") else body) + b".\r\n"
