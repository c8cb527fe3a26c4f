"""The SQL of the Chicago pack keeps its contract: exact columns, one row for one row, values the loader can accept.

Runs over the invented city and, where ../shared/data is present, over the real files. Not here: what the loader does next.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from tests.fixtures.chicago_food.build import build
from warehouse.catalog import Column, Table, contracts
from warehouse.feed import load_feed

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "data" / "chicago_food"
FEED = load_feed(ROOT / "pipelines" / "feeds" / "chicago_food")
LINEAGE = {
    "source_id",  # the loader gives it, too
    *(name.rstrip("!") for name in yaml.safe_load((ROOT / "warehouse/contracts/raw.yaml").read_text())["lineage"]),
}
REAL_ROWS = {
    "licence_register": 16_449,
    "inspection_register": 21_039,
    "licence": 16_449,
    "inspection": 21_039,
    "finding": 87_054,
    "complaint": 61_557,
    "visit": 63_180,
}
# Visits without any licence: the loader quarantines them, nothing else misses a required value.
MISSING = {("visit", "entity_code"): {"invented": 3, "real": 9}}


@pytest.fixture(scope="module", params=["invented", "real"])
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A name and a data folder: the invented city, then the real one."""
    if request.param == "invented":
        folder = tmp_path_factory.mktemp("chicago_food")
        build(folder)
        return "invented", folder
    if not REAL.is_dir():
        pytest.skip(f"real data not present at {REAL}")
    return "real", REAL


def mapped(folder: Path, source_id: str) -> duckdb.DuckDBPyConnection:
    """A connection with table `mapped`: the source's SQL over its file, and `delivered`."""
    connection = duckdb.connect()
    file = folder / FEED.sources[source_id].files
    connection.execute(
        f"create view delivered as select *, 1 as load_no, file_row_number + 1 as row_number from read_parquet('{file}')"
    )
    connection.execute(f"create table mapped as {FEED.sql(source_id)}")
    return connection


def contract(source_id: str) -> tuple[Table, list[Column]]:
    """The contract of a source and the columns its SQL must give, without lineage."""
    table = contracts("raw")[FEED.sources[source_id].contract]
    return table, [column for column in table.columns if column.name not in LINEAGE]


def one(connection: duckdb.DuckDBPyConnection, expression: str, table: str = "mapped") -> int:
    """The single whole number that `select expression from table` gives."""
    row = connection.execute(f"select {expression} from {table}").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("source_id", FEED.sources)
def test_gives_exactly_the_columns_of_the_contract(city: tuple[str, Path], source_id: str) -> None:
    _, columns = contract(source_id)
    given = [row[0] for row in mapped(city[1], source_id).execute("describe mapped").fetchall()]
    assert given == ["load_no", "row_number", *(column.name for column in columns)]


@pytest.mark.parametrize("source_id", FEED.sources)
def test_gives_one_row_for_each_delivered_row(city: tuple[str, Path], source_id: str) -> None:
    connection = mapped(city[1], source_id)
    delivered = one(connection, "count(*)", "delivered")
    assert one(connection, "count(*)") == one(connection, "count(distinct row_number)") == delivered
    if city[0] == "real":
        assert delivered == REAL_ROWS[source_id]


@pytest.mark.parametrize("source_id", FEED.sources)
def test_required_values_are_there(city: tuple[str, Path], source_id: str) -> None:
    connection = mapped(city[1], source_id)
    for column in contract(source_id)[1]:
        if column.required:
            missing = MISSING.get((source_id, column.name), {}).get(city[0], 0)
            assert one(connection, f"count(*) - count({column.name})") == missing, column.name


@pytest.mark.parametrize("source_id", FEED.sources)
def test_values_can_be_read_as_the_contract_says(city: tuple[str, Path], source_id: str) -> None:
    connection = mapped(city[1], source_id)
    for column in contract(source_id)[1]:
        unread = f"count({column.name}) - count(try_cast({column.name} as {column.type}))"
        assert one(connection, unread) == 0, column.name
        if column.allowed:
            found = connection.execute(f"select distinct {column.name} from mapped where {column.name} is not null")
            assert {row[0] for row in found.fetchall()} <= set(column.allowed), column.name


@pytest.mark.parametrize("source_id", FEED.sources)
def test_rows_with_one_key_are_repeats_or_versions_as_known(city: tuple[str, Path], source_id: str) -> None:
    key = ", ".join(name for name in contract(source_id)[0].key if name != "source_id")
    connection = mapped(city[1], source_id)
    extra_rows = one(connection, f"count(*) - count(distinct ({key}))")
    repeats = one(
        connection, "count(*) - count(distinct mapped)", "(select * exclude (row_number) from mapped) as mapped"
    )
    expected = {
        "invented": {"complaint": (10, 3)},
        "real": {"inspection_register": (12, 10), "complaint": (299, 13)},
    }
    assert (extra_rows, repeats) == expected[city[0]].get(source_id, (0, 0))
