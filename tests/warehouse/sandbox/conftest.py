"""The planted snapshot as a file, and processes with tight limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.sandbox.planted import SECRET, TABLES
from warehouse.sandbox.limits import Limits
from warehouse.sandbox.pool import Pool


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp(f"{SECRET}-folder") / f"serving-{SECRET}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return path


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(Limits(engine_megabytes=256, process_megabytes=1800, seconds=2, result_rows=1000, result_megabytes=8))
    yield made
    made.close()
