"""Plan files: a mistake is told with its file and key; only what is on the lists can be planned."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import yaml

from models.sampling.plan_file import PlanError, check_window, read_plan, share_ppm
from models.sampling.plan_freeze import below_the_list
from tests.models import planned as p

GOOD: dict[str, Any] = {
    "plan": "q4-2026",
    "title": "四季度",
    "kind": "special",
    "window": p.WINDOW,
    "tasks": [{"id": "t1", "department": "D01", "items": ["D01-001"]}],
}


def told(**changes: Any) -> str:
    with pytest.raises(PlanError) as caught:
        read_plan(yaml.safe_dump(GOOD | changes, allow_unicode=True), "q4.yaml")
    return str(caught.value)


def test_a_good_file_is_read() -> None:
    assert read_plan(yaml.safe_dump(GOOD), "q4.yaml").tasks[0].items == ("D01-001",)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"kind": "weekly"}, "q4.yaml: kind: Input should be 'annual', 'monthly' or 'special'"),
        ({"kinds": 1}, "q4.yaml: kinds: Extra inputs are not permitted"),
        ({"plan": "Q4 2026"}, "q4.yaml: plan: String should match pattern"),
        ({"window": {"from": "2026-12-31", "to": "2026-11-02"}}, "q4.yaml: window: Value error, the window ends on"),
        ({"window": {"from": "soon", "to": "2026-11-02"}}, "q4.yaml: window.from: Input should be a valid date"),
        ({"tasks": []}, "q4.yaml: the plan has neither `tasks` nor `joint`"),
        ({"tasks": [{"id": "t1", "department": "D01"}]}, "q4.yaml: tasks[0].items: Field required"),
        ({"tasks": GOOD["tasks"] * 2}, "q4.yaml: tasks: t1 stands twice"),
        ({"tasks": [GOOD["tasks"][0] | {"scope": {"street": ["x"]}}]}, "q4.yaml: tasks[0].scope.street: Extra inputs"),
        (
            {"tasks": [GOOD["tasks"][0] | {"method": "stride"}]},
            "q4.yaml: tasks[0].method: Input should be 'equal' or 'pps'",
        ),
    ],
)
def test_a_mistake_is_told_with_file_and_key(changes: dict[str, Any], where: str) -> None:
    assert told(**changes).startswith(where)


def test_every_mistake_is_told_at_once() -> None:
    assert len(told(kind="x", title="").splitlines()) == 2


@pytest.mark.parametrize("text", ["- a\n- b", "a: [", "just words"])
def test_what_is_no_plan_says_so(text: str) -> None:
    with pytest.raises(PlanError, match=r"^q4\.yaml: "):
        read_plan(text, "q4.yaml")


def test_a_window_fits_its_kind_and_one_year() -> None:
    with pytest.raises(PlanError, match=r"60 days; a plan of kind monthly .* lasts at most 31"):
        check_window(p.plan(kind="monthly", tasks=GOOD["tasks"]), p.rules(), "f")
    with pytest.raises(PlanError, match="spans two calendar years"):
        check_window(p.plan(window={"from": "2026-12-01", "to": "2027-01-15"}, tasks=GOOD["tasks"]), p.rules(), "f")
    check_window(p.plan(), p.rules(), "f")


def planned_error(**said: Any) -> str:
    with pytest.raises(PlanError) as caught:
        p.tasks_of(p.plan(**said))
    return str(caught.value)


def task(**said: Any) -> list[dict[str, Any]]:
    return [{"id": "t", "department": "D01", "items": ["D01-001"]} | said]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"tasks": task(items=["D01-001", "D01-777"])}, "plan.yaml: tasks[0].items: D01-777 not on the check list (清单之外无检查)"),
        ({"tasks": task(department="D77", items=["D01-001"])}, "plan.yaml: tasks[0].department: no department D77; there are D01, D02"),
        ({"tasks": task(items=["D02-001"])}, "plan.yaml: tasks[0].items: D02-001 not of department D01"),
        ({"tasks": task(items=["D01-002", "D01-003"])}, "plan.yaml: tasks[0]: the items and the scope have no industry"),
        ({"tasks": task(items=["D01-003"], scope={"sections": ["H"]})}, "plan.yaml: tasks[0]: the items and the scope"),
        ({"tasks": task(department="D02", items=["D02-002", "D02-003"])}, "plan.yaml: tasks[0].items: they ask for 工程技术 and 财务核查"),
        ({"joint": [{"item": "L777"}]}, "plan.yaml: joint[0].item: L777 not on the joint list (清单之外无检查)"),
        ({"joint": [{"item": "L002"}]}, "plan.yaml: joint[0].items: D09-001 not on the check list"),
        ({"tasks": task(ratios={"A": {"Ⅰ": 0.1}})}, "plan.yaml: tasks[0].ratios: ratios has to name every pair of grades once"),
    ],
)  # fmt: skip
def test_what_is_not_on_the_lists_cannot_be_planned(said: dict[str, Any], wanted: str) -> None:
    assert planned_error(**said).startswith(wanted)


def ratios(share: str) -> dict[str, dict[str, str]]:
    return {credit: dict.fromkeys(p.RISK, share) for credit in p.CREDIT}


def test_no_grade_means_never_and_general_items_stay_in_their_range() -> None:
    assert "no grade means never drawn" in planned_error(tasks=task(ratios=ratios("0")))
    above = planned_error(tasks=task(ratios=ratios("0.5")))
    assert above.startswith("plan.yaml: tasks[0].ratios: AⅠ, AⅡ, AⅢ, AⅣ, BⅠ, BⅡ, BⅢ, BⅣ above the range")
    (key,) = p.tasks_of(p.plan(tasks=task(items=["D01-004"], ratios=ratios("1"))))
    assert set(key.share_ppm.values()) == {1_000_000}


def test_joint_items_become_tasks_that_share_their_visits() -> None:
    apart = p.tasks_of(p.plan(joint=[{"item": "L001"}], tasks=task(), merge=False))
    assert [(t.task.task_id, t.task.department_id, t.task.coordination_id) for t in apart] == [
        ("l001-d01", "D01", "L001"),
        ("l001-d02", "D02", "L001"),
        ("t", "D01", "t"),
    ]
    together = p.tasks_of(p.plan(joint=[{"item": "L001"}], tasks=task()))
    assert {t.task.coordination_id for t in together} == {"p"}


def test_a_share_of_the_policy_is_divided_rounding_up() -> None:
    monthly = share_ppm(p.plan(kind="monthly", tasks=task()), p.rules(), None)
    assert monthly["A", "Ⅰ"] == 834  # 10,000 ppm a year in twelve parts
    own = share_ppm(p.plan(), p.rules(), {c: dict.fromkeys(p.RISK, Decimal("0.03")) for c in p.CREDIT})
    assert set(own.values()) == {30_000}


def test_a_task_below_the_share_of_its_list_is_remarked() -> None:
    rows = [p.entity(f"E{n}") for n in range(200)]
    plan = p.prepared(p.plan(), p.objects(*rows)).plan
    assert below_the_list(plan, p.ITEMS) == ["task t draws 2 of 200 (1.00%), the check list asks for 2 % a year"]
    few = p.prepared(p.plan(), p.objects(*rows[:40])).plan
    assert below_the_list(few, p.ITEMS) == []
