-- grain: one active entity and one cap (of a department, or of all together) that it is near to, has reached or has gone beyond this year
with counted as (
    select b.entity_id, b.department_id as cap_scope, count(*) as counted_count
    from plan.burden as b
    cross join run.info as r
    where b.is_counted and b.visit_year = extract(year from r.as_of)
    group by b.entity_id, b.department_id
    union all
    select b.entity_id, 'total', count(distinct b.event_date)
    from plan.burden as b
    cross join run.info as r
    where b.is_counted and b.visit_year = extract(year from r.as_of)
    group by b.entity_id
),

held as (
    select
        c.entity_id,
        c.cap_scope,
        c.counted_count,
        case when c.cap_scope = 'total' then p.total_cap else p.department_cap end as visit_cap
    from counted as c
    join grade.grade as g on g.entity_id = c.entity_id
    join policy.visit_cap as p on p.credit_grade = g.credit_grade
)

select
    e.entity_id,
    e.entity_code,
    e.name,
    e.district_code,
    e.district_name,
    e.credit_grade,
    h.cap_scope,
    h.counted_count,
    h.visit_cap,
    case
        when h.counted_count > h.visit_cap then 'breached'
        when h.counted_count = h.visit_cap then 'reached'
        else 'near'
    end as cap_state
from held as h
join mart.entity_card as e on e.entity_id = h.entity_id
where h.counted_count >= h.visit_cap - 1
order by h.counted_count - h.visit_cap desc, e.entity_code, h.cap_scope
