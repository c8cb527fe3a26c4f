"""Named queries behind the quality pages: loads, quarantine, checks, lineage and the dictionary of columns.

Totals of the whole zone: they are shown to every viewer. Lists that are paged are at the end, as listings.
"""

import polars as pl

from dashboards.door import Door
from dashboards.listing import Listing

_SOURCES = """
select s.feed_id, s.source_id, s.source_name, s.table_name, count(l.load_id) as file_count,
       count(l.load_error) as broken_count,
       cast(coalesce(sum(l.delivered_count), 0) as bigint) as delivered_count,
       cast(coalesce(sum(l.accepted_count), 0) as bigint) as accepted_count,
       cast(coalesce(sum(l.quarantined_count), 0) as bigint) as quarantined_count,
       cast(coalesce(sum(l.repeated_count), 0) as bigint) as repeated_count,
       coalesce(max(c.corrected_count), 0) as corrected_count
from run.source as s
left join run.load as l on l.feed_id = s.feed_id and l.source_id = s.source_id
left join (
    select feed_id, source_id, cast(sum(corrected_count) as bigint) as corrected_count
    from mart.quarantine_reason group by feed_id, source_id
) as c on c.feed_id = s.feed_id and c.source_id = s.source_id
group by s.feed_id, s.source_id, s.source_name, s.table_name
order by quarantined_count desc, s.feed_id, s.source_id
"""
_RULES = """
with broken as (
    select table_name, rule_id, arg_max(rule_name, checked_at) as rule_name, arg_max(rule_why, checked_at) as rule_why,
           count(*) as run_count, max(checked_at) as last_at, arg_max(detail, checked_at) as last_detail
    from quality.history group by table_name, rule_id
)
select b.*, r.check_state, r.check_severity, r.unexpected_count, r.element_count,
       coalesce(r.detail, b.last_detail) as detail
from broken as b
left join quality.result as r
    on r.table_name = b.table_name and r.rule_id = b.rule_id and r.check_state <> 'passed'
order by r.check_state is null, b.run_count desc, b.table_name, b.rule_id
"""


def sources(door: Door) -> pl.DataFrame:
    """Each source of the run with the four counts of its loads, most quarantined rows first."""
    return door.frame(_SOURCES)


def broken_loads(door: Door) -> pl.DataFrame:
    """Deliveries that could not be read, latest first."""
    return door.frame(
        "select l.file_name, l.received_at, l.load_error, coalesce(s.source_name, l.source_id) as source_name"
        " from run.load l left join run.source s on s.feed_id = l.feed_id and s.source_id = l.source_id"
        " where l.load_error is not null order by l.received_at desc, l.file_name"
    )


def reasons(door: Door) -> pl.DataFrame:
    """Rows in quarantine by source and reason."""
    return door.frame(
        "select source_id, source_name, reason_code, cast(sum(quarantined_count) as bigint) as quarantined_count"
        " from mart.quarantine_reason where quarantined_count > 0 group by source_id, source_name, reason_code"
        " order by source_id, reason_code"
    )


def runs(door: Door) -> pl.DataFrame:
    """The last checked candidates, oldest first, blocked ones among them."""
    return door.frame("select * from quality.run order by checked_at, run_id")


def states(door: Door) -> dict[str, int]:
    """Checks of the published run: passed, warning, error (a published run has no other)."""
    frame = door.frame(
        "select case when check_state = 'failed' then check_severity else check_state end as state, count(*) as n"
        " from quality.result group by 1"
    )
    return dict(frame.rows())


def rules(door: Door) -> pl.DataFrame:
    """Rules that some run of the last ones broke, with what the published run says of them."""
    return door.frame(_RULES)


def lineage(door: Door) -> pl.DataFrame:
    """Which table reads which."""
    return door.frame("select table_name, reads from contract.lineage order by 1, 2")


def column_names(door: Door) -> dict[str, str]:
    """Chinese name of each column."""
    return dict(door.frame("select distinct column_name, zh from contract.column order by 1").rows())


def table_names(door: Door) -> dict[str, str]:
    """Chinese name of each table by `stage.table`; tables of indicators bear that of their rule."""
    frame = door.frame(
        "select distinct stage || '.' || table_name as name, table_zh from contract.column where table_zh <> ''"
        " union all select policy_id, arg_max(title_zh, valid_from) from policy.value"
        " where policy_id in (select table_name from contract.lineage) group by policy_id order by 1"
    )
    return dict(frame.rows())


SAMPLES = Listing(
    table="quarantine.sample",
    columns={
        "load_id": "text",
        "source_id": "text",
        "table_name": "text",
        "file_name": "text",
        "row_number": "number",
        "reason_code": "text",
        "reason_column": "text",
        "delivered_text": "text",
        "is_masked": "text",
        "corrected_by": "text",
        "corrected_at": "text",
    },
    searched=("file_name", "reason_column", "delivered_text"),
    order=("source_id", "reason_code", "reason_column", "file_name", "row_number", "load_id"),
)

RESULTS = Listing(
    table="quality.result",
    columns={
        "table_name": "text",
        "rule_id": "text",
        "rule_name": "text",
        "rule_why": "text",
        "check_severity": "text",
        "check_state": "text",
        "unexpected_count": "number",
        "element_count": "number",
        "detail": "text",
    },
    searched=("table_name", "rule_name", "rule_id"),
    order=("check_state", "table_name", "rule_id"),
)

COLUMNS = Listing(
    table="contract.column",
    columns={
        "stage": "text",
        "table_name": "text",
        "table_zh": "text",
        "column_name": "text",
        "zh": "text",
        "means": "text",
        "type": "text",
        "unit": "text",
        "allowed": "text",
        "sensitivity": "text",
    },
    searched=("table_name", "table_zh", "column_name", "zh", "means"),
    order=("stage", "table_name", "column_name"),
)
