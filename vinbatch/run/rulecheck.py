"""Whether rules and templates let a pass begin; what was proved once is not proved again."""

from __future__ import annotations

from vinbatch.effects import kept_rules
from vinbatch.effects.archive import Archive
from vinbatch.effects.disk import reaching, write_beside
from vinbatch.effects.home import Home
from vinbatch.effects.owner import refuse_others
from vinbatch.model import Rulebook
from vinbatch.paths import is_there


def check(home: Home, rulebook: Rulebook, law: str, *, keep: bool) -> None:
    """RulesError where they are broken. `keep` notes that they are right, and keeps them for
    auditors; else nothing is written.

    They are the first that a pass writes: root's would be an alarm until somebody gave them away.
    """
    if keep:
        refuse_others(home.own)
    note, archive = home.own / "rules.checked", Archive(home.archive)
    with reaching(note):
        proved = is_there(note) and note.read_text("ascii", "replace") == law
        if not proved:
            _prove(rulebook)
        if keep and not kept_rules.has(archive, rulebook.digest):
            kept_rules.keep(archive, rulebook)  # before anything is decided by them
        if keep and not proved:
            write_beside(note, law.encode())


def _prove(rulebook: Rulebook) -> None:
    """Rules compile, and templates can show all that there is to show."""
    from vinbatch.proof import prove  # once for each state of the rules

    prove(rulebook)
