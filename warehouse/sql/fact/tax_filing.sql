-- grain: one tax filing, all versions; laid out by entity
-- linked by code only: the source names no entity
select
    c.entity_id,
    case when c.entity_id is not null then 'code' end as linked_by,
    r.filing_id,
    r.entity_code,
    r.department_id,
    r.tax_kind,
    r.tax_period,
    r.due_date,
    r.event_date,
    r.amount_cny,
    r.arrears_cny,
    r.feed_id,
    r.source_id,
    r.load_id,
    r.row_number,
    r.known_at,
    r.superseded_at
from raw.tax_filing as r
left join entity.code as c on c.entity_code = r.entity_code
order by entity_id, r.event_date, r.known_at, r.filing_id
