"""What lies in a home for a clerk to read: how it is called, and what it says."""

from __future__ import annotations

from vinbatch.wording import packaged_folder

GUIDES = {"zh": "使用说明.txt", "en": "How to use.txt"}
MANUAL = "使用手册.html"


def has_manual(language: str) -> bool:
    """Whether there is a clerk's manual in this language: in Chinese."""
    return language == "zh"


def manual() -> bytes:
    """The clerk's manual of this version."""
    return (packaged_folder("manual") / MANUAL).read_bytes()


def for_notepad(text: str) -> bytes:
    """As every Windows shows it right: with a byte order mark and its own line ends."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig")


def guide_text(language: str = "zh") -> str:
    """The packaged ten lines for the clerk."""
    name = "inbox-guide.txt" if language == "zh" else f"inbox-guide.{language}.txt"
    return (packaged_folder("templates") / name).read_text(encoding="utf-8")
