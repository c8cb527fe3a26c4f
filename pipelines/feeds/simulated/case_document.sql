-- grain: one document of a case
-- source: case_document_<year>.parquet; local instants
select
    load_no,
    row_number,
    "办件编号" as case_id,
    "材料序号" as document_no,
    "材料名称" as document_name,
    case "取得方式"
        when '申请人提交' then 'submitted'
        when '复用' then 'reused'
        when '部门共享' then 'shared'
        when '容缺待补' then 'promised'
        else "取得方式"
    end as document_way,
    "到件时间" as submitted_at,
    cast("申请时间" as date) as event_date
from delivered
