-- grain: one step of a whistle
-- source: whistle_step_<year>.parquet; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    "环节序号" as step_no,
    case "环节"
        when '吹哨受理' then 'accept'
        when '派单' then 'dispatch'
        when '部门报到' then 'report_in'
        when '办理' then 'handle'
        when '企业评哨' then 'evaluate'
        else "环节"
    end as step_kind,
    "承办部门" as department_id,
    "开始时间" as started_at,
    "结束时间" as ended_at,
    cast("开始时间" as date) as event_date
from delivered
