"""After a draw: visits issued, papers for people, changes with who and why, results taken in or quarantined, clocks."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.casework.visit_terms import VisitTerms
from models.policy.loader import Policy
from models.sampling.eligibility import Roster
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_file import read_plan
from models.sampling.visit_document import TaskPackage, VisitNotice
from tests.warehouse import small
from tests.warehouse.drawn import lawful_draw
from warehouse import erasure, plan_freeze, planning, publication, visit_due, visit_files, visit_register, visit_results
from warehouse.deliveries import Archive
from warehouse.feed import load_feed
from warehouse.frozen_plan import read_frozen
from warehouse.home import Home
from warehouse.plan_draft import draft
from warehouse.serving import ServingReader
from warehouse.state import State
from warehouse.visit_register import Visit, VisitError

FEED = load_feed(small.PACKS / "visit_results")
TODAY = date(2026, 12, 1)
POLICY = Policy.load()


@pytest.fixture
def reader(plan_home: Home) -> Iterator[ServingReader]:
    found = ServingReader(plan_home.root)
    yield found
    found.close()


@pytest.fixture
def visits(plan_home: Home, reader: ServingReader, tmp_path: Path) -> list[Visit]:
    days = (date(2026, 11, 2), date(2026, 12, 31))
    text = draft(planning.lists(reader), "q4", "special", days, ["D01-007", "D03-001"], ["L007"])
    made = planning.check(plan_home, reader, read_plan(text, "q4.yaml"), POLICY)
    plan_freeze.freeze(plan_home, made, "甲", "批复一号")
    return visit_register.issue(plan_home, "q4", lawful_draw(made.prepared.plan, tmp_path / "drawn"))


def frozen(home: Home) -> FrozenPlan:
    return read_frozen(home.plans / "q4")


def rows_of(home: Home, visits: list[Visit], **said: Any) -> list[dict[str, Any]]:
    """A good result for every planned item of every visit."""
    items = {task.task_id: task.item_ids for task in frozen(home).tasks}
    usual = {"visited_on": "2026-11-12", "result": "pass", "critical_count": 0, "serious_count": 0, "minor_count": 0}
    return [
        {"visit_id": v.visit_id, "check_item_id": item, "inspector_ids": list(v.inspector_ids)} | usual | said
        for v in visits
        for item in sorted({item for task in v.task_ids for item in items[task]})
    ]


def hand_in(home: Home, folder: Path, rows: Any, name: str = "r.json") -> visit_results.Intake:
    path = folder / name
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return visit_results.receive(home, path, TODAY, FEED)


def test_visits_are_issued_once(plan_home: Home, visits: list[Visit], tmp_path: Path) -> None:
    assert visit_register.issued(plan_home, "q4") == visits
    assert len({visit.entity_code for visit in visits}) == len(visits) > 3
    assert visit_register.issue(plan_home, "q4", tmp_path / "drawn") == visits
    teams = (tmp_path / "drawn" / "teams.csv").read_text().splitlines()
    code = visits[0].entity_code
    other = [line for line in teams if not line.startswith(code)]
    (tmp_path / "drawn" / "teams.csv").write_text("\n".join(other) + "\n")
    with pytest.raises(VisitError, match=f"visit to {code}: 0 inspectors; at least 2 must go"):
        visit_register.issue(plan_home, "q4", tmp_path / "drawn")
    with pytest.raises(VisitError, match="no plan 'q9' is frozen"):
        visit_register.issue(plan_home, "q9", tmp_path / "drawn")
    with pytest.raises(VisitError, match=r"no visits\.csv in it"):
        visit_register.issue(plan_home, "q4", tmp_path)


def test_papers_for_inspectors_and_entities(
    plan_home: Home, reader: ServingReader, visits: list[Visit], tmp_path: Path
) -> None:
    out = tmp_path / "papers"
    made = visit_files.write(out, reader, frozen(plan_home), visits, with_pdf=True)
    packages = {p.stem: TaskPackage.model_validate_json(p.read_text("utf-8")) for p in (out / "packages").iterdir()}
    notices = {p.stem: VisitNotice.model_validate_json(p.read_text("utf-8")) for p in (out / "notices").iterdir()}
    assert made == {"packages": len(packages), "notices": len(notices), "lists": 4}
    assert set(notices) == {visit.entity_code for visit in visits}
    sent = {(person, visit.visit_id) for visit in visits for person in visit.inspector_ids}
    assert {(person, v.visit_id) for person, package in packages.items() for v in package.visits} == sent
    names = dict(reader.query("select entity_code, name from known.entity").rows())
    for code, notice in notices.items():
        assert notice.visit.entity.name == names[code]
        assert notice.visit.items
        assert all(item.papers and item.basis for item in notice.visit.items)
        assert notice.give_by < notice.window_from
    told = "".join(path.read_text("utf-8") for path in [*out.glob("*/*.json"), out / "visits.csv"])
    assert "credit_grade" not in told
    assert "stratum" not in told
    for name in ("visits.pdf", "notices.pdf"):
        assert (out / name).read_bytes().startswith(b"%PDF")
    listed = list(csv.reader((out / "visits.csv").read_text("utf-8-sig").splitlines()))
    assert [row[1] for row in listed[1:]] == [visit.entity_code for visit in visits]
    with pytest.raises(FileExistsError, match="is not empty"):
        visit_files.write(out, reader, frozen(plan_home), visits, with_pdf=False)


def test_codes_are_text_in_a_workbook(
    plan_home: Home, reader: ServingReader, visits: list[Visit], tmp_path: Path
) -> None:
    from duckdb import connect

    from warehouse.extension import load_extension

    visit_files.write(tmp_path / "papers", reader, frozen(plan_home), visits, with_pdf=False)
    with connect() as connection:
        load_extension(connection, "excel")
        kinds = connection.execute(f"describe from read_xlsx('{tmp_path}/papers/visits.xlsx')").fetchall()
        codes = connection.execute(f"select 主体代码 from read_xlsx('{tmp_path}/papers/visits.xlsx')").fetchall()
    assert {kind for _, kind, *_ in kinds} == {"VARCHAR"}
    assert [code for (code,) in codes] == [visit.entity_code for visit in visits]


def test_a_team_is_changed_with_who_and_why_and_only_lawfully(plan_home: Home, visits: list[Visit]) -> None:
    plan, visit = frozen(plan_home), visits[0]
    roster = Roster(plan)
    departments = {task.department_id for task in plan.tasks if task.task_id in visit.task_ids}
    others = [i for i, d in zip(roster.ids, roster.departments, strict=True) if d in departments]
    lawful = next(
        [*visit.inspector_ids[:-1], other]
        for other in others
        if other not in visit.inspector_ids
        and not visit_register.team_problem(plan, roster, visit, [*visit.inspector_ids[:-1], other])
    )
    visit_register.change_team(plan_home, visit.visit_id, lawful, "乙", "原人员出差")
    now = visit_register.issued(plan_home, "q4")[0]
    assert now.inspector_ids == tuple(sorted(lawful))
    (event,) = State(plan_home.state).events(visit_register.CHANGED)
    assert (event.actor, event.reason, event.payload["was"]) == ("乙", "原人员出差", list(visit.inspector_ids))
    for team, told in (
        (lawful[:1], "at least 2 must go"),
        ([lawful[0]] * 2, "at least 2 must go"),
        (["ZF99999", lawful[0]], "ZF99999 not among the inspectors"),
    ):
        with pytest.raises(VisitError, match=told):
            visit_register.change_team(plan_home, visit.visit_id, team, "乙", "x")
    with pytest.raises(ValueError, match="who and why"):
        visit_register.change_team(plan_home, visit.visit_id, lawful, "乙", " ")
    visit_register.cancel(plan_home, visit.visit_id, "乙", "已注销")
    assert visit_register.issued(plan_home, "q4")[0].cancelled == "已注销"
    with pytest.raises(VisitError, match="is not open"):
        visit_register.cancel(plan_home, visit.visit_id, "乙", "再次")


def test_nobody_is_sent_whom_a_relation_forbids(plan_home: Home, visits: list[Visit]) -> None:
    """Every pair of the plan's recusals, tried as a change of team, is refused."""
    plan = frozen(plan_home)
    roster, by_code = Roster(plan), {visit.entity_code: visit for visit in visits}
    pairs = [(i, by_code[c]) for i, c, _ in plan.recusals.iter_rows() if c in by_code]
    assert pairs
    for inspector, visit in pairs:
        assert inspector not in visit.inspector_ids
        mates = [person for person in visit.inspector_ids if person != inspector]
        assert f"{inspector} may not go" in visit_register.team_problem(plan, roster, visit, [*mates, inspector])


def test_good_results_are_accepted_delivered_and_recognised_when_they_come_again(
    plan_home: Home, visits: list[Visit], tmp_path: Path
) -> None:
    rows = rows_of(plan_home, visits)
    took = hand_in(plan_home, tmp_path, rows)
    assert (took.delivered, took.accepted, took.quarantined, took.repeated) == (len(rows), len(rows), 0, 0)
    again = hand_in(plan_home, tmp_path, rows)
    assert (again.accepted, again.repeated) == (0, len(rows))
    (delivery,) = Archive(plan_home.deliveries).listed("visit_results")
    lines = [json.loads(line) for line in Archive(plan_home.deliveries).path(delivery).read_text().splitlines()]
    assert {line["inspection_id"] for line in lines} == {f"{r['visit_id']}:{r['check_item_id']}" for r in rows}
    assert {line["inspection_kind"] for line in lines} == {"random"}
    assert all(line["department_id"] == line["check_item_id"][:3] for line in lines)
    assert visit_due.awaited(plan_home, POLICY) == []
    assert oct((plan_home.results / "accepted.jsonl").stat().st_mode)[-3:] == "600"


WRONG: dict[str, dict[str, Any]] = {
    "unknown_visit": {"visit_id": "q4:NOBODY"},
    "not_planned": {"check_item_id": "D18-001"},
    "outside_window": {"visited_on": "2027-01-04"},
    "implausible_date": {"visited_on": "2026-12-30"},
    "wrong_team": {"inspector_ids": ["ZF00001", "ZF00002"]},
    "not_allowed": {"result": "ok"},
    "contradictory": {"minor_count": 3},
    "unreadable": {"critical_count": "many"},
    "missing": {"result": None},
}


@pytest.mark.parametrize("reason", WRONG)
def test_a_wrong_result_is_quarantined_with_its_reason(
    plan_home: Home, visits: list[Visit], tmp_path: Path, reason: str
) -> None:
    good = rows_of(plan_home, visits)
    bad = {name: value for name, value in (good[0] | WRONG[reason]).items() if value is not None}
    took = hand_in(plan_home, tmp_path, [bad, *good[1:3]])
    assert (took.accepted, took.reasons) == (2, {reason: 1})
    (row,) = visit_results.quarantined(plan_home)
    assert (row["reason"], row["row_number"], row["file"], row["original"]) == (reason, 1, "r.json", bad)
    assert row["told"]


def test_another_result_for_the_same_visit_is_a_conflict_and_a_cancelled_visit_has_none(
    plan_home: Home, visits: list[Visit], tmp_path: Path
) -> None:
    rows = rows_of(plan_home, visits[:1])
    hand_in(plan_home, tmp_path, rows)
    other = rows[0] | {"result": "rectify", "minor_count": 1}
    assert hand_in(plan_home, tmp_path, [other]).reasons == {"conflict": 1}
    visit_register.cancel(plan_home, visits[1].visit_id, "乙", "已注销")
    assert hand_in(plan_home, tmp_path, rows_of(plan_home, visits[1:2])).accepted == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_row_is_lost_and_no_wrong_one_accepted(
    plan_home: Home, visits: list[Visit], tmp_path: Path, data: st.DataObject
) -> None:
    good = rows_of(plan_home, visits)
    chosen = data.draw(
        st.lists(st.tuples(st.sampled_from(range(len(good))), st.none() | st.sampled_from(sorted(WRONG))), max_size=15)
    )
    rows = [
        {name: value for name, value in (good[n] | (WRONG[why] if why else {})).items() if value is not None}
        for n, why in chosen
    ]
    before = len(visit_results.accepted(plan_home)), len(visit_results.quarantined(plan_home))
    took = hand_in(plan_home, tmp_path, rows)
    assert took.delivered == took.accepted + took.quarantined + took.repeated == len(rows)
    assert took.quarantined == sum(why is not None for _, why in chosen)
    assert len(visit_results.accepted(plan_home)) == before[0] + took.accepted
    assert len(visit_results.quarantined(plan_home)) == before[1] + took.quarantined


def test_a_csv_says_the_same_and_a_broken_file_is_refused_whole(
    plan_home: Home, visits: list[Visit], tmp_path: Path
) -> None:
    rows = rows_of(plan_home, visits[:2])
    path = tmp_path / "r.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as handle:
        writer = csv.DictWriter(handle, [*rows[0]])
        writer.writeheader()
        writer.writerows(row | {"inspector_ids": ";".join(row["inspector_ids"])} for row in rows)
    assert visit_results.receive(plan_home, path, TODAY, FEED).accepted == len(rows)
    assert hand_in(plan_home, tmp_path, rows).repeated == len(rows)
    for name, content in (("a.json", b"{"), ("b.json", b"{}"), ("c.csv", b"\xff\xfe")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(VisitError, match=name):
            visit_results.receive(plan_home, tmp_path / name, TODAY, FEED)


def test_a_finding_asks_for_a_recheck_until_there_is_one(plan_home: Home, visits: list[Visit], tmp_path: Path) -> None:
    row = rows_of(plan_home, visits[:1], result="rectify", minor_count=1)[0]
    hand_in(plan_home, tmp_path, [row])
    ((waiting, due),) = visit_due.rechecks(plan_home, POLICY)
    assert (waiting.check_item_id, due) == (row["check_item_id"], date(2026, 12, 10))  # 20 working days after 11-12
    again = row | {"result": "pass", "minor_count": 0, "is_recheck": True, "visited_on": "2026-11-25"}
    assert hand_in(plan_home, tmp_path, [again]).accepted == 1
    assert visit_due.rechecks(plan_home, POLICY) == []
    assert {v.visit_id for v, _ in visit_due.awaited(plan_home, POLICY)} == {v.visit_id for v in visits[1:]}
    assert {due for _, due in visit_due.awaited(plan_home, POLICY)} == {date(2027, 1, 8)}  # 5 working days after 12-31


def test_results_and_penalties_are_published_by_their_day(
    plan_home: Home, reader: ServingReader, visits: list[Visit], tmp_path: Path
) -> None:
    hand_in(plan_home, tmp_path, rows_of(plan_home, visits[:2]))
    since = date(2026, 10, 1)
    found = publication.listed(plan_home, reader, POLICY, since)
    assert {one.kind for one in found} >= {"inspection", "penalty"}
    assert {one.due_on for one in found if one.kind == "inspection"} == {date(2026, 12, 10)}
    assert all(
        one.due_on == VisitTerms.from_policy(POLICY.at(one.happened_on)).publish_by(one.kind, one.happened_on)
        for one in found
    )
    assert not any(one.is_overdue(date(2026, 12, 10)) for one in found if one.kind == "inspection")
    assert all(one.is_overdue(date(2026, 12, 11)) for one in found)
    out = tmp_path / "pub.csv"
    publication.write(plan_home, found, out, "丙", "公示", TODAY)
    text = out.read_text("utf-8-sig")
    assert visits[0].entity_code in text
    assert not set("ⅠⅡⅢⅣ") & set(text)
    after = publication.listed(plan_home, reader, POLICY, since)
    assert {one.published_on is None for one in after} == {False}
    assert not any(one.is_overdue(date(2027, 6, 1)) for one in after)
    with pytest.raises(ValueError, match="nothing waits"):
        publication.write(plan_home, [], tmp_path / "x.csv", "丙", "公示", TODAY)
    with pytest.raises(ValueError, match="name a new file"):
        publication.write(plan_home, found, out, "丙", "公示", TODAY)
    with pytest.raises(ValueError, match="who publishes"):
        publication.write(plan_home, found, tmp_path / "y.csv", "", "公示", TODAY)
    assert not (tmp_path / "y.csv").exists()


def test_an_erased_person_is_gone_from_visits_and_results(plan_home: Home, visits: list[Visit], tmp_path: Path) -> None:
    hand_in(plan_home, tmp_path, rows_of(plan_home, visits[:1]))
    code, person = visits[0].entity_code, visits[0].inspector_ids[0]
    words = erasure.Plan({code: "X" * 18, person: "X-anonymous"}, 0, 0, [])
    with plan_home.writing():
        erasure.carry_out(plan_home, [FEED], words, "甲", "申请")
    kept = [
        path for folder in (plan_home.results, plan_home.deliveries) for path in folder.rglob("*") if path.is_file()
    ]
    for path in [*kept, plan_home.plans / "q4" / "issued.csv"]:
        assert code not in path.read_text("utf-8")
        assert person not in path.read_text("utf-8")
    assert visit_results.accepted(plan_home)[0].entity_code == "X" * 18
