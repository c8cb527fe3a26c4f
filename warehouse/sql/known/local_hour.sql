-- grain: one zone × UTC hour between the first and the last instant of its cases: how far local time is ahead
-- Asking the zone once an hour instead of once a row takes a quarter of the time; no zone of ours changes within an hour.
-- Every hour of the span, not those that occur: the ends are read off, and to find the others costs more than to list them all.
with extent as (
    select c.feed_id, min(c.opened_at) as first_at, greatest(max(c.opened_at), max(c.closed_at)) as last_at
    from known.service_case as c
    group by c.feed_id
    union all
    select s.feed_id, least(min(s.started_at), min(s.ended_at)), greatest(max(s.started_at), max(s.ended_at))
    from known.service_step as s
    group by s.feed_id
    union all
    select p.feed_id, min(p.started_at), greatest(max(p.started_at), max(p.ended_at))
    from known.case_pause as p
    group by p.feed_id
),

hours as (
    select
        feed_id,
        unnest(generate_series(date_trunc('hour', min(first_at)), date_trunc('hour', max(last_at)), interval 1 hour)) as hour
    from extent
    group by feed_id
)

select
    s.feed_id,
    s.hour,
    cast(epoch(timezone(f.zone, timezone('UTC', s.hour)) - s.hour) as bigint) // 60 as offset_minutes
from hours as s
join run.feed as f on f.feed_id = s.feed_id
