"""The template of a package, tried before any work on vehicles that nobody declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from vinbatch.customs.package import MOST_VEHICLES, package_xml
from vinbatch.customs.present import check_filled, check_own_sets, check_present
from vinbatch.errors import Faults, PackageError, RulesError
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Declaration,
    Entry,
    Outcome,
    Reading,
    Source,
    Type,
    Value,
)
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset
from vinbatch.wording import Part

_SEVERAL = 4
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
# A real one: a template may have noughts for a dummy, and an XSD refuse them.
_NOBODY = "934638D4-2348-5B8F-B218-4C9F7D602227"


class Trial(Noun, frozen=True):
    """A vehicle that nobody declared, to try the template with; `empty` says what it leaves out.

    Where it has other words than the full one too, `whole` are the parameters with them and nothing left out.
    """

    vehicle: Mapping[str, Value]
    structure: Mapping[str, Value]
    empty: Part = ""
    words: str = ""
    whole: Mapping[str, Value] | None = None


class Trials(Noun, frozen=True):
    """With all of its fields; with signs of XML in its texts; lacking one that may be empty; the barest."""

    full: Trial
    marked: Trial
    otherwise: Mapping[str, Value]  # the parameters, each another one where there is one
    lacking: tuple[Trial, ...] = ()
    barest: tuple[Trial, ...] = ()


def prove(ruleset: Ruleset, trials: Trials) -> None:
    """RulesError where the template cannot show a vehicle, or the XSD does not take that.

    What fails with everything is not tried with less; of the fields that cannot be empty all are told.
    """
    for kind in (Type.FILING, Type.CHANGE):
        _try_all(trials, kind, ruleset)
    try:
        _try_all(trials, Type.REVOCATION, ruleset)
    except RulesError as e:
        raise PackageError("package.revoking", e) from e
    _try_two_sets(trials, ruleset)
    faults = Faults()
    for trial in trials.lacking:
        with faults.kept():
            _try_sparse(trial, ruleset)
    faults.tell()
    for trial in trials.barest:
        _try_words(trial, trials.full, ruleset)


def refusal(ruleset: Ruleset, trial: Trial) -> RulesError | None:
    """Why no package can be made of this vehicle, of whatever type; None where one can."""
    try:
        for kind in Type:
            _try(trial, kind, ruleset)
    except RulesError as e:
        return e
    return None


def refusal_of_many(ruleset: Ruleset, trial: Trial) -> RulesError | None:
    """Why no package can be made of as many vehicles as one workbook may have; None where one can."""
    try:
        for kind in Type:
            _try_several(trial, kind, ruleset, ruleset.settings.limits.rows)
    except RulesError as e:
        return e
    return None


def alike(ruleset: Ruleset, tried: Iterable[Trial]) -> list[list[int]]:
    """Which of these vehicles the template writes the same, whatever the type; none that it cannot write."""
    made: dict[tuple[str, ...], list[int]] = {}
    for number, trial in enumerate(tried):
        with suppress(RulesError):
            xml = tuple(_trial_xml([_declared(trial, kind)], ruleset) for kind in Type)
            made.setdefault(xml, []).append(number)
    return list(made.values())


def alike_types(ruleset: Ruleset, trial: Trial) -> list[list[Type]]:
    """Which types of declaration the template writes the same, of a vehicle that is otherwise the same."""
    made: dict[str, list[Type]] = {}
    filing = _declared(trial, Type.FILING)
    for kind in Type:
        with suppress(RulesError):
            made.setdefault(_trial_xml([replace(filing, type=kind)], ruleset), []).append(kind)
    return list(made.values())


def astray(ruleset: Ruleset, trial: Trial, sheet: str, key: str, value: Value) -> bool:
    """Whether one vehicle's value shows with another: with this one in its place more of the package is
    another beside a second vehicle than without one, or less.
    """

    def changed(at: int, other: Trial | None) -> int:
        pieces = []
        for one in (trial, _with_value(trial, sheet, key, value)):
            both = [_numbered(one, at), *([_numbered(other, 1 - at)] if other else [])]
            xml = _trial_xml(both[::-1] if at else both, ruleset)
            pieces.append(Counter(xml.split("<")))
        return sum(((pieces[0] - pieces[1]) + (pieces[1] - pieces[0])).values())

    try:
        alone = changed(0, None)
        if any(changed(at, trial) != alone for at in (0, 1)):
            return True
        lacking = _with_value(trial, sheet, key, None)
        return any(changed(at, lacking) != alone for at in (0, 1))
    except RulesError:  # a value that no package can be made of, or none at all: told elsewhere
        return False


def _with_value(trial: Trial, sheet: str, key: str, value: Value) -> Trial:
    return replace(trial, **{sheet: {**getattr(trial, sheet), key: value}})


def _numbered(trial: Trial, number: int) -> Declaration:
    """With a VIN and parameters of its own."""
    vin, named = f"{str(trial.vehicle.get('vin'))[:-3]}{number:03}", f"X-{number}"
    vehicle = {**trial.vehicle, "vin": vin, "structure_no": named}
    own = replace(trial, vehicle=vehicle, structure={**trial.structure, "structure_no": named})
    return _declared(own, Type.FILING)


def _try_all(trials: Trials, kind: Type, ruleset: Ruleset) -> None:
    _try(trials.full, kind, ruleset, examples=True)
    _try_together(trials.full, kind, ruleset)
    _try_marked(trials, kind, ruleset)


def _try_words(trial: Trial, full: Trial, ruleset: Ruleset) -> None:
    """What fails with these words where nothing is empty too, as by a table of codes, is the words' fault."""
    try:
        _try_sparse(trial, ruleset)
    except PackageError:
        if trial.whole and (error := refusal(ruleset, replace(full, structure=trial.whole))):
            raise PackageError("package.words", error, which=trial.words) from error
        raise


def _try_sparse(trial: Trial, ruleset: Ruleset) -> None:
    if error := refusal(ruleset, trial):
        raise PackageError("package.sparse", error, empty=trial.empty) from error


def _try(trial: Trial, kind: Type, ruleset: Ruleset, *, examples: bool = False) -> None:
    from vinbatch.customs.xsd import check_xml

    declared = _declared(trial, kind)
    xml = _trial_xml([declared], ruleset)
    if examples:
        check_filled(xml)
    check_xml(xml.encode(), ruleset, kind, trying=examples)
    check_present(xml, _NOBODY, [declared])


def _try_together(trial: Trial, kind: Type, ruleset: Ruleset) -> None:
    """A template may show the first of several, and nothing of those behind it."""
    declared = _several(trial, kind, _SEVERAL)
    check_present(_trial_xml(declared, ruleset), _NOBODY, declared)
    _try_several(trial, kind, ruleset, min(_SEVERAL, ruleset.settings.limits.rows))


def _try_two_sets(trials: Trials, ruleset: Ruleset) -> None:
    """A template may show the parameters of the first vehicle with all: customs would get wrong ones."""
    if ruleset.settings.limits.rows == 1:  # then the first are the only ones
        return
    first, last = _several(trials.full, Type.FILING, 2)
    number = f"{trials.full.structure.get('structure_no')}-2"

    def of(structure: Mapping[str, Value]) -> Declaration:
        values = {**structure, "structure_no": number}
        return replace(last, data={**last.data, "structure_no": number}, entry=Entry(number, 1, values))

    both = [of(trials.full.structure), of(trials.otherwise)]
    try:
        alone = [_trial_xml([one], ruleset) for one in both]
    except RulesError:  # a table of codes may know no other words: doctor tells of those
        return
    try:
        beside = [_trial_xml([first, one], ruleset) for one in both]
    except RulesError as e:
        raise PackageError("package.together", e, n="2") from e
    check_own_sets(alone, beside)


def _try_several(trial: Trial, kind: Type, ruleset: Ruleset, count: int) -> None:
    """An XSD may take one of several only, a template write as one what is several."""
    from vinbatch.customs.xsd import check_xml

    try:
        check_xml(_trial_xml(_several(trial, kind, count), ruleset).encode(), ruleset, kind, alike=True)
    except RulesError as e:
        raise PackageError("package.together", e, n=str(count)) from e


def _several(trial: Trial, kind: Type, count: int) -> list[Declaration]:
    """Vehicles that differ in their VINs alone."""
    vin = str(trial.vehicle.get("vin"))
    others = (f"{vin[:-3]}{n:03}" for n in range(MOST_VEHICLES + 1))
    vins = [vin, *(other for other in others if other != vin)][:count]
    return [_declared(replace(trial, vehicle={**trial.vehicle, "vin": v}), kind) for v in vins]


def _try_marked(trials: Trials, kind: Type, ruleset: Ruleset) -> None:
    """What a clerk writes is text: were it taken for XML she could declare what no rule has seen."""
    from vinbatch.customs.xsd import check_escaped_once, check_wellformed

    plain = _trial_xml([_declared(trials.full, kind)], ruleset).encode()
    for xml in map(str.encode, _marked(trials, kind, ruleset)):
        try:
            check_wellformed(xml)
        except RulesError as e:
            raise PackageError("package.marked", e) from e
        check_escaped_once(xml, plain)


def _marked(trials: Trials, kind: Type, ruleset: Ruleset) -> Iterator[str]:
    """With all texts marked at once; one by one where a table of codes in the template knows no such word."""
    with suppress(RulesError):
        yield _trial_xml([_declared(trials.marked, kind)], ruleset)
        return
    for one in _marked_alone(trials):
        with suppress(RulesError):
            yield _trial_xml([_declared(one, kind)], ruleset)


def _marked_alone(trials: Trials) -> Iterator[Trial]:
    for sheet in (VEHICLE, STRUCTURE):
        full = getattr(trials.full, sheet)
        for key, value in getattr(trials.marked, sheet).items():
            if value != full[key]:
                yield replace(trials.full, **{sheet: {**full, key: value}})


def _declared(trial: Trial, kind: Type) -> Declaration:
    """As the lifecycle declares: a revocation has a reason and no parameters, others the reverse."""
    structure, vehicle = trial.structure, trial.vehicle
    vin = str(vehicle.get("vin"))
    if kind is Type.REVOCATION:
        return Declaration(kind, vin, vehicle, None)
    entry = Entry(str(structure.get("structure_no")), 1, structure)
    return Declaration(kind, vin, {**vehicle, "revocation_reason": None}, entry)


def _trial_xml(declared: Sequence[Declaration], ruleset: Ruleset) -> str:
    outcome = Outcome(f"{ruleset.settings.site}-20260101-0000", _THEN, Reading(Source("x.xlsx", "")))
    return package_xml(outcome, declared, _NOBODY, ruleset)
