"""An outcome → the packages that go to customs: one per type. Same inputs, same bytes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property

from markupsafe import Markup

from vinbatch.customs.elements import declared_fields, elements, texts
from vinbatch.customs.manifest import entry_order, manifest
from vinbatch.customs.present import check_filled, check_present
from vinbatch.errors import Faults, PackageError, RulesError
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Declaration,
    Entry,
    Field,
    Outcome,
    Package,
    Reading,
    Source,
    Type,
    Value,
)
from vinbatch.noun import Noun, replace
from vinbatch.ruleset import Ruleset
from vinbatch.wording import Part
from vinbatch.zipped import UNIX, zipped

VERSION = "1.0"
# The platform's appType and appStatus (domain section 6): 1 new, 2 change, 3 delete; 2 declare.
_APP_TYPE = {Type.FILING: "1", Type.CHANGE: "2", Type.REVOCATION: "3"}
_DECLARE = "2"
_MOST_VEHICLES = 200
_SEVERAL = 4
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
_NOBODY = (
    "934638D4-2348-5B8F-B218-4C9F7D602227"  # a template may have noughts for a dummy, an XSD want a real one
)
# Our own name space of guids: any fixed one would do, it may never change.
_SPACE = uuid.UUID("6f2b3d0e-5a51-5c55-9b0c-7a1d0c3f9e42")
_READABLE = 0o644 << 16  # whatever machine it is made on


def guid_of(site: str, batch: str, kind: Type) -> str:
    """The identity of a package, fixed before the first attempt to send it: 36 characters, upper case; the
    same for the same site, batch and type, whenever it is asked for.
    """
    return str(uuid.uuid5(_SPACE, f"{site}/{batch}/{kind}")).upper()


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
    lacking: tuple[Trial, ...] = ()
    barest: tuple[Trial, ...] = ()


class Line:
    """A row of the template: its elements ready made, and every value by key."""

    def __init__(self, ruleset: Ruleset, sheet: str, data: Mapping[str, Value]) -> None:
        self._row = ruleset, sheet, data  # the sandbox shows no template what begins with _

    @property
    def elements(self) -> object:
        """The values as XML elements, for a template to place as they are: they were escaped when made."""
        return Markup(elements(*self._row))  # noqa: S704

    @cached_property
    def values(self) -> Mapping[str, str]:
        """The values by key, for templates that place them themselves: most do not."""
        return texts(*self._row)


def type_of(app_type: str) -> Type:
    """The type of an AppType. ValueError for one that customs does not have."""
    for kind, code in _APP_TYPE.items():
        if code == app_type:
            return kind
    raise ValueError(f"AppType {app_type!r} is none of {', '.join(_APP_TYPE.values())}")


def render(outcome: Outcome, ruleset: Ruleset) -> tuple[Package, ...]:
    """The packages of an outcome, each valid by the XSD. RulesError where template or XSD are wrong."""
    by_type: dict[Type, list[Declaration]] = {}
    for declaration in outcome.declarations:
        by_type.setdefault(declaration.type, []).append(declaration)
    return tuple(_package(outcome, by_type[t], ruleset) for t in Type if t in by_type)


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


def unused(ruleset: Ruleset, trial: Trial) -> Iterator[Field]:
    """The fields that make no difference to what the template renders of this vehicle, of whatever type."""
    full = [_trial_xml([_declared(trial, kind)], ruleset) for kind in Type]
    for sheet in (VEHICLE, STRUCTURE):
        for field in declared_fields(ruleset, sheet):
            if getattr(trial, sheet).get(field.key) is None:
                continue
            without = replace(trial, **{sheet: {**getattr(trial, sheet), field.key: None}})
            try:
                if full == [_trial_xml([_declared(without, kind)], ruleset) for kind in Type]:
                    yield field
            except RulesError:  # the template cannot do without it
                continue


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
    others = (f"{vin[:-3]}{n:03}" for n in range(_MOST_VEHICLES + 1))
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
    return _xml(outcome, declared, _NOBODY, ruleset)


def _package(outcome: Outcome, declarations: Sequence[Declaration], ruleset: Ruleset) -> Package:
    from vinbatch.customs.xsd import check_xml  # lxml and jinja2 only where there is something to declare

    if len(declarations) > _MOST_VEHICLES:
        raise ValueError(f"{outcome.batch}: {len(declarations)} vehicles, a package takes {_MOST_VEHICLES}")
    kind = declarations[0].type
    guid = guid_of(ruleset.settings.site, outcome.batch, kind)

    def made(some: Sequence[Declaration]) -> bytes:
        text = _xml(outcome, some, guid, ruleset)
        xml = text.encode()
        check_xml(xml, ruleset, kind)
        check_present(text, guid, some)
        return xml

    try:
        xml = made(declarations)
    except RulesError as e:
        of = {"batch": outcome.batch, "file": outcome.reading.source.name}
        if vin := _culprit(declarations, made):
            raise PackageError("package.unmade", e, vin=vin, **of) from e
        raise PackageError("package.unmade_together", e, **of) from e
    told = manifest(outcome, declarations, guid, hashlib.sha256(xml).hexdigest(), ruleset)
    data = zipped((("declaration.xml", xml), ("manifest.json", told)), UNIX, _READABLE)
    return Package(
        name=f"{outcome.batch}-{kind}.zip",
        guid=guid,
        type=kind,
        batch=outcome.batch,
        data=data,
        digest=hashlib.sha256(data).hexdigest(),
        vins=tuple(d.vin for d in declarations),
    )


def _culprit(declarations: Sequence[Declaration], made: Callable[[Sequence[Declaration]], bytes]) -> str:
    """The VIN of the first vehicle whose package alone fails too; "" where only all of them together do."""
    for declaration in declarations:
        try:
            made([declaration])
        except RulesError:
            return declaration.vin
    return ""


def _xml(outcome: Outcome, declarations: Sequence[Declaration], guid: str, ruleset: Ruleset) -> str:
    from vinbatch.templating import render

    settings = ruleset.settings
    entries = [d.entry.values for d in entry_order(declarations) if d.entry is not None]
    return render(
        ruleset,
        "declaration.xml",
        {
            "guid": guid,
            "version": VERSION,
            "batch": outcome.batch,
            "app_type": _APP_TYPE[declarations[0].type],
            "app_status": _DECLARE,
            "app_time": outcome.now.astimezone(settings.zone).strftime("%Y%m%d%H%M%S"),
            # A trial home has no declarant: it says so instead of leaving the place empty.
            "cop_code": settings.declarant_code or settings.site,
            "cop_name": settings.declarant_name or settings.site,
            "dxp_id": settings.dxp_id,
            "note": "" if settings.production else "not for production",
            "vehicles": [Line(ruleset, VEHICLE, d.data) for d in declarations],
            "structures": [Line(ruleset, STRUCTURE, values) for values in entries],
        },
        "template.declaration",
    )
