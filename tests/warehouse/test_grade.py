"""Grades in SQL are the grades of models.scorecard, to the last digit, and no inspector or department sways them."""

from __future__ import annotations

import random
import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.loader import BUILT_IN, Policy
from models.scorecard import Scorecard
from models.scorecard.fixed_point import half_even
from tests.conftest import AS_OF
from tests.warehouse import small
from warehouse import parameters
from warehouse.engine import DuckDBEngine

MICRO = 1_000_000


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, chicago_data: Path) -> Any:
    """The invented city as a warehouse of its own."""
    with small.opened() as engine:
        small.chicago(engine, tmp_path_factory.mktemp("city"), chicago_data, AS_OF)
        yield engine


def cards(policy: Policy | None = None) -> dict[str, Scorecard]:
    return {name: Scorecard.from_policy((policy or Policy.load()).at(AS_OF), name) for name in ("credit", "risk")}


def micro(value: Decimal | None) -> int | None:
    return None if value is None else int(value * MICRO)


def differences(engine: DuckDBEngine, by: dict[str, Scorecard]) -> list[str]:
    """Hold every score, grade, veto and contribution of the SQL against models.scorecard."""
    values: dict[int, dict[str, int | None]] = {}
    for entity, indicator, value in engine.rows("select entity_id, indicator_id, indicator_value from indicator.value"):
        values.setdefault(entity, {})[indicator] = micro(value)
    parts: dict[tuple[int, str], list[tuple[Any, ...]]] = {}
    for entity, pack_id, *part in engine.rows(
        "select entity_id, pack_id, indicator_id, group_id, indicator_value, points, weight, contribution"
        " from grade.contribution order by indicator_id"
    ):
        name, group, *numbers = part
        parts.setdefault((entity, pack_id), []).append((name, group, *(micro(n) for n in numbers)))
    found = []
    scored = engine.rows("select entity_id, pack_id, scorecard_score, scorecard_grade, veto_reasons from grade.score")
    for entity, pack_id, score, grade, reasons in scored:
        right = by[pack_id].score(values.get(entity, {}))
        said = (micro(score), grade, reasons, parts[entity, pack_id])
        contributions = sorted(
            (c.indicator_id, c.group_id, c.value_micro, c.points_micro, c.weight_micro, c.contribution_micro)
            for c in right.contributions
        )
        vetoes = sorted(right.vetoes, key=lambda v: v.veto_id)
        told = (right.score_micro, right.grade, "；".join(v.reason for v in vetoes) or None, contributions)
        if said != told:
            found.append(f"{pack_id} of {entity}: SQL {said[:3]}, Python {told[:3]}")
    return found


def test_every_entity_of_the_city_is_graded_as_the_scorecard_says(city: DuckDBEngine) -> None:
    assert city.count("grade.score") == 2 * city.count("known.entity") == 600
    assert differences(city, cards()) == []
    assert city.rows("select count(distinct risk_grade) from grade.grade") == [(4,)]


def narrow(folder: Path) -> Path:
    """Rules under which texts could move an entity by several grades, up as well as down, were they not held to one."""
    source = BUILT_IN / "scorecard" / "credit.yaml"
    text = source.read_text().replace("cuts: [95, 80, 60]", "cuts: [56, 55, 54]")
    text = text.replace(
        "text.negative_share: {group: text, weight: 0.03, missing: 100",
        "text.negative_share: {group: text, weight: 0.03, missing: 50",
    )
    text = text.replace(
        "text.count: {group: text, weight: 0.01, missing: 100", "text.count: {group: text, weight: 0.01, missing: 50"
    )
    assert text.count("missing: 50") == source.read_text().count("missing: 50") + 2
    (folder / "scorecard").mkdir(parents=True)
    (folder / "scorecard" / "credit.yaml").write_text(text)
    return folder


@pytest.mark.parametrize("rules", ["in force", "narrow"])
def test_values_on_every_knot_and_cut_are_graded_as_the_scorecard_says(tmp_path: Path, rules: str) -> None:
    """Values at, just below and just above each knot, and missing ones, in random company."""
    policy = Policy.load(narrow(tmp_path / "policy") if rules == "narrow" else None)
    by = cards(policy)
    knots: dict[str, set[int]] = {}
    for card in by.values():
        for part in card.indicators:
            for segment in part.segments:
                knots.setdefault(part.indicator_id, set()).update({segment.lower_micro, (segment.upper_micro or 0)})
        for veto in card.vetoes:
            knots.setdefault(veto.indicator_id, set()).add(veto.at_least_micro)
    rng = random.Random(7)
    rows = []
    for entity in range(1, 1501):
        for indicator, places in knots.items():
            kind = rng.random()
            if kind < 0.35 or (indicator.startswith("abnormal_list") and kind < 0.9):  # vetoes would hide the rest
                continue
            value = rng.choice(sorted(places)) + rng.choice([-1, 0, 0, 1]) if kind < 0.7 else rng.randrange(3 * MICRO)
            rows.append((entity, indicator, Decimal(max(0, value)) / MICRO))
    with small.opened() as engine:
        small.fill(engine, "raw.service_case", [])
        parameters.write_policy(engine, policy, AS_OF)
        engine.run("create table known.entity as select unnest(range(1, 1501)) as entity_id, 'active' as status")
        frame = pl.DataFrame(rows, schema=["entity_id", "indicator_id", "indicator_value"], orient="row")
        engine.connection.register("given", frame.to_arrow())
        engine.run(
            "create table indicator.value as select cast(entity_id as bigint) as entity_id, indicator_id,"
            " cast(indicator_value as decimal(18, 6)) as indicator_value, 1 as evidence_count, date '2013-01-01' as"
            " first_evidence, date '2013-01-01' as last_evidence, cast(null as date) as expires_on from given"
        )
        small.sql_table(engine, "grade.contribution", "grade.veto", "grade.score")
        assert engine.count("grade.score") == 3000
        assert differences(engine, by) == []
        grades = {g for (g,) in engine.rows("select distinct scorecard_grade from grade.score")}
        assert grades == set("ABCDⅠⅡⅢⅣ")


WHOLE = st.integers(1 - 10**12, 10**12 - 1)  # `micro` holds values below a million; beyond, it fails aloud


@small.few
@given(st.lists(st.tuples(WHOLE, st.integers(1, 10**7)), min_size=1, max_size=50))
def test_macros_round_as_python_does(city: DuckDBEngine, pairs: list[tuple[int, int]]) -> None:
    pairs = [*pairs, *((n * d // 2, d) for n, d in pairs), *((n, 1_000_000) for n, _ in pairs)]
    texts = pl.DataFrame([(str(n), d) for n, d in pairs], schema=["n", "d"], orient="row")
    city.connection.register("pair", texts.to_arrow())
    found = city.rows(
        "select n, d, half_even(n, d), half_even(n, 1000000), micro(n // 1000000000), ratio(abs(n) // 1000000, d)"
        " from (select cast(n as hugeint) as n, d from pair)"
    )
    for n, d, rounded, by_million, as_decimal, ratio in found:
        assert rounded == round(Fraction(n, d))
        assert by_million == half_even(n)
        assert as_decimal == Decimal(trunc(n, 1_000_000_000)) / MICRO
        assert ratio == Decimal(round(Fraction(abs(n) // MICRO * MICRO, d))) / MICRO


def trunc(n: int, d: int) -> int:
    return abs(n) // d * (1 if n >= 0 else -1)


def test_neither_inspector_nor_department_sways_a_grade(tmp_path: Path, chicago_data: Path, city: DuckDBEngine) -> None:
    """Whoever came, and whichever department sent them: the grades stay the same."""
    data, pack = tmp_path / "data", tmp_path / "chicago_food"
    shutil.copytree(chicago_data, data)
    visits = pl.read_parquet(data / "inspector_visits.parquet")
    visits.with_columns(pl.col("Inspector_Assigned").shuffle(seed=3)).write_parquet(data / "inspector_visits.parquet")
    shutil.copytree(small.PACKS / "chicago_food", pack)
    for path in pack.glob("*.sql"):
        told = path.read_text().replace(
            "'CDPH' as department_id", "'D' || cast(row_number % 7 as varchar) as department_id"
        )
        path.write_text(
            told.replace(
                "cast(null as varchar) as inspector_ids", "'I' || cast(row_number as varchar) as inspector_ids"
            )
        )
    with small.opened() as engine:
        small.chicago(engine, tmp_path / "home", data, AS_OF, pack)
        for table in ("visit", "inspection"):
            sent = f"select event_date, department_id, inspector_ids from fact.{table} order by all"
            assert engine.rows(sent) != city.rows(sent)
            assert engine.rows(f"select count(distinct department_id) from fact.{table}") == [(7,)]
        assert grades(engine) == grades(city)


def grades(engine: DuckDBEngine) -> list[Any]:
    return [engine.rows(small.GRADES), engine.rows(small.INDICATORS)]
