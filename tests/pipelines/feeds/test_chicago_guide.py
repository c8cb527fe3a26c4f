"""docs/add_a_feed.md stays true: its worked example is a valid pack, and its claims hold for its own five rows.

Not here: the Chicago pack, which the guide points at (test_chicago_sql.py).
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from warehouse.catalog import contracts
from warehouse.dialect import row_mapping
from warehouse.feed import Feed, Source, load_feed

GUIDE = (Path(__file__).parents[3] / "docs" / "add_a_feed.md").read_text()


def block(language: str) -> str:
    """The one fenced block of a language in the guide."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


@pytest.fixture
def pack(tmp_path: Path) -> Feed:
    """The worked example as a pack on disk."""
    folder = tmp_path / "riverbend"
    folder.mkdir()
    (folder / "feed.yaml").write_text(block("yaml"))
    (folder / "inspection.sql").write_text(block("sql"))
    return load_feed(folder)


def test_example_fills_its_contract(pack: Feed) -> None:
    table = contracts("raw")[pack.sources["inspection"].contract]
    lineage = {"feed_id", "source_id", "load_no", "row_number", "known_at", "superseded_at"}
    expected = ["load_no", "row_number", *(column.name for column in table.columns if column.name not in lineage)]
    assert row_mapping(pack.sql("inspection"), "guide")[1] == expected


def test_example_rows_fare_as_the_guide_says(pack: Feed, tmp_path: Path) -> None:
    (tmp_path / "checks-2025-06.csv").write_text(block("csv"))
    connection = duckdb.connect()
    connection.execute(
        "create view delivered as select *, 1 as load_no, row_number() over () as row_number "
        f"from read_csv('{tmp_path}/checks-2025-06.csv', all_varchar = true, header = true)"
    )
    connection.execute(f"create table mapped as {pack.sql('inspection')}")
    table = contracts("raw")["inspection"]
    allowed = ", ".join(f"'{value}'" for value in table.column("result").allowed)
    day = f"coalesce(try_cast(event_date as date), try_strptime(event_date, {list(pack.date_formats)}))"
    judged = f"select inspection_id, {day} is not null, result in ({allowed}) from mapped order by row_number"
    assert connection.execute(judged).fetchall() == [
        ("R-1", True, True),
        ("R-2", True, True),
        ("R-3", False, True),
        ("R-4", True, False),
        ("R-1", True, True),
    ]


def test_guide_names_every_key_of_feed_yaml() -> None:
    keys = {f"`{key}`" for key in Feed.model_fields if key not in {"sources", "folder"}}
    keys |= {f"`sources.<id>.{key}`" for key in Source.model_fields}
    assert [key for key in sorted(keys) if f"| {key} |" not in GUIDE] == []


def test_guide_names_every_reason_of_quarantine() -> None:
    reasons = contracts("quarantine")["row"].column("reason_code").allowed
    assert reasons
    assert [reason for reason in reasons if f"| `{reason}` |" not in GUIDE] == []
