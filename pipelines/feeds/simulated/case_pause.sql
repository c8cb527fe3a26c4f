-- grain: one pause of an approval
-- source: case_pause_<year>.csv; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    "中止序号" as pause_no,
    case "中止事由"
        when '申请人补正' then 'correction'
        when '听证' then 'hearing'
        when '专家评审' then 'expert_review'
        when '检验检测检疫' then 'testing'
        when '公示' then 'public_notice'
        else "中止事由"
    end as pause_kind,
    "中止时间" as started_at,
    "恢复时间" as ended_at,
    substr("中止时间", 1, 10) as event_date
from delivered
