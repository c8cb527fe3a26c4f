-- grain: one canvass inspection of one licence number
-- source: inspections.parquet; who inspected is not mapped: it must never feed a grade
select
    load_no,
    row_number,
    cast(Inspection_ID as varchar) as inspection_id,
    cast(License as varchar) as entity_code,
    trim(DBA_Name) as entity_name,
    'CDPH' as department_id,
    case Inspection_Type when 'Canvass' then 'routine' else Inspection_Type end as inspection_kind,
    cast(null as varchar) as check_item_id,
    cast(null as varchar) as inspector_ids,
    Inspection_Date as event_date,
    case Results
        when 'Pass' then 'pass'
        when 'Pass w/ Conditions' then 'rectify'
        when 'Fail' then 'fail'
        when 'No Entry' then 'no_entry'
        else Results
    end as result,
    criticalCount as critical_count,
    seriousCount as serious_count,
    minorCount as minor_count
from delivered
