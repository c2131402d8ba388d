"""Plays customs on a home: takes packages as a gateway would, checks them, answers with receipts.

What it answers is scripted by the last two characters of the VIN, so that a newcomer sees every answer that
there is, and tests have an authority.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from vinbatch.customs.package import type_of
from vinbatch.customs.receipt import receipt_xml
from vinbatch.customs.xsd import check_xml, read_package
from vinbatch.effects import disk
from vinbatch.effects.home import Home
from vinbatch.effects.names import beside
from vinbatch.errors import RulesError, UsageError
from vinbatch.model import Return
from vinbatch.noun import Noun
from vinbatch.paths import is_file, is_there
from vinbatch.ruleset import Ruleset


class Play(StrEnum):
    """How a vehicle is answered."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SLOW = "slow"  # manual review; accepted when the sandbox plays the next time
    REPEATED = "repeated"  # accepted, and once more in a file of its own
    UNORDERED = "unordered"  # accepted, and then an older word of progress
    CONTRADICTORY = "contradictory"  # accepted, and then rejected
    FAILED = "failed"  # a negative code


# By the last two characters of the VIN; all others are accepted.
SCRIPT: Mapping[str, Play] = {
    "91": Play.REJECTED,
    "92": Play.SLOW,
    "93": Play.REPEATED,
    "94": Play.UNORDERED,
    "95": Play.CONTRADICTORY,
    "96": Play.FAILED,
}
_MOST_BYTES = 50 * 2**20
_INVALID = "-1"


class Played(Noun, frozen=True):
    """A package: its vehicles by play, its receipts, what was wrong with it; `left` where it lay, unread."""

    name: str
    plays: tuple[tuple[str, int], ...]
    receipts: int
    problem: str = ""
    left: bool = False


@dataclass
class Sandbox:
    """Customs for one home. UsageError on a home that is marked as production."""

    home: Home
    ruleset: Ruleset

    def __post_init__(self) -> None:
        if self.home.settings.production:
            raise UsageError("sandbox.production")

    @property
    def folder(self) -> Path:
        """What the sandbox keeps: packages that it took, answers that it still owes."""
        return self.home.own / "sandbox"

    def play(self, now: datetime) -> list[Played]:
        """Delivers what is owed, then takes and answers every package of the outbox that it can read."""
        later = self.folder / "later"
        with disk.reaching(self.folder):
            later.mkdir(parents=True, exist_ok=True)
            (self.folder / "taken").mkdir(exist_ok=True)
            for path in sorted(later.iterdir()):
                self._deliver(path.name, path.read_bytes())
                path.unlink()
        with disk.reaching(self.home.outbox):
            waiting = sorted(p for p in self.home.outbox.iterdir() if p.suffix == ".zip" and is_file(p))
        return [self._take(path, now) for path in waiting]

    def _take(self, path: Path, now: datetime) -> Played:
        """What cannot be read stays where it is, for a gateway that can."""
        with disk.reaching(path):
            data = path.read_bytes()
        try:
            xml = _declaration(data)
            guid, kind, vins = read_package(xml)
        except UsageError as e:
            return Played(path.name, (), 0, str(e.told(self.ruleset.settings.language)), left=True)
        except ValueError as e:
            return Played(path.name, (), 0, str(e), left=True)
        with disk.reaching(path):
            disk.write_beside(self._free(self.folder / "taken", path.name), data)
            path.unlink()
        try:
            check_xml(xml, self.ruleset, type_of(kind))
        except RulesError as e:
            return self._refuse(path.name, guid, vins, str(e.told(self.ruleset.settings.language)), now)
        except ValueError as e:
            return self._refuse(path.name, guid, vins, str(e), now)
        return self._answer(path.name, guid, vins, now)

    def _refuse(self, name: str, guid: str, vins: Sequence[str], why: str, now: datetime) -> Played:
        """A package that is not valid is rejected whole."""
        answer = Return(_INVALID, time=self._time(now), info=f"XSD: {why}"[:1000])
        self._deliver(f"{guid}-1.xml", receipt_xml(guid, (answer,)))
        return Played(name, ((Play.FAILED.value, len(vins)),), 1, why)

    def _answer(self, name: str, guid: str, vins: Sequence[str], now: datetime) -> Played:
        plays = {vin: SCRIPT.get(vin[-2:], Play.ACCEPTED) for vin in vins}
        files = self._receipts(plays, now)
        for number, returns in enumerate(files, start=1):
            self._deliver(f"{guid}-{number}.xml", receipt_xml(guid, tuple(returns)))
        owed = [vin for vin, play in plays.items() if play is Play.SLOW]
        if owed:
            # Its time is that of the delivery it stands for, an hour on: newer than the word of progress.
            time = self._time(now + timedelta(hours=1))
            answers = tuple(Return("399", vin, time, "审核通过") for vin in owed)
            disk.write_beside(self.folder / "later" / f"{guid}-later.xml", receipt_xml(guid, answers))
        counts = {p.value: sum(play is p for play in plays.values()) for p in Play}
        return Played(name, tuple((p, n) for p, n in counts.items() if n), len(files))

    def _receipts(self, plays: Mapping[str, Play], now: datetime) -> list[list[Return]]:
        """The receipts in the order in which they come: progress, answers, and then the odd ones."""

        def at(place: int) -> str:
            """A millisecond apart: customs of the play, too, answers nothing before it was heard."""
            return self._time(now + timedelta(milliseconds=place))

        def some(play: Play, status: str, info: str, place: int) -> list[Return]:
            return [Return(status, vin, at(place), info) for vin, p in plays.items() if p is play]

        good = (Play.ACCEPTED, Play.REPEATED, Play.UNORDERED, Play.CONTRADICTORY)
        answers = [Return("120", vin, at(2), "海关入库") for vin, p in plays.items() if p in good]
        answers += some(Play.REJECTED, "100", "车辆信息与 CCC 证书不符，请核对", 2)
        answers += some(Play.FAILED, "-1", "报文处理异常", 2)
        answers += some(Play.SLOW, "300", "转人工审核", 2)
        odd = [
            some(Play.REPEATED, "120", "海关入库", 3),
            some(Play.UNORDERED, "2", "申报中", 0),
            some(Play.CONTRADICTORY, "100", "证书已失效", 4),
        ]
        return [[Return("3", time=at(1), info="已发往海关")], answers, *(o for o in odd if o)]

    def _time(self, moment: datetime) -> str:
        local = moment.astimezone(self.home.settings.zone)
        return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"

    def _deliver(self, name: str, data: bytes) -> None:
        with disk.reaching(self.home.receipts):
            self.home.receipts.mkdir(exist_ok=True)
            disk.write_beside(self._free(self.home.receipts, name), data)

    def _free(self, folder: Path, name: str) -> Path:
        n = 1
        while is_there(folder / beside(name, n)):
            n += 1
        return folder / beside(name, n)


def _declaration(data: bytes) -> bytes:
    """declaration.xml out of a package. ValueError where it has none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            info = archive.getinfo("declaration.xml")
            if info.file_size > _MOST_BYTES:
                raise ValueError(f"declaration.xml has {info.file_size} bytes")
            return archive.read(info)
    except (zipfile.BadZipFile, KeyError) as e:
        raise ValueError(f"no package: {e}") from e
