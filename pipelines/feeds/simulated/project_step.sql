-- grain: one stage of a project
-- source: project_step_<year>.parquet; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    "环节序号" as step_no,
    case "环节"
        when '立项用地规划许可' then 'land_use'
        when '工程建设许可' then 'design'
        when '施工许可' then 'construction'
        when '竣工验收' then 'completion'
        else "环节"
    end as step_kind,
    "承办部门" as department_id,
    "开始时间" as started_at,
    "结束时间" as ended_at,
    cast("开始时间" as date) as event_date
from delivered
