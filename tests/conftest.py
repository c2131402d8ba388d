"""What many tests share: the packaged rules, a desk under them, and the package's byte code."""

import compileall
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk
from forked import Forked

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.model import Rulebook
from vinbatch.ruleset import Ruleset, compile_rules
from vinbatch.store.ledger import Ledger


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return packaged_rulebook()


@pytest.fixture(scope="session")
def ruleset(rulebook: Rulebook) -> Ruleset:
    return compile_rules(rulebook)


@pytest.fixture
def desk(rulebook: Rulebook) -> Desk:
    return Desk(rulebook)


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a first pass makes it; to be copied, since all the migrations take as long as the pass."""
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    with Ledger.open(path, create=True):
        return path


@pytest.fixture(scope="session")
def forked() -> Iterator[Forked]:
    """Calls of `vinbatch` that need a process of their own, but not what it imports and compiles."""
    with Forked() as forked:
        yield forked


# They take longest: begun last, one process would work them while the others have nothing left.
FIRST = ("test_any_field", "hostile", "test_cluster", "test_commands", "test_read_programs", "test_poison")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first."""
    items.sort(key=lambda item: not any(part in item.nodeid for part in FIRST))


def pytest_collection_finish() -> None:
    """Ten thousand tests stay as long as the process: they are not looked through for cycles again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], 50)


def pytest_configure(config: pytest.Config) -> None:
    """Compiles the package once, for all the programs that tests start.

    Under PYTHONDONTWRITEBYTECODE, and in every test that sets it, each of them would compile it again; and
    each process of a test run would rewrite every test.
    """
    sys.dont_write_bytecode = False
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(__file__).resolve().parent.parent / "vinbatch", quiet=1)
