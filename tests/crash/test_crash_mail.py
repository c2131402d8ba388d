"""A pass that mails, killed before any call: no letter is lost, and one that comes twice says so."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import harness
import pytest
from harness import STRACE, Point, Scene, Zygote
from smtp_desk import MAIL, Got, Postmaster, mail_server

SHORT = os.environ.get("CRASH") == "short"
SAMPLE = 12  # points of a short run, beside those that send
pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed")
SETTINGS = f'{MAIL}kinds = {{{{ trouble = ["boss@example.cn"] }}}}\n'


@dataclass
class Office:
    """A scene with a mail server beside it."""

    scene: Scene
    zygote: Zygote
    server: Postmaster

    def taken(self) -> list[Got]:
        """The letters since the last look."""
        got, self.server.got[:] = list(self.server.got), []
        return got


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with mail_server() as server, Zygote() as zygote:
        settings = SETTINGS.format(port=server.port)
        scene = Scene.make(tmp_path_factory.mktemp("scene") / "home", settings)
        zygote.warm(scene, tmp_path_factory.mktemp("warm") / "home")
        made = Office(scene, zygote, server)
        made.taken()
        yield made


def wrong(usual: list[Got], got: list[Got]) -> list[str]:
    """What is wrong with the letters of passes that were killed, compared with those of one that was not."""
    found = []
    about = {(mail["To"], mail["Subject"]) for mail in got}
    if missing := {(mail["To"], mail["Subject"]) for mail in usual} - about:
        found.append(f"lost: {missing}")
    first: dict[str, str] = {}  # Message-ID → what it was about
    for mail in got:
        if mail["Message-ID"] in first and mail["X-Vinbatch-Repeat"] != "possible":
            found.append(f"twice without a word: {mail['Subject']}")
        first.setdefault(mail["Message-ID"], f"{mail['To']} {mail['Subject']}")
    again = [about for about, n in Counter(first.values()).items() if n > 1]
    return found + [f"told twice as news: {about}" for about in again]


def test_no_letter_is_lost_and_a_repeated_one_says_so(office: Office, tmp_path: Path) -> None:
    zygote, scene = office.zygote, office.scene
    every = harness.points(harness.trace(zygote, scene.copy(tmp_path / "home")))
    usual = office.taken()
    assert len({mail["Subject"] for mail in usual}) >= 3, "two workbooks and what customs answered"
    sending = [point for point in every if point[0] == harness.SENDING]
    assert len(sending) > 10
    some: list[Point] = every
    if SHORT:
        some = [*sending[::4], *random.Random("mail").sample(every, SAMPLE)]
    found, survived = [], 0
    for point in some:
        bad = harness.violations(zygote, scene.copy(tmp_path / "home"), point, "signal=KILL")
        got = office.taken()
        if any(what.startswith("not killed") for what in bad):
            survived += 1  # Message-IDs are chance: with other digests the archive needs a folder less
            continue
        found += [f"{point}: {what}" for what in bad + wrong(usual, got)]
    assert found == []
    assert survived < len(some) / 20
    print(f"{len(some)} points of {len(every)}, {survived} of them not reached")
