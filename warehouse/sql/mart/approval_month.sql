-- grain: one month: cases opened in it, and of those closed in it (not withdrawn) how many were overdue and how long they took
with months as (
    select
        date_trunc('month', opened_on) as month,
        1 as opened,
        0 as closed,
        0 as overdue,
        cast(null as bigint) as used_count
    from known.case_clock
    where case_kind = 'approval'
    union all
    select
        date_trunc('month', closed_on) as month,
        0 as opened,
        1 as closed,
        case when is_overdue then 1 else 0 end as overdue,
        used_count
    from known.case_clock
    where case_kind = 'approval' and closed_on is not null and counts_as is distinct from 'void'
)

select
    cast(m.month as date) as month,
    cast(sum(m.opened) as bigint) as opened_count,
    cast(sum(m.closed) as bigint) as closed_count,
    cast(sum(m.overdue) as bigint) as overdue_count,
    avg(m.used_count) as mean_days
from months as m
cross join policy.reporting as p
cross join run.info as r
where m.month >= date_trunc('month', r.as_of) - to_months(p.months)
group by cast(m.month as date)
order by month
