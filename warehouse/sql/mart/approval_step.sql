-- grain: one item × step, steps ended in the last reporting year
with timed as (
    select
        a.item_code,
        a.item_name,
        s.step_no,
        s.step_kind,
        cast(epoch(s.ended_at - s.started_at) as double) / 3600 as hours
    from known.service_step as s
    join known.case_clock as a on a.feed_id = s.feed_id and a.case_id = s.case_id
    cross join policy.reporting as p
    cross join run.info as r
    where a.case_kind = 'approval' and s.ended_at is not null and s.event_date > r.as_of - p.year_days
)

select
    item_code,
    max(item_name) as item_name,
    min(step_no) as step_no,
    step_kind,
    count(*) as case_count,
    percentile_cont(0.5) within group (order by hours) as median_hours,
    percentile_cont(0.9) within group (order by hours) as p90_hours
from timed
group by item_code, step_kind
order by item_code, step_no, step_kind
