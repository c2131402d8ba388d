"""TOML texts laid over each other, and refusals that name file, key and the nearest known one.

A home's tables lie over the packaged ones: a key that the home gives replaces that key of the same table,
every other key stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from vinbatch.errors import Faults, RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import Noun, field, replace
from vinbatch.slips import hint, nearest, parse
from vinbatch.wording import Part

_PACKAGED, _OWN = "packaged rules", "rules"
T = TypeVar("T")
Path = tuple[str, ...]
Tables = dict[Path, "Table"]

# What may stand for a key that is missing: lines that TOML takes.
_TEXT = '"…"'
_STUBS = {
    "kind": '"text"',
    "required": '"never"',
    "length": "20",
    "choices": '["…", "…"]',
    "separator": '"/"',
    "severity": '"ask"',
    "meaning": '"progress"',
}
_NOWHERE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML forbids
_STEMS = ("fields", "findings", "receipts", "settings", "words")
_IN_PARTS = ("findings", "words")  # may be spread over findings-*.toml, words-*.toml
_OWN_PARTS = tuple(f"{stem}-own.toml" for stem in _IN_PARTS)  # what a slip may have meant


class Table(Noun, frozen=True):
    """One table of the rules, merged. `origins` names the file that a key came from.

    `fresh`: the home has it, and nothing packaged lies below it; else `packaged` is what does. With `faults`,
    what is wrong is kept there and a getter gives its default; without, it is raised.
    """

    name: str
    origin: str
    values: Mapping[str, object]
    origins: Mapping[str, str]
    fresh: bool = False
    faults: Faults | None = None
    packaged: Mapping[str, object] = field(default_factory=dict)

    def refuse(self, key: str, problem: str, /, **params: Part) -> RulesError:
        """The error to raise about a key of this table; "" for the table itself.

        Where the home has a part of the table, what is wrong is wrong by that part, wherever the key stands.
        """
        origin = self.origins.get(key, self.origin)
        if origin.startswith(_PACKAGED):
            origin = self.origin
        table = f"[{self.name}]" if self.name else ""
        return RulesError(problem, at=" ".join(filter(None, (origin, table, key))), **params)

    def fault(self, key: str, problem: str, /, **params: Part) -> None:
        """The same, raised now or kept."""
        error = self.refuse(key, problem, **params)
        if self.faults is None:
            raise error
        self.faults.found.append(error)

    def is_own(self, key: str) -> bool:
        """Whether it is the home that says this."""
        return self.origins.get(key, _PACKAGED).startswith(f"{_OWN}/")

    def renamed(self, keys: Iterable[str]) -> tuple[str, ...]:
        """What the packaged table has there and the home has changed: people go on writing it."""
        old = ((key, self.packaged.get(key)) for key in keys)
        return tuple(text for key, text in old if isinstance(text, str) and text != self.values[key])

    @contextmanager
    def together(self) -> Iterator[Table]:
        """This table, with what is wrong within told in one go."""
        faults = Faults()
        yield replace(self, faults=faults)
        faults.tell()

    def only(self, known: Collection[str], above: Collection[str] = ()) -> None:
        """Refuses keys that mean nothing here; of those of `above` that they stand below a [table]."""
        for key in self.values:
            if key in above:
                self.fault(key, "rule.below_table")
            elif key not in known:
                self.fault(key, "rule.unknown_key", hint=hint(key, known))

    def need(self, keys: Collection[str], others: Iterable[str] = (), known: Collection[str] = ()) -> None:
        """Refuses a table that lacks one of these keys; the name of a fresh one may be a slip for another.

        What is there under a name that is a slip was told by `only`; a `known` key is itself, however alike.
        """
        missing = [key for key in keys if key not in self.values]
        if missing:
            slips = {nearest(key, keys) for key in self.values if key not in keys and key not in known}
            missing = [key for key in missing if key not in slips]
        if not missing:
            return
        told = ", ".join(missing)
        lines = "".join(f"\n        {key} = {_STUBS.get(key, _TEXT)}" for key in missing)
        above, dot, own = self.name.rpartition(".")
        like = nearest(own, (name for name in others if name != own)) if self.fresh else ""
        if like:
            self.fault("", "rule.missing_or_slip", like=f"{above}{dot}{like}", missing=told, lines=lines)
        else:
            self.fault("", "rule.missing_key", missing=told, lines=lines)

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return self._typed(key, str, default, "rule.no_text")

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        return self._typed(key, bool, default, "rule.no_flag")

    def whole(self, key: str, default: int | None = None) -> int | None:
        """A whole number."""
        value = self.values.get(key, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            self.fault(key, "rule.no_whole", value=repr(value))
            return default
        return value

    def within(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number between two others, both included."""
        value = self.whole(key, default)
        if value is None or not low <= value <= high:
            self.fault(key, "rule.beyond", value=str(value), low=str(low), high=str(high))
            return default
        return value

    def number(self, key: str) -> float | None:
        """A number."""
        value = self.values.get(key)
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
            self.fault(key, "rule.no_number", value=repr(value))
            return None
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.fault(key, "rule.no_texts", key=key)
            return ()
        return tuple(value)

    def mapping(self, key: str) -> dict[str, object]:
        """A table within this table."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.fault(key, "rule.table_wanted", key=key)
            return {}
        return dict(value)

    def below(self, key: str) -> Table:
        """The table of this name within this one, as a table with refusals of its own."""
        values = self.mapping(key)
        origin = self.origins.get(key, self.origin)
        name = f"{self.name}.{key}" if self.name else key
        return Table(name, origin, values, {}, faults=self.faults)

    def rows(self, key: str) -> tuple[Mapping[str, object], ...]:
        """A list of tables."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.fault(key, "rule.no_rows", key=key)
            return ()
        return tuple(value)

    def pairs(self, key: str) -> dict[str, str]:
        """A table within this table that maps texts to texts."""
        value = self.mapping(key)
        if not all(isinstance(v, str) for v in value.values()):
            self.fault(key, "rule.no_pairs", key=key)
            return {}
        return {k: str(v) for k, v in value.items()}

    def one_of(self, key: str, known: Collection[str], default: str = "") -> str:
        """A text out of a closed list."""
        value = self.text(key, default)
        if value in known:
            return value
        if isinstance(self.values.get(key, default), str):  # else it is told as no text
            self.fault(key, "rule.unknown_value", value=repr(value), hint=hint(value, known))
        return default

    def _typed(self, key: str, kind: type[T], default: T, problem: str) -> T:
        value = self.values.get(key, default)
        if not isinstance(value, kind):
            self.fault(key, problem, value=repr(value))
            return default
        return value


def check_names(rulebook: Rulebook) -> None:
    """Refuses the home's files whose names nothing reads: a slip there would be silent."""
    known = rule_files(rulebook.packaged)
    faults = Faults()
    for name, _ in rulebook.home:
        part = (name.endswith(".toml") and _stem(name) in _IN_PARTS) or _named_by_xsd(name, rulebook)
        if name not in known and not part:
            faults.found.append(_unread(name, known, rulebook))
    faults.tell()


def _unread(name: str, known: Collection[str], rulebook: Rulebook) -> RulesError:
    """Why nothing reads this file: beside an XSD of the home another one is a part that it does not name."""
    if name.endswith(".xsd") and "declaration.xsd" in dict(rulebook.home):
        return RulesError("rule.no_part", at=f"rules/{name}")
    return RulesError("rule.no_file", at=f"rules/{name}", hint=hint(name, (*known, *_OWN_PARTS)))


def _named_by_xsd(name: str, rulebook: Rulebook) -> bool:
    """Whether it is an XSD that another one includes or imports."""
    others = (text for other, text in rulebook.home if other != name and other.endswith(".xsd"))
    return name.endswith(".xsd") and any(name in text for text in others)


def rule_files(packaged: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What a home's own files may be called, beside the parts such as `findings-own.toml`."""
    tables = (name for name, _ in packaged if name.endswith(".csv"))
    return (*(f"{stem}.toml" for stem in _STEMS), *tables, "declaration.xsd")


def read_tables(rulebook: Rulebook, stem: str, depth: int) -> Tables:
    """The tables of `<stem>.toml` (and its parts), merged; `depth` is the number of names in brackets."""
    packaged = _packaged(rulebook.packaged, stem, depth)
    home = _side(rulebook.home, stem, depth, _OWN, packaged)
    merged = dict(packaged)
    for path, table in home.items():
        below = packaged.get(path)
        merged[path] = _laid_over(below, table) if below else replace(table, fresh=True)
    return merged


@lru_cache(maxsize=16)
def _packaged(texts: tuple[tuple[str, str], ...], stem: str, depth: int) -> Mapping[Path, Table]:
    """Read once, whatever homes lay over them: half of the time that rules take to compile."""
    return _side(texts, stem, depth, _PACKAGED, ())


def _laid_over(below: Table, table: Table) -> Table:
    origins = {**below.origins, **dict.fromkeys(table.values, table.origin)}
    values = {**below.values, **table.values}
    return Table(table.name, table.origin, values, origins, packaged=below.values)


def _stem(name: str) -> str:
    base = name.removesuffix(".toml")
    stem = base.partition("-")[0]
    return stem if stem in _IN_PARTS else base


def _side(
    texts: Iterable[tuple[str, str]], stem: str, depth: int, called: str, known: Collection[Path]
) -> Tables:
    tables: Tables = {}
    faults = Faults()
    for name, text in texts:
        if not name.endswith(".toml") or _stem(name) != stem:
            continue
        origin = f"{called}/{name}"
        with faults.kept():
            for path, values in _walk(parse(origin, text), depth, origin, (), known):
                if path in tables:
                    at = f"{origin} [{'.'.join(path)}]"
                    raise RulesError("rule.elsewhere", at=at, where=tables[path].origin)
                tables[path] = Table(".".join(path), origin, values, dict.fromkeys(values, origin))
                if called == _OWN:
                    _check_characters(tables[path])
    faults.tell()
    return tables


def _check_characters(table: Table) -> None:
    """Neither a workbook nor a package can hold them: it could not be opened."""
    for key, value in table.values.items():
        for text in _texts_in((key, value)):
            if found := _NOWHERE.search(text):
                raise table.refuse(key, "rule.control", code=f"U+{ord(found[0]):04X}", value=repr(text))


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts_in(tuple(value.items()))
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _texts_in(below)


def _walk(
    values: Mapping[str, object], depth: int, origin: str, path: Path, known: Collection[Path]
) -> Iterable[tuple[Path, Mapping[str, object]]]:
    if len(path) == depth:
        yield path, values
        return
    for key, below in values.items():
        if not isinstance(below, dict):
            at = " ".join(filter(None, (origin, f"[{'.'.join(path)}]" if path else "", key)))
            raise RulesError("rule.stray", at=at, example=_example(path, known))
        yield from _walk(below, depth, origin, (*path, key), known)


def _example(path: Path, known: Collection[Path]) -> str:
    """The table that may be meant: the one whose last name is most like the last of this path."""
    by_name = {table[-1]: ".".join(table) for table in known}
    like = nearest(path[-1], by_name) if path else ""
    return by_name[like] if like else next(iter(by_name.values()), "…")
