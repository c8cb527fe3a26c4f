"""What the invented city gives today, row by row. A difference is either a defect or a change to be looked at.

Renew with `python -m pytest tests/warehouse/test_golden.py --renew-golden`, and read the diff before it is committed.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from warehouse.serving import ServingReader

GOLDEN = Path(__file__).parents[1] / "golden"
TABLES = {
    "grades": "select e.entity_code, g.credit_score, g.credit_grade, g.risk_score, g.risk_grade"
    " from grade.grade as g join known.entity as e on e.entity_id = g.entity_id order by e.entity_code",
    "drawn": "select stratum_id, draw_order, entity_code, ticket, inclusion_probability"
    " from plan.drawn order by stratum_id, draw_order",
    "indicators": "select e.entity_code, v.indicator_id, v.indicator_value, v.evidence_count, v.first_evidence,"
    " v.last_evidence from indicator.value as v join known.entity as e on e.entity_id = v.entity_id"
    " where e.entity_code like '%7' order by e.entity_code, v.indicator_id",
}


def as_csv(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def hold(name: str, now: str, renew: bool) -> None:
    """Compare with tests/golden/<name>.csv, or write it."""
    path = GOLDEN / f"{name}.csv"
    if renew:
        path.write_text(now, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = now.splitlines()
    gone, new = sorted(set(before) - set(lines)), sorted(set(lines) - set(before))
    if before != lines:
        pytest.fail(
            f"{path.name} differs: {len(gone)} lines gone, {len(new)} new; first gone {gone[:3]}, first new {new[:3]}. "
            "If the change is meant: python -m pytest tests/warehouse/test_golden.py --renew-golden, and read the diff"
        )


@pytest.mark.parametrize("name", TABLES)
def test_figures_are_as_they_were(small_home: Path, renew_golden: bool, name: str) -> None:
    reader = ServingReader(small_home)
    frame = reader.query(TABLES[name])
    reader.close()
    assert len(frame) > 20
    hold(name, as_csv(frame.columns, frame.rows()), renew_golden)


def test_every_stage_has_the_rows_it_had(small_status: dict[str, Any], renew_golden: bool) -> None:
    hold("rows", as_csv(["table", "rows"], sorted(small_status["tables"].items())), renew_golden)
