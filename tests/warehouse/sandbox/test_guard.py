"""Fuzzing of the guard: what it lets through reads nothing but readable tables, and nothing makes it fail otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from warehouse.sandbox import guard
from warehouse.sandbox.refusal import SandboxError

READABLE = frozenset({"mart.entity_card", "known.inspection"})
ATTACKS = yaml.safe_load((Path(__file__).parents[2] / "cases" / "sandbox_attacks.yaml").read_text())
QUERIES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "analyst_queries.yaml").read_text())
REFUSED = [sql for case in ATTACKS if case["ends"] == "refused" for sql in case["sql"] if sql.isascii()]
SOURCES = (
    "mart.entity_card", '"mart"."entity_card"', "MART.Entity_Card", "known.inspection",
    "plan.recusal", '"plan".recusal', "duckdb_tables", "duckdb_tables()", "pg_tables", "sqlite_master", "a", "b", "hidden", "Hidden",
    "information_schema.tables", "memory.mart.entity_card", "'x.csv'", "range(3)", "generate_series(1, 2)",
    "query('select 1')", "(values (1)) v(x)", "pragma_version()", "read_csv('x')",
)  # fmt: skip
NAMES = (
    "a",
    "b",
    "hidden",
    "duckdb_tables",
    "pg_tables",
    "recusal",
    "plan",
    "sqlite_master",
    "entity_card",
    '"A"',
    "hidden",
)
SHAPES = (
    "select * from {0}",
    "select 1 from {0} x cross join {1} y",
    "select (select count(*) from {0}) from {1}",
    "select exists (from {0})",
    "with {n} as (select * from {0}) select * from {1}",
    "with {n} as (from {0}), {m} as (from {1}) from {0}, {1}",
    "with recursive {n} as (select 1 as k union all select k + 1 from {0}) select * from {1}",
    "select * from (with {n} as (from {0}) select 1) z, {1}",
    "select * from {0} union all by name select * from {1}",
    "from (from {0}) pivot (count(*) for x in (1))",
    "select sum(1) over (order by (select 1 from {0})) from {1} qualify exists (from {0})",
    "select list_transform([1], lambda k: k + 1), columns(*) from {0} where 1 in (select 1 from {1})",
    "select * from {0}, lateral (select * from {1}) l",
    "(with {n} as (select 1) select 1) except select 1 from {0} limit (select 1 from {1})",
    "summarize (from {0})",
)


@pytest.fixture(scope="module")
def parser() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"errors_as_json": True, "max_expression_depth": 250}) as connection:
        for schema, table in (("mart", "entity_card"), ("known", "inspection"), ("plan", "recusal")):
            connection.execute(f"create schema {schema}; create table {schema}.{table} (x integer)")
        connection.execute("create table hidden (x integer)")  # as a system table: it needs no stage
        yield connection


def passes(parser: duckdb.DuckDBPyConnection, sql: str) -> bool:
    try:
        guard.check(parser, sql, READABLE)
    except SandboxError as error:
        if error.at is not None and not 0 <= error.at <= len(sql):
            pytest.fail(f"{error.at} is no place in {sql!r}")
        return False
    return True


@given(
    st.sampled_from(SHAPES), st.sampled_from(SOURCES), st.sampled_from(SOURCES),
    st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(SHAPES),
)  # fmt: skip
def test_what_passes_reads_only_readable_tables(
    parser: duckdb.DuckDBPyConnection, shape: str, one: str, two: str, n: str, m: str, inner: str
) -> None:
    nested = f"({inner.format(one, two, n=n, m=m)}) s"
    for sql in (shape.format(one, two, n=n, m=m), shape.format(nested, two, n=m, m=n)):
        if passes(parser, sql):
            try:
                read = parser.get_table_names(sql, qualified=True)  # the engine's own binder says what is read
            except duckdb.Error:
                continue
            assert {name.lower().replace('"', "").partition(" as ")[0] for name in read} <= READABLE, sql


@given(st.data())
def test_a_refused_statement_stays_refused_however_it_is_written(
    parser: duckdb.DuckDBPyConnection, data: st.DataObject
) -> None:
    sql = data.draw(st.sampled_from(REFUSED))
    assert not passes(parser, sql)
    if "'" not in sql and '"' not in sql and "--" not in sql:
        gap = st.sampled_from((" ", "\n", "\t", " /* x */ ", " -- y\n", "\u00a0", "  "))
        sql = "".join(data.draw(gap) if letter == " " else letter for letter in sql)
        sql = "".join(letter.upper() if data.draw(st.booleans()) else letter for letter in sql)
        assert not passes(parser, sql), sql


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from((
    "select", "from", "with", "as", "(", ")", "[", "]", "{", "}", "*", ",", "mart.entity_card", "plan.recusal", "x", "1",
    "'a'", '"b"', "union", "where", ";", "$p", "?", "lambda", ":", "over", "::", "pivot", "values", "exists", "--", "/*",
))).map(" ".join)))  # fmt: skip
def test_any_text_is_answered(parser: duckdb.DuckDBPyConnection, sql: str) -> None:
    passes(parser, sql)


@given(st.sampled_from([case["sql"] for case in QUERIES]), st.integers(0, 300), st.text(max_size=3))
def test_a_damaged_query_is_answered(parser: duckdb.DuckDBPyConnection, sql: str, at: int, put: str) -> None:
    passes(parser, sql[: at % len(sql)] + put + sql[at % len(sql) + 1 :])


def test_every_listed_function_is_one_of_the_engine(parser: duckdb.DuckDBPyConnection) -> None:
    known = {
        name for (name,) in parser.execute("select distinct lower(function_name) from duckdb_functions()").fetchall()
    }
    grammar = {"coalesce", "nullif", "ifnull", "grouping", "grouping_id", "unnest", "overlay", "position", "trim"}
    assert guard.allowed()["functions"] - known - grammar == set()


@pytest.mark.parametrize(
    "kind", ["current_setting", "getenv", "query", "read_csv", "error", "sleep_ms", "stats", "nextval"]
)
def test_what_tells_of_the_engine_is_on_no_list(kind: str) -> None:
    assert kind not in guard.allowed()["functions"]
    assert guard.allowed()["table_functions"] < guard.allowed()["functions"]
