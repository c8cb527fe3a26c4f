"""What every test may use: the invented city, one refreshed home of it, and `--renew-golden`.

Not here: fixtures of one folder (they stand beside their tests).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

AS_OF = date(2013, 9, 30)
_SHARED = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
settings.register_profile("quick", max_examples=100, derandomize=True, **_SHARED)
settings.register_profile("verify", max_examples=300, **_SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_finish() -> None:
    """A profile that a folder loads for itself must not decide for the others."""
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="write tests/golden anew from what the code gives now")


@pytest.fixture(scope="session")
def renew_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--renew-golden"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A MINGCHA_HOME of whoever runs the tests must not decide what they see."""
    for name in ("MINGCHA_HOME", "MINGCHA_DATA", "MINGCHA_FEEDS", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of one test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def chicago_data(_shared: Path) -> Path:
    """Delivered files of the invented city."""
    from tests.fixtures.chicago_food.build import build

    folder = _shared / "chicago_data"
    with _only_one(_shared / "chicago_data.lock"):
        if not (folder / ".done").exists():
            folder.mkdir(exist_ok=True)
            build(folder)
            (folder / ".done").touch()
    return folder


@pytest.fixture(scope="session")
def small_home(_shared: Path, chicago_data: Path) -> Path:
    """A home refreshed once with the invented city as of 2013-09-30. Read only: copy what you change."""
    folder = _shared / "small_home"
    with _only_one(_shared / "small_home.lock"):
        if not (folder / ".done").exists():
            status = refresh(folder, chicago_data)
            (folder / ".done").write_text(json.dumps(status))
    return folder


@pytest.fixture(scope="session")
def small_status(small_home: Path) -> dict[str, Any]:
    """The status that the refresh of `small_home` returned."""
    found: dict[str, Any] = json.loads((small_home / ".done").read_text())
    return found


@pytest.fixture
def own_home(small_home: Path, tmp_path: Path) -> Path:
    """A copy of the small home that a test may change."""
    target = tmp_path / "home"
    shutil.copytree(small_home, target, ignore=shutil.ignore_patterns("storage", "history", "refresh.lock"))
    return target


def refresh(home: Path, data: Path, as_of: str = str(AS_OF)) -> dict[str, Any]:
    """Refresh a home in this process, as `mingcha refresh` does."""
    from pipelines import progress
    from pipelines.run import refresh_once
    from warehouse.home import Home

    before = os.environ.get("DAGSTER_HOME")
    try:
        return refresh_once(Home.at(home), ["chicago_food"], data, as_of, None, progress.Watch(), "1GB")
    finally:
        os.environ.pop("DAGSTER_HOME", None)
        if before is not None:
            os.environ["DAGSTER_HOME"] = before


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold a file lock, so that one worker builds and the other waits."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
