"""Which texts have to be read again: those in force now that a table has not read, and those it read that are gone.

What a table makes of a text stands in links and reposts; both keep here what they have read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from warehouse.engine import DuckDBEngine
from warehouse.stamps import Stamps

KEY = "feed_id, text_id, known_at"
# A text is the same while its content is; the hash only tells whether it has to be read again.
_NOW = """
create or replace temp table text_now as
select cast(feed_id as varchar) as feed_id, text_id, known_at, event_date,
    hash(entity_id, district_code, title, body, published_at) as content_hash
from known.text_item
"""
_COLUMNS = f"{KEY}, event_date, content_hash"


@dataclass(frozen=True)
class Increment:
    """What `reading` gives: temporary tables `text_new` and `text_gone` (keys and event_date) stand meanwhile."""

    is_whole: bool


@contextmanager
def reading(engine: DuckDBEngine, table: str, columns: dict[str, str], recipe: str) -> Iterator[Increment]:
    """Say what `table` has to read; when the block ends well, it counts as read.

    The table is emptied first if its recipe changed; `columns` are its own. It all happens in one transaction.
    """
    name = table.replace(".", "_")
    seen = f"delta.{name}_read"
    stamps = Stamps(engine)
    rule = stamps.get(f"{table} recipe")
    is_whole = rule is None or rule.stamp != recipe or not (engine.exists(seen) and engine.exists(table))
    with engine.transaction():
        engine.run(_NOW)
        if is_whole:
            ddl = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            engine.run(f"create or replace table {table} ({ddl})")
            engine.run(f"create or replace table {seen} as from text_now limit 0")
        same = "n.feed_id = s.feed_id and n.text_id = s.text_id and n.known_at = s.known_at"
        same = f"{same} and n.content_hash = s.content_hash"
        engine.run(
            f"create or replace temp table text_new as select n.* from text_now as n anti join {seen} as s on {same}"
        )
        engine.run(
            f"create or replace temp table text_gone as select s.* from {seen} as s anti join text_now as n on {same}"
        )
        yield Increment(is_whole)
        engine.run(f"delete from {seen} as s using text_gone as n where {same}")
        engine.run(f"insert into {seen} select {_COLUMNS} from text_new")
        stamps.put(f"{table} recipe", recipe)
        for temporary in ("text_now", "text_new", "text_gone"):
            engine.run(f"drop table {temporary}")


def forget(engine: DuckDBEngine, table: str, texts: str) -> None:
    """Delete the rows of the texts of another table."""
    same = "t.feed_id = g.feed_id and t.text_id = g.text_id and t.known_at = g.known_at"
    engine.run(f"delete from {table} as t using {texts} as g where {same}")
