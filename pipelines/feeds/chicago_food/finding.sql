-- grain: one violation number found in one inspection (1–14 critical, 15–29 serious, from 30 minor)
-- source: violations.parquet
select
    load_no,
    row_number,
    cast(Inspection_ID as varchar) || '-' || cast(violation_no as varchar) as finding_id,
    cast(Inspection_ID as varchar) as inspection_id,
    cast(violation_no as varchar) as finding_code,
    severity
from delivered
