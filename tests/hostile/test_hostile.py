"""Every attack is answered with its reason, nothing of it comes alive, and the next file is worked."""

from __future__ import annotations

import email
import email.policy
import fcntl
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import inert
import pytest
from attack_texts import RULES, TEXTS
from attacks import LEFT, READ, Attack, chosen
from forked import Forked
from smtp_desk import mail_server

from vinbatch import samples
from vinbatch.effects import guides, making
from vinbatch.effects.names import readable
from vinbatch.model import Verdict
from vinbatch.store.ledger import Ledger
from vinbatch.workbook.form import build

Made = TypeVar("Made")
ATTACKS = chosen(50)  # `make hostile` takes all of them
# FILE-TOO-SLOW would say that an attack took longer than this, FILE-TOO-HEAVY that it took more.
SECONDS, MEGABYTES, RESIDENT = 15, 384, 512
SETTINGS = (
    f"settle_seconds = 0.01\n[worker]\nprocesses = 1\nseconds = {SECONDS}\nmemory_megabytes = {MEGABYTES}\n"
)
SENDER, BOSS = "vin@example.cn", "boss@example.cn"
# Each of them gets a mail of each of his attacks, and the one who gets all of them a digest.
CLERKS = {name: f"clerk{i // 50}@example.cn" for i, name in enumerate(ATTACKS)}
MAIL = f"""[mail]
host = "127.0.0.1"
port = {{port}}
security = "plain"
sender = "{SENDER}"
to = ["{BOSS}"]
burst = 100
kinds = {{{{ answers = ["{BOSS}"], refusals = ["{BOSS}"] }}}}
[mail.departments]
""" + "".join(f'"{name}" = ["{clerk}"]\n' for name, clerk in CLERKS.items())
GOOD = samples.vehicles(3000)[-3:]
# These refuse a file though it could be read.
NOT_OURS = {"FILE-NO-SHEET", "FILE-NO-ROWS"}


def good() -> bytes:
    return samples.workbook(RULES, GOOD, samples.parameters())


@dataclass(frozen=True)
class Said:
    """What a command said, and the most memory that it, or a process below it, held."""

    code: int
    out: bytes
    err: bytes
    megabytes: float


def vinbatch(folder: Path, *args: str | bytes, env: Mapping[str, str] | None = None) -> Said:
    """Runs the command in its own process."""
    out, err = folder / "stdout", folder / "stderr"
    command = [sys.executable, "-W", "error", "-m", "vinbatch", *args]
    with out.open("wb") as o, err.open("wb") as e:
        process = subprocess.Popen(command, cwd=folder, stdout=o, stderr=e, env={**os.environ, **(env or {})})
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    said = Said(process.returncode, out.read_bytes(), err.read_bytes(), used.ru_maxrss / 1024)
    out.unlink()
    err.unlink()
    assert b"Traceback" not in said.err, said.err.decode()
    return said


def met(attack: Attack, codes: Sequence[str]) -> bool:
    """Whether one of the reasons that are due stands among the codes found of the whole file."""
    reasons = {c for c in codes if c.startswith("FILE-")} - NOT_OURS
    return bool(reasons & set(attack.due)) or (READ in attack.due and not reasons)


# ── check: all of them in one process ────────────────────────────────────────────────────────────


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What is made by the first of the parallel test processes, for all of them."""
    shared = "PYTEST_XDIST_WORKER" in os.environ
    folder = (factory.getbasetemp().parent if shared else factory.getbasetemp()) / f"hostile-{name}"
    folder.mkdir(exist_ok=True)
    note = folder.with_suffix(".made")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_bytes(pickle.dumps(make(folder)))
        made: Made = pickle.loads(note.read_bytes())
    return made


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, dict[str, Path]]:
    return once(tmp_path_factory, "check", check_all)


def check_all(folder: Path) -> tuple[Said, dict[str, Path]]:
    making.init(folder / "home", build(RULES), guides.guide_text())
    (folder / "home" / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    dropped = folder / "dropped"
    files: dict[str, Path] = {}
    for name, attack in ATTACKS.items():
        (dropped / name).mkdir(parents=True)
        attack.write(dropped / name)
        if LEFT not in attack.due:
            found = (p for p in (dropped / name).rglob("*") if p.is_file() and not p.is_symlink())
            # Bytes that are no text stand in JSON as \xNN.
            files |= {os.fsencode(p).decode("utf-8", "backslashreplace"): p for p in found}
    (dropped / "good.xlsx").write_bytes(good())
    files[str(dropped / "good.xlsx")] = dropped / "good.xlsx"
    before = inert.snapshot(folder)
    arguments = [os.fsencode(p) for p in files.values()]
    said = vinbatch(folder, "--home", "home", "check", "--json", "--", *arguments)
    assert inert.snapshot(folder) == before, "check leaves no trace"
    return said, files


def test_check_answers_every_attack_with_its_reason(checked: tuple[Said, dict[str, Path]]) -> None:
    said, files = checked
    told = json.loads(said.out)["files"]
    assert [one["file"] for one in told] == list(files)
    wrong = {}
    for one in told[:-1]:
        attack = ATTACKS[files[one["file"]].relative_to(_dropped(files)).parts[0]]
        codes = [f["code"] for f in one["findings"] if not f["row"]]
        if not met(attack, codes):
            wrong[attack.name] = codes
        assert all(f["message"] and f["cure"] for f in one["findings"])
        assert one["rows"] == sum(map(len, one["verdicts"].values()))
    assert not wrong


def _dropped(files: Mapping[str, Path]) -> Path:
    return next(p for p in files.values() if p.name == "good.xlsx").parent


def test_check_goes_on_to_the_good_file(checked: tuple[Said, dict[str, Path]]) -> None:
    said, _ = checked
    last = json.loads(said.out)["files"][-1]
    assert set(last["verdicts"]["车辆信息"].values()) == {"declared"}
    assert said.code == 4


def test_check_stays_within_its_memory(checked: tuple[Said, dict[str, Path]]) -> None:
    assert checked[0].megabytes < RESIDENT


def test_check_says_nothing_that_a_terminal_obeys(checked: tuple[Said, dict[str, Path]]) -> None:
    said, _ = checked
    inert.terminal(said.out)
    inert.terminal(said.err)


def test_check_for_people_says_nothing_that_a_terminal_obeys_either(tmp_path: Path, forked: Forked) -> None:
    for name, attack in ATTACKS.items():
        if name.startswith(("name_", "text_")):
            (tmp_path / name).mkdir()
            attack.write(tmp_path / name)
    done = forked(["check", "--", *map(str, sorted(tmp_path.glob("*/*")))], tmp_path)
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    inert.terminal(done.stdout.encode() + done.stderr.encode())


# ── run: all of them in one inbox ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Dropped:
    """An inbox that was full of attacks, after a pass."""

    folder: Path
    said: Said
    left: frozenset[str]  # attacks that should still lie there
    outside: tuple[dict[str, int], dict[str, int]]  # before, after
    mails: tuple[bytes, ...]

    @property
    def home(self) -> Path:
        return self.folder / "home"


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Dropped:
    return once(tmp_path_factory, "run", run_all)


def run_all(folder: Path) -> Dropped:
    making.init(folder / "home", build(RULES), guides.guide_text())
    (folder / "home" / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    inbox = folder / "home" / "inbox"
    (folder / "secret.xlsx").write_bytes(good())
    (inbox / "stolen.xlsx").symlink_to(folder / "secret.xlsx")
    for name, attack in ATTACKS.items():
        place = inbox if name.startswith("department_") else inbox / name
        place.mkdir(exist_ok=True)
        attack.write(place)
    (inbox / "zz-good.xlsx").write_bytes(good())
    temporary = folder / "tmp"
    temporary.mkdir()
    before = inert.snapshot(folder, folder / "home")
    with mail_server() as server:
        settings = folder / "home" / "rules" / "settings.toml"
        settings.write_text(SETTINGS + MAIL.format(port=server.port), "utf-8")
        said = vinbatch(folder, "--home", "home", "run", env={"TMPDIR": str(temporary)})
    (folder / "home" / "rules" / "settings.toml").write_text(SETTINGS, "utf-8")
    left = frozenset(n for n, a in ATTACKS.items() if LEFT in a.due)
    mails = tuple(got.mail.as_bytes() for got in server.got)
    return Dropped(folder, said, left, (before, inert.snapshot(folder, folder / "home")), mails)


def test_run_ends_as_a_run_with_refused_files_does(dropped: Dropped) -> None:
    assert dropped.said.code == 4


def test_run_stays_within_its_memory(dropped: Dropped) -> None:
    assert dropped.said.megabytes < RESIDENT


def test_nothing_is_written_outside_the_home(dropped: Dropped) -> None:
    before, after = dropped.outside
    assert after == before


def test_run_says_nothing_that_a_terminal_obeys(dropped: Dropped) -> None:
    inert.terminal(dropped.said.out + dropped.said.err)


def test_what_is_no_file_of_ours_still_lies_there(dropped: Dropped) -> None:
    inbox = dropped.home / "inbox"
    for name in dropped.left:
        assert list((inbox / name).iterdir()), name
    assert (inbox / "stolen.xlsx").is_symlink()


def test_everything_else_has_left_the_inbox(dropped: Dropped) -> None:
    inbox = dropped.home / "inbox"
    waiting = [p for p in inbox.rglob("*.xlsx") if p.is_file() and not p.is_symlink()]
    assert [p for p in waiting if p.relative_to(inbox).parts[0] not in dropped.left] == []
    assert not any((inbox / ".claims").iterdir())


def test_every_attack_has_its_batch_and_its_reason(dropped: Dropped) -> None:
    wrong = {}
    with Ledger.read_only(dropped.home / ".vinbatch" / "ledger.db") as ledger:
        batches = ledger.db.execute("SELECT number, department, claim FROM batch WHERE committed").fetchall()
        found: dict[str, list[str]] = {}
        for number, department, _ in batches:
            outcome = ledger.outcome(number)
            assert len(outcome.rows) == len(outcome.reading.rows)
            codes = [f.code for f in outcome.findings if not f.row]
            found.setdefault(department, []).append(number)
            attack = ATTACKS.get(department)
            if attack is not None and not met(attack, codes):
                wrong[department] = codes
    assert not wrong
    due = {n for n, a in ATTACKS.items() if LEFT not in a.due and not n.startswith("department_")}
    assert due <= set(found)


def test_the_good_file_is_declared(dropped: Dropped) -> None:
    with Ledger.read_only(dropped.home / ".vinbatch" / "ledger.db") as ledger:
        (number,) = ledger.db.execute(
            "SELECT number FROM batch WHERE source_name = 'zz-good.xlsx'"
        ).fetchone()
        assert {j.verdict for j in ledger.outcome(number).rows if j.row.sheet == "vehicle"} == {
            Verdict.DECLARED
        }


def test_no_result_holds_anything_that_is_active(dropped: Dropped) -> None:
    results = list((dropped.home / "reports").rglob("*.xlsx"))
    assert len(results) > 0.7 * len(ATTACKS)
    for path in results:
        inert.workbook(path.read_bytes())
    for path in (dropped.home / "reports").rglob("*.html"):
        inert.page(path.read_text("utf-8"))


def test_no_mail_holds_anything_that_is_active(dropped: Dropped) -> None:
    """One for every attack, whatever its name and texts would be: headers, both parts, the workbook."""
    due = [n for n in ATTACKS if n not in dropped.left and not n.startswith("department_")]
    assert len(dropped.mails) > len(due)
    for one in dropped.mails:
        inert.mail(one, SENDER, {*CLERKS.values(), BOSS})


def test_a_mail_that_had_come_alive_would_be_noticed(dropped: Dropped) -> None:
    """The test above can fail."""
    letter = email.message_from_bytes(dropped.mails[0], policy=email.policy.SMTP)
    letter["Bcc"] = "evil@example.org"
    with pytest.raises(AssertionError):
        inert.mail(letter.as_bytes(), SENDER, {*CLERKS.values(), BOSS})
    letter = email.message_from_bytes(dropped.mails[0], policy=email.policy.SMTP)
    part = letter.get_body(("html",))
    assert isinstance(part, EmailMessage)
    html = part.get_content().replace("</body>", "<a href='https://evil'>x</a></body>")
    part.set_content(html, subtype="html")
    with pytest.raises(AssertionError):
        inert.mail(letter.as_bytes(), SENDER, {*CLERKS.values(), BOSS})


def test_packages_hold_texts_as_they_stood(dropped: Dropped) -> None:
    """Cleaned, but never cut, never changed into something else, never an element of its own."""
    packages = list((dropped.home / "outbox").glob("*.zip"))
    vehicles: dict[str, dict[str, str]] = {}
    for path in packages:
        vehicles |= inert.package(path.read_bytes())
    with Ledger.read_only(dropped.home / ".vinbatch" / "ledger.db") as ledger:
        records = ledger.records(sorted(vehicles))
    assert len(records) == len(vehicles) > 20
    for vin, texts in vehicles.items():
        data = records[vin].now.data
        assert texts.get("Remarks", "") == (data.get("remarks") or "")
        assert texts.get("Colour", "") == (data.get("colour") or "")
    told = {texts.get("Remarks") for texts in vehicles.values()}
    assert {TEXTS["jinja"], TEXTS["html"], TEXTS["sql"], TEXTS["dde"]} <= told


def in_a_fork(forked: Forked, folder: Path, dropped: Dropped, *args: str) -> Said:
    """Where its memory is not asked for."""
    done = forked(["--home", str(dropped.home), *args], folder)
    assert "Traceback" not in done.stderr
    return Said(done.returncode, done.stdout.encode(), done.stderr.encode(), 0)


@pytest.mark.parametrize(
    "command",
    [("status",), ("status", "--json"), ("query",), ("query", "--json"), ("audit", "verify"), ("doctor",)],
    ids=" ".join,
)
def test_what_looks_at_the_home_says_nothing_that_a_terminal_obeys(
    dropped: Dropped, command: tuple[str, ...], tmp_path: Path, forked: Forked
) -> None:
    said = in_a_fork(forked, tmp_path, dropped, *command)
    inert.terminal(said.out + said.err)


def test_the_history_of_every_vehicle_is_safe_to_show(
    dropped: Dropped, tmp_path: Path, forked: Forked
) -> None:
    with Ledger.read_only(dropped.home / ".vinbatch" / "ledger.db") as ledger:
        vins = [vin for (vin,) in ledger.db.execute("SELECT vin FROM record")]
    for command in (("show",), ("audit", "show"), ("audit", "show", "--json")):
        said = in_a_fork(forked, tmp_path, dropped, *command, *vins)
        assert said.code == 0
        inert.terminal(said.out + said.err)


def test_extracts_and_lists_hold_nothing_active(dropped: Dropped, tmp_path: Path, forked: Forked) -> None:
    for name in ("x.xlsx", "x.csv"):
        in_a_fork(forked, tmp_path, dropped, "query", "-o", name)
    for path in tmp_path.glob("x*.xlsx"):
        inert.workbook(path.read_bytes())
    inert.table((tmp_path / "x.csv").read_bytes())


def test_names_in_the_ledger_can_be_shown(dropped: Dropped) -> None:
    with Ledger.read_only(dropped.home / ".vinbatch" / "ledger.db") as ledger:
        for row in ledger.db.execute("SELECT source_name, department, owner, saved_by FROM batch"):
            assert list(row) == [readable(text) for text in row]


def test_a_second_pass_has_nothing_to_do(dropped: Dropped, tmp_path: Path, forked: Forked) -> None:
    said = in_a_fork(forked, tmp_path, dropped, "run")
    assert (said.code, said.out, said.err) == (0, b"", b"")
