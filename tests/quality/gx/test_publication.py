"""A bad candidate is never seen: CURRENT stays, the message names table, rule and rows; a warning goes through."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines import checks
from pipelines.options import RefreshError
from quality.record import KEPT_RUNS
from tests.conftest import refresh
from warehouse.serving import Publisher, ServingReader

Spoil = Callable[[str], None]


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Spoil:
    """Do something to every candidate that is built from here on."""
    build = Publisher.build

    def spoiling(sql: str) -> None:
        def built(*arguments: object) -> Path:
            candidate = build(*arguments)  # type: ignore[arg-type]
            with duckdb.connect(str(candidate)) as connection:
                connection.execute(sql)
            return candidate

        monkeypatch.setattr(Publisher, "build", built)

    return spoiling


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    reader = ServingReader(home)
    try:
        return reader.query(sql).rows()
    finally:
        reader.close()


def test_a_bad_candidate_is_discarded_and_a_warning_goes_through(
    own_home: Path, chicago_data: Path, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = own_home / "serving"
    before = (serving / "CURRENT").read_text(), sorted(path.name for path in serving.iterdir())
    spoil("update grade.grade set credit_grade = 'E' where entity_id = (select min(entity_id) from grade.grade)")
    with pytest.raises(RefreshError, match="breaks its checks and is not published") as raised:
        refresh(own_home, chicago_data)
    told = str(raised.value)
    assert "grade.grade not_allowed:credit_grade (信用等级只能取 A、B、C、D): 1 rows of 300, e.g. entity_id=" in told
    assert "credit_grade=E" in told
    assert told.count("\n") == 1
    assert ((serving / "CURRENT").read_text(), sorted(path.name for path in serving.iterdir())) == before

    monkeypatch.undo()
    spoil("update run.load set load_error = 'the file is empty' where source_id = 'visit'")
    status = refresh(own_home, chicago_data)
    assert (serving / "CURRENT").read_text() != before[0]
    found = rows(
        own_home, "select rule_id, check_severity, unexpected_count from quality.result where check_state = 'failed'"
    )
    assert ("unreadable_delivery", "warning", 1) in found
    assert {severity for _, severity, _ in found} == {"warning"}
    # All three runs are remembered, the blocked one with what blocked it.
    runs = rows(own_home, "select is_blocked, blocking_count, error_count, run_id from quality.run order by checked_at")
    assert [run[:3] for run in runs] == [(False, 0, 0), (True, 1, 0), (False, 0, 0)]
    assert runs[-1][3] == status["run_id"]
    blocked = rows(own_home, "select table_name, rule_id from quality.history where check_severity = 'blocking'")
    assert blocked == [("grade.grade", "not_allowed:credit_grade")]
    total = rows(own_home, "select passed_count + warning_count from quality.run order by checked_at desc limit 1")
    assert rows(own_home, "select count(*) from quality.result") == total
    before_and_now = rows(own_home, "select count(*) from quality.row_count where row_count <> previous_row_count")
    assert before_and_now == [(0,)]


@pytest.mark.slow
def test_only_the_last_runs_are_published(own_home: Path, chicago_data: Path) -> None:
    kept = own_home / "quality" / "runs.jsonl"
    line = json.loads(kept.read_text().splitlines()[0])
    old = [json.dumps(line | {"run_id": f"old-{number:03d}"}) for number in range(KEPT_RUNS + 5)]
    kept.write_text("\n".join(old) + "\n")
    refresh(own_home, chicago_data)
    assert rows(own_home, "select count(*), min(run_id) from quality.run where run_id like 'old%'") == [
        (KEPT_RUNS - 1, "old-006")
    ]
    assert len(kept.read_text().splitlines()) == KEPT_RUNS + 6


def test_every_check_is_told_to_dagster() -> None:
    from pipelines.publish import PUBLISHED

    names = [spec.name for spec in checks.specs(PUBLISHED)]
    assert len(names) == len(set(names))
    assert {"contract__grade__grade", "contract__quality__row_count", "rule__plan__drawn_is_ceiling"} <= set(names)
