"""The line of a batch in the overview."""

from __future__ import annotations

import overviews
import pytest

from vinbatch.noun import replace
from vinbatch.report.overview import overview_page
from vinbatch.ruleset import Ruleset


@pytest.mark.parametrize("line", [0, -1], ids=["rows to mend", "a file that was refused"])
def test_one_with_nothing_left_to_mend_says_so_in_the_colour_of_what_is_done(
    line: int, ruleset: Ruleset
) -> None:
    """Who looks down the page for red has no business there."""
    seen = overviews.busy(ruleset)
    done = replace(seen, lines=(replace(seen.lines[line], open=0),))
    assert '<span class="chip released">之后已再投或另办</span>' in overview_page(done, ruleset).decode()
