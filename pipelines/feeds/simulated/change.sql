-- grain: one registered change
-- source: change_<year>.csv of the market register
select
    load_no,
    row_number,
    "变更编号" as change_id,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "部门编号" as department_id,
    case "变更事项"
        when '名称变更' then 'name'
        when '住所变更' then 'address'
        when '辖区变更' then 'district'
        when '行业变更' then 'industry'
        when '注册资本变更' then 'capital'
        when '类型变更' then 'legal_form'
        when '状态变更' then 'status'
        when '合并' then 'merger'
        when '分立' then 'split'
        else "变更事项"
    end as change_kind,
    "变更日期" as event_date,
    "报送日期" as known_at
from delivered
