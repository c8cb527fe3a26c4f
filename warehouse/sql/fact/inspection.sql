-- grain: one inspection, all versions; laid out by entity
-- linked by code; where the code is unknown, by a name that only one entity bears, and known only since that name was
select
    coalesce(c.entity_id, n.entity_id) as entity_id,
    case when c.entity_id is not null then 'code' when n.entity_id is not null then 'name' end as linked_by,
    r.inspection_id,
    r.entity_code,
    r.entity_name,
    r.department_id,
    r.inspection_kind,
    r.check_item_id,
    r.inspector_ids,
    r.event_date,
    r.result,
    r.critical_count,
    r.serious_count,
    r.minor_count,
    r.feed_id,
    r.source_id,
    r.load_id,
    r.row_number,
    greatest(r.known_at, n.known_at) as known_at,
    r.superseded_at
from raw.inspection as r
left join entity.code as c on c.entity_code = r.entity_code
left join entity.name as n on n.name_key = case when c.entity_id is null then name_key(r.entity_name) end
order by entity_id, r.event_date, r.known_at, r.inspection_id
