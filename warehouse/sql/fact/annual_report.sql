-- grain: one annual report, all versions; laid out by entity
-- linked by code; where the code is unknown, by a name that only one entity bears, and known only since that name was
select
    coalesce(c.entity_id, n.entity_id) as entity_id,
    case when c.entity_id is not null then 'code' when n.entity_id is not null then 'name' end as linked_by,
    r.report_id,
    r.entity_code,
    r.entity_name,
    r.department_id,
    r.report_year,
    r.employee_count,
    r.revenue_cny,
    r.event_date,
    r.feed_id,
    r.source_id,
    r.load_id,
    r.row_number,
    greatest(r.known_at, n.known_at) as known_at,
    r.superseded_at
from raw.annual_report as r
left join entity.code as c on c.entity_code = r.entity_code
left join entity.name as n on n.name_key = case when c.entity_id is null then name_key(r.entity_name) end
order by entity_id, r.event_date, r.known_at, r.report_id
