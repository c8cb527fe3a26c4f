"""The command `mingcha`: every command, what it says and the code it exits with."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from warehouse.home import Home


def mingcha(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})


def fails(code: int, *arguments: str | Path) -> str:
    """Run a command that must fail with `code` and return its message, which is no traceback."""
    result = mingcha(*arguments)
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture
def nothing_published(tmp_path: Path) -> Path:
    return tmp_path / "new-home"


def test_help_names_every_command() -> None:
    told = mingcha("--help").output
    for command in ("simulate", "refresh", "serve", "status", "sql", "export", "reveal"):
        assert command in told


def test_an_unknown_feed_names_the_packs(nothing_published: Path) -> None:
    told = fails(2, "refresh", "--feed", "nowhere", "--home", nothing_published)
    assert "no feed pack 'nowhere'" in told
    assert "chicago_food" in told
    assert "simulated" in told


def test_a_day_that_is_none_is_said(nothing_published: Path) -> None:
    told = fails(2, "refresh", "--feed", "chicago_food", "--as-of", "2013-09-31", "--home", nothing_published)
    assert "2013-09-31" in told or "day is out of range" in told


def test_a_policy_folder_that_is_not_there_is_said(nothing_published: Path, tmp_path: Path) -> None:
    told = fails(2, "refresh", "--feed", "chicago_food", "--policy", tmp_path / "no", "--home", nothing_published)
    assert "does not exist" in told


def test_a_feed_is_needed() -> None:
    assert mingcha("refresh").exit_code == 2


def test_a_busy_home_says_who_and_to_try_later(nothing_published: Path, chicago_data: Path) -> None:
    with Home.at(nothing_published).writing():
        told = fails(75, "refresh", "--feed", "chicago_food", "--data", chicago_data, "--home", nothing_published)
    assert f"process {os.getpid()} is refreshing" in told
    assert "--home" in told


@pytest.mark.parametrize("command", [["status"], ["sql", "select 1"], ["export", "grades", "--out", "x.csv"]])
def test_nothing_published_is_said(
    nothing_published: Path, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "run `mingcha refresh` first" in fails(1, *command, "--home", nothing_published)
    assert not (tmp_path / "x.csv").exists()


def test_status_shows_and_tells_the_run(small_home: Path, small_status: dict[str, Any]) -> None:
    shown = mingcha("status", "--home", small_home)
    assert shown.exit_code == 0
    for part in (small_status["run_id"], "2013-09-30", "chicago_food", "licence_register", "quarantined", "drawn:"):
        assert part in shown.output
    told = json.loads(mingcha("status", "--json", "--home", small_home).output)
    assert set(told) == {
        *("run_id", "as_of", "known_by", "policy_version", "code_version", "input_digest", "built_at", "feeds"),
        *("tables", "loads", "credit_grades", "risk_grades", "drawn", "outcomes", "made_from", "stages", "steps"),
    }
    assert told == small_status
    assert (
        sum(told["credit_grades"].values()) == sum(told["risk_grades"].values()) == told["tables"]["grade.grade"] == 300
    )
    for load in told["loads"]:
        parts = (load["accepted_count"], load["quarantined_count"], load["repeated_count"])
        assert load["delivered_count"] == sum(parts)
    stages = {"raw", "entity", "fact", "known", "indicator", "grade", "plan", "mart", "published"}
    assert stages <= set(told["stages"])
    for stage in told["stages"].values():
        assert set(stage) == {"seconds", "cpu_seconds", "rows", "peak_memory_bytes"}
        assert stage["peak_memory_bytes"] > 10**7


def test_sql_shows_rows_and_says_when_it_cut(small_home: Path) -> None:
    few = mingcha("sql", "select 'A' as letter, null as nothing, 7 as n", "--home", small_home)
    assert few.exit_code == 0
    assert "letter" in few.output
    assert "7" in few.output
    assert "only the first" not in few.output
    assert "only the first" not in mingcha("sql", "select range from range(200)", "--home", small_home).output
    many = mingcha("sql", "select range from range(201)", "--home", small_home)
    assert many.exit_code == 0
    assert "only the first 200 of 201 rows are shown; --csv writes them all" in many.output


def test_sql_shows_text_in_brackets_as_it_is(small_home: Path) -> None:
    assert "[red]fire[/]" in mingcha("sql", "select '[red]fire[/]' as t", "--home", small_home).output


def test_sql_writes_everything_as_csv(small_home: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.csv"
    result = mingcha("sql", "select range as n from range(3000) order by n", "--csv", target, "--home", small_home)
    assert result.exit_code == 0
    assert "3,000 rows" in result.output
    assert target.read_bytes()[:3] == b"\xef\xbb\xbf"
    assert target.read_text(encoding="utf-8-sig").splitlines() == ['"n"', *map(str, range(3000))]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("copy grade.grade to 'x.csv'", "只能用 SELECT 查询"),
        ("attach 'x.duckdb'", "只能用 SELECT 查询"),
        ("select 1; select 2", "请只写一条 SELECT"),
        ("insert into grade.grade select * from grade.grade", "只能用 SELECT 查询"),
        ("with a as (delete from grade.grade returning *) select * from a", "语句不成立"),
        ("select * from grade.grad", "没有可读的表 grade.grad"),
    ],
)
def test_sql_refuses_what_is_no_select(small_home: Path, statement: str, told: str) -> None:
    assert told in fails(1, "sql", statement, "--home", small_home)


def test_sql_says_where_it_cannot_write(small_home: Path, tmp_path: Path) -> None:
    assert "nowhere" in fails(1, "sql", "select 1", "--csv", tmp_path / "nowhere" / "x.csv", "--home", small_home)


def test_exported_grades_have_the_agreed_columns(small_home: Path, tmp_path: Path) -> None:
    target = tmp_path / "grades.csv"
    result = mingcha("export", "grades", "--out", target, "--as-of", "2013-09-30", "--home", small_home)
    assert result.exit_code == 0, result.output
    with target.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    wanted = ["entity_id", "source_key", "name", "credit_score", "credit_grade", "risk_score", "risk_grade"]
    assert list(rows[0]) == wanted
    assert len(rows) == 300
    assert [row["source_key"] for row in rows] == sorted(row["source_key"] for row in rows)
    assert {row["credit_grade"] for row in rows} <= set("ABCD")
    assert all(row["name"] and 0 <= float(row["risk_score"]) <= 100 for row in rows)


def test_grades_of_another_day_are_not_exported(small_home: Path, tmp_path: Path) -> None:
    told = fails(1, "export", "grades", "--out", tmp_path / "x.csv", "--as-of", "2013-09-29", "--home", small_home)
    assert "the snapshot is of 2013-09-30, not 2013-09-29" in told
    assert not (tmp_path / "x.csv").exists()


def test_a_commitment_needs_who_and_why(nothing_published: Path) -> None:
    sealed = ("--party", "甲方", "--sealed", "0" * 64)
    told = fails(2, "commit", "p", *sealed, "--actor", " ", "--reason", "why", "--home", nothing_published)
    assert "who and why" in told


def test_simulate_writes_a_small_zone(tmp_path: Path) -> None:
    result = mingcha("simulate", "--scale", "0.0005", "--seed", "3", "--out", tmp_path / "zone")
    assert result.exit_code == 0, result.output
    assert "rows of" in result.output
    assert list((tmp_path / "zone" / "registration").glob("*.csv"))


def test_serve_serves_the_home_on_the_port(nothing_published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dashboards.server

    asked: list[tuple[Path, int, bool]] = []
    monkeypatch.setattr(dashboards.server, "serve", lambda root, port, demo: asked.append((root, port, demo)))
    assert mingcha("serve", "--port", "9001", "--home", nothing_published).exit_code == 0
    assert mingcha("serve", "--demo", "--home", nothing_published).exit_code == 0
    assert asked == [(nothing_published.resolve(), 9001, False), (nothing_published.resolve(), 8050, True)]
