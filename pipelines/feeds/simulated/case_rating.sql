-- grain: one rating of a case in one dimension
-- source: case_rating_<year>.csv; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    "评价序号" as rating_no,
    case "评价维度"
        when '整体满意度' then 'overall'
        when '办事效率' then 'efficiency'
        when '指南精确度' then 'guide'
        when '便捷度' then 'convenience'
        when '平台操作性' then 'platform'
        when '服务水平' then 'level'
        when '服务态度' then 'attitude'
        else "评价维度"
    end as dimension,
    "评价时间" as rated_at,
    "评价等级" as rating,
    substr("评价时间", 1, 10) as event_date
from delivered
