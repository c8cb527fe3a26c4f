-- grain: one entity × indicator of the family visit
-- why a visit took place, never who came
with wide as (
    select
        v.entity_id,
        count(*) as visits,
        count(*) filter (where v.visit_cause = 'complaint') as complaints,
        min(v.event_date) as first_day,
        max(v.event_date) as last_day,
        max(p.visit_days) as window_days
    from known.visit as v
    cross join policy.indicator_window as p
    cross join run.info as r
    where v.entity_id is not null and v.event_date > r.as_of - p.visit_days
    group by v.entity_id
)

select
    w.entity_id,
    'visit.complaint_count' as indicator_id,
    cast(w.complaints as decimal(18, 6)) as indicator_value,
    w.visits as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
