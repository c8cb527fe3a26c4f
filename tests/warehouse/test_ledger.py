"""The grade ledger: every published run is in it, nothing in it changes, and changes between days are counted right."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse import small
from warehouse import grade_change, ledger
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.ledger import LedgerError
from warehouse.serving import Publisher

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


def publish(home: Home, run_id: str, as_of: date, *grades: tuple[int, str, str]) -> None:
    """A snapshot with as little as the ledger reads."""
    with DuckDBEngine(home.root / "small.duckdb") as engine:
        small.fill(engine, "run.info", [{"run_id": run_id, "as_of": as_of}])
        rows = [{"entity_id": n, "credit_score": 9, "credit_grade": c, "risk_grade": r} for n, c, r in grades]
        small.fill(engine, "grade.grade", rows)
        publisher = Publisher(home)
        publisher.publish(publisher.build(engine, run_id))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.at(tmp_path / "home")
    publish(home, "r1", JANUARY, (1, "A", "Ⅰ"), (2, "B", "Ⅱ"))
    ledger.keep(home)
    publish(home, "r2", JANUARY, (1, "A", "Ⅰ"), (2, "B", "Ⅱ"))
    ledger.keep(home)
    publish(home, "r3", FEBRUARY, (1, "B", "Ⅰ"), (3, "D", "Ⅳ"))
    ledger.keep(home)
    return home


def test_nothing_published_is_nothing_to_keep(tmp_path: Path) -> None:
    assert ledger.keep(Home.at(tmp_path)) is None
    assert ledger.runs(Home.at(tmp_path)) == []
    ledger.verify(Home.at(tmp_path))


def test_each_run_has_a_line_and_equal_grades_of_a_day_share_a_file(home: Home) -> None:
    assert ledger.keep(home) is None, "a run is entered once"
    done = ledger.runs(home)
    assert [(run.run_id, run.as_of, run.rows) for run in done] == [
        ("r1", "2026-01-31", 2),
        ("r2", "2026-01-31", 2),
        ("r3", "2026-02-28", 2),
    ]
    assert done[0].file == done[1].file != done[2].file
    assert ledger.of_day(home, JANUARY).run_id == "r2"
    assert ledger.read(home, done[2])["credit_grade"].to_list() == ["B", "D"]
    assert ledger.of_entity(home, done[2], 3)["risk_grade"].to_list() == ["Ⅳ"]
    with pytest.raises(LedgerError, match="2026-01-31, 2026-02-28"):
        ledger.of_day(home, date(2026, 3, 1))


def test_what_was_changed_afterwards_is_found(home: Home) -> None:
    ledger.verify(home)
    lines = (home.ledger / "runs.jsonl").read_text("utf-8")
    for broken in (lines.replace('"r1"', '"r9"'), "".join(lines.splitlines(keepends=True)[1:])):
        (home.ledger / "runs.jsonl").write_text(broken, "utf-8")
        with pytest.raises(LedgerError, match="changed or removed"):
            ledger.verify(home)
    (home.ledger / "runs.jsonl").write_text(lines, "utf-8")
    run = ledger.runs(home)[0]
    ledger.store(home.ledger / run.file, ledger.read(home, run).with_columns(credit_grade=pl.lit("A")))
    with pytest.raises(LedgerError, match="not as it was written"):
        ledger.verify(home)
    ledger.append(home, {"renewed": {run.file: ledger.digest(home.ledger / run.file)}})
    ledger.verify(home)  # an erasure says so in a line of its own
    assert len(ledger.runs(home)) == 3


def test_moves_name_who_came_who_left_and_who_changed(home: Home) -> None:
    one, other = (ledger.of_day(home, day) for day in (JANUARY, FEBRUARY))
    moved = grade_change.moves(ledger.read(home, one), ledger.read(home, other))
    assert moved.select("entity_id", "pack_id", "grade_before", "grade_after").rows() == [
        (3, "credit", None, "D"),
        (1, "credit", "A", "B"),
        (2, "credit", "B", None),
        (3, "risk", None, "Ⅳ"),
        (2, "risk", "Ⅱ", None),
    ]
    assert "credit: 1 entities A → B" in grade_change.sentences(moved)


graded = st.dictionaries(st.integers(1, 12), st.tuples(st.sampled_from("ABCD"), st.sampled_from("ⅠⅡⅢⅣ")))


@given(before=graded, after=graded)
def test_moves_are_exactly_the_differences(
    before: dict[int, tuple[str, str]], after: dict[int, tuple[str, str]]
) -> None:
    def frame(grades: dict[int, tuple[str, str]]) -> pl.DataFrame:
        rows = [(n, 1, credit, 2, risk) for n, (credit, risk) in grades.items()]
        kinds = {"credit_score": pl.Int64, "credit_grade": pl.String, "risk_score": pl.Int64, "risk_grade": pl.String}
        return pl.DataFrame(rows, schema={"entity_id": pl.Int64, **kinds}, orient="row")

    moved = grade_change.moves(frame(before), frame(after))
    expected = {
        (n, pack, before.get(n, (None, None))[k], after.get(n, (None, None))[k])
        for n in {*before, *after}
        for k, pack in enumerate(("credit", "risk"))
        if before.get(n, (None, None))[k] != after.get(n, (None, None))[k]
    }
    told = moved.select("entity_id", "pack_id", "grade_before", "grade_after").rows()
    assert set(told) == expected
    assert len(told) == len(expected)
    counted = Counter((pack, one, other) for _, pack, one, other in expected)
    assert {tuple(row[:3]): row[3] for row in grade_change.summary(moved).rows()} == counted
