-- grain: one finding of an inspection
-- source: finding_<year>.parquet; reported together with its inspection
select
    load_no,
    row_number,
    "问题编号" as finding_id,
    "检查编号" as inspection_id,
    "问题代码" as finding_code,
    case "严重程度"
        when '轻微' then 'minor'
        when '较重' then 'serious'
        when '严重' then 'critical'
        else "严重程度"
    end as severity,
    "报送日期" as known_at
from delivered
