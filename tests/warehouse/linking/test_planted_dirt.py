"""The dirt planted in a simulated zone, measured against its answers: who is linked, how surely, and who is kin.

The zone is of another seed and scale than any the weights were tried on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from models.policy.loader import Policy
from pipelines.feeds.simulated.zone import simulate
from tests.warehouse import small
from warehouse import catalog, parameters
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed
from warehouse.home import Home
from warehouse.linking import candidates, verdicts

AS_OF = date(2026, 10, 31)
KNOWN_BY = datetime(2026, 10, 31, 16)  # its end in Shanghai
KEYS = {
    "inspection": "inspection_id",
    "complaint": "complaint_id",
    "service_case": "case_id",
    "tax_filing": "filing_id",
}
LOADED = ("registration", *KEYS)


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DuckDBEngine, Path]]:
    folder = tmp_path_factory.mktemp("zone")
    simulate(folder / "data", 0.012, 23, lambda *_: None)
    feed, archive = load_feed(small.PACKS / "simulated"), Archive(Home.at(folder / "home").deliveries)
    archive.receive(feed, folder / "data")
    with small.opened() as engine:
        for name, table in catalog.contracts("raw").items():
            if name in LOADED:
                small.load(engine, archive, feed, name)
            else:
                small.fill(engine, table.qualified, [])
        small.fill(engine, "run.info", [{"as_of": AS_OF, "known_by": KNOWN_BY}])
        small.fill(engine, "run.feed", [{"feed_id": feed.feed, "code_system": feed.code_system, "zone": feed.zone}])
        parameters.write_policy(engine, Policy.load(), AS_OF)
        small.sql_table(engine, "entity.code", "entity.bearer", "entity.name", "entity.mention", "entity.history")
        parameters.write_reference(engine, "district", "select district_code, name as district_name")
        candidates.write_candidates(engine, Policy.load().at(AS_OF))
        verdicts.write_verdicts(engine, [])
        small.sql_table(engine, "entity.link", "entity.review", "entity.relation", "entity.alias")
        yield engine, folder / "data" / "_answers"


def test_dirty_rows_find_their_entity(zone: tuple[DuckDBEngine, Path]) -> None:
    engine, answers = zone
    told: list[tuple[str, str | None, bool | None]] = []
    for name, record in KEYS.items():
        small.sql_table(engine, f"fact.{name}")
        told += engine.rows(
            f"select t.kind, f.linked_by, f.entity_id = c.entity_id from fact.{name} as f"
            f" join raw.{name} as r on r.{record} = f.{record} and r.superseded_at is not distinct from f.superseded_at"
            f" join (select distinct * from '{answers}/code_truth.parquet') as t"
            f" on t.source_id = '{name}' and t.record_id = f.{record} and t.delivered_code is not distinct from r.entity_code"
            " left join entity.code as c on c.entity_code = t.true_code where f.linked_by is distinct from 'code'"
        )
    registered = [row for row in told if row[0] != "unknown_entity"]
    linked = [row for row in told if row[1] is not None]
    by_model = [row for row in linked if row[1] == "model"]
    assert len(registered) > 3_000
    assert len(by_model) > 200
    assert sum(row[2] is True for row in linked) / len(linked) >= 0.99
    assert sum(row[2] is True for row in by_model) / len(by_model) >= 0.99
    assert sum(row[2] is True for row in registered) / len(registered) >= 0.95


def test_strangers_are_nobody(zone: tuple[DuckDBEngine, Path]) -> None:
    engine, answers = zone
    wrong = engine.rows(
        "select count(*), count(*) filter (where l.entity_id is not null) from entity.link as l"
        f" where l.entity_code in (select true_code from '{answers}/code_truth.parquet' where kind = 'unknown_entity')"
    )[0]
    assert wrong[0] > 10
    assert wrong[1] == 0


def test_the_order_of_rows_makes_no_difference(zone: tuple[DuckDBEngine, Path]) -> None:
    engine, _ = zone
    before = engine.rows("select * from entity.candidate order by all")
    for name in ("mention", "bearer", "name"):
        engine.run(
            f"create or replace table entity.{name} as select * from entity.{name} order by sha256(cast(name_key as varchar))"
        )
    candidates.write_candidates(engine, Policy.load().at(AS_OF))
    assert engine.rows("select * from entity.candidate order by all") == before


def test_kin_is_found(zone: tuple[DuckDBEngine, Path]) -> None:
    engine, answers = zone
    found = engine.rows(
        f"select i.kind, count(*), count(*) filter (where r.relation_kind = i.kind) from '{answers}/identity.parquet' as i"
        " join entity.code as a on a.entity_code = i.entity_code join entity.code as b on b.entity_code = i.other_code"
        " left join entity.relation as r on least(r.entity_id, r.related_entity_id) = least(a.entity_id, b.entity_id)"
        " and greatest(r.entity_id, r.related_entity_id) = greatest(a.entity_id, b.entity_id) group by i.kind"
    )
    assert {kind for kind, _, _ in found} == {"conversion", "merger", "split", "duplicate"}
    assert all(right == planted for _, planted, right in found), found
    claimed = engine.rows("select count(*) from entity.relation where relation_kind = 'duplicate'")[0][0]
    planted = next(count for kind, count, _ in found if kind == "duplicate")
    assert claimed <= planted * 1.01 + 1


def test_an_old_code_leads_to_the_successor_but_not_after_a_split(zone: tuple[DuckDBEngine, Path]) -> None:
    engine, answers = zone
    led = engine.rows(
        "select i.kind, count(*), count(l.entity_id) from"
        f" '{answers}/identity.parquet' as i join entity.code as a on a.entity_code = i.entity_code"
        " join entity.code as b on b.entity_code = i.other_code left join entity.alias as l on l.entity_code = i.other_code"
        " and l.entity_id = a.entity_id group by i.kind"
    )
    assert {kind: leads / all_ for kind, all_, leads in led} == {
        "conversion": 1,
        "merger": 1,
        "split": 0,
        "duplicate": 0,
    }
    own = engine.rows("select count(*), count(distinct entity_code) from entity.alias where alias_kind = 'own'")[0]
    assert own[0] == own[1] == engine.count("entity.code")
