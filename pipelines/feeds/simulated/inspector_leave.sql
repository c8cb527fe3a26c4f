-- grain: one leave of an inspector
-- source: inspector_leave.xlsx of the departments' personnel offices; days only, no reason
select
    load_no,
    row_number,
    "执法人员编号" as inspector_id,
    "休假首日" as valid_from,
    "休假末日" as valid_to,
    "登记日期" as event_date
from delivered
