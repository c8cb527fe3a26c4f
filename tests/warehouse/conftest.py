"""A published home of a small simulated zone, for tests of plans and visits. Read only: copy what you change."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import pytest

from tests.warehouse import zone
from warehouse.home import Home


@pytest.fixture(scope="session")
def zone_home(_shared: Path) -> Path:
    folder = _shared / "zone_home"
    with (_shared / "zone_home.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (folder / ".done").exists():
            data = zone.delivered(_shared / "zone_data")
            zone.publish(Home.at(folder), data, zone.LAST_DAY, "20261031T000000-0000")
            (folder / ".done").touch()
    return folder


@pytest.fixture
def plan_home(zone_home: Path, tmp_path: Path) -> Home:
    """A copy of the published part of it, in which a test may freeze plans and take in results."""
    shutil.copytree(zone_home / "serving", tmp_path / "home" / "serving")
    return Home.at(tmp_path / "home")
