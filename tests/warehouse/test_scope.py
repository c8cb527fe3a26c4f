"""Every viewer reads exactly the tables, rows and columns that the access policy grants, and nothing undeclared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.access.rules import AccessRules, access_rules
from models.access.viewer import ROLES, Role, Viewer
from models.policy.loader import Policy, PolicyError
from tests.dashboards.snapshot import publish
from warehouse import scope
from warehouse.scoped_reader import ScopedReader
from warehouse.serving import ServingReader, promised

RULES = access_rules()
TABLES = scope.readable(Viewer("admin"))
FIRST, OTHER = "610102", "610113"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scope")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def reader(home: Path) -> Iterator[ScopedReader]:
    found = ScopedReader(home, Viewer("admin"))
    yield found
    found.close()


def number(reader: ServingReader, sql: str) -> int:
    return int(reader.query(sql).item())


def test_policy_and_contracts_name_the_same_tables() -> None:
    named = set(RULES.cuts)
    stages = {name.removesuffix(".*") for name in named if name.endswith(".*")}
    declared = {name for name in named if not name.endswith(".*")}
    assert set(TABLES) >= set(promised())
    assert {name for name in TABLES if name.partition(".")[0] not in stages} == declared
    assert set(RULES.readers) <= declared
    assert {table for mask in RULES.masks.values() for table in mask.except_in} <= declared


def test_a_cut_names_columns_that_its_tables_have() -> None:
    needs = {"district": "district_code", "entity": "entity_id", "department": "department_id", "case": "case_id"}
    for table, cuts in RULES.cuts.items():
        for cut in cuts & needs.keys():
            assert needs[cut] in TABLES[table].columns, table


def test_a_table_with_a_district_is_cut_or_the_list_of_districts() -> None:
    """A new table of rows by district or entity must not slip in as a total of the whole zone."""
    whole = {name for name in promised() if "whole" in RULES.cuts_of(name)}
    open_to_all = {n for n in whole if {"district_code", "entity_id"} & set(TABLES[n].columns)}
    assert open_to_all == {"entity.district"}


def test_every_column_that_names_a_person_is_masked_for_an_analyst() -> None:
    analyst = scope.readable(Viewer("analyst"))
    exempt = {table for mask in RULES.masks.values() for table in mask.except_in}
    for name, table in promised().items():
        for column in table.columns:
            if (column.purpose or column.sensitivity == "personal") and name in analyst and name not in exempt:
                assert column.name in analyst[name].masked, f"{name}.{column.name}"


def test_an_undeclared_table_is_for_the_administrator_only(monkeypatch: pytest.MonkeyPatch) -> None:
    described = {**scope._described(), "mart.new": {"a": "BIGINT"}}
    monkeypatch.setattr(scope, "_described", lambda: described)
    assert [role for role in ROLES if "mart.new" in scope.readable(Viewer(role))] == ["admin"]


def test_a_table_of_no_viewer_does_not_exist_for_a_page(reader: ScopedReader) -> None:
    for role in ("leader", "analyst"):
        with pytest.raises(duckdb.CatalogException):
            reader.of(Viewer(role)).query("select * from plan.recusal")
    assert number(reader.of(Viewer("regulator")), "select count(*) from plan.recusal") >= 0


def test_who_sees_the_zone_reads_what_the_snapshot_holds(home: Path, reader: ScopedReader) -> None:
    plain = ServingReader(home)
    for table in ("mart.entity_card", "known.inspection", "grade.grade", "mart.drawn_list"):
        for one in (reader, reader.of(Viewer("regulator")), reader.of(None)):
            asked = f"select count(*) from {table}"
            assert number(one, asked) == number(plain, asked) > 0
    plain.close()


@settings(max_examples=20)  # every scope is a database of views
@given(
    st.frozensets(st.sampled_from([FIRST, OTHER, "6101G1", "x' or true --"]), max_size=3), st.sampled_from(ROLES[:3])
)
def test_a_scoped_viewer_reads_rows_of_the_districts_only(
    reader: ScopedReader, districts: frozenset[str], role: Role
) -> None:
    mine = reader.of(Viewer(role, None, districts))
    bound = {"districts": sorted(districts)}
    for table, column in (("mart.entity_card", "entity_id"), ("known.inspection", "inspection_id")):
        seen = set(mine.query(f"select {column} from {table}")[column])
        wanted = reader.query(
            f"select t.{column} from {table} t join known.entity e using (entity_id)"
            " where e.district_code = any($districts)",
            bound,
        )[column]
        assert seen == set(wanted)


def test_departments_limit_events_and_not_entities(reader: ScopedReader) -> None:
    department = str(reader.query("select min(department_id) from known.inspection").item())
    mine = reader.of(Viewer("regulator", frozenset({department})))
    assert set(mine.query("select distinct department_id from known.inspection")["department_id"]) == {department}
    assert number(mine, "select count(*) from known.entity") == number(reader, "select count(*) from known.entity")


def test_a_case_takes_its_steps_along() -> None:
    with duckdb.connect() as base:
        base.execute("attach ':memory:' as snapshot; create schema snapshot.known")
        base.execute("create table snapshot.known.entity as select 1 as entity_id, '610102' as district_code")
        base.execute(
            "create table snapshot.known.service_case as select * from (values ('a', 1, null, 'D1'), ('b', 2, '610102', 'D1'),"
            " ('c', 2, '610113', 'D1'), ('d', 1, '610102', 'D2')) as c(case_id, entity_id, district_code, department_id)"
        )
        base.execute("create table snapshot.known.clock as select unnest(['a', 'b', 'c', 'd', 'gone']) as case_id")
        base.execute("attach ':memory:' as mine; use mine")
        columns = ["case_id", "entity_id", "district_code", "department_id"]
        present = dict.fromkeys(("known.entity", "known.service_case", "known.clock"), columns)
        for statement in scope.statements(Viewer("regulator", frozenset({"D1"}), frozenset({FIRST})), present=present):
            base.execute(statement)
        assert base.execute("select case_id from known.clock order by 1").fetchall() == [("a",), ("b",)]
        assert base.execute("select count(*) from known.service_case").fetchall() == [(2,)]


def test_masks_hide_sole_proprietors_and_nobody_else(reader: ScopedReader) -> None:
    asked = (
        "select legal_form = 'sole_proprietor' as is_sole, count(*) as n,"
        " count(*) filter (where name not like '（不显示%') as names,"
        " count(*) filter (where address not like '（不显示%') as places"
        " from known.entity group by 1 order by 1"
    )
    everything, leader, analyst = (
        reader.of(Viewer(role)).query(asked).rows() for role in ("admin", "leader", "analyst")
    )
    firms, shops = everything
    assert shops[1] == shops[2] == shops[3] > 0
    assert leader == [firms, (*shops[:3], 0)]
    assert analyst == [firms, (True, shops[1], 0, 0)]


def test_numbers_of_inspectors_are_for_who_schedules(reader: ScopedReader) -> None:
    for role, seen in (("regulator", True), ("admin", True), ("leader", False), ("analyst", False)):
        one = reader.of(Viewer(role))
        assert (number(one, "select count(inspector_ids) from mart.drawn_list") > 0) is seen


def test_running_text_is_for_who_checks_it(reader: ScopedReader) -> None:
    """Beginnings of texts and replies, and titles: in each table that has them, for each role."""
    texts = {n: sorted({"excerpt", "text_excerpt", "title"} & set(t.columns)) for n, t in TABLES.items()}
    shown = {name: columns for name, columns in texts.items() if columns}
    assert set(shown) == {
        "known.service_case", "known.text_item", "mart.entity_text", "mart.order_review", "mart.reply", "mart.text_review",
        "mart.topic_text",
    }  # fmt: skip
    for role, seen in (("regulator", True), ("admin", True), ("leader", False), ("analyst", False), ("wall", False)):
        one, read = reader.of(Viewer(role)), scope.readable(Viewer(role))
        for name, columns in shown.items():
            if name in read:
                assert (read[name].masked & set(columns) == set()) is seen, (role, name)
                assert seen or set(columns) <= read[name].masked, (role, name)
        assert (number(one, "select count(*) from mart.entity_text where text_excerpt like '第 %'") > 0) is seen
        assert (number(one, "select count(title) from mart.entity_text") > 0) is seen


def test_a_snapshot_of_another_version_shows_what_both_know() -> None:
    made = scope.statements(Viewer("leader"), present={"run.info": ["run_id", "surplus"]})
    assert made == [
        'create schema "run"',
        'create view "run"."info" as select t."run_id" as "run_id" from snapshot."run"."info" as t',
    ]


def test_a_table_named_twice_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "access"
    folder.mkdir()
    (folder / "rows.yaml").write_text(
        "id: access.rows\ntitle: t\nunit: u\nbasis: [local-default]\n"
        "values:\n  2025-01-01: {whole: [mart.district], district: [mart.district]}\n"
    )
    with pytest.raises(PolicyError, match=r"mart\.district stands under district, whole"):
        AccessRules.from_policy(Policy.load(tmp_path).at(date(2026, 1, 1)))
