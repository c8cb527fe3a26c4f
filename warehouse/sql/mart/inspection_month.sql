-- grain: one month of the last reporting months
select
    cast(date_trunc('month', i.event_date) as date) as month,
    count(*) as inspection_count,
    count(*) filter (where i.inspection_kind = 'random') as random_count,
    count(*) filter (where i.result <> 'pass') as problem_count,
    cast(count(*) filter (where i.result <> 'pass') as double) / count(*) as problem_ratio
from known.inspection as i
cross join policy.reporting as p
cross join run.info as r
where i.event_date >= date_trunc('month', r.as_of) - to_months(p.months)
group by cast(date_trunc('month', i.event_date) as date)
order by month
