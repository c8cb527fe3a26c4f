"""Tables that read texts now and then: what each is told to add and to drop leaves it with the texts in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse import small
from warehouse.engine import DuckDBEngine
from warehouse.stamps import Stamps
from warehouse.text.increment import forget, reading

NOON = datetime(2026, 10, 1, 12)
COLUMNS = {"feed_id": "VARCHAR", "text_id": "VARCHAR", "known_at": "TIMESTAMP", "content_hash": "UBIGINT"}
bodies = st.dictionaries(st.integers(0, 4), st.sampled_from(["甲", "乙"]))  # of texts by number
readers = st.sets(st.sampled_from(["delta.one", "delta.other"]))


def know(engine: DuckDBEngine, told: dict[int, str], step: int) -> None:
    rows: list[dict[str, Any]] = [
        {"feed_id": "f", "text_id": f"T{number}", "known_at": NOON, "event_date": NOON.date(), "body": body}
        for number, body in told.items()
    ]
    small.fill(engine, "fact.text_item", rows)
    engine.run("create or replace table known.text_item as from fact.text_item")
    Stamps(engine).put("known.text_item", f"{step} {sorted(told.items())}")


def read(engine: DuckDBEngine, table: str, recipe: str = "r") -> bool:
    with reading(engine, table, COLUMNS, recipe) as increment:
        forget(engine, table, "text_gone")
        engine.run(f"insert into {table} select {', '.join(COLUMNS)} from text_new")
    return increment.is_whole


def held(engine: DuckDBEngine, table: str) -> list[tuple[Any, ...]]:
    return engine.rows(f"select text_id, content_hash from {table} order by all")


@given(st.lists(st.tuples(bodies, readers), min_size=1, max_size=6))
def test_whoever_reads_late_reads_the_same(days: list[tuple[dict[int, str], set[str]]]) -> None:
    hashed = (
        "select text_id, hash(entity_id, district_code, title, body, published_at) from known.text_item order by all"
    )
    with small.opened() as engine:
        for step, (told, who) in enumerate(days):
            know(engine, told, step)
            for table in sorted(who):
                read(engine, table)
                assert held(engine, table) == engine.rows(hashed)


def test_another_recipe_reads_all_and_the_same_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with small.opened() as engine:
        know(engine, {1: "甲", 2: "乙"}, 0)
        assert read(engine, "delta.one")
        assert not read(engine, "delta.one")
        assert read(engine, "delta.one", "another")
        looked: list[str] = []
        run = engine.run
        monkeypatch.setattr(engine, "run", lambda sql: (looked.append(sql), run(sql)))
        assert read(engine, "delta.other")  # the first to come was told the same texts: nobody looks at them again
        assert not [sql for sql in looked if "text_now" in sql]
        assert held(engine, "delta.other") == held(engine, "delta.one") != []
