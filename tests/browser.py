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


_WINDOW = "<iframe style='border:0;width:{width}px;height:800px' src='{page}'></iframe>"
# Of each window: its width, that of the page in it, how far a table of batches sticks out of its card, how
# far the last day of a chart lies outside of its box, and how many times stand on two lines.
_MEASURES = """<pre></pre><script>onload = () => {
  const measure = window => {
    const d = window.contentDocument, t = d.querySelector('#batches');
    const edge = e => e.getBoundingClientRect().right;
    const out = t ? Math.max(...[...t.querySelectorAll('*')].map(edge)) - edge(t.closest('.card')) : 0;
    const late = [...d.querySelectorAll('.plot')].map(p => Math.round(edge(p) - edge(p.parentElement)));
    const top = e => e.getBoundingClientRect().top;
    const parted = [...d.querySelectorAll('#batches td.time')].filter(
      e => new Set([...e.querySelectorAll('span:not(:has(*))')].map(top)).size > 1);
    const wide = d.documentElement;
    return [wide.clientWidth, wide.scrollWidth, Math.ceil(out), Math.max(0, ...late), parted.length];
  };
  const all = [...document.querySelectorAll('iframe')].map(measure);
  document.querySelector('pre').textContent = JSON.stringify(all);
}</script>"""


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


@dataclass(frozen=True)
class Framed:
    """A page in a window, in pixels: how wide both are, how far its table sticks out of its card and the last
    day of a chart lies out of sight; and how many times of batches are torn apart.
    """

    window: int
    page: int
    out: int
    late: int
    torn: int

    @property
    def fits(self) -> bool:
        """Nothing has to be scrolled from side to side."""
        return self.page == self.window


def framed(*windows: tuple[Path, int]) -> tuple[list[Framed], list[str]]:
    """Pages in windows of these widths: one browser for all.

    Beside them, what it complained of, and what else than files they asked for.
    """
    page = windows[0][0].with_name("frame-of-the-test.html")
    shown = [_WINDOW.format(width=width, page=path.as_uri()) for path, width in windows]
    page.write_text("".join([*shown, _MEASURES]), "utf-8")
    seen = look(page, "--dump-dom")
    told = seen.out[seen.out.index("<pre>") + 5 : seen.out.index("</pre>")]
    measured = [Framed(*one) for one in json.loads(unescape(told))]
    assert [one.window for one in measured] == [width for _, width in windows]
    return measured, [*seen.console, *(url for url in seen.requests if not url.startswith("file:"))]
