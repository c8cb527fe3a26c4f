-- grain: one inspector
-- source: inspector.csv of the justice office; numbers, never names
select
    load_no,
    row_number,
    "执法人员编号" as inspector_id,
    "部门编号" as department_id,
    "执法证号" as certificate_no,
    "执法证有效期止" as certificate_valid_until,
    "常驻区划" as district_code,
    "可派区划" as district_codes,
    "专业领域" as skills,
    "生效日期" as event_date
from delivered
