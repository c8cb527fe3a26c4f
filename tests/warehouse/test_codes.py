"""Texts of an open set are held as codes where looking for them is cheap; what a table says is the same either way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.warehouse import small
from warehouse import catalog
from warehouse.build import build
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed
from warehouse.stamps import Stamps

SAID = "select filing_id, department_id, tax_kind from raw.tax_filing order by filing_id, known_at, load_no"


def filing(number: int, department: str, kind: str | None = "增值税") -> dict[str, Any]:
    day = date(2024, 3, 1)
    own = {"filing_id": f"T{number}", "entity_code": "E1", "department_id": department, "tax_kind": kind}
    return own | {"tax_period": day, "due_date": day, "event_date": day, "amount_cny": 1.0, "arrears_cny": 0.0}


class Office:
    """A feed of tax filings in one format."""

    def __init__(self, root: Path, file_format: str) -> None:
        self.data, self.archive, self._format = root / "data", Archive(root / "raw"), file_format
        self.data.mkdir(parents=True)
        self.feed: Feed = small.pack(root / "office", {"tax_filing": f"*.{file_format}"}, file_format=file_format)

    def deliver(self, engine: DuckDBEngine, name: str, rows: Sequence[dict[str, Any]]) -> None:
        frame, path = pl.DataFrame(rows), self.data / f"{name}.{self._format}"
        frame.write_parquet(path) if self._format == "parquet" else frame.write_csv(path)
        self.archive.receive(self.feed, self.data)
        small.load(engine, self.archive, self.feed, "tax_filing")


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        yield opened


def kinds(engine: DuckDBEngine, qualified: str = "raw.tax_filing") -> tuple[str, str]:
    found = engine.types(qualified)
    return found["department_id"], found["tax_kind"]


def test_columns_of_parquet_hold_codes_and_learn_new_ones(tmp_path: Path, engine: DuckDBEngine) -> None:
    office = Office(tmp_path, "parquet")
    office.deliver(engine, "1", [filing(1, "D2"), filing(2, "D1"), filing(3, "D1", None)])
    assert kinds(engine) == ("ENUM('D1', 'D2')", "ENUM('增值税')")
    office.deliver(engine, "2", [filing(4, "D2"), filing(1, "D2", "契税"), filing(5, "D11", None), filing(2, "D1")])
    # sorted, so that codes order as texts do; the row without a kind is in quarantine, and its department known
    assert kinds(engine) == ("ENUM('D1', 'D11', 'D2')", "ENUM('增值税', '契税')")
    assert engine.types("repeated.tax_filing") == engine.types("raw.tax_filing")
    assert engine.rows(SAID) == [
        ("T1", "D2", "增值税"), ("T1", "D2", "契税"), ("T2", "D1", "增值税"), ("T4", "D2", "增值税")
    ]  # fmt: skip
    with small.opened() as fresh:
        small.load(fresh, office.archive, office.feed, "tax_filing")
        assert fresh.rows(SAID) == engine.rows(SAID)
        assert fresh.types("raw.tax_filing") == engine.types("raw.tax_filing")


def test_columns_of_other_formats_hold_texts(tmp_path: Path, engine: DuckDBEngine) -> None:
    Office(tmp_path, "csv").deliver(engine, "1", [filing(1, "D2")])
    assert kinds(engine) == ("VARCHAR", "VARCHAR")


def test_too_many_texts_are_no_codes(tmp_path: Path, engine: DuckDBEngine) -> None:
    Office(tmp_path, "parquet").deliver(engine, "1", [filing(n, f"D{n}") for n in range(1200)])
    assert kinds(engine) == ("VARCHAR", "ENUM('增值税')")


def test_a_fact_follows_the_codes_of_its_raw_table(tmp_path: Path, engine: DuckDBEngine) -> None:
    engine.run("create table entity.code as select 'E1' as entity_code, 1::bigint as entity_id")
    engine.run(
        "create table entity.link (mention_key varchar, entity_id bigint, linked_by varchar, known_at timestamp)"
    )
    for name in ("entity.code", "entity.link"):
        Stamps(engine).put(name, "fixed")
    office, fact = Office(tmp_path, "parquet"), catalog.sql_tables()["fact.tax_filing"]
    office.deliver(engine, "1", [filing(n, "D1") for n in range(30)])
    assert build(engine, fact).how == "whole"
    office.deliver(engine, "2", [filing(40, "D1")])
    assert build(engine, fact).how == "merged"
    office.deliver(engine, "3", [filing(41, "D0")])
    assert build(engine, fact).how == "whole"  # a code that the fact does not know
    assert kinds(engine, "fact.tax_filing") == kinds(engine) == ("ENUM('D0', 'D1')", "ENUM('增值税')")
    assert engine.rows("select filing_id, department_id from fact.tax_filing where department_id < 'D1'") == [
        ("T41", "D0")
    ]
