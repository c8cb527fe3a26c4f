-- grain: one step of a matter of the ledger
-- source: issue_step_<year>.parquet; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    "环节序号" as step_no,
    case "环节"
        when '收集' then 'collect'
        when '交办' then 'assign'
        when '答复' then 'answer'
        when '办理' then 'handle'
        when '回访销号' then 'verify'
        else "环节"
    end as step_kind,
    "承办部门" as department_id,
    "开始时间" as started_at,
    "结束时间" as ended_at,
    cast("开始时间" as date) as event_date
from delivered
