-- grain: one item of the joint list
-- source: joint_item.csv
select
    load_no,
    row_number,
    "联合事项编号" as joint_item_id,
    "联合事项名称" as name,
    "牵头部门" as lead_department_id,
    "参与部门" as department_ids,
    "抽查事项" as check_item_ids,
    "生效日期" as event_date
from delivered
