"""Load against capacity: days that are worked, seats of those who may go, and what is named when they do not suffice."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.casework.calendar import WorkCalendar
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_load import expected_visits, load_table, seats_offered, shortfalls
from tests.models import planned as p


def frozen(rows: list[dict[str, Any]], people: list[dict[str, Any]], item: str = "D01-001", **base: Any) -> FrozenPlan:
    made = p.plan(tasks=[{"id": "t", "department": item[:3], "items": [item]}])
    return p.prepared(made, p.objects(*rows), None, p.roster(people, **base)).plan


def offered(plan: FrozenPlan) -> dict[str, int]:
    return seats_offered(plan, p.rules(), WorkCalendar.from_policy(p.in_force()))


def dangerous(count: int, **said: Any) -> list[dict[str, Any]]:
    """Entities that are all drawn: the highest share is 1."""
    return [
        p.entity(f"{said.get('district_code', '')}E{n:03d}", credit_grade="D", risk_grade="Ⅳ", **said)
        for n in range(count)
    ]


def test_an_inspector_offers_half_of_the_working_days_twice_a_day() -> None:
    people = [p.inspector("a"), p.inspector("b"), p.inspector("c", certificate_until=p.date(2026, 12, 30))]
    leaves = [{"inspector_id": "b", "from_date": p.date(2026, 11, 2), "to_date": p.date(2026, 11, 15)}]
    plan = frozen(dangerous(1), people, leaves=leaves)
    # 2026-11-02 … 2026-12-31 has 44 working days by the calendar; the leave takes 10 of them
    assert offered(plan) == {"a": 44, "b": 34, "c": 0}


def test_visits_are_expected_where_the_strata_lie_rounded_up() -> None:
    rows = dangerous(3) + dangerous(2, district_code="610103") + [p.entity(f"A{n}") for n in range(10)]
    told = {
        demand.district_code: demand.visits
        for demand in expected_visits(frozen(rows, [p.inspector("a"), p.inspector("b")]))
    }
    assert told == {"610102": 4, "610103": 2}


def test_part_of_a_visit_is_a_visit() -> None:
    rows = [p.entity(f"A{n}", district_code="610102" if n else "610103") for n in range(10)]
    plan = frozen(rows, [p.inspector("a"), p.inspector("b")])
    assert [(demand.district_code, demand.visits) for demand in expected_visits(plan)] == [("610102", 1), ("610103", 1)]


def test_enough_people_are_enough() -> None:
    plan = frozen(dangerous(20), [p.inspector("a"), p.inspector("b")])
    assert shortfalls(plan, offered(plan)) == []
    table = load_table(plan, offered(plan))
    assert table.filter(table["district_code"] == "all").row(0) == ("D01", "all", 20, 40, 2, 88, 40 / 88)


def test_what_is_short_is_named() -> None:
    plan = frozen(dangerous(50), [p.inspector("a"), p.inspector("b")])
    (told,) = shortfalls(plan, offered(plan))
    assert "department D01 is short of 12 seats: districts 610102 ask for 100" in told
    assert "offer 88" in told
    assert "add inspectors" in told


def test_a_district_that_nobody_serves_is_named_and_the_others_are_not() -> None:
    people = [p.inspector("a", district_codes="610102"), p.inspector("b", district_codes="610102"), p.inspector("c")]
    plan = frozen(dangerous(5) + dangerous(30, district_code="610103"), people)
    told = shortfalls(plan, offered(plan))
    assert "short of 16 seats: districts 610103 ask for 60" in told[0]
    assert "1 inspectors may go, 2 must (district 2)" in told[1]
    assert told[-1] == "and 25 more entities that no lawful team could visit"


def test_a_skill_that_too_few_have_is_named() -> None:
    people = [
        p.inspector("a", "D02", skills=""),
        p.inspector("b", "D02", skills=""),
        p.inspector("c", "D02", skills="工程技术"),
    ]
    plan = frozen(dangerous(60), people, "D02-002")
    (told,) = shortfalls(plan, offered(plan))
    assert "short of 16 seats: districts 610102 (skill 工程技术 among them) ask for 60" in told


def test_somebody_whom_everybody_must_avoid_is_named() -> None:
    people = [p.inspector("a"), p.inspector("b")]
    told = {"inspector_id": "a", "entity_code": "610102E000", "cause": "kinship", "valid_from": p.date(2020, 1, 1)}
    plan = frozen(dangerous(2, district_code="610102"), people, recusals=[told])
    (short,) = shortfalls(plan, offered(plan))
    assert "task t, entity 610102E000: 1 inspectors may go, 2 must (recused 1)" in short


@given(
    st.dictionaries(st.sampled_from(["610102", "610103", "610104"]), st.integers(1, 60), min_size=1),
    st.lists(st.sampled_from(["", "610102", "610103", "610102;610103", "610104"]), min_size=2, max_size=6),
)
def test_the_shortage_told_is_the_largest_of_any_set_of_districts(asked: dict[str, int], served: list[str]) -> None:
    """Hall's condition over all sets of districts, one by one, against the minimum cut."""
    rows = [row for district, count in asked.items() for row in dangerous(count, district_code=district)]
    plan = frozen(rows, [p.inspector(f"i{n}", district_codes=own) for n, own in enumerate(served)])
    seats = offered(plan)
    needed = {district: 2 * count for district, count in asked.items()}
    worst = 0
    for size in range(1, len(needed) + 1):
        for chosen in combinations(needed, size):
            able = [n for n, own in enumerate(served) if not own or set(own.split(";")) & set(chosen)]
            worst = max(worst, sum(needed[d] for d in chosen) - sum(seats[f"i{n}"] for n in able))
    told = [int(n) for line in shortfalls(plan, seats) for n in re.findall(r"short of (\d+) seats", line)]
    assert told == ([worst] if worst else [])


def test_a_year_whose_holidays_nobody_knows_is_an_error() -> None:
    made = p.plan(
        window={"from": "2029-01-01", "to": "2029-02-01"},
        tasks=[{"id": "t", "department": "D01", "items": ["D01-001"]}],
    )
    plan = p.prepared(
        made, p.objects(*dangerous(1)), None, p.roster([p.inspector("a", certificate_until=p.date(2030, 1, 1))])
    ).plan
    with pytest.raises(ValueError, match=r"working days of 2029 are unknown"):
        offered(plan)
