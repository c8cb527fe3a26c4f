-- grain: one publication of a penalty
-- source: publication_<year>.csv of the publicity system
select
    load_no,
    row_number,
    "公示编号" as publication_id,
    case "公示内容"
        when '行政处罚' then 'penalty'
        when '检查结果' then 'inspection'
        else "公示内容"
    end as published_kind,
    "记录编号" as published_id,
    "公示日期" as event_date
from delivered
