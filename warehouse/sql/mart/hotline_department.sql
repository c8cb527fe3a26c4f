-- grain: one department: its hotline orders opened in the last reporting year; void orders are left out, shares shrunk
with sent as (
    select
        d.feed_id,
        d.case_id,
        count(d.returned_at) as returned_count
    from known.case_dispatch as d
    group by d.feed_id, d.case_id
),

taken_up as (
    select distinct
        c.feed_id,
        c.origin_case_id as case_id
    from known.case_clock as c
    where c.origin_kind = 'reopened'
),

orders as (
    select
        c.*,
        coalesce(s.returned_count, 0) as returned_count,
        k.stopped_at is not null as is_signed,
        coalesce(k.is_over_promised, false) as is_signed_late,
        t.case_id is not null as is_taken_up
    from known.case_clock as c
    cross join policy.reporting as p
    cross join run.info as r
    left join known.clock as k on k.feed_id = c.feed_id and k.case_id = c.case_id and k.clock_id = 'sign'
    left join sent as s on s.feed_id = c.feed_id and s.case_id = c.case_id
    left join taken_up as t on t.feed_id = c.feed_id and t.case_id = c.case_id
    where c.case_kind = 'hotline' and c.opened_on > r.as_of - p.year_days and c.counts_as is distinct from 'void'
),

departments as (
    select
        o.department_id,
        count(*) as order_count,
        count(*) filter (where o.is_signed and not o.is_signed_late) as responded_count,
        count(o.closed_on) as closed_count,
        count(*) filter (where o.counts_as = 'solved') as solved_count,
        -- solved at the first go: not taken up again by a later order, never sent back
        count(*) filter (where o.counts_as = 'solved' and not o.is_taken_up and o.returned_count = 0) as first_time_count,
        count(o.rating) as rated_count,
        count(*) filter (where o.rating >= p.satisfied_rating) as satisfied_count,
        count(*) filter (where o.returned_count > 0) as returned_count,
        count(*) filter (where o.is_supervised) as supervised_count,
        count(*) filter (where o.is_overdue) as overdue_count,
        percentile_cont(0.5) within group (order by o.used_count) filter (where o.closed_on is not null) as median_days
    from orders as o
    cross join policy.reporting as p
    group by o.department_id
)

select
    d.department_id,
    coalesce(n.name, d.department_id) as department_name,
    d.order_count,
    d.responded_count,
    d.closed_count,
    d.solved_count,
    d.first_time_count,
    d.rated_count,
    d.satisfied_count,
    d.returned_count,
    d.supervised_count,
    d.overdue_count,
    d.median_days,
    shrunk_share(d.solved_count, d.closed_count, sum(d.solved_count) over (), sum(d.closed_count) over (), p.shrink_cases) as solved_ratio,
    shrunk_share(d.satisfied_count, d.rated_count, sum(d.satisfied_count) over (), sum(d.rated_count) over (), p.shrink_cases) as satisfied_ratio
from departments as d
cross join policy.reporting as p
left join entity.department as n on n.department_id = d.department_id
order by d.department_id
