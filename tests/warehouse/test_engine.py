"""The engine: what it leaves to Python, and that it takes it back."""

from __future__ import annotations

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
