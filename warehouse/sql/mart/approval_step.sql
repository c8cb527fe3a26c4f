-- grain: one item × step, steps ended in the last reporting year beside those of the year before
with timed as (
    select
        a.item_code,
        a.item_name,
        s.step_no,
        s.step_kind,
        s.event_date > r.as_of - p.year_days as is_recent,
        cast(epoch(s.ended_at - s.started_at) as double) / 3600 as hours
    from known.service_step as s
    join known.case_clock as a on a.feed_id = s.feed_id and a.case_id = s.case_id
    cross join policy.reporting as p
    cross join run.info as r
    where a.case_kind = 'approval' and s.ended_at is not null and s.event_date > r.as_of - 2 * p.year_days
),

steps as (
    select
        item_code,
        max(item_name) as item_name,
        min(step_no) as step_no,
        step_kind,
        count(*) filter (where is_recent) as case_count,
        percentile_cont(0.5) within group (order by hours) filter (where is_recent) as median_hours,
        percentile_cont(0.9) within group (order by hours) filter (where is_recent) as p90_hours,
        percentile_cont(0.5) within group (order by hours) filter (where not is_recent) as previous_median_hours
    from timed
    group by item_code, step_kind
)

select
    s.item_code,
    s.item_name,
    s.step_no,
    s.step_kind,
    s.case_count,
    s.median_hours,
    s.p90_hours,
    s.previous_median_hours,
    coalesce(s.median_hours = max(s.median_hours) over (partition by s.item_code), false) as is_longest,
    coalesce(s.median_hours * 100 >= s.previous_median_hours * p.slow_percent, false) as is_slower
from steps as s
cross join policy.reporting as p
where s.case_count > 0
order by s.item_code, s.step_no, s.step_kind
