"""The engine: what memory it leaves to Python and takes back, and what it can be made to give up."""

from __future__ import annotations

import contextlib
from pathlib import Path

import duckdb
import pytest

from warehouse.engine import DuckDBEngine


def memory_mebibytes(engine: DuckDBEngine) -> int:
    ((limit,),) = engine.rows("select parse_formatted_bytes(current_setting('memory_limit'))")
    return int(limit) >> 20


def test_half_of_the_memory_is_lent_and_taken_back_even_after_an_error() -> None:
    engine = DuckDBEngine(":memory:", memory_limit="512MiB")
    with engine.lending():
        assert memory_mebibytes(engine) == 256
    assert memory_mebibytes(engine) == 512
    with pytest.raises(ZeroDivisionError), engine.lending():
        raise ZeroDivisionError
    assert memory_mebibytes(engine) == 512
    engine.connection.close()


def test_memory_kept_for_deleted_rows_is_given_back_and_everything_else_stays(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path / "warehouse.duckdb") as engine:
        engine.build("raw.many", "select i from range(2000000) as t(i)")
        engine.run("delete from raw.many where i % 1000 = 0")
        assert engine.rows("select count(i) from raw.many") == [(1_998_000,)]
        kept = held_mebibytes(engine)
        engine.renew()
        assert kept > 10
        assert held_mebibytes(engine) < 2
        assert engine.count("raw.many") == 1_998_000
        assert engine.rows("select half_even(3, 2), is_credit_code('x'), current_setting('TimeZone')") == [
            (2, False, "UTC")
        ]


@pytest.mark.parametrize(("limit", "is_renewed"), [("40MB", True), ("1GB", False)])
def test_what_cannot_be_given_back_is_no_part_of_what_is_left_when_memory_is_lent(
    tmp_path: Path, limit: str, is_renewed: bool
) -> None:
    with DuckDBEngine(tmp_path / "warehouse.duckdb", memory_limit=limit) as engine:
        engine.build("raw.many", "select i from range(2000000) as t(i)")
        engine.run("delete from raw.many where i % 1000 = 0")
        assert engine.rows("select count(i) from raw.many") == [(1_998_000,)]
        before = engine.connection
        with engine.lending():
            assert (engine.connection is not before) == is_renewed
            assert (held_mebibytes(engine) < 2) == is_renewed


def held_mebibytes(engine: DuckDBEngine) -> float:
    """What the engine cannot let go, whatever its limit."""
    with contextlib.suppress(duckdb.OutOfMemoryException):
        engine.run("set memory_limit = '1MB'")
    ((held,),) = engine.rows("select sum(memory_usage_bytes) / 1048576 from duckdb_memory()")
    engine.run("set memory_limit = '1GB'")
    return float(held)
