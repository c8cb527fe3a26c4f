-- grain: one approval case or hotline order
-- source: service_case_<approval|hotline>_<year>.csv; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    case "办件类别"
        when '行政审批' then 'approval'
        when '热线工单' then 'hotline'
        else "办件类别"
    end as case_kind,
    "事项代码" as item_code,
    "事项名称" as item_name,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "承办部门" as department_id,
    "区划代码" as district_code,
    case "渠道"
        when '网上办理' then 'online'
        when '窗口办理' then 'counter'
        when '自助终端' then 'terminal'
        when '电话' then 'phone'
        when '微信小程序' then 'wechat'
        when '政务网站' then 'web'
        when '移动客户端' then 'app'
        else "渠道"
    end as channel,
    "标题" as title,
    "来电人标识" as caller_id,
    "受理时间" as opened_at,
    "办结时间" as closed_at,
    "法定时限" as statutory_days,
    "承诺时限" as promised_days,
    "延期批准时间" as extended_at,
    "一件事主题" as topic_code,
    "前件编号" as origin_case_id,
    case "与前件关系"
        when '重新办理' then 'reopened'
        when '重复' then 'duplicate'
        when '拆分' then 'split'
        else "与前件关系"
    end as origin_kind,
    case "办理结果"
        when '准予' then 'granted'
        when '不予' then 'refused'
        when '撤回' then 'withdrawn'
        when '已解决' then 'solved'
        when '已解释' then 'explained'
        when '未解决' then 'unsolved'
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
