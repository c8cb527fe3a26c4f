"""Suites hold every promise of every published contract; a planted fault is found, counted and named, and only it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from quality import expectations, screen, suites
from quality.rule import Result, Rule
from quality.run import validate
from warehouse import catalog
from warehouse.serving import promised

Plant = Callable[..., dict[tuple[str, str], Result]]

# rule → what makes it fail in the invented city
BREAKS = {
    "one_run": "insert into run.info select * replace ('other' as run_id) from run.info",
    "unreadable_delivery": "update run.load set load_error = 'broken' where source_id = 'visit'",
    "quarantined_ratio": "update run.load set quarantined_count = delivered_count where source_id = 'visit'",
    "periods_in_order": "update entity.history set valid_to = valid_from - 1 where observation_no = 1",
    "entity_has_code": "delete from entity.code where entity_id = (select min(entity_id) from known.entity)",
    "district_share": "update known.entity set district_code = null where entity_id % 2 = 0",
    "nothing_after_as_of": "update known.penalty set event_date = date '2079-01-01';"
    " update known.inspection set event_date = date '2079-01-01' where inspection_kind = 'routine'",
    "unlinked_share": "update known.inspection set entity_id = null",
    "case_closes_after_it_opens": "insert into known.service_case (case_id, opened_at, closed_at)"
    " values ('c', timestamp '2013-02-02', timestamp '2013-02-01')",
    "step_ends_after_it_starts": "insert into known.service_step (case_id, started_at, ended_at)"
    " values ('c', timestamp '2013-02-02', timestamp '2013-02-01')",
    "text_share": "insert into known.text_item (text_id) values ('t')",
    "registered_indicator": "delete from policy.indicator where indicator_id = (select min(indicator_id) from indicator.value)",
    "evidence_in_order": "update indicator.value set last_evidence = as_of + 1 where first_evidence is not null",
    "of_this_day": "update grade.grade set policy_version = 'old' where entity_id = (select min(entity_id) from grade.grade)",
    "score_range": "update grade.score set scorecard_score = 101 where pack_id = 'risk'",
    "credit_d_share": "update grade.grade set credit_grade = 'D' where entity_id % 3 = 0",
    "risk_top_share": "update grade.grade set risk_grade = 'Ⅳ' where entity_id % 3 = 0",
    "text_contribution": "update policy.scorecard_indicator set is_text = true where pack_id = 'risk'",
    "drawn_is_ceiling": "update plan.stratum set drawn_count = drawn_count + 1 where stratum_id = (select min(stratum_id) from plan.stratum)",
    "plan_is_sum_of_strata": "update plan.draw_plan set population_count = population_count + 1",
    "frame_is_population": "delete from plan.frame where entity_id = (select min(entity_id) from plan.frame)",
    "probability_range": "update plan.drawn set inclusion_probability = 0 where draw_order = 1",
    "team_is_complete": "delete from plan.team",
    "matrix_is_whole": "update mart.credit_risk set entity_count = entity_count + 1",
    "drawn_list_is_whole": "delete from mart.drawn_list where draw_order = 1",
    "problem_ratio_range": "update mart.inspection_month set inspection_count = 500, problem_ratio = 1",
    "funnel_is_share": "insert into mart.hotline_funnel (step_no, step_kind, ratio) values (1, 'accept', 1.5)",
    "source_on_time": "update mart.data_age set is_late = true",
    "not_emptied": "update quality.row_count set row_count = 0, previous_row_count = 9 where table_name = 'grade.grade'",
    "rows_lost": "update quality.row_count set row_count = 7, previous_row_count = 9 where table_name = 'plan.drawn'",
    "rows_gained": "update quality.row_count set row_count = 9999, previous_row_count = 1000 where table_name = 'plan.team'",
}


@pytest.fixture
def plant(small_home: Path, tmp_path: Path) -> Plant:
    """Do something to a copy of the published snapshot and return what the checks say, by table and rule."""

    def planted(sql: str = "") -> dict[tuple[str, str], Result]:
        name = (small_home / "serving" / "CURRENT").read_text()
        candidate = tmp_path / f"{name}.building"
        shutil.copyfile(small_home / "serving" / name, candidate)
        with duckdb.connect(str(candidate)) as connection:
            connection.execute(sql)
        found = {(r.rule.table, r.rule.rule_id): r for r in validate(candidate, promised())}
        with duckdb.connect(str(candidate)):
            pass  # nothing of the library holds the file
        return found

    return planted


def test_suites_cover_every_published_contract() -> None:
    found = suites.suites(promised())
    stages = {"run", "entity", "known", "indicator", "grade", "plan", "mart"}
    named = {f"known.{t.name}" if t.stage == "fact" else t.qualified for t in catalog.all_contracts()}
    # Working tables of linking (one of them names who decided), and tickets of those who were not drawn.
    left_out = {"plan.ticket"} | {
        f"entity.{name}" for name in ("name", "bearer", "mention", "candidate", "link_verdict")
    }
    assert {n for n in named if n.split(".")[0] in stages} - left_out <= set(found)
    for name, table in promised().items():
        rules = {rule.rule_id for rule in found[name]}
        assert {f"missing:{c.name}" for c in table.columns if c.required} <= rules
        # in a fact, `columns` asks for the ENUM that holds nothing else
        closed = {f"not_allowed:{c.name}" for c in table.columns if c.allowed and table.stage != "fact"}
        assert closed == {rule for rule in rules if rule.startswith("not_allowed:")}
        assert "columns" in rules
        assert (f"repeated:{'+'.join(table.key)}" in rules) == (table.stage not in suites.KEY_CHECKED_BEFORE)
    assert {rule.rule_id for rule in expectations.rules()} == {
        rule.rule_id for rules in found.values() for rule in rules if rule.why != "数据契约"
    }


def test_the_published_city_passes(plant: Plant) -> None:
    found = plant()
    assert len(found) > 400
    assert [r.told() for r in found.values() if r.is_blocking] == []
    assert all(r.element_count is not None for r in found.values())


def test_each_promise_of_a_contract_is_found_broken(plant: Plant) -> None:
    found = plant(
        """
        update grade.grade set credit_grade = 'E' where entity_id in (select entity_id from grade.grade order by 1 limit 3);
        update mart.credit_risk set district_code = null where credit_grade = 'A';
        insert into entity.code select * from entity.code order by entity_code limit 2;
        alter table plan.drawn alter column draw_order type integer;
        drop table mart.hotline_day
    """
    )
    broken = {key: r for key, r in found.items() if r.is_blocking}
    wrong = broken["grade.grade", "not_allowed:credit_grade"]
    assert (wrong.state, wrong.unexpected_count, wrong.is_blocking) == ("failed", 3, True)
    assert "credit_grade=E" in str(wrong.detail)
    assert "entity_id=" in str(wrong.detail)
    assert "信用等级只能取 A、B、C、D" in wrong.told()
    assert broken["mart.credit_risk", "missing:district_code"].unexpected_count > 0  # type: ignore[operator]
    assert broken["entity.code", "repeated:entity_code"].unexpected_count == 4
    assert "column_name=draw_order, promised=BIGINT, found=INTEGER" in str(broken["plan.drawn", "columns"].detail)
    assert broken["mart.hotline_day", "columns"].told().endswith("the snapshot has no table mart.hotline_day")
    assert {r.state for r in broken.values()} == {"failed"}
    assert {table for table, _ in broken} == {
        "grade.grade", "mart.credit_risk", "entity.code", "plan.drawn", "mart.hotline_day"
    }  # fmt: skip


def test_every_written_rule_can_fail(plant: Plant) -> None:
    """All at once: each is broken on purpose, and says a row of it."""
    assert set(BREAKS) == {rule.rule_id for rule in expectations.rules()}
    found = {rule_id: result for (_, rule_id), result in plant("; ".join(BREAKS.values())).items()}
    for rule in expectations.rules():
        result = found[rule.rule_id]
        assert result.state == "failed", rule.rule_id
        assert result.detail
        assert result.is_blocking == (rule.severity == "blocking")


def test_a_check_that_cannot_be_made_is_an_error_and_no_bad_data(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    def rule(table: str, rule_id: str, sql: str) -> Rule:
        query = {"unexpected_rows_query": sql}
        return Rule(table, rule_id, "检查", "理由", "UnexpectedRowsExpectation", query, "warning")

    wrong = rule("grade.grade", "wrong", "select no_such_column from grade.grade")
    braces = rule(
        "run.info", "braces", "select 1 from run.info where not regexp_full_match(policy_version, '[0-9a-f]{16}')"
    )
    rules = (*expectations.rules(), wrong, braces)
    monkeypatch.setattr(expectations, "rules", lambda: rules)
    found = plant("""
        update run.info set policy_version = 'short';
        insert into plan.team (plan_id, entity_id, seat) values ('p', 1, 1)
    """)
    result = found["grade.grade", "wrong"]
    assert (result.state, result.unexpected_count, result.is_blocking) == ("error", None, True)
    assert "no_such_column" in str(result.detail)
    assert "could not be checked" in result.told()
    assert [key for key, r in found.items() if r.state == "error"] == [("grade.grade", "wrong")]
    assert found["grade.grade", "missing:entity_id"].state == "passed"
    # Braces of a query are its own, not the library's.
    assert (found["run.info", "braces"].state, found["run.info", "braces"].unexpected_count) == ("failed", 1)
    # A column that holds people's data is counted, and no value of its row is told.
    personal = found["plan.team", "missing:inspector_id"]
    assert (personal.state, personal.unexpected_count, personal.detail) == ("failed", 1, None)


@pytest.mark.slow
def test_the_screen_overlooks_nothing(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every rule asked in full the outcome is the same: of a whole snapshot, and of one with every fault planted."""
    broken = "; ".join(BREAKS.values()) + "; insert into entity.code select * from entity.code limit 1"
    screened = plant(), plant(broken)
    monkeypatch.setattr(screen, "suspected", lambda _, of_tables: of_tables)
    assert (plant(), plant(broken)) == screened


def test_what_the_screen_cannot_ask_is_suspected() -> None:
    never_asked = Rule("a.b", "odd", "检查", "理由", "ExpectTableRowCountToEqual", {"value": 3})
    plain = Rule("a.b", "missing:x", "检查", "理由", "ExpectColumnValuesToNotBeNull", {"column": "x"})
    assert screen.suspected(lambda _: (False,), {"a.b": [never_asked, plain], "a.c": [plain]}) == {"a.b": [never_asked]}
    assert screen.suspected(lambda _: (None,), {"a.b": [plain]}) == {}  # of no rows
    assert screen.suspected(lambda _: None, {"a.b": [never_asked, plain]}) == {"a.b": [never_asked, plain]}


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"sql": "select 1 from grade.score"}, "does not read grade.grade"),
        ({"sql": "select 1 from grade.grade where 1 > $most"}, "most"),
        ({"limits": {"most": 3}}, "most"),
        ({"table": "plan.drawn", "sql": "select 1 from plan.drawn"}, r"belongs in plan\.yaml"),
        ({"severity": "fatal"}, "severity"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(spec: dict[str, object], told: str) -> None:
    base = {
        "table": "grade.grade",
        "zh": "检查",
        "why": "理由",
        "severity": "warning",
        "sql": "select 1 from grade.grade",
    }
    with pytest.raises(expectations.ExpectationError, match=told) as raised:
        expectations._rule("grade", "mine", base | spec)
    assert str(raised.value).startswith("expectations/grade.yaml: mine: ")
