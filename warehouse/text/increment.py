"""Which texts have to be read again: those in force now that a table has not read, and those it read that are gone.

The texts in force are looked at once for all tables; what came and what went is kept until every table has read it.
What a table makes of a text stands in links and reposts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from warehouse.engine import DuckDBEngine
from warehouse.stamps import Stamps

SEEN = "delta.text_seen"
_KEY = "feed_id, text_id, known_at"
_ROW = f"{_KEY}, event_date, content_hash"
_SAME = (
    "n.feed_id = s.feed_id and n.text_id = s.text_id and n.known_at = s.known_at and n.content_hash = s.content_hash"
)
# A text is the same while its content is; the hash only tells whether it has to be read again.
_NOW = """
create or replace temp table text_now as
select cast(feed_id as varchar) as feed_id, text_id, known_at, event_date,
    hash(entity_id, district_code, title, body, published_at) as content_hash
from known.text_item
"""
_NOBODY_READ = """
create or replace table delta.text_change as select 0 as version_no, 0 as step, * from text_now limit 0;
create or replace table delta.text_reader (table_name varchar, recipe varchar, version_no integer);
"""


@dataclass(frozen=True)
class Increment:
    """What `reading` gives: temporary tables `text_new` and `text_gone` (keys and event_date) stand meanwhile."""

    is_whole: bool


@contextmanager
def reading(engine: DuckDBEngine, table: str, columns: dict[str, str], recipe: str) -> Iterator[Increment]:
    """Say what `table` has to read; when the block ends well, it counts as read.

    The table is emptied first if its recipe changed; `columns` are its own. It all happens in one transaction.
    """
    version = _look(engine)
    with engine.transaction():
        read = engine.rows("select recipe, version_no from delta.text_reader where table_name = ?", [table])
        is_whole = not read or read[0][0] != recipe or not engine.exists(table)
        if is_whole:
            ddl = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            engine.run(f"create or replace table {table} ({ddl})")
            engine.run(f"create or replace temp table text_new as from {SEEN}")
            engine.run(f"create or replace temp table text_gone as from {SEEN} limit 0")
        else:
            for name, step in (("text_new", 1), ("text_gone", -1)):
                engine.run(
                    f"create or replace temp table {name} as select {_ROW} from delta.text_change"
                    f" where version_no > {read[0][1]} group by all having sum(step) = {step}"
                )
        yield Increment(is_whole)
        engine.rows("delete from delta.text_reader where table_name = ?", [table])
        engine.rows("insert into delta.text_reader values (?, ?, ?)", [table, recipe, version])
        engine.run("delete from delta.text_change where version_no <= (select min(version_no) from delta.text_reader)")
        for temporary in ("text_new", "text_gone"):
            engine.run(f"drop table {temporary}")


def _look(engine: DuckDBEngine) -> int:
    """Bring `SEEN` up to the texts in force, and return the number of what stands there now."""
    stamps = Stamps(engine)
    source, last = stamps.get("known.text_item"), stamps.get(SEEN)
    if last is None or not engine.exists(SEEN):
        version = 0
    elif source is not None and last.inputs["source"] == source.stamp:
        return int(last.stamp)
    else:
        version = int(last.stamp) + 1
    with engine.transaction():
        engine.run(_NOW)
        if version == 0:
            engine.run(f"create or replace table {SEEN} as from text_now")
            engine.run(_NOBODY_READ)
        else:
            for step, one, other in ((1, "text_now", SEEN), (-1, SEEN, "text_now")):
                engine.run(
                    f"insert into delta.text_change"
                    f" select {version}, {step}, n.* from {one} as n anti join {other} as s on {_SAME}"
                )
            changed = f"(select * from delta.text_change where version_no = {version} and step = "
            engine.run(f"delete from {SEEN} as s using {changed} -1) as n where {_SAME}")
            engine.run(f"insert into {SEEN} select {_ROW} from {changed} 1)")
        engine.run("drop table text_now")
        stamps.put(SEEN, str(version), {"source": source.stamp if source else ""})
    return version


def forget(engine: DuckDBEngine, table: str, texts: str) -> None:
    """Delete the rows of the texts of another table."""
    same = "t.feed_id = g.feed_id and t.text_id = g.text_id and t.known_at = g.known_at"
    engine.run(f"delete from {table} as t using {texts} as g where {same}")
