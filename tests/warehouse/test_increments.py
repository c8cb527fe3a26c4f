"""A refresh that reads only what is new equals one that reads everything: every table, to the last digit.

Deliveries come in a random order, with late rows, corrections, reverts, repeats, names that change hands and codes that
come after their events. Not here: what a row becomes (test_ingest).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.warehouse import small
from warehouse import catalog
from warehouse.build import build
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.ingest import ingest
from warehouse.stamps import Stamps

START = date(2024, 1, 1)
CONTRACTS = ("registration", "inspection", "penalty", "complaint", "tax_filing", "finding")
NAMES = ["甲店", "乙店", "丙店", "丁店"]
# Filled with the instant of building or the order of reading, which a figure does not rest on.
NOT_COMPARED = {"run.stamp", "run.info"}


def row(chance: random.Random, contract: str, day: int) -> dict[str, Any]:
    """One delivered row of a tiny zone of eight codes; few keys, so that versions and repeats abound."""
    event = START + timedelta(days=chance.randrange(day + 1))
    known = datetime.combine(event, datetime.min.time()) + timedelta(days=chance.choice([0, 0, 1, 9]))
    number = chance.randrange(6)
    whole = {
        "entity_code": f"E{chance.randrange(8)}",
        "entity_name": chance.choice([*NAMES, "无此店"]),
        "name": chance.choice(NAMES),
        "status": chance.choice(["active", "active", "active", "revoked", "closed?"]),
        "established_date": "2020-05-01",
        "hazard_level": chance.choice(["low", "medium", "high", ""]),
        "district_code": "610102",
        "department_id": chance.choice(["D1", "D2", f"D{day}"]),
        "inspection_id": f"I{number}",
        "inspection_kind": "random",
        "result": chance.choice(["pass", "fail"]),
        "critical_count": chance.choice(["0", "1", "many"]),
        "serious_count": "0",
        "minor_count": "1",
        "finding_id": f"F{number}",
        "finding_code": "x",
        "severity": chance.choice(["minor", "critical"]),
        "penalty_id": f"P{number}",
        "penalty_kind": "fine",
        "penalty_severity": chance.choice(["minor", "serious"]),
        "amount_cny": chance.choice(["100", "200"]),
        "complaint_id": f"C{number}",
        "complaint_kind": "x",
        "is_upheld": chance.choice(["true", "false"]),
        "filing_id": f"T{number}",
        "tax_kind": chance.choice(["vat", f"kind {day}"]),
        "tax_period": "2024-01-01",
        "due_date": "2024-01-15",
        "event_date": event.isoformat(),
        "known_at": known.isoformat(sep=" "),
    }
    wanted = [c.name for c in catalog.contracts("raw")[contract].columns if c.name in whole]
    return {name: whole[name] for name in [*wanted, *([] if "known_at" in wanted else ["known_at"])]}


def _write_parquet(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(rows[0], pl.String))
    frame.with_columns(pl.all().replace("", None)).write_parquet(path)


class Zone:
    """A pack whose deliveries arrive day by day, and the archive that keeps them; odd seeds deliver Parquet."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.data, self.day = folder / "data", 0
        self.data.mkdir(parents=True)
        self.kind = "parquet" if seed % 2 else "csv"
        sources = {c: f"{c}/*.{self.kind}" for c in CONTRACTS}
        self.feed = small.pack(folder / "pack", sources, file_format=self.kind, known_at={"column": True})
        self.home = Home.at(folder / "home")
        self.archive = Archive(self.home.deliveries)
        self.sent: list[tuple[str, list[dict[str, Any]]]] = []

    def deliver(self) -> date:
        """One more day: some sources deliver, some of it what was sent before; returns the day."""
        self.day += self.chance.choice([1, 2, 30])
        for contract in CONTRACTS:
            if self.day > 2 and self.chance.random() < 0.4:
                continue
            rows = [row(self.chance, contract, self.day) for _ in range(self.chance.randrange(1, 12))]
            for earlier, old in self.sent:
                if earlier == contract and self.chance.random() < 0.3:
                    rows += self.chance.sample(old, len(old) // 2)
            self.send(contract, f"{self.day:04}", rows)
            self.sent.append((contract, rows))
        self.archive.receive(self.feed, self.data)
        return START + timedelta(days=self.day)

    def send(self, contract: str, name: str, rows: list[dict[str, Any]]) -> None:
        """One file of a source, with every column of its contract."""
        own = [c.name for c in catalog.contracts("raw")[contract].columns if c.name not in _LINEAGE]
        columns, path = [*own, "known_at"], self.data / contract / f"{name}.{self.kind}"
        delivered = [{c: r.get(c, "") for c in columns} for r in rows]
        small.write_csv(path, columns, delivered) if self.kind == "csv" else _write_parquet(path, delivered)

    def refresh(self, engine: DuckDBEngine, as_of: date) -> None:
        small.build_all(engine, self.home.root, [self.feed], self.data, as_of)


_LINEAGE = {"feed_id", "source_id", "load_no", "row_number", "known_at", "superseded_at"}


def content(engine: DuckDBEngine) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of every stage, its rows in a total order."""
    schemas = [*catalog.PARAMETERS, *catalog.STAGES, "repeated"]
    names = [name for name in engine.tables(schemas) if name not in NOT_COMPARED]
    return {name: engine.rows(f"select * from {name} order by all") for name in names}


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 20))]


@pytest.mark.parametrize("seed", SEEDS)
def test_day_by_day_equals_all_at_once(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 4 < 2:  # of so few rows every day touches many: facts are merged nevertheless
        monkeypatch.setattr("warehouse.build._SMALL_SHARE", 2.0)
    zone = Zone(tmp_path / "zone", seed)
    with small.opened(tmp_path / "increment.duckdb") as increment:
        for _ in range(4):
            as_of = zone.deliver()
            zone.refresh(increment, as_of)
        with small.opened() as whole:
            zone.refresh(whole, as_of)
            expected = content(whole)
        found = content(increment)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, f"day {zone.day}: {name} differs"


@pytest.mark.slow
def test_an_earlier_day_again_equals_that_day(tmp_path: Path) -> None:
    zone = Zone(tmp_path / "zone", 11)
    days = [zone.deliver() for _ in range(3)]
    with small.opened() as engine, small.opened() as whole:
        for as_of in (days[2], days[0], days[1]):
            zone.refresh(engine, as_of)
        zone.refresh(whole, days[1])
        assert content(engine) == content(whole)


@pytest.fixture
def settled(tmp_path: Path) -> Iterator[tuple[Zone, DuckDBEngine, date]]:
    zone = Zone(tmp_path / "zone", 5)
    zone.deliver()
    as_of = zone.deliver()
    with small.opened() as engine:
        zone.refresh(engine, as_of)
        yield zone, engine, as_of


def test_nothing_new_builds_nothing(settled: tuple[Zone, DuckDBEngine, date]) -> None:
    zone, engine, as_of = settled
    before = content(engine)
    zone.archive.receive(zone.feed, zone.data)
    zone.refresh(engine, as_of)
    hows = {name: build(engine, table).how for name, table in catalog.sql_tables().items()}
    assert {name: how for name, how in hows.items() if how != "unchanged"} == {}
    assert content(engine) == before


def test_a_new_delivery_touches_only_what_follows_from_it(settled: tuple[Zone, DuckDBEngine, date]) -> None:
    zone, engine, as_of = settled
    fact = {name: Stamps(engine).get(f"fact.{name}") for name in ("penalty", "tax_filing")}
    rows = [row(zone.chance, "penalty", 1) | {"penalty_id": "P-new"}]
    zone.send("penalty", "9999", rows)
    zone.archive.receive(zone.feed, zone.data)
    zone.refresh(engine, as_of)
    assert Stamps(engine).get("fact.tax_filing") == fact["tax_filing"]
    assert Stamps(engine).get("fact.penalty") != fact["penalty"]


def test_a_changed_recipe_reads_everything_anew(settled: tuple[Zone, DuckDBEngine, date]) -> None:
    zone, engine, _ = settled
    sql = zone.feed.folder / "penalty.sql"
    sql.write_text(sql.read_text().replace("amount_cny", "cast(null as varchar) as amount_cny"))
    ingest(engine, zone.archive, [zone.feed], catalog.contracts("raw")["penalty"])
    assert engine.rows("select count(*) from raw.penalty where amount_cny is not null") == [(0,)]
    assert engine.count("raw.penalty") > 0


def test_a_run_that_dies_while_merging_leaves_the_table_as_it_was(
    settled: tuple[Zone, DuckDBEngine, date], monkeypatch: pytest.MonkeyPatch
) -> None:
    zone, engine, _ = settled
    before = content(engine)
    zone.deliver()
    monkeypatch.setattr("warehouse.ingest._register", _die)
    changed = [c for c in CONTRACTS if (zone.data / c / f"{zone.day:04}.{zone.kind}").exists()]
    for contract in changed:
        with pytest.raises(KeyboardInterrupt):
            ingest(engine, zone.archive, [zone.feed], catalog.contracts("raw")[contract])
    assert changed
    assert content(engine) == before


def _die(*_: object) -> None:
    raise KeyboardInterrupt
