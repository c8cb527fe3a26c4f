-- grain: one clock of one kind of case, cases opened in the last reporting year; void cases are left out
with cases as (
    select
        c.feed_id,
        c.case_id
    from known.case_clock as c
    cross join policy.reporting as p
    cross join run.info as r
    where c.opened_on > r.as_of - p.year_days and c.counts_as is distinct from 'void'
)

select
    k.case_kind,
    n.kind_zh,
    k.clock_id,
    max(d.clock_zh) as clock_name,
    max(d.clock_unit) as clock_unit,
    count(*) as case_count,
    count(*) filter (where k.stopped_at is null) as running_count,
    count(*) filter (where k.promised_limit is not null or k.statutory_limit is not null) as limited_count,
    count(*) filter (where k.is_over_promised or (k.promised_limit is null and k.is_over_statutory)) as overdue_count,
    count(*) filter (where k.is_over_statutory) as statutory_overdue_count,
    count(*) filter (where k.paused_count > 0) as paused_case_count,
    percentile_cont(0.5) within group (order by k.used_count) filter (where k.stopped_at is not null) as median_ticks,
    percentile_cont(0.9) within group (order by k.used_count) filter (where k.stopped_at is not null) as p90_ticks
from known.clock as k
join cases as c on c.feed_id = k.feed_id and c.case_id = k.case_id
join policy.case_kind as n on n.case_kind = k.case_kind
join policy.case_clock as d on d.case_kind = k.case_kind and d.clock_id = k.clock_id
group by k.case_kind, n.kind_zh, k.clock_id
order by k.case_kind, k.clock_id
