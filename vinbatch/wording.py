"""What failures say, in Chinese and English: read from the package when one is told, and never before.

These texts stand apart from the rules (`rules/errors*.toml`, which no home lies over): a failure must find
its words also where the rules do not compile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from vinbatch.counted import counted

LANGUAGES = ("zh", "en")
USUAL = "zh"  # what people read who have not said otherwise

_FILES = ("errors.toml", "errors-rules.toml", "errors-libraries.toml")
_CODE = Path(__file__).resolve().parent
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Said(NamedTuple):
    """A part of a sentence that has words of its own in each language, such as why a disk refused."""

    key: str
    params: tuple[tuple[str, str | Said], ...] = ()


Part = str | Said


class Wording(NamedTuple):
    """What went wrong, and how to mend it, in one language."""

    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.message}\n{self.cure}" if self.cure else self.message


def tell(key: str, params: Mapping[str, Part], lang: str) -> Wording:
    """The text of this key; `at`, where it is given, stands before it. KeyError: our bug.

    A machine that opens no more files keeps our own texts back too: then the key is told, and what fills it.
    """
    try:
        text = texts()[key]
    except OSError:
        said = (v if isinstance(v, str) else str(dict(v.params).get("said", v.key)) for v in params.values())
        return Wording(f"{key}: {', '.join(said)}", "")
    parts = {name: _part(value, lang) for name, value in params.items()}
    message, cure = (
        _PLACEHOLDER.sub(lambda m: parts.get(m[1], m[0]), counted(text.get(f"{kind}{lang}", ""), parts))
        for kind in ("", "cure_")
    )
    joint = "：" if lang == "zh" else ": "
    return Wording(f"{parts['at']}{joint}{message}" if parts.get("at") else message, cure)


def sentence(key: str, lang: str, **params: Part) -> str:
    """One that has no cure, such as a line of the log."""
    return tell(key, params, lang).message


def heard(group: str, said: str, code: str = "") -> Said:
    """What a library said, in the sentence that this group has for it; the library's own words go along.

    Sentences are known by the library's `code` for the failure, or by all that it `said`.
    """
    for key, text in texts().items():
        if not key.startswith(f"{group}.") or not ("code" in text or "said" in text):
            continue
        found = (
            re.fullmatch(text.get("said", ".*"), said, re.S) if code in text.get("code", (code,)) else None
        )
        if found:
            named = {name: value for name, value in found.groupdict().items() if value is not None}
            return Said(key, (*sorted(named.items()), ("said", said)))
    return Said(f"{group}.other", (("said", said),))


def _part(value: Part, lang: str) -> str:
    return value if isinstance(value, str) else tell(value.key, dict(value.params), lang).message


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Key → its `zh`, `en`, `cure_zh`, `cure_en`; of what libraries say, `code` or `said` too."""
    import tomli

    files = [tomli.loads((packaged_folder("rules") / name).read_text("utf-8")) for name in _FILES]
    return {f"{group}.{name}": text for file in files for group in file for name, text in file[group].items()}


def packaged_folder(name: str) -> Path:
    """A folder of ours, such as `rules`, as installed: inside the package, or in a checkout beside it."""
    inside = _CODE / name
    return inside if inside.is_dir() else _CODE.parent / name
