"""A statement on the published snapshot: who may ask, what the answer says, files in full, and what the audit hears."""

from __future__ import annotations

import csv
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from models.access.viewer import Viewer
from tests.dashboards.snapshot import publish
from warehouse import query, result_file, result_sheet
from warehouse.home import Home
from warehouse.query import Desk, Record
from warehouse.sandbox.limits import Limits
from warehouse.sandbox.refusal import SandboxError
from warehouse.serving import NotPublishedError

ANALYST = Viewer("analyst")
ROWS = """select range as n, '西安' as "城市", null as nothing, '=1+1' as formula, cast(range as decimal(18, 6)) / 3 as third,
    date '2026-01-31' as day, 9007199254740993 as large, [range] as list, range % 2 = 0 as even
    from range(25000) order by n"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("asked")
    publish(folder)
    return Home.at(folder)


@pytest.fixture(scope="module")
def told() -> list[Record]:
    return []


@pytest.fixture(scope="module")
def desk(home: Home, told: list[Record]) -> Iterator[Desk]:
    made = Desk(home, told.append, Limits(seconds=20))
    yield made
    made.close()


@pytest.mark.parametrize(
    "statement",
    ["copy grade.grade to 'out.csv'", "select 1; select 2", "create table x as select 1", "", "selec 1",
     "select * from nowhere", "select * from read_csv('/etc/passwd')", "select * from '/etc/passwd'"],
)  # fmt: skip
def test_what_is_refused_writes_nothing(
    home: Home, tmp_path: Path, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the server go through the same guard and process as the pages."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SandboxError):
        query.ask(home, statement, 10)
    target = tmp_path / "kept.csv"
    target.write_text("what stood there before")
    with pytest.raises(SandboxError):
        query.export(home, statement, target)
    assert target.read_text() == "what stood there before"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.csv"]


@pytest.mark.parametrize(("rows", "is_cut"), [(199, False), (200, False), (201, True)])
def test_an_answer_says_when_it_was_cut_and_how_many_rows_there_are(desk: Desk, rows: int, is_cut: bool) -> None:
    answer = desk.ask(ANALYST, f"select range as n from range({rows}) order by n", most_rows=200)
    assert (len(answer.rows), answer.total, answer.is_cut) == (min(rows, 200), rows, is_cut)
    assert (answer.table.column_names, answer.types) == (["n"], ("BIGINT",))


@pytest.mark.parametrize(("role", "may"), [("leader", False), ("regulator", False), ("analyst", True), ("admin", True)])
def test_only_some_roles_may_ask(desk: Desk, role: str, may: bool) -> None:
    viewer = Viewer(role)  # type: ignore[arg-type]
    if may:
        assert desk.ask(viewer, "select 1").rows == [(1,)]
    else:
        with pytest.raises(SandboxError, match="不能使用"):
            desk.ask(viewer, "select 1")


def test_a_viewer_reads_the_own_districts_and_no_masked_column(desk: Desk) -> None:
    sql = "select count(*), count(distinct district_code) from mart.entity_card"
    everything, own = (desk.ask(Viewer("analyst", None, scope), sql).rows[0] for scope in (None, frozenset({"610102"})))
    assert own[0] < everything[0]
    assert own[1] == 1
    with pytest.raises(SandboxError, match=r"没有可读的表 plan\.recusal"):
        desk.ask(ANALYST, "select * from plan.recusal")
    assert desk.ask(ANALYST, "select count(inspector_ids) from mart.drawn_list").rows == [(0,)]
    assert desk.ask(Viewer("admin"), "select count(inspector_ids) > 0 from mart.drawn_list").rows == [(True,)]


def test_the_audit_hears_of_every_statement_with_its_duration_and_rows(
    desk: Desk, told: list[Record], tmp_path: Path
) -> None:
    del told[:]
    desk.ask(ANALYST, "from range(7)")
    desk.explain(ANALYST, "select 1")
    desk.export(ANALYST, "from range(5)", tmp_path / "x.csv")
    for viewer, sql in (
        (ANALYST, "select * from plan.recusal"),
        (ANALYST, "select zz from mart.entity_card"),
        (Viewer("leader"), "select 1"),
    ):
        with pytest.raises(SandboxError):
            desk.ask(viewer, sql)
    found = [(one.act, one.result, one.rows) for one in told]
    assert found == [
        ("query", "ok", 7), ("explain", "ok", 0), ("export", "ok", 5),
        ("query", "refused", 0), ("query", "failed", 0), ("query", "refused", 0),
    ]  # fmt: skip
    assert all(one.seconds >= 0 and one.snapshot.startswith("serving-") for one in told)


def test_a_process_is_opened_before_the_first_statement(home: Home) -> None:
    with closing(Desk(home)) as prepared:
        prepared.prepare(Viewer("leader"))
        prepared.prepare(ANALYST)
        began = time.monotonic()
        assert prepared.ask(ANALYST, "select 1").rows == [(1,)]
        assert time.monotonic() - began < 0.5, "the process was not ready"


def test_a_statement_under_way_is_cancelled(desk: Desk) -> None:
    threading.Timer(1, lambda: desk.cancel("mine")).start()
    with pytest.raises(SandboxError, match="已取消"):
        desk.ask(ANALYST, "select count(*) from range(10000000000) a, range(100000) b", ticket="mine")


def test_a_csv_is_complete_exact_and_runs_nothing_in_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    target, heard = tmp_path / "out.csv", list[int]()
    assert desk.export(ANALYST, ROWS, target, progress=heard.append) == 25000
    assert heard[-1] >= 25000
    assert heard == sorted(heard)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows[0] == ["n", "城市", "nothing", "formula", "third", "day", "large", "list", "even"]
    assert [int(row[0]) for row in rows[1:]] == list(range(25000))
    assert rows[2] == ["1", "西安", "", "'=1+1", "0.3333333333333333", "2026-01-31", "9007199254740993", "[1]", "false"]


def test_an_excel_file_is_complete_and_changes_no_digit(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    assert desk.export(ANALYST, ROWS, target) == 25000
    with closing(openpyxl.load_workbook(target, read_only=True)) as book:
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 25001
    assert rows[0][:2] == ("n", "城市")
    assert rows[3][:4] == (2, "西安", None, "=1+1"), "text, not a formula"
    assert rows[3][5].date() == date(2026, 1, 31)
    assert rows[3][6] == "9007199254740993", "as text: Excel would round it"
    assert rows[3][8] is True


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_sheet, "SHEET_ROWS", 10)
    table = pl.DataFrame({"n": range(25), "d": [Decimal("1.5")] * 25, "t": ["x" * 40_000] * 25}).to_arrow()
    sheets = result_sheet.Sheets(tmp_path / "out.xlsx", table.schema)
    for batch in table.to_batches():
        sheets.write_batch(batch)
    sheets.close()
    with closing(openpyxl.load_workbook(tmp_path / "out.xlsx")) as book:
        found = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
        text = str(book.worksheets[0]["C2"].value)
    assert [len(one) for one in found] == [11, 11, 6]
    assert [n for one in found for n in one[1:]] == list(range(25))
    assert len(text) <= result_sheet.LONGEST_TEXT
    assert "共 40,000 字" in text


def test_a_parquet_file_keeps_the_types(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    assert desk.export(ANALYST, ROWS, target) == 25000
    frame = pl.read_parquet(target)
    assert frame.height == 25000
    assert (frame.schema["day"], frame.schema["list"]) == (pl.Date, pl.List(pl.Int64))


def test_another_suffix_and_a_folder_that_is_not_there_are_said(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"只能写 \.csv"):
        desk.export(ANALYST, "select 1", tmp_path / "out.txt")
    with pytest.raises(SandboxError, match="没有文件夹"):
        desk.export(ANALYST, "select 1", tmp_path / "none" / "out.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_known(text: str) -> None:
    assert re.search(result_file.FORMULA, text)
    assert not re.search(result_file.FORMULA, "西" + text)


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotPublishedError, match="run `mingcha refresh` first"):
        query.ask(Home.at(tmp_path / "new"), "select 1", 1)
