"""Chromium without a window, started once for each question; tests skip where it is not installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

NAME = "chromium"
needs_chromium = pytest.mark.skipif(shutil.which(NAME) is None, reason=f"{NAME} is not installed")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--allow-file-access-from-files",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)


# How far the table of an overview sticks out of its card, in pixels.
_OUT = """<iframe id=f style='border:0;width:{width}px;height:800px' src='{page}'></iframe><pre></pre>
<script>onload = () => {{
  const d = document.getElementById('f').contentDocument, t = d.querySelector('#batches');
  const edge = e => e.getBoundingClientRect().right;
  const most = Math.max(...[...t.querySelectorAll('*')].map(edge));
  document.querySelector('pre').textContent = Math.ceil(most - edge(t.closest('.card'))) + ' 0';
}}</script>"""
_PHONE = """<iframe id=f style='border:0;width:{width}px;height:800px' src='{page}'></iframe><pre></pre>
<script>onload = () => {{
  const d = document.getElementById('f').contentDocument.documentElement;
  document.querySelector('pre').textContent = d.clientWidth + ' ' + d.scrollWidth;
}}</script>"""


@dataclass(frozen=True)
class Seen:
    """What a browser made of a page: what it printed on stdout and stderr, and the addresses it asked for."""

    out: str
    err: str
    requests: list[str]

    @property
    def console(self) -> list[str]:
        return [line for line in self.err.splitlines() if ":CONSOLE" in line]


def look(page: Path, *flags: str) -> Seen:
    """Opens a page in a browser of its own, and closes it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder, "net.json")
        command = [NAME, *_FLAGS, f"--user-data-dir={folder}", f"--log-net-log={log}", *flags, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return Seen(done.stdout, done.stderr, _requests(json.loads(log.read_text("utf-8"))))


def _requests(log: dict) -> list[str]:  # type: ignore[type-arg]
    """What a page asked for; the browser has errands of its own, which have no origin."""
    kinds = log["constants"]["logEventTypes"]
    asked = [e["params"] for e in log["events"] if e["type"] == kinds["URL_REQUEST_START_JOB"]]
    return [str(a["url"]) for a in asked if "url" in a and a.get("initiator") != "not an origin"]


def widths(page: Path, width: int) -> tuple[int, int]:
    """How wide the window of a phone is, and how wide a page within it."""
    return _measured(_PHONE, page, width)


def inner(page: Path, width: int) -> int:
    """By how many pixels the table of batches sticks out of its card; below nothing: it has room."""
    return _measured(_OUT, page, width)[0]


def _measured(frame_text: str, page: Path, width: int) -> tuple[int, int]:
    frame = page.with_name("frame-of-the-test.html")
    frame.write_text(frame_text.format(width=width, page=page.as_uri()), "utf-8")
    out = unescape(look(frame, "--dump-dom").out)
    told = out[out.index("<pre>") + 5 : out.index("</pre>")].split()
    return int(told[0]), int(told[1])
