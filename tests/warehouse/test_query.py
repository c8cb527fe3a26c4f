"""An analyst's SELECT: one statement, read-only, no way out of the snapshot."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from warehouse import query
from warehouse.home import Home
from warehouse.serving import NotPublishedError


@pytest.mark.parametrize(
    "statement",
    [
        "copy grade.grade to 'out.csv'",
        "attach 'other.duckdb'",
        "select 1; select 2",
        "insert into grade.grade select * from grade.grade",
        "with gone as (delete from grade.grade returning *) select * from gone",
        "create table x as select 1",
        "update grade.grade set credit_grade = 'A'",
        "set lock_configuration = false",
        "install httpfs",
        "load httpfs",
        "export database 'x'",
        "checkpoint",
        "",
        "selec 1",
        "select * from nowhere",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from read_text('/etc/hostname')",
        "select * from glob('/*')",
    ],
)
def test_anything_else_is_refused(
    small_home: Path, tmp_path: Path, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home.at(small_home)
    with pytest.raises(query.QueryError):
        query.ask(home, statement, 10)
    target = tmp_path / "kept.csv"
    target.write_text("what stood there before")
    with pytest.raises(query.QueryError):
        query.export_csv(home, statement, target)
    assert target.read_text() == "what stood there before"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.csv"]


@pytest.mark.parametrize(("rows", "is_cut"), [(199, False), (200, False), (201, True)])
def test_an_answer_says_when_it_was_cut(small_home: Path, rows: int, is_cut: bool) -> None:
    answer = query.ask(Home.at(small_home), f"select range as n from range({rows}) order by n", 200)
    assert (len(answer.rows), answer.is_cut, answer.columns) == (min(rows, 200), is_cut, ["n"])


def test_an_export_is_complete_and_opens_in_excel(small_home: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    sql = "select range as n, '西安' as \"城市\", null as nothing from range(25000) order by n"
    assert query.export_csv(Home.at(small_home), sql, target) == 25000
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows[0] == ["n", "城市", "nothing"]
    assert [int(row[0]) for row in rows[1:]] == list(range(25000))
    assert rows[-1] == ["24999", "西安", ""]


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotPublishedError, match="run `mingcha refresh` first"):
        query.ask(Home.at(tmp_path / "new"), "select 1", 1)
