"""Makes the pictures of the manual: `make pictures`. Needs soffice, pdftoppm, chromium and a Chinese font."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from pictures_play import Office, headings, play
from PIL import Image, ImageChops

PICTURES = Path(__file__).with_name("pictures")
COLOURS = 48


@dataclass
class Darkroom:
    """Prints sheets with LibreOffice, pages with chromium; crops and quantises what comes out."""

    dark: Path  # where the intermediate files lie

    def sheet(self, name: str, book: bytes, sheet: str, columns: Sequence[str], last: int) -> None:
        """The rows of a sheet up to `last`, with these columns (or all), as on the screen."""
        opened = openpyxl.load_workbook(io.BytesIO(book))
        for other in opened.worksheets:
            other.sheet_state = "visible" if other.title == sheet else "hidden"
            other.print_area = None  # which LibreOffice prints of hidden sheets too
        page = opened[sheet]
        opened.active = opened.index(page)
        keep = {headings(page)[c] for c in columns} if columns else set(headings(page).values())
        show_only(page, keep)
        page.print_area = f"A1:{page.cell(last, max(keep)).coordinate}"
        page.print_title_rows = page.print_title_cols = None
        page.print_options.headings = page.print_options.gridLines = True
        page.page_setup.paperSize, page.page_setup.orientation = page.PAPERSIZE_A3, "landscape"
        page.page_setup.scale = None
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for part in (page.oddFooter, page.oddHeader):
            part.left.text = part.center.text = part.right.text = None
        out = io.BytesIO()
        opened.save(out)
        self.first_page(name, out.getvalue())

    def first_page(self, name: str, book: bytes) -> None:
        """The first printed page of a workbook."""
        file = self.dark / f"{name}.xlsx"
        file.write_bytes(book)
        profile = f"-env:UserInstallation=file://{self.dark / 'profile'}"
        tool("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", f"{self.dark}", f"{file}")
        tool(
            "pdftoppm",
            "-r",
            "110",
            "-f",
            "1",
            "-l",
            "1",
            "-png",
            f"{file.with_suffix('.pdf')}",
            f"{self.dark / name}",
        )
        (shot,) = self.dark.glob(f"{name}-*.png")
        develop(shot, name)

    def page(self, name: str, page: Path, width: int, height: int) -> None:
        """A page of HTML in a window of this size."""
        shot, quiet = self.dark / f"{name}.png", self.dark / f"{name}.html"
        # The overview's script warns of a page that is older than an hour; the month is long past.
        quiet.write_text(re.sub(r"<script.*?</script>", "", page.read_text("utf-8"), flags=re.S), "utf-8")
        tool(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            f"--user-data-dir={self.dark / 'browser'}",
            f"--window-size={width},{height}",
            f"--screenshot={shot}",
            quiet.as_uri(),
        )
        develop(shot, name)


def show_only(page: Worksheet, keep: set[int]) -> None:
    """Hides all other columns. Columns of one width share an entry of the file: each gets its own here."""
    widths = {
        number: (group.width, group.hidden)
        for group in page.column_dimensions.values()
        for number in range(group.min, min(group.max, 200) + 1)
    }
    page.column_dimensions.clear()
    for number, (width, hidden) in widths.items():
        column = page.column_dimensions[get_column_letter(number)]
        column.width, column.hidden = width, hidden or number not in keep


def develop(shot: Path, name: str) -> None:
    """Crops the margins, and keeps few colours: these are tables, not photographs."""
    picture = Image.open(shot).convert("RGB")
    corner = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    box = ImageChops.difference(picture, corner).getbbox()
    if box:
        left, top, right, bottom = box
        around = (
            max(0, left - 6),
            max(0, top - 6),
            min(picture.width, right + 6),
            min(picture.height, bottom + 6),
        )
        picture = picture.crop(around)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)


def tool(*command: str) -> None:
    """Runs a program; its words are shown only where it fails."""
    subprocess.run(  # noqa: S603 - programs that are named above
        command, check=True, capture_output=True, timeout=300
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "dark").mkdir()
        play(Office.open(Path(scratch) / "home"), Darkroom(Path(scratch) / "dark"))
