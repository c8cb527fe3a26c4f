-- grain: one source of the run, with what it delivered and how old its latest event is
with loaded as (
    select
        l.feed_id,
        l.source_id,
        sum(l.delivered_count) as delivered_count,
        sum(l.accepted_count) as accepted_count,
        sum(l.quarantined_count) as quarantined_count,
        sum(l.repeated_count) as repeated_count,
        max(l.received_at) as last_received_at
    from run.load as l
    group by l.feed_id, l.source_id
)

select
    s.feed_id,
    s.source_id,
    s.source_name,
    s.table_name,
    s.cadence,
    cast(coalesce(l.delivered_count, 0) as bigint) as delivered_count,
    cast(coalesce(l.accepted_count, 0) as bigint) as accepted_count,
    cast(coalesce(l.quarantined_count, 0) as bigint) as quarantined_count,
    cast(coalesce(l.repeated_count, 0) as bigint) as repeated_count,
    x.first_event_date,
    x.last_event_date,
    l.last_received_at,
    r.as_of - x.last_event_date as age_days,
    coalesce(c.days is not null and (x.last_event_date is null or r.as_of - x.last_event_date > c.days), false) as is_late
from run.source as s
cross join run.info as r
left join loaded as l on l.feed_id = s.feed_id and l.source_id = s.source_id
left join known.source_extent as x on x.feed_id = s.feed_id and x.source_id = s.source_id
left join policy.cadence as c on c.cadence = s.cadence
order by s.feed_id, s.source_id
