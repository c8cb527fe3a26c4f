"""No table compares all of its rows with all of another: what is joined without an equality is a handful of rows.

Not here: what tables say. A join through a value computed from both sides cost half of an indicator's time (decisions.md).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warehouse import catalog
from warehouse.engine import DuckDBEngine
from warehouse.home import Home

_FEW = 200  # rows: rules, departments, days of a season; the zone has 320 entities and 24,000 filings
_EACH_WITH_EACH = ("CROSS_PRODUCT", "NL_JOIN", "NESTED_LOOP_JOIN")

_THROUGH_AGE = """
select count(*) as events from known.complaint as c cross join run.info as r
join policy.decay as d on d.decay_id = 'complaint' and r.as_of - d.age_days = c.event_date
"""


def compared(node: dict[str, Any]) -> Iterator[tuple[str, list[int]]]:
    """Joins of each row with each, and the rows of both sides."""
    kind = node.get("operator_name", "")
    if kind.endswith(_EACH_WITH_EACH):
        yield kind, [child["operator_cardinality"] for child in node["children"]]
    for child in node["children"]:
        yield from compared(child)


def profiled(engine: DuckDBEngine, sql: str, told: Path) -> dict[str, Any]:
    engine.run("pragma enable_profiling = 'json'")
    engine.run(f"set profiling_output = '{told}'")
    engine.run(f"create or replace temp table profiled as {sql}")
    engine.run("pragma disable_profiling")
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def test_a_join_of_many_rows_with_many_is_by_equal_values(zone_home: Path, tmp_path: Path) -> None:
    shutil.copy(Home.at(zone_home).warehouse, tmp_path / "warehouse.duckdb")
    with DuckDBEngine(tmp_path / "warehouse.duckdb") as engine:
        joins = {
            name: list(compared(profiled(engine, table.sql, tmp_path / "told.json")))
            for name, table in catalog.sql_tables().items()
        }
        through_age = profiled(engine, _THROUGH_AGE, tmp_path / "told.json")
    assert {name: many for name, found in joins.items() if (many := [one for one in found if min(one[1]) > _FEW])} == {}
    assert any(min(rows) > _FEW for _, rows in compared(through_age))  # such a join would be seen
