-- grain: one district or functional zone, the last reporting period
with recent as (
    select
        e.district_code,
        count(*) as inspection_count,
        count(*) filter (where i.result <> 'pass') as problem_count
    from known.inspection as i
    join known.entity as e on e.entity_id = i.entity_id
    cross join policy.reporting as p
    cross join run.info as r
    where i.event_date > r.as_of - p.year_days
    group by e.district_code
),

complained as (
    select
        e.district_code,
        count(*) as complaint_count
    from known.complaint as c
    join known.entity as e on e.entity_id = c.entity_id
    cross join policy.reporting as p
    cross join run.info as r
    where c.event_date > r.as_of - p.year_days
    group by e.district_code
),

held as (
    select
        c.district_code,
        max(c.district_name) as district_name,
        count(*) as entity_count,
        count(*) filter (where c.credit_grade = 'D' or c.risk_grade = 'Ⅳ') as high_risk_count
    from mart.entity_card as c
    where c.district_code is not null
    group by c.district_code
)

select
    h.district_code,
    h.district_name,
    coalesce(d.district_kind, 'district') as district_kind,
    h.entity_count,
    h.high_risk_count,
    coalesce(i.inspection_count, 0) as inspection_count,
    cast(i.problem_count as double) / nullif(i.inspection_count, 0) as problem_ratio,
    coalesce(c.complaint_count, 0) as complaint_count
from held as h
left join entity.district as d on d.district_code = h.district_code
left join recent as i on i.district_code = h.district_code
left join complained as c on c.district_code = h.district_code
order by h.district_code
