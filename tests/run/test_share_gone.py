"""A share that goes away while a pass works: what went into the folder under it counts for nothing.

The share is a folder on another file system that a link leads to; once it is gone, to one beside the home.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from run_place import Fresh, Place

from vinbatch.effects.kernel import mount_point
from vinbatch.errors import AccessError


@dataclass
class Share:
    """A folder of the home that lies on a share. `there` is what is on the server."""

    folder: Path
    there: Path
    under: Path

    def mount(self) -> None:
        self.folder.unlink(missing_ok=True)
        self.folder.symlink_to(self.there)

    def unmount(self) -> None:
        self.folder.unlink()
        self.folder.symlink_to(self.under)


Mounted = Callable[[str], Share]


@pytest.fixture
def mounted(place: Place) -> Iterator[Mounted]:
    near = mount_point(place.root)
    far = next((p for p in ("/dev/shm", "/var/tmp") if mount_point(Path(p)) != near), None)
    if far is None:
        pytest.skip("no second file system")
    server = Path(tempfile.mkdtemp(dir=far))

    def mounted(name: str) -> Share:
        """With the same in the folder under it: the home was made before the share was mounted."""
        share = Share(place.root / name, server / name, place.root.parent / f"under-{name}")
        shutil.copytree(share.folder, share.there)
        share.folder.rename(share.under)
        share.mount()
        place.run()
        return share

    yield mounted
    shutil.rmtree(server)


def once(happens: Callable[[], bool], act: Callable[[], None]) -> Callable[[], None]:
    """For the beat of a pass: acts when that has happened, once."""
    acted = []

    def beat() -> None:
        if not acted and happens():
            acted.append(True)
            act()

    return beat


def sent(place: Place) -> bool:
    return any((place.root / "outbox").glob("*.zip"))


def test_a_result_is_in_reports_again_that_went_under_a_share(
    place: Place, fresh: Fresh, mounted: Mounted
) -> None:
    share = mounted("reports")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    with pytest.raises(AccessError, match="not mounted"):
        replace(place.machine(), beat=once(lambda: sent(place), share.unmount)).run()
    share.mount()
    place.run()
    assert len(list(share.there.glob("*_a.xlsx"))) == 1


def test_a_package_goes_out_again_that_was_staged_under_a_share(
    place: Place, fresh: Fresh, mounted: Mounted
) -> None:
    share = mounted("outbox")
    (share.under / ".staging").mkdir()
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    beat = once(lambda: (share.there / ".staging").is_dir(), share.unmount)
    assert replace(place.machine(), beat=beat).run().unpublished is not None
    share.mount()
    place.run()
    assert len(list(share.there.glob("*.zip"))) == 1


def test_a_workbook_that_was_claimed_on_a_share_is_worked_once(
    place: Place, fresh: Fresh, mounted: Mounted
) -> None:
    share = mounted("inbox")
    place.drop("a.xlsx", place.sheet(*fresh(1)))
    with pytest.raises(AccessError, match="not mounted"):
        replace(place.machine(), beat=once(lambda: sent(place), share.unmount)).run()
    share.mount()
    place.run()
    assert (place.reports(), list((share.there / ".claims").iterdir())) == (
        ["TRIAL-20260302-0001_a.xlsx"],
        [],
    )


def test_no_pass_begins_in_the_folder_under_an_inbox_that_has_a_sentinel(
    place: Place, mounted: Mounted
) -> None:
    share = mounted("inbox")
    share.unmount()
    dropped = place.drop("a.xlsx", b"no workbook")
    with pytest.raises(AccessError, match="not mounted"):
        place.run()
    assert dropped.exists()


def test_a_receipt_set_aside_under_a_share_is_set_aside_again(place: Place, mounted: Mounted) -> None:
    share = mounted("reports")
    place.drop("receipts/unknown.xml", b"<none/>")
    beat = once(lambda: any(place.root.glob("inbox/.claims/*/receipts/*.xml")), share.unmount)
    with pytest.raises(AccessError, match="not mounted"):
        replace(place.machine(), beat=beat).run()
    share.mount()
    place.run()
    assert (share.there / "set-aside/unknown.xml").exists()
