"""Kills or starves a real pass at one system call, lets the next pass recover, and looks for violations."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from forked import Server

from vinbatch import samples
from vinbatch.customs.receipt import receipt_xml
from vinbatch.effects import guides, kept_rules, making
from vinbatch.effects import home as homes
from vinbatch.effects.archive import Archive
from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import Return
from vinbatch.ruleset import compile_rules
from vinbatch.store.ledger import Ledger
from vinbatch.workbook.form import build

STRACE = shutil.which("strace")
# What changes the world. `openat` counts where it creates; strace counts every one of them.
CALLS = (
    "fsync",
    "fdatasync",
    "write",
    "pwrite64",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "ftruncate",
    "chmod",
    "fchmod",
)
SENDING = "sendto"  # what changes the world of others
Point = tuple[str, int]  # a call, and the how-manieth of it


@dataclass
class Scene:
    """A home with an earlier batch, two workbooks in the inbox, one of which files what that one had refused,
    and two receipts.
    """

    root: Path
    vins: list[str] = field(default_factory=list)  # to be declared by the pass
    guid: str = ""
    files: int = 2

    @property
    def slugs(self) -> set[str]:
        """Of the workbooks, the earlier one among them."""
        return {"0", *(chr(ord("a") + i) for i in range(self.files))}

    @classmethod
    def make(cls, root: Path, settings: str = "", files: int = 2) -> Scene:
        """Builds it; slow, so it is copied for each point. `files` are the workbooks in the inbox."""
        ruleset = compile_rules(packaged_rulebook())
        making.init(root, build(ruleset), guides.guide_text())
        text = f"settle_seconds = 0.01\nrefresh_minutes = 0\n{settings}"
        (root / "rules" / "settings.toml").write_text(text, "utf-8")
        models = samples.MODELS[:1]
        cars, sets = samples.vehicles(1 + 2 * files, models=models), samples.parameters(models)
        refused = {**cars[1], "production_date": "2035.01"}
        (root / "inbox" / "0.xlsx").write_bytes(samples.workbook(ruleset, [cars[0], refused], sets))
        with Zygote() as zygote:
            assert zygote.run(root).code == 3
        (path,) = (root / "outbox").glob("*.zip")
        with zipfile.ZipFile(path) as archive:
            guid = json.loads(archive.read("manifest.json"))["guid"]
        path.unlink()
        for i in range(files):
            name, some = f"{chr(ord('a') + i)}.xlsx", cars[1 + 2 * i : 3 + 2 * i]
            (root / "inbox" / name).write_bytes(samples.workbook(ruleset, some, sets))
        for name, status in (("1.xml", "120"), ("2.xml", "777")):
            xml = receipt_xml(guid, (Return(status, time="20260302102231500"),))
            (root / "inbox" / "receipts" / name).write_bytes(xml)
        # They have stood still: nothing is waited for.
        for path in (root / "inbox").rglob("*.x*"):
            os.utime(path, (1.7e9, 1.7e9))
        return cls(root, [str(c["vin"]) for c in cars[1:]], guid, files)

    def copy(self, root: Path) -> Scene:
        """The same scene anew."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.root, root)
        return Scene(root, self.vins, self.guid, self.files)


@dataclass(frozen=True)
class Ran:
    """How a pass ended: its exit code, minus the signal that killed it; what it said."""

    code: int
    said: str


class Zygote(Server):
    """The server of passes. `with Zygote() as z: z.run(home)`."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("zygote.py")
        # Results carry the time, and their digests choose the archive's folders: with another time a pass
        # makes one folder more or less, and its calls are counted differently.
        super().__init__(program, {"PYTHONPATH": str(program.parent), "SOURCE_DATE_EPOCH": "1772676000"})

    def run(self, home: Path, strace: Sequence[str] = (), plant: str = "", engine: str = "serial") -> Ran:
        """One pass in a child, under strace with these options where given."""
        request = {"home": str(home), "plant": plant, "engine": engine}
        if strace:
            request["hold"] = "yes"
        pid = self.ask(request)
        tracer = self._trace(pid, strace) if strace else None
        status = self.read()
        if tracer is not None:
            tracer.communicate(timeout=60)
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        said = home.with_name("stderr")
        return Ran(code, said.read_text("utf-8", "replace") if said.exists() else "")

    def warm(self, scene: Scene, root: Path) -> None:
        """One pass of this scene in the server itself, so that its children need compile nothing."""
        code = self.ask({"home": str(scene.copy(root).root), "warm": "yes"})
        assert code == 4, "the receipt that is set aside"

    def kill(self, home: Path, seconds: float, kept: int = 0) -> bool:
        """One pass with workers, killed so long after the archive has so many files; whether it was."""
        pid = self.ask({"home": str(home), "engine": "pool"})
        alive = Path(f"/proc/{pid}")
        while alive.exists() and _kept_files(home) < kept:
            time.sleep(0.002)
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return os.WIFSIGNALED(self.read())

    def _trace(self, pid: int, options: Sequence[str]) -> subprocess.Popen[str]:
        assert STRACE is not None
        while _state(pid) != "T":
            pass
        command = [STRACE, "-p", str(pid), *options]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert tracer.stderr is not None
        line = tracer.stderr.readline()
        assert "attached" in line, line
        os.kill(pid, signal.SIGCONT)
        return tracer


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]


# ── points ───────────────────────────────────────────────────────────────────────────────────────


def trace(zygote: Zygote, scene: Scene, plant: str = "") -> list[str]:
    """The lines of an undisturbed pass, with the paths of descriptors."""
    log = scene.root.with_name("trace")
    options = ["-f", "-y", "-o", str(log), "-e", f"trace={','.join((*CALLS, SENDING, 'openat'))}"]
    zygote.run(scene.root, options, plant)
    return log.read_text("utf-8", "replace").splitlines()


def points(lines: Sequence[str]) -> list[Point]:
    """Every state-changing call of a pass, counted by name as strace counts."""
    counted: Counter[str] = Counter()
    for line in lines:
        name = line.partition("(")[0].split()[-1]
        if name in (*CALLS, SENDING):
            counted[name] += 1
    return [(name, n) for name, most in counted.items() for n in range(1, most + 1)]


def points_of_threads(lines: Sequence[str]) -> list[Point]:
    """The same of a trace with -f, whose lines begin with a thread: as often as any of them makes a call."""
    lines_of: dict[str, list[str]] = {}
    for line in lines:
        lines_of.setdefault(line.split()[0], []).append(line)
    return sorted({point for some in lines_of.values() for point in points(some)})


def disturb(point: Point, how: str) -> list[str]:
    """strace's options: `how` is signal=KILL, error=ENOSPC or error=EIO. Threads count for themselves."""
    call, n = point
    return ["-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{how}:when={n}"]


# ── violations ───────────────────────────────────────────────────────────────────────────────────


def violations(zygote: Zygote, scene: Scene, point: Point, how: str, plant: str = "") -> list[str]:
    """What is wrong after a disturbed pass and two that recover. Planted bugs stay planted."""
    found: list[str] = []
    first = zygote.run(scene.root, disturb(point, how), plant)
    if how == "signal=KILL" and first.code != -9:
        return [f"not killed at {point}: {first.code}"]
    if first.code in (1, 99):
        found.append(f"a bug shows: {first.said[-500:]}")
    sent = _collect(scene.root, found)
    found += _half_files(scene.root)
    second = zygote.run(scene.root, plant=plant)
    if second.code not in (0, 4):
        found.append(f"recovery left with {second.code}: {second.said[-500:]}")
    sent += _collect(scene.root, found)
    before = _snapshot(scene.root)
    third = zygote.run(scene.root, plant=plant)
    sent += _collect(scene.root, found)
    if third.code or _snapshot(scene.root) != before:
        found.append(f"a third pass changed something or left with {third.code}: {third.said[-300:]}")
    if sent != Counter(dict.fromkeys(scene.vins, 1)):
        found.append(f"declared {dict(sent)}")
    return found + _folders(scene) + _ledger(scene)


def _collect(root: Path, found: list[str]) -> Counter[str]:
    """What the gateway takes: VIN → how often. A package that is not whole is a violation."""
    vins: Counter[str] = Counter()
    for path in (root / "outbox").glob("*.zip"):
        try:
            with zipfile.ZipFile(path) as archive:
                vins.update(v["vin"] for v in json.loads(archive.read("manifest.json"))["vehicles"])
        except (zipfile.BadZipFile, KeyError) as e:
            found.append(f"half a package: {path.name} {e}")
        path.unlink()
    return vins


def _half_files(root: Path) -> list[str]:
    return [
        f"half a file: {path.name}"
        for path in (root / "reports").glob("*.xlsx")
        if not zipfile.is_zipfile(path)
    ]


def _snapshot(root: Path) -> dict[str, bytes]:
    """All that people or programs may see, and the archive; not the ledger's own files."""
    return {
        str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).digest()
        for p in root.rglob("*")
        if p.is_file() and not p.name.startswith("ledger.db") and p.parent.name != "locks"
    }


def _folders(scene: Scene) -> list[str]:
    root = scene.root
    found = [f"left in the inbox: {p.name}" for p in (root / "inbox").glob("*.xlsx")]
    found += [f"a claim is left: {p.name}" for p in (root / "inbox" / ".claims").rglob("*")]
    found += [f"a part is left: {p}" for p in root.rglob("*.part")]
    found += [f"a receipt is left: {p.name}" for p in (root / "inbox" / "receipts").glob("*.xml")]
    aside = sorted(p.name for p in (root / "reports" / "set-aside").glob("*"))
    if aside != ["2.xml", "2.xml.txt"]:
        found.append(f"set aside: {aside}")
    results = {p.name.partition("_")[2] for p in (root / "reports").glob("*_*.xlsx")}
    pages = {p.name.partition("_")[2] for p in (root / "reports").glob("*_*.html")}
    wanted = scene.slugs
    if results != {f"{s}.xlsx" for s in wanted} or pages != {f"{s}.html" for s in wanted}:
        found.append(f"results: {sorted(results | pages)}")
    archive = root / ".vinbatch" / "archive"
    for path in archive.rglob("*"):
        if path.suffix == ".gz":  # AccessError where it is not of its digest
            kept_rules.read(Archive(archive), path.name.partition(".")[0])
            continue
        bytes_of = archive / path.stem[:2] / path.stem if path.suffix == ".tag" else path
        if path.is_file() and hashlib.sha256(bytes_of.read_bytes()).hexdigest() != bytes_of.name:
            found.append(f"the archive lies: {path.name}")
    if len(list((archive / "receipts").iterdir())) != 2:  # as many as the scene has
        found.append("not every receipt has its tag")
    return found + _half_files(root)


def _ledger(scene: Scene) -> list[str]:
    home = homes.Home(scene.root)
    found = []
    with Ledger.read_only(home.ledger) as ledger:
        ledger.queries.verify()
        records = ledger.records(scene.vins)
        if {v: r.now.state.value for v, r in records.items()} != dict.fromkeys(scene.vins, "declared"):
            found.append(f"records: {sorted(records)}")
        effects = [r.effect.value for r in ledger.replies.of(scene.guid)]
        if effects != ["applied"]:
            found.append(f"replies: {effects}")
        if ledger.answers.due() or ledger.answers.older() or ledger.packages.open():
            found.append("something is still due")
        (renewed,) = ledger.db.execute("SELECT count(*) FROM answer GROUP BY batch ORDER BY batch").fetchone()
        if renewed < 3:  # the first one, by the receipt, and since its row was filed elsewhere
            found.append("the earlier result was not renewed")
        digests = [
            d for (d,) in ledger.db.execute("SELECT digest FROM package UNION SELECT digest FROM answer")
        ]
        found += [f"not in the archive: {d}" for d in digests if not _kept(home, d)]
    return found


def _kept(home: homes.Home, digest: str) -> bool:
    return (home.archive / digest[:2] / digest).is_file()


# ── what only a power cut would show ─────────────────────────────────────────────────────────────

_PATH = r'"((?:[^"\\]|\\.)*)"'
_RENAME = re.compile(rf"rename(?:at2?)?\((?:AT_FDCWD[^,]*, )?{_PATH}, (?:AT_FDCWD[^,]*, )?{_PATH}.*= 0$")
_SYNC = re.compile(r"(?:fsync|fdatasync)\(\d+<([^>]*)>\)\s*= 0")
_WRITE = re.compile(r"(?:write|pwrite64)\(\d+<([^>]*)>")


# Notes that say nothing where a power cut has torn them: the next pass writes them anew.
_TORN = ("heartbeat", "reached")


def undurable(lines: Sequence[str], home: Path) -> list[str]:
    """Renames whose bytes were not fsynced before, or whose folder was not fsynced after."""
    synced: set[str] = set()
    open_names: dict[str, str] = {}  # folder → a rename into it that is not durable yet
    found = []
    for line in _whole(lines):
        if match := _WRITE.search(line):
            synced.discard(match[1])
        elif match := _SYNC.search(line):
            synced.add(match[1])
            open_names.pop(match[1], None)
        elif match := _RENAME.search(line):
            source, target = _plain(match[1]), _plain(match[2])
            written_by_us = ".part" in source
            if written_by_us and source not in synced and not target.endswith(_TORN):
                found.append(f"renamed before its bytes were durable: {target}")
            if any(name in target for name in ("/archive/", "/outbox/", "/reports/", "/.claims/")):
                open_names[str(Path(target).parent)] = target
    return found + [f"its name is not durable: {t}" for t in open_names.values() if str(home) in t]


def _whole(lines: Sequence[str]) -> Iterator[str]:
    """A call that another thread came into has two lines: one with its beginning, one with its end."""
    begun: dict[str, str] = {}
    for line in lines:
        thread, _, text = line.partition(" ")
        if text.rstrip().endswith("<unfinished ...>"):
            begun[thread] = text.rpartition("<unfinished ...>")[0].rstrip()
        elif "resumed>" in text:
            yield begun.pop(thread, "") + text.partition("resumed>")[2]
        else:
            yield text


def _plain(text: str) -> str:
    """strace writes bytes beyond ASCII as octal escapes."""
    return re.sub(r"(?:\\[0-7]{3})+", lambda m: _bytes(m[0]).decode("utf-8", "replace"), text)


def _bytes(text: str) -> bytes:
    return bytes(int(o, 8) for o in re.findall(r"\\([0-7]{3})", text))


# ── kills at random ──────────────────────────────────────────────────────────────────────────────


def killed_at_random(zygote: Zygote, scene: Scene, chance: random.Random) -> tuple[int, list[str]]:
    """Passes with workers that are killed one after another, and two that recover; how many were killed.

    A pass spends most of its time on starting workers, and changes the world in its last tenth: half of the
    kills are aimed there.
    """
    found: list[str] = []
    sent: Counter[str] = Counter()
    killed = 0
    # Two workbooks and two receipts come into the archive first, then a package, and soon the commit.
    late = _kept_files(scene.root) + 5
    for _ in range(chance.randint(1, 8)):
        if chance.random() < 0.5:
            killed += zygote.kill(scene.root, chance.uniform(0, 0.3), late)
        else:
            killed += zygote.kill(scene.root, chance.uniform(0, 1.5))
        sent += _collect(scene.root, found)
        found += _half_files(scene.root)
    for _ in range(2):
        ran = zygote.run(scene.root, engine="pool")
        if ran.code not in (0, 4):
            found.append(f"recovery left with {ran.code}: {ran.said[-500:]}")
        sent += _collect(scene.root, found)
    if sent != Counter(dict.fromkeys(scene.vins, 1)):
        found.append(f"declared {dict(sent)}")
    return killed, found + _folders(scene) + _ledger(scene)


def _kept_files(home: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(home / ".vinbatch" / "archive"))
