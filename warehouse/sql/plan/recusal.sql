-- grain: one entity that an inspector must not visit from a day on, and why; valid_to null is open
-- told relations, and rotation: who inspected an entity does not come back within the days of the rule
with seat as (
    select
        i.entity_id,
        i.event_date,
        unnest(string_split(i.inspector_ids, ';')) as inspector_id
    from known.inspection as i
    cross join run.info as r
    cross join policy.visit_window as w
    where i.entity_id is not null and i.inspector_ids is not null and i.event_date > r.as_of - w.cool_down_days
),

cooling as (
    select
        s.inspector_id,
        s.entity_id,
        'cool_down' as recusal_cause,
        min(s.event_date) as valid_from,
        max(s.event_date) + max(w.cool_down_days) as valid_to
    from seat as s
    join entity.inspector as i on i.inspector_id = s.inspector_id
    cross join policy.visit_window as w
    group by s.inspector_id, s.entity_id
),

told as (
    select
        inspector_id,
        entity_id,
        recusal_cause,
        min(valid_from) as valid_from,
        case when count(*) = count(valid_to) then max(valid_to) end as valid_to
    from entity.inspector_relation
    where entity_id is not null
    group by inspector_id, entity_id, recusal_cause
)

select
    u.inspector_id,
    u.entity_id,
    e.entity_code,
    u.recusal_cause,
    u.valid_from,
    u.valid_to
from (select * from cooling union all select * from told) as u
join known.entity as e on e.entity_id = u.entity_id
order by u.inspector_id, u.entity_id, u.recusal_cause
