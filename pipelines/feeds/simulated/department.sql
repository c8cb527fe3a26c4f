-- grain: one department of the zone
-- source: department.csv of the approvals office; clean, delivered once
select
    load_no,
    row_number,
    "部门编号" as department_id,
    "部门名称" as name,
    "生效日期" as event_date
from delivered
