-- grain: one active entity
with inspected as (
    select
        i.entity_id,
        count(*) as inspection_count,
        max(i.event_date) as last_inspection_date,
        count(*) filter (where i.result <> 'pass') as problem_count
    from known.inspection as i
    cross join policy.indicator_window as w
    cross join run.info as r
    where i.entity_id is not null and i.event_date > r.as_of - w.inspection_days
    group by i.entity_id
),

penalised as (
    select
        p.entity_id,
        count(*) as penalty_count
    from known.penalty as p
    cross join policy.indicator_window as w
    cross join run.info as r
    where p.entity_id is not null and p.event_date > r.as_of - w.penalty_days
    group by p.entity_id
),

complained as (
    select
        c.entity_id,
        count(*) as complaint_count
    from known.complaint as c
    cross join policy.indicator_window as w
    cross join run.info as r
    where c.entity_id is not null and c.event_date > r.as_of - w.complaint_days
    group by c.entity_id
)

select
    e.entity_id,
    e.entity_code,
    e.name,
    e.legal_form,
    e.industry_code,
    e.industry_name,
    e.district_code,
    e.district_name,
    e.status,
    e.established_date,
    g.credit_score,
    g.credit_grade,
    g.risk_score,
    g.risk_grade,
    coalesce(i.inspection_count, 0) as inspection_count,
    i.last_inspection_date,
    coalesce(i.problem_count, 0) as problem_count,
    coalesce(p.penalty_count, 0) as penalty_count,
    coalesce(c.complaint_count, 0) as complaint_count
from known.entity as e
join grade.grade as g on g.entity_id = e.entity_id
left join inspected as i on i.entity_id = e.entity_id
left join penalised as p on p.entity_id = e.entity_id
left join complained as c on c.entity_id = e.entity_id
where e.status = 'active'
order by e.entity_id
