"""When a table is made anew, and when by changed rows.

Not here: that the outcome is always that of making it anew, from deliveries to grades (test_increments.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.warehouse import small
from warehouse import catalog
from warehouse.build import build, build_with
from warehouse.engine import DuckDBEngine
from warehouse.stamps import Stamps

KNOWN = {"feed_id": "f", "event_date": date(2024, 1, 1), "known_at": datetime(2024, 1, 2)}
TABLES = catalog.sql_tables()
LINK = """
create or replace table entity.link as
select '{0}||' as mention_key, '{0}' as entity_code, cast(null as varchar) as entity_name, cast({1} as bigint) as entity_id,
    'model' as linked_by, timestamp '2024-01-01' as known_at
"""


def test_a_table_is_made_anew_when_its_recipe_or_the_columns_of_its_contract_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with small.opened() as engine:

        def built(recipe: str) -> str:
            return build_with(
                engine,
                "known.warning_action",
                (),
                recipe,
                lambda: engine.build("known.warning_action", "select 1 as one"),
            ).how

        assert [built("a"), built("a"), built("b"), built("b")] == ["whole", "unchanged", "whole", "unchanged"]
        told = catalog.contracts("known")
        table = told["warning_action"]
        shorter = {**told, "warning_action": replace(table, columns=table.columns[:-1])}
        monkeypatch.setattr(catalog, "contracts", lambda stage: shorter)
        assert [built("b"), built("b")] == ["whole", "unchanged"]


@pytest.fixture
def filings() -> Iterator[DuckDBEngine]:
    """Thirty filings of E1, one of E2 and one of E3; E1 is registered, E3 linked to entity 7."""
    with small.opened() as engine:
        small.fill(engine, "run.feed", [{"feed_id": "f", "code_system": "licence_number", "zone": "UTC"}])
        small.fill(engine, "run.info", [{"as_of": date(2024, 6, 30), "known_by": datetime(2024, 7, 1)}])
        codes = [*["E1"] * 30, "E2", "E3"]
        rows = [KNOWN | {"filing_id": f"T{n}", "entity_code": code} for n, code in enumerate(codes)]
        small.fill(engine, "raw.tax_filing", rows)
        for name in ("run.feed", "run.info", "raw.tax_filing"):
            Stamps(engine).put(name, "fixed")
        register(engine, "E1")
        engine.run(LINK.format("E3", 7))
        Stamps(engine).put("entity.link", "first")
        assert build(engine, TABLES["fact.tax_filing"]).how == "whole"
        yield engine


def register(engine: DuckDBEngine, *codes: str) -> None:
    small.fill(engine, "raw.registration", [KNOWN | {"entity_code": code, "name": code} for code in codes])
    Stamps(engine).put("raw.registration", ",".join(codes))
    build(engine, TABLES["entity.code"])


def built_again(engine: DuckDBEngine) -> str:
    """How the fact was brought up; its rows are those of making it anew."""
    fact = TABLES["fact.tax_filing"]
    how = build(engine, fact).how
    kept = engine.rows("select * from fact.tax_filing order by all")
    engine.build(fact.qualified, fact.sql)
    assert engine.rows("select * from fact.tax_filing order by all") == kept
    return how


def linked(engine: DuckDBEngine, filing_id: str) -> tuple[object, ...]:
    ((entity_id, linked_by),) = engine.rows(
        "select entity_id is null, linked_by from fact.tax_filing where filing_id = ?", [filing_id]
    )
    return entity_id, linked_by


def test_a_fact_looks_again_at_rows_of_codes_that_came_or_went(filings: DuckDBEngine) -> None:
    assert built_again(filings) == "unchanged"
    register(filings, "E1", "E2", "E9")
    assert sorted(code for (code,) in filings.rows("select entity_code from delta.entity_code")) == ["E2", "E9"]
    assert built_again(filings) == "merged"
    assert linked(filings, "T30") == (False, "code")
    register(filings, "E1")
    assert built_again(filings) == "merged"
    assert linked(filings, "T30") == (True, None)


def test_a_fact_whose_rows_stay_as_they_were_keeps_its_stamp(filings: DuckDBEngine) -> None:
    first = Stamps(filings).get("fact.tax_filing")
    register(filings, "E1", "E9")  # no row has E9
    assert built_again(filings) == "unchanged"
    filings.run("create table delta.entity_link as select 'E3' as entity_code, cast(null as varchar) as entity_name")
    Stamps(filings).put("entity.link", "second")  # told to differ in E3, which still means 7
    assert built_again(filings) == "unchanged"
    second = Stamps(filings).get("fact.tax_filing")
    assert first is not None
    assert second is not None
    assert second.stamp == first.stamp
    assert second.inputs != first.inputs
    register(filings, "E1", "E2", "E9")
    assert built_again(filings) == "merged"
    third = Stamps(filings).get("fact.tax_filing")
    assert third is not None
    assert third.stamp != first.stamp
    assert linked(filings, "T30") == (False, "code")


def test_a_fact_is_made_anew_when_nobody_knows_what_changed_in_whom_its_rows_mean(filings: DuckDBEngine) -> None:
    filings.run(LINK.format("E2", 8))
    Stamps(filings).put("entity.link", "second")
    assert built_again(filings) == "whole"
    register(filings, "E1", "E8")
    register(filings, "E1", "E8", "E9")  # twice since the fact was built
    assert built_again(filings) == "whole"


def test_what_a_link_differs_in_is_kept_beside_it(filings: DuckDBEngine) -> None:
    filings.run(LINK.format("E2", 8))
    filings.run("create table delta.entity_link as select 'E2' as entity_code, cast(null as varchar) as entity_name")
    filings.run("insert into delta.entity_link values ('E3', null)")
    Stamps(filings).put("entity.link", "second")
    assert built_again(filings) == "merged"
    assert [linked(filings, one) for one in ("T30", "T31")] == [(False, "model"), (True, None)]


def test_a_fact_looks_again_at_rows_of_names_whose_link_changed(filings: DuckDBEngine) -> None:
    names = [*["乙店"] * 30, "甲店"]
    rows = [KNOWN | {"text_id": f"X{n}", "entity_name": name, "body": "x"} for n, name in enumerate(names)]
    small.fill(filings, "raw.text_item", rows)
    Stamps(filings).put("raw.text_item", "fixed")
    fact = TABLES["fact.text_item"]
    assert build(filings, fact).how == "whole"
    filings.run("create table delta.entity_link as select cast(null as varchar) as entity_code, '甲店' as entity_name")
    filings.run("update entity.link set mention_key = '|甲店|', entity_code = null, entity_name = '甲店'")
    Stamps(filings).put("entity.link", "second")
    assert build(filings, fact).how == "merged"
    assert filings.rows("select text_id from fact.text_item where entity_id is not null") == [("X30",)]
