"""The dictionary of fields: `fields.toml` → tuples of `Field` in column order, or a refusal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from vinbatch.errors import Faults, RulesError
from vinbatch.layers import Table, Tables
from vinbatch.model import STRUCTURE, VEHICLE, Act, Field, Kind
from vinbatch.noun import replace
from vinbatch.ruleset import fitting
from vinbatch.ruleset.countries import Countries
from vinbatch.ruleset.prompts import prompt
from vinbatch.ruleset.words import Words, fold
from vinbatch.slips import hint
from vinbatch.wording import LANGUAGES

SHEETS = (VEHICLE, STRUCTURE)
# The closed list of conditions; `vinbatch.checks.predicates.PREDICATES` says what each means.
PREDICATES = (
    "always",
    "never",
    "if_engine",
    "if_motor",
    "if_revocation",
    "if_not_o",
    "if_m_or_n",
    "if_m_n_or_o",
)
_PREDICATES = {VEHICLE: PREDICATES, STRUCTURE: tuple(p for p in PREDICATES if p != "if_revocation")}
# The program itself lives on these; they may be renamed, but neither removed nor given another kind.
CORE: Mapping[str, Mapping[str, Kind]] = {
    VEHICLE: {
        "action": Kind.CHOICE,
        "confirmed": Kind.YESNO,
        "vin": Kind.VIN,
        "structure_no": Kind.CODE,
        "revocation_reason": Kind.TEXT,
    },
    STRUCTURE: {"confirmed": Kind.YESNO, "structure_no": Kind.CODE},
}
# The words that it acts by; a home may add others for them, as choice_aliases.
_SPOKEN: Mapping[str, frozenset[str]] = {"action": frozenset(Act), "confirmed": frozenset({"是", "否"})}

_COMMON = ("zh", "en", "aliases", "kind", "required", "element", "prompt_zh", "prompt_en", "example", "ivi")
_PLACE = ("off", "after")
_TEXT = ("length", "pattern")
_NUMBER = ("unit", "low", "high", "zero_empty")
_CHOICE = ("choices", "choice_aliases")
_OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.VIN: _TEXT,
    Kind.CODE: _TEXT,
    Kind.CCC: _TEXT,
    Kind.MONTH: _TEXT,
    Kind.TEXT: (*_TEXT, "free"),
    Kind.CHOICE: _CHOICE,
    Kind.YESNO: _CHOICE,
    Kind.INT: _NUMBER,
    Kind.DECIMAL: _NUMBER,
    Kind.INTLIST: (*_NUMBER, "bound", "separator"),
    Kind.COUNTRY: (),
}
_EVERY_KEY = tuple(dict.fromkeys((*_COMMON, *_PLACE, *chain.from_iterable(_OF_KIND.values()))))
WHOLE = ("zh", "en", "kind", "required", "example")  # what every field has
# What a field must say for itself: the packaged [kinds] give the others their length and their choices.
_NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("length",),
    Kind.CHOICE: ("choices",),
    Kind.INTLIST: ("separator",),
}


def compile_fields(tables: Tables, words: Words, countries: Countries) -> dict[str, tuple[Field, ...]]:
    """Sheet → fields in column order. RulesError names file and key of the first thing that is wrong."""
    of_kind, of_sheet = _sorted_by_use(tables)
    faults = Faults()
    made: dict[str, list[tuple[Field, Table]]] = {sheet: [] for sheet in SHEETS}
    for sheet in SHEETS:
        others = [key for key, table in of_sheet[sheet].items() if not table.fresh]
        for key, table in of_sheet[sheet].items():
            with faults.kept():
                made[sheet].append((_field(sheet, key, table, others, of_kind, words, countries), table))
    faults.tell()
    return {sheet: _columns(sheet, of_sheet[sheet], made[sheet]) for sheet in SHEETS}


def _columns(
    sheet: str, given: Mapping[str, Table], made: Sequence[tuple[Field, Table]]
) -> tuple[Field, ...]:
    """The fields that are left, in order, and that fit each other."""
    kept = {field.key: (field, table) for field, table in made if not table.flag("off")}
    _check_core(sheet, given, kept)
    _check_elements(kept)
    return _with_old_headings(_in_order(kept))


def _with_old_headings(made: Sequence[tuple[Field, Table]]) -> tuple[Field, ...]:
    """What the home renamed is still found under its packaged headings, unless another has them now."""
    taken = {fold(text) for field, _ in made for text in (field.zh, field.en, *field.aliases)}
    fields = []
    for field, table in made:
        old = tuple(text for text in table.renamed(LANGUAGES) if fold(text) not in taken)
        fields.append(replace(field, aliases=(*field.aliases, *old)) if old else field)
    return tuple(fields)


def _sorted_by_use(tables: Tables) -> tuple[dict[str, Table], dict[str, dict[str, Table]]]:
    of_kind: dict[str, Table] = {}
    of_sheet: dict[str, dict[str, Table]] = {sheet: {} for sheet in SHEETS}
    faults = Faults()
    for (group, name), table in tables.items():
        with faults.kept():
            if group in of_sheet:
                of_sheet[group][name] = table
            elif group == "kinds" and name in list(Kind):
                table.only(_OF_KIND[Kind(name)])
                of_kind[name] = table
            else:
                known = (*SHEETS, "kinds") if group != "kinds" else tuple(Kind)
                wrong = group if group != "kinds" else name
                raise table.refuse("", "rule.no_table", hint=hint(wrong, known))
    faults.tell()
    return of_kind, of_sheet


def _field(
    sheet: str,
    key: str,
    own: Table,
    others: Collection[str],
    of_kind: Mapping[str, Table],
    words: Words,
    countries: Countries,
) -> Field:
    with own.together() as told:
        fitting.check_key(told, key)
        told.only(_EVERY_KEY)
        told.need(WHOLE, others, _EVERY_KEY)
        kind = Kind(told.one_of("kind", tuple(Kind), Kind.TEXT))
        table = _with_defaults(_of_new_kind(told, kind), of_kind.get(kind))
        if kind == own.values.get("kind"):
            _check_keys_of_kind(table, kind)
        field = _read(sheet, key, table, kind)
    with table.together() as told:
        fitting.check_texts(told, field)
        fitting.check_limits(told, field)
        fitting.check_choices(told, field)
    with table.together() as told:
        fitting.check_example(told, field, countries)
        prompts = {lang: prompt(field, told.text(f"prompt_{lang}"), words, lang) for lang in LANGUAGES}
        fitting.check_prompts(told, field, prompts)
        return replace(field, prompt_zh=prompts["zh"], prompt_en=prompts["en"])


def _read(sheet: str, key: str, table: Table, kind: Kind) -> Field:
    """What stands in the table; what is of a wrong type is told by it."""
    return Field(
        sheet=sheet,
        key=key,
        zh=table.text("zh"),
        en=table.text("en"),
        kind=kind,
        required=table.one_of("required", _PREDICATES[sheet], "never"),
        element=table.text("element") or _camel(key),
        aliases=table.texts("aliases"),
        unit=table.text("unit"),
        choices=table.texts("choices"),
        choice_aliases=_other_words(table),
        low=table.number("low"),
        high=table.number("high"),
        bound=table.one_of("bound", ("each", "sum"), "each"),
        separator=table.text("separator", "/"),
        length=table.whole("length"),
        pattern=table.text("pattern"),
        own_pattern=table.is_own("pattern"),
        zero_empty=table.flag("zero_empty"),
        free=table.flag("free"),
        example=table.text("example"),
        ivi=table.text("ivi"),
    )


def _other_words(table: Table) -> Mapping[str, str]:
    """A home's own, or the packaged ones of the choices that are left: with its choice a word goes."""
    words = table.pairs("choice_aliases")
    if table.is_own("choice_aliases") or not table.is_own("choices"):
        return words
    choices = table.texts("choices")
    itself = set(map(fold, choices))
    return {w: meant for w, meant in words.items() if meant in choices and fold(w) not in itself}


def _of_new_kind(own: Table, kind: Kind) -> Table:
    """A home that gives a field another kind drops what the packaged table says for the old one."""
    if not own.is_own("kind"):
        return own
    fitting = (*_COMMON, *_PLACE, *_OF_KIND[kind])
    kept = {key: value for key, value in own.values.items() if key in fitting or own.is_own(key)}
    return replace(own, values=kept)


def _with_defaults(own: Table, of_kind: Table | None) -> Table:
    if of_kind is None:
        return own
    return replace(own, values={**of_kind.values, **own.values}, origins={**of_kind.origins, **own.origins})


def _camel(key: str) -> str:
    return "".join(part.capitalize() for part in key.split("_"))


def _check_keys_of_kind(table: Table, kind: Kind) -> None:
    fitting = (*_COMMON, *_PLACE, *_OF_KIND[kind])
    for key in table.values:
        if key not in fitting and key in _EVERY_KEY:
            table.fault(key, "rule.not_of_kind", kind=kind)
    table.need(_NEEDED.get(kind, ()), known=_EVERY_KEY)


def _check_core(sheet: str, given: Mapping[str, Table], kept: Mapping[str, tuple[Field, Table]]) -> None:
    for key, kind in CORE[sheet].items():
        if key not in given:
            raise RulesError("rule.no_core", at="rules/fields.toml", table=f"{sheet}.{key}")
        if key not in kept:
            raise given[key].refuse("off", "rule.core")
        field, table = kept[key]
        if field.kind is not kind:
            raise table.refuse("kind", "rule.core_kind", kind=kind)
        if set(field.choices) != _SPOKEN.get(key, set()):
            raise table.refuse("choices", "rule.core_choices")


def _check_elements(kept: Mapping[str, tuple[Field, Table]]) -> None:
    """The home's own last: of two alike it is the one that can be mended there."""
    seen: dict[str, str] = {}
    for field, table in sorted(kept.values(), key=lambda one: one[1].fresh or one[1].is_own("element")):
        other = seen.setdefault(field.element, field.key)
        if other != field.key:
            raise table.refuse("element", "rule.same_element", value=field.element, other=other)


def _in_order(kept: Mapping[str, tuple[Field, Table]]) -> list[tuple[Field, Table]]:
    """Column order: that of the file, a field with `after` behind the one that it names."""
    order: list[tuple[Field, Table]] = [v for v in kept.values() if not v[1].text("after")]
    for field, table in (v for v in kept.values() if v[1].text("after")):
        keys = [f.key for f, _ in order]
        if table.text("after") not in keys:
            wanted = table.text("after")
            raise table.refuse("after", "rule.after", value=wanted, hint=hint(wanted, keys))
        order.insert(keys.index(table.text("after")) + 1, (field, table))
    return order


def compile_headings(fields: tuple[Field, ...], words: Words) -> dict[str, Field]:
    """Folded heading → field, over Chinese, English and aliases, with and without the unit."""
    found: dict[str, Field] = {}
    ours = {form: token for token, word in words["column"].items() for form in word.forms}
    for field in fields:
        for text in (field.zh, field.en, *field.aliases):
            _put(found, fold(text), field, ours)
    # Units last: a heading of its own goes before another heading with a unit.
    for field in (f for f in fields if f.unit):
        word = words["unit"].get(field.unit)
        units = (field.unit, word.zh, word.en, *word.aliases) if word else (field.unit,)
        for text in (field.zh, field.en, *field.aliases):
            for unit in units:
                found.setdefault(fold(text + unit), field)
    return found


def _put(found: dict[str, Field], folded: str, field: Field, ours: Mapping[str, str]) -> None:
    """`ours` are the headings of the columns that the program fills in."""
    other = found.setdefault(folded, field).key
    taken = f"column.{ours[folded]}" if folded in ours else other if other != field.key else ""
    if taken:
        at = f"rules/fields.toml [{field.sheet}.{field.key}]"
        raise RulesError("rule.heading", at=at, value=repr(folded), other=taken)
