"""Tables of a real PostgreSQL server, pulled with watermarks: nothing missed, nothing twice.

The server comes with a package and is never skipped. What loading does with a delivery: test_ingest.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pgserver
import pytest

from warehouse.catalog import contracts
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed, FeedError
from warehouse.ingest import ingest
from warehouse.pull import dsn_variable, pull

SQL = """
select load_no, row_number, id as licence_id, code as entity_code, name as entity_name, dept as department_id,
       kind as licence_kind, app as application_kind, day as event_date, until as expires_on, updated as known_at
from delivered
"""
CREATE = """
create table licence (no bigserial, id text, code text, name text, dept text, kind text, app text, day date, until date,
                      updated timestamptz)
"""
ROW = "insert into licence (id, code, name, dept, kind, app, day, until, updated) values "


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    found = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield found
    found.cleanup()


class Registry:
    """A licence register in PostgreSQL, its feed and its archive."""

    def __init__(self, server: Any, root: Path, watermark: str) -> None:
        self.server, self.root = server, root
        server.psql("drop table if exists licence")
        server.psql(CREATE)
        (root / "l.sql").write_text(SQL, encoding="utf-8")
        source = {
            "title": "许可",
            "format": "postgres",
            "table": "public.licence",
            "watermark": watermark,
            "contract": "licence",
            "sql": "l.sql",
            "cadence": "daily",
            "known_at": {"column": True},
            "owner_department_id": "D01",
        }
        self.feed = Feed(
            feed="register",
            title={"zh": "登记", "en": "register"},
            zone="Asia/Shanghai",
            code_system="credit_code",
            sources={"l": source},
            folder=root,
        )
        self.archive = Archive(root / "raw")
        (root / "raw").mkdir()

    def loaded(self) -> tuple[int, list[tuple[Any, ...]]]:
        """Pull and load; returns repeats counted, and (id, until, is current) of every version."""
        pull(self.archive, self.feed)
        with DuckDBEngine(":memory:", self.root / "temp") as engine:
            loads = ingest(engine, self.archive, [self.feed], contracts("raw")["licence"])
            assert all(load.load_error is None for load in loads)
            found = engine.rows(
                "select licence_id, cast(expires_on as varchar), superseded_at is null from raw.licence order by all"
            )
        return sum(load.repeated_count for load in loads), found


@pytest.fixture(params=["updated", "no"])
def registry(server: Any, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = Registry(server, tmp_path, request.param)
    monkeypatch.setenv(dsn_variable(made.feed), server.get_uri())
    return made


def test_pull_takes_only_what_is_new(registry: Registry) -> None:
    first = "('1','c','甲','D1','k','issue','2024-03-05','2025-03-05','2024-03-05 10:00+08')"
    second = "('2','c','甲','D1','k','issue','2024-03-06',null,'2024-03-06 10:00+08')"
    registry.server.psql(ROW + f"{first}, {second}")
    assert registry.loaded() == (0, [("1", "2025-03-05", True), ("2", None, True)])
    assert pull(registry.archive, registry.feed) == []
    assert registry.loaded() == (0, [("1", "2025-03-05", True), ("2", None, True)])
    # Nine more, so that number 10 follows number 9 by size and not by text.
    for n in range(3, 12):
        registry.server.psql(ROW + f"('{n}','c','甲','D1','k','issue','2024-03-07',null,'2024-03-{n + 4:02} 10:00+08')")
        repeats, found = registry.loaded()
        assert len(found) == n
    assert repeats == 9  # the row on the watermark comes again each time, and is recognised


def test_changed_row_becomes_a_version_and_a_late_commit_is_found(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(server, tmp_path, "updated")
    monkeypatch.setenv(dsn_variable(registry.feed), server.get_uri())
    server.psql(ROW + "('1','c','甲','D1','k','issue','2024-03-05','2025-03-05','2024-03-06 10:00+08')")
    registry.loaded()
    server.psql("update licence set until = '2026-01-01', updated = '2024-03-07 10:00+08' where id = '1'")
    server.psql(ROW + "('2','c','甲','D1','k','issue','2024-03-06',null,'2024-03-06 10:00+08')")
    assert registry.loaded()[1] == [("1", "2025-03-05", False), ("1", "2026-01-01", True), ("2", None, True)]


def test_missing_connection_and_missing_table_say_what_to_do(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(server, tmp_path, "updated")
    monkeypatch.delenv("MINGCHA_REGISTER_DSN", raising=False)
    with pytest.raises(FeedError, match="set MINGCHA_REGISTER_DSN"):
        pull(registry.archive, registry.feed)
    monkeypatch.setenv("MINGCHA_REGISTER_DSN", server.get_uri())
    server.psql("drop table licence")
    with pytest.raises(FeedError, match="cannot be read"):
        pull(registry.archive, registry.feed)
