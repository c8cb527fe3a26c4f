-- grain: one entity × indicator of the family visit
-- why a visit took place, never who came
with recent as (
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
),

fading as (
    select
        v.entity_id,
        count(*) as visits,
        sum(d.weight_micro) as fading_visits,
        coalesce(sum(d.weight_micro) filter (where v.visit_cause = 'recheck'), 0) as rechecks,
        coalesce(sum(d.weight_micro) filter (where v.visit_cause = 'complaint'), 0) as complaints,
        coalesce(sum(d.weight_micro) filter (where v.visit_cause = 'licensing'), 0) as licensings,
        min(v.event_date) as first_day,
        max(v.event_date) as last_day,
        max(r.as_of) as as_of
    from known.visit as v
    cross join run.info as r
    join known.fading as d on d.decay_id = 'record' and d.event_date = v.event_date
    where v.entity_id is not null
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
from recent as w
union all
select f.entity_id, 'visit.days_since_last' as indicator_id, cast(f.as_of - f.last_day as decimal(18, 6)), 1, f.last_day, f.last_day, null
from fading as f
union all
select f.entity_id, 'visit.decayed_count' as indicator_id, micro(f.fading_visits), f.visits, f.first_day, f.last_day, null
from fading as f
union all
select f.entity_id, 'visit.decayed_recheck_count' as indicator_id, micro(f.rechecks), f.visits, f.first_day, f.last_day, null
from fading as f
union all
select f.entity_id, 'visit.decayed_complaint_count' as indicator_id, micro(f.complaints), f.visits, f.first_day, f.last_day, null
from fading as f
union all
select f.entity_id, 'visit.decayed_licensing_count' as indicator_id, micro(f.licensings), f.visits, f.first_day, f.last_day, null
from fading as f
