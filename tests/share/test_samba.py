"""A real Samba server on loopback: clients put workbooks into the share while watch works on its folder."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.errors import AccessError
from vinbatch.ruleset import Ruleset
from vinbatch.store.ledger import Ledger
from vinbatch.workbook.form import build

SMBD = shutil.which("smbd") or shutil.which("smbd", path="/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(
    SMBD is None or shutil.which("smbclient") is None, reason="samba or smbclient is not installed"
)
ONE = samples.MODELS[:1]
CONFIGURATION = """
[global]
 server role = standalone server
 map to guest = Bad User
 guest account = {user}
 interfaces = 127.0.0.1
 bind interfaces only = yes
 smb ports = {port}
 private dir = {own}
 lock directory = {own}
 state directory = {own}
 cache directory = {own}
 pid directory = {own}
 ncalrpc dir = {own}/rpc
 log file = {own}/log
 disable spoolss = yes
 load printers = no
 printcap name = /dev/null
[inbox]
 path = {inbox}
 guest ok = yes
 read only = no
 force user = {user}
"""


@dataclass(frozen=True)
class Share:
    """The inbox of a home, as clients see it."""

    home: Path
    port: int
    folder: Path

    def client(self, commands: str) -> list[str]:
        return ["smbclient", "-N", "-p", str(self.port), "//127.0.0.1/inbox", "-c", commands]

    def say(self, commands: str) -> None:
        subprocess.run(self.client(commands), check=True, capture_output=True, timeout=120)

    def put(self, *files: tuple[str, bytes]) -> None:
        for name, data in files:
            (self.folder / name).write_bytes(data)
        self.say("; ".join(f"put {self.folder / name} {name}" for name, _ in files))

    def batches(self) -> list[tuple[str, bool]]:
        """Source name and whether it was refused, of everything that was worked."""
        try:
            opened = Ledger.read_only(self.home / ".vinbatch" / "ledger.db")
        except AccessError:  # it is not there yet, or just being made
            return []
        with opened as ledger:
            rows = ledger.db.execute("SELECT source_name, refused FROM batch WHERE committed").fetchall()
        return [(name, bool(refused)) for name, refused in rows]

    def sent(self) -> Counter[str]:
        """VIN → in how many packages."""
        vins: Counter[str] = Counter()
        for path in (self.home / "outbox").glob("*.zip"):
            with zipfile.ZipFile(path) as archive:
                vins.update(v["vin"] for v in json.loads(archive.read("manifest.json"))["vehicles"])
        return vins


@pytest.fixture
def share(tmp_path: Path, ruleset: Ruleset) -> Iterator[Share]:
    root, own, folder = tmp_path / "home", tmp_path / "samba", tmp_path / "client"
    making.init(root, build(ruleset), guides.guide_text())
    (root / "rules" / "settings.toml").write_text(
        "settle_seconds = 0.3\nscan_seconds = 0.5\n[worker]\nprocesses = 1\n", "utf-8"
    )
    own.mkdir()
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration = tmp_path / "smb.conf"
    inbox = root / "inbox"
    configuration.write_text(CONFIGURATION.format(user=inbox.owner(), port=port, own=own, inbox=inbox))
    assert SMBD is not None
    server = subprocess.Popen(
        [SMBD, "-F", "--no-process-group", "-s", str(configuration), "--debug-stdout"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it takes its whole process group with it when it ends
    )
    made = Share(root, port, folder)
    wait_for(lambda: subprocess.run(made.client("ls"), capture_output=True, check=False).returncode == 0)
    yield made
    server.terminate()
    server.wait(timeout=30)


@pytest.fixture
def watch(share: Share) -> Iterator[None]:
    command = [sys.executable, "-m", "vinbatch", "--home", str(share.home), "watch"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    wait_for((share.home / ".vinbatch" / "heartbeat").exists)
    yield
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0


def wait_for(what: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def book(ruleset: Ruleset, n: int) -> bytes:
    return samples.workbook(ruleset, [samples.vehicles(n + 1, models=ONE)[n]], samples.parameters(ONE))


@pytest.mark.usefixtures("watch")
def test_fifty_uploads_are_each_worked_once(share: Share, ruleset: Ruleset) -> None:
    files = [(f"{n}.xlsx", book(ruleset, n)) for n in range(50)]
    for i in range(0, 50, 10):  # as five people do it
        share.put(*files[i : i + 10])
    wait_for(lambda: len(share.batches()) >= 50)
    assert Counter(share.batches()) == Counter((name, False) for name, _ in files)
    vins = [str(v["vin"]) for v in samples.vehicles(50, models=ONE)]
    wait_for(lambda: share.sent().total() >= 50)
    assert share.sent() == Counter(vins)


@pytest.mark.usefixtures("watch")
def test_an_upload_that_broke_off_is_answered_and_nothing_of_it_declared(
    share: Share, ruleset: Ruleset
) -> None:
    data = book(ruleset, 0)
    share.put(("a.xlsx", data[: len(data) // 2]))
    wait_for(lambda: ("a.xlsx", True) in share.batches())
    assert not share.sent()
    share.put(("a.xlsx", data))
    wait_for(lambda: ("a.xlsx", False) in share.batches())
    wait_for(lambda: share.sent().total() >= 1)
    assert set(share.sent().values()) == {1}


@pytest.mark.usefixtures("watch")
def test_what_is_renamed_and_deleted_meanwhile_stops_nothing(share: Share, ruleset: Ruleset) -> None:
    """As Excel saves: another name, a deletion, a renaming; and people who change their mind."""
    for n in range(5):
        (share.folder / "x").write_bytes(book(ruleset, n))
        x = share.folder / "x"
        share.say(f"put {x} {n}.tmp; rename {n}.tmp {n}.xlsx; put {x} gone-{n}.xlsx; del gone-{n}.xlsx")
    wait_for(lambda: {f"{n}.xlsx" for n in range(5)} <= {name for name, _ in share.batches()})
    wait_for(lambda: share.sent().total() >= 5)
    assert set(share.sent().values()) == {1}
