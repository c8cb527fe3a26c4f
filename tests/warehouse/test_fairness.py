"""Grades do not depend on who inspected: not on who comes next at all, on who came before only as far as chance leaves.

Measured on simulated zones, whose answer files tell the truth about firms and inspectors. What may not be read at all is
held in test_architecture (leaks).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.policy.loader import Policy
from pipelines.feeds.simulated.zone import simulate
from tests.warehouse import small
from tests.warehouse.test_grade import cards, differences
from warehouse import catalog, grading
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed

AS_OF = date(2026, 4, 30)
GRADED = "select entity_id, pack_id, scorecard_score, scorecard_grade, veto_reasons from grade.score order by entity_id, pack_id"


def zone(folder: Path, scale: float) -> Iterator[tuple[DuckDBEngine, Path]]:
    """A simulated zone as a warehouse, and its deliveries."""
    simulate(folder / "zone", scale, 1, lambda source, rows: None)
    with small.opened(folder / "zone.duckdb") as engine:
        small.build_all(engine, folder / "home", [load_feed(small.PACKS / "simulated")], folder / "zone", AS_OF)
        yield engine, folder / "zone"


@pytest.fixture(scope="module")
def small_zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DuckDBEngine, Path]]:
    yield from zone(tmp_path_factory.mktemp("small_zone"), 0.01)


@pytest.fixture(scope="module")
def tenth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DuckDBEngine, Path]]:
    yield from zone(tmp_path_factory.mktemp("tenth"), 0.1)


def grade_again(engine: DuckDBEngine) -> list[Any]:
    """Every table that grades rest on, from the facts as they stand now."""
    rests = [name for name in catalog.sql_tables() if name.startswith("indicator.")]
    small.sql_table(engine, "known.penalty_effect", "known.listing", "known.inspection_scale", *rests)
    grading.write_grades(engine, Policy.load().at(AS_OF))
    return engine.rows(GRADED)


def test_every_entity_of_a_zone_is_graded_as_the_scorecard_says(small_zone: tuple[DuckDBEngine, Path]) -> None:
    engine, _ = small_zone
    assert differences(engine, cards(day=AS_OF)) == []


def test_who_inspects_next_and_which_department_did_change_no_grade(small_zone: tuple[DuckDBEngine, Path]) -> None:
    """The next inspections go to anybody, find anything, and every record goes to another department."""
    engine, _ = small_zone
    before = grade_again(engine)
    engine.run("begin")
    later = engine.rows(f"select count(*) from fact.inspection where event_date > date '{AS_OF}'")[0][0]
    assert later > 100
    engine.run(
        "update fact.inspection set inspector_ids = 'ZF' || rowid % 7, critical_count = 9, result = 'fail'"
        f" where event_date > date '{AS_OF}'"
    )
    for table in catalog.contracts("fact").values():
        if table.has("department_id"):
            stored = engine.rows(f"select typeof(department_id) from {table.qualified} limit 1")
            codes = "enum_range(department_id)" if stored and stored[0][0].startswith("ENUM") else "['D0', 'D1', 'D2']"
            engine.run(f"update {table.qualified} set department_id = {codes}[1 + rowid % len({codes})]")
    after = grade_again(engine)
    engine.run("rollback")
    assert after == before


def ranks(values: pl.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    return values.cast(pl.Float64).rank().to_numpy()


def partial_correlation(one: pl.Series, other: pl.Series, given: pl.Series) -> float:
    """Rank correlation of two columns after the ranks of a third are taken out of both."""
    base = np.column_stack([np.ones(len(given)), ranks(given)])
    left = [r - base @ np.linalg.lstsq(base, r, rcond=None)[0] for r in (ranks(one), ranks(other))]
    return float(np.corrcoef(left[0], left[1])[0, 1])


def auc(outcome: pl.Series, score: pl.Series) -> float:
    """Probability that an entity with the outcome scores above one without it."""
    happened = outcome.to_numpy().astype(bool)
    bad, good = happened.sum(), (~happened).sum()
    return float((ranks(score)[happened].sum() - bad * (bad + 1) / 2) / (bad * good))


def told(engine: DuckDBEngine, answers: Path) -> pl.DataFrame:
    """Score, true tendency and mean true strictness of those who inspected, by entity."""
    tendency = pl.read_parquet(answers / "tendency.parquet")
    strictness = dict(pl.read_parquet(answers / "strictness.parquet").iter_rows())
    grades = engine.frame(
        "select e.entity_code, g.entity_id, g.risk_score, g.credit_score from grade.grade as g"
        " join known.entity as e on e.entity_id = g.entity_id"
    )
    seen = engine.frame("select entity_id, inspector_ids from known.inspection where entity_id is not null")
    strict = (
        seen.with_columns(inspector=pl.col("inspector_ids").str.split(";"))
        .explode("inspector")
        .with_columns(strictness=pl.col("inspector").replace_strict(strictness, default=None, return_dtype=pl.Float64))
        .group_by("entity_id")
        .agg(pl.col("strictness").mean())
    )
    return grades.join(tendency, on="entity_code").join(strict, on="entity_id").drop_nulls("strictness")


@pytest.mark.slow
def test_the_tendency_is_found_nearly_as_well_as_it_can_be(tenth: tuple[DuckDBEngine, Path]) -> None:
    """The ceiling is the true tendency itself as a forecast of the inspections after the day."""
    engine, folder = tenth
    people = told(engine, folder / "_answers")
    later = engine.frame(
        "select entity_id, critical_count > 0 as is_critical, result in ('rectify', 'fail') as has_problem"
        f" from fact.inspection where event_date > date '{AS_OF}' and superseded_at is null and entity_id is not null"
    ).join(people, on="entity_id")
    for outcome in ("is_critical", "has_problem"):
        ceiling, found = (auc(later[outcome], later[name]) for name in ("tendency", "risk_score"))
        assert ceiling - found <= 0.03, f"{outcome}: ceiling {ceiling:.4f}, risk score {found:.4f}"


@pytest.mark.slow
def test_strictness_is_taken_out_of_the_grades(tenth: tuple[DuckDBEngine, Path]) -> None:
    """Partial correlation of score and strictness given the true tendency, beside the one without correction."""
    engine, folder = tenth
    corrected = told(engine, folder / "_answers")
    engine.run("begin")
    engine.run("update known.inspection_scale set scale_micro = 1000000")
    small.sql_table(engine, "indicator.inspection", "indicator.finding", "indicator.value")
    grading.write_grades(engine, Policy.load().at(AS_OF))
    small.sql_table(engine, "grade.grade")
    plain = told(engine, folder / "_answers")
    engine.run("rollback")
    for name in ("risk_score", "credit_score"):
        with_correction, without = (
            abs(partial_correlation(people[name], people["strictness"], people["tendency"]))
            for people in (corrected, plain)
        )
        assert with_correction <= 0.05 < without, f"{name}: {with_correction:.4f}, unadjusted {without:.4f}"


@pytest.mark.slow
def test_every_entity_of_a_tenth_is_graded_as_the_scorecard_says(tenth: tuple[DuckDBEngine, Path]) -> None:
    engine, _ = tenth
    assert differences(engine, cards(day=AS_OF)) == []
