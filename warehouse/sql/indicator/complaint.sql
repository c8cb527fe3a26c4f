-- grain: one entity × indicator of the family complaint
with wide as (
    select
        c.entity_id,
        count(*) as complaints,
        count(*) filter (where c.is_upheld) as upheld,
        min(c.event_date) as first_day,
        max(c.event_date) as last_day,
        max(p.complaint_days) as window_days
    from known.complaint as c
    cross join policy.indicator_window as p
    cross join run.info as r
    where c.entity_id is not null and c.event_date > r.as_of - p.complaint_days
    group by c.entity_id
)

select
    w.entity_id,
    'complaint.count' as indicator_id,
    cast(w.complaints as decimal(18, 6)) as indicator_value,
    w.complaints as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
union all
select
    w.entity_id,
    'complaint.upheld_count' as indicator_id,
    cast(w.upheld as decimal(18, 6)) as indicator_value,
    w.complaints as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
