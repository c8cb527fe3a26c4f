"""Every metric of cases, worked out by hand on a few cases, and the same figure wherever it is shown.

Not here: the clocks under them (test_clock_sql.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from dashboards import data
from dashboards.door import Door
from tests.warehouse import case_ledger, cases
from warehouse import metrics, query
from warehouse.catalog import sql_tables
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.serving import Publisher, ServingReader

AREAS = ("approvals", "approval_quality", "hotline", "hotline_quality", "casework", "warning")
# metric → value, numerator, denominator, what it is compared with, rows behind it; worked out by hand from case_ledger
BY_HAND: dict[str, tuple[float | None, float | None, float | None, float | None, int]] = {
    "approvals.opened": (9, None, None, 6, 9),
    "approvals.mean_days": (28 / 6, 28, 6, 86 / 6, 6),
    "approvals.compression": (100 - 2800 / 86, 28, 86, 100 - 1900 / 86, 6),
    "approvals.online_share": (500 / 9, 5, 9, None, 9),
    "approvals.overdue": (3, 3, 8, 37.5, 9),
    "approvals.good_rating": (60, 3, 5, 500 / 6, 5),
    "approval_quality.median_days": (3.5, None, 6, None, 6),
    "approval_quality.p90_days": (10, None, 6, None, 6),
    "approval_quality.statutory_overdue": (1, 1, 8, None, 9),
    "approval_quality.at_risk": (1, None, None, 1, 2),
    "approval_quality.correction_share": (100 / 9, 1, 9, None, 9),
    "approval_quality.first_right": (500 / 6, 5, 6, None, 6),
    "approval_quality.instant_share": (50, 1, 2, 200 / 6, 2),
    "approval_quality.deliver_on_time": (50, 1, 2, None, 2),
    "approval_quality.withdrawn_share": (100 / 9, 1, 9, None, 9),
    "approval_quality.days_cut": (37.5, 10, 16, None, 3),
    "approval_quality.steps_cut": (100 / 11, 10, 11, None, 3),
    "approval_quality.documents_cut": (20, 16, 20, None, 3),
    "approval_quality.visits_cut": (25, 3, 4, None, 3),
    "approval_quality.online_items": (200 / 3, 2, 3, None, 3),
    "approval_quality.all_online_items": (200 / 3, 2, 3, None, 3),
    "approval_quality.one_visit_items": (200 / 3, 2, 3, None, 3),
    "approval_quality.topic_share": (200 / 9, 2, 9, None, 9),
    "approval_quality.dead_topics": (1, None, None, 2, 2),
    "approval_quality.setup_days": (1.5, 3, 2, 1.5, 2),
    "approval_quality.slower_steps": (1, None, None, 4, 4),
    "approval_quality.reused_documents": (40, 2, 5, None, 5),
    "approval_quality.promised_documents": (1, None, None, 2, 2),
    "approval_quality.licences_expiring": (2, None, None, 1, 2),
    "approval_quality.suspect_windows": (0, None, None, None, 0),
    "hotline.orders": (4, None, None, 1, 5),
    "hotline.on_time": (75, 3, 4, None, 4),
    "hotline.solved": (100 / 3, 1, 3, None, 3),
    "hotline.satisfied": (200 / 3, 2, 3, 75, 4),
    "hotline.repeat_callers": (25, 1, 4, None, 4),
    "hotline.mean_hours": (104, 312, 3, None, 3),
    "hotline_quality.response": (60, 3, 5, None, 5),
    "hotline_quality.solved_year": (25, 1, 4, None, 4),
    "hotline_quality.satisfied_year": (200 / 3, 2, 3, None, 3),
    "hotline_quality.first_time": (25, 1, 4, None, 4),
    "hotline_quality.returned": (20, 1, 5, None, 5),
    "hotline_quality.supervised": (20, 1, 5, None, 5),
    "hotline_quality.overdue_share": (20, 1, 5, None, 5),
    "hotline_quality.reopened": (20, 1, 5, None, 5),
    "hotline_quality.repeat_matters": (1, None, None, 1, 2),
    "hotline_quality.anomalous_days": (4, None, None, 60, 6),
    "hotline_quality.current_bursts": (0, None, None, 0, 0),
    "hotline_quality.split_orders": (0, None, None, 0, 0),
    "casework.whistle_report": (50, 1, 2, None, 2),
    "casework.whistle_solved_on_time": (100, 2, 2, None, 2),
    "casework.issue_answered": (50, 1, 2, None, 2),
    "casework.issue_solved_on_time": (50, 1, 2, None, 2),
    "casework.project_on_time": (100, 1, 1, None, 1),
    "casework.whistle_solved": (100, 1, 1, None, 1),
    "casework.issue_solved": (100, 1, 1, None, 1),
    "casework.whistle_rated": (100, 1, 1, 100, 2),
    "warning.in_force": (8, None, None, 5, 8),
    "warning.untouched": (5, None, None, 5, 8),
    "warning.precision": (600 / 9, 6, 9, None, 9),
    "warning.publication_late": (2, None, None, 1, 2),
}
TABLES = [name for name in sql_tables() if name.startswith(("mart.approval", "mart.hotline", "mart.warning"))]
TABLES += ["mart.gaming", "mart.burst", "mart.case_clock_summary", "mart.licence_expiry", "mart.publication_due", "mart.satisfaction_fall"]  # fmt: skip
OWN = [m for m in metrics.metrics() if m.area in AREAS]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    path = tmp_path_factory.mktemp("cases") / "w.duckdb"
    with cases.warehouse(case_ledger.AS_OF, case_ledger.FACTS, given=case_ledger.GIVEN, path=path) as opened:
        cases.build(opened, *TABLES)
        opened.build("mart.metric_value", metrics.select(OWN))
        yield opened


def test_every_metric_of_cases_is_worked_out_by_hand() -> None:
    assert set(BY_HAND) == {m.metric_id for m in OWN}


@pytest.mark.parametrize("metric", OWN, ids=lambda m: m.metric_id)
def test_a_metric_gives_what_was_worked_out_by_hand(engine: DuckDBEngine, metric: metrics.Metric) -> None:
    row = engine.rows(metric.sql)[0]
    expected = BY_HAND[metric.metric_id]
    found = tuple(None if value is None else float(value) for value in row[:5])
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("metric", OWN, ids=lambda m: m.metric_id)
def test_a_metric_of_cases_says_where_it_comes_from_and_what_becomes_of_odd_cases(metric: metrics.Metric) -> None:
    assert metric.source
    assert metric.treatment
    assert metric.owner
    assert len(metric.definition) > 15


def test_page_sql_and_export_show_the_same(engine: DuckDBEngine, tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    publisher = Publisher(home)
    publisher.publish(publisher.build(engine, "r"))
    query.export(home, "select * from mart.metric_value order by metric_id", tmp_path / "metrics.csv")
    exported = {row["metric_id"]: row for row in pl.read_csv(tmp_path / "metrics.csv").iter_rows(named=True)}
    door, reader = Door.open(tmp_path), ServingReader(tmp_path)
    assert set(exported) == set(BY_HAND)
    for area in AREAS:
        for page in data.metrics(door, area).iter_rows(named=True):
            metric_id = page["metric_id"]
            by_sql = reader.query(page["sql_text"]).row(0, named=True)
            for column in ("metric_value", "numerator", "denominator", "compare_value"):
                shown = page[column]
                told = None if by_sql[column] is None else float(by_sql[column])
                assert shown == told, (metric_id, column)
                assert (exported[metric_id][column] is None) == (shown is None), (metric_id, column)
                assert shown is None or float(exported[metric_id][column]) == shown, (metric_id, column)
    reader.close()
