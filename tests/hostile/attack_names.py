"""Names that break terminals, mails and paths; things in an inbox that are no files."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from attacks import LEFT, READ, add, attack
from foreign import plain

# name → what is wrong with it. All hold the same harmless workbook.
NAMES: dict[str, str | bytes] = {
    "newline": "a\nBcc: evil@example.com\n.xlsx",
    "carriage_return": "a\r\nSubject: evil\r\n\r\n.xlsx",
    "escape": "a\x1b[31mred\x1b]0;evil\x07.xlsx",
    "c1_escape": "a\x9b31mred\x9d0;evil\x9c.xlsx",
    "right_to_left": "a\u202exslx.evil\u2066.xlsx",
    "invisible": "a\u200b\u2060\ufeff.xlsx",
    "line_separator": "a\u2028b\u2029.xlsx",
    "tab_and_backspace": "a\tb\b\b\b.xlsx",
    "not_utf_8": b"\xc8\xfd\xd4\xc2\xff.xlsx",
    "gb18030": "三月宝马.xlsx".encode("gb18030"),
    "half_a_character": b"a\xe4\xb8.xlsx",
    "longest": "x" * 250 + ".xlsx",
    "longest_in_chinese": "车" * 83 + ".xlsx",
    "html": "<img src=x onerror=evil()>.xlsx",
    "html_quotes": "\"'><script>evil()<.xlsx",
    "jinja": "{{7*7}}{% raw %}{{cycler.__init__.__globals__}}.xlsx",
    "format": "%s%n{0.__class__}$(id)`id`.xlsx",
    "formula": "=cmd|'.xlsx",
    "plus": "+1+cmd.xlsx",
    "at": "@SUM(1).xlsx",
    "markup": "[red]bold[blink].xlsx",
    "sql": "a'; DROP TABLE record; --.xlsx",
    "option": "--home=evil.xlsx",
    "backslash": "..\\..\\evil.xlsx",
    "drive": "C:evil.xlsx",
    "device": "CON.xlsx",
    "spaces": "   .xlsx",
    "dots": "....xlsx",
    "combining": "a" + "\u0301" * 100 + ".xlsx",
    "astral": "\U0001f697\U000e0041.xlsx",
    "noncharacter": "a\ufffe\uffff.xlsx",
    "upper": "LOUD.XLSX",
    "batch": "TRIAL-20260302-0001_TRIAL-20260302-0001_x.xlsx",
}


def _named(name: str | bytes) -> object:
    def make(folder: Path) -> None:
        Path(folder, os.fsdecode(name)).write_bytes(plain())

    return make


_HIDDEN = ("backslash", "dots")  # a name that begins with a dot is hidden, and not looked at
for _key, _name in NAMES.items():
    add(f"name_{_key}", _named(_name), LEFT if _key in _HIDDEN else READ)  # type: ignore[arg-type]


def _in_department(name: str | bytes) -> object:
    def make(folder: Path) -> None:
        department = Path(folder, os.fsdecode(name).removesuffix(".xlsx"))
        department.mkdir()
        (department / "a.xlsx").write_bytes(plain())

    return make


for _key in ("newline", "escape", "not_utf_8", "html", "jinja", "formula", "longest", "markup"):
    add(f"department_{_key}", _in_department(NAMES[_key]), READ)  # type: ignore[arg-type]


@attack(LEFT)
def a_pipe(folder: Path) -> None:
    """Who opens it waits for ever."""
    os.mkfifo(folder / "a_pipe.xlsx")


@attack(LEFT)
def a_socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)  # the path of a socket is at most 107 bytes long
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("a_socket.xlsx")
    finally:
        os.chdir(here)


def _link(target: str) -> object:
    def make(folder: Path) -> None:
        (folder / "link.xlsx").symlink_to(target)

    return make


for _key, _target in {
    "secrets": "/etc/passwd",
    "device": "/dev/zero",
    "terminal": "/dev/tty",
    "nothing": "not-there.xlsx",
    "itself": "link.xlsx",
    "memory": "/proc/self/mem",
    "folder_above": "../..",
}.items():
    add(f"link_to_{_key}", _link(_target), LEFT)  # type: ignore[arg-type]


@attack(LEFT)
def a_folder_named_like_a_workbook(folder: Path) -> None:
    (folder / "a_folder.xlsx").mkdir()


@attack(LEFT)
def a_circle_of_folders(folder: Path) -> None:
    (folder / "deeper").mkdir()
    (folder / "deeper" / "again").symlink_to("..")


@attack(READ)
def folders_without_end(folder: Path) -> None:
    """A path near the longest that the system takes."""
    deep = folder
    while len(os.fsencode(deep)) < 1500:
        deep /= "d" * 50
    deep.mkdir(parents=True)
    (deep / "a.xlsx").write_bytes(plain())


@attack(READ)
def one_file_under_two_names(folder: Path) -> None:
    """Hard links: what is worked under one name must not be touched under the other."""
    (folder / "one.xlsx").write_bytes(plain())
    os.link(folder / "one.xlsx", folder / "two.xlsx")


@attack("FILE-TOO-LARGE")
def a_file_of_holes(folder: Path) -> None:
    """It says 64 MB and holds none."""
    with (folder / "sparse.xlsx").open("wb") as file:
        file.truncate(64 * 2**20)


@attack(READ)
def a_file_that_all_may_execute(folder: Path) -> None:
    (folder / "program.xlsx").write_bytes(plain())
    (folder / "program.xlsx").chmod(0o4777)


@attack(READ)
def a_file_from_the_future(folder: Path) -> None:
    (folder / "future.xlsx").write_bytes(plain())
    os.utime(folder / "future.xlsx", (2**33, 2**33))


@attack(READ)
def a_file_from_before_time(folder: Path) -> None:
    (folder / "past.xlsx").write_bytes(plain())
    os.utime(folder / "past.xlsx", (-(2**31), -(2**31)))


@attack(LEFT)
def litter(folder: Path) -> None:
    for name in (
        "~$a.xlsx",
        ".hidden.xlsx",
        ".~lock.a.xlsx#",
        "a.xlsx.part",
        "Thumbs.db",
        "a.xlsx.crdownload",
    ):
        (folder / name).write_bytes(plain())
