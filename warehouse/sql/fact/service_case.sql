-- grain: one approval or hotline order, all versions; laid out by entity
-- linked by code; where the register lacks the code, as entity.link says, and known only since the register entry was
select
    coalesce(c.entity_id, l.entity_id) as entity_id,
    case when c.entity_id is not null then 'code' else l.linked_by end as linked_by,
    r.case_id,
    r.case_kind,
    r.item_code,
    r.item_name,
    r.department_id,
    r.district_code,
    r.channel,
    r.title,
    r.caller_id,
    r.opened_at,
    r.closed_at,
    r.statutory_days,
    r.promised_days,
    r.extended_at,
    r.topic_code,
    r.origin_case_id,
    r.origin_kind,
    r.outcome,
    r.rating,
    r.is_supervised,
    r.event_date,
    r.feed_id,
    greatest(r.known_at, l.known_at) as known_at,
    r.superseded_at
from raw.service_case as r
left join entity.code as c on c.entity_code = r.entity_code
left join entity.link as l
    on l.mention_key = case when c.entity_id is null then mention_key(r.entity_code, r.entity_name, r.district_code) end
order by entity_id, r.event_date
