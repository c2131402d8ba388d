"""What tests of the lifecycle share."""

import pytest
from customs_desk import Customs
from desk import Desk


@pytest.fixture
def customs(desk: Desk) -> Customs:
    return Customs(desk)
