-- grain: one source × reason × column with rows in quarantine or corrected out of it
with counted as (
    select
        q.feed_id,
        q.source_id,
        q.table_name,
        q.reason_code,
        q.reason_column,
        count(*) as quarantined_count,
        0 as corrected_count
    from quarantine.row as q
    group by q.feed_id, q.source_id, q.table_name, q.reason_code, q.reason_column
    union all
    select
        c.feed_id,
        c.source_id,
        c.table_name,
        c.reason_code,
        c.reason_column,
        0 as quarantined_count,
        count(*) as corrected_count
    from quarantine.correction as c
    where c.is_usable
    group by c.feed_id, c.source_id, c.table_name, c.reason_code, c.reason_column
)

select
    n.feed_id,
    n.source_id,
    coalesce(s.source_name, n.source_id) as source_name,
    n.table_name,
    n.reason_code,
    n.reason_column,
    cast(sum(n.quarantined_count) as bigint) as quarantined_count,
    cast(sum(n.corrected_count) as bigint) as corrected_count
from counted as n
left join run.source as s on s.feed_id = n.feed_id and s.source_id = n.source_id
group by n.feed_id, n.source_id, s.source_name, n.table_name, n.reason_code, n.reason_column
order by n.feed_id, n.source_id, n.reason_code, n.reason_column
