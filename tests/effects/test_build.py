"""Which build this is."""

import re

from vinbatch import __version__
from vinbatch.effects.build import build, program


def test_people_are_told_version_and_build() -> None:
    assert re.fullmatch(rf"{re.escape(__version__)} \(build [0-9a-f]{{12}}\)", program())


def test_the_same_files_are_the_same_build() -> None:
    assert build() == build()
