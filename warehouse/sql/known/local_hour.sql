-- grain: one zone × UTC hour in which something happened that a clock of days needs: how far local time is ahead
-- Asking the zone once an hour instead of once a row takes a quarter of the time; no zone of ours changes within an hour.
with steps as (
    select start_step as step_kind
    from policy.case_clock
    where start_step is not null and clock_tick <> 'minute'
    union
    select stop_step as step_kind
    from policy.case_clock
    where stop_step is not null and clock_tick <> 'minute'
),

seen as (
    select c.feed_id, date_trunc('hour', c.opened_at) as hour
    from known.service_case as c
    union
    select c.feed_id, date_trunc('hour', c.closed_at) as hour
    from known.service_case as c
    union
    select s.feed_id, date_trunc('hour', s.started_at) as hour
    from known.service_step as s
    where s.step_kind in (select step_kind from steps)
    union
    select s.feed_id, date_trunc('hour', s.ended_at) as hour
    from known.service_step as s
    where s.step_kind in (select step_kind from steps)
    union
    select p.feed_id, date_trunc('hour', p.started_at) as hour
    from known.case_pause as p
    union
    select p.feed_id, date_trunc('hour', p.ended_at) as hour
    from known.case_pause as p
)

select
    s.feed_id,
    s.hour,
    cast(epoch(timezone(f.zone, timezone('UTC', s.hour)) - s.hour) as bigint) // 60 as offset_minutes
from seen as s
join run.feed as f on f.feed_id = s.feed_id
where s.hour is not null
