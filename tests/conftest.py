"""What many tests share: the packaged rules."""

import pytest

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import Rulebook
from vinbatch.ruleset import Ruleset, compile_rules


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return packaged_rulebook()


@pytest.fixture(scope="session")
def ruleset(rulebook: Rulebook) -> Ruleset:
    return compile_rules(rulebook)
