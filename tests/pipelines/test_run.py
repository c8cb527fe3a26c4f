"""One refresh from start to end: what it publishes, what stops it, and that CURRENT never suffers."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import tables
from pipelines.options import RefreshError
from pipelines.standing import standing_run
from quality import reconcile
from tests.conftest import refresh
from warehouse import catalog
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.serving import ServingReader
from warehouse.state import State

ROOT = Path(__file__).parents[2]
GRADES = "select entity_id, credit_score, credit_grade, risk_score, risk_grade from grade.grade order by entity_id"


def current(home: Path) -> str:
    return (home / "serving" / "CURRENT").read_text()


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    reader = ServingReader(home)
    try:
        return reader.query(sql).rows()
    finally:
        reader.close()


def test_a_second_refresh_repeats_the_figures_and_the_preview_of_the_draw(own_home: Path, chicago_data: Path) -> None:
    """Same deliveries, same grades, same preview: it stays a demonstration, whatever is revealed for plans."""
    preview = "select seed, seed_source from plan.draw_plan"
    before = current(own_home), rows(own_home, GRADES), rows(own_home, preview)
    State(Home.at(own_home).state).record("reveal", "annual-2013-09-30", "监督员", "公开抽签", {"value": "甲 7"})
    refresh(own_home, chicago_data)
    assert current(own_home) != before[0]
    assert rows(own_home, GRADES) == before[1]
    assert rows(own_home, preview) == before[2]
    assert before[2][0][1] == "demonstration"
    assert len(list((own_home / "serving").glob("serving-*"))) == 2


def test_what_does_not_reconcile_is_not_published(
    own_home: Path, chicago_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current(own_home), sorted(p.name for p in (own_home / "serving").iterdir())
    monkeypatch.setattr(reconcile, "failures", lambda _: ["loads_add_up: 3 rows went astray"])
    with pytest.raises(RefreshError, match="does not reconcile and is not published: loads_add_up: 3 rows went astray"):
        refresh(own_home, chicago_data)
    assert (current(own_home), sorted(p.name for p in (own_home / "serving").iterdir())) == before


def test_a_broken_contract_stops_what_builds_on_it(
    own_home: Path, chicago_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table with a repeated key and a missing value: named, counted, and nothing is published."""
    changed = dict(catalog.sql_tables())
    code = changed["entity.code"]
    doubled = f"with once as ({code.sql}) select * from once union all (select * from once limit 2)"
    changed["entity.code"] = replace(code, sql=doubled)
    monkeypatch.setattr(catalog, "sql_tables", lambda: changed)
    before = current(own_home)
    with pytest.raises(RefreshError, match="entity/code: repeated:entity_code in 2 rows"):
        refresh(own_home, chicago_data)
    assert current(own_home) == before


def test_a_warehouse_opened_anew_after_every_raw_table_gives_the_same(
    small_home: Path, chicago_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = []
    renew = DuckDBEngine.renew
    monkeypatch.setattr(tables, "_MANY_ROWS", 0)
    monkeypatch.setattr(DuckDBEngine, "renew", lambda engine: (renewed.append(engine), renew(engine)))
    refresh(tmp_path / "home", chicago_data)
    assert rows(tmp_path / "home", GRADES) == rows(small_home, GRADES) != []
    assert len(renewed) > 4


def test_a_missing_data_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(RefreshError, match=r"^data folder .* does not exist; name one with --data$"):
        refresh(tmp_path / "home", tmp_path / "nowhere")


@pytest.mark.slow
def test_a_refresh_killed_at_any_moment_leaves_what_was_published(own_home: Path, chicago_data: Path) -> None:
    """The real command, SIGKILL at random moments; then it runs through."""
    rng = random.Random(5)
    command = [
        str(Path(sys.executable).with_name("mingcha")),
        "refresh",
        "--feed",
        "chicago_food",
        "--data",
        str(chicago_data),
    ]
    command += ["--as-of", "2013-09-30", "--home", str(own_home), "--again"]
    before = rows(own_home, GRADES)
    for _ in range(5):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(3 + rng.random() * 8)
        process.kill()
        process.wait(30)
        assert rows(own_home, GRADES) == before
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert rows(own_home, GRADES) == before
    assert not list((own_home / "serving").glob("*.building*"))


@pytest.mark.slow
def test_a_backfill_loads_one_table_again_and_publishes(own_home: Path, chicago_data: Path) -> None:
    import dagster as dg

    from pipelines.definitions import build_defs
    from pipelines.resources import RunResource

    before = current(own_home), rows(own_home, GRADES)
    resource = RunResource(home=str(own_home), feeds=["chicago_food"], data=str(chicago_data), as_of="2013-09-30")
    with dg.DagsterInstance.ephemeral() as instance:
        job = build_defs(resource).resolve_job_def("backfill_visit")
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        assert job.execute_in_process(instance=instance, run_config=quiet).success
    assert current(own_home) != before[0]
    assert rows(own_home, GRADES) == before[1]
    asked = Home.at(own_home), ["chicago_food"], chicago_data, "2013-09-30", None
    assert standing_run(*asked) is None  # other tables may not have been brought up


def test_deliveries_added_later_are_loaded_beside_the_first(own_home: Path, chicago_data: Path, tmp_path: Path) -> None:
    """A folder that holds only what is new is enough: the archive remembers the rest."""
    from tests.warehouse import small
    from warehouse.deliveries import Archive
    from warehouse.feed import load_feed

    data = tmp_path / "new"
    data.mkdir()
    shutil.copy(chicago_data / "violations.parquet", data / "violations.parquet")
    feed, archive = load_feed(small.PACKS / "chicago_food"), Archive(own_home / "raw")
    assert archive.receive(feed, data) == []
    assert len(archive.listed("chicago_food")) == 5
