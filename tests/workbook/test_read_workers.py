"""Reading in workers: a workbook that is too much for one is told; the next one is read."""

import pickle

from foreign import cells, plain, sheet, table
from read_tasks import parse

from vinbatch.effects.pool import Died, Pool
from vinbatch.model import Rulebook

HEAVY = sheet("".join(f'<row r="{i}">' + f'<c r="Z{i}"><v>1.5</v></c></row>' for i in range(1, 90_000)))


def test_a_workbook_that_needs_too_much_memory_is_alone(rulebook: Rulebook) -> None:
    """calamine aborts its process for want of memory; the reason is found in its last words."""
    with Pool(2, 64, 30.0, rulebook) as pool:
        first, heavy, last = pool.map(parse, [plain(), HEAVY, sheet(cells("后来的"))])
    assert isinstance(heavy, Died)
    assert heavy.reason == "memory"
    assert not isinstance(first, Died)
    assert not isinstance(last, Died)
    assert table(first[0])[1] == ["WBA13BJ03MCF12345", "白"]
    assert table(last[0]) == [["后来的"]]


def test_a_worker_that_reads_imports_no_heavy_library(rulebook: Rulebook) -> None:
    with Pool(1, 256, 30.0, rulebook) as pool:
        (answer,) = pool.map(parse, [plain()])
    assert not isinstance(answer, Died)
    assert not {"pandas", "pandera", "numpy", "openpyxl", "sqlite_utils", "jinja2"} & set(answer[1])


def test_what_is_read_pickles(rulebook: Rulebook) -> None:
    with Pool(1, 256, 30.0, rulebook) as pool:
        (answer,) = pool.map(parse, [sheet('<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>')])
    assert not isinstance(answer, Died)
    assert pickle.loads(pickle.dumps(answer[0])) == answer[0]
