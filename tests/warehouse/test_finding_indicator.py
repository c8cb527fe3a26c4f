"""Sums over findings against an independent count: what fades, what is repeated, and what a strict team found.

Not here: points of these indicators (tests/cases) and how strictness is estimated (test_fairness).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy import indicator_rules
from models.policy.loader import Policy
from models.scorecard.decay import curves
from models.scorecard.fixed_point import MICRO, half_even
from models.scorecard.indicator import windows
from tests.warehouse import small
from warehouse.engine import DuckDBEngine

DAY = date(2025, 3, 31)
IN_FORCE = Policy.load().at(DAY)
FADING, WINDOW = curves(IN_FORCE)["finding"], windows(IN_FORCE)["finding"]

visits = st.lists(
    st.fixed_dictionaries(
        {
            "entity_id": st.integers(1, 2),
            "age": st.one_of(st.integers(0, 1200), st.sampled_from([0, 1, 364, 365, 366, WINDOW - 1, WINDOW])),
            "scale": st.one_of(st.none(), st.integers(250_000, 3_000_000)),
            "findings": st.lists(
                st.tuples(st.sampled_from(["F1", "F2"]), st.sampled_from(["critical", "serious", "minor"])), max_size=3
            ),
        }
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """A warehouse that holds the rules about findings and nothing else."""
    rules = indicator_rules.tables(IN_FORCE)
    with small.opened() as opened:
        for name in ("decay", "indicator_window"):
            opened.load(f"policy.{name}", indicator_rules.TABLES[name], rules[name])
        opened.run(f"create or replace table run.info as select date '{DAY}' as as_of")
        yield opened


def fill(engine: DuckDBEngine, seen: list[Any]) -> None:
    known = [{**one, "inspection_id": f"I{n}", "event_date": DAY - timedelta(one["age"])} for n, one in enumerate(seen)]
    found = [
        {**one, "finding_id": f"{one['inspection_id']}-{n}", "finding_code": code, "severity": severity}
        for one in known
        for n, (code, severity) in enumerate(one["findings"])
    ]
    names = ("entity_id", "event_date", "inspection_id", "finding_id", "finding_code", "severity")
    types = dict.fromkeys(names, "VARCHAR") | {"entity_id": "BIGINT", "event_date": "DATE"}
    engine.load("known.finding", types, [{name: one[name] for name in names} for one in found])
    small.fill(engine, "known.inspection_scale", [{**one, "scale_micro": one["scale"]} for one in known])
    small.sql_table(engine, "known.fading", "indicator.finding")


@small.few
@given(seen=visits)
def test_findings_are_those_of_an_independent_count(engine: DuckDBEngine, seen: list[Any]) -> None:
    fill(engine, seen)
    expected: dict[tuple[int, str], tuple[Any, ...]] = {}
    for entity in {one["entity_id"] for one in seen}:
        # A visit without a scale is long past, or of nobody known: neither it nor what it found counts.
        counted = [
            (n, one, code, severity)
            for n, one in enumerate(seen)
            if one["entity_id"] == entity and one["scale"] is not None and one["age"] < WINDOW
            for code, severity in one["findings"]
        ]
        if not counted:
            continue
        codes = {code: {n for n, _, other, _ in counted if other == code} for _, _, code, _ in counted}
        repeated = sum(len(on) > 1 for on in codes.values())
        critical = sum(
            half_even(FADING[one["age"]] * MICRO, one["scale"])
            for _, one, _, severity in counted
            if severity == "critical"
        )
        days = [DAY - timedelta(one["age"]) for _, one, _, _ in counted]
        rest = (len(counted), min(days), max(days), max(days) + timedelta(WINDOW))
        expected[entity, "finding.repeated_count"] = (Decimal(repeated), *rest)
        expected[entity, "finding.decayed_critical_count"] = (Decimal(critical) / MICRO, *rest)
    rows = engine.rows(
        "select entity_id, indicator_id, indicator_value, evidence_count, first_evidence, last_evidence, expires_on "
        "from indicator.finding"
    )
    assert {row[:2]: row[2:] for row in rows} == expected
    assert len(rows) == len(expected)
