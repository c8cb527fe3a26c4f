"""The pages of 双随机: lists, plans before any draw, the ceremony, visits and why, the burden ledger, the clock."""

import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import burden_data, data, frame_page, labels, lists_data, plan_data, publication_data
from dashboards.app import create_app
from dashboards.components.shortage import in_words
from dashboards.door import Door
from dashboards.listing import LARGEST_PAGE, ListingError
from dashboards.pages import ceremony, check_lists, plans, publication_clock, visits
from dashboards.pages import plan_trial as trial_page
from models.access.viewer import Viewer
from models.policy.loader import Policy
from models.sampling.plan_rules import PlanRules
from tests.dashboards import planned
from tests.dashboards.test_app import body, written
from warehouse import draw_record, planning
from warehouse.bundle import write_zip
from warehouse.ceremony import Ceremony
from warehouse.home import Home

FIRST: dict[str, Any] = {"startRow": 0, "endRow": 100}
ONE = frozenset({"610102"})


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Door:
    """A home of one's own, in which a test may break things."""
    shutil.copytree(home, tmp_path / "own")
    return Door.open(tmp_path / "own")


def within(door: Door, made: Any) -> Any:
    """What a page makes while a request is served."""
    app = create_app(door.home.root)
    with app.server.test_request_context("/"):
        return made()


def told(door: Door, plan_id: str) -> str:
    return written(within(door, lambda: plans.told(door, plan_id)))


def drawn(door: Door) -> Any:
    found = plan_data.bundle(door, plan_data.record(door, planned.DRAWN))
    assert found is not None
    return found


def test_lists_count_what_they_hold_and_say_codes_in_words(door: Door) -> None:
    assert lists_data.counts(door) == {"items": 4, "joint": 1, "inspectors": 60, "objects": 2400}
    row = check_lists._worded(door)(lists_data.CHECK_ITEMS.page(door, FIRST, {})[0][2])
    assert (row["object_scope"], row["papers"], row["department_name"]) == ("全部", "营业执照、台账", "市场监管局")
    (joint,) = [check_lists._worded(door)(row) for row in lists_data.JOINT_ITEMS.page(door, FIRST, {})[0]]
    assert (joint["department_ids"], joint["item_count"]) == ("市场监管局、卫生健康局", 2)


def test_inspectors_come_with_certificate_leave_and_recusals(door: Door) -> None:
    rows = {row["inspector_id"]: row for row in lists_data.INSPECTORS.page(door, FIRST, {})[0]}
    assert rows["ZF007"]["readiness"] == "证件过期"
    assert (rows["ZF003"]["readiness"], rows["ZF003"]["leaves"]) == ("休假", "2026-11-19 至 2026-11-24")
    assert (rows["ZF001"]["readiness"], rows["ZF001"]["recused_count"]) == ("可派", 1)


def test_who_may_not_see_inspectors_sees_no_number(home: Path) -> None:
    leader = Viewer("leader")
    assert "lists-grid" not in written(body(home, "/draws/lists?list=inspectors", leader))
    refused = create_app(home, leader).server.test_client().get("/export/inspectors.csv")
    assert refused.status_code == 403
    assert "ZF0" not in refused.text
    for address in ("/draws/visits", "/draws/ceremony?plan=drawn", "/draws/plans"):
        assert "ZF0" not in written(body(home, address, leader))


def test_objects_and_inspectors_are_those_of_the_viewer(home: Path) -> None:
    narrow = Door.open(home, Viewer(districts=ONE))
    everybody = lists_data.objects(Door.open(home))["entity_count"].sum()
    mine = narrow.reader.query("select count(*) from known.entity where district_code = '610102'").item()
    assert lists_data.objects(narrow)["entity_count"].sum() == mine < everybody
    assert {row["district_code"] for row in lists_data.INSPECTORS.page(narrow, FIRST, {})[0]} == ONE


def test_the_shelf_holds_drafts_then_frozen_plans(door: Door) -> None:
    assert [(plan.plan_id, plan.state) for plan in plan_data.shelf(door)] == [
        ("draft", "draft"),
        ("short", "draft"),
        ("broken", "broken"),
        ("drawn", "frozen"),
        ("frozen", "frozen"),
        ("late", "frozen"),
        ("waiting", "frozen"),
    ]


def test_a_draft_shows_what_checking_it_says(door: Door) -> None:
    path = door.home.plans / "draft.yaml"
    checked = planning.check(door.home, door.reader, planning.read_plan_file(path), Policy.load())
    shelved = next(plan for plan in plan_data.shelf(door) if plan.plan_id == "draft")
    made = plan_data.told(door, shelved)
    assert made.plan.frame.equals(checked.prepared.plan.frame)
    assert made.load.equals(checked.load)
    text = told(door, "draft")
    assert "可行：每一户都有依法可派的检查组" in text
    assert "mingcha plan freeze draft.yaml" in text


def test_a_plan_that_cannot_be_carried_out_says_what_is_short_in_chinese(door: Door) -> None:
    shelved = next(plan for plan in plan_data.shelf(door) if plan.plan_id == "short")
    made = plan_data.told(door, shelved)
    assert made.short
    text = told(door, "short")
    assert "不可行" in text
    for line in made.short:
        words = in_words(line, {"D01": "市场监管局", "D02": "卫生健康局"}, data.district_names(door))
        assert re.search(r"缺 \d+ 个检查席位", words)
        assert not re.search(r"[a-z]{4,}", words), words
    assert "mingcha plan freeze" not in text


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("task t01 draws 3 of 60 (5.00%), the check list asks for 10 % a year", "任务 t01 抽取 3 户（共 60 户，5.00%），清单要求全年 10%"),
        ("task t01, entity 91X: 1 inspectors may go, 2 must (recused 3); add inspectors, or narrow the scope", "任务 t01 的主体 91X：依法可派 1 人，须派 2 人；请增派人员或缩小范围"),
        ("a.yaml: tasks[0].items: D01-999 not on the check list (清单之外无检查); take an item", "a.yaml 的 tasks[0]：D01-999 不在抽查事项清单上（清单之外无检查）"),
        ("a sentence that nobody foresaw", "a sentence that nobody foresaw"),
    ],
)  # fmt: skip
def test_what_models_say_is_told_in_chinese(sentence: str, words: str) -> None:
    assert in_words(sentence, {}, {}) == words


def test_a_broken_draft_says_what_is_wrong_and_hides_no_other_plan(door: Door) -> None:
    text = told(door, "broken")
    assert "broken.yaml：缺少 kind" in text
    assert "分层、比例与抽取数" not in text
    assert "已不在 plans 文件夹" in told(door, "gone")


def test_load_by_district_is_that_of_the_viewer(home: Path) -> None:
    narrow = Door.open(home, Viewer(districts=ONE))
    made = plan_data.told(narrow, plan_data.frozen_ones(narrow)["drawn"])
    assert set(made.load["district_code"]) == {"610102", "all"}


def trial_of(per_cent: int, *items: str) -> plan_data.Trial:
    return plan_data.Trial(items or ("D01-001", "D01-003"), (), "special", *planned.WINDOW, per_cent)


def test_a_trial_comes_to_what_its_text_comes_to(door: Door, tmp_path: Path) -> None:
    for per_cent in (50, 100, 200):
        text, made = plan_data.tried(door, trial_of(per_cent))
        path = tmp_path / "trial.yaml"
        path.write_text(text, encoding="utf-8")
        again = planning.check(door.home, door.reader, planning.read_plan_file(path), Policy.load())
        assert again.prepared.plan.strata == made.plan.strata
        assert again.prepared.plan.frame.equals(made.plan.frame)


def test_more_share_draws_more_within_the_range_of_the_grade(door: Door) -> None:
    drawn_at = {n: sum(s.drawn for s in plan_data.tried(door, trial_of(n))[1].plan.strata) for n in (50, 100, 200)}
    assert drawn_at[50] < drawn_at[100] < drawn_at[200]
    rules = PlanRules.from_policy(Policy.load().at(planned.WINDOW[0]))
    for stratum in plan_data.tried(door, trial_of(1000))[1].plan.strata:
        assert stratum.ratio_ppm <= rules.highest_ppm[stratum.stratum_id[0]]
    for stratum in plan_data.tried(door, trial_of(1))[1].plan.strata:
        assert stratum.drawn >= 1
        assert stratum.ratio_ppm > 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "先选抽查事项"),
        ({"items": "D09-001"}, "D09-001 不在抽查事项清单上"),
        ({"items": "D01-001", "from": "2026-12-01", "to": "2027-01-31"}, "时间窗跨年"),
        ({"items": "D01-001", "from": "明天"}, "日期写作 YYYY-MM-DD"),
        ({"items": "D01-001", "kind": "weekly"}, "类别须是年度、月度或专项"),
        ({"items": "D01-001", "from": "2026-12-31", "to": "2026-12-01"}, "末日早于首日"),
    ],
)
def test_a_trial_that_cannot_be_planned_says_why(door: Door, asked: dict[str, str], words: str) -> None:
    days = {"from": str(planned.WINDOW[0]), "to": str(planned.WINDOW[1])}
    text = written(within(door, lambda: trial_page.told(door, days | asked)))
    assert words in text
    assert "分层、比例与抽取数" not in text


def test_an_entity_elsewhere_that_nobody_could_visit_is_counted_and_not_named(home: Path) -> None:
    narrow = Door.open(home, Viewer(districts=ONE))
    made = plan_data.told(narrow, plan_data.frozen_ones(narrow)["drawn"])
    others = plan_data.elsewhere(narrow, made.plan)
    mine = next(code for code in made.plan.frame["entity_code"] if code not in others)
    lines = tuple(f"task t01, entity {code}: 1 inspectors may go, 2 must" for code in (mine, min(others), max(others)))
    short = plan_data._within(replace(made, short=lines), narrow).short
    assert short == (lines[0], "and 2 more entities that no lawful team could visit")


@pytest.mark.parametrize(
    ("plan_id", "marks"),
    [
        ("frozen", ["done", "now", "later", "later", "later", "later"]),
        ("waiting", ["done", "done", "done", "now", "later", "later"]),
        ("late", ["done", "done", "done", "bad", "later", "later"]),
        ("drawn", ["done"] * 6),
    ],
)
def test_the_ceremony_knows_where_it_stands(door: Door, plan_id: str, marks: list[str]) -> None:
    plan = plan_data.frozen_ones(door)[plan_id]
    steps = within(door, lambda: ceremony._steps(door, plan, plan_data.record(door, plan_id), planned.TODAY))
    assert [step[0] for step in steps] == marks


def test_the_next_step_comes_with_its_command(home: Path) -> None:
    assert "mingcha commit frozen --party" in written(body(home, "/draws/ceremony?plan=frozen"))
    waiting = written(body(home, "/draws/ceremony?plan=waiting"))
    assert "等待 公证处 揭示" in waiting
    assert "mingcha reveal waiting --file" in waiting
    assert "mingcha refuse late --party 公证处" in written(body(home, "/draws/ceremony?plan=late"))


def test_a_revealed_value_is_shown_and_no_other(door: Door) -> None:
    (told,) = plan_data.record(door, "waiting").rounds
    assert [(one.party, one.value, one.revealed_at is None) for one in told.parties] == [
        ("纪检监察组", "7", False),
        ("公证处", None, True),
    ]
    assert told.missing == ["公证处"]
    assert "08 16 22" not in written(body(door.home.root, "/draws/ceremony?plan=waiting"))


def test_a_refusal_opens_another_round(own: Door) -> None:
    Ceremony.of(own.home, "late").refuse("公证处", planned.TODAY, planned.WHO)
    told = plan_data.record(own, "late")
    assert told.rounds[0].is_void
    text = written(body(own.home.root, "/draws/ceremony?plan=late"))
    assert "第 1 轮作废：公证处 逾期未揭示" in text
    assert "各方密封（第 2 轮）" in text
    assert "mingcha commit late" in text


def test_an_announcement_changed_afterwards_stops_everything(own: Door) -> None:
    path = own.home.plans / "drawn" / "announcement-1.json"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    text = written(body(own.home.root, "/draws/ceremony?plan=drawn"))
    assert "承诺书与公布时不符" in text
    assert "全部成立" not in text
    assert "承诺书与公布时不符" in written(body(own.home.root, "/draws/visits"))


def test_a_bundle_that_was_changed_does_not_verify(own: Door, tmp_path: Path) -> None:
    found = drawn(own)
    assert draw_record.verified(found.path)[0]
    with zipfile.ZipFile(found.path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["drawn.csv"] = files["drawn.csv"].replace(b",1,", b",2,", 1)
    write_zip(found.path, files)
    holds, said = draw_record.verified(found.path)
    assert not holds
    assert "drawn.csv" in said
    assert "核验不成立，名单不得使用" in written(body(own.home.root, "/draws/visits?plan=drawn"))
    found.path.unlink()
    assert "没有与登记摘要相符的审计版" in written(body(own.home.root, "/draws/visits?plan=drawn"))


def test_a_bundle_of_another_draw_is_not_taken_for_this_one(own: Door) -> None:
    found = drawn(own)
    with zipfile.ZipFile(found.path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    write_zip(own.home.draws / "another.zip", files | {"manifest.json": files["manifest.json"] + b"\n"})
    assert drawn(own).path == found.path
    found.path.unlink()
    assert plan_data.bundle(own, plan_data.record(own, planned.DRAWN)) is None


def test_every_visit_says_why(door: Door) -> None:
    found = plan_data.visits(door, planned.DRAWN, drawn(door))
    plan = plan_data.frozen_ones(door)[planned.DRAWN]
    rows, total = frame_page.page(found, {"startRow": 0, "endRow": LARGEST_PAGE})
    worded = within(door, lambda: visits._worded(door, plan, drawn(door), rows))
    assert total == found.height == len(rows)
    held = plan_data.frozen(plan.path)
    assert sum(one.drawn for one in held.strata) == drawn(door).tables["drawn"].height
    for row in worded:
        assert row["why"].count("层") == len(row["task_ids"].split("、"))
        assert re.search(r"签号第 \d+ 小（概率 \d", row["why"])
        assert len(row["inspector_ids"].split("、")) >= 2
    assert [row["state"][1] for row in worded].count("已取消") == 1


def test_the_drawn_are_those_with_the_smallest_tickets(door: Door) -> None:
    """What the page says of place and next in line is what the bundle holds: every reserve comes after every drawn."""
    tables = drawn(door).tables
    both = tables["drawn"].join(tables["reserves"], on=["task_id", "stratum_id"], suffix="_next")
    assert both.height
    assert (both["ticket"] < both["ticket_next"]).all()
    text = written(body(door.home.root, f"/draws/visits?plan=drawn&visit={tables['drawn']['entity_code'][0]}"))
    assert tables["drawn"]["ticket"][0] in text
    assert "按评分表算出" in text or "人工认定" in text


def test_a_grade_that_a_person_set_is_said(door: Door) -> None:
    code, = door.reader.query(
        "select entity_code from known.entity e join grade.override o on o.entity_id = e.entity_id"
    ).row(0)  # fmt: skip
    credit, risk = plan_data.grades_set(door, code)
    assert (credit["decided_grade"], credit["decision_no"], risk["decided_grade"]) == ("D", 4, None)
    assert "人工认定（决定 4" in written(visits._grades(door, code))


def test_visits_are_those_of_the_viewer(home: Path) -> None:
    narrow = Door.open(home, Viewer(districts=ONE))
    found = plan_data.visits(narrow, planned.DRAWN, drawn(narrow))
    assert set(found["district_code"]) == ONE
    other = plan_data.visits(Door.open(home), planned.DRAWN, drawn(narrow)).filter(pl.col("district_code") != "610102")
    text = written(body(home, f"/draws/visits?plan=drawn&visit={other['entity_code'][0]}", Viewer(districts=ONE)))
    assert "您的区县内没有这次上门" in text
    assert other["name"][0] not in text
    leader = Door.open(home, Viewer("leader"))
    assert "inspector_ids" not in plan_data.visits(leader, planned.DRAWN, drawn(leader)).columns


def test_who_is_next_in_line_elsewhere_is_not_named(home: Path) -> None:
    narrow = Door.open(home, Viewer(districts=ONE))
    tables = drawn(narrow).tables
    others = plan_data.elsewhere(narrow, plan_data.frozen(plan_data.frozen_ones(narrow)[planned.DRAWN].path))
    mine = plan_data.visits(narrow, planned.DRAWN, drawn(narrow))["entity_code"]
    text = "".join(
        written(body(home, f"/draws/visits?plan=drawn&visit={code}", Viewer(districts=ONE))) for code in mine[:6]
    )
    assert "（其他区县）" in text
    assert not [code for code in tables["reserves"]["entity_code"] if code in others and code in text]


def test_filters_of_the_visits_keep_what_they_say(door: Door) -> None:
    found = plan_data.visits(door, planned.DRAWN, drawn(door))
    one = visits.kept(found, {"district_code": "610102", "plan": "drawn"})
    assert set(one["district_code"]) == ONE
    task = visits.kept(found, {"task": "l001-d02", "plan": "drawn"})
    assert 0 < task.height < found.height
    assert all("l001-d02" in tasks.split(";") for tasks in task["task_ids"])


def test_the_ledger_shows_districts_of_the_viewer_only(home: Path) -> None:
    narrow = Door.open(home, Viewer(districts=ONE))
    year = burden_data.years(narrow)[0]
    groups = burden_data.groups(narrow, year)
    assert set(groups.filter(pl.col("group_kind") == "district_code")["group_value"]) == ONE
    assert groups.filter(pl.col("group_kind") == "all").height == 1
    assert {row["district_code"] for row in burden_data.CAPS.page(narrow, FIRST, {})[0]} == ONE
    assert sum(burden_data.cap_states(narrow).values()) == burden_data.CAPS.page(narrow, FIRST, {})[1]


def test_the_caps_can_be_narrowed_to_what_is_breached(door: Door) -> None:
    counts = burden_data.cap_states(door)
    found, total = burden_data.CAPS.page(door, FIRST, {"cap_state": "breached"})
    assert total == counts["breached"] < sum(counts.values())
    assert {row["cap_state"] for row in found} == {"breached"}
    assert set(counts) <= set(labels.CAP_STATE)


def test_the_clock_tells_overdue_from_waiting(door: Door) -> None:
    found = publication_data.listed(door, planned.TODAY)
    clock = {(row["kind"], row["happened_on"]): row["clock"] for row in found.iter_rows(named=True)}
    assert clock["inspection", planned.TODAY] == "waiting"
    assert clock["inspection", planned.TODAY - timedelta(days=80)] == "overdue"
    assert clock["withdrawal", planned.TODAY - timedelta(days=4)] in ("soon", "overdue")
    later = publication_data.listed(door, planned.TODAY + timedelta(days=60))
    assert set(later["clock"]) == {"overdue"}
    first = publication_clock.kept(found, {})
    assert first["due_on"].to_list() == sorted(found["due_on"])
    assert set(publication_clock.kept(found, {"kind": "withdrawal"})["kind"]) == {"withdrawal"}


def test_the_clock_is_that_of_the_viewer(home: Path) -> None:
    everybody = publication_data.listed(Door.open(home), planned.TODAY)
    narrow = Door.open(home, Viewer(districts=ONE))
    codes = set(narrow.reader.query("select entity_code from known.entity where district_code = '610102'").to_series())
    mine = publication_data.listed(narrow, planned.TODAY)
    assert set(mine["entity_code"]) == set(everybody["entity_code"]) & codes
    assert mine.height < everybody.height


@given(
    values=st.lists(st.tuples(st.integers(0, 3), st.none() | st.dates(date(2026, 1, 1), date(2026, 2, 1))), max_size=40),
    size=st.integers(1, 15),
    way=st.sampled_from(["asc", "desc"]),
    name=st.sampled_from(["a", "day"]),
)  # fmt: skip
def test_blocks_of_a_frame_hold_every_row_once_in_order(
    values: list[tuple[int, date | None]], size: int, way: str, name: str
) -> None:
    frame = pl.DataFrame(values, schema={"a": pl.Int64, "day": pl.Date}, orient="row").with_row_index("place")
    seen: list[dict[str, Any]] = []
    for start in range(0, len(values) + size, size):
        request = {"startRow": start, "endRow": start + size, "sortModel": [{"colId": name, "sort": way}]}
        rows, total = frame_page.page(frame, request)
        seen += rows
        assert total == len(values)
    assert sorted(row["place"] for row in seen) == list(range(len(values)))
    known = [row[name] for row in seen if row[name] is not None]
    assert known == sorted(known, reverse=way == "desc")
    assert all(row[name] is None for row in seen[len(known) :])


@pytest.mark.parametrize(
    "request_",
    [
        {"startRow": 0, "endRow": LARGEST_PAGE + 1},
        {"startRow": 5, "endRow": 5},
        {**FIRST, "sortModel": [{"colId": "nothing", "sort": "asc"}]},
        {**FIRST, "sortModel": [{"colId": "a", "sort": "sideways"}]},
    ],
)
def test_what_a_frame_does_not_offer_is_refused(request_: dict[str, Any]) -> None:
    with pytest.raises(ListingError):
        frame_page.page(pl.DataFrame({"a": [1]}), request_)


def test_a_home_without_plans_says_what_to_do(chicago_home: Path) -> None:
    assert "mingcha plan draft" in written(body(chicago_home, "/draws/plans"))
    assert "还没有冻结的计划" in written(body(chicago_home, "/draws/ceremony"))
    assert "还没有抽过签的计划" in written(body(chicago_home, "/draws/visits"))
    assert "台账是空的" in written(body(chicago_home, "/draws/burden"))
    assert Home(chicago_home).plans.exists() is False
