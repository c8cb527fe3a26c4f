-- grain: one item × working days used, approvals closed in the last reporting year and not withdrawn
select
    a.item_code,
    cast(a.used_count as integer) as days,
    count(*) as case_count
from known.case_clock as a
cross join policy.reporting as p
cross join run.info as r
where a.case_kind = 'approval' and a.closed_on > r.as_of - p.year_days and a.counts_as is distinct from 'void' and a.used_count is not null
group by a.item_code, a.used_count
order by a.item_code, days
