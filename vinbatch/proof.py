"""Rules and templates, tried at start on made-up contents: a slip shows before any work is taken."""

from __future__ import annotations

from functools import lru_cache

from vinbatch.customs import package
from vinbatch.errors import Faults
from vinbatch.model import Rulebook
from vinbatch.report import proof
from vinbatch.ruleset import Ruleset, compile_rules


def prove(rulebook: Rulebook) -> None:
    """RulesError where the rules do not compile, or templates cannot show what there is to show."""
    _proved(compile_rules(rulebook))


@lru_cache(maxsize=4)
def _proved(ruleset: Ruleset) -> None:
    """Nothing but the rules has a part in it: what is right once is right in every home of this process."""
    faults = Faults()
    for room in (proof, package):
        with faults.kept():
            room.prove(ruleset)
    faults.tell()


def prove_mail(rulebook: Rulebook) -> None:
    """RulesError where the templates of mail are broken, also while there is no mail server."""
    proof.prove_mail(compile_rules(rulebook))
