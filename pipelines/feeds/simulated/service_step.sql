-- grain: one step of a case
-- source: service_step_<approval|hotline>_<year>.parquet; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    "环节序号" as step_no,
    case "环节"
        when '受理' then 'accept'
        when '审查' then 'review'
        when '现场核查' then 'site_visit'
        when '决定' then 'decide'
        when '送达' then 'deliver'
        when '派单' then 'dispatch'
        when '处理' then 'handle'
        when '督办' then 'supervise'
        when '回访' then 'call_back'
        when '评价' then 'evaluate'
        else "环节"
    end as step_kind,
    "承办部门" as department_id,
    "开始时间" as started_at,
    "结束时间" as ended_at,
    cast("开始时间" as date) as event_date
from delivered
