-- grain: one visit, all versions; laid out by entity
-- linked by code; where the register lacks the code, as entity.link says, and known only since the register entry was
select
    coalesce(c.entity_id, l.entity_id) as entity_id,
    case when c.entity_id is not null then 'code' else l.linked_by end as linked_by,
    r.visit_id,
    r.department_id,
    r.visit_cause,
    r.inspector_ids,
    r.event_date,
    r.feed_id,
    greatest(r.known_at, l.known_at) as known_at,
    r.superseded_at
from raw.visit as r
left join entity.code as c on c.entity_code = r.entity_code
left join entity.link as l
    on l.mention_key = case when c.entity_id is null then mention_key(r.entity_code, r.entity_name, null) end
order by entity_id, r.event_date
