"""The four ways to write a row; what each one checks stands in ``steward``."""

from __future__ import annotations

import pytest
from steward import FIXTURES, Table, sentence


@pytest.fixture
def spec(request):
    return FIXTURES["spec"](Table(), sentence(request.node.name))


@pytest.fixture
def clock(request):
    return FIXTURES["clock"](Table(), sentence(request.node.name))


@pytest.fixture
def row(request):
    return FIXTURES["row"](Table(), sentence(request.node.name))


@pytest.fixture
def site(request):
    return FIXTURES["site"](Table(), sentence(request.node.name))
