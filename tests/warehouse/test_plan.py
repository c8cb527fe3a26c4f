"""The nightly preview in SQL is the draw of models.sampling: same root, seed, tickets, lists and teams.

Not here: a draw that counts (test_ceremony.py).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.policy.loader import Policy
from models.sampling.announcement import frame_leaves
from models.sampling.draw import draw
from models.sampling.draw_text import draw_files
from models.sampling.plan_check import checked
from models.sampling.protocol import root
from models.sampling.ratio import inspectors_per_visit, ratios_ppm
from tests.conftest import AS_OF
from tests.warehouse import small
from warehouse import drawing
from warehouse.engine import DuckDBEngine

PLAN = "annual-2013-09-30"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, chicago_data: Any) -> Any:
    """The invented city with invented inspectors in every ward, one of them with an expired certificate."""
    with small.opened() as engine:
        small.chicago(engine, tmp_path_factory.mktemp("city"), chicago_data, AS_OF)
        wards = [
            ward for (ward,) in engine.rows("select distinct district_code from plan.frame where 1 = 1 order by 1")
        ]
        inspectors = [
            {
                "inspector_id": f"I{seat}-{ward}",
                "department_id": "D01",
                "certificate_no": "x",
                "certificate_valid_until": date(2013, 9, 29) if seat == 4 else AS_OF,
                "district_code": ward,
            }
            for ward in wards
            if ward
            for seat in range(5)
        ]
        small.fill(engine, "entity.inspector", inspectors)
        drawing.freeze(engine, small.BUILT_AT)
        small.sql_table(engine, "plan.ticket", "plan.drawn")
        drawing.write_teams(engine)
        yield engine


def test_tickets_sizes_and_lists_are_those_of_the_model(city: DuckDBEngine) -> None:
    """DuckDB and hashlib: the same tickets in the same order, the same list, the same probabilities."""
    plan = drawing.preview(city)
    assert plan is not None
    checked(plan)
    ((seed, source, told, plan_id),) = city.rows("select seed, seed_source, frame_root, plan_id from plan.draw_plan")
    assert (plan_id, source) == (PLAN, "demonstration")
    assert told == root(frame_leaves(plan, drawing.HIDDEN_FROM_NOBODY))
    strata = draw(plan, seed)
    assert len(strata) >= 5
    ranked = {
        row.entity_code: (one.stratum.stratum_id, row.ticket, place)
        for one in strata
        for place, row in enumerate(one.drawn + one.reserves, start=1)
    }
    found = city.rows("select entity_code, stratum_id, ticket, draw_order from plan.ticket")
    assert {code: tuple(rest) for code, *rest in found} == ranked
    shares = {row.entity_code: round(row.numerator / row.denominator, 6) for one in strata for row in one.drawn}
    found = city.rows("select entity_code, inclusion_probability from plan.drawn")
    assert {code: float(share) for code, share in found} == shares
    ppm = ratios_ppm(Policy.load().at(AS_OF))
    for credit, risk, ratio in city.rows("select credit_grade, risk_grade, stratum_ppm from plan.stratum"):
        assert ratio == ppm[credit, risk]


def test_teams_are_those_of_the_model(city: DuckDBEngine) -> None:
    plan = drawing.preview(city)
    assert plan is not None
    ((seed,),) = city.rows("select seed from plan.draw_plan")
    lines = draw_files(plan, seed)["teams.csv"].decode().splitlines()[1:]
    expected = {tuple(line.split(",")[:3]) for line in lines}
    found = city.rows(
        "select d.entity_code, cast(t.seat as varchar), t.inspector_id"
        " from plan.team as t join plan.drawn as d on d.entity_id = t.entity_id"
    )
    assert set(found) == expected
    drawn = city.rows("select count(*) from plan.drawn")[0][0]
    assert len(expected) == inspectors_per_visit(Policy.load().at(AS_OF)) * drawn > 0
    assert not any(inspector.startswith("I4-") for _, _, inspector in found)


def test_who_has_no_lawful_team_has_none_and_the_others_do(city: DuckDBEngine) -> None:
    ward = city.rows("select min(f.district_code) from plan.drawn as d join plan.frame as f using (entity_id)")[0][0]
    city.run("begin")
    try:
        city.rows("delete from entity.inspector where district_code = ? and inspector_id not like 'I0%'", [ward])
        drawing.write_teams(city)
        rows = city.rows(
            "select f.district_code, count(t.seat) from plan.drawn as d join plan.frame as f using (entity_id)"
            " left join plan.team as t on t.entity_id = d.entity_id group by d.entity_id, f.district_code"
        )
    finally:
        city.run("rollback")
    assert {count for district, count in rows if district == ward} == {0}
    assert {count for district, count in rows if district != ward} == {2}


def test_an_empty_frame_is_no_plan() -> None:
    with small.opened() as engine:
        small.fill(engine, "plan.frame", [])
        small.fill(engine, "plan.stratum", [])
        assert drawing.preview(engine) is None
        assert drawing.freeze(engine, small.BUILT_AT) == 0
        assert drawing.write_teams(engine) == 0


def test_an_entity_is_drawn_in_the_stratum_of_the_grade_a_person_set(city: DuckDBEngine) -> None:
    entity, risk = city.rows("select entity_id, risk_grade from plan.frame where credit_grade <> 'D' order by 1")[0]
    number = city.rows("select grade_no from policy.scorecard_cut where pack_id = 'risk' and grade = ?", [risk])[0][0]
    city.run("begin")
    city.rows(
        "insert into grade.override by name select ? as entity_id, 'credit' as pack_id, 1 as decision_no,"
        " 'A' as computed_grade, 'D' as decided_grade, cast(? as date) as valid_from, cast(? as date) as valid_to",
        [entity, AS_OF, AS_OF],
    )
    small.sql_table(city, "plan.frame")
    found = city.rows("select stratum_id, credit_grade, risk_grade from plan.frame where entity_id = ?", [entity])
    city.run("rollback")
    assert found == [(f"D{number}", "D", risk)]
