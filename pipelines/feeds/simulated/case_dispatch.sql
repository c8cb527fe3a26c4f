-- grain: one dispatch of a hotline order
-- source: case_dispatch_<year>.parquet; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    "派单序号" as dispatch_no,
    "承办部门" as department_id,
    "派单时间" as dispatched_at,
    "签收时间" as accepted_at,
    "退单时间" as returned_at,
    cast("派单时间" as date) as event_date
from delivered
