-- grain: one item of the check list
-- source: check_item.csv; shares and yearly frequencies of the simulated zone
select
    load_no,
    row_number,
    "事项编号" as check_item_id,
    "事项名称" as name,
    "部门编号" as department_id,
    "检查依据" as basis,
    "检查对象" as object_scope,
    "抽查比例" as ratio,
    "年频次" as frequency,
    case "重点事项"
        when '是' then 'true'
        when '否' then 'false'
        else "重点事项"
    end as is_key,
    "专业要求" as skill,
    "应备材料" as papers,
    "生效日期" as event_date
from delivered
