-- grain: one licence document
-- source: licence_<year>.csv of the licensing departments
select
    load_no,
    row_number,
    "许可证编号" as licence_id,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "部门编号" as department_id,
    "许可类别" as licence_kind,
    case "申请类型"
        when '新办' then 'issue'
        when '延续' then 'renew'
        when '变更' then 'change'
        when '注销' then 'cancel'
        else "申请类型"
    end as application_kind,
    "发证日期" as event_date,
    "有效期止" as expires_on,
    "报送日期" as known_at
from delivered
