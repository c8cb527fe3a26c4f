"""Ordinary queries of analysts (tests/cases/analyst_queries.yaml) pass and give the right rows."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.warehouse.sandbox.asked import ask
from warehouse.sandbox.pool import Pool
from warehouse.sandbox.refusal import SandboxError

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[2] / "cases" / "analyst_queries.yaml").read_text())


def plain(value: Any) -> Any:
    """A DECIMAL as a number, anything else as text."""
    return float(value) if isinstance(value, Decimal) else str(value)


@pytest.mark.parametrize("case", CASES, ids=[case["ask"] for case in CASES])
def test_an_ordinary_query_gives_its_rows(pool: Pool, snapshot: Path, case: dict[str, Any]) -> None:
    rows, end = ask(pool, snapshot, case["sql"], case.get("values"))
    assert json.loads(json.dumps(rows, default=plain)) == case["gives"]
    assert end["total"] == len(rows)


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize(
    ("sql", "reason", "at"),
    [
        ("select 户数 from mart.entity_card", "没有列 户数", "户数"),
        ("select '中文', nam from mart.entity_card", "没有列 nam；可能是 name", "nam"),
        ("select count(*)\nfrom mart.nowhere", "没有可读的表 mart.nowhere", "mart.nowhere"),
        ("select 一, getenv('x')", "没有或不能使用函数 getenv", "getenv"),
        ("selec 1", "语法错误：“selec”附近", "selec"),
        ("select '中' as a, b c d from x", "语法错误：“d”附近", "d from"),
        ("select name, count(*) from mart.entity_card", "列 name 须写进 GROUP BY", "name"),
        ("select sum(name) from mart.entity_card", "没有这样参数的函数：sum(VARCHAR)", "sum"),
        ("select entity_card.x from mart.entity_card", "entity_card 没有列 x", "entity_card.x"),
        ("select * from entity_card", "表名要写阶段", "entity_card"),
        ("select $a", "缺少参数：a", None),
    ],
)
def test_a_mistake_is_told_at_its_place(pool: Pool, snapshot: Path, sql: str, reason: str, at: str | None) -> None:
    with pytest.raises(SandboxError) as raised:
        ask(pool, snapshot, sql)
    assert reason in raised.value.reason
    assert raised.value.at is None if at is None else sql[raised.value.at or 0 :].startswith(at)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select cast(case when range = 3000000 then 'x' else '1' end as int) from range(4000000)", "TRY_CAST"),
        ("select repeat('x', case when range = 3000000 then 900000000 else 3 end) from range(4000000)", "内存上限"),
        ("select range, md5(range::text) || md5('x' || range) as b from range(3000000) order by b", "内存上限"),
    ],
    ids=["a value of a late row", "memory at a late row", "a sort that does not fit"],
)
def test_what_goes_wrong_while_rows_are_fetched_is_told(pool: Pool, snapshot: Path, sql: str, reason: str) -> None:
    with pytest.raises(SandboxError, match=reason) as raised:
        ask(pool, snapshot, sql, seconds=60)  # a machine with other work takes longer than the pool allows
    assert raised.value.kind == "failed"
    assert ask(pool, snapshot, "select 1")[0] == [[1]]


def test_a_mistake_in_a_plan_is_told_at_the_same_place(pool: Pool, snapshot: Path) -> None:
    sql = "select '中文', nam from mart.entity_card"
    with pytest.raises(SandboxError) as raised:
        ask(pool, snapshot, sql, explain=True)
    assert raised.value.at == sql.index("nam")


@pytest.mark.parametrize(("most", "sent"), [(499, 499), (500, 500), (501, 500)])
def test_a_cut_answer_says_how_many_rows_there_are(pool: Pool, snapshot: Path, most: int, sent: int) -> None:
    rows, end = ask(pool, snapshot, "select * from mart.entity_card", most_rows=most)
    assert (len(rows), end["sent"], end["total"]) == (sent, sent, 500)


def test_an_answer_of_many_bytes_is_cut_by_bytes(pool: Pool, snapshot: Path) -> None:
    sql = "select repeat('x', 1000) from range(50000)"
    _, end = ask(pool, snapshot, sql, most_rows=10**6, most_bytes=10**7)
    assert 10_000 <= end["sent"] < 50_000
    assert end["total"] == 50_000


def test_columns_of_one_name_are_told_apart(pool: Pool, snapshot: Path) -> None:
    rows, _ = ask(pool, snapshot, "select 1 as a, 2 as a, 3 as a_2, 4 as a")
    assert rows == [[1, 2, 3, 4]]
