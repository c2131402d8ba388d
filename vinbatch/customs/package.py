"""An outcome → the packages that go to customs: one per type. Same inputs, same bytes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from markupsafe import Markup

from vinbatch.customs.elements import elements, texts
from vinbatch.customs.manifest import entry_order, manifest
from vinbatch.customs.present import check_present
from vinbatch.errors import PackageError, RulesError
from vinbatch.model import (
    STRUCTURE,
    VEHICLE,
    Declaration,
    Outcome,
    Package,
    Type,
    Value,
)
from vinbatch.ruleset import Ruleset
from vinbatch.zipped import UNIX, zipped

VERSION = "1.0"
# The platform's appType and appStatus (domain section 6): 1 new, 2 change, 3 delete; 2 declare.
_APP_TYPE = {Type.FILING: "1", Type.CHANGE: "2", Type.REVOCATION: "3"}
_DECLARE = "2"
MOST_VEHICLES = 200
# Our own name space of guids: any fixed one would do, it may never change.
_SPACE = uuid.UUID("6f2b3d0e-5a51-5c55-9b0c-7a1d0c3f9e42")
_READABLE = 0o644 << 16  # whatever machine it is made on


def guid_of(site: str, batch: str, kind: Type) -> str:
    """The identity of a package, fixed before the first attempt to send it: 36 characters, upper case; the
    same for the same site, batch and type, whenever it is asked for.
    """
    return str(uuid.uuid5(_SPACE, f"{site}/{batch}/{kind}")).upper()


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


def _package(outcome: Outcome, declarations: Sequence[Declaration], ruleset: Ruleset) -> Package:
    from vinbatch.customs.xsd import check_xml  # lxml and jinja2 only where there is something to declare

    if len(declarations) > MOST_VEHICLES:
        raise ValueError(f"{outcome.batch}: {len(declarations)} vehicles, a package takes {MOST_VEHICLES}")
    kind = declarations[0].type
    guid = guid_of(ruleset.settings.site, outcome.batch, kind)

    def made(some: Sequence[Declaration]) -> bytes:
        text = package_xml(outcome, some, guid, ruleset)
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


def package_xml(outcome: Outcome, declarations: Sequence[Declaration], guid: str, ruleset: Ruleset) -> str:
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
