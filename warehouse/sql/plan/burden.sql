-- grain: one visit: what one department came to one entity for on one day; this year and the years before that the rule names
-- records of an inspection and of a visit on the same day are the same visit; it counts towards caps if any of them does
with record as (
    select i.entity_id, i.department_id, i.event_date, 'inspection' as record_source, cast(i.inspection_kind as varchar) as record_cause
    from known.inspection as i
    union all
    select v.entity_id, v.department_id, v.event_date, 'visit', cast(v.visit_cause as varchar)
    from known.visit as v
),

ranked as (
    select
        r.entity_id,
        r.department_id,
        r.event_date,
        c.visit_cause_code,
        c.is_counted,
        row_number() over (
            partition by r.entity_id, r.department_id, r.event_date
            order by case when c.is_counted then 0 else 1 end, r.record_source, r.record_cause
        ) as place
    from record as r
    join policy.visit_cause as c on c.record_source = r.record_source and c.record_cause = r.record_cause
    cross join run.info as i
    cross join policy.visit_window as w
    where r.entity_id is not null and extract(year from r.event_date) > extract(year from i.as_of) - w.ledger_years
)

select
    entity_id,
    department_id,
    event_date,
    cast(extract(year from event_date) as integer) as visit_year,
    visit_cause_code,
    is_counted
from ranked
where place = 1
order by entity_id, event_date, department_id
