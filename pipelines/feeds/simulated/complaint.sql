-- grain: one complaint or report
-- source: complaint_<year>.csv; may name nobody, or a name without a code
select
    load_no,
    row_number,
    "投诉举报编号" as complaint_id,
    "统一社会信用代码" as entity_code,
    "主体名称" as entity_name,
    "部门编号" as department_id,
    "投诉举报类别" as complaint_kind,
    "区划代码" as district_code,
    "地址" as address,
    "经度" as longitude,
    "纬度" as latitude,
    "受理日期" as event_date,
    "办结日期" as closed_date,
    case "是否属实"
        when '是' then 'true'
        when '否' then 'false'
        else "是否属实"
    end as is_upheld,
    "报送日期" as known_at
from delivered
