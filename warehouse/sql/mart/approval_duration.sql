-- grain: one item × working days used, closed approvals of the last reporting year
select
    a.item_code,
    cast(a.days_used as integer) as days,
    count(*) as case_count
from known.case_clock as a
cross join policy.reporting as p
cross join run.info as r
where a.case_kind = 'approval' and a.closed_on > r.as_of - p.year_days
group by a.item_code, a.days_used
order by a.item_code, days
