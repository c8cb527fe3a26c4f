"""Rates of the past against an independent count: an entity's own record, its chain and trade, its surroundings, the season.

Not here: points of these indicators (tests/cases) and how a scorecard is fitted to them (tests/models/test_fit.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy import indicator_rules
from models.policy.loader import Policy
from models.scorecard import peer
from models.scorecard.decay import curves
from models.scorecard.fixed_point import MICRO, half_even
from models.scorecard.surroundings import METRES_PER_DEGREE
from tests.warehouse import small
from warehouse.engine import DuckDBEngine

DAY = date(2025, 3, 31)
IN_FORCE = Policy.load().at(DAY)
WEIGHTS = peer.peer_weights(IN_FORCE)
FADING = curves(IN_FORCE)
CELL, SIDE, CORNER = 500, 500_000, 250_000
COMPLAINT = {"entity_id": "BIGINT", "event_date": "DATE", "latitude": "DOUBLE", "longitude": "DOUBLE"}

entities = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["面馆", "面馆1号", "面馆（2）", "茶社", "药房"]),
            "industry_code": st.sampled_from(["I6210", "F5251", None]),
            "latitude": st.sampled_from([34.2611, 34.2622, 34.2655, 34.3, None]),
            "longitude": st.sampled_from([108.9401, 108.9450, 108.99]),
        }
    ),
    min_size=2,
    max_size=8,
)
inspections = st.lists(
    st.fixed_dictionaries(
        {
            "entity_id": st.integers(1, 8),
            "age": st.integers(0, 2000),
            "result": st.sampled_from(["pass", "fail"]),
            "critical_count": st.integers(0, 2),
            "serious_count": st.integers(0, 3),
            "minor_count": st.integers(0, 5),
            "scale": st.integers(250_000, 3_000_000),
            "critical_scale": st.integers(250_000, 3_000_000),
        }
    ),
    max_size=25,
)
complaints = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from([34.2611, 34.2655]), st.sampled_from([108.9401, 108.9450])),
    max_size=8,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    """A warehouse that holds the rules about rates and nothing else."""
    rules = indicator_rules.tables(IN_FORCE)
    with small.opened() as opened:
        for name in ("decay", "peer", "near", "near_step"):
            opened.load(f"policy.{name}", indicator_rules.TABLES[name], rules[name])
        opened.run(f"create or replace table run.info as select date '{DAY}' as as_of")
        yield opened


def fill(engine: DuckDBEngine, people: list[Any], seen: list[Any], told: list[Any]) -> None:
    rows = [{"entity_id": n, "entity_code": f"E{n}", "valid_from": DAY, "status": "active", **e} for n, e in people]
    small.fill(engine, "known.entity", rows)
    known = [
        {**one, "inspection_id": f"I{n}", "event_date": DAY - timedelta(days=one["age"])} for n, one in enumerate(seen)
    ]
    rated = [{**one, "scale_micro": one["scale"], "critical_scale_micro": one["critical_scale"]} for one in known]
    unrated = [{**one, "inspection_id": f"U{one['inspection_id']}"} for one in known]  # nobody is rated by these
    small.fill(engine, "known.inspection_scale", [*rated, *unrated])
    engine.load(
        "known.complaint",
        COMPLAINT,
        [
            {"entity_id": None, "event_date": DAY - timedelta(days=age), "latitude": y, "longitude": x}
            for age, y, x in told
        ],
    )
    small.sql_table(
        engine, "known.fading", "known.record", *(f"indicator.{f}" for f in ("record", "kin", "near", "season"))
    )


def values(engine: DuckDBEngine, family: str) -> dict[tuple[int, str], Decimal]:
    found = engine.rows(f"select entity_id, indicator_id, indicator_value from indicator.{family}")
    assert len({row[:2] for row in found}) == len(found)
    return {(row[0], row[1]): row[2] for row in found}


def ratio(events: int, exposure: int, rate: int, weight: int) -> Decimal:
    """How many times the usual rate, by plain whole numbers."""
    if rate <= 0:
        return Decimal(events) / MICRO
    shrunk = half_even((events + weight * rate) * MICRO, exposure + weight * MICRO)
    return Decimal(min(half_even(shrunk * MICRO, rate), 999_999 * MICRO)) / MICRO


def rate(pairs: list[tuple[int, int]]) -> int:
    events, exposure = (sum(column) for column in zip(*pairs, strict=True))
    return half_even(events * MICRO, exposure) if exposure else 0


def cell(entity: dict[str, Any]) -> tuple[int, int]:
    y, x = entity["latitude"], entity["longitude"]
    return (
        math.floor(y * METRES_PER_DEGREE / CELL),
        math.floor(x * METRES_PER_DEGREE * math.cos(math.radians(math.floor(y))) / CELL),
    )


@small.few
@given(people=entities, seen=inspections, told=complaints)
def test_rates_are_those_of_an_independent_count(
    engine: DuckDBEngine, people: list[Any], seen: list[Any], told: list[Any]
) -> None:
    numbered = list(enumerate(people, start=1))
    seen = [one for one in seen if one["entity_id"] <= len(people)]
    fill(engine, numbered, seen, told)
    fading = {
        n: [(FADING["record"][i["age"]], i) for i in seen if i["entity_id"] == n and i["age"] < len(FADING["record"])]
        for n, _ in numbered
    }
    inspected = [n for n, found in fading.items() if found]

    def counted(of: Callable[[Any], int], scale: str | None) -> dict[int, tuple[int, int]]:
        return {
            n: (
                sum(w * of(i) for w, i in fading[n]),
                sum(half_even(w * i[scale], MICRO) if scale else w for w, i in fading[n]),
            )
            for n in inspected
        }

    critical = counted(lambda i: int(i["critical_count"] > 0), "critical_scale")
    finding = counted(lambda i: i["critical_count"] + i["serious_count"] + i["minor_count"], "scale")
    kinds = {
        "critical": critical,
        "finding": finding,
        "serious": counted(lambda i: i["serious_count"], "scale"),
        "minor": counted(lambda i: i["minor_count"], "scale"),
        "problem": counted(lambda i: int(i["result"] != "pass"), None),
    }
    own = {
        (n, f"record.{kind}_ratio"): ratio(*parts[n], rate(list(parts.values())), WEIGHTS["record"])
        for kind, parts in kinds.items()
        for n in inspected
    }
    assert values(engine, "record") == own

    def others(n: int, alike: Callable[[Any], Any], parts: dict[int, tuple[int, int]]) -> tuple[int, int]:
        mine = alike(people[n - 1])
        chosen = [parts.get(m, (0, 0)) for m, one in numbered if m != n and alike(one) == mine]
        return sum(p[0] for p in chosen), sum(p[1] for p in chosen)

    def chain(one: dict[str, Any]) -> str:
        return (
            "面馆" if one["name"].startswith("面馆") and "号" not in one["name"] else str(one["name"]).replace("1", "")
        )

    made: dict[tuple[int, str], Decimal] = {}
    for n, one in numbered:
        alike = [m for m, other in numbered if m != n and chain(other) == chain(one)]
        made[n, "kin.chain_size"] = Decimal(len(alike))
        for kind, parts in (("critical", critical), ("finding", finding)):
            if not inspected:
                continue
            usual = rate(list(parts.values()))
            if any(m in inspected for m in alike):
                made[n, f"kin.chain_{kind}_ratio"] = ratio(*others(n, chain, parts), usual, WEIGHTS["record"])
            if one["industry_code"]:
                of_trade = others(n, lambda e: e["industry_code"], parts)
                made[n, f"kin.trade_{kind}_ratio"] = ratio(*of_trade, usual, WEIGHTS["group"])
    assert values(engine, "kin") == made


@small.few
@given(people=entities, seen=inspections, told=complaints)
def test_surroundings_are_those_of_an_independent_count(
    engine: DuckDBEngine, people: list[Any], seen: list[Any], told: list[Any]
) -> None:
    numbered = [(n, one) for n, one in enumerate(people, start=1)]
    placed = {n: cell(one) for n, one in numbered if one["latitude"] is not None}
    seen = [one for one in seen if one["entity_id"] in placed]  # the usual rate is that of places we know
    fill(engine, numbered, seen, told)

    def step(here: tuple[int, int], there: tuple[int, int]) -> int:
        dy, dx = abs(here[0] - there[0]), abs(here[1] - there[1])
        return 0 if max(dy, dx) > 1 else MICRO if dy + dx == 0 else SIDE if dy + dx == 1 else CORNER

    found = values(engine, "near")
    for n, here in placed.items():
        spots: dict[tuple[int, int], int] = {}
        for age, y, x in told:
            if age < len(FADING["complaint"]):
                spot = cell({"latitude": y, "longitude": x})
                spots[spot] = spots.get(spot, 0) + FADING["complaint"][age]
        around = sum(half_even(weight * step(here, spot), MICRO) for spot, weight in spots.items())
        assert found[n, "near.complaint_count"] == Decimal(around) / MICRO
    parts = {
        n: (
            sum(
                FADING["record"][i["age"]] * (i["critical_count"] > 0)
                for i in seen
                if i["entity_id"] == n and i["age"] <= 1827
            ),
            sum(
                half_even(FADING["record"][i["age"]] * i["critical_scale"], MICRO)
                for i in seen
                if i["entity_id"] == n and i["age"] <= 1827
            ),
        )
        for n in placed
    }
    if sum(exposure for _, exposure in parts.values()) == 0:
        assert not [key for key in found if key[1] == "near.critical_ratio"]
        return
    usual = rate(list(parts.values()))
    for n, here in placed.items():
        cells: dict[tuple[int, int], tuple[int, int]] = {}
        for m, there in placed.items():
            was = cells.get(there, (0, 0))
            cells[there] = (was[0] + parts[m][0], was[1] + parts[m][1])
        sums = [
            sum(half_even(of[k] * step(here, there), MICRO) for there, of in cells.items()) - parts[n][k]
            for k in (0, 1)
        ]
        assert found[n, "near.critical_ratio"] == ratio(sums[0], sums[1], usual, WEIGHTS["near"])


def test_the_season_is_that_of_the_coming_month_in_earlier_years(engine: DuckDBEngine) -> None:
    person = {"name": "茶社", "industry_code": "I6210", "latitude": None, "longitude": None}
    april = {
        "result": "pass",
        "serious_count": 0,
        "minor_count": 0,
        "scale": MICRO,
        "critical_scale": MICRO,
        "entity_id": 1,
    }
    seen = [
        *({**april, "age": age, "critical_count": 1} for age in (350, 355, 360, 364)),  # April 2024
        *({**april, "age": age, "critical_count": 0} for age in (30, 60, 90, 120, 150, 180)),
    ]
    fill(engine, [(1, person)], seen, [])
    usual, weight = 400_000, WEIGHTS["group"]  # four of ten
    assert values(engine, "season") == {
        (1, "season.critical_ratio"): ratio(4 * MICRO, 4 * MICRO, usual, weight),
    }
