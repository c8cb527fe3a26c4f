-- grain: one item as it stood from one day on, all versions; laid out by item
select
    r.item_code,
    r.item_name,
    r.department_id,
    r.statutory_days,
    r.promised_days,
    r.step_count,
    r.document_count,
    r.hall_visit_count,
    r.is_online,
    r.is_all_online,
    r.is_instant,
    r.event_date,
    r.feed_id,
    r.known_at,
    r.superseded_at
from raw.service_item as r
order by r.item_code, r.item_name
