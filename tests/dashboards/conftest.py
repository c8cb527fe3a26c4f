"""Fabricated snapshots for the dashboard tests: a zone, and a feed without map, approvals and hotline."""

from pathlib import Path

import pytest

from dashboards.door import Door
from tests.dashboards import planned
from tests.dashboards.snapshot import publish


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zone")
    publish(folder)
    planned.plans(folder)
    return folder


@pytest.fixture(scope="session")
def chicago_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chicago")
    publish(folder, "chicago")
    return folder


@pytest.fixture
def door(home: Path) -> Door:
    return Door.open(home)
