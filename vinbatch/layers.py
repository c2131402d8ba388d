"""TOML texts laid over each other, and refusals that name file, key and the nearest known one.

A home's tables lie over the packaged ones: a key that the home gives replaces that key of the same table,
every other key stays.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import Noun

T = TypeVar("T")
Path = tuple[str, ...]
Tables = dict[Path, "Table"]

_STEMS = ("fields", "findings", "receipts", "settings", "words")
_IN_PARTS = ("findings", "words")  # may be spread over findings-*.toml, words-*.toml


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, "" where none is like it."""
    from difflib import get_close_matches  # for a mistake only: an idle pass makes none

    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def suggestion(word: str, known: Collection[str]) -> str:
    """What to write instead: the nearest known word, and all of them where they are few."""
    like = nearest(word, known)
    meant = f"did you mean {like}? " if like else ""
    return f"{meant}known: {', '.join(known)}" if len(known) <= 30 else meant.strip()


class Table(Noun, frozen=True):
    """One table of the rules, merged. `origins` names the file that a key came from."""

    name: str
    origin: str
    values: Mapping[str, object]
    origins: Mapping[str, str]

    def refuse(self, key: str, problem: str, cure: str = "") -> RulesError:
        """The error to raise about a key of this table; "" for the table itself."""
        origin = self.origins.get(key, self.origin)
        place = f"{origin}: [{self.name}]" if self.name else origin
        return RulesError(f"{place} {key}: {problem}" if key else f"{place}: {problem}", cure)

    def only(self, known: Collection[str]) -> None:
        """Refuses keys that mean nothing here."""
        for key in self.values:
            if key not in known:
                raise self.refuse(key, "unknown key", suggestion(key, known))

    def need(self, keys: Iterable[str]) -> None:
        """Refuses a table that lacks one of these keys."""
        for key in keys:
            if key not in self.values:
                raise self.refuse("", f"{key} is missing", f"add {key} = … to the table")

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return self._typed(key, str, default, "a text in quotes")

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        return self._typed(key, bool, default, "true or false")

    def whole(self, key: str, default: int | None = None) -> int | None:
        """A whole number."""
        value = self.values.get(key, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.refuse(key, f"{value!r} is not a whole number", "write digits without quotes")
        return value

    def within(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number between two others, both included."""
        value = self.whole(key, default)
        if value is None or not low <= value <= high:
            raise self.refuse(key, f"{value} is not within {low} and {high}", "choose a number between them")
        return value

    def number(self, key: str) -> float | None:
        """A number."""
        value = self.values.get(key)
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
            raise self.refuse(key, f"{value!r} is not a number", "write digits without quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.refuse(key, "must be a list of texts", f'write {key} = ["…", "…"]')
        return tuple(value)

    def mapping(self, key: str) -> dict[str, object]:
        """A table within this table."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse(key, "must be a table", f"write {key} = {{ … = … }}")
        return dict(value)

    def below(self, key: str) -> Table:
        """The table of this name within this one, as a table with refusals of its own."""
        values = self.mapping(key)
        origin = self.origins.get(key, self.origin)
        name = f"{self.name}.{key}" if self.name else key
        return Table(name, origin, values, {})

    def rows(self, key: str) -> tuple[Mapping[str, object], ...]:
        """A list of tables."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.refuse(key, "must be a list of tables", f"write {key} = [{{ … }}]")
        return tuple(value)

    def pairs(self, key: str) -> dict[str, str]:
        """A table within this table that maps texts to texts."""
        value = self.mapping(key)
        if not all(isinstance(v, str) for v in value.values()):
            raise self.refuse(key, "must map texts to texts", f'write {key} = {{ "…" = "…" }}')
        return {k: str(v) for k, v in value.items()}

    def one_of(self, key: str, known: Collection[str], default: str = "") -> str:
        """A text out of a closed list."""
        value = self.text(key, default)
        if value not in known:
            raise self.refuse(key, f"{value!r} is not known", suggestion(value, known))
        return value

    def _typed(self, key: str, kind: type[T], default: T, called: str) -> T:
        value = self.values.get(key, default)
        if not isinstance(value, kind):
            raise self.refuse(key, f"{value!r} is not {called}", f"write {called}")
        return value


def check_names(rulebook: Rulebook) -> None:
    """Refuses a rule file in the home whose name nothing reads: a slip there would be silent."""
    for name, _ in rulebook.home:
        known = [f"{stem}.toml" for stem in _STEMS]
        if name.endswith(".toml") and name not in known and _stem(name) not in _IN_PARTS:
            raise RulesError(f"rules/{name}: no such rule file", suggestion(name, known))


def read_tables(rulebook: Rulebook, stem: str, depth: int) -> Tables:
    """The tables of `<stem>.toml` (and its parts), merged; `depth` is the number of names in brackets."""
    packaged = _side(rulebook.packaged, stem, depth, "packaged rules")
    home = _side(rulebook.home, stem, depth, "rules")
    merged = dict(packaged)
    for path, table in home.items():
        below = packaged.get(path)
        merged[path] = _laid_over(below, table) if below else table
    return merged


def _laid_over(below: Table, table: Table) -> Table:
    origins = {**below.origins, **dict.fromkeys(table.values, table.origin)}
    return Table(table.name, table.origin, {**below.values, **table.values}, origins)


def _stem(name: str) -> str:
    base = name.removesuffix(".toml")
    stem = base.partition("-")[0]
    return stem if stem in _IN_PARTS else base


def _side(texts: Iterable[tuple[str, str]], stem: str, depth: int, called: str) -> Tables:
    tables: Tables = {}
    for name, text in texts:
        if not name.endswith(".toml") or _stem(name) != stem:
            continue
        origin = f"{called}/{name}"
        for path, values in _walk(_parse(origin, text), depth, origin, ()):
            if path in tables:
                where = tables[path].origin
                raise RulesError(f"{origin}: [{'.'.join(path)}] is already in {where}", "remove one of them")
            tables[path] = Table(".".join(path), origin, values, dict.fromkeys(values, origin))
    return tables


def _parse(origin: str, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise RulesError(
            f"{origin}: {e}",
            'mend the line: texts stand in straight quotes "…", a key and a [table] only once',
        ) from e


def _walk(
    values: Mapping[str, object], depth: int, origin: str, path: Path
) -> Iterable[tuple[Path, Mapping[str, object]]]:
    if len(path) == depth:
        yield path, values
        return
    for key, below in values.items():
        if not isinstance(below, dict):
            place = f"[{'.'.join(path)}] {key}" if path else key
            raise RulesError(f"{origin}: {place}: stands outside of a table", "write it below a [table]")
        yield from _walk(below, depth, origin, (*path, key))
