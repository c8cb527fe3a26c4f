"""The workbench without a browser: what the editor is told, queries kept and shared, exports, and the built editor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboards import saved_query, sql_desk, sql_output
from dashboards.app import create_app
from dashboards.door import Door, current_door
from dashboards.export_jobs import Exports, exports
from dashboards.figures.result import KINDS, chart
from dashboards.person import owner
from dashboards.sql_dictionary import dictionary
from models.access.viewer import Viewer
from warehouse.home import Home
from warehouse.result_shelf import Kept

ANALYST = Viewer("analyst")


@pytest.fixture(scope="module")
def app(home: Path) -> Iterator[Any]:
    made = create_app(home, ANALYST)
    yield made
    sql_desk.close(made.server)


def kept_of(sql: str) -> Kept:
    desk = sql_desk.sql_desk()
    return desk.shelf.keep(owner(), sql, {}, desk.desk.ask(ANALYST, sql, most_rows=10))


def finished(held: Exports, job_id: str) -> Any:
    for _ in range(600):
        job = held.job(owner(), job_id)
        assert job is not None
        if not job.is_under_way:
            return job
        time.sleep(0.05)
    pytest.fail("the export does not end")


def test_the_editor_knows_what_the_viewer_reads_and_nothing_else(home: Path) -> None:
    told = dictionary(Door.open(home, ANALYST))
    tables = {table["name"]: table for table in told["tables"]}
    assert "mart.entity_card" in tables
    assert "plan.recusal" not in tables
    columns = {name: (kind, zh, masked) for name, kind, zh, masked in tables["mart.entity_card"]["columns"]}
    assert columns["credit_grade"] == ("VARCHAR", "信用等级", False)
    assert columns["name"][2] is True, "names of sole proprietors are masked for analysts"
    assert "plan.recusal" in {table["name"] for table in dictionary(Door.open(home, Viewer("admin")))["tables"]}
    assert {"regexp_extract", "row_number"} <= set(told["functions"])
    assert "getenv" not in told["functions"]


def test_queries_are_kept_shared_changed_and_removed(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    saved_query.save(home, "甲", "户数", "select 1", is_shared=False)
    saved_query.save(home, "甲", "等级", "select 2", is_shared=True)
    assert [one.title for one in saved_query.listed(home, "甲")] == ["户数", "等级"]
    assert [(one.owner, one.title) for one in saved_query.listed(home, "乙")] == [("甲", "等级")]
    saved_query.save(home, "甲", "等级", "select 3", is_shared=True)
    assert [one.sql for one in saved_query.listed(home, "乙")] == ["select 3"]
    number = saved_query.listed(home, "乙")[0].number
    saved_query.remove(home, "乙", number)
    assert len(saved_query.listed(home, "乙")) == 1, "another's query cannot be removed"
    saved_query.remove(home, "甲", number)
    assert saved_query.listed(home, "乙") == []
    for title, sql in (("", "select 1"), ("x" * 61, "select 1"), ("x", " ")):
        with pytest.raises(saved_query.SaveError):
            saved_query.save(home, "甲", title, sql, is_shared=False)


def test_a_cut_result_says_so_and_is_exported_in_full(app: Any) -> None:
    with app.server.test_request_context("/sql"):
        kept = kept_of("select range as n from range(25)")
        assert "表格只取前 10 行，共 25 行" in str(sql_output.output(kept, may_export=True))
        assert "导出 CSV" in str(sql_output.output(kept, may_export=True))
        assert "导出 CSV" not in str(sql_output.output(kept, may_export=False))
        held, door = exports(), current_door()
        job = finished(held, held.start(owner(), sql_desk.source(door, kept), ".csv").job_id)
        assert (job.state, job.total, job.done) == ("ready", 25, 25)
        assert len(job.target.read_text().splitlines()) == 26
        assert held.job("somebody else", job.job_id) is None
    client = app.server.test_client()
    with client.get(f"/export/file/{job.job_id}") as answer:
        assert (answer.status_code, answer.headers["X-Row-Count"]) == (200, "25")
    assert client.get("/export/file/0000").status_code == 404


def test_an_export_that_fails_says_why(app: Any) -> None:
    with app.server.test_request_context("/sql"):
        kept = kept_of("select range as n from range(25)")
        broken = Kept(**{**kept.__dict__, "sql": "select cast('x' as integer)"})
        held, door = exports(), current_door()
        job = finished(held, held.start(owner(), sql_desk.source(door, broken), ".xlsx").job_id)
        assert (job.state, job.target.exists()) == ("failed", False)
        assert "TRY_CAST" in job.reason
        with pytest.raises(KeyError):
            held.start(owner(), sql_desk.source(door, kept), ".exe")


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_draws_the_rows_as_they_are(kind: str) -> None:
    rows = pl.DataFrame({"c1": ["610102", "610103"], "c2": [3.0, 5.0], "c3": [1.0, None]})
    figure = chart(kind, rows, "c1", {"c1": "区县", "c2": "户数", "c3": "均分"})
    assert [list(trace.y) for trace in figure.data] == [[3.0, 5.0], [1.0, None]]
    assert [trace.name for trace in figure.data] == ["户数", "均分"]
    assert figure.layout.xaxis.title.text == "区县"


def test_other_pages_do_not_load_the_editor(app: Any) -> None:
    text = app.server.test_client().get("/").text
    assert "workbench.js" in text
    assert "editor/editor.js" not in text
    with app.server.test_client().get("/assets/editor/editor.js") as answer:
        assert answer.status_code == 200
