-- grain: one whistle of a firm
-- source: whistle_<year>.csv of the supervision office; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    case "办件类别"
        when '企业吹哨' then 'whistle'
        else "办件类别"
    end as case_kind,
    "事项代码" as item_code,
    "事项名称" as item_name,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "承办部门" as department_id,
    "区划代码" as district_code,
    'whistle' as channel,
    cast(null as varchar) as title,
    cast(null as varchar) as caller_id,
    "受理时间" as opened_at,
    "办结时间" as closed_at,
    cast(null as varchar) as statutory_days,
    cast(null as varchar) as promised_days,
    cast(null as varchar) as extended_at,
    cast(null as varchar) as topic_code,
    cast(null as varchar) as origin_case_id,
    cast(null as varchar) as origin_kind,
    case "办理结果"
        when '已解决' then 'solved'
        when '已解释' then 'explained'
        when '未解决' then 'unsolved'
        when '撤回' then 'withdrawn'
        else "办理结果"
    end as outcome,
    "评价等级" as rating,
    case "是否督办"
        when '是' then 'true'
        when '否' then 'false'
        else "是否督办"
    end as is_supervised,
    substr("受理时间", 1, 10) as event_date
from delivered
