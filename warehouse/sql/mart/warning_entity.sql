-- grain: one entity behind a warning: whom an inspection that follows from it would concern
with concerned as (
    select w.warning_id, w.entity_id, cast(1 as bigint) as evidence_count
    from mart.warning as w
    where w.entity_id is not null and w.warning_kind in ('publication', 'topic')
    union all
    select w.warning_id, l.entity_id, count(*) as evidence_count
    from mart.warning as w
    join mart.licence_expiry as l
        on w.subject_id = l.licence_kind || ':' || coalesce(l.district_code, '') || ':' || l.reminder_days
    where w.warning_kind = 'licence'
    group by w.warning_id, l.entity_id
    union all
    select w.warning_id, c.entity_id, count(*) as evidence_count
    from mart.warning as w
    join known.complaint as c on coalesce(c.district_code, w.district_code) = w.district_code
    join known.entity as e on e.entity_id = c.entity_id and e.industry_code = w.industry_code
    cross join policy.burst as p
    where w.warning_kind = 'complaint_burst' and c.event_date > w.first_seen_on - p.window_days
    group by w.warning_id, c.entity_id
    union all
    select w.warning_id, c.entity_id, count(*) as evidence_count
    from mart.warning as w
    join known.case_clock as c on w.subject_id = c.item_code || ':' || c.district_code
    cross join policy.burst as p
    where w.warning_kind = 'burst' and c.case_kind = 'hotline' and c.entity_id is not null and c.opened_on > w.first_seen_on - p.window_days
    group by w.warning_id, c.entity_id
)

select
    c.warning_id,
    c.entity_id,
    e.entity_code,
    c.evidence_count,
    row_number() over (partition by c.warning_id order by c.evidence_count desc, c.entity_id) as rank_no
from concerned as c
join known.entity as e on e.entity_id = c.entity_id and e.status = 'active'
order by c.warning_id, rank_no
