-- grain: one entity × indicator of the family inspection
with wide as (
    select
        i.entity_id,
        count(*) filter (where i.event_date > r.as_of - p.inspection_days) as inspections,
        count(*) filter (where i.event_date > r.as_of - p.inspection_days and i.result <> 'pass') as problems,
        sum(i.critical_count) filter (where i.event_date > r.as_of - p.inspection_days) as criticals,
        sum(i.serious_count) filter (where i.event_date > r.as_of - p.inspection_days) as seriouses,
        min(i.event_date) filter (where i.event_date > r.as_of - p.inspection_days) as first_day,
        max(i.event_date) as last_day,
        max(p.inspection_days) as window_days,
        max(r.as_of) as as_of
    from known.inspection as i
    cross join policy.indicator_window as p
    cross join run.info as r
    where i.entity_id is not null
    group by i.entity_id
)

select
    w.entity_id,
    'inspection.problem_ratio' as indicator_id,
    ratio(w.problems, w.inspections) as indicator_value,
    w.inspections as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
where w.inspections > 0
union all
select
    w.entity_id,
    'inspection.critical_count' as indicator_id,
    cast(w.criticals as decimal(18, 6)) as indicator_value,
    w.inspections as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
where w.inspections > 0
union all
select
    w.entity_id,
    'inspection.serious_count' as indicator_id,
    cast(w.seriouses as decimal(18, 6)) as indicator_value,
    w.inspections as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
where w.inspections > 0
union all
select
    w.entity_id,
    'inspection.days_since_last' as indicator_id,
    cast(w.as_of - w.last_day as decimal(18, 6)) as indicator_value,
    1 as evidence_count,
    w.last_day as first_evidence,
    w.last_day as last_evidence,
    cast(null as date) as expires_on
from wide as w
