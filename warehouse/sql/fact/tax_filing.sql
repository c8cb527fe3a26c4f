-- grain: one tax filing, all versions; laid out by entity
-- linked by code; where the register lacks the code, by its one repair (entity.link); the source names no entity
select
    coalesce(c.entity_id, l.entity_id) as entity_id,
    case when c.entity_id is not null then 'code' else l.linked_by end as linked_by,
    r.filing_id,
    r.department_id,
    r.tax_kind,
    r.tax_period,
    r.due_date,
    r.event_date,
    r.amount_cny,
    r.arrears_cny,
    r.feed_id,
    greatest(r.known_at, l.known_at) as known_at,
    r.superseded_at
from raw.tax_filing as r
left join entity.code as c on c.entity_code = r.entity_code
left join entity.link as l
    on l.mention_key = case when c.entity_id is null then mention_key(r.entity_code, null, null) end
order by entity_id, r.event_date
