"""Plans on a published snapshot: lists as delivered, load, freezing with who and why, other plans of the year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from models.policy.loader import Policy
from models.sampling.plan_file import PlanError, read_plan
from models.sampling.plan_freeze import exclusion_table, stratum_table
from tests.warehouse import small
from tests.warehouse.drawn import lawful_draw
from warehouse import plan_freeze, planning, visit_register
from warehouse.engine import DuckDBEngine
from warehouse.frozen_plan import read_frozen
from warehouse.home import Home
from warehouse.plan_draft import draft
from warehouse.serving import ServingReader
from warehouse.state import State

DAYS = (date(2026, 11, 2), date(2026, 12, 31))


@pytest.fixture
def reader(plan_home: Home) -> Iterator[ServingReader]:
    found = ServingReader(plan_home.root)
    yield found
    found.close()


def checked(home: Home, reader: ServingReader, plan_id: str = "q4", **change: object) -> planning.Checked:
    text = draft(planning.lists(reader), plan_id, "special", DAYS, ["D01-007", "D03-001"], ["L007"])
    return planning.check(home, reader, read_plan(text, "q4.yaml").model_copy(update=change), Policy.load())


def test_the_lists_are_whole(reader: ServingReader) -> None:
    lists = planning.lists(reader)
    assert (len(lists.items), len(lists.joint), len(lists.departments)) == (428, 51, 18)
    assert {i.department_id for i in lists.items.values()} == set(lists.departments)
    assert all(0 < i.ratio_ppm <= 1_000_000 and i.frequency >= 1 and i.papers for i in lists.items.values())
    assert {i.is_key for i in lists.items.values()} == {True, False}
    assert {number for joint in lists.joint.values() for number in joint.check_item_ids} <= set(lists.items)
    held = {
        skill for (told,) in reader.query("select skills from entity.inspector").rows() for skill in told.split(";")
    }
    assert {i.skill for i in lists.items.values()} - {""} <= held
    counts = [
        reader.query(f"select count(*) from {name}").item() for name in ("entity.inspector", "entity.inspector_leave")
    ]
    assert counts[0] == 1512
    assert counts[1] > 100
    causes = set(reader.query("select distinct recusal_cause from plan.recusal").to_series())
    assert causes == {"interest", "kinship", "declared", "cool_down"}


def test_a_draft_of_every_item_of_the_lists_can_be_checked(plan_home: Home, reader: ServingReader) -> None:
    lists = planning.lists(reader)
    text = draft(lists, "all", "annual", (date(2026, 11, 2), date(2026, 12, 31)), list(lists.items), [])
    assert planning.planned_tasks(
        read_plan(text, "all.yaml"), lists.items, lists.joint, lists.departments, _rules(), "all.yaml"
    )


def _rules() -> planning.PlanRules:
    return planning.PlanRules.from_policy(Policy.load().at(DAYS[0]))


def test_a_draft_refuses_what_is_not_on_the_lists(reader: ServingReader) -> None:
    with pytest.raises(PlanError, match="D01-999, L999 not on the lists"):
        draft(planning.lists(reader), "x", "special", DAYS, ["D01-999"], ["L999"])


def test_the_check_shows_sizes_load_and_who_is_left_out(plan_home: Home, reader: ServingReader) -> None:
    made = checked(plan_home, reader)
    plan = made.prepared.plan
    assert made.short == []
    assert stratum_table(plan)["drawn"].sum() == sum(s.drawn for s in plan.strata) > 0
    assert {"recognised", "full_coverage"} & set(exclusion_table(plan)["cause"])
    whole = made.load.filter(made.load["district_code"] == "all")
    assert sorted(whole["department_id"]) == sorted({task.department_id for task in plan.tasks})
    assert (whole["load"] < 1).all()
    known = reader.query("select entity_code from known.entity where status <> 'active'")["entity_code"]
    assert not set(plan.frame["entity_code"]) & set(known)


def test_what_a_warning_suggests_can_be_planned(plan_home: Home) -> None:
    name = (plan_home.root / "serving" / "CURRENT").read_text().strip()
    with DuckDBEngine(plan_home.root / "serving" / name) as engine:
        engine.run(
            "insert into known.suggested_inspection select 'w1', entity_id, now() from known.entity"
            " where status = 'active' order by entity_code limit 40"
        )
    made = read_plan(
        "{plan: s, title: 建议, kind: special, window: {from: 2026-11-02, to: 2026-12-31},"
        " tasks: [{id: t, department: D01, items: [D01-007], scope: {suggested: true}}]}",
        "s.yaml",
    )
    reader = ServingReader(plan_home.root)
    plan = planning.check(plan_home, reader, made, Policy.load()).prepared.plan
    told = set(
        reader.query("select entity_code from known.suggested_inspection join known.entity using (entity_id)")[
            "entity_code"
        ]
    )
    reader.close()
    assert plan.frame.height + plan.excluded.height > 0
    assert set(plan.frame["entity_code"]) | set(plan.excluded["entity_code"]) <= told


def test_the_same_snapshot_gives_the_same_plan(plan_home: Home, reader: ServingReader) -> None:
    one, two = checked(plan_home, reader).prepared.plan, checked(plan_home, reader).prepared.plan
    assert one.frame.equals(two.frame)
    assert one.recusals.equals(two.recusals)
    assert one.strata == two.strata


def test_freezing_records_who_and_why_once(plan_home: Home, reader: ServingReader) -> None:
    made = checked(plan_home, reader)
    folder = plan_freeze.freeze(plan_home, made, "甲", "批复一号")
    plan_freeze.freeze(plan_home, made, "甲", "再来一次")
    assert read_frozen(folder).frame.equals(made.prepared.plan.frame)
    (event,) = State(plan_home.state).events(plan_freeze.KIND)
    assert (event.subject, event.actor, event.reason) == ("q4", "甲", "批复一号")
    with pytest.raises(FileExistsError, match="another plan is frozen"):
        plan_freeze.freeze(plan_home, checked(plan_home, reader, recognise=False), "甲", "改了")
    with small.opened() as engine:
        assert plan_freeze.write_frozen_tasks(engine, [event]) == len(made.prepared.plan.tasks)
        told = engine.rows(
            "select sum(population_count), sum(drawn_count), sum(recognised_count) from plan.frozen_task"
        )
    causes = made.prepared.plan.excluded["cause"].to_list()
    assert told == [
        (made.prepared.plan.frame.height, sum(s.drawn for s in made.prepared.plan.strata), causes.count("recognised"))
    ]


def test_a_plan_that_cannot_be_carried_out_is_not_frozen(plan_home: Home, reader: ServingReader) -> None:
    made = replace(checked(plan_home, reader), short=[f"line {n}" for n in range(12)])
    with pytest.raises(PlanError, match=r"plan q4 cannot be carried out:\nline 0\n(.*\n)+and 4 more"):
        plan_freeze.freeze(plan_home, made, "甲", "批复一号")
    assert not (plan_home.plans / "q4").exists()
    with pytest.raises(ValueError, match="who freezes"):
        plan_freeze.freeze(plan_home, checked(plan_home, reader), " ", "x")
    assert not (plan_home.plans / "q4").exists()


def test_another_plan_of_the_year_takes_up_its_visits(plan_home: Home, reader: ServingReader, tmp_path: Path) -> None:
    first = checked(plan_home, reader).prepared.plan
    plan_freeze.freeze(plan_home, checked(plan_home, reader), "甲", "批复一号")
    pairs = {
        (code, task.department_id)
        for t, code, *_ in first.frame.iter_rows()
        for task in first.tasks
        if task.task_id == t
    }
    waiting = visit_register.reserved(plan_home, 2026, "q5", set())
    assert set(waiting.select("entity_code", "department_id").iter_rows()) == pairs
    assert not waiting["is_drawn"].any()
    assert visit_register.reserved(plan_home, 2027, "q5", set()).is_empty()
    assert visit_register.reserved(plan_home, 2026, "q4", set()).is_empty()
    visits = visit_register.issue(plan_home, "q4", lawful_draw(first, tmp_path / "drawn"))
    after = visit_register.reserved(plan_home, 2026, "q5", set())
    assert after["is_drawn"].all()
    assert set(after["entity_code"]) == {visit.entity_code for visit in visits}
    one = after.row(0)
    reported = visit_register.reserved(plan_home, 2026, "q5", {one[:3]})
    assert sorted(reported.rows()) == sorted(set(after.rows()) - {one})
    again = checked(plan_home, reader, "q5").prepared.plan
    items = planning.lists(reader).items
    general = {t.task_id: t.department_id for t in again.tasks if not all(items[i].is_key for i in t.item_ids)}
    drawn_by = set(after.select("entity_code", "department_id").iter_rows())
    low = again.frame.filter(again.frame["stratum_id"].is_in(["A1", "A1L"])).select("task_id", "entity_code")
    met = {(code, general[task]) for task, code in low.iter_rows() if task in general}
    assert met
    assert not met & drawn_by  # one random visit a year of a department at grade A, risk Ⅰ, but for key items
