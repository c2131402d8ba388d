"""Whether rules and templates let a pass begin; what was proved once is not proved again."""

from __future__ import annotations

from vinbatch.effects.disk import reaching, write_beside
from vinbatch.effects.home import Home
from vinbatch.effects.owner import refuse_others
from vinbatch.model import Rulebook
from vinbatch.paths import is_there


def check(home: Home, rulebook: Rulebook, law: str, *, keep: bool) -> None:
    """RulesError where they are broken. `keep` notes that they are right; else nothing is written.

    The note is the first thing that a pass writes: root's would be an alarm until somebody gave it away.
    """
    if keep:
        refuse_others(home.own)
    note = home.own / "rules.checked"
    with reaching(note):
        if is_there(note) and note.read_text("ascii", "replace") == law:
            return
        _prove(rulebook)
        if keep:
            write_beside(note, law.encode())


def _prove(rulebook: Rulebook) -> None:
    """Rules compile, and templates can show all that there is to show."""
    from vinbatch.proof import prove  # once for each state of the rules

    prove(rulebook)
