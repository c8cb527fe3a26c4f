-- grain: one result of one check item on one visit
-- source: accepted results (warehouse/visit_results.py), a re-check in a row of its own
select
    load_no,
    row_number,
    inspection_id,
    entity_code,
    cast(null as varchar) as entity_name,
    department_id,
    inspection_kind,
    check_item_id,
    inspector_ids,
    event_date,
    result,
    critical_count,
    serious_count,
    minor_count,
    known_at
from delivered
