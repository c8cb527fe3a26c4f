"""Exports of lists: CSV sent block by block, Excel beside the request; progress, cancelling, whose they are, what is told."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from dashboards import export, export_jobs, export_tray, sql_desk
from dashboards.door import Door, current_door
from dashboards.export_jobs import ExportError, Exports, Source, exports
from dashboards.listing import ENTITIES
from dashboards.person import owner
from models.access.viewer import Viewer
from tests.dashboards import entered
from warehouse.audit import Audit, Entry
from warehouse.home import Home

REGULATOR = Viewer("regulator")
GRID = {
    "filterModel": {"complaint_count": {"type": "greaterThan", "filter": 1}},
    "sortModel": [{"colId": "credit_score", "sort": "desc"}],
}
NOTHING = {"outputs": [{"id": "exports", "property": "children"}, {"id": "export-poll", "property": "disabled"}]}


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Flask]:
    made: Flask = entered.app_of(home).server
    yield made
    sql_desk.close(made)


@pytest.fixture
def client(server: Flask, home: Path) -> FlaskClient:
    found = server.test_client()
    entered.as_if_from_the_office(found, home, REGULATOR)
    return found


@pytest.fixture
def asking(server: Flask) -> Iterator[Exports]:
    """A request of a regulator, with exports of its own."""
    with server.test_request_context("/entities"):
        g.viewer, g.person = REGULATOR, "office"
        server.config[export_jobs.CONFIG_KEY] = Exports()
        yield exports()


def tray(client: FlaskClient, asked: Any = None, dropped: Any = None) -> tuple[str, bool]:
    """What the tray shows, and whether it asks again."""
    changed = "export-asked.data" if asked else "export-dropped.data" if dropped else "export-poll.n_intervals"
    inputs = [
        {"id": "export-asked", "property": "data", "value": asked},
        {"id": "export-dropped", "property": "data", "value": dropped},
        {"id": "export-poll", "property": "n_intervals", "value": 1},
    ]
    output = "..exports.children...export-poll.disabled.."
    answer = entered.ask(client, {"output": output, **NOTHING, "inputs": inputs, "changedPropIds": [changed]})
    assert answer.status_code == 200, answer.text
    told = answer.json["response"]
    return json.dumps(told["exports"]["children"], ensure_ascii=False), not told["export-poll"]["disabled"]


def fetched(client: FlaskClient, digit: str) -> int:
    with client.get(f"/export/file/{digit * 32}") as answer:
        return answer.status_code


def until(found: Callable[[], Any]) -> Any:
    for _ in range(1200):
        if value := found():
            return value
        time.sleep(0.05)
    pytest.fail("it does not come")


def last(home: Path) -> Entry:
    return Audit(Home.at(home).audit).entries(kind="export", limit=1)[0]


def test_a_workbook_holds_the_rows_of_the_statement_and_says_what_it_is(
    client: FlaskClient, home: Path, tmp_path: Path
) -> None:
    address = export.link("entities", GRID, {"credit_grade": "A,C"})
    assert tray(client, {"job": "a" * 32, "suffix": ".xlsx", "result": "", "address": address})[1]
    until(lambda: "已导出全部" in tray(client)[0])
    with client.get(f"/export/file/{'a' * 32}") as answer:
        assert answer.status_code == 200
        (tmp_path / "out.xlsx").write_bytes(answer.data)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    sql = (
        "select cast(entity_id as varchar), entity_code, name, cast(credit_score as double), credit_grade,"
        " complaint_count from mart.entity_card where credit_grade in ('A', 'C') and complaint_count > 1"
        " order by credit_score desc nulls last, risk_score desc, entity_id"
    )
    head = rows[0]
    names = ("主体编号", "统一社会信用代码", "名称", "信用分", "信用等级", "投诉举报数")
    assert set(names) <= set(head), head
    found = [tuple(row[head.index(name)] for name in names) for row in rows[1:]]
    assert found == Door.open(home).reader.query(sql).rows() != []
    words = dict(book["说明"].iter_rows(values_only=True))
    assert words["行数"] == f"{len(found):,}" == f"{answer.headers['X-Row-Count']}"
    assert "信用等级为 A、C" in words["筛选"]
    assert "投诉举报数大于 1" in words["筛选"]
    assert words["排序"] == "信用分降序"
    assert words["导出人"] == "office（监管）"
    assert "模拟数据" in words["注意"]
    entry = last(home)
    assert (entry.subject, entry.result, entry.details["rows"]) == ("entities", "ok", len(found))
    assert entry.details["seconds"] > 0
    assert entry.details["asked"]["chosen"] == {"credit_grade": "A,C"}


def test_an_export_is_its_owners(client: FlaskClient, server: Flask, home: Path) -> None:
    address = export.link("check-items", None, {})
    tray(client, {"job": "b" * 32, "suffix": ".xlsx", "result": "", "address": address})
    until(lambda: fetched(client, "b") == 200)
    other = server.test_client()
    entered.as_if_from_the_office(other, home, Viewer("analyst"))
    assert fetched(other, "b") == 404
    tray(other, dropped={"job": "b" * 32})
    assert fetched(client, "b") == 200
    tray(client, dropped={"job": "b" * 32})
    assert fetched(client, "b") == 404


def test_a_list_as_csv_comes_in_blocks_and_is_told_of(client: FlaskClient, home: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("warehouse.serving.BLOCK_ROWS", 100)
    with client.get("/export/entities.csv", buffered=False) as answer:
        blocks = list(answer.iter_encoded())
    assert len(blocks) > 20, "one block would be the whole list in memory"
    rows = list(csv.DictReader(io.StringIO(b"".join(blocks).decode("utf-8-sig"))))
    sql = "select cast(entity_id as varchar) from mart.entity_card order by risk_score desc, entity_id"
    assert [row["entity_id"] for row in rows] == Door.open(home).reader.query(sql).to_series().to_list()
    assert "已导出全部" in tray(client)[0]
    assert (last(home).result, last(home).details["rows"], last(home).details["format"]) == ("ok", len(rows), "CSV")


def test_who_goes_away_leaves_an_interrupted_export(client: FlaskClient, home: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("warehouse.serving.BLOCK_ROWS", 100)
    with client.get("/export/entities.csv", buffered=False) as answer:
        parts = answer.iter_encoded()
        assert next(parts)
        assert next(parts)
    assert "已中断：只传出" in tray(client)[0]
    assert (last(home).result, last(home).details["of"]) == ("cancelled", ENTITIES.total(Door.open(home), {}, {}))
    assert 0 < last(home).details["rows"] < last(home).details["of"]


def test_a_cancelled_export_leaves_no_file(asking: Exports) -> None:
    went, wrote = threading.Event(), threading.Event()

    def write(target: Path, _job_id: str, told: Callable[[int], None]) -> int:
        target.write_text("half")
        told(10)
        wrote.set()
        went.wait(10)
        told(20)
        return 20

    job = asking.start(owner(), Source("x", "清单", 100, write), ".csv")
    assert wrote.wait(10)
    assert (job.state, job.done) == ("running", 10)
    asking.drop("somebody else", job.job_id)
    assert not job.is_stopped
    asking.drop(owner(), job.job_id)
    went.set()
    until(lambda: job.state == "failed")
    assert job.reason == "已取消"
    asking.drop(owner(), job.job_id)
    assert job.target is not None
    assert not job.target.parent.exists()
    assert asking.of(owner()) == []


def test_an_export_that_breaks_says_so(asking: Exports, caplog: pytest.LogCaptureFixture) -> None:
    def write(_target: Path, _job_id: str, told: Callable[[int], None]) -> int:
        told(7)
        raise OSError("disk full at /secret")

    job = asking.start(owner(), Source("x", "清单", 100, write), ".csv")
    until(lambda: not job.is_under_way)
    assert job.reason == "已中断：写到第 7 行时出错，请重试"
    assert "disk full" in caplog.text


def test_files_go_after_their_time(asking: Exports, monkeypatch: Any) -> None:
    monkeypatch.setattr(export_jobs, "KEPT_SECONDS", 0.2)
    job = asking.start(owner(), Source("x", "清单", 1, lambda target, *_: target.write_text("1")), ".csv")
    until(lambda: job.state == "ready")
    assert job.target is not None
    until(lambda: asking.of(owner()) == [] and not job.target.parent.exists())


def test_nobody_has_more_than_a_few_under_way_and_two_run_at_once(asking: Exports) -> None:
    gate = threading.Event()

    def write(target: Path, _job_id: str, _told: Callable[[int], None]) -> int:
        gate.wait(20)
        return target.write_text("1")

    jobs = [asking.start(owner(), Source("x", "清单", 1, write), ".csv") for _ in range(export_jobs.MOST_OF_ONE)]
    until(lambda: sum(job.state == "running" for job in jobs) == export_jobs.AT_ONCE)
    assert sum(job.state == "waiting" for job in jobs) == export_jobs.MOST_OF_ONE - export_jobs.AT_ONCE
    with pytest.raises(ExportError, match="已有 5 个导出"):
        asking.start(owner(), Source("x", "清单", 1, write), ".csv")
    gate.set()
    until(lambda: all(job.state == "ready" for job in jobs))
    for wrong in ("x", "../" * 10 + "aa", jobs[0].job_id):
        with pytest.raises(ExportError, match="编号"):
            asking.start(owner(), Source("x", "清单", 1, write), ".csv", wrong)


def test_what_cannot_begin_or_is_gone_is_told(client: FlaskClient) -> None:
    asked = {"job": "c" * 32, "suffix": ".xlsx", "result": "", "address": "/export/nothing.csv"}
    assert "没有名为 nothing 的清单" in tray(client, asked)[0]
    assert "没有 .exe 这种格式" in tray(client, {**asked, "suffix": ".exe"})[0]
    assert "这个结果已不再保留" in tray(client, {**asked, "result": "none"})[0]
    inputs = [
        {"id": "export-asked", "property": "data", "value": {**asked, "job": "d" * 32}},
        {"id": "export-dropped", "property": "data", "value": None},
        {"id": "export-poll", "property": "n_intervals", "value": 1},
    ]
    body = {"output": "..exports.children...export-poll.disabled..", **NOTHING, "inputs": inputs}
    answer = entered.ask(client, {**body, "changedPropIds": ["export-poll.n_intervals"]})
    assert (
        export_tray.GONE in answer.json["response"]["exports"]["children"][0]["props"]["children"]["props"]["children"]
    )


@pytest.mark.parametrize("role", ["leader", "analyst", "wall"])
def test_what_a_role_may_not_export_it_may_not_export_as_excel(server: Flask, role: Any) -> None:
    with server.test_request_context("/"):
        g.viewer, g.person = Viewer(role), role
        with pytest.raises(ExportError) as refused:
            export.source(current_door(), export.link("inspectors", None, {}))
        assert refused.value.status == 403
        if role != "wall":
            assert export.source(current_door(), export.link("entities", None, {})).total > 0
