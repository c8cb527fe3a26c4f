"""`mingcha sql`: rows, files, parameters, plans, errors at their place, and the audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.dashboards.snapshot import publish
from warehouse.audit import Audit
from warehouse.home import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asking")
    publish(folder)
    return folder


def sql(home: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["sql", *arguments, "--home", str(home)])


def test_rows_are_shown_and_a_cut_answer_says_how_many_there_are(home: Path) -> None:
    found = sql(home, "select cast($n as integer) + range as n from range(201)", "--param", "n=5000")
    assert found.exit_code == 0
    assert "5199" in found.stdout
    assert "5200" not in found.stdout
    assert "only the first 200 of 201 rows are shown; --csv writes them all" in found.stderr


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_a_file_holds_all_rows(home: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out{suffix}"
    found = sql(home, "select * from range(25000)", "--csv", str(target))
    assert (found.exit_code, f"25,000 rows in {target}" in found.stderr) == (0, True)
    assert target.stat().st_size > 1000


def test_a_plan_is_shown_and_nothing_is_run(home: Path) -> None:
    found = sql(home, "select count(*) from range(10000000000) a, range(100000) b", "--explain")
    assert (found.exit_code, "─" in found.stdout) == (0, True)


def test_a_mistake_is_told_with_its_place_and_the_audit_hears_of_all(home: Path) -> None:
    found = sql(home, "select '中',\n zz from mart.entity_card")
    assert found.exit_code == 1
    assert "没有列 zz" in found.stderr
    assert "（第 2 行第 2 个字）" in found.stderr
    told = [(entry.kind, entry.result) for entry in Audit(Home.at(home).audit).entries()]
    assert told[0] == ("query", "failed")
    assert told.count(("export", "ok")) == 3
    assert all(entry.actor.startswith("os:") for entry in Audit(Home.at(home).audit).entries())
