-- grain: one penalty decision
-- source: penalty.csv of the deciding departments
select
    load_no,
    row_number,
    "处罚决定书文号" as penalty_id,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "部门编号" as department_id,
    "检查编号" as inspection_id,
    case "处罚种类"
        when '警告' then 'warning'
        when '罚款' then 'fine'
        when '没收违法所得' then 'confiscation'
        when '责令停产停业' then 'suspension'
        when '吊销许可证件' then 'licence_revoked'
        else "处罚种类"
    end as penalty_kind,
    case "违法情节"
        when '轻微' then 'minor'
        when '一般' then 'general'
        when '严重' then 'serious'
        else "违法情节"
    end as penalty_severity,
    "罚没金额" as amount_cny,
    "处罚日期" as event_date,
    "影响期止" as effect_until,
    "报送日期" as known_at
from delivered
