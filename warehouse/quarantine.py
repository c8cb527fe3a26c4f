"""`quarantine.sample`: what pages may show of rows that cannot be used — where each stands, why, the offending text.

The whole original may hold names, addresses and texts of people: it stays in `quarantine.row`, out of every snapshot,
and is shown to whoever corrects it on the server (correction). Counting all rows: sql/mart/quarantine_reason.sql.
"""

from __future__ import annotations

from collections.abc import Sequence

from warehouse import dialect
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed

ROWS_A_REASON = 200
_LONGEST = 80
# A value in the wrong column may be anybody's: numbers as long as those of telephones and identity cards are not shown.
_LOOKS_PERSONAL = "[0-9]{11,}"


def write_sample(engine: DuckDBEngine, feeds: Sequence[Feed]) -> int:
    """(Re)build `quarantine.sample` and return its rows: the first of each source, reason and column.

    Text is shown of the delivered columns that the offending column is made from, and of no other; not at all when the
    contract marks that column personal, or when it holds what looks like a number of a person.
    """
    _load_origins(engine, feeds)
    rows = engine.build(
        "quarantine.sample",
        f"""
        with quarantined as (
            select load_id, feed_id, source_id, table_name, row_number, reason_code, reason_column, original,
                   cast(null as varchar) as corrected_by, cast(null as timestamp) as corrected_at
            from quarantine.row
            union all
            select load_id, feed_id, source_id, table_name, row_number, reason_code, reason_column, original,
                   corrected_by, corrected_at
            from quarantine.correction where is_usable
        ),
        numbered as (
            select q.*, l.file_name, row_number() over (
                partition by q.feed_id, q.source_id, q.reason_code, q.reason_column
                order by q.corrected_at desc nulls last, l.received_at desc, q.load_id, q.row_number
            ) as place
            from quarantined as q left join run.load as l on l.load_id = q.load_id
        ),
        shown as (
            select n.*, coalesce(o.is_personal, true) as is_personal,
                   nullif(array_to_string(list_transform(
                       coalesce(o.delivered_columns, []),
                       lambda c: c || '=' || coalesce(json_extract_string(n.original, c), '（空）')
                   ), '；'), '') as delivered_text
            from numbered as n
            left join origin as o
                on o.feed_id = n.feed_id and o.source_id = n.source_id and o.reason_column = n.reason_column
            where n.place <= {ROWS_A_REASON}
        ),
        judged as (
            select s.*, s.is_personal or (
                s.reason_column <> 'entity_code' and regexp_matches(coalesce(s.delivered_text, ''), '{_LOOKS_PERSONAL}')
            ) as is_masked
            from shown as s
        )
        select load_id, feed_id, source_id, table_name, coalesce(file_name, '') as file_name, row_number, reason_code,
               reason_column, case when not is_masked then left(delivered_text, {_LONGEST}) end as delivered_text,
               is_masked, corrected_by, corrected_at
        from judged
        order by source_id, reason_code, reason_column, file_name, row_number
        """,
    )
    engine.run("drop table origin")
    return rows


def _load_origins(engine: DuckDBEngine, feeds: Sequence[Feed]) -> None:
    """Fill the temporary table `origin`: which delivered columns each column of a source is made from."""
    engine.run(
        "create or replace temp table origin (feed_id varchar, source_id varchar, reason_column varchar,"
        " delivered_columns varchar[], is_personal boolean)"
    )
    for feed in feeds:
        for source_id, source in feed.sources.items():
            personal = {c.name for c in contracts("raw")[source.contract].columns if c.sensitivity == "personal"}
            behind = dialect.columns_behind(feed.sql(source_id), f"{feed.feed}/{source_id}")
            for column, delivered in behind.items():
                engine.rows(
                    "insert into origin values (?, ?, ?, ?, ?)",
                    [feed.feed, source_id, column, delivered, column in personal],
                )
