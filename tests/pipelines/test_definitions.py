"""The code location: every table is an asset with its contract check, and who asks for a refresh, and when."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from pipelines import jobs
from pipelines.definitions import build_defs
from pipelines.resources import RunResource
from pipelines.tables import key
from warehouse import catalog
from warehouse.home import Home, HomeBusyError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def graph() -> Any:
    return build_defs().resolve_asset_graph()


def test_the_code_location_is_valid(tmp_path: Path) -> None:
    """As `make check` asks: in a process of its own, with the workspace file."""
    (tmp_path / "dagster").mkdir()
    told = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "definitions", "validate", "-w", "workspace.yaml"],
        cwd=ROOT,
        env={**os.environ, "DAGSTER_HOME": str(tmp_path / "dagster"), "MINGCHA_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    assert "Validation successful" in told.stderr + told.stdout


def test_every_table_is_an_asset(graph: Any) -> None:
    made = {k.to_user_string().replace("/", ".") for k in graph.get_all_asset_keys()}
    assert set(catalog.sql_tables()) <= made
    # bad rows are filled load by load; what the checks found, while the snapshot is checked
    promised = {t.qualified for t in catalog.all_contracts() if t.stage != "quality"} - {"quarantine.row"}
    assert promised <= made
    assert {f"known.{name}" for name in catalog.contracts("fact")} <= made
    assert "published.snapshot" in made


def test_every_contract_is_checked_and_blocks(graph: Any) -> None:
    checks = {(k.asset_key.to_user_string().replace("/", "."), k.name) for k in graph.asset_check_keys}
    for table in catalog.all_contracts():
        if table.stage not in ("run", "quarantine", "quality"):
            assert (table.qualified, "contract") in checks
            assert graph.get_check_spec(dg.AssetCheckKey(key(table.qualified), "contract")).blocking
    assert ("published.snapshot", "reconcile") in checks
    assert ("mart.data_age", "missing_delivery") in checks


def test_an_asset_depends_on_what_its_sql_reads(graph: Any) -> None:
    for table in catalog.sql_tables().values():
        assert graph.get(key(table.qualified)).parent_keys == {key(name) for name in table.reads}
    everything = graph.get_ancestor_asset_keys(key("published.snapshot"))
    assert {key(name) for name in catalog.sql_tables()} <= everything


def test_one_process_runs_everything() -> None:
    assert build_defs().executor is dg.in_process_executor


def test_the_daily_refresh_runs_by_the_clock_of_the_zone() -> None:
    assert jobs.daily.execution_timezone == "Asia/Shanghai"
    assert jobs.daily.cron_schedule == "30 2 * * *"
    assert jobs.daily.job.name == "refresh"


def test_every_raw_table_has_a_backfill(graph: Any) -> None:
    names = {job.name: job for job in jobs.backfills()}
    assert set(names) == {f"backfill_{name}" for name in catalog.contracts("raw")}
    chosen = names["backfill_penalty"].selection.resolve(graph)
    assert {key(n) for n in ("raw.penalty", "fact.penalty", "grade.grade", "published.snapshot")} <= chosen
    others = {key(f"raw.{name}") for name in catalog.contracts("raw")} - {key("raw.penalty")}
    assert chosen.isdisjoint(others)


@pytest.fixture
def look() -> Iterator[Callable[[str | None], Any]]:
    """One look of the landing sensor, with the cursor that the look before left."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield lambda cursor: jobs.landing(dg.build_sensor_context(instance=instance, cursor=cursor))


def test_the_landing_folder_is_asked_once_and_only_when_it_stands_still(
    look: Callable[[str | None], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_HOME", str(tmp_path))
    assert isinstance(look(None), dg.SkipReason)  # no folder
    landing = tmp_path / "landing" / "deep"
    landing.mkdir(parents=True)
    assert isinstance(look(None), dg.SkipReason)  # no file
    (landing / "a.csv").write_text("half a fi")
    first = look(None)
    assert not first.run_requests  # just seen: it may still be written
    (landing / "a.csv").write_text("half a file, and the rest")
    second = look(first.cursor)
    assert not second.run_requests
    assert second.cursor != first.cursor
    settled = look(second.cursor)
    assert [request.run_key for request in settled.run_requests] == [jobs.fingerprint(tmp_path / "landing")]
    assert isinstance(look(settled.cursor), dg.SkipReason)  # asked once
    (landing / "b.csv").write_text("the next day")
    third = look(settled.cursor)
    assert not third.run_requests
    assert len(look(third.cursor).run_requests) == 1


def test_a_missing_delivery_is_a_warning_that_names_the_source() -> None:
    def told(rows: list[tuple[str, int | None]]) -> dg.AssetCheckResult:
        run = SimpleNamespace(engine=SimpleNamespace(rows=lambda _: rows))
        result = jobs.missing_delivery.node_def.compute_fn.decorated_fn(run)
        assert isinstance(result, dg.AssetCheckResult)
        return result

    assert told([]).passed
    late = told([("city/visit", 12), ("city/text", None)])
    assert not late.passed
    assert late.severity == dg.AssetCheckSeverity.WARN
    assert {name: value.value for name, value in late.metadata.items()} == {"city/visit": 12, "city/text": -1}


def test_dagster_takes_the_same_lock(tmp_path: Path, chicago_data: Path) -> None:
    home = Home.at(tmp_path / "home")
    resource = RunResource(home=str(home.root), feeds=["chicago_food"], data=str(chicago_data))
    context = dg.build_init_resource_context()
    with home.writing(), pytest.raises(HomeBusyError), resource.yield_for_execution(context):
        pass
    with resource.yield_for_execution(context) as run:
        assert run.end_of(date(2013, 9, 30)).isoformat() == "2013-10-01T05:00:00"  # midnight of Chicago, summer time
        assert run.end_of(date(2013, 12, 31)).isoformat() == "2014-01-01T06:00:00"
        with pytest.raises(HomeBusyError), home.writing():
            pass


def test_the_environment_stands_in_for_empty_settings(
    tmp_path: Path, chicago_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"HOME": tmp_path / "h", "FEEDS": "chicago_food", "DATA": chicago_data}.items():
        monkeypatch.setenv(f"MINGCHA_{name}", str(value))
    with RunResource().yield_for_execution(dg.build_init_resource_context()) as run:
        assert run.home.root == (tmp_path / "h").resolve()
        assert [feed.feed for feed in run.feeds] == ["chicago_food"]
        assert len(run.deliveries()) == 5
        assert run.requested_as_of is None
