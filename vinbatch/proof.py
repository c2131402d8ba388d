"""Rules and templates, tried at start on made-up contents: a slip shows before any work is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product

from vinbatch.checks.cells import clean_cell
from vinbatch.checks.limits import broken
from vinbatch.checks.predicates import OF_STRUCTURE, Values, required
from vinbatch.checks.wmi import makers
from vinbatch.customs import trying
from vinbatch.customs.elements import declared_fields
from vinbatch.customs.generated import OWN, xsd_text
from vinbatch.customs.trying import Trial, Trials
from vinbatch.errors import Faults, RulesError
from vinbatch.layers import read_tables
from vinbatch.model import STRUCTURE, VEHICLE, Act, Field, Kind, Rulebook, Type, Value
from vinbatch.noun import replace
from vinbatch.report import listing, proof
from vinbatch.ruleset import WHOLE, Ruleset, compile_rules, package_of, read_example
from vinbatch.wording import Said

_MARKED = "R&D <1> -- ]]> 2"
_ALWAYS, _NUMBER = "always", "structure_no"
_CERTIFICATE = 16  # digits of a CCC number; a version may stand behind them
_LEAST = 0.01  # by which two numbers with decimals are taken to differ


def prove(rulebook: Rulebook) -> None:
    """RulesError where the rules do not compile, or templates cannot show what there is to show."""
    _proved(compile_rules(rulebook))


@lru_cache(maxsize=4)
def _proved(ruleset: Ruleset) -> None:
    """Nothing but the rules has a part in it: what is right once is right in every home of this process."""
    faults = Faults()
    for sheet in (VEHICLE, STRUCTURE):
        for field in ruleset.fields(sheet):
            with faults.kept():
                _prove_field(field, ruleset)
    with faults.kept():
        makers(ruleset)
    with faults.kept():
        listing.prove(ruleset)
    with faults.kept():
        proof.prove(ruleset)
    with faults.kept():
        _prove_package(package_of(ruleset))
    faults.tell()


@lru_cache(maxsize=8)
def _prove_package(ruleset: Ruleset) -> None:
    """Of what packages are made of: four fifths of a proof, which no setting of mail need repeat."""
    trying.prove(ruleset, trials(ruleset))


def proving(rulebook: Rulebook, kind: Type) -> tuple[str, bool]:
    """The XSD that packages of a type are checked against, and whether it is the home's own."""
    ruleset = compile_rules(rulebook)
    return xsd_text(ruleset, kind), OWN in ruleset.tables


def _prove_field(field: Field, ruleset: Ruleset) -> None:
    """RulesError where what a clerk is told to write is not taken from a cell."""
    told = {"choices": field.choices, "example": (field.example,)}
    for key, text in ((key, text) for key, texts in told.items() for text in texts):
        value = clean_cell(field, text, ruleset).value
        meant = text if key == "choices" else read_example(field, ruleset.countries)
        if value != meant or broken(ruleset, field.sheet, field.key, value):
            at = f"rules/fields.toml [{field.sheet}.{field.key}] {key}"
            read = repr(ruleset.shown(field, value))
            raise RulesError("rule.unread", at=at, value=repr(text), kind=field.kind, read=read)


def trials(ruleset: Ruleset) -> Trials:
    """Made of the fields' examples. Only a revocation shows its reason, and it has one."""
    vehicle, structure = (_examples(ruleset, sheet) for sheet in (VEHICLE, STRUCTURE))
    vehicle = {**vehicle, "action": Act.REVOKE.value}
    lacking = [
        *(
            Trial({**vehicle, f.key: None}, structure, f"{VEHICLE}.{f.key}")
            for f in _leavable(ruleset, VEHICLE, vehicle, structure)
        ),
        *(
            Trial(vehicle, {**structure, f.key: None}, f"{STRUCTURE}.{f.key}")
            for f in _leavable(ruleset, STRUCTURE, structure, structure)
        ),
    ]
    marked = Trial(_marked(ruleset, VEHICLE, vehicle), _marked(ruleset, STRUCTURE, structure))
    barest = tuple(_barest(ruleset, vehicle, structure))
    return Trials(Trial(vehicle, structure), marked, _otherwise(ruleset, structure), tuple(lacking), barest)


def _examples(ruleset: Ruleset, sheet: str) -> Mapping[str, Value]:
    return {f.key: read_example(f, ruleset.countries) for f in ruleset.fields(sheet) if f.example}


def _marked(ruleset: Ruleset, sheet: str, values: Values) -> Values:
    """With what XML would take for its own in every text that is free to have it."""
    free = {f.key for f in ruleset.fields(sheet) if f.kind is Kind.TEXT and not f.pattern}
    return {key: _MARKED if key in free and value is not None else value for key, value in values.items()}


def _otherwise(ruleset: Ruleset, structure: Values) -> Values:
    """Whatever the rules say of them together: they are looked at for their difference alone."""
    made = {**structure}
    for field in declared_fields(ruleset, STRUCTURE):
        value, others = structure.get(field.key), [*field.choices]
        if field.kind is Kind.COUNTRY:
            others = [*ruleset.countries.by_code]
        if isinstance(value, int | float):
            made[field.key] = value + 1
        elif others:
            made[field.key] = next((other for other in others if other != value), value)
        elif field.kind is Kind.TEXT and not field.pattern:
            made[field.key] = _MARKED
    return made


def _leavable(ruleset: Ruleset, sheet: str, values: Values, structure: Values) -> list[Field]:
    """The fields of the package that a row of these values need not have."""
    _, due = required(ruleset, sheet, values, structure)
    return [f for f in declared_fields(ruleset, sheet) if f.key not in due]


def _barest(ruleset: Ruleset, vehicle: Values, structure: Values) -> Iterator[Trial]:
    """One for each set of fields that must be filled in under some condition, and nothing else in it."""
    tried: set[frozenset[str]] = set()
    for words in product(*(_choices(ruleset, key) for key in OF_STRUCTURE)):
        whole = {**structure, **dict(zip(OF_STRUCTURE, words, strict=True))}
        params = _only_due(ruleset, whole)
        if frozenset(params) not in tried:
            tried.add(frozenset(params))
            _, due = required(ruleset, VEHICLE, vehicle, params)
            which = " ".join(words)
            empty = Said("flaw.barest", (("which", which),))
            yield Trial({key: vehicle.get(key) for key in due}, params, empty, which, whole)


def _choices(ruleset: Ruleset, key: str) -> Sequence[str]:
    """The words of a field; none of its own where the home has no such field."""
    return next((f.choices for f in ruleset.fields(STRUCTURE) if f.key == key), ()) or ("",)


def _only_due(ruleset: Ruleset, structure: Values) -> Values:
    """What must be filled in. A value that is due may make others so."""
    kept: Values = {}
    while True:
        _, due = required(ruleset, STRUCTURE, kept, kept)
        if kept.keys() >= set(due):
            return kept
        kept = {key: structure.get(key) for key in due}


def prove_mail(rulebook: Rulebook) -> None:
    """RulesError where the templates of mail are broken, also while there is no mail server."""
    proof.prove_mail(compile_rules(rulebook))


def unused(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Sheet and heading of the fields that make no difference to the package. The rules proved."""
    ruleset = compile_rules(rulebook)
    for field, groups in _alike(ruleset):
        if _is_unused(groups):
            yield ruleset.word(f"@sheet.{field.sheet}"), field.heading(ruleset.settings.language)


def alike(rulebook: Rulebook) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Name of each field, and those of its values that the package does not tell apart; "" for an empty one.

    And of the types of declaration, under the name of their column. The rules proved.
    """
    ruleset = compile_rules(rulebook)
    types = [group for group in trying.alike_types(ruleset, trials(ruleset).full) if len(group) > 1]
    if types:
        yield ruleset.word("@column.type"), tuple(tuple(ruleset.word(f"@type.{t}") for t in g) for g in types)
    for field, groups in _alike(ruleset):
        if field.key == _NUMBER:  # it need not be told: a template may only look parameters up by it
            continue
        known = [[v for v in group if v is not None or field.required != _ALWAYS] for group in groups]
        several = [group for group in known if len(group) > 1]
        if several and not _is_unused(groups):
            shown = tuple(tuple(ruleset.shown(field, value) for value in group) for group in several)
            yield _named(field, ruleset), shown


def astray(rulebook: Rulebook) -> Iterator[str]:
    """The fields of which one vehicle's value shows with another. The rules proved."""
    ruleset = compile_rules(rulebook)
    if ruleset.settings.limits.rows == 1:  # then there is no other
        return
    full = trials(ruleset).full
    for sheet in (VEHICLE, STRUCTURE):
        for field in declared_fields(ruleset, sheet):
            example = getattr(full, sheet).get(field.key)
            other = next((v for v in _near(ruleset, field, example) if v != example), None)
            if field.key not in ("vin", _NUMBER) and trying.astray(ruleset, full, sheet, field.key, other):
                yield _named(field, ruleset)


@lru_cache(maxsize=1)
def _alike(ruleset: Ruleset) -> Sequence[tuple[Field, list[list[Value]]]]:
    """The fields of the package, the values of each in groups that the template writes the same."""
    full = trials(ruleset).full
    found = []
    for sheet in (VEHICLE, STRUCTURE):
        for field in declared_fields(ruleset, sheet):
            mine = getattr(full, sheet)
            values = [None, *_near(ruleset, field, mine.get(field.key))]
            lacking = replace(full, **{sheet: {**mine, field.key: None}})
            tried = (lacking if value is None else _with(full, field, value) for value in values)
            groups = trying.alike(ruleset, tried)
            found.append((field, [[values[n] for n in group] for group in groups]))
    return found


def _is_unused(groups: list[list[Value]]) -> bool:
    """Whatever the value, and also where there is none."""
    return len(groups) == 1 and len(groups[0]) > 1 and None in groups[0]


def untaken(rulebook: Rulebook) -> Iterator[tuple[str, tuple[str, ...], RulesError]]:
    """Name of each field, its values that the rules take and no package can be made of, why not the first.

    A row with one stops all work. `""` is the name where the vehicles are too many. The rules proved.
    """
    ruleset = compile_rules(rulebook)
    full = trials(ruleset).full
    for sheet in (VEHICLE, STRUCTURE):
        for field in declared_fields(ruleset, sheet):
            tried = ((v, trying.refusal(ruleset, _with(full, field, v))) for v in _extremes(ruleset, field))
            refused = [(ruleset.shown(field, value), error) for value, error in tried if error]
            if refused:
                yield _named(field, ruleset), tuple(value for value, _ in refused), refused[0][1]
    if error := trying.refusal_of_many(ruleset, full):
        yield "", (str(ruleset.settings.limits.rows),), error


def _named(field: Field, ruleset: Ruleset) -> str:
    return f"{ruleset.word(f'@sheet.{field.sheet}')} · {field.heading(ruleset.settings.language)}"


def _with(trial: Trial, field: Field, value: Value) -> Trial:
    """By its number a vehicle names its parameters: both have it."""
    sheets = (VEHICLE, STRUCTURE) if field.key == _NUMBER else (field.sheet,)
    return replace(trial, **{s: {**getattr(trial, s), field.key: value} for s in sheets})


def _extremes(ruleset: Ruleset, field: Field) -> list[Value]:
    """The ends of what the rules take: every word, the least and the most, the longest, one and several."""
    found: list[Value] = [*field.choices]
    example = read_example(field, ruleset.countries) if field.example else None
    if field.kind is Kind.COUNTRY:
        found += ruleset.countries.by_code
    elif field.kind in (Kind.INT, Kind.DECIMAL):
        made = int if field.kind is Kind.INT else float
        found += [made(bound) for bound in (field.low, field.high) if bound is not None]
    elif field.kind in (Kind.TEXT, Kind.CODE) and field.length and not field.pattern:
        found.append((field.example * field.length)[: field.length].strip())
    elif isinstance(example, tuple) and example:
        first = example[0]
        found += [(first,), (first, first + 1), (first + 1, first), (first,) * 3]
    elif field.kind is Kind.CCC:
        found += [field.example[:_CERTIFICATE], f"{field.example[:_CERTIFICATE]}(B0)"]
    return [value for value in found if not broken(ruleset, field.sheet, field.key, value)]


def _near(ruleset: Ruleset, field: Field, example: Value) -> list[Value]:
    """The same, and what differs from the example, or from the longest, by the least."""
    found = [example, *_extremes(ruleset, field)]
    if isinstance(example, int | float):
        found.append(example + (1 if field.kind is Kind.INT else _LEAST))
    elif field.kind is Kind.MONTH and isinstance(example, str):
        found += [f"{example[:-2]}{month}" for month in ("01", "02")]
    elif field.kind in (Kind.TEXT, Kind.CODE) and isinstance(found[-1], str):
        found.append(found[-1][:-1].strip())
    return [
        v for v in dict.fromkeys(found) if v is not None and not broken(ruleset, field.sheet, field.key, v)
    ]


def repeated(rulebook: Rulebook) -> tuple[str, ...]:
    """The home's tables that are whole fields of their own, and have the key of a packaged one."""
    tables = read_tables(rulebook, "fields", 2).values()
    return tuple(f"[{t.name}]" for t in tables if t.packaged and all(t.is_own(key) for key in WHOLE))
