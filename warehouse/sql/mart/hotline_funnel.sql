-- grain: one step of 接派督考评 over the orders opened in the last funnel days
with orders as (
    select
        c.feed_id,
        c.case_id
    from known.case_clock as c
    cross join policy.reporting as p
    cross join run.info as r
    where c.case_kind = 'hotline' and c.opened_on > r.as_of - p.funnel_days
),

reached as (
    select
        s.step_kind,
        count(distinct s.feed_id || ':' || s.case_id) as case_count,
        percentile_cont(0.5) within group (order by cast(epoch(s.ended_at - s.started_at) as double) / 3600) as median_hours,
        percentile_cont(0.9) within group (order by cast(epoch(s.ended_at - s.started_at) as double) / 3600) as p90_hours
    from known.service_step as s
    join orders as o on o.feed_id = s.feed_id and o.case_id = s.case_id
    group by s.step_kind
),

total as (
    select count(*) as orders
    from orders
)

select
    n.step_no,
    n.step_kind,
    coalesce(h.case_count, 0) as case_count,
    cast(cast(coalesce(h.case_count, 0) as double) / nullif(t.orders, 0) as decimal(9, 6)) as ratio,
    h.median_hours,
    h.p90_hours
from policy.hotline_step as n
cross join total as t
left join reached as h on h.step_kind = n.step_kind
where t.orders > 0
order by n.step_no
