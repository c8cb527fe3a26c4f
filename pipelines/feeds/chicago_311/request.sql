-- grain: one delivered row of a 311 request; a request that was closed, opened again and closed later has a row for each closing
-- source: complaints_311_sanitation.parquet, by day
select
    load_no,
    row_number,
    Service_Request_Number as case_id,
    'request' as case_kind,
    coalesce(Nature, Type_of_Service_Request) as item_code,
    coalesce(Nature, Type_of_Service_Request) as item_name,
    cast(null as varchar) as entity_code,
    cast(null as varchar) as entity_name,
    'CDPH' as department_id,
    -- 0 stands for an unknown ward
    'ward-' || cast(cast(nullif(Ward, 0) as integer) as varchar) as district_code,
    '311' as channel,
    cast(null as varchar) as title,
    cast(null as varchar) as caller_id,
    Creation_Date as opened_at,
    Completion_Date as closed_at,
    cast(null as integer) as statutory_days,
    cast(null as integer) as promised_days,
    cast(null as timestamp) as extended_at,
    cast(null as varchar) as topic_code,
    cast(null as varchar) as origin_case_id,
    case when Status in ('Completed - Dup', 'Open - Dup') then 'duplicate' end as origin_kind,
    case Status
        when 'Completed' then 'completed'
        when 'Completed - Dup' then 'duplicate'
        when 'Open' then null
        when 'Open - Dup' then null
        else Status
    end as outcome,
    cast(null as integer) as rating,
    cast(null as boolean) as is_supervised,
    cast(Creation_Date as date) as event_date,
    -- the first closing was known when the request was; each later one corrects it on its own day
    case
        when dense_rank() over (partition by Service_Request_Number order by Completion_Date nulls first) = 1 then Creation_Date
        else Completion_Date
    end as known_at
from delivered
