"""A refresh that would only repeat the published run leaves it alone, and nothing else passes for one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from models.policy.loader import BUILT_IN as RULES
from pipelines import progress, run, standing
from pipelines.cli import app
from tests.conftest import AS_OF
from warehouse.home import Home, HomeBusyError
from warehouse.serving import Publisher, ServingReader
from warehouse.state import State

GRADES = "select entity_id, credit_score, credit_grade, risk_grade from grade.grade order by entity_id"


@pytest.fixture(autouse=True)
def _own_dagster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))  # a refresh names its own, which ends with the test


@pytest.fixture
def stands(own_home: Path, chicago_data: Path) -> Callable[..., bool]:
    """Whether the published run of the home stands, asked as `mingcha refresh` asks."""

    def asked(data: Path = chicago_data, as_of: str = str(AS_OF), policy: Path | None = None) -> bool:
        found = standing.standing_run(Home.at(own_home), ["chicago_food"], data, as_of, policy)
        return found is not None and found.is_left

    return asked


def _status(home: Path) -> Path:
    return (
        home
        / "serving"
        / (home / "serving" / "CURRENT").read_text().replace("serving-", "status-").replace(".duckdb", ".json")
    )


def test_the_same_again_is_said_and_publishes_nothing(own_home: Path, chicago_data: Path) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in (own_home / "serving").iterdir()}
    command = ["refresh", "--feed", "chicago_food", "--data", str(chicago_data), "--as-of", str(AS_OF)]
    told = CliRunner().invoke(app, [*command, "--home", str(own_home)])
    assert told.exit_code == 0, told.output
    assert "nothing has changed: run " in told.output
    assert {p.name: p.stat().st_mtime_ns for p in (own_home / "serving").iterdir()} == before
    events = [json.loads(line)["event"] for line in (own_home / "logs" / "mingcha.log").read_text().splitlines()]
    assert events[-1] == "unchanged"


def _rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    reader = ServingReader(home)
    try:
        return reader.query(sql).rows()
    finally:
        reader.close()


def _again(home: Path, data: Path, as_of: str = str(AS_OF)) -> dict[str, Any]:
    """What `mingcha refresh --again` left."""
    command = [
        "refresh",
        "--feed",
        "chicago_food",
        "--data",
        str(data),
        "--as-of",
        as_of,
        "--home",
        str(home),
        "--again",
    ]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    left: dict[str, Any] = json.loads(_status(home).read_text())
    return left


def test_what_stands_is_published_anew_without_going_through_its_tables(own_home: Path, chicago_data: Path) -> None:
    before, was = json.loads(_status(own_home).read_text()), _rows(own_home, GRADES)
    left = _again(own_home, chicago_data)
    assert list(left["stages"]) == ["run", "published"]
    assert {name for name in before if before[name] != left[name]} <= {"run_id", "built_at", "stages", "steps"}
    assert left["run_id"] > before["run_id"]
    assert _rows(own_home, "select run_id from run.info") == [(left["run_id"],)]
    assert _rows(own_home, GRADES) == was != []


def test_tables_that_a_failed_refresh_of_another_day_left_are_gone_through(
    own_home: Path, chicago_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = _rows(own_home, GRADES)

    def refused(*_: object) -> None:
        raise OSError("no")

    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "build", refused)
        command = ["refresh", "--feed", "chicago_food", "--data", str(chicago_data), "--as-of", "2013-06-30"]
        assert CliRunner().invoke(app, [*command, "--home", str(own_home)]).exit_code == 1
    left = _again(own_home, chicago_data)
    assert left["as_of"] == str(AS_OF)
    assert "grade" in left["stages"]
    assert _rows(own_home, GRADES) == was != []
    assert list(_again(own_home, chicago_data)["stages"]) == ["run", "published"]


def test_what_another_refresh_changed_in_between_is_not_published(
    own_home: Path, chicago_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = (own_home / "serving" / "CURRENT").read_text()
    monkeypatch.setattr(run, "has_tables", lambda *_: True)
    stands = standing.Standing("earlier", "of another refresh", is_left=False)
    asked = Home.at(own_home), ["chicago_food"], chicago_data, str(AS_OF), None, progress.Watch(), "1GB", stands
    with pytest.raises(HomeBusyError, match="another refresh changed the tables in between; try again"):
        run.refresh_once(*asked)
    assert (own_home / "serving" / "CURRENT").read_text() == was


def test_another_day_or_other_rules_are_something_to_do(stands: Callable[..., bool], tmp_path: Path) -> None:
    assert stands()
    assert not stands(as_of="2013-09-29")
    assert not stands(as_of="")
    shutil.copytree(RULES, tmp_path / "rules")
    assert not stands(policy=tmp_path / "rules")
    assert stands()


def test_a_delivery_is_something_to_do(stands: Callable[..., bool], chicago_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "landing"
    data.mkdir()
    shutil.copy(chicago_data / "violations.parquet", data)
    assert stands(data)  # what is not delivered again is still there
    other = next(path for path in chicago_data.iterdir() if path.suffix == ".parquet" and path.stem != "violations")
    shutil.copy(other, data / "violations.parquet")
    assert not stands(data)


def test_a_decision_is_something_to_do(stands: Callable[..., bool], own_home: Path) -> None:
    State(Home.at(own_home).state).record("reveal", "annual-2013-09-30", "监督员", "公开抽签", {"value": "甲 7"})
    assert not stands()


def test_other_code_is_something_to_do(stands: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "code_version", lambda: "other")
    assert not stands()


@pytest.mark.parametrize("lost", ["serving/CURRENT", "warehouse.duckdb"])
def test_what_is_lost_is_made_again(stands: Callable[..., bool], own_home: Path, lost: str) -> None:
    (own_home / lost).unlink()
    assert not stands()


@pytest.mark.parametrize("hours", [21, -1])
def test_a_run_stands_for_less_than_a_day(stands: Callable[..., bool], own_home: Path, hours: int) -> None:
    found = json.loads(_status(own_home).read_text())
    found["built_at"] = (datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=hours)).isoformat()
    _status(own_home).write_text(json.dumps(found))
    assert not stands()


def test_an_unreadable_delivery_is_tried_again(stands: Callable[..., bool], own_home: Path) -> None:
    found = json.loads(_status(own_home).read_text())
    found["loads"][0]["load_error"] = "disk error"
    _status(own_home).write_text(json.dumps(found))
    assert not stands()
