-- grain: one item as it stood from one day on
-- source: service_item.xlsx of the approvals office
select
    load_no,
    row_number,
    "事项代码" as item_code,
    "事项名称" as item_name,
    "主管部门" as department_id,
    "法定时限" as statutory_days,
    "承诺时限" as promised_days,
    "环节数" as step_count,
    "材料数" as document_count,
    "跑动次数" as hall_visit_count,
    case "网上可办"
        when '是' then 'true'
        when '否' then 'false'
        else "网上可办"
    end as is_online,
    case "全程网办"
        when '是' then 'true'
        when '否' then 'false'
        else "全程网办"
    end as is_all_online,
    case "一小时快办"
        when '是' then 'true'
        when '否' then 'false'
        else "一小时快办"
    end as is_instant,
    "生效日期" as event_date
from delivered
