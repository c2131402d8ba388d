"""The table of legal acts: which act is open to a record, and where it leads.

Source: the official manual (chapters 1.1 and 2.1) and semantics section 1 for what it leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping

from vinbatch.model import Act, Mark, Record, Source, State, Type, Value
from vinbatch.ruleset import Ruleset

_FRESH = (Act.DECLARE, Act.SAVE)
_STANDING = (Act.CHANGE, Act.SAVE_CHANGE, Act.REVOKE)

LEGAL: Mapping[tuple[Type, State], tuple[Act, ...]] = {
    (Type.FILING, State.DRAFT): (Act.DECLARE, Act.SAVE, Act.DELETE, Act.DELETE_ALL),
    (Type.FILING, State.DECLARED): (),
    (Type.FILING, State.REJECTED): _FRESH,
    (Type.FILING, State.ACCEPTED): _STANDING,
    (Type.CHANGE, State.DRAFT): (Act.CHANGE, Act.SAVE_CHANGE, Act.DELETE),
    (Type.CHANGE, State.DECLARED): (),
    (Type.CHANGE, State.REJECTED): _STANDING,
    (Type.CHANGE, State.ACCEPTED): _STANDING,
    (Type.REVOCATION, State.DECLARED): (),
    (Type.REVOCATION, State.REJECTED): _STANDING,
    (Type.REVOCATION, State.ACCEPTED): _FRESH,
}

TARGET: Mapping[Act, tuple[Type, State]] = {
    Act.DECLARE: (Type.FILING, State.DECLARED),
    Act.SAVE: (Type.FILING, State.DRAFT),
    Act.CHANGE: (Type.CHANGE, State.DECLARED),
    Act.SAVE_CHANGE: (Type.CHANGE, State.DRAFT),
    Act.REVOKE: (Type.REVOCATION, State.DECLARED),
}

DRAFTING = frozenset({Act.SAVE, Act.SAVE_CHANGE})
# Acts that start from a query, as on the official page: only on rows that carry a record's mark.
FROM_EXTRACT = frozenset({Act.CHANGE, Act.SAVE_CHANGE, Act.REVOKE})


def act_of(kind: Type) -> Act:
    """The act that declares a declaration of this type."""
    return next(act for act, (type_, state) in TARGET.items() if type_ is kind and state is State.DECLARED)


def stated_act(values: Mapping[str, Value]) -> Act | None:
    """The act that the row's cell 操作 names."""
    action = values.get("action")
    return Act(action) if isinstance(action, str) and action else None


def legal_acts(record: Record | None) -> tuple[Act, ...]:
    """The acts open to this VIN, in the order in which they are named to people."""
    return LEGAL[record.now.type, record.now.state] if record else _FRESH


def acts_on(record: Record | None, mark: Mark | None, vin: str) -> tuple[Act, ...]:
    """The acts open to the row of this VIN with this mark: on an outdated one none, on a new one no change.

    `record` is that of the VIN. A mark of revision 0 stands on a row that has no record.
    """
    acts = legal_acts(record)
    if mark is None or not mark.revision:
        return tuple(act for act in acts if act not in FROM_EXTRACT)
    return () if _outdated(record, mark, vin) else acts


def why_no_act(record: Record | None, mark: Mark | None, vin: str) -> str:
    """Where `acts_on` is empty, the word of the rules that says so."""
    if mark is None or not mark.revision:
        return "@act.query" if legal_acts(record) else "@act.none"
    if not _outdated(record, mark, vin):
        return "@act.none"
    if record is None:
        return "@act.gone"
    return "@act.stale" if mark.key == vin else "@act.moved"


def _outdated(record: Record | None, mark: Mark, vin: str) -> bool:
    """Whether the mark is of another record or revision; a VIN that was edited may have no record yet."""
    if record is None:
        return mark.key == vin
    return (mark.key, mark.revision) != (vin, record.revision)


def closed_to(record: Record, source: Source, ruleset: Ruleset) -> bool:
    """Whether the home refuses acts on this record to who dropped the file. A command belongs to no
    department, and what was revoked may be filed anew by anybody (semantics section 7).
    """
    refuses = ruleset.settings.foreign_department == "refuse" and not source.user
    return refuses and record.live and record.department != source.department


def open_act(record: Record) -> Act | None:
    """The act that a mended row finishes without saying so: of a held or rejected filing or change."""
    waiting = record.now.state is State.REJECTED or (record.now.state is State.DRAFT and record.held)
    if not waiting:
        return None
    return {Type.FILING: Act.DECLARE, Type.CHANGE: Act.CHANGE}.get(record.now.type)
